"""A PDF page that is one scanned image, taken as that image.

This keeps the scanner's own pixels and costs a fraction of rendering, but is right only
when the page shows that image and nothing else; any surprise leaves it to the renderer.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import cv2
import numpy as np
import pikepdf
from pikepdf import Name

from pipeline.errors import PageError
from pipeline.ingest.jpeg import decode_grey, jpeg_header, require_whole
from pipeline.ingest.pagelook import PageLook, filter_names
from pipeline.ingest.pixels import Pixels, grey_of, silent_decoders, square
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SILENT = {"q", "Q", "cm", "Do", "gs", "BMC", "BDC", "EMC", "MP", "DP", "BT", "ET", "Tr", "w", "J", "j", "M", "d", "i"}
_COLOURS = {"g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "ri"}
_TEXT_STATE = {"Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*"}
_TEXT_SHOWN = {"Tj", "TJ", "'", '"'}
_CLIPPING = {"W", "W*", "n"}
_INVISIBLE_TEXT = 3
_CONTENT_LIMIT_BYTES = 2_000_000
_SKEW = 1e-3
_CLIP_PT = 4.0
_PLAIN_SPACES = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}
_LOSSLESS = {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/CCITTFaxDecode"}
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placement:
    """The image that a page draws, and the matrix from its unit square to points."""

    name: str
    matrix: Matrix


def sole_image(page: pikepdf.Page, look: PageLook, settings: IngestSettings) -> Pixels | None:
    """The page's pixels when it shows exactly one full-page image, else None.

    Raises ``PageError`` when that image is cut short: rendering would hide it.
    """
    if look.has_forms or not look.images or Name.Annots in page.obj:
        return None
    with silent_decoders():
        try:
            placement = _sole_placement(page, look)
            if placement is None or not _covers(placement.matrix, look, settings):
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
    turned = _placed(grey, (a, b, c, d), look.rotate)
    if (abs(a) < abs(b)) != (look.rotate % 180 == 90):
        dpi_x, dpi_y = dpi_y, dpi_x
    turned, dpi = square(turned, dpi_x * factor, dpi_y * factor)
    return Pixels(grey=turned, dpi=dpi, warnings=("bitonal",) if bitonal else ())


def _sole_placement(page: pikepdf.Page, look: PageLook) -> _Placement | None:
    """The one image drawn, or None as soon as the page shows anything else.

    Text of an OCR layer (render mode 3) is invisible and does not count.
    """
    contents = page.obj.get(Name.Contents)
    if contents is None or _content_bytes(contents) > _CONTENT_LIMIT_BYTES:
        return None
    stack: list[tuple[Matrix, int]] = []
    matrix, mode = _IDENTITY, 0
    found: _Placement | None = None
    for instruction in pikepdf.parse_content_stream(page):
        name, operands = str(instruction.operator), instruction.operands
        if name == "q":
            stack.append((matrix, mode))
        elif name == "Q" and stack:
            matrix, mode = stack.pop()
        elif name == "re":
            if not _clips_nothing(operands, matrix, look):
                return None
        elif name == "cm":
            matrix = _times(_matrix(operands), matrix)
        elif name == "Tr":
            mode = int(operands[0])
        elif name == "Do":
            if found is not None:
                return None
            found = _Placement(name=str(operands[0]), matrix=matrix)
        elif not _shows_nothing(name, mode):
            return None
    return found


def _content_bytes(contents: pikepdf.Object) -> int:
    """Stored length of a page's content."""
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return sum(int(stream.get(Name.Length, 0)) for stream in streams)


def _shows_nothing(operator: str, mode: int) -> bool:
    """Whether an operator leaves the page as it is."""
    if operator in _TEXT_SHOWN:
        return mode == _INVISIBLE_TEXT
    return operator in _SILENT or operator in _COLOURS or operator in _TEXT_STATE or operator in _CLIPPING


def _clips_nothing(operands: object, matrix: Matrix, look: PageLook) -> bool:
    """Whether a rectangle, drawn to clip, holds the whole page, as scanner software writes it."""
    x, y, width, height = (float(value) for value in operands)  # type: ignore[attr-defined]
    a, b, c, d, e, f = _times((width, 0.0, 0.0, height, x, y), matrix)
    left, right = sorted((e, e + a + c))
    bottom, top = sorted((f, f + b + d))
    x1, y1, x2, y2 = look.crop
    return left <= x1 + _CLIP_PT and bottom <= y1 + _CLIP_PT and right >= x2 - _CLIP_PT and top >= y2 - _CLIP_PT


def _matrix(operands: object) -> Matrix:
    """Six numbers of a ``cm``."""
    a, b, c, d, e, f = (float(value) for value in operands)  # type: ignore[attr-defined]
    return a, b, c, d, e, f


def _times(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that applies ``m`` first, then ``n``."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _covers(matrix: Matrix, look: PageLook, settings: IngestSettings) -> bool:
    """Whether the image lies square on the page and fills it, without running over."""
    a, b, c, d, e, f = matrix
    long_side = max(abs(a), abs(b), abs(c), abs(d))
    upright = max(abs(b), abs(c)) <= _SKEW * long_side
    turned = max(abs(a), abs(d)) <= _SKEW * long_side
    if not upright and not turned:
        return False
    left, right = sorted((e, e + a + c))
    bottom, top = sorted((f, f + b + d))
    x1, y1, x2, y2 = look.crop
    page_area = (x2 - x1) * (y2 - y1)
    shown = max(0.0, min(right, x2) - max(left, x1)) * max(0.0, min(top, y2) - max(bottom, y1))
    whole = (right - left) * (top - bottom)
    cover = settings.full_page_ratio
    return page_area > 0 and shown >= cover * page_area and shown >= cover * whole


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


def _placed(grey: Grey, linear: tuple[float, float, float, float], rotate: int) -> Grey:
    """Pixels as the page shows them: the placement's flips and quarter turn, then ``/Rotate``.

    A PDF's y axis points up, and an image's first row is its top.
    """
    a, b, c, d = linear
    if abs(a) >= abs(b):
        flip_x, flip_y = a < 0, d < 0
    else:
        grey = np.ascontiguousarray(grey.T)
        flip_x, flip_y = c > 0, b > 0
    if flip_x and flip_y:
        grey = np.asarray(cv2.rotate(grey, cv2.ROTATE_180), np.uint8)
    elif flip_x or flip_y:
        grey = np.asarray(cv2.flip(grey, 1 if flip_x else 0), np.uint8)
    turns = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(grey, turns[rotate]), np.uint8) if rotate in turns else grey
