"""What a scanner makes of a sheet: kinds of scan, each with its own faults.

A ``Scanner`` keeps what is constant over a file (its light, its streak, its margin);
``scan`` draws the rest anew for each side.  Everything comes from the generator given.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Grey
from pipeline.rehearse import damage
from pipeline.rehearse.paper import STEP, Floats, Laid, Placement, lay_down, noise_plane, uneven_light

Light = npt.NDArray[np.float32]
RENDER_DPI = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of scan.  ``quality`` is of JPEG; ``bitonal`` gives black and white."""

    name: str
    dpi: float
    colour: bool = False
    bitonal: bool = False
    quality: int = 75
    noise: float = 4.0
    blur_mm: float = 0.05
    fax: bool = False
    phone: bool = False
    damaged: bool = False


PROFILES: dict[str, Profile] = {
    "bureau_300": Profile(name="bureau_300", dpi=300),
    "bureau_200": Profile(name="bureau_200", dpi=200, quality=60, noise=2.5),
    "couleur_200": Profile(name="couleur_200", dpi=200, colour=True, quality=68, noise=5.0, blur_mm=0.06),
    "bitonal_200": Profile(name="bitonal_200", dpi=200, bitonal=True),
    "fax": Profile(name="fax", dpi=200, bitonal=True, fax=True, noise=16.0, blur_mm=0.1),
    "telephone": Profile(name="telephone", dpi=240, phone=True, noise=7.0, blur_mm=0.09, quality=72),
    "abime": Profile(name="abime", dpi=300, damaged=True, noise=6.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """What does not change over one file."""

    profile: Profile
    paper: float
    black: float
    tint: tuple[float, float, float]
    margin_mm: float
    stretch: tuple[float, float]
    streak: float
    lid: int


def draw_scanner(profile: Profile, rng: np.random.Generator) -> Scanner:
    """A scanner of an office at random; one in eight has a dirty glass."""
    return Scanner(
        profile=profile,
        paper=float(rng.uniform(226, 252)),
        black=float(rng.uniform(8, 40)),
        tint=(float(rng.uniform(0.92, 0.99)), float(rng.uniform(0.98, 1.0)), 1.0),
        margin_mm=float(rng.choice([0.0, 0.0, 1.5, 3.0])),
        stretch=(float(rng.uniform(0.993, 1.007)), float(rng.uniform(0.991, 1.009))),
        streak=float(rng.uniform(0.04, 0.96)) if rng.random() < 0.12 else -1.0,
        lid=int(rng.choice([250, 240, 252, 60], p=[0.4, 0.3, 0.2, 0.1])),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SheetSide:
    """One filled side to scan, at ``RENDER_DPI``; ``back`` shows through when given.

    ``placement`` says how it lies; without one, the scan draws its own.
    """

    pixels: Grey
    back: Grey | None = None
    folded: bool = True
    stapled: bool = False
    quarter_turns: int = 0
    damages: tuple[str, ...] = ()
    placement: Placement | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scanned:
    """The pixels of a scan, and where each point of the sheet is seen in them.

    ``pixels`` are grey, blue-green-red, or 0 and 255 when bitonal.
    """

    pixels: Grey
    laid: Laid
    quarter_turns: int

    def seen_at(self, sheet_mm: Floats) -> Floats:
        """Pixels (n, 2) where points (n, 2) of the sheet, before its quarter turns, are seen."""
        width, height = self.laid.size_mm
        points = sheet_mm
        for turns_left in range(self.quarter_turns, 0, -1):
            across = height if turns_left % 2 else width
            points = np.stack([points[:, 1], across - points[:, 0]], axis=1)
        return self.laid.seen_at(points)


def scan(side: SheetSide, scanner: Scanner, rng: np.random.Generator) -> Grey:
    """The pixels that come out: grey, blue-green-red, or 0 and 255 when bitonal."""
    return scan_sheet(side, scanner, rng).pixels


def scan_sheet(side: SheetSide, scanner: Scanner, rng: np.random.Generator) -> Scanned:
    """The pixels that come out, and how the sheet lies in them."""
    profile = scanner.profile
    sheet = _worn(side, rng)
    if side.quarter_turns:
        sheet = np.ascontiguousarray(np.rot90(sheet, side.quarter_turns))
    placement = side.placement or (_phone_placement(rng) if profile.phone else draw_placement(scanner, rng))
    background = int(rng.integers(60, 150)) if profile.phone else scanner.lid
    laid, on_paper = lay_down(sheet, RENDER_DPI, profile.dpi, placement, background)
    if profile.phone:
        _grain_of_table(laid, on_paper, rng)
    lit = _lit(laid, on_paper, scanner, rng)
    height, width = sheet.shape[:2]
    return Scanned(
        pixels=_thresholded(lit, profile, rng) if profile.bitonal else np.clip(lit + 0.5, 0, 255).astype(np.uint8),
        laid=Laid(
            placement=placement,
            size_mm=np.array([width, height]) / RENDER_DPI * 25.4,
            px_per_mm=profile.dpi / 25.4,
        ),
        quarter_turns=side.quarter_turns,
    )


def _worn(side: SheetSide, rng: np.random.Generator) -> Grey:
    """The sheet with its fold, its holes, its damage and what shows through."""
    k = RENDER_DPI / 25.4
    sheet = side.pixels.copy()
    if side.back is not None and rng.random() < 0.7:
        _show_through(sheet, side.back, float(rng.uniform(0.01, 0.07)))
    if side.folded:
        damage.fold_shadow(sheet, k, rng)
    if side.stapled:
        damage.staple_holes(sheet, k, rng)
    for name in side.damages:
        if name in damage.DAMAGES:
            damage.DAMAGES[name](sheet, k, rng)
    return sheet


def _show_through(sheet: Grey, back: Grey, share: float) -> None:
    """What is on the back, mirrored, blurred by the paper, faintly seen."""
    mirrored = cv2.flip(back, 1)
    small = cv2.resize(mirrored, (sheet.shape[1] // 4, sheet.shape[0] // 4), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 1.2)
    wide = cv2.resize(soft, (sheet.shape[1], sheet.shape[0]), interpolation=cv2.INTER_LINEAR)
    if wide.ndim < sheet.ndim:
        wide = cv2.cvtColor(wide, cv2.COLOR_GRAY2BGR)
    np.copyto(sheet, cv2.addWeighted(sheet, 1.0, wide, share, -255 * share).astype(np.uint8, copy=False))


def draw_placement(scanner: Scanner, rng: np.random.Generator) -> Placement:
    """A sheet drawn through a feeder: a little skewed, shifted, stretched, not quite flat."""
    bulge = rng.uniform(0.5, 1.5) * rng.choice([-1.0, 1.0], 2) * (rng.random() < 0.6)
    across, along = scanner.stretch
    return Placement(
        skew_deg=float(np.clip(rng.normal(0, 0.5), -1.5, 1.5)),
        shift_mm=(float(rng.normal(0, 0.9)), float(rng.normal(0, 0.9))),
        stretch=(across * float(rng.normal(1, 0.0008)), along * float(rng.normal(1, 0.0012))),
        bulge_mm=(float(bulge[0]) * 0.5, float(bulge[1])),
        bulge_at=(float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.25, 0.75))),
        margin_mm=scanner.margin_mm,
    )


def _phone_placement(rng: np.random.Generator) -> Placement:
    """A sheet on a table, photographed from above by hand."""
    return Placement(
        skew_deg=float(rng.normal(0, 2.5)),
        shift_mm=(float(rng.normal(0, 2)), float(rng.normal(0, 2))),
        perspective=tuple(float(v) for v in rng.uniform(-0.035, 0.035, 8)),
        curl_mm=float(rng.uniform(-1.5, 1.5)),
        margin_mm=14.0,
    )


def _lit(laid: Grey, on_paper: Grey, scanner: Scanner, rng: np.random.Generator) -> Light:
    """Light, tint, blur, dirt and noise."""
    profile = scanner.profile
    k = profile.dpi / 25.4
    span = (scanner.paper - scanner.black) / 255
    lit = cv2.LUT(laid, (np.arange(256, dtype=np.float32) * span + scanner.black).astype(np.float32)).astype(np.float32)
    if lit.ndim == 3:
        lit *= np.asarray(scanner.tint, np.float32)
    spread = profile.blur_mm * k * float(rng.uniform(0.6, 1.4))
    lit = cv2.GaussianBlur(lit, (0, 0), spread).astype(np.float32)
    light = uneven_light(lit.shape, 0.35 if profile.phone else 0.03, rng)
    if profile.phone:
        light *= _hand_shadow(lit.shape, rng) * _vignette(lit.shape, float(rng.uniform(0.0, 0.35)))
    grain = noise_plane(lit.shape, profile.noise * float(rng.uniform(0.6, 1.3)), rng)
    lit = lit * light[..., None] + grain[..., None] if lit.ndim == 3 else lit * light + grain
    lit = lit.astype(np.float32, copy=False)
    _specks(lit, on_paper, k, rng)
    if scanner.streak >= 0:
        column = round(scanner.streak * lit.shape[1])
        lit[:, column : column + max(1, round(rng.uniform(0.1, 0.35) * k))] *= np.float32(rng.uniform(0.55, 0.85))
    return lit


def _hand_shadow(shape: tuple[int, ...], rng: np.random.Generator) -> Light:
    """The soft shadow of a hand or a head over a part of a photograph."""
    small = np.ones((64, 48), np.float32)
    centre = int(rng.integers(-5, 53)), int(rng.integers(-5, 69))
    cv2.ellipse(
        small,
        centre,
        (int(rng.integers(12, 30)), int(rng.integers(12, 34))),
        0,
        0,
        360,
        float(rng.uniform(0.55, 0.85)),
        -1,
    )
    soft = cv2.GaussianBlur(small, (0, 0), 4)
    return cv2.resize(soft, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def _vignette(shape: tuple[int, ...], depth: float) -> Light:
    """A lens gives less light towards the corners."""
    y, x = np.mgrid[-1:1:24j, -1:1:24j]
    small = (1 - depth * (x**2 + y**2) / 2).astype(np.float32)
    wide: Light = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return wide


def _grain_of_table(laid: Grey, on_paper: Grey, rng: np.random.Generator) -> None:
    """The table under a photographed sheet: boards and their grain."""
    rows, columns = on_paper.shape
    boards = np.repeat(rng.normal(0, 9, (rows, 1)), columns, axis=1) + rng.normal(0, 5, (rows, columns))
    boards[:: max(3, rows // int(rng.integers(3, 9)))] -= 30
    boards[on_paper > 0] = 0
    grain = cv2.resize(boards.astype(np.float32), (columns * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
    grain = grain[: laid.shape[0], : laid.shape[1]]
    wide = cv2.merge([grain] * 3) if laid.ndim == 3 else grain
    cv2.add(laid, wide, dst=laid, dtype=cv2.CV_8U)


def _specks(lit: Light, on_paper: Grey, k: float, rng: np.random.Generator) -> None:
    """Dust: a few dark dots, never larger than 0.3 mm, on the paper."""
    height, width = lit.shape[:2]
    for _ in range(int(rng.poisson(18))):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        if on_paper[y // STEP, x // STEP]:
            cv2.circle(
                lit, (x, y), max(1, round(float(rng.uniform(0.03, 0.15)) * k)), (float(rng.uniform(40, 170)),) * 3, -1
            )


def _thresholded(lit: Light, profile: Profile, rng: np.random.Generator) -> Grey:
    """Black and white at the scanner's own threshold; a fax adds its noise and lost lines."""
    grey = cv2.cvtColor(lit, cv2.COLOR_BGR2GRAY) if lit.ndim == 3 else lit
    black: Grey = np.where(grey < rng.uniform(150, 185), 0, 255).astype(np.uint8)
    if profile.fax:
        salt = rng.random(black.shape, dtype=np.float32)
        black[salt < 0.0006] = 0
        black[salt > 0.9995] = 255
        for row in rng.integers(0, black.shape[0], int(rng.poisson(2))):
            black[row : row + 2] = np.roll(black[row : row + 2], int(rng.integers(-4, 5)), axis=1)
    return black
