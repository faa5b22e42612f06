"""Every page finds its place: degraded pages with known truth, placed, refused or wrong.

Each side is made, searched and judged alone, from a seed of its own; sides go in chunks
whose results lie on the desk, so that a run that was stopped goes on where it was.  No
field is read: pixels are searched as ingest would hand them over, at a glance and, where
that does not settle a side, closely.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from pipeline import compose, define
from pipeline.batch.worker import search_side
from pipeline.model.form import PublishedForm
from pipeline.model.interval import wilson
from pipeline.model.result import Disposition, PageResult
from pipeline.model.scan import PX_PER_MM, Floats, RegisteredPage, ScanImage
from pipeline.settings import load_settings
from tests.bench.degraded import FAMILIES, DegradedSide, degraded_side
from tests.bench.masters import Desk, Lying, lay_out

RESULTS = Path(__file__).with_name("REGISTRATION.md")
SEED = 90_210
CHUNK = 10
SILENT_MM = 0.5
"""A box, cell or zone misplaced by more than this on a page that was accepted is a silent error."""
_POINTS = np.stack(np.meshgrid(np.linspace(16, 132, 6), np.linspace(22, 188, 8)), axis=-1).reshape(-1, 2)
_WORST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one page: ``placed``, ``wrong``, ``lost``, or the reason of its refusal."""

    family: str
    side: int
    page: int
    fate: str
    kind: str
    alive: int
    used: int
    damages: tuple[str, ...]
    low_toner: bool
    bulging: bool
    by: str
    errors_mm: tuple[float, ...]
    read_errors_mm: tuple[float, ...]

    @property
    def is_misread(self) -> bool:
        """Whether something that is read or blacked out lies where another thing is."""
        return max(self.read_errors_mm, default=0.0) > SILENT_MM

    @property
    def worst_mm(self) -> float:
        """The largest error of the page; 0 when it was not placed."""
        return max(self.errors_mm, default=0.0)


# ------------------------------------------------------------------ one side


@lru_cache(maxsize=1)
def _form() -> PublishedForm:
    """The carnet."""
    form = define.open_shelf(define.form_folders()).latest("carnet")
    assert form is not None
    return form


@lru_cache(maxsize=1)
def _desk(folder: Path, seed: int) -> Desk:
    """The sheets of the run, as a worker sees them."""
    return lay_out(_form(), folder, seed)


def searched(side: DegradedSide) -> list[RegisteredPage | PageResult]:
    """What registration says of a side; poses in pixels of the whole scan, whichever look found them."""
    shelf = define.open_shelf(define.form_folders())
    looked = [side.image]

    def finer() -> ScanImage:
        looked.append(side.finer)
        return side.finer

    found = search_side(side.image, finer, shelf, compose.blank_pages, load_settings(None).register)
    return [_on_whole_scan(entry, looked[-1].merged) for entry in found]


def _on_whole_scan(entry: RegisteredPage | PageResult, merged: int) -> RegisteredPage | PageResult:
    """A page found on merged pixels, with its pose on the pixels that were merged."""
    if merged == 1 or not isinstance(entry, RegisteredPage):
        return entry
    spread = np.array([[merged, 0, (merged - 1) / 2], [0, merged, (merged - 1) / 2], [0, 0, 1]])
    matrix = spread @ np.array(entry.pose.matrix).reshape(3, 3)
    return replace(entry, pose=replace(entry.pose, matrix=tuple(matrix.ravel().tolist())))


