"""A PDF page that is one scanned image, taken as that image.

This keeps the scanner's own pixels and costs a fraction of rendering, but is right only
when the page shows that image and nothing else; any surprise leaves it to the renderer.
"""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf
from pikepdf import Name

from pipeline.ingest.jpeg import decode_grey, jpeg_header, require_whole
from pipeline.ingest.matrix import Matrix, as_placed, covers
from pipeline.ingest.pagelook import PageLook
from pipeline.ingest.pixels import Pixels, is_bitonal
from pipeline.ingest.placement import Placement, sole_placement
from pipeline.ingest.resolution import merged, reduction, square
from pipeline.ingest.samples import Meaning, decode_samples, in_grey, meaning_of
from pipeline.ingest.streams import filter_names, parameters, unfolded
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

_UNEXPECTED = (pikepdf.PdfError, KeyError, ValueError, TypeError, AttributeError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoleImage:
    """The one image that a page shows, and its resolution along its own width and height."""

    image: pikepdf.Object
    matrix: Matrix
    black: bool
    dpi_x: float
    dpi_y: float


def sole_image(page: pikepdf.Page, look: PageLook, settings: IngestSettings) -> SoleImage | None:
    """The image of a page that shows exactly one, full page, else None."""
    try:
        if len(look.images) == 0 or len(page.obj.get(Name.Annots, ())) or Name.OC in page.obj:
            return None
        placed = sole_placement(page, look.crop, settings.content_limit_kb * 1000)
        if placed is None or not covers(placed.matrix, look.crop, settings.full_page_ratio):
            return None
        return _measured(placed, look)
    except _UNEXPECTED:
        return None


def _measured(placed: Placement, look: PageLook) -> SoleImage:
    """Pixels an inch of an image as it is placed."""
    a, b, c, d, _, _ = placed.matrix
    width_pt, height_pt = max(abs(a), abs(b)) * look.user_unit, max(abs(c), abs(d)) * look.user_unit
    return SoleImage(
        image=placed.image,
        matrix=placed.matrix,
        black=placed.black,
        dpi_x=int(placed.image.Width) * 72 / width_pt,
        dpi_y=int(placed.image.Height) * 72 / height_pt,
    )


def taken(sole: SoleImage, look: PageLook, settings: IngestSettings) -> Pixels | None:
    """The image's own pixels as the page shows them, None when only a renderer can tell.

    Raises ``PageError`` when the image is cut short or damaged: rendering would hide it.
    """
    factor = reduction(min(sole.dpi_x, sole.dpi_y), 0, settings)
    try:
        meaning = meaning_of(sole.image, black=sole.black)
        if meaning is None:
            return None
        is_jpeg = filter_names(sole.image)[-1:] == ("/DCTDecode",)
        decoded = (
            _decode_jpeg(sole.image, meaning, factor, settings) if is_jpeg else decode_samples(sole.image, meaning)
        )
    except _UNEXPECTED:
        return None
    if decoded is None:
        return None
    marks = () if is_jpeg or not is_bitonal(decoded) else ("bitonal",)
    grey = as_placed(decoded if is_jpeg else merged(decoded, factor), sole.matrix, look.rotate)
    dpi_x, dpi_y = along_the_page(sole, look.rotate)
    grey, dpi = square(grey, dpi_x / factor, dpi_y / factor)
    return Pixels(grey=grey, dpi=dpi, warnings=marks, coarse_dpi=min(dpi_x, dpi_y) / factor, merged=factor)


def along_the_page(sole: SoleImage, rotate: int) -> tuple[float, float]:
    """The resolution along the width and the height of the page as it is shown."""
    a, b, _, _, _, _ = sole.matrix
    if (abs(a) < abs(b)) != (rotate % 180 == 90):
        return sole.dpi_y, sole.dpi_x
    return sole.dpi_x, sole.dpi_y


def _decode_jpeg(image: pikepdf.Object, meaning: Meaning, factor: int, settings: IngestSettings) -> Grey | None:
    """A JPEG as it stands in the file, when its own header agrees with the page's."""
    filters = filter_names(image)
    if Name.ColorTransform in parameters(image, len(filters) - 1) or meaning.palette is not None:
        return None
    content = unfolded(image, filters[:-1], int(settings.jpeg_limit_mb * 1e6))
    if content is None:
        return None
    header = jpeg_header(content)
    agreed = (header.width, header.height, header.components) == (meaning.width, meaning.height, meaning.channels)
    if not agreed or header.bits != meaning.bits:
        return None
    header.require_size(factor, settings)
    require_whole(content)
    return in_grey(decode_grey(content, header, factor=factor, upright=False), meaning)
