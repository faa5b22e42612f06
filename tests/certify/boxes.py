"""Boxes drawn and scanned one by one on registered paper, read and decided by the program itself."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from pipeline.decide import CarnetContext, decide_carnet
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import FormShelf
from pipeline.model.identity import PageIdentity
from pipeline.model.layout import Box, FieldBox, OptionBox
from pipeline.model.result import PageResult
from pipeline.model.scan import Displacement, Floats, Grey, Pose, RegisteredPage, SourceRef
from pipeline.read import read_page
from pipeline.rehearse.hands import TICKING
from pipeline.settings import Settings
from tests.certify import hand, scanner
from tests.certify.page import OPTIONS, printed

INSTRUCTED, ORDINARY = "", "ordinary"
BESIDE = "beside a hard mark"
"""The other boxes of a question with one hard mark: the kinds themselves count the marked boxes alone."""
CONTEXT = CarnetContext(scanned_on=datetime.date(2026, 11, 18))
ANSWERED, SECOND, STRAY, STAINED, FOLDED = 0.85, 0.25, 0.006, 0.1, 0.12
_HARD_SHARE = 0.2
_PENS = {"pen": 0.81, "felt": 0.1, "pencil": 0.06, "light_blue": 0.03}
_MISTAKES = {"corrected": 0.012, "cancelled": 0.003, "double": 0.004, "stray": 0.004, "circled": 0.002, "faint": 0.003}
_NUMBER = "26-004271-20"

Tally = Counter[tuple[str, str]]
"""Boxes by (kind, outcome); outcomes: right, asked, silent, and ``spared``: asked, and the proposal is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hard:
    """One hard kind: with which pen, what is drawn, whether throughout the carnet, and what is true."""

    way: str
    pen: str = "pen"
    throughout: bool = False
    ticked: bool = True
    corrected: bool = False
    scan: str = ""
    off_mm: float = 0.0


HARD = {
    "pencil": Hard(way="", pen="pencil", throughout=True),
    "pencil, one answer": Hard(way="", pen="pencil"),
    "light blue pen": Hard(way="", pen="light_blue", throughout=True),
    "felt pen": Hard(way="", pen="felt", throughout=True),
    "dot": Hard(way="dot"),
    "dots throughout": Hard(way="dot", throughout=True),
    "slash throughout": Hard(way="slash", throughout=True),
    "fill": Hard(way="filled"),
    "fills throughout": Hard(way="filled", throughout=True),
    "circle": Hard(way="circle"),
    "circles throughout": Hard(way="circle", throughout=True),
    "cancelled": Hard(way="cancelled", ticked=False),
    "struck": Hard(way="struck", ticked=False),
    "corrected": Hard(way="", corrected=True),
    "stray": Hard(way="stray", ticked=False),
    "fold through the box": Hard(way="fold", ticked=False),
    "grey paper": Hard(way="", throughout=True, scan="grey_paper_300"),
    "box read 1 mm off": Hard(way="", throughout=True, off_mm=1.0),
}


@dataclass(slots=True)
class Sheet:
    """One page being filled: its pixels, what is truly ticked, and what stands at each box."""

    pixels: Grey
    true: dict[str, set[str]]
    kinds: dict[tuple[str, str], str]


def instructed(rng: np.random.Generator) -> Sheet:
    """A page ticked as the instruction asks, with stray ends, folds and stains of any office."""
    writer = hand.draw_hand(rng)
    sheet = _fill(writer, rng)
    boxes = _boxes()
    for (name, code), box in boxes.items():
        if code not in sheet.true[name] and rng.random() < STRAY:
            hand.stray(sheet.pixels, box, boxes.values(), writer, rng)
            sheet.kinds[name, code] = "empty, stray end"
    if rng.random() < STAINED:
        centre, radius = hand.stain(sheet.pixels, rng)
        for key, box in boxes.items():
            if np.hypot(*(np.array(box.centre) - centre)) < radius + box.w:
                sheet.kinds[key] = _with(sheet.kinds[key], "stain")
    for _ in range(int(rng.binomial(2, FOLDED))):
        ends = hand.fold(sheet.pixels, rng)
        for key, box in boxes.items():
            if _crosses(ends, box.grown(0.6)):
                sheet.kinds[key] = _with(sheet.kinds[key], "fold")
    return sheet


