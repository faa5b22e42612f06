"""Numerisations: how well each scan file was read, which shows a scanner that needs cleaning or other settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline import wording
from pipeline.consolidate.columns import Row
from pipeline.consolidate.records import Record
from pipeline.consolidate.variable import Variable
from pipeline.model.result import Disposition

SHEET = "Numerisations"
ABOUT = "Pour chaque fichier de numérisation, combien de réponses lues, à relire, changées."
KEY = ("fichier",)
_NO_TEXT = "réponses libres mises à part"


def _number(name: str, short: str, meaning: str) -> Variable:
    return Variable(name=name, short=short, kind="integer", meaning=meaning, width=11)


def _share(name: str, short: str, meaning: str) -> Variable:
    return Variable(name=name, short=short, kind="percent", meaning=meaning, width=12)


VARIABLES = (
    Variable(name="fichier", short="Fichier", kind="text", width=34, meaning="Nom du fichier de numérisation"),
    _number("pages", "Pages placées", "Pages de carnets trouvées dans ce fichier et comptées"),
    _number("reponses", "Réponses", f"Questions de ces pages, {_NO_TEXT}"),
    _number("a_relire", "À relire", "Doutes que personne n’a encore levés"),
    _number("illisibles", "Illisibles", "Réponses que personne n’a pu lire"),
    _number("reglees", "Relues par une personne", "Doutes qu’une personne a réglés"),
    _number("changees", "… dont changées", "Doutes où la personne a lu autre chose que la machine"),
    _share("part_demandees", "Part demandée", "Doutes, réglés ou non, sur les réponses du fichier"),
    _share("part_changees", "Part changée à la relecture", "Réponses changées, sur celles qu’une personne a réglées"),
)


class Scans:
    """Answers counted by the file that their page came from: copiers give many files one name."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Counter[str]] = {}

    def add(self, record: Record) -> None:
        """The pages of one carnet."""
        files = {
            page.row.page: (wording.scan_name(page.row.source_file), page.row.sha256)
            for page in record.carnet.pages
            if page.row.disposition is Disposition.PLACED
        }
        for placed in files.values():
            self._counts.setdefault(placed, Counter())["pages"] += 1
        for name, fact in record.facts.items():
            file = files.get(record.places[name])
            if file is None or record.fields[name].type == "text":
                continue
            counts = self._counts[file]
            counts["reponses"] += 1
            counts["a_relire"] += fact.state == "a_relire"
            counts["illisibles"] += fact.state == "illisible"
            counts["reglees"] += fact.settled
            counts["changees"] += fact.changed

    def rows(self) -> Iterator[Row]:
        """One row a file, by name; further files of one name are numbered."""
        seen: Counter[str] = Counter()
        for (name, _), counts in sorted(self._counts.items()):
            seen[name] += 1
            settled, answers = counts["reglees"], counts["reponses"]
            numbers = {what: counts[what] for what in ("pages", "reponses", "a_relire", "illisibles", "reglees")}
            yield {
                "fichier": name if seen[name] == 1 else f"{name} ({seen[name]})",
                **numbers,
                "changees": counts["changees"],
                "part_demandees": (counts["a_relire"] + settled) / answers if answers else None,
                "part_changees": counts["changees"] / settled if settled else None,
            }
