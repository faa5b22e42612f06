"""Small drawn pages for the tests of the room: a layout, its blank, marks and scanners."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.model.form import Field, FormDefinition, Option, Page, PublishedForm, Purpose
from pipeline.model.identity import PageIdentity
from pipeline.model.layout import Box, FieldBox, Layout, OptionBox, PageLayout, StampLayout
from pipeline.model.scan import PX_PER_MM, Displacement, Pose, RegisteredPage, SourceRef

FINE = 4  # drawn four times finer than the grid, then averaged
K = PX_PER_MM * FINE
SHAPE = (1240, 874)

STAMP = StampLayout(
    markers=tuple(Box(x=x, y=y, w=6, h=6) for x, y in ((7, 7), (135, 7), (135, 197), (7, 197))),
    codes=(Box(x=70, y=6, w=8, h=8), Box(x=70, y=196, w=8, h=8)),
    numbers=(Box(x=80, y=6.5, w=50, h=7), Box(x=80, y=196.5, w=50, h=7)),
)


def _purpose():
    return Purpose(use="essai")


def boxes_form(columns=7, rows=11, size=5.0):
    """A page of tick boxes far enough apart, one choice field per row; labels at the right."""
    fields, boxes = [], []
    for row in range(rows):
        options = tuple(
            OptionBox(value=f"C{c}", box=Box(x=14 + c * 17.0, y=20 + row * 15.5, w=size, h=size))
            for c in range(columns)
        )
        boxes.append(FieldBox(name=f"q{row:02d}", type="choice", options=options))
        fields.append(
            Field(
                name=f"q{row:02d}", page=1, type="choice", label="Q", short="Q", required="F", purpose=_purpose(),
                multiple=True, options=tuple(Option(value=o.value, label=o.value) for o in options),
            )
        )  # fmt: skip
    return make_form([(1, boxes)], fields)


def make_form(pages, fields, form_pages=None):
    layout = Layout(
        form="essai", version="1", page_size_mm=(148, 210), stamp=STAMP, fingerprint=str(hash(str(pages))),
        pages=tuple(PageLayout(number=number, fields=tuple(boxes)) for number, boxes in pages),
    )  # fmt: skip
    definition = FormDefinition(
        id="essai", version="1", code=9, version_code=1, title="Essai", fields=tuple(fields),
        pages=form_pages or tuple(Page(number=number, title="p") for number, _ in pages),
    )  # fmt: skip
    return PublishedForm(definition=definition, layout=layout, folder=Path("essai"))


class Sheet:
    """A page being drawn, fine; ``pixels()`` gives it on the grid."""

    def __init__(self, fine=None):
        self.fine = np.full((SHAPE[0] * FINE, SHAPE[1] * FINE), 255, np.uint8) if fine is None else fine

    def copy(self):
        return Sheet(self.fine.copy())

    def rectangle(self, box, line_mm=0.18, grey=0):
        p, q = (round(box.x * K), round(box.y * K)), (round(box.right * K), round(box.bottom * K))
        cv2.rectangle(self.fine, p, q, grey, max(1, round(line_mm * K)), cv2.LINE_AA)

    def line(self, points_mm, width_mm=0.45, grey=40, grain=None):
        points = np.round(np.array(points_mm) * K * 16).astype(np.int32)
        layer = np.full_like(self.fine, 255) if grain is not None else self.fine
        cv2.polylines(layer, [points], False, grey, max(1, round(width_mm * K)), cv2.LINE_AA, 4)
        if grain is not None:
            left, top = np.maximum((np.array(points_mm).min(0) - 2) * K, 0).astype(int)
            right, bottom = ((np.array(points_mm).max(0) + 2) * K).astype(int)
            part = layer[top:bottom, left:right]
            tooth = grain.random((part.shape[0] // 4 + 1, part.shape[1] // 4 + 1)).repeat(4, 0).repeat(4, 1)
            part[tooth[: part.shape[0], : part.shape[1]] < 0.35] = 255
            np.minimum(self.fine, layer, out=self.fine)

    def text(self, x, y, words, size_mm=3.0, grey=0):
        cv2.putText(
            self.fine, words, (round(x * K), round(y * K)), cv2.FONT_HERSHEY_SIMPLEX, size_mm * K / 21, grey,
            max(1, round(0.3 * K)), cv2.LINE_AA,
        )  # fmt: skip

    def pixels(self):
        return cv2.resize(self.fine, (SHAPE[1], SHAPE[0]), interpolation=cv2.INTER_AREA)


def draw_blank(form, page=1, line_mm=0.18, grey=0):
    sheet = Sheet()
    for field in form.layout.page(page).fields:
        for option in field.options:
            sheet.rectangle(option.box, line_mm, grey)
            sheet.text(option.box.right + 3.3, option.box.y + 4, option.value)
        for cell in field.cells:
            sheet.rectangle(cell, line_mm, grey)
        if field.box and field.type == "text":
            for row in range(1, 1 + max(1, round(field.box.h / 8))):
                y = field.box.y + row * 8 - 1
                sheet.line([(field.box.x, y), (field.box.right, y)], 0.15, 120)
        elif field.box:
            sheet.rectangle(field.box, line_mm, grey)
    return sheet


def registered(pixels, page=1, sheet=0, layout_page=None):
    return RegisteredPage(
        pixels=pixels,
        identity=PageIdentity(form_code=9, version_code=1, variant=0, carnet="26-004271-20", page=page, sheet=sheet),
        layout_page=layout_page or page,
        pose=Pose(matrix=(8, 0, 0, 0, 8, 0, 0, 0, 1), markers=4, rotation_deg=0, print_scale=1, residual_mm=0.02),
        displacement=Displacement(),
        slot=1,
        identified_by="code_a",
        source=SourceRef(path="essai", sha256="0" * 64, side=1),
    )


SCANS = ("clean", "grey300", "noisy", "dark_paper", "shadow", "jpeg", "bitonal", "low_toner")


def scan(sheet, kind, rng, shift_mm=(0.0, 0.0)):
    """The sheet as a scanner gives it, already on the grid, off by a known shift."""
    fine = sheet.fine
    if kind == "low_toner":
        fine = np.where(fine < 30, 110, fine).astype(np.uint8)
    move = np.float64([[1, 0, shift_mm[0] * K], [0, 1, shift_mm[1] * K]])
    fine = cv2.warpAffine(fine, move, (fine.shape[1], fine.shape[0]), borderValue=255)
    fine = cv2.GaussianBlur(fine, (0, 0), 0.07 * K)
    if kind == "bitonal":
        grey = cv2.resize(fine, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)  # 300 dpi
        grey = np.where(grey + rng.normal(0, 8, grey.shape) < 150, 0, 255).astype(np.uint8)
        return cv2.resize(grey, (SHAPE[1], SHAPE[0]), interpolation=cv2.INTER_AREA)
    page = cv2.resize(fine, (SHAPE[1], SHAPE[0]), interpolation=cv2.INTER_AREA).astype(np.float64)
    if kind == "clean":
        return page.astype(np.uint8)
    level, sigma = {"dark_paper": (190, 5), "noisy": (235, 14)}.get(kind, (240, 5))
    page = page / 255 * level
    if kind == "shadow":
        x = np.arange(SHAPE[1]) / SHAPE[1]
        page *= (1 - 0.55 * np.exp(-(((x - 0.1) / 0.12) ** 2)))[None, :]
    page = np.clip(page + rng.normal(0, sigma, page.shape), 0, 255).astype(np.uint8)
    if kind in ("jpeg", "dark_paper"):
        page = cv2.imdecode(cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 45])[1], cv2.IMREAD_GRAYSCALE)
    return page


def curve(points, rng, wobble=0.06, steps=14):
    """A polyline through points, hand-wobbled."""
    points = np.array(points, float)
    t = np.linspace(0, len(points) - 1, steps * (len(points) - 1) + 1)
    path = np.stack([np.interp(t, range(len(points)), points[:, i]) for i in (0, 1)], axis=1)
    noise = cv2.GaussianBlur(rng.normal(0, 1, path.shape), (1, 9), 2.5)
    return path + noise * wobble * 3


KINDS = (
    "empty", "cross", "tick", "tick_big", "slash", "dot", "fill", "scribble", "cancelled", "struck_cross",
    "pencil_cross", "pencil_tick", "light_blue", "felt_cross", "circle", "circle_tick", "stray",
    "neighbour_tail", "fold", "streak", "stain", "staple", "tick_outside",
)  # fmt: skip


def mark(sheet, box, kind, rng):  # noqa: C901, PLR0912, PLR0915 - one branch per kind of mark
    """One mark of a kind on a box."""
    cx, cy = box.centre
    s = box.w
    jx, jy = rng.normal(0, 0.25, 2)
    cx, cy = cx + jx, cy + jy
    grey, width, grain = int(rng.integers(10, 80)), float(rng.uniform(0.35, 0.6)), None

    def cross(r):
        a = r * rng.uniform(0.85, 1.15, 8)
        sheet.line(curve([(cx - a[0], cy - a[1]), (cx + a[2], cy + a[3])], rng), width, grey, grain)
        sheet.line(curve([(cx + a[4], cy - a[5]), (cx - a[6], cy + a[7])], rng), width, grey, grain)

    def tick(k):
        u = rng.uniform(0.85, 1.15, 4)
        path = [
            (cx - 0.35 * s * k * u[0], cy),
            (cx - 0.05 * s, cy + 0.35 * s * k * u[1]),
            (cx + 0.5 * s * k * u[2], cy - 0.5 * s * k * u[3]),
        ]
        sheet.line(curve(path, rng), width, grey, grain)

    if kind.startswith("pencil"):
        grey, width, grain = int(rng.integers(110, 165)), float(rng.uniform(0.4, 0.7)), rng
    if kind == "light_blue":
        grey = int(rng.integers(130, 180))
    if kind == "felt_cross":
        width = float(rng.uniform(1.0, 1.5))
    if kind in ("cross", "pencil_cross", "light_blue", "felt_cross"):
        cross(0.38 * s * rng.uniform(0.75, 1.25))
    elif kind in ("tick", "pencil_tick"):
        tick(1.0)
    elif kind == "tick_big":
        tick(1.7)
    elif kind == "slash":
        sheet.line(curve([(cx - 0.35 * s, cy + 0.35 * s), (cx + 0.4 * s, cy - 0.4 * s)], rng), width, grey)
    elif kind == "dot":
        sheet.line([(cx, cy), (cx + 0.2, cy + 0.1)], float(rng.uniform(0.5, 1.0)), grey)
    elif kind == "fill":
        n = 14
        zig = [(cx + (0.4 if i % 2 else -0.4) * s, cy - 0.4 * s + 0.8 * s * i / n) for i in range(n + 1)]
        sheet.line(zig, 0.6, grey)
    elif kind in ("scribble", "cancelled"):
        if kind == "cancelled":
            cross(0.4 * s)
        n = int(rng.integers(8, 13))
        zig = [
            (cx + (0.45 if i % 2 else -0.45) * s * rng.uniform(0.8, 1.2), cy - 0.42 * s + 0.84 * s * i / n)
            for i in range(n + 1)
        ]
        sheet.line(curve(zig, rng), width, grey)
    elif kind == "struck_cross":
        cross(0.4 * s)
        sheet.line(
            curve([(cx - 1.1 * s, cy + rng.normal(0, 0.4)), (cx + 1.1 * s, cy + rng.normal(0, 0.4))], rng), width, grey
        )
    elif kind in ("circle", "circle_tick"):
        r = s * rng.uniform(0.8, 0.95)
        t = np.linspace(0, 2 * np.pi * rng.uniform(0.95, 1.08), 60) + rng.uniform(0, 6)
        sheet.line(np.stack([cx + r * 1.1 * np.cos(t), cy + r * 0.95 * np.sin(t)], 1), width, grey)
        if kind == "circle_tick":
            tick(1.0)
    elif kind == "stray":
        side = rng.choice([-1, 1])
        x0 = cx + side * s * 0.5 - side * rng.uniform(0.6, 1.0)
        sheet.line(curve([(x0, cy - 0.3), (cx + side * 1.2 * s, cy + rng.normal(0, 1))], rng), width, grey)
    elif kind == "neighbour_tail":
        above = box.y - 2.5
        sheet.line(
            curve(
                [(cx - 3, above - 6), (cx - 1.5, above - 3), (cx + rng.normal(0, 1), box.y + rng.uniform(0.8, 1.6))],
                rng,
            ),
            width,
            grey,
        )
    elif kind in ("fold", "streak"):
        a = rng.normal(0, 0.06) if kind == "fold" else 0.0
        soft = kind == "fold"
        sheet.line(
            [(cx - 12 * a, cy - 8), (cx + 12 * a, cy + 8)],
            0.5 if soft else 0.25,
            int(rng.integers(150, 215)) if soft else 90,
        )
    elif kind == "stain":
        layer = np.full_like(sheet.fine, 255)
        cv2.ellipse(
            layer,
            (round((cx + 2) * K), round((cy + 1) * K)),
            (round(6 * K), round(4.5 * K)),
            20,
            0,
            360,
            int(rng.integers(170, 215)),
            -1,
        )
        part = (
            slice(round((cy - 12) * K), round((cy + 14) * K)),
            slice(max(0, round((cx - 12) * K)), round((cx + 14) * K)),
        )
        sheet.fine[part] = np.minimum(sheet.fine[part], cv2.GaussianBlur(layer[part], (0, 0), 0.5 * K))
    elif kind == "staple":
        sheet.line([(cx - 1.5, cy - 6), (cx - 1.3, cy + 5)], 0.7, 60)
    elif kind == "tick_outside":
        path = [(cx - 0.1 * s, cy - 0.1 * s), (cx + 0.15 * s, cy + 0.2 * s), (cx + 1.3 * s, cy - 1.1 * s)]
        sheet.line(curve(path, rng), width, grey)


DIGITS = {
    "0": [[(0.5, 0.05), (0.1, 0.3), (0.1, 0.7), (0.5, 0.95), (0.9, 0.7), (0.9, 0.3), (0.5, 0.05)]],
    "1": [[(0.2, 0.35), (0.6, 0.05), (0.6, 0.95)]],
    "2": [[(0.15, 0.25), (0.4, 0.05), (0.85, 0.2), (0.7, 0.5), (0.1, 0.95), (0.9, 0.92)]],
    "3": [[(0.15, 0.1), (0.6, 0.05), (0.8, 0.25), (0.4, 0.48), (0.85, 0.7), (0.6, 0.95), (0.1, 0.88)]],
    "4": [[(0.45, 0.05), (0.1, 0.65), (0.9, 0.62)], [(0.7, 0.4), (0.65, 0.97)]],
    "5": [[(0.85, 0.07), (0.25, 0.05), (0.2, 0.45), (0.6, 0.4), (0.85, 0.68), (0.55, 0.95), (0.1, 0.88)]],
    "6": [[(0.75, 0.05), (0.25, 0.4), (0.15, 0.75), (0.5, 0.95), (0.85, 0.72), (0.5, 0.5), (0.18, 0.7)]],
    "7": [[(0.1, 0.08), (0.9, 0.05), (0.45, 0.97)], [(0.3, 0.52), (0.85, 0.48)]],
    "8": [
        [
            (0.5, 0.48),
            (0.15, 0.25),
            (0.5, 0.04),
            (0.85, 0.25),
            (0.5, 0.48),
            (0.1, 0.75),
            (0.5, 0.96),
            (0.9, 0.74),
            (0.5, 0.48),
        ]
    ],
    "9": [[(0.82, 0.3), (0.5, 0.5), (0.18, 0.28), (0.5, 0.05), (0.82, 0.3), (0.75, 0.7), (0.55, 0.96)]],
}


def write(sheet, cell, digit, width=0.45, grey=40):
    """A digit by a plain hand, three quarters of its cell high."""
    h, w = cell.h * 0.76, min(cell.w * 0.68, cell.h * 0.5)
    x, y = cell.centre
    for stroke in DIGITS[digit]:
        sheet.line([(x + (u - 0.5) * w, y + (v - 0.5) * h) for u, v in stroke], width, grey)


def comb_form():
    """Two combs of six cells a row apart, a text zone and a nominative zone, on one page and a continuation."""

    def comb(name, y):
        return FieldBox(name=name, type="comb", cells=tuple(Box(x=20 + 6.0 * i, y=y, w=5, h=7) for i in range(6)))

    boxes = [
        comb("act01_date", 40), comb("act02_date", 60),
        FieldBox(name="act01_texte", type="text", box=Box(x=20, y=80, w=80, h=8)),
        FieldBox(name="nom", type="masked", box=Box(x=20, y=100, w=60, h=10)),
        FieldBox(name="lettres", type="comb", cells=tuple(Box(x=20 + 6.0 * i, y=112, w=5, h=7) for i in range(3))),
        FieldBox(name="signe", type="signature", box=Box(x=20, y=130, w=60, h=20)),
        FieldBox(name="choix", type="choice", options=(
            OptionBox(value="A", box=Box(x=20, y=160, w=5, h=5)), OptionBox(value="B", box=Box(x=27, y=160, w=5, h=5)),
        )),
    ]  # fmt: skip

    def field(name, type_, **more):
        return Field(name=name, page=1, type=type_, label="x", short="x", required="F", purpose=_purpose(), **more)

    fields = [
        field("act01_date", "comb", kind="date", cells=6, format="DDMMYY", group="act", row=1, column="date"),
        field("act02_date", "comb", kind="date", cells=6, format="DDMMYY", group="act", row=2, column="date"),
        field("act01_texte", "text", group="act", row=1, column="texte"),
        field("nom", "masked"),
        field("lettres", "comb", kind="text", alphabet="letters", cells=3),
        field("signe", "signature"),
        field("choix", "choice", options=(Option(value="A", label="A"), Option(value="B", label="B"))),
    ]
    pages = (Page(number=1, title="suite", continues="act", first_row=1, rows=2, name="suite"),)
    return make_form([(1, boxes)], fields, pages)
