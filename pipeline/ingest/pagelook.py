"""What a PDF page declares, looked at before any pixel is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pikepdf
from pikepdf import Name

from pipeline.ingest.jbig2 import repeats_shapes
from pipeline.ingest.streams import filter_names

MM_PER_POINT = 25.4 / 72
_FORM_DEPTH = 4
_TREE_DEPTH = 64
_IMAGES_LOOKED_AT = 1000
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLook:
    """One image in the resources of a page.

    ``masked``: it is a stencil or carries a mask, as the layers of a « compact » scan do.
    ``jpeg``: it can be decoded at a fraction of its size.
    ``shapes``: JBIG2 that repeats look-alike shapes, known to swap digits.
    """

    width: int
    height: int
    bits: int
    masked: bool
    jpeg: bool
    shapes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """Size of the visible page before ``/Rotate``, and the images that it may draw.

    ``crop`` is left, bottom, right, top in points; ``cropped`` is false when the page's
    own crop box lies outside of the paper, where readers show the paper.
    """

    crop: Rectangle
    cropped: bool
    user_unit: float
    rotate: int
    images: tuple[ImageLook, ...]

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
    cropped = visible[2] > visible[0] and visible[3] > visible[1]
    user_unit = float(page.obj.get(Name.UserUnit, 1))
    return PageLook(
        crop=visible if cropped else media,
        cropped=cropped,
        user_unit=user_unit if user_unit > 0 else 1.0,
        rotate=_rotate(page.obj),
        images=tuple(_image_look(image) for image in islice(_images(page.resources, 0, set()), _IMAGES_LOOKED_AT)),
    )


def _box(array: pikepdf.Array) -> Rectangle:
    """A rectangle with its corners in order, whatever the producer wrote."""
    x1, y1, x2, y2 = (float(value) for value in array)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _rotate(node: pikepdf.Object) -> int:
    """The clockwise turn of a page, which it may inherit from the page tree.

    Turns other than quarters are against the rules, and readers ignore them.
    """
    for _ in range(_TREE_DEPTH):
        if Name.Rotate in node:
            turn = int(node[Name.Rotate]) % 360
            return turn if turn % 90 == 0 else 0
        if Name.Parent not in node:
            return 0
        node = node[Name.Parent]
    return 0


def _images(resources: pikepdf.Object, depth: int, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Object]:
    """Images of the page and of the forms that it draws, each form once."""
    found = resources.get(Name.XObject)
    if not isinstance(found, pikepdf.Dictionary):
        return
    for name in sorted(found.keys()):
        drawn = found[name]
        if not isinstance(drawn, pikepdf.Stream):
            continue
        if drawn.get(Name.Subtype) == Name.Image:
            yield drawn
        elif depth < _FORM_DEPTH and Name.Resources in drawn and drawn.objgen not in seen:
            seen.add(drawn.objgen)
            yield from _images(drawn[Name.Resources], depth + 1, seen)


def _image_look(image: pikepdf.Object) -> ImageLook:
    """One image by its dictionary."""
    stencil = bool(image.get(Name.ImageMask, False))
    filters = filter_names(image)
    return ImageLook(
        width=int(image.get(Name.Width, 0)),
        height=int(image.get(Name.Height, 0)),
        bits=1 if stencil else int(image.get(Name.BitsPerComponent, 8)),
        masked=stencil or Name.SMask in image or Name.Mask in image,
        jpeg=filters[-1:] == ("/DCTDecode",),
        shapes="/JBIG2Decode" in filters and repeats_shapes(image),
    )