def judged(side: DegradedSide, family: str, number: int) -> list[Fate]:
    """The fate of every page that lies on a side."""
    entries = searched(side)
    placed = [entry for entry in entries if isinstance(entry, RegisteredPage)]
    refused = [entry for entry in entries if isinstance(entry, PageResult)]
    fates, left = [], list(placed)
    for page, alive in zip(side.pages, side.alive, strict=True):
        alike = [p for p in left if (p.identity.carnet, p.identity.page) == (page.carnet, page.page)]
        mine = min(alike, key=lambda p: max(_errors_mm(p, page, side, _POINTS), default=0.0), default=None)
        if mine is not None:
            left.remove(mine)
        errors = _errors_mm(mine, page, side, _POINTS) if mine is not None else ()
        read_errors = _errors_mm(mine, page, side, _read_points(mine)) if mine is not None else ()
        fates.append(
            Fate(
                family=family,
                side=number,
                page=page.page,
                fate="placed" if mine is not None else "?",
                kind=side.kind,
                alive=alive,
                used=mine.pose.markers if mine is not None else 0,
                damages=side.damages,
                low_toner=side.low_toner,
                bulging=side.bulging,
                by=mine.identified_by if mine is not None else "",
                errors_mm=errors,
                read_errors_mm=read_errors,
            )
        )
    return _explained(fates, len(left), refused, anything=bool(placed))


def _explained(fates: list[Fate], strangers: int, refused: Sequence[PageResult], *, anything: bool) -> list[Fate]:
    """Pages not placed: read as another's, refused with a reason, or lost.

    A side on which nothing was placed has one row for all of its pages.
    """
    reasons = [entry.problem for entry in refused if entry.disposition is not Disposition.BLANK]
    whole = [entry.problem for entry in refused if not entry.pose and entry.disposition is not Disposition.BLANK]
    done = []
    for fate in fates:
        said = fate.fate
        if said == "?" and strangers:
            strangers, said = strangers - 1, "wrong"
        elif said == "?":
            said = reasons.pop(0) if reasons else (whole[0] if whole and not anything else "lost")
        done.append(_with_fate(fate, said))
    return done


def _with_fate(fate: Fate, said: str) -> Fate:
    """The same page with its fate known."""
    return Fate(**{**asdict(fate), "fate": said})


def _read_points(found: RegisteredPage) -> Floats:
    """The middles of everything that is read or blacked out on a page."""
    fields = _form().layout.page(found.layout_page).fields
    return np.array([box.centre for field in fields for box in field.parts]).reshape(-1, 2)


def _errors_mm(found: RegisteredPage, page: Lying, side: DegradedSide, points: Floats) -> tuple[float, ...]:
    """How far points of the page are from where registration puts them, in mm of the page."""
    on_sheet = page.on_sheet(points)
    truth = side.scanned.seen_at(on_sheet)
    truth = truth * (side.finer.pixels.shape[1] / side.scanned.laid.size_px[0])
    sane = np.isfinite(truth).all(axis=1) & side.can_be_seen(on_sheet)
    matrix = np.array(found.pose.matrix).reshape(3, 3)
    shifts = found.displacement.shifts_at(points)
    back = np.c_[truth[sane], np.ones(int(sane.sum()))] @ np.linalg.inv(matrix).T
    errors = np.linalg.norm(back[:, :2] / back[:, 2:] - (points + shifts)[sane], axis=1)
    return tuple(round(float(error), 4) for error in errors)


# ------------------------------------------------------------------ the run


def report(folder: Path, pages: int, seed: int, names: Sequence[str] = (), workers: int = 2) -> str:
    """Run what is missing of so many pages over the families asked for, and tell the fates of all."""
    desk = lay_out(_form(), folder / f"registration-{seed}", seed)
    chosen = [name for name in FAMILIES if not names or name in names]
    chunks = _chunks(desk.folder, chosen, pages)

    context = get_context("spawn")  # a fork would inherit locks of the threads that drew the sheets
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_quietly) as pool:
        list(pool.map(_run_chunk, [(desk.folder, family, chunk, seed) for family, chunk in chunks]))

    fates, cpu = _gathered(desk.folder, chosen, pages)
    return _written(fates, cpu, seed)