def ordinary(rng: np.random.Generator) -> Sheet:
    """A page of any writer of a rehearsal: all pens and ways of ticking, mistakes as often as there."""
    pen = str(rng.choice(list(_PENS), p=list(_PENS.values())))
    way = str(rng.choice(list(TICKING), p=np.array(list(TICKING.values())) / sum(TICKING.values())))
    writer = hand.draw_hand(rng, pen, way)
    sheet = _fill(writer, rng, chosen=0.0)
    chances = np.array(list(_MISTAKES.values())) * rng.gamma(2.0, 0.5)
    for field in printed().fields:
        ranks = [field.options[rank] for rank in rng.permutation(OPTIONS)]
        mistake = str(rng.choice(["", *_MISTAKES], p=[1 - chances.sum(), *chances]))
        if rng.random() < ANSWERED:
            sheet.true[field.name] = _answer(sheet, (ranks[0], ranks[1]), mistake, writer, rng)
            sheet.kinds |= {(field.name, option.value): mistake or "plain" for option in field.options}
    for _ in range(int(rng.binomial(2, FOLDED))):
        hand.fold(sheet.pixels, rng)
    return sheet


def _answer(
    sheet: Sheet, ranks: tuple[OptionBox, OptionBox], mistake: str, writer: hand.Hand, rng: np.random.Generator
) -> set[str]:
    """One answer with what may go wrong, ``ranks`` the option meant and another; what is truly ticked."""
    meant, other = ranks
    pen = replace(writer, grey=writer.grey + (255 - writer.grey) // 2, grain=0.35) if mistake == "faint" else writer
    if mistake in ("corrected", "cancelled"):
        hand.put(sheet.pixels, other.box, writer.way, writer, rng)
        hand.put(sheet.pixels, other.box, "filled", writer, rng)
    elif mistake == "double":
        hand.put(sheet.pixels, other.box, writer.way, writer, rng)
    elif mistake == "stray":
        hand.stray(sheet.pixels, other.box, _boxes().values(), writer, rng)
    if mistake != "cancelled":
        hand.put(sheet.pixels, meant.box, "circle" if mistake == "circled" else writer.way, pen, rng)
    if mistake == "cancelled":
        return set()
    return {meant.value, other.value} if mistake == "double" else {meant.value}


def hard(name: str, rng: np.random.Generator) -> Sheet:
    """A page on which a hard kind stands in many questions, or in all when it is the writer's way."""
    kind = HARD[name]
    if kind.throughout:
        return _fill(hand.draw_hand(rng, kind.pen, kind.way), rng, name)
    writer = hand.draw_hand(rng)
    sheet = _fill(writer, rng, chosen=1 - _HARD_SHARE)
    for field in printed().fields:
        if sheet.true[field.name] or rng.random() > _HARD_SHARE:
            continue
        _put_hard(sheet, field, name, writer, rng)
    return sheet


def _put_hard(sheet: Sheet, field: FieldBox, name: str, writer: hand.Hand, rng: np.random.Generator) -> None:
    """One question with one hard mark, and whatever goes with it."""
    kind, order = HARD[name], rng.permutation(OPTIONS)
    other = hand.draw_hand(rng, kind.pen, kind.way or writer.way)
    target, second = field.options[order[0]], field.options[order[1]]
    if kind.corrected:
        hand.put(sheet.pixels, target.box, "cancelled", writer, rng)
        hand.put(sheet.pixels, second.box, writer.way, writer, rng)
        sheet.true[field.name] = {second.value}
    elif kind.way == "fold":
        hand.crack(sheet.pixels, _through(target.box, rng), rng)
    elif kind.way == "stray":
        hand.stray(sheet.pixels, target.box, _boxes().values(), writer, rng)
    else:
        hand.put(
            sheet.pixels, target.box, other.way, other if kind.pen != "pen" else replace(writer, way=other.way), rng
        )
        sheet.true[field.name] = {target.value} if kind.ticked else set()
    sheet.kinds |= {(field.name, option.value): BESIDE for option in field.options}
    for option in (target, second) if kind.corrected else (target,):
        sheet.kinds[field.name, option.value] = name


def _fill(writer: hand.Hand, rng: np.random.Generator, name: str = "", chosen: float = ANSWERED) -> Sheet:
    """Answers of one writer over the page; ``chosen`` is the share of questions answered."""
    sheet = Sheet(pixels=printed().sheet.copy(), true={}, kinds={})
    for field, question in zip(printed().fields, printed().form.definition.fields, strict=True):
        count = int(rng.random() < chosen) * (1 + int(question.multiple and rng.random() < SECOND))
        ticked = {field.options[rank].value for rank in rng.choice(OPTIONS, count, replace=False)}
        sheet.true[field.name] = ticked
        for option in field.options:
            sheet.kinds[field.name, option.value] = name or (writer.way if option.value in ticked else "empty")
            if option.value in ticked:
                hand.put(sheet.pixels, option.box, writer.way, writer, rng)
    return sheet


def _boxes() -> dict[tuple[str, str], Box]:
    return {(field.name, option.value): option.box for field in printed().fields for option in field.options}


def _with(kind: str, damage: str) -> str:
    return kind if damage in kind else f"{kind}, {damage}"


def _crosses(ends: tuple[Floats, Floats], box: Box) -> bool:
    """Whether the line through two points runs through a box."""
    along = ends[1] - ends[0]
    corners = np.array([(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]) - ends[0]
    side = along[0] * corners[:, 1] - along[1] * corners[:, 0]
    return bool(side.min() < 0 < side.max())


def _through(box: Box, rng: np.random.Generator) -> Floats:
    """A short fold, 30 mm long, right through a box."""
    angle = rng.uniform(0, np.pi)
    middle = np.array(box.centre) + rng.normal(0, 0.8, 2)
    reach = 15 * np.array([np.cos(angle), np.sin(angle)])
    return np.array([middle - reach, middle + reach])


def read_sheet(pixels: Grey, settings: Settings, warnings: tuple[str, ...] = ()) -> PageResult:
    """The page as the program measures it."""
    page, source = printed(), SourceRef(path="certification", sha256="0" * 64, side=1)
    identity = PageIdentity(form_code=98, version_code=1, variant=0, carnet=_NUMBER, page=1)
    pose = Pose(matrix=(8, 0, 0, 0, 8, 0, 0, 0, 1), markers=4, rotation_deg=0, print_scale=1, residual_mm=0.03)
    registered = RegisteredPage(
        pixels=pixels,
        identity=identity,
        layout_page=1,
        pose=pose,
        displacement=Displacement(),
        slot=1,
        identified_by="code_a",
        source=source,
        warnings=warnings,
    )
    return PageResult(
        source=source,
        slot=1,
        form=page.form.definition.id,
        version=page.form.definition.version,
        identity=identity,
        layout_page=1,
        pose=pose,
        warnings=warnings,
        readings=read_page(registered, page.form, page.blank, settings.read),
    )


def decide_sheet(page: PageResult, settings: Settings) -> tuple[FieldDecision, ...]:
    """The decisions of the program on a page, as on a carnet of one page."""
    return decide_carnet([page], FormShelf(forms=(printed().form,)), CONTEXT, settings.decide)[0].decisions


def tally(sheet: Sheet, decisions: tuple[FieldDecision, ...]) -> Tally:
    """Every box of the page by kind and outcome."""
    counts: Tally = Counter()
    for decision in decisions:
        true = sheet.true[decision.field]
        read = {code for code in decision.raw.split("|") if code}
        for rank in range(OPTIONS):
            code = str(rank + 1)
            wrong = (code in read) != (code in true)
            kind = sheet.kinds[decision.field, code]
            if decision.status is Status.REVIEW:
                counts[kind, "asked"] += 1
                counts[kind, "spared"] += wrong
            else:
                counts[kind, "silent" if wrong else "right"] += 1
    return counts


def one_page(task: str, scan: str, seed: tuple[int, ...], settings: Settings) -> tuple[Sheet, PageResult]:
    """One page of a task: ``INSTRUCTED``, ``ORDINARY`` or a hard kind."""
    sheet, _, page = scanned_page(task, scan, seed, settings)
    return sheet, page


def scanned_page(task: str, scan: str, seed: tuple[int, ...], settings: Settings) -> tuple[Sheet, Grey, PageResult]:
    """The same with the pixels that were read."""
    rng = np.random.default_rng(seed)
    sheet = instructed(rng) if task == INSTRUCTED else ordinary(rng) if task == ORDINARY else hard(task, rng)
    kind = scanner.KINDS[scan]
    pixels = scanner.page_on_grid(sheet.pixels, kind, rng, HARD[task].off_mm if task in HARD else 0.0)
    return sheet, pixels, read_sheet(pixels, settings, ("bitonal",) if kind.threshold[1] else ())
