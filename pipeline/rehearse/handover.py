"""A hand-over: files of scans made from printed and filled carnets, with their truth.

A plan says which sides go into which file and in what state; ``produce`` renders,
fills, scans and writes them one side at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.model.form import PublishedForm
from pipeline.model.scan import Grey
from pipeline.rehearse import damage
from pipeline.rehearse.degrade import PROFILES, RENDER_DPI, Scanner, SheetSide, draw_scanner, scan
from pipeline.rehearse.respondents import Respondent
from pipeline.rehearse.scanfiles import Container, write_scans
from pipeline.rehearse.sheets import PrintedLot, filled_side
from pipeline.rehearse.truth import PageTruth, SideTruth, Truth

Progress = Callable[[str, int, int], None]
PHONE_CLAIMS_DPI = 72.0  # what cameras write when they do not know
_A4_MM = (210.0, 297.0)
LETTER = (
    "Courrier de répétition",
    "",
    "Ceci est une lettre d'essai glissée par erreur",
    "parmi les feuilles à numériser.",
    "Elle n'est pas une page de carnet :",
    "la lecture doit la dire « étrangère ».",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSide:
    """One side to scan.

    ``lot`` and ``side`` are indices (``side`` −1 for a sheet that was never printed:
    ``foreign`` is then ``blank`` or ``letter``); ``back`` is the other face of the sheet,
    −1 for none; ``half`` cuts the sheet to one of its slots; ``dead_codes`` are pairs
    (slot, code) scratched over.
    """

    lot: int = 0
    side: int = -1
    back: int = -1
    foreign: str = ""
    half: int = -1
    quarter_turns: int = 0
    stapled: bool = False
    damages: tuple[str, ...] = ()
    dead_codes: tuple[tuple[int, int], ...] = ()
    expect: str = "placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """One scan file; ``profile`` is a key of ``PROFILES``."""

    name: str
    container: Container
    profile: str
    sides: tuple[PlannedSide, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rehearsal:
    """What is on the table: printed lots, their form, and who fills each carnet.

    ``others`` holds further forms by id, for sheets that a hand-over may contain by mistake.
    """

    form: PublishedForm
    lots: Sequence[PrintedLot]
    respondents: Mapping[str, Respondent]
    seed: int
    others: Mapping[str, PublishedForm] = field(default_factory=dict)

    def form_of(self, lot: PrintedLot) -> PublishedForm:
        """The form of a printed lot."""
        return self.others.get(lot.form, self.form)


@dataclass(slots=True)
class _Notes:
    """Truths written down while files are made."""

    pages: dict[tuple[str, int], PageTruth] = field(default_factory=dict)
    sides: list[SideTruth] = field(default_factory=list)
    last: dict[tuple[int, int, bool], tuple[Grey, tuple[PageTruth, ...]]] = field(default_factory=dict)

    def filled(self, rehearsal: Rehearsal, lot: int, side: int, *, colour: bool) -> tuple[Grey, tuple[PageTruth, ...]]:
        """A filled side; the two faces of the sheet in hand are kept, as each shows through the other."""
        key = lot, side, colour
        if key not in self.last:
            while len(self.last) > 1:
                del self.last[next(iter(self.last))]
            self.last[key] = filled_side(
                rehearsal.lots[lot],
                side,
                rehearsal.form_of(rehearsal.lots[lot]),
                rehearsal.respondents,
                rehearsal.seed,
                colour=colour,
            )
        return self.last[key]


def produce(rehearsal: Rehearsal, files: Sequence[PlannedFile], out_dir: Path, progress: Progress) -> Truth:
    """Write the planned files; return the truth of every page and every side."""
    notes = _Notes()
    total, done = sum(len(file.sides) for file in files), 0
    for number, file in enumerate(files):
        rng = np.random.default_rng([rehearsal.seed, 77, number])
        profile = PROFILES[file.profile]
        scanner = draw_scanner(profile, rng)
        images = _scanned(rehearsal, file, scanner, rng, notes)

        def counted(images: Iterator[Grey] = images) -> Iterator[Grey]:
            nonlocal done
            for image in images:
                yield image
                done += 1
                progress("Remplissage et numérisation", done, total)

        claimed = PHONE_CLAIMS_DPI if profile.phone else profile.dpi
        write_scans(out_dir / file.name, file.container, counted(), claimed, profile.quality)
    return Truth(
        form=rehearsal.form.definition.id,
        version=rehearsal.form.definition.version,
        seed=rehearsal.seed,
        sides=tuple(notes.sides),
        pages=tuple(notes.pages[key] for key in sorted(notes.pages)),
    )


def _scanned(
    rehearsal: Rehearsal,
    file: PlannedFile,
    scanner: Scanner,
    rng: np.random.Generator,
    notes: _Notes,
) -> Iterator[Grey]:
    """The images of one file, in order; truths are noted on the way."""
    colour = scanner.profile.colour
    for number, planned in enumerate(file.sides, start=1):
        sheet, truths = _sheet(rehearsal, planned, rng, notes, colour=colour)
        for truth in truths:
            notes.pages[truth.carnet, truth.page] = truth
        image = scan(sheet, scanner, rng)
        notes.sides.append(
            SideTruth(
                file=file.name,
                side=number,
                profile=file.profile,
                pages=tuple((truth.carnet, truth.page) for truth in truths),
                expect=planned.expect,
                damage=planned.damages + (("dead_code",) if planned.dead_codes else ()),
            )
        )
        yield image


def _sheet(
    rehearsal: Rehearsal, planned: PlannedSide, rng: np.random.Generator, notes: _Notes, *, colour: bool
) -> tuple[SheetSide, tuple[PageTruth, ...]]:
    """One side of paper, printed and filled, or foreign."""
    if planned.side < 0:
        pixels = _letter() if planned.foreign == "letter" else _blank()
        if colour:
            pixels = np.repeat(pixels[..., None], 3, axis=2)
        return SheetSide(pixels=pixels, folded=False, quarter_turns=planned.quarter_turns), ()
    lot = rehearsal.lots[planned.lot]
    form = rehearsal.form_of(lot)
    pixels, truths = notes.filled(rehearsal, planned.lot, planned.side, colour=colour)
    back = None
    if planned.back >= 0 and planned.half < 0:
        back, _ = notes.filled(rehearsal, planned.lot, planned.back, colour=colour)
    if planned.dead_codes:
        pixels = pixels.copy()
    for slot_index, code in planned.dead_codes:
        slot, box = lot.sides[planned.side][slot_index], form.layout.stamp.codes[code]
        damage.dead_code(pixels, RENDER_DPI / 25.4, rng, at=box, origin=slot.origin_mm)
    if planned.half >= 0:
        pixels, truths = _cut(pixels, lot, planned, form), (truths[planned.half],)
    return (
        SheetSide(
            pixels=pixels,
            back=back,
            folded=lot.imposition == "livret" and planned.half < 0,
            stapled=planned.stapled,
            quarter_turns=planned.quarter_turns,
            damages=planned.damages,
        ),
        () if form.definition.nominative else truths,
    )


def _cut(pixels: Grey, lot: PrintedLot, planned: PlannedSide, form: PublishedForm) -> Grey:
    """One page cut out of its sheet."""
    slot = lot.sides[planned.side][planned.half]
    k = RENDER_DPI / 25.4
    left, top = (round(value * k) for value in slot.origin_mm)
    width, height = (round(value * slot.scale * k) for value in form.layout.page_size_mm)
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _blank() -> Grey:
    """A white A4 sheet."""
    width, height = (round(value * RENDER_DPI / 25.4) for value in _A4_MM)
    return np.full((height, width), 255, np.uint8)


def _letter() -> Grey:
    """A letter that has no business here; it names nobody."""
    page = Image.fromarray(_blank())
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(52)
    for row, line in enumerate(LETTER):
        draw.text((260, 420 + 92 * row), line, fill=30, font=font)
    for row in range(14):
        draw.text((260, 1100 + 80 * row), "Texte d'essai sans importance, ligne après ligne.", fill=50, font=font)
    return np.array(page, dtype=np.uint8)