def _chunks(desk: Path, chosen: Sequence[str], pages: int) -> list[tuple[str, int]]:
    """The chunks without results, all families in turn."""
    each = -(-_sides(pages, len(chosen)) // CHUNK)
    wanted = [(family, chunk) for chunk in range(each) for family in chosen]
    return [(family, chunk) for family, chunk in wanted if not _file(desk, family, chunk).exists()]


def _sides(pages: int, families: int) -> int:
    """Sides a family for so many pages in all; a side holds 1.7 pages on average."""
    return math.ceil(pages / families / 1.68)


def _file(desk: Path, family: str, chunk: int) -> Path:
    """Where the results of a chunk lie."""
    return desk / f"fates-{family}-{chunk:04d}.json"


def _quietly() -> None:
    """A worker that steps aside for everything else."""
    cv2.setNumThreads(1)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    os.nice(19 - os.nice(0))


def _run_chunk(task: tuple[Path, str, int, int]) -> None:
    """Make, search and judge the sides of a chunk; its results appear whole or not at all."""
    folder, family, chunk, seed = task
    desk = _desk(folder, seed)
    start = time.process_time()
    fates: list[Fate] = []
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        fates += judged(degraded_side(desk, family, number), family, number)
    found = {"cpu_s": time.process_time() - start, "fates": [asdict(fate) for fate in fates]}
    part = _file(folder, family, chunk).with_suffix(".part")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.replace(_file(folder, family, chunk))


def _gathered(desk: Path, chosen: Sequence[str], pages: int) -> tuple[list[Fate], float]:
    """All results of the run, and their CPU seconds."""
    fates: list[Fate] = []
    cpu = 0.0
    each = -(-_sides(pages, len(chosen)) // CHUNK)
    for family in chosen:
        for chunk in range(each):
            if not _file(desk, family, chunk).exists():
                continue
            found = json.loads(_file(desk, family, chunk).read_text(encoding="utf-8"))
            cpu += found["cpu_s"]
            for item in found["fates"]:
                for name in ("damages", "errors_mm", "read_errors_mm"):
                    item[name] = tuple(item[name])
                fates.append(Fate(**item))
    return fates, cpu


# ------------------------------------------------------------------ the report


def _written(fates: list[Fate], cpu: float, seed: int) -> str:
    """All tables."""
    parts = [
        "## Registration of degraded pages",
        f"{len(fates)} pages, seed {seed}, {1e3 * cpu / max(1, len(fates)):.0f} CPU ms a page with its making. "
        "Rehearsed paper and scans; no real scanner, printer or telephone.",
        _fate_table("by family", fates, lambda fate: fate.family, FAMILIES),
        _error_table(fates),
        _fate_table("by markers left on the paper", fates, lambda fate: f"{_group(fate)}, {fate.alive} left"),
        _fate_table(
            "by damage (abused)",
            [one for fate in fates if fate.family == "abused" for one in _per_damage(fate)],
            lambda fate: fate.damages[0],
        ),
        _fate_table("by toner", fates, lambda fate: f"{fate.family}, {'low' if fate.low_toner else 'normal'} toner"),
        _fate_table("by what lies on the glass", fates, lambda fate: fate.kind),
        _worst_list(fates),
    ]
    return "\n\n".join(parts)


def _group(fate: Fate) -> str:
    """Families that lose markers on purpose, and the others.

    A sheet partly under another, or broken by a stepped fold, stands apart: there a refusal
    is the right answer.
    """
    if "another_sheet" in fate.damages:
        return "abused, under another sheet"
    if "stepped_fold" in fate.damages:
        return "abused, stepped fold"
    return fate.family if fate.family in ("abused", "telephone") else "office and fax"


def _per_damage(fate: Fate) -> Iterable[Fate]:
    """The page once for each of its damages."""
    for name in fate.damages or ("none",):
        yield Fate(**{**asdict(fate), "damages": (name,)})


def _fate_table(title: str, fates: list[Fate], key: Callable[[Fate], str], order: Sequence[str] = ()) -> str:
    """Placed, refused by reason, wrong, lost, silently misplaced."""
    lines = [
        f"### Pages {title}",
        "",
        "| | n | placed | 95 % interval | refused | wrong identity | lost | a box or zone over 0.5 mm off |",
        "|---|---|---|---|---|---|---|---|",
    ]
    keys = order or sorted({key(fate) for fate in fates})
    for name in keys:
        mine = [fate for fate in fates if key(fate) == name]
        counts = Counter(fate.fate for fate in mine)
        placed, total = counts.pop("placed", 0), len(mine)
        wrong, lost = counts.pop("wrong", 0), counts.pop("lost", 0)
        off = sum(fate.is_misread for fate in mine)
        low, high = (100 * bound for bound in wilson(placed, total))
        refused = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items())) or "0"
        share = f"{placed} ({100 * placed / max(1, total):.1f} %) | {low:.1f}–{high:.1f} %"
        lines.append(f"| {name} | {total} | {share} | {refused} | {wrong} | {lost} | {off} |")
    return "\n".join(lines)


