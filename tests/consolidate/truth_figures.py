"""Every indicator, computed from what is written on the carnets, by plain counting.

A second opinion: nothing here comes from the room that it judges.  The rules are those of the
evaluation plan, written again; of the form only its words are used.  ``figures`` gives for each
line (code, indicator, measure, grouping, group) its numerator and denominator, or the numbers
whose quartiles it shows.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.model.form import FormDefinition
from pipeline.model.label import answers
from pipeline.model.result import RegisterEntry
from tests.consolidate.rehearsed import Written

Line = tuple[str, str, str, str, str]
Share = tuple[float, float]
ALL = "Ensemble"
NB = "\u00a0"
SECTORS = {
    "Centre et rive gauche (1er à 7e)": range(1, 8),
    "Nord-ouest (8e, 9e, 17e, 18e)": (8, 9, 17, 18),
    "Nord-est (10e, 11e, 19e, 20e)": (10, 11, 19, 20),
    "Sud-est (12e, 13e)": (12, 13),
    "Sud-ouest (14e, 15e, 16e)": (14, 15, 16),
    "Hors de Paris": (0,),
}
AREAS = {"Paris Centre (1er à 4e)": range(1, 5), **{f"{n}e": (n,) for n in range(5, 21)}, "hors de Paris": (0,)}
OPINIONS = {
    "S1": ("Facile à comprendre", "comprendre"), "S2": ("Mots simples", "mots"), "S3": ("Assez de place", "place"),
    "S4": ("Peu de temps", "temps"), "S5": ("Compétences mieux vues", "competences"), "S6": ("Utile", "utile"),
    "S7": ("Engagement mieux reconnu", "reconnu"), "S8": ("Plus de confiance", "confiance"),
    "S9": ("Aide pour un emploi", "emploi"), "S10": ("Envie de continuer", "continuer"),
}  # fmt: skip
ITSELF = {f"Profil{NB}: Public": "Public", f"Profil{NB}: Âge": "Âge", f"Profil{NB}: Arrondissement": "Secteur"}
"""Answers that are not told by the groups which they make."""
QUARTILES = "médiane, quartiles, moyenne"
DAYS = ("jours différents", "même jour", "jours non connus", "jours non lus")


@dataclass
class Paper:
    """One carnet, asked in the words of the plan; None where a page did not come back."""

    written: Written

    def __post_init__(self) -> None:
        self.values = {name: value for page in self.written.answers.values() for name, value in page.items()}
        self.pages = set(self.written.pages)

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def rows(self, group: str) -> list[dict[str, str]]:
        """Rows of a group in which anything is written."""
        found: dict[str, dict[str, str]] = {}
        for name, value in self.values.items():
            row, _, column = name.partition("_")
            if row.rstrip("0123456789") == group and row != group:
                found.setdefault(row, {})[column] = value
        return [row for row in found.values() if any(value not in ("", "absent") for value in row.values())]

    @property
    def actions(self) -> list[dict[str, str]] | None:
        return self.rows("act") if {5, 6} <= self.pages else None

    @property
    def structures(self) -> list[dict[str, str]] | None:
        return self.rows("str") if 4 in self.pages else None

    @property
    def hours(self) -> float | None:
        """Hours of the journal: nothing when there are actions and no duration."""
        if self.actions is None:
            return None
        given = [float(row["duree"]) for row in self.actions if row["duree"]]
        return sum(given) if given or not self.actions else None

    @property
    def days(self) -> int | None:
        given = [datetime.date.fromisoformat(row["date"]) for row in self.actions or () if row["date"]]
        return (max(given) - min(given)).days if given else None

    def different(self, rows: list[dict[str, str]] | None, column: str) -> int | None:
        """Different codes of a column; nothing when there are rows and no code."""
        if rows is None:
            return None
        given = {row[column] for row in rows if row[column]}
        return len(given) if given or not rows else None

    @property
    def attested(self) -> list[dict[str, str]]:
        """Rows signed or stamped, with hours or a date."""
        return [
            row
            for row in self.rows("att")
            if "present" in (row["signature"], row["tampon"]) and any(row[name] for name in ("heures", "du", "au"))
        ]

    @property
    def is_attested(self) -> bool | None:
        return True if self.attested else None if 10 not in self.pages else False

    @property
    def attested_hours(self) -> float | None:
        return sum(int(row["heures"] or 0) for row in self.attested) if 10 in self.pages else None

    def level(self, skill: int, moment: str) -> str | None:
        return self.get(f"cmp{skill:02d}_{moment}")

    def pair(self, skill: int) -> tuple[int, int] | None:
        start, end = self.level(skill, "debut"), self.level(skill, "fin")
        return (int(start), int(end)) if start and end else None

    def concerned(self, skill: int) -> bool | None:
        given = [self.level(skill, moment) for moment in ("debut", "fin")]
        return None if None in given else any(given)

    @property
    def when(self) -> str:
        start, end = self.get("cmp_date_debut"), self.get("cmp_date_fin")
        if None in (start, end) and "" not in (start, end):
            return DAYS[3]
        return DAYS[2] if not start or not end else DAYS[1] if start == end else DAYS[0]

    @property
    def any_level(self) -> bool | None:
        given = [self.concerned(skill) for skill in range(1, 25)]
        return True if any(given) else None if None in given else False

    @property
    def any_gain(self) -> bool | None:
        """On different days; nothing without a pair, nor while the other page could change it."""
        pairs = [pair for skill in range(1, 25) if (pair := self.pair(skill))]
        if self.when != DAYS[0]:
            return None
        if any(end > start for start, end in pairs):
            return True
        return None if not {7, 8} <= self.pages or not pairs else False

    @property
    def cec(self) -> bool | None:
        """200 hours of one calendar year, 100 of them in one association where the person leads or supervises."""
        years: Counter[str] = Counter()
        places: Counter[tuple[str, str]] = Counter()
        for row in self.rows("act"):
            if row["date"] and row["duree"]:
                year, hours = row["date"][:4], float(row["duree"])
                years[year] += hours
                number = row["structure"]
                if self.get(f"str{number}_type") == "ASSO" and self.get(f"str{number}_role") in ("DIR", "ENC"):
                    places[year, number] += hours
        if any(hours >= 100 and years[year] >= 200 for (year, _), hours in places.items()):
            return True
        return False if {4, 5, 6} <= self.pages else None


def figures(
    form: FormDefinition, written: Sequence[Written], register: Sequence[RegisterEntry]
) -> dict[Line, Share | list[float]]:
    """Every line of Indicateurs."""
    papers = [Paper(one) for one in written]
    found: dict[Line, Share | list[float]] = {}
    groups = list(_groups(form, papers))
    for code, label, measure, of in _shares(form):
        for grouping, group, members in [(ALL, ALL, papers), *groups]:
            if ITSELF.get(label) == grouping:
                continue
            known = [answer for paper in members if (answer := of(paper)) is not None]
            found[code, label, measure, grouping, group] = (sum(known), len(known))
    for code, label, number in _numbers():
        for grouping, group, members in [(ALL, ALL, papers), *groups]:
            found[code, label, QUARTILES, grouping, group] = [
                answer for paper in members if (answer := number(paper)) is not None
            ]
    for grouping, group, members in [(ALL, ALL, papers), *groups]:
        both = [(p.attested_hours, p.hours) for p in members if p.attested_hours is not None and p.hours is not None]
        line = ("V1", "Heures attestées, sur les heures notées", "rapport des sommes", grouping, group)
        found[line] = (sum(one for one, _ in both), sum(two for _, two in both))
        found["S11", "Recommandation", "9 à 10, moins 0 à 6", grouping, group] = _difference(members)
        found |= _skills(form, members, grouping, group)
    found |= _filled(form, papers, groups)
    found |= _register(form, register, {one.entry.carnet for one in written})
    found |= _read(form, written)
    return found


def _groups(form: FormDefinition, papers: Sequence[Paper]) -> Iterator[tuple[str, str, list[Paper]]]:
    for code, label in answers(form.field("prof_public")):
        yield "Public", label, [p for p in papers if code in (p.get("prof_public") or "").split("|")]
    for label, areas in SECTORS.items():
        yield "Secteur", label, [p for p in papers if p.get("prof_arrondissement") and _area(p) in areas]
    for code, label in answers(form.field("prof_tranche_age")):
        yield "Âge", label, [p for p in papers if p.get("prof_tranche_age") == code]
    for code, label in answers(form.field("str1_domaine")):
        inside = [p for p in papers if any(row["domaine"] == code for row in p.structures or ())]
        yield "Domaine d’une structure", label, inside
    for code, label in form.lexicons["variante"].items():
        inside = [p for p in papers if p.written.entry.variant == code]
        if inside:
            yield "Variante", label, inside


def _area(paper: Paper) -> int:
    return int(paper.get("prof_arrondissement") or -1)


Of = Callable[[Paper], "bool | None"]


def _shares(form: FormDefinition) -> Iterator[tuple[str, str, str, Of]]:
    """Code, indicator, measure, what one carnet says."""

    def whole(p: Paper) -> bool | None:
        choice = p.get("rendu_choix")
        return None if choice is None else choice == "TOUT"

    yield "R3", "Carnet confié en entier", "tout mon carnet", whole
    for name, label in (
        ("public", "Public"), ("tranche_age", "Âge"), ("situation", "Situation"), ("diplome", "Diplôme"),
        ("anciennete", "Ancienneté"),
    ):  # fmt: skip
        yield from _options(form, "R4", f"Profil{NB}: {label}", f"prof_{name}")
    for label, areas in AREAS.items():
        yield "R4", f"Profil{NB}: Arrondissement", label, _in_area(areas)
    yield "U1", "Au moins une action notée", "au moins une action", _band(_count, 1, 10**6)
    for label, low, high in (("aucune", 0, 0), ("1", 1, 1), ("2 à 5", 2, 5), ("6 à 12", 6, 12), ("13 et plus", 13, 99)):
        yield "U2", "Nombre d’actions", label, _band(_count, low, high)
    h = f"{NB}h"
    for label, low, high in (
        (f"1{h} au plus", 0, 1), (f"plus de 1{h} à 5{h}", 1.001, 5), (f"plus de 5{h} à 10{h}", 5.001, 10),
        (f"plus de 10{h} à 20{h}", 10.001, 20), (f"plus de 20{h} à 50{h}", 20.001, 50),
        (f"plus de 50{h}", 50.001, 10**6),
    ):  # fmt: skip
        yield "U2", "Heures en tout", label, _band(_logged, low, high)
    yield "U2", "Première heure", f"1{h} au plus en tout", _band(_logged, 0, 1)
    for label, low, high in (
        ("un seul jour", 0, 0), ("1 à 30 jours", 1, 30), ("31 à 90 jours", 31, 90), ("91 jours et plus", 91, 10**6)
    ):  # fmt: skip
        yield "U3", "Jours entre la première et la dernière action", label, _band(lambda p: p.days, low, high)
    yield from _options(form, "U6", "Moment où le carnet est rempli", "avis_moment")
    yield "U6", "Rempli avec de l’aide", "avec de l’aide", _is("avis_aide", "1")
    for label, low, high in (("15 au plus", 0, 15), ("16 à 30", 16, 30), ("31 à 60", 31, 60), ("plus de 60", 61, 999)):
        yield "U6", "Minutes pour le remplir", label, _band(_minutes, low, high)
    yield "C2", "Progression", "au moins une compétence plus haute à la fin", lambda p: p.any_gain
    yield "C3", "Compétences concernées", "au moins un niveau coché", lambda p: p.any_level
    for code, label in answers(form.field("ref_top1")):
        yield "C4", "Points forts", label, _among(code, ("ref_top1", "ref_top2", "ref_top3"))
    yield "V1", "Carnet attesté", "au moins une attestation complète", lambda p: p.is_attested
    yield from _options(form, "V2", "Souhaits", "sou_objectifs")
    yield from _options(form, "V2", "Accompagnement", "sou_accompagnement")
    yield from _options(form, "V2", "Formation suivie", "ref_formation")
    yield (
        "V3", "Indice Compte d’engagement citoyen", "les heures notées l’atteignent",
        lambda p: p.cec if p.actions else None,
    )  # fmt: skip
    for code, (label, name) in OPINIONS.items():
        yield code, label, "plutôt oui ou tout à fait", _is(f"avis_{name}", "3", "4")
        yield from _options(form, code, label, f"avis_{name}")
    yield "S11", "Recommandation", "9 ou 10", _is("avis_recommander", "9", "10")
    yield "S11", "Recommandation", "0 à 6", _is("avis_recommander", *map(str, range(7)))
    yield from _options(form, "S11", "Recommandation", "avis_recommander")
    yield from _options(form, "S12", "Support préféré", "sou_support")


def _options(form: FormDefinition, code: str, label: str, name: str) -> Iterator[tuple]:
    for value, words in answers(form.field(name)):
        yield code, label, words, _among(value, (name,))


def _among(value: str, names: Sequence[str]) -> Of:
    def of(p: Paper) -> bool | None:
        given = [code for name in names for code in (p.get(name) or "").split("|") if code]
        return value in given if given else None

    return of


def _is(name: str, *codes: str) -> Of:
    return lambda p: (p.get(name) in codes) if p.get(name) else None


def _in_area(areas: Sequence[int]) -> Of:
    return lambda p: (_area(p) in areas) if p.get("prof_arrondissement") else None


def _band(number: Callable[[Paper], float | None], low: float, high: float) -> Of:
    return lambda p: None if (found := number(p)) is None else low <= found <= high


def _count(p: Paper) -> int | None:
    return None if p.actions is None else len(p.actions)


def _logged(p: Paper) -> float | None:
    return p.hours if p.actions else None


def _minutes(p: Paper) -> int | None:
    return int(p.get("avis_minutes") or 0) if p.get("avis_minutes") else None


def _numbers() -> Iterator[tuple[str, str, Callable[[Paper], float | None]]]:
    """Code, indicator, the number of one carnet."""
    yield "U2", "Nombre d’actions", _count
    yield "U2", "Heures en tout", _logged
    yield "U3", "Jours entre la première et la dernière action", lambda p: p.days
    many = f"Diversité{NB}: "
    yield "U4", f"{many}Nombre de structures", lambda p: None if p.structures is None else len(p.structures)
    yield "U4", f"{many}Domaines différents", lambda p: p.different(p.structures, "domaine")
    yield "U4", f"{many}Missions différentes", lambda p: p.different(p.actions, "mission")
    yield "U6", "Minutes pour le remplir", _minutes


def _difference(papers: Sequence[Paper]) -> Share:
    marks = [int(p.get("avis_recommander") or 0) for p in papers if p.get("avis_recommander")]
    return sum(mark >= 9 for mark in marks) - sum(mark <= 6 for mark in marks), len(marks)


def _skills(
    form: FormDefinition, papers: Sequence[Paper], grouping: str, group: str
) -> dict[Line, Share | list[float]]:
    """Levels, progress and who is concerned, for everything, each family, each skill."""
    table = next(table for table in form.tables if table.group == "cmp")
    scopes = {"Compétences, ensemble": list(range(1, 25))}
    for skill, family in table.families.items():
        scopes.setdefault(family, []).append(skill)
    scopes |= {f"{skill:02d} – {label}": [skill] for skill, label in table.row_labels.items()}
    found: dict[Line, Share | list[float]] = {}
    by = (grouping, group)
    for place, (scope, skills) in enumerate(scopes.items()):
        known = [one for p in papers for k in skills if (one := p.concerned(k)) is not None]
        found["C3", f"Compétences concernées{NB}: {scope}", "un niveau coché", *by] = (sum(known), len(known))
        for moment, words in (("debut", "au début"), ("fin", "à la fin")):
            given = Counter(level for p in papers for k in skills if (level := p.level(k, moment)))
            for level, label in answers(form.field("cmp01_debut")):
                share = (given[level], given.total())
                found["C1", f"Niveau{NB}: {scope}", f"{words} : {label}", *by] = share
        for when in DAYS if place == 0 else DAYS[:2]:
            gains = [b - a for p in papers if p.when == when for k in skills if (pair := p.pair(k)) for a, b in [pair]]
            line = ("C2", f"Progression{NB}: {scope}")
            found[*line, f"plus haut à la fin ({when})", *by] = (sum(gain > 0 for gain in gains), len(gains))
            found[*line, f"le même ({when})", *by] = (gains.count(0), len(gains))
            found[*line, f"plus bas à la fin ({when})", *by] = (sum(gain < 0 for gain in gains), len(gains))
            found[*line, f"gain moyen ({when})", *by] = gains
    return found


def _filled(form: FormDefinition, papers: Sequence[Paper], groups: Sequence[tuple]) -> dict[Line, Share]:
    """Filled answers over those expected, page by page; rows of the journal, of structures and of attestations
    are expected once anything is written in them."""
    label = "Réponses remplies, sur celles attendues"
    titles = {page.number: page.title for page in form.pages}
    pages = sorted({page for p in papers for page, given in p.written.answers.items() if given})
    found: dict[Line, Share] = {}
    for grouping, group, members in [(ALL, ALL, papers), *groups]:
        found["U5", label, "toutes les pages", grouping, group] = _share_filled(members, pages)
        for page in pages:
            line = ("U5", label, f"page {page} – {titles[page]}", grouping, group)
            found[line] = _share_filled(members, [page])
    return found


def _share_filled(papers: Sequence[Paper], pages: Sequence[int]) -> Share:
    filled = expected = 0
    for paper in papers:
        used = {
            name.partition("_")[0]
            for name, value in paper.values.items()
            if value not in ("", "absent") and name[:3] in ("act", "str", "att")
        }
        for page in pages:
            for name, value in paper.written.answers.get(page, {}).items():
                if name[:3] in ("act", "str", "att") and name.partition("_")[0] not in used:
                    continue
                expected += 1
                filled += value not in ("", "absent")
    return filled, expected


def _register(form: FormDefinition, register: Sequence[RegisterEntry], back: set[str]) -> dict[Line, Share]:
    """Printed, handed out, returned; and what each group weighs among them."""
    found: dict[Line, Share] = {}

    def counts(entries: Sequence[RegisterEntry]) -> tuple[int, int, int]:
        returned = sum(entry.carnet in back for entry in entries)
        return len(entries), sum(bool(entry.remis_le) for entry in entries), returned

    words = {name: form.lexicons[name] for name in ("variante", "public_cible", "canal")}
    sorts: tuple[tuple[str, Callable[[RegisterEntry], str]], ...] = (
        ("Variante", lambda entry: words["variante"][entry.variant]),
        ("Public visé", lambda entry: words["public_cible"][entry.public]),
        ("Lieu de remise", lambda entry: words["canal"][entry.canal]),
        ("Lot", lambda entry: entry.lot),
    )
    whole = counts(register)
    parts = {(grouping, of(entry)) for grouping, of in sorts for entry in register}
    for grouping, group in [(ALL, ALL), *parts]:
        of = dict(sorts).get(grouping)
        printed, handed, returned = counts([entry for entry in register if of is None or of(entry) == group])
        found["R1", "Carnets remis", "remis sur imprimés", grouping, group] = (handed, printed)
        found["R2", "Carnets revenus", "numérisés sur remis", grouping, group] = (returned, handed)
        if grouping != ALL:
            label = "Carnets revenus et carnets remis"
            found["Q3", label, "part des carnets remis", grouping, group] = (handed, whole[1])
            found["Q3", label, "part des carnets revenus", grouping, group] = (returned, whole[2])
    return found


KINDS = {
    "date": "date", "duration": "durée", "integer": "nombre", "code": "code", "text": "caractères",
}  # fmt: skip
STATES = {
    "lu": "lues par la machine, ou confirmées", "corrige": "corrigées par une personne", "vide": "laissées vides",
    "a_relire": "encore à relire", "illisible": "illisibles", "absent": "page non numérisée",
}  # fmt: skip


def _read(form: FormDefinition, written: Sequence[Written]) -> dict[Line, Share]:
    """Answers by state and kind; of rows, those used, and of skills all."""
    counts: Counter[tuple[str, str]] = Counter()
    settled: Counter[tuple[str, str]] = Counter()
    bound = [one for one in form.fields if one.page in form.booklet and one.type != "masked"]
    for one in written:
        paper = Paper(one)
        for field in bound:
            if field.page not in paper.pages and field.group not in ("act", "str", "att"):
                counts[_kind(field), "absent"] += 1
        for name, state in one.states.items():
            row = name.partition("_")[0]
            used = any(
                value not in ("", "absent") for other, value in paper.values.items() if other.partition("_")[0] == row
            )
            if name[:3] in ("act", "str", "att") and not used:
                continue
            kind = _kind(form.resolve(name))
            counts[kind, state] += 1
            if name in one.asked and state != "a_relire":
                settled[kind, "reglees"] += 1
                settled[kind, "changees"] += state == "corrige"
    found: dict[Line, Share] = {}
    kinds = sorted({kind for kind, _ in counts})
    for grouping, group, inside in [(ALL, ALL, kinds), *(("Genre", kind, [kind]) for kind in kinds)]:
        every = sum(count for (kind, _), count in counts.items() if kind in inside)
        for state, words in STATES.items():
            number = sum(counts[kind, state] for kind in inside)
            found["Q1", "Lecture des réponses", words, grouping, group] = (number, every)
        done, changed = (sum(settled[kind, what] for kind in inside) for what in ("reglees", "changees"))
        words = "changées, parmi les doutes réglés par une personne"
        found["Q1", "Lecture des réponses", words, grouping, group] = (changed, done)
    found["Q2", "Accord de la machine et d’une personne", "relues à l’aveugle", ALL, ALL] = (0, 0)
    return found


def _kind(field) -> str:
    if field.type == "choice":
        return "cases, plusieurs réponses" if field.multiple else "cases, une réponse"
    if field.type == "comb":
        return KINDS[field.kind]
    return "signature ou tampon" if field.type == "signature" else "texte libre"
