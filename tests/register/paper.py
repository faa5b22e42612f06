"""Printed pages drawn for tests, laid on a glass as a scanner or a camera sees them.

Nothing here is taken from ``compose``: two ways of drawing the same stamp check each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from pipeline.model.form import Field, FormDefinition, FormShelf, Option, Page, PublishedForm, Purpose
from pipeline.model.identity import PageIdentity, carnet_number
from pipeline.model.layout import Box, FieldBox, Layout, OptionBox, PageLayout, StampLayout
from pipeline.model.scan import Displacement, ScanImage, SourceRef

MASTER = 600 / 25.4
MASTER_PX = (4960, 3496)
SIZE_MM = (148.0, 210.0)
STAMP = StampLayout(
    markers=(
        Box(x=7, y=7, w=6, h=6),
        Box(x=135, y=7, w=6, h=6),
        Box(x=135, y=197, w=6, h=6),
        Box(x=7, y=197, w=6, h=6),
    ),
    codes=(Box(x=70, y=6, w=8, h=8), Box(x=70, y=196, w=8, h=8)),
    numbers=(Box(x=80, y=6.5, w=50, h=7), Box(x=80, y=196.5, w=50, h=7)),
)
WORDS = [
    "carnet",
    "engagement",
    "citoyen",
    "association",
    "ville",
    "mission",
    "heures",
    "date",
    "case",
    "lieu",
    "nom",
    "action",
    "structure",
    "avis",
]


def _page_layout(number: int) -> PageLayout:
    rng = np.random.default_rng(number)
    fields = []
    y = 24.0
    row = 0
    while y < 182:
        if (row + number) % 3 == 0:
            cells = tuple(Box(x=70 + 6 * i, y=y, w=5, h=7) for i in range(6 + int(rng.integers(0, 4))))
            fields.append(FieldBox(name=f"p{number}_n{row}", type="comb", cells=cells))
        else:
            step = 20 + 5 * int(rng.integers(0, 3))
            options = tuple(
                OptionBox(value=str(i), box=Box(x=16.0 + i * step, y=y, w=5, h=5)) for i in range(int(120 / step))
            )
            fields.append(FieldBox(name=f"p{number}_c{row}", type="choice", options=options))
        y += 11.0 + float(rng.integers(0, 3))
        row += 1
    return PageLayout(number=number, fields=tuple(fields))


LAYOUT = Layout(
    form="essai",
    version="1",
    page_size_mm=SIZE_MM,
    pages=tuple(_page_layout(number) for number in (1, 2, 3, 4, 21)),
    stamp=STAMP,
)


def _definition(
    code: int = 7, version_code: int = 1, *, nominative: bool = False, form: str = "essai"
) -> FormDefinition:
    return FormDefinition(
        id=form,
        version="1",
        code=code,
        version_code=version_code,
        title="Essai",
        pages=(*(Page(number=n, title="") for n in (1, 2, 3, 4)), Page(number=21, title="", continues="act", rows=4)),
        fields=(
            Field(
                name="p1_c0", page=1, type="choice", label="", short="", required="O", purpose=Purpose(use="essai"),
                options=(Option(value="0", label=""),),
            ),
        ),
        nominative=nominative,
    )  # fmt: skip


FORM = PublishedForm(definition=_definition(), layout=LAYOUT, folder=Path("essai"))
NOMINATIVE = PublishedForm(
    definition=_definition(8, nominative=True, form="volet"), layout=LAYOUT, folder=Path("volet")
)
SHELF = FormShelf(forms=(FORM, NOMINATIVE))
CARNET = carnet_number(26, 4271)
OTHER_CARNET = carnet_number(26, 9133)


def _px(value: float) -> int:
    return round(value * MASTER)


def _outline(image: np.ndarray, box: Box, grey: int = 40) -> None:
    cv2.rectangle(image, (_px(box.x), _px(box.y)), (_px(box.right), _px(box.bottom)), grey, 4)


@lru_cache(maxsize=8)
def master(number: int) -> np.ndarray:
    """The print of a page, not stamped, at 600 dpi."""
    image = np.full(MASTER_PX, 255, np.uint8)
    rng = np.random.default_rng(100 + number)
    for item in LAYOUT.page(number).fields:
        for box in [option.box for option in item.options] + list(item.cells):
            _outline(image, box)
        extent = item.extent
        words = " ".join(rng.choice(WORDS, 3 if item.type == "comb" else 6))
        x = 16.0 if item.type == "comb" else 22.0
        cv2.putText(image, words, (_px(x), _px(extent.bottom + 3.2)), cv2.FONT_HERSHEY_DUPLEX, 2.0, 30, 3, cv2.LINE_AA)
    return image


@lru_cache(maxsize=8)
def blank(number: int) -> np.ndarray:
    return cv2.resize(master(number), (874, 1240), interpolation=cv2.INTER_AREA)


def blanks(form: PublishedForm) -> dict[int, np.ndarray]:
    return {page.number: blank(page.number) for page in form.layout.pages}


def _paste(image: np.ndarray, box: Box, bits: np.ndarray) -> None:
    drawn = cv2.resize(
        bits, (_px(box.right) - _px(box.x), _px(box.bottom) - _px(box.y)), interpolation=cv2.INTER_NEAREST
    )
    image[_px(box.y) : _px(box.bottom), _px(box.x) : _px(box.right)] = drawn


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """One printed page: whose it is, what was done to it."""

    page: int = 1
    carnet: str = CARNET
    form_code: int = 7
    version_code: int = 1
    variant: int = 0
    sheet: int = 0
    code_page: int | None = None
    code_b_carnet: str | None = None
    lost_markers: tuple[int, ...] = ()
    lost_codes: tuple[int, ...] = ()
    marker_page: dict[int, int] = field(default_factory=dict)
    print_of: int | None = None
    ticks: bool = True

    @property
    def identity(self) -> PageIdentity:
        return PageIdentity(
            form_code=self.form_code,
            version_code=self.version_code,
            variant=self.variant,
            carnet=self.carnet,
            page=self.page,
            sheet=self.sheet,
        )

    def draw(self) -> np.ndarray:
        """The stamped and filled page at 600 dpi."""
        layout_page = self.print_of if self.print_of is not None else 21 if self.page > 20 else self.page
        image = master(layout_page).copy() if layout_page else np.full(MASTER_PX, 255, np.uint8)
        tags = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36H11)
        for corner, box in enumerate(STAMP.markers):
            if corner not in self.lost_markers:
                number = self.marker_page.get(corner, self.page) * 4 + corner
                _paste(image, box, cv2.aruco.generateImageMarker(tags, number, 8))
        for place, box in enumerate(STAMP.codes):
            if place in self.lost_codes:
                continue
            carnet = self.code_b_carnet if place and self.code_b_carnet else self.carnet
            page = self.code_page if self.code_page is not None else self.page
            text = PageIdentity(
                form_code=self.form_code, version_code=self.version_code, variant=self.variant,
                carnet=carnet, page=page, sheet=self.sheet,
            ).encode()  # fmt: skip
            code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
            _paste(image, box, np.asarray(code.to_image(scale=1, add_quiet_zones=False)))
        for box in STAMP.numbers:
            cv2.putText(
                image, self.carnet, (_px(box.x), _px(box.y + 4)), cv2.FONT_HERSHEY_DUPLEX, 3.0, 0, 5, cv2.LINE_AA
            )
        if self.ticks:
            self._tick(image)
        return image

    def _tick(self, image: np.ndarray) -> None:
        rng = np.random.default_rng(self.page * 7 + 1)
        for item in LAYOUT.page(21 if self.page > 20 else self.page).fields if self.page else ():
            for option in item.options:
                if rng.random() < 0.4:
                    b = option.box
                    cv2.line(image, (_px(b.x), _px(b.y)), (_px(b.right), _px(b.bottom)), 60, 12, cv2.LINE_AA)
                    cv2.line(image, (_px(b.right), _px(b.y)), (_px(b.x), _px(b.bottom)), 60, 12, cv2.LINE_AA)


@dataclass(frozen=True, kw_only=True)
class Lying:
    """How a page lies: middle in mm of the glass, clockwise turn, scale, bulge in mm."""

    centre_mm: tuple[float, float]
    turn_deg: float = 0.0
    scale: float = 1.0
    bulge_mm: float = 0.0
    stretch: float = 1.0
    mirrored: bool = False

    def bend(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shift of the paper at page points: a hump, nil at the corners' markers."""
        hump = np.sin(np.pi * np.clip((x - 10) / 128, 0, 1)) * np.sin(np.pi * np.clip((y - 10) / 190, 0, 1))
        return self.bulge_mm * hump, 0.6 * self.bulge_mm * hump

    def to_glass(self, points: np.ndarray) -> np.ndarray:
        """Page points (n, 2) in mm to points of the glass in mm."""
        dx, dy = self.bend(points[:, 0], points[:, 1])
        x, y = points[:, 0] + dx - SIZE_MM[0] / 2, (points[:, 1] + dy - SIZE_MM[1] / 2) * self.stretch
        if self.mirrored:
            x = -x
        angle = math.radians(self.turn_deg)
        c, s = math.cos(angle), math.sin(angle)
        return np.stack([c * x - s * y, s * x + c * y], axis=1) * self.scale + np.array(self.centre_mm)


