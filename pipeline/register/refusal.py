"""Pages and sides that yield nothing, each with its disposition and its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.errors import PageError
from pipeline.model.form import FormShelf
from pipeline.model.result import Disposition, PageResult, evidence
from pipeline.model.scan import Floats, Grey, Pose, RegisteredPage, ScanImage
from pipeline.register.codes import read_anywhere
from pipeline.register.content import coarse, ink_mm2
from pipeline.register.identity import Identified
from pipeline.register.locate import Side
from pipeline.register.markers import detect
from pipeline.register.resample import Halvings
from pipeline.register.traces import shows_stamp

_FOREIGN = {"unknown_version", "nominative_sheet", "no_marker"}
_OF_OVERLAP = {"print_not_found", "not_registered", "no_identity", "codes_disagree", "page_mismatch", "markers_missing"}
"""What is wrong with a page when another lies over it."""


def refusal(
    image: ScanImage, error: PageError, found: Identified | None = None, pose: Pose | None = None
) -> PageResult:
    """A page that yields nothing, with its reason and what is known of it."""
    known = error.evidence
    form, version = found.form.key if found else (known.get("form"), known.get("version"))
    return PageResult(
        source=image.source,
        slot=1,
        disposition=Disposition.FOREIGN if error.reason in _FOREIGN else Disposition.UNREADABLE,
        problem=error.reason,
        form=str(form or ""),
        version=str(version or ""),
        identity=found.identity if found else None,
        layout_page=found.layout_page if found else 0,
        identified_by=found.by if found else "",
        pose=pose,
        warnings=image.warnings,
        evidence=evidence(error.evidence),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a side, or a part of it, shows where no page was found: anything at all, and the ghost of a stamp."""

    ink: bool
    stamp: bool

    @property
    def bare(self) -> bool:
        """Blank paper."""
        return not self.ink and not self.stamp


def shown(pixels: Grey, side: Side) -> Shown:
    """What there is on some pixels of a side."""
    seen = coarse(pixels, side.dpi)
    return Shown(
        ink=ink_mm2(seen, side.settings) > side.settings.blank_ink_mm2,
        stamp=shows_stamp(seen, side.layouts, side.settings),
    )


def without_page(image: ScanImage, pixels: Grey, there: Shown) -> PageResult:
    """What a side, or a part of it, without a page is, by what is shown ``there``.

    Blank paper, a page of ours without its markers, a mirrored or a pale one, or something else.
    """
    if there.bare:
        return PageResult(
            source=image.source, slot=1, disposition=Disposition.BLANK, problem="blank_side", warnings=image.warnings
        )
    if _is_mirrored(pixels):  # first, as a mirrored code still reads
        return refusal(image, PageError("mirrored"))
    if read_anywhere(pixels):
        return refusal(image, PageError("markers_missing"))
    return refusal(image, PageError("pale_print" if there.stamp else "no_marker"))


def under_another(entry: PageResult) -> PageResult:
    """A page refused where another page lies as well: two sheets together."""
    return replace(entry, problem="two_sheets") if entry.problem in _OF_OVERLAP else entry


def half_beside(beside: PageResult, found: RegisteredPage | PageResult, number: int, shelf: FormShelf) -> PageResult:
    """The half beside page ``number`` of a booklet, which is another page of the same sheet.

    Blank paper means that a side was not printed; anything else, that the page cannot be
    seen: it is not lost as a letter would be.  A continuation sheet is single, and beside a
    page that is not ours there is nothing to miss.
    """
    ours = isinstance(found, RegisteredPage) or found.disposition is not Disposition.FOREIGN
    if not ours or not any(number in form.definition.booklet for form in shelf.forms if not form.definition.nominative):
        return beside
    if beside.problem == "no_marker":
        return replace(beside, disposition=Disposition.UNREADABLE, problem="hidden_half")
    return replace(beside, problem="unprinted_side") if beside.problem == "blank_side" else beside


def _is_mirrored(pixels: Grey) -> bool:
    """Whether markers appear when the side is turned over, as on a film scanned from the back."""
    levels = Halvings(np.asarray(cv2.flip(pixels, 1), np.uint8))
    return len(detect(levels.level(1))) >= 2


def cut(pixels: Grey, corners: Floats) -> Grey:
    """The upright rectangle of a side inside these corners."""
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    return pixels[top:bottom, left:right]
