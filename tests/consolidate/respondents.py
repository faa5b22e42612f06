"""Synthetic campaigns of the carnet itself: many people, few in some groups, some answers missing or unread."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.define import load_form
from pipeline.model.form import Field, FormDefinition, FormShelf
from pipeline.model.identity import carnet_number
from pipeline.model.result import Campaign, CarnetRecord
from tests.consolidate.campaigns import campaign, carnet, outcome, page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "forms/carnet"
# Weights seen in no survey: only their skew matters.
WEIGHTS = {
    "prof_public": {"BEN": 50, "VDP": 25, "INS": 10, "DEB": 15},
    "prof_tranche_age": {"1": 2, "2": 9, "3": 14, "4": 20, "5": 24, "6": 24, "7": 7},
    "prof_situation": {"1": 42, "2": 7, "3": 10, "4": 35, "5": 4, "9": 2},
    "prof_diplome": {"0": 5, "1": 11, "2": 14, "3": 16, "4": 50, "9": 4},
    "prof_anciennete": {"1": 6, "2": 16, "3": 30, "4": 48},
    "sou_objectifs": {"CV": 20, "TRACE": 35, "EMPLOI": 12, "RESP": 8, "VAE": 5, "CEC": 8, "PB": 6, "VILLE": 6},
    "sou_support": {"P": 45, "N": 20, "D": 35},
    "avis_moment": {"1": 30, "2": 45, "3": 25},
    "avis_aide": {"0": 84, "1": 16},
    "rendu_choix": {"TOUT": 75, "FEUILLE": 25},
    "str_type": {"ASSO": 70, "VILLE": 18, "INST": 12},
}
AREAS = {"00": 6, "01": 1, "02": 1, "03": 2, "04": 1, "05": 3, "06": 2, "07": 2, "08": 1, "09": 3, "10": 5, "11": 8}
AREAS |= {"12": 7, "13": 9, "14": 7, "15": 9, "16": 5, "17": 7, "18": 10, "19": 11, "20": 10}
HOURS = {"1": 18, "1.5": 10, "2": 26, "2.5": 8, "3": 18, "4": 11, "6": 5, "8": 3}


@lru_cache(maxsize=1)
def carnet_form() -> FormDefinition:
    return load_form(FOLDER / "2026.1").definition


@lru_cache(maxsize=1)
def carnet_shelf() -> FormShelf:
    return FormShelf(forms=(load_form(FOLDER / "2026.1"),))


def many(count: int, seed: int = 1, *, first: int = 0) -> Campaign:
    """Carnets ``first`` to ``first + count``: the same seed always gives the same person the same answers."""
    found = campaign(*(person(seed, number) for number in range(first, first + count)))
    away = (replace(entry, carnet=f"{entry.carnet}-{n}") for entry in found.register for n in (1, 2))
    return replace(found, register=(*found.register, *away))


def person(seed: int, number: int, **given: str) -> CarnetRecord:
    """One carnet; ``given`` answers replace those drawn."""
    form, luck = carnet_form(), random.Random(f"{seed}-{number}")
    pages = form.jacket if luck.random() < 0.2 else form.booklet
    missing = luck.choice(pages) if luck.random() < 0.08 else 0
    habits = {
        "act": min(12, 1 + int(luck.expovariate(1 / 4.5))),
        "str": luck.choice((1, 1, 1, 2, 2, 3)),
        "moments": luck.choice(("", "debut", "debut", "both", "both", "both")),
        "same": luck.random() < 0.25,
        "att": luck.random() < 0.35,
        "warm": luck.gauss(0, 0.8),
        "families": frozenset(letter for letter in "ABCDEFGH" if luck.random() < 0.75),
    }
    identity = carnet_number(26, 100_000 + number)
    records = [
        page(
            form,
            printed,
            [
                _outcome(form, one, luck, habits, given)
                for one in form.fields
                if one.page == printed and one.type != "masked"
            ],
            carnet=identity,
            sha=f"{number:064x}",
        )
        for printed in pages
        if printed != missing or printed in (2, 12)
    ]
    cle = "C" + "".join(random.Random(f"key-{seed}-{number}").choices("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=9))
    made = carnet(form, *records, cle=cle, number=identity)
    canal = luck.choices(("MVAC", "ASSO", "FORUM", "SERVICE", "LIEU"), (45, 30, 15, 7, 3))[0]
    return replace(made, entry=replace(made.entry, canal=canal), scanned_on="2026-11-18")


# By age: public, diploma, help and opinion as they might go together, more than in any survey
ALIKE = {
    "1": ("DEB", "0", "0", "3"), "2": ("DEB", "2", "0", "3"), "3": ("BEN", "4", "0", "3"), "4": ("BEN", "4", "0", "3"),
    "5": ("VDP", "3", "0", "3"), "6": ("INS", "1", "1", "4"), "7": ("INS", "1", "1", "4"), "": ("BEN", "", "0", "3"),
}  # fmt: skip
OTHERS = (("BEN", "VDP", "INS", "DEB"), ("0", "1", "2", "3", "4", "9"), ("0", "1", ""), ("1", "2", "3", "4", ""))


def alike(count: int, seed: int, strength: float = 0.95) -> Campaign:
    """Carnets of people whose age nearly tells the rest: what one table shows then bounds the others."""
    found = []
    for number in range(count):
        luck = random.Random(f"alike-{seed}-{number}")
        age = luck.choices(("", *"1234567"), (11, 2, 8, 13, 18, 22, 22, 6))[0]
        told = [
            usual if luck.random() < strength else luck.choice(other)
            for usual, other in zip((*ALIKE[age], ALIKE[age][3]), (*OTHERS, OTHERS[3]), strict=True)
        ]
        names = ("prof_public", "prof_diplome", "avis_aide", "avis_utile", "avis_mots")
        found.append(person(seed, number, prof_tranche_age=age, **dict(zip(names, told, strict=True))))
    return campaign(*found)


def _outcome(form: FormDefinition, one: Field, luck: random.Random, habits: dict, given: dict[str, str]):
    value = given.get(one.name, _value(one, luck, habits))
    if value and luck.random() < 0.01 and one.name not in given:
        return outcome(form, one.name, value, reasons=("uncertain_mark",))
    if one.type == "text":
        return outcome(form, one.name, raw="" if luck.random() < 0.5 else "encre", reasons=())
    return outcome(form, one.name, value)


def _value(one: Field, luck: random.Random, habits: dict) -> str:
    """An answer, empty when the person gives none."""
    answered = {"O": 0.97, "R": 0.92, "F": 0.83}[one.required]
    if one.group == "cmp":
        return _level(one, luck, habits)
    if one.group in ("act", "str"):
        answered = 0.97 if one.row <= habits[one.group] else 0.0
    if one.group == "att":
        answered = 0.9 if habits["att"] else 0.0
    if luck.random() >= answered or one.type in ("text", "masked"):
        return ""
    if one.type == "signature":
        return "present"
    return _given(one, luck, habits)


def _given(one: Field, luck: random.Random, habits: dict) -> str:
    weights = WEIGHTS.get(one.name) or WEIGHTS.get(f"{one.group}_{one.column}")
    if one.multiple:
        ticked = {code for code, weight in (weights or {}).items() if luck.random() < weight / 60}
        codes = [option.value for option in one.options]
        found = [code for code in codes if code in ticked] or luck.choices(codes, (weights or {}).values() or None)
        return "|".join(found if one.name != "prof_public" or luck.random() < 0.3 else found[:1])
    if weights:
        return luck.choices(tuple(weights), tuple(weights.values()))[0]
    if one.type == "choice":
        codes = [option.value for option in one.options]
        drawn = round((len(codes) - 1) * (0.66 + 0.22 * (luck.gauss(0, 1) + habits["warm"])))
        return codes[max(0, min(len(codes) - 1, drawn))]
    return _comb(one, luck, habits)


def _comb(one: Field, luck: random.Random, habits: dict) -> str:
    end = "2026-02-10" if habits["same"] else "2026-07-01"
    fixed = {"cmp_date_fin": end, "cmp_date_debut": "2026-02-10"}
    drawn = {
        "prof_arrondissement": lambda: str(int(luck.choices(tuple(AREAS), tuple(AREAS.values()))[0])),
        "avis_minutes": lambda: str(luck.choice((10, 15, 20, 20, 30, 30, 45, 60, 60, 90, 120, 180))),
        "duree": lambda: luck.choices(tuple(HOURS), tuple(HOURS.values()))[0],
        "structure": lambda: str(luck.randint(1, habits["str"])),
        "domaine": lambda: luck.choices("1234567890", (30, 12, 12, 8, 6, 14, 7, 5, 4, 2))[0],
        "date": lambda: f"2026-{luck.randint(1, 9):02d}" + (f"-{luck.randint(1, 28):02d}" if "D" in one.format else ""),
        "code": lambda: luck.choice(one.values),
    }
    draw = drawn.get(one.name) or drawn.get(one.column) or drawn.get(one.kind or "")
    return fixed.get(one.name) or (draw() if draw else str(luck.randint(one.minimum or 0, min(60, one.maximum or 60))))


def _level(one: Field, luck: random.Random, habits: dict) -> str:
    """A level: fewer people at the end, mostly higher; none in families that do not concern the person."""
    family = "ABCDEFGH"[(one.row - 1) // 3]
    if habits["moments"] not in (one.column, "both") or family not in habits["families"] or luck.random() < 0.12:
        return ""
    middle = 2.1 + 0.3 * habits["warm"] + (0.7 if one.column == "fin" else 0.0)
    return str(max(1, min(4, round(luck.gauss(middle, 0.8)))))