def _error_table(fates: list[Fate]) -> str:
    """Errors of held-out points in mm."""
    lines = [
        "### Error of held-out points, pages placed",
        "",
        "| | pages | points | median mm | 99th percentile mm | largest mm |",
        "|---|---|---|---|---|---|",
    ]
    for family in FAMILIES:
        for bulging in (False, True):
            mine = [fate for fate in fates if fate.family == family and fate.bulging is bulging]
            lines.append(_error_row(f"{family}, {'bulging' if bulging else 'flat'}", mine))
    lines.append(_error_row("**all**", fates))
    usual = [fate for fate in fates if fate.family != "abused"]
    lines.append(_error_row("**all but abused**", usual))
    return "\n".join(lines)


def _error_row(title: str, fates: list[Fate]) -> str:
    """One line of errors."""
    errors = np.array([error for fate in fates for error in fate.errors_mm])
    pages = sum(fate.fate == "placed" for fate in fates)
    if not len(errors):
        return f"| {title} | 0 | 0 | – | – | – |"
    middle, high = np.percentile(errors, [50, 99])
    return f"| {title} | {pages} | {len(errors)} | {middle:.3f} | {high:.3f} | {errors.max():.2f} |"


def _worst_list(fates: list[Fate]) -> str:
    """The pages placed worst, by their seeds."""
    worst = sorted((fate for fate in fates if fate.errors_mm), key=lambda fate: -fate.worst_mm)[:_WORST]
    lines = ["### Worst pages placed", ""]
    lines += [
        f"- {fate.family} side {fate.side} page {fate.page}: {fate.worst_mm:.2f} mm, {fate.used} markers used of "
        f"{fate.alive} left, {', '.join(fate.damages) or 'no damage'}, {fate.kind}"
        for fate in worst
    ]
    return "\n".join(lines)


# ------------------------------------------------------------------ pictures


def draw_worst(folder: Path, pages: int, seed: int, out: Path) -> None:
    """The worst pages as pictures: the grid with boxes where registration sees them."""
    desk = lay_out(_form(), folder / f"registration-{seed}", seed)
    fates, _ = _gathered(desk.folder, FAMILIES, pages)
    out.mkdir(parents=True, exist_ok=True)
    for rank, fate in enumerate(sorted(fates, key=lambda fate: -fate.worst_mm)[:_WORST]):
        side = degraded_side(desk, fate.family, fate.side)
        for entry in searched(side):
            if isinstance(entry, RegisteredPage) and entry.identity.page == fate.page:
                name = f"{rank:02d}-{fate.family}-{fate.side}-p{fate.page}-{fate.worst_mm:.2f}mm.png"
                cv2.imwrite(str(out / name), _framed(entry))


def _framed(page: RegisteredPage) -> Floats:
    """A registered page with every box of its layout drawn where it is printed."""
    picture = cv2.cvtColor(page.pixels, cv2.COLOR_GRAY2BGR)
    for item in _form().layout.page(page.layout_page).fields:
        for box in [option.box for option in item.options] + list(item.cells) or [item.extent]:
            seen = box
            low = round(seen.x * PX_PER_MM), round(seen.y * PX_PER_MM)
            high = round(seen.right * PX_PER_MM), round(seen.bottom * PX_PER_MM)
            cv2.rectangle(picture, low, high, (0, 0, 230), 1)
    return np.asarray(picture)
