"""A PDF page that is one scanned image, taken as that image.

This keeps the scanner's own pixels and costs a fraction of rendering, but is right only
when the page shows that image and nothing else; any surprise leaves it to the renderer.
"""

from __future__ import annotations

import zlib

import pikepdf
from pikepdf import Name

from pipeline.errors import PageError
from pipeline.ingest.jpeg import decode_grey, jpeg_header, require_whole
from pipeline.ingest.pagelook import PageLook, filter_names
from pipeline.ingest.pixels import Pixels, grey_of, silent_decoders, square
from pipeline.ingest.placement import Matrix, as_placed, covers, sole_placement
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

_PLAIN_SPACES = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}
_LOSSLESS = {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/CCITTFaxDecode"}
_CHUNK_BYTES = 1 << 20


def sole_image(page: pikepdf.Page, look: PageLook, settings: IngestSettings) -> Pixels | None:
    """The page's pixels when it shows exactly one full-page image, else None.

    Raises ``PageError`` when that image is cut short: rendering would hide it.
    """
    if look.has_forms or not look.images or Name.Annots in page.obj:
        return None
    with silent_decoders():
        try:
            placement = sole_placement(page, look)
            if placement is None or not covers(placement.matrix, look, settings):
                return None
            image = page.resources[Name.XObject][placement.name]
            if not _is_plain(image):
                return None
            dpi_x, dpi_y = _dpi(placement.matrix, image, look)
            decoded = _decode(image, min(dpi_x, dpi_y), settings)
        except (pikepdf.PdfError, KeyError, ValueError, TypeError, RuntimeError, NotImplementedError, OSError):
            return None
    if decoded is None:
        return None
    grey, factor, bitonal = decoded
    a, b, c, d, _, _ = placement.matrix
    turned = as_placed(grey, (a, b, c, d), look.rotate)
    if (abs(a) < abs(b)) != (look.rotate % 180 == 90):
        dpi_x, dpi_y = dpi_y, dpi_x
    turned, dpi = square(turned, dpi_x * factor, dpi_y * factor)
    return Pixels(grey=turned, dpi=dpi, warnings=("bitonal",) if bitonal else ())


def _dpi(matrix: Matrix, image: pikepdf.Object, look: PageLook) -> tuple[float, float]:
    """Pixels an inch along the image's own width and height."""
    a, b, c, d, _, _ = matrix
    width_pt, height_pt = max(abs(a), abs(b)) * look.user_unit, max(abs(c), abs(d)) * look.user_unit
    return int(image.Width) * 72 / width_pt, int(image.Height) * 72 / height_pt


def _is_plain(image: pikepdf.Object) -> bool:
    """Whether the image is opaque, unscaled in its values and of a plain colour space."""
    if image.get(Name.ImageMask, False) or Name.SMask in image or Name.Mask in image:
        return False
    bits, channels = int(image.get(Name.BitsPerComponent, 8)), _channels(image.get(Name.ColorSpace))
    if channels is None or bits not in (1, 8) or len(filter_names(image)) != 1:
        return False
    decode = image.get(Name.Decode)
    return decode is None or [float(value) for value in decode] == [0.0, 1.0] * channels


def _channels(space: pikepdf.Object | None) -> int | None:
    """Channels of a grey or RGB space, None for any other."""
    if isinstance(space, pikepdf.Array) and len(space):
        if space[0] == Name.ICCBased:
            channels = int(space[1].get(Name.N, 0))
            return channels if channels in (1, 3) else None
        space = space[0]
    return _PLAIN_SPACES.get(str(space))


def _decode(image: pikepdf.Object, dpi: float, settings: IngestSettings) -> tuple[Grey, float, bool] | None:
    """Grey pixels, the factor by which they were reduced, and whether they are bitonal."""
    name = filter_names(image)[0]
    if name == "/DCTDecode":
        return _decode_jpeg(image, dpi, settings)
    if name not in _LOSSLESS or (name == "/FlateDecode" and not _honest_size(image)):
        return None
    decoded = pikepdf.PdfImage(image).as_pil_image()  # type: ignore[arg-type]
    if decoded.size != (int(image.Width), int(image.Height)):
        return None
    grey, bitonal = grey_of(decoded)
    return grey, 1.0, bitonal


def _decode_jpeg(image: pikepdf.Object, dpi: float, settings: IngestSettings) -> tuple[Grey, float, bool] | None:
    """A JPEG as it stands in the file, when its own header agrees with the page's."""
    content = image.read_raw_bytes()
    header = jpeg_header(content)
    if (header.width, header.height) != (int(image.Width), int(image.Height)):
        return None
    if header.components != _channels(image.get(Name.ColorSpace)):
        return None
    require_whole(content)
    grey, factor = decode_grey(content, dpi=dpi, upright=False, settings=settings)
    return grey, factor, False


def _honest_size(image: pikepdf.Object) -> bool:
    """Whether a deflated image is no longer than it declares, found without keeping it."""
    channels = _channels(image.get(Name.ColorSpace)) or 1
    row = (int(image.Width) * channels * int(image.get(Name.BitsPerComponent, 8)) + 7) // 8 + 1
    limit, total = row * int(image.Height) + _CHUNK_BYTES, 0
    inflate, rest = zlib.decompressobj(), image.read_raw_bytes()
    try:
        while rest and total <= limit and not inflate.eof:
            total += len(inflate.decompress(rest, _CHUNK_BYTES))
            rest = inflate.unconsumed_tail
    except zlib.error as error:
        raise PageError("damaged_image") from error
    return total <= limit
