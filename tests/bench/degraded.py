"""Sides of the carnet in every state of paper and scan, with the place of every printed point known.

The carnet is printed and filled once; each side of the bench is put together from those
sheets, damaged, laid on a glass and scanned from a seed of its own, so that any side can
be made again alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ingest.jpeg import decode_grey, jpeg_header
from pipeline.ingest.resolution import reduction
from pipeline.model.form import PublishedForm
from pipeline.model.layout import Box
from pipeline.model.scan import Floats, Grey, ScanImage, SourceRef
from pipeline.rehearse import damage
from pipeline.rehearse.degrade import (
    PROFILES,
    Scanned,
    Scanner,
    SheetSide,
    draw_placement,
    draw_scanner,
    scan_sheet,
)
from pipeline.rehearse.paper import Fold, Placement
from pipeline.settings import IngestSettings
from tests.bench.masters import WHITE, Desk, K, Lying, Master

FAMILIES = ("office_grey_300", "office_colour_200", "bitonal_200", "fax", "telephone", "abused")
_PROFILE = {
    "office_grey_300": "bureau_300",
    "office_colour_200": "couleur_200",
    "bitonal_200": "bitonal_200",
    "fax": "fax",
    "telephone": "telephone",
    "abused": "abime",
}
_COVERED = 100
_DILATE_PX = 31
"""What is written on a note that covers the page lies on the note: 2.6 mm closes it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DegradedSide:
    """A side as the program gets it at a glance and looked at closely, and the truth about it."""

    image: ScanImage
    finer: ScanImage
    scanned: Scanned
    pages: tuple[Lying, ...]
    alive: tuple[int, ...]
    damages: tuple[str, ...]
    kind: str
    low_toner: bool
    bulging: bool
    hidden: Grey | None

    def can_be_seen(self, sheet_mm: Floats) -> npt.NDArray[np.bool_]:
        """Which points (n, 2) of the sheet nothing lies upon."""
        if self.hidden is None:
            return np.ones(len(sheet_mm), bool)
        height, width = self.hidden.shape
        columns, rows = np.clip(np.rint(sheet_mm * K).astype(int), 0, [width - 1, height - 1]).T
        return np.asarray(self.hidden[rows, columns] < _COVERED, bool)


@dataclass(slots=True, kw_only=True, eq=False)
class _Draft:
    """A sheet on the desk while it is put together and worn."""

    pixels: Grey
    pages: tuple[Lying, ...]
    kind: str
    damages: list[str] = field(default_factory=list)
    hidden: Grey | None = None

    def suffer(self, name: str, rng: np.random.Generator) -> None:
        """One accident; what light paper it lays over the sheet is found by letting it happen to a black one."""
        before = rng.bit_generator.state
        black = np.zeros_like(self.pixels)
        damage.DAMAGES[name](black, K, rng)
        rng.bit_generator.state = before
        black = np.asarray(cv2.dilate(black, np.ones((_DILATE_PX, _DILATE_PX), np.uint8)), np.uint8)
        damage.DAMAGES[name](self.pixels, K, rng)
        self.hidden = black if self.hidden is None else np.maximum(self.hidden, black)
        self.damages.append(name)


# ------------------------------------------------------------------ sides


def degraded_side(desk: Desk, family: str, number: int) -> DegradedSide:
    """Side ``number`` of a family: the same for the same seed, whatever was made before."""
    rng, form = np.random.default_rng([desk.seed, FAMILIES.index(family), number]), desk.form
    profile = PROFILES[_PROFILE[family]]
    scanner = draw_scanner(profile, rng)
    low_toner = bool(family not in ("telephone", "abused") and rng.random() < 0.1)
    strength = rng.uniform(0.35, 0.6) if low_toner else rng.uniform(0.86, 1.0)
    draft = _assembled(desk, family, strength, rng)
    if family == "abused":
        _abuse(draft, form, rng)
    if family == "telephone":
        _cover_a_corner(draft, form, rng)
    alive = tuple(_alive(draft.pixels, page, form) for page in draft.pages)
    side = SheetSide(
        pixels=draft.pixels,
        folded=draft.kind == "spread",
        stapled=draft.kind == "spread" and bool(rng.random() < 0.5),
        quarter_turns=0 if family == "telephone" else int(rng.integers(4)),
    )
    if family == "abused":
        side = replace(side, placement=_rough_placement(scanner, draft, rng))
    scanned = scan_sheet(side, scanner, rng)
    placement = scanned.laid.placement
    image, finer = _ingested(scanned.pixels, scanner, family, number)
    return DegradedSide(
        image=image,
        finer=finer,
        scanned=scanned,
        pages=draft.pages,
        alive=alive,
        damages=tuple(draft.damages),
        kind=draft.kind,
        low_toner=low_toner,
        hidden=draft.hidden,
        bulging=bool(np.any(placement.bulge_mm) or placement.curl_mm),
    )


