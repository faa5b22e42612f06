"""DataMatrix codes, read where the pose says that they are printed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from pipeline.model.identity import PageIdentity
from pipeline.model.layout import Box
from pipeline.model.scan import Floats, Grey
from pipeline.register.frame import scale_at
from pipeline.register.modules import rebuilt_codes
from pipeline.register.resample import FINEST_RATIO, crop_mm

_MARGIN_MM = 2.5
_QUICK_PX_PER_MM = 200 / 25.4
_WIDE_MARGIN_MM = 5.0
_FINE_PX_PER_MM = 12.0
_REACH_MM = 2.0
_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
_Binarizer = zxingcpp.Binarizer


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCode:
    """What the code in one place says; ``identity`` is None for a code that is not ours."""

    place: int
    identity: PageIdentity | None


def read_quickly(pixels: Grey, matrix: Floats, places: tuple[Box, Box]) -> list[FoundCode]:
    """Codes of a page, one quick look at each place on the scan."""
    found = []
    for place, box in enumerate(places):
        px_per_mm = max(_QUICK_PX_PER_MM, abs(scale_at(matrix, box.centre)) / FINEST_RATIO)
        crop = crop_mm(pixels, matrix, box.grown(_MARGIN_MM), px_per_mm)
        found += [FoundCode(place=place, identity=identity) for identity in _decode(crop, thorough=False)]
    return found


def read_patiently(pixels: Grey, matrix: Floats, places: tuple[Box, Box]) -> list[FoundCode]:
    """Codes of a page from the scan itself: sampled module by module, then searched finer and wider."""
    found = []
    for place, box in enumerate(places):
        identity = _rebuilt(pixels, matrix, box) or _searched(pixels, matrix, box)
        if identity is not None:
            found.append(FoundCode(place=place, identity=identity))
    return found


def _rebuilt(pixels: Grey, matrix: Floats, box: Box) -> PageIdentity | None:
    """The identity in a code drawn anew from its modules."""
    for drawing in rebuilt_codes(pixels, matrix, box, _REACH_MM):
        for barcode in zxingcpp.read_barcodes(drawing, formats=_FORMATS, try_invert=False, is_pure=True):
            identity = PageIdentity.decode(barcode.text)
            if identity is not None:
                return identity
    return None


def _searched(pixels: Grey, matrix: Floats, box: Box) -> PageIdentity | None:
    """The identity in a code searched for around its place, sharp and blurred."""
    crop = crop_mm(pixels, matrix, box.grown(_WIDE_MARGIN_MM), _FINE_PX_PER_MM)
    soft = np.asarray(cv2.GaussianBlur(crop, (0, 0), 0.15 * _FINE_PX_PER_MM), np.uint8)
    for image in (crop, soft):
        for identity in _decode(image, thorough=True):
            if identity is not None:
                return identity
    return None


def read_anywhere(pixels: Grey) -> list[PageIdentity]:
    """Identities of our codes anywhere on a side, sorted; for sides without a marker."""
    found = {identity.encode(): identity for identity in _decode(pixels, thorough=True) if identity is not None}
    return [found[text] for text in sorted(found)]


def _decode(image: Grey, *, thorough: bool) -> list[PageIdentity | None]:
    """What the DataMatrix symbols of an image say; upright pages need no turning."""
    if min(image.shape) < 8:
        return []
    binarizers = [_Binarizer.LocalAverage]
    if thorough:
        binarizers += [_Binarizer.GlobalHistogram]
    for binarizer in binarizers:
        barcodes = zxingcpp.read_barcodes(
            np.ascontiguousarray(image),
            formats=_FORMATS,
            try_rotate=thorough,
            try_downscale=thorough,
            try_invert=False,
            binarizer=binarizer,
        )
        if barcodes:
            return [PageIdentity.decode(barcode.text) for barcode in barcodes]
    return []
