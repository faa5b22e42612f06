"""What is really on the rehearsed paper, page by page and side by side.

``kind`` says what was done (plain, corrected, cancelled, double, …); ``expect`` what a
correct reader may answer: ``read`` (the value, or a question at a cost), ``doubt`` (the
value or a question, both fair), ``ask`` (only a question is right).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Expect = Literal["read", "doubt", "ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTruth:
    """One field of one page.  ``raw`` and ``value`` as in ``lectures.csv``."""

    field: str
    type: str
    raw: str
    value: str
    kind: str = "plain"
    expect: Expect = "read"
    options: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTruth:
    """One printed page of one carnet, filled or not.  ``page`` is the printed number."""

    carnet: str
    page: int
    ticking: str
    pen: str
    fields: tuple[FieldTruth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTruth:
    """One side of one file.

    ``pages`` are the carnet pages that show on it, as (carnet, printed page);
    ``expect`` is the fair disposition of what is on the side: placed, duplicate, blank,
    foreign, conflict or unreadable (``either`` when damage makes refusing fair).
    """

    file: str
    side: int
    profile: str
    pages: tuple[tuple[str, int], ...]
    expect: str = "placed"
    damage: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything that a rehearsal knows of itself."""

    form: str
    version: str
    seed: int
    sides: tuple[SideTruth, ...]
    pages: tuple[PageTruth, ...]
    note: str = "Données de répétition, écrites par la machine : aucune personne réelle."

    def page(self, carnet: str, page: int) -> PageTruth | None:
        """The truth of one page, or None when it was never filled."""
        return next((known for known in self.pages if (known.carnet, known.page) == (carnet, page)), None)


def merge(truths: Iterable[Truth]) -> Truth:
    """Several hand-overs of one form as one."""
    known = list(truths)
    return dataclasses.replace(
        known[0],
        sides=tuple(side for truth in known for side in truth.sides),
        pages=tuple(page for truth in known for page in truth.pages),
    )


def save_truth(truth: Truth, path: Path) -> None:
    """Write a truth as JSON, one page or side a line so that a change reads as a diff."""
    head = {"form": truth.form, "version": truth.version, "seed": truth.seed, "note": truth.note}
    lines = [json.dumps(head, ensure_ascii=False)[:-1] + ","]
    for key, rows in (("sides", truth.sides), ("pages", truth.pages)):
        body = ",\n".join(json.dumps(_compact(dataclasses.asdict(row)), ensure_ascii=False) for row in rows)
        lines.append(f'"{key}": [\n{body}\n]' + ("," if key == "sides" else "}"))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def load_truth(path: Path) -> Truth:
    """Read what ``save_truth`` wrote."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    sides = tuple(
        SideTruth(
            **{
                **side,
                "pages": tuple((carnet, page) for carnet, page in side["pages"]),
                "damage": tuple(side.get("damage", ())),
            }
        )
        for side in stored["sides"]
    )
    pages = tuple(
        PageTruth(**{**page, "fields": tuple(FieldTruth(**known) for known in page["fields"])})
        for page in stored["pages"]
    )
    return Truth(
        form=stored["form"],
        version=stored["version"],
        seed=stored["seed"],
        note=stored["note"],
        sides=sides,
        pages=pages,
    )


def _compact(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out what has its default, so that the file stays small."""
    fields = row.get("fields")
    if fields is not None:
        row["fields"] = [_without_defaults(dict(known)) for known in fields]
    if row.get("damage") == ():
        del row["damage"]
    return row


def _without_defaults(known: dict[str, Any]) -> dict[str, Any]:
    """A field's truth without plain, read and zero options."""
    defaults = {"kind": "plain", "expect": "read", "options": 0}
    return {key: value for key, value in known.items() if key not in defaults or value != defaults[key]}