def _assembled(desk: Desk, family: str, strength: float, rng: np.random.Generator) -> _Draft:
    """What lies on the glass: mostly a spread, sometimes A5 pages or a page in large print."""
    shares = {"spread": 0.74, "a5": 0.12, "anywhere": 0.06, "two": 0.04, "large": 0.04}
    if family == "telephone":
        shares = {"spread": 0.5, "a5": 0.5}
    kind = str(rng.choice(list(shares), p=list(shares.values())))
    levels = (255.5 - (255 - np.arange(256)) * strength).astype(np.uint8)
    first = _drawn(desk, "large" if kind == "large" else "spread" if kind == "spread" else "any", rng)
    if kind in ("spread", "large"):
        return _Draft(pixels=_print_and_ink(first, levels), pages=first.slots, kind=kind)
    pages = [_cut(first, int(rng.integers(len(first.slots))), levels)]
    if kind == "a5":
        return _Draft(pixels=pages[0][0], pages=(pages[0][1],), kind=kind)
    turns = [float(rng.uniform(0, 360))]
    places = [np.array([float(rng.uniform(135, 162)), 105 + float(rng.uniform(-3, 3))])]
    if kind == "two":
        other = _drawn(desk, "any", rng)
        pages.append(_cut(other, int(rng.integers(len(other.slots))), levels))
        turns = [float(rng.choice([0.0, 180.0]) + rng.normal(0, 1.0)) for _ in pages]
        places = [np.array([73.0, 105.0]), np.array([224.0, 105.0])]
    canvas = np.full((round(210 * K), round(297 * K)), 247, np.uint8)
    lying = [_laid_on(canvas, *page, turn, at) for page, turn, at in zip(pages, turns, places, strict=True)]
    return _Draft(pixels=canvas, pages=tuple(lying), kind=kind)


def _drawn(desk: Desk, kind: str, rng: np.random.Generator) -> Master:
    """A master of a kind: a spread, a page in large print, or any at natural size."""
    while True:
        master = desk.master(int(rng.integers(desk.count)))
        is_large = master.slots[0].matrix[0] > 1.2
        if is_large == (kind == "large") and (kind != "spread" or len(master.slots) == 2):
            return master


def _print_and_ink(master: Master, levels: Grey) -> Grey:
    """Toner of some strength, and the ink upon it."""
    return np.asarray(
        cv2.multiply(cv2.LUT(np.asarray(master.printed), levels), np.asarray(master.written), scale=1 / 255), np.uint8
    )


def _cut(master: Master, place: int, levels: Grey) -> tuple[Grey, Lying]:
    """One A5 page cut out of its sheet."""
    slot = master.slots[place]
    left, top = round(slot.matrix[2] * K), round(slot.matrix[5] * K)
    pixels = _print_and_ink(master, levels)[top : top + round(210 * K), left : left + round(148 * K)]
    moved = (1.0, 0.0, slot.matrix[2] - left / K, 0.0, 1.0, slot.matrix[5] - top / K, 0.0, 0.0, 1.0)
    return np.ascontiguousarray(pixels), replace(slot, matrix=moved)


