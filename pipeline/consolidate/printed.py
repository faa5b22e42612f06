"""Lots: what was printed, handed out and came back, from the print register and what staff noted in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from pipeline.consolidate.columns import Row
from pipeline.consolidate.variable import Variable
from pipeline.model.result import RegisterEntry

SHEET = "Lots"
ABOUT = "Ce qui a été imprimé, remis et rendu, d’après le registre."
KEY = ("lot", "variante", "canal", "public_cible")


def _text(name: str, short: str, width: float = 16) -> Variable:
    return Variable(name=name, short=short, kind="text", meaning=short, origin="registre", width=width)


def _count(name: str, short: str, meaning: str) -> Variable:
    return Variable(name=name, short=short, kind="integer", meaning=meaning, origin="registre", width=12)


VARIABLES = (
    _text("lot", "Lot", 24),
    _text("variante", "Variante"),
    _text("canal", "Lieu de remise", 30),
    _text("public_cible", "Public visé", 30),
    _count("imprimes", "Imprimés", "Carnets imprimés"),
    _count(
        "remis",
        "Remis",
        "Carnets remis : une date dans « Remis le », ou le nombre noté par lot s’il est plus grand",
    ),
    _count("numerises", "Numérisés", "Carnets de ce lot dont une page au moins a été lue"),
)
Named = Callable[[RegisterEntry], tuple[str, str, str, str]]


def lot_rows(
    register: Iterable[RegisterEntry], scanned: Collection[str], handed_out: Mapping[str, int], named: Named
) -> list[Row]:
    """One row for each lot, variant, place and public; ``handed_out`` are the counts that staff noted by lot.

    A count noted for a lot of several rows cannot be shared out between them: what exceeds
    the dates stands in a row of its own.
    """
    counts: dict[tuple[str, str, str, str], Counter[str]] = {}
    for entry in register:
        found = counts.setdefault(named(entry), Counter())
        found["imprimes"] += not entry.copy_of
        found["remis"] += bool(entry.remis_le)
        found["numerises"] += entry.carnet in scanned
    for lot, noted in handed_out.items():
        rows = [key for key in counts if key[0] == lot]
        missing = noted - sum(counts[key]["remis"] for key in rows)
        if rows and missing > 0:
            target = rows[0] if len(rows) == 1 else (lot, "", "", "")
            counts.setdefault(target, Counter())["remis"] += missing
    return [
        {
            **dict(zip(KEY, (part or None for part in key), strict=True)),
            "imprimes": found["imprimes"],
            "remis": found["remis"],
            "numerises": found["numerises"],
        }
        for key, found in sorted(counts.items())
    ]
