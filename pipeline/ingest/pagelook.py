"""What a PDF page declares, looked at before any pixel is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Name

MM_PER_POINT = 25.4 / 72
_FORM_DEPTH = 4
_TREE_DEPTH = 64
_SYMBOL_SEGMENTS = {0, 4, 6, 7}
_SEGMENTS_LOOKED_AT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLook:
    """One image in the resources of a page.

    ``masked``: it is a stencil or carries a mask, as the layers of a « compact » scan do.
    ``symbols``: JBIG2 that repeats look-alike shapes, known to swap digits.
    """

    width: int
    height: int
    bits: int
    filters: tuple[str, ...]
    masked: bool
    symbols: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """Size of the visible page before ``/Rotate``, and the images that it may draw.

    ``crop`` is left, bottom, right, top in points.
    """

    crop: tuple[float, float, float, float]
    user_unit: float
    rotate: int
    images: tuple[ImageLook, ...]
    has_forms: bool

    @property
    def width_mm(self) -> float:
        """Width before rotation."""
        return (self.crop[2] - self.crop[0]) * self.user_unit * MM_PER_POINT

    @property
    def height_mm(self) -> float:
        """Height before rotation."""
        return (self.crop[3] - self.crop[1]) * self.user_unit * MM_PER_POINT


def look_at(page: pikepdf.Page) -> PageLook:
    """The size, turn and images of a page; pikepdf's errors pass through."""
    media, crop = _box(page.mediabox), _box(page.cropbox)
    visible = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    resources = page.resources
    return PageLook(
        crop=visible,
        user_unit=float(page.obj.get(Name.UserUnit, 1)),
        rotate=_rotate(page.obj),
        images=tuple(_image_look(image) for image in _images(resources, _FORM_DEPTH)),
        has_forms=any(obj.get(Name.Subtype) == Name.Form for obj in _xobjects(resources)),
    )


def _box(array: pikepdf.Array) -> tuple[float, float, float, float]:
    """A rectangle with its corners in order, whatever the producer wrote."""
    x1, y1, x2, y2 = (float(value) for value in array)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _rotate(node: pikepdf.Object) -> int:
    """The clockwise turn of a page, which it may inherit from the page tree."""
    for _ in range(_TREE_DEPTH):
        if Name.Rotate in node:
            return int(node[Name.Rotate]) % 360
        if Name.Parent not in node:
            return 0
        node = node[Name.Parent]
    return 0


def _xobjects(resources: pikepdf.Object) -> list[pikepdf.Object]:
    """The external objects of a resource dictionary, in the order of their names."""
    found = resources.get(Name.XObject)
    if not isinstance(found, pikepdf.Dictionary):
        return []
    objects = [found[name] for name in sorted(found.keys())]
    return [obj for obj in objects if isinstance(obj, pikepdf.Stream)]


def _images(resources: pikepdf.Object, depth: int) -> Iterator[pikepdf.Object]:
    """Images of the page and of the forms that it draws."""
    for obj in _xobjects(resources):
        kind = obj.get(Name.Subtype)
        if kind == Name.Image:
            yield obj
        elif kind == Name.Form and depth and Name.Resources in obj:
            yield from _images(obj[Name.Resources], depth - 1)


def _image_look(image: pikepdf.Object) -> ImageLook:
    """One image by its dictionary."""
    filters = filter_names(image)
    stencil = bool(image.get(Name.ImageMask, False))
    return ImageLook(
        width=int(image.get(Name.Width, 0)),
        height=int(image.get(Name.Height, 0)),
        bits=1 if stencil else int(image.get(Name.BitsPerComponent, 8)),
        filters=filters,
        masked=stencil or Name.SMask in image or Name.Mask in image,
        symbols="/JBIG2Decode" in filters and _repeats_symbols(image),
    )


def filter_names(image: pikepdf.Object) -> tuple[str, ...]:
    """The decoders of a stream, in the order in which they are applied."""
    found = image.get(Name.Filter)
    if found is None:
        return ()
    if isinstance(found, pikepdf.Array):
        return tuple(str(name) for name in found)
    return (str(found),)


def _repeats_symbols(image: pikepdf.Object) -> bool:
    """Whether a JBIG2 stream stores shapes once and repeats them.

    Segment headers: number (4 bytes), flags whose low six bits are the type, then the
    segments referred to; only the first header is sure without decoding, and a shared
    dictionary is proof enough.
    """
    parameters = image.get(Name.DecodeParms)
    if isinstance(parameters, pikepdf.Array):
        parameters = parameters[0] if len(parameters) else None
    if isinstance(parameters, pikepdf.Dictionary) and Name.JBIG2Globals in parameters:
        return True
    return any(kind in _SYMBOL_SEGMENTS for kind in _segment_types(image.read_raw_bytes()))


def _segment_types(stream: bytes) -> Iterator[int]:
    """Types of the first segments of an embedded JBIG2 stream."""
    at = 0
    for _ in range(_SEGMENTS_LOOKED_AT):
        if at + 11 > len(stream):
            return
        number, flags, referred = int.from_bytes(stream[at : at + 4]), stream[at + 4], stream[at + 5] >> 5
        yield flags & 63
        at += 6
        if referred == 7:
            return
        at += referred * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 64 else 1)
        length = int.from_bytes(stream[at : at + 4])
        at += 4 + length
        if length == 0xFFFFFFFF:
            return