def _laid_on(canvas: Grey, pixels: Grey, page: Lying, turn_deg: float, at_mm: Floats) -> Lying:
    """A cut page laid on a larger glass, clockwise by some degrees about its middle."""
    turn = np.deg2rad(turn_deg)
    c, s = np.cos(turn), np.sin(turn)
    middle = np.array([74.0, 105.0])
    shift = at_mm - np.array([[c, -s], [s, c]]) @ middle
    to_mm = np.array([[c, -s, shift[0]], [s, c, shift[1]], [0, 0, 1]])
    half = np.array([[1 / K, 0, 0.5 / K], [0, 1 / K, 0.5 / K], [0, 0, 1]])
    to_px = np.linalg.inv(half) @ to_mm @ half
    size = canvas.shape[1], canvas.shape[0]
    cover = cv2.warpAffine(np.full_like(pixels, 1), to_px[:2], size, flags=cv2.INTER_NEAREST)
    moved = cv2.warpAffine(pixels, to_px[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    np.copyto(canvas, np.asarray(moved, np.uint8), where=np.asarray(cover, bool))
    return replace(page, matrix=tuple((to_mm @ np.array(page.matrix).reshape(3, 3)).ravel().tolist()))


# ------------------------------------------------------------------ wear


def _abuse(draft: _Draft, form: PublishedForm, rng: np.random.Generator) -> None:
    """Print at another size, lost markers, dead codes, and one or two accidents."""
    if rng.random() < 0.1:
        _printed_smaller(draft, rng)
    for page in draft.pages:
        dead = rng.choice(4, int(rng.integers(4)), replace=False)
        for corner in dead.tolist():
            _destroy(draft.pixels, page, form.layout.stamp.markers[corner], rng)
        luck = rng.random()
        codes = (0, 1) if luck < 0.05 else (int(rng.integers(2)),) if luck < 0.3 else ()
        for code in codes:
            _destroy(draft.pixels, page, form.layout.stamp.codes[code], rng)
        if codes:
            draft.damages.append(f"dead_codes_{len(codes)}")
    names = [name for name in sorted(damage.DAMAGES) if name != "low_toner"]
    for name in rng.choice(names, int(rng.integers(1, 3)), replace=False).tolist():
        draft.suffer(name, rng)


def _cover_a_corner(draft: _Draft, form: PublishedForm, rng: np.random.Generator) -> None:
    """A thumb or a cup upon one marker of a page, every second time."""
    for page in draft.pages:
        if rng.random() < 0.5:
            _destroy(draft.pixels, page, form.layout.stamp.markers[int(rng.integers(4))], rng)


def _printed_smaller(draft: _Draft, rng: np.random.Generator) -> None:
    """« Fit to page »: all print smaller about the middle of the sheet, now and then not alike both ways."""
    sx = float(rng.uniform(0.93, 0.98))
    sy = sx if rng.random() < 0.6 else sx * float(rng.uniform(0.985, 1.015))
    height, width = draft.pixels.shape
    middle = np.array([width, height]) / K / 2
    to_mm = np.array([[sx, 0, (1 - sx) * middle[0]], [0, sy, (1 - sy) * middle[1]], [0, 0, 1]])
    half = np.array([[1 / K, 0, 0.5 / K], [0, 1 / K, 0.5 / K], [0, 0, 1]])
    to_px = np.linalg.inv(half) @ to_mm @ half
    soft = cv2.GaussianBlur(draft.pixels, (0, 0), 0.5)
    smaller = cv2.warpAffine(soft, to_px[:2], (width, height), flags=cv2.INTER_LINEAR, borderValue=WHITE)
    np.copyto(draft.pixels, np.asarray(smaller, np.uint8))
    draft.pages = tuple(
        replace(page, matrix=tuple((to_mm @ np.array(page.matrix).reshape(3, 3)).ravel().tolist()))
        for page in draft.pages
    )
    draft.damages.append("printed_smaller")


def _destroy(pixels: Grey, page: Lying, box: Box, rng: np.random.Generator) -> None:
    """A marker or a code gone: torn off, covered by a blot, or scratched over."""
    grown = box.grown(0.6)
    corners = np.array(
        [[grown.x, grown.y], [grown.right, grown.y], [grown.right, grown.bottom], [grown.x, grown.bottom]]
    )
    around = np.round((page.on_sheet(corners)) * K).astype(np.int32)
    kind = rng.integers(3)
    if kind < 2:
        cv2.fillPoly(pixels, [around], int((248, 45)[kind]))
        return
    for _ in range(7):
        ends = page.on_sheet(np.array([grown.x, grown.y]) + rng.random((2, 2)) * np.array([grown.w, grown.h]))
        start, end = np.round(ends * K).astype(int).tolist()
        cv2.line(pixels, start, end, 50, round(1.1 * K), cv2.LINE_AA)


def _alive(pixels: Grey, page: Lying, form: PublishedForm) -> int:
    """How many of a page's markers a sharp eye still finds on the sheet itself."""
    found = 0
    tags = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36H11))
    for corner, box in enumerate(form.layout.stamp.markers):
        grown = box.grown(2.0)
        ends = page.on_sheet(
            np.array([[grown.x, grown.y], [grown.right, grown.y], [grown.right, grown.bottom], [grown.x, grown.bottom]])
        )
        low = np.maximum(np.floor(ends.min(axis=0) * K).astype(int), 0)
        high = np.ceil(ends.max(axis=0) * K).astype(int)
        crop = pixels[low[1] : high[1], low[0] : high[0]]
        if not crop.size:
            continue
        _, ids, _ = tags.detectMarkers(np.ascontiguousarray(crop))
        found += page.page * 4 + corner in np.asarray(ids if ids is not None else []).reshape(-1).tolist()
    return found