def lay(
    pages: list[tuple[Sheet, Lying]], *, glass_mm: tuple[float, float] = (297.0, 210.0), dpi: float = 300.0,
    noise: float = 3.0, seed: int = 0, background: int = 246, claimed_dpi: float | None = 0.0,
) -> ScanImage:  # fmt: skip
    """A side with pages on it.  ``claimed_dpi`` None leaves the resolution unknown."""
    k = dpi / 25.4
    width, height = round(glass_mm[0] * k), round(glass_mm[1] * k)
    side = np.full((height, width), background, np.uint8)
    for sheet, lying in pages:
        drawn = _softened(sheet, 0.45 * MASTER / k, background)
        grid = np.stack(np.meshgrid(np.linspace(0, 148, 38), np.linspace(0, 210, 54)), axis=-1).reshape(-1, 2)
        seen = lying.to_glass(grid) * k - 0.5
        low = np.maximum(np.floor(seen.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(seen.max(axis=0)).astype(int) + 1, [width, height])
        at = _map(lying, low, high, k)
        ink = cv2.remap(drawn, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderValue=int(background))
        area = side[low[1] : high[1], low[0] : high[0]]
        np.minimum(area, ink, out=area)
    if noise:
        cv2.setRNGSeed(seed)
        grain = np.empty(side.shape, np.int16)
        cv2.randn(grain, 0, noise)
        side = cv2.add(side, grain, dtype=cv2.CV_8U)
    claimed = dpi if claimed_dpi == 0.0 else claimed_dpi
    return ScanImage(pixels=side, dpi=claimed, source=SourceRef(path="essai.pdf", sha256="0" * 64, side=1))


@lru_cache(maxsize=4)
def _softened(sheet: Sheet, sigma: float, background: int) -> np.ndarray:
    """A page as a lens sees it, its white as light as the glass around it."""
    levels = (20 + (background - 20) * np.arange(256) / 255).astype(np.uint8)
    return cv2.LUT(cv2.GaussianBlur(sheet.draw(), (0, 0), sigma), levels)


def _map(lying: Lying, low: np.ndarray, high: np.ndarray, k: float) -> np.ndarray:
    """Where on the drawn page each pixel of a part of the side looks; smooth, so computed on every 16th."""
    size = high - low
    xs, ys = np.meshgrid(low[0] + np.arange(0, size[0] + 16, 16), low[1] + np.arange(0, size[1] + 16, 16))
    mm = np.stack([(xs.ravel() + 0.5) / k, (ys.ravel() + 0.5) / k], axis=1)
    at = (_inverse(lying, mm) * MASTER - 0.5).astype(np.float32).reshape(*xs.shape, 2)
    enlarge = np.array([[1 / 16, 0, 0], [0, 1 / 16, 0]])
    return cv2.warpAffine(
        at, enlarge, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _inverse(lying: Lying, glass: np.ndarray) -> np.ndarray:
    """Glass points back to page points; the bend is undone by fixed-point steps."""
    flat = Lying(
        centre_mm=lying.centre_mm, turn_deg=lying.turn_deg, scale=lying.scale, stretch=lying.stretch,
        mirrored=lying.mirrored,
    )  # fmt: skip
    corner = np.array([[0.0, 0.0], [148.0, 0.0], [0.0, 210.0]])
    a, b, c = flat.to_glass(corner)
    linear = np.stack([(b - a) / 148.0, (c - a) / 210.0], axis=1)
    straight = (glass - a) @ np.linalg.inv(linear).T
    if not lying.bulge_mm:
        return straight
    page = straight
    for _ in range(6):
        dx, dy = lying.bend(page[:, 0], page[:, 1])
        page = straight - np.stack([dx, dy], axis=1)
    return page


def spread(
    left: Sheet, right: Sheet, turn_deg: float = 0.0, skew_deg: float = 0.0, **kwargs: float
) -> list[tuple[Sheet, Lying]]:
    """Two pages side by side on A4, the sheet turned by quarters and skewed."""
    angle = math.radians(turn_deg + skew_deg)
    landscape = turn_deg % 180 == 0
    middle = np.array([148.5, 105.0] if landscape else [105.0, 148.5])
    half = 74.25 * np.array([math.cos(angle), math.sin(angle)])
    turn = (turn_deg + skew_deg) % 360
    return [
        (left, Lying(centre_mm=tuple(middle - half), turn_deg=turn, **kwargs)),
        (right, Lying(centre_mm=tuple(middle + half), turn_deg=turn, **kwargs)),
    ]


def glass_of(turn_deg: float) -> tuple[float, float]:
    return (297.0, 210.0) if turn_deg % 180 == 0 else (210.0, 297.0)


def held_out() -> np.ndarray:
    """Points over the content area, none of them an anchor."""
    return np.stack(np.meshgrid(np.linspace(16, 132, 8), np.linspace(22, 188, 10)), axis=-1).reshape(-1, 2)


def errors_mm(page, lying: Lying, dpi: float, displacement: Displacement | None = None) -> np.ndarray:
    """How far held-out points are from where registration says that they are, in page mm."""
    points = held_out()
    truth = lying.to_glass(points) * dpi / 25.4 - 0.5
    back = np.linalg.inv(np.array(page.pose.matrix).reshape(3, 3))
    mapped = np.c_[truth, np.ones(len(truth))] @ back.T
    on_page = mapped[:, :2] / mapped[:, 2:]
    moved = page.displacement if displacement is None else displacement
    said = points + np.array([moved.at(x, y) for x, y in points])
    return np.linalg.norm(on_page - said, axis=1)