def _rough_placement(scanner: Scanner, draft: _Draft, rng: np.random.Generator) -> Placement:
    """A feed that stretches or slips, a fold that lies stepped."""
    placement = draw_placement(scanner, rng)
    luck = rng.random()
    if luck < 0.12:
        along = float(rng.uniform(1.01, 1.02)) ** int(rng.choice([-1, 1]))
        placement = replace(placement, stretch=(placement.stretch[0], along))
        draft.damages.append("stretched_feed")
    elif luck < 0.24:
        placement = replace(
            placement,
            slip_mm=float(rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 2.0)),
            slip_at=float(rng.uniform(0.2, 0.8)),
            slip_over_mm=float(rng.uniform(10, 40)),
        )
        draft.damages.append("slip")
    elif luck < 0.34:
        fold = Fold(
            at=(float(rng.uniform(0.25, 0.75)), float(rng.uniform(0.25, 0.75))),
            angle_deg=float(rng.uniform(0, 180)),
            along_mm=float(rng.choice([-1.0, 1.0]) * rng.uniform(0.3, 2.0)),
            under_mm=float(rng.uniform(0.0, 1.0)),
        )
        placement = replace(placement, fold=fold)
        draft.damages.append("stepped_fold")
    return placement


def _ingested(pixels: Grey, scanner: Scanner, family: str, number: int) -> tuple[ScanImage, ScanImage]:
    """What ingest makes of the scan at a glance and closely: JPEG decoded to grey, black and white kept as it is."""
    profile, settings = scanner.profile, IngestSettings()
    greys, dpi = (pixels, pixels), None if profile.phone else profile.dpi
    factor = reduction(dpi, 0, replace(settings, enough_dpi=settings.glance_dpi))
    if not profile.bitonal:
        shown = pixels
        if profile.colour:
            shown = cv2.merge(
                [cv2.LUT(pixels, (np.arange(256) * tint + 0.5).astype(np.uint8)) for tint in scanner.tint]
            )
        done, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, profile.quality])
        assert done
        content = data.tobytes()
        header = jpeg_header(content)
        merged, whole = (decode_grey(content, header, factor=by, upright=False) for by in (factor, 1))
        greys = merged, whole
    glance, finer = (
        ScanImage(
            pixels=grey,
            dpi=dpi and dpi / by,
            source=SourceRef(path=f"{family}-{number}", sha256=f"{number:064x}", side=1),
            warnings=("bitonal",) if profile.bitonal else (),
            merged=by,
        )
        for grey, by in zip(greys, (factor, 1), strict=True)
    )
    return glance, finer


def families(names: Sequence[str]) -> tuple[str, ...]:
    """The families asked for, or all."""
    return tuple(name for name in FAMILIES if not names or name in names)
