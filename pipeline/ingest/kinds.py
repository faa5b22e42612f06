"""What a file is, by its first bytes."""

from __future__ import annotations

from pathlib import Path

HEAD_BYTES = 1024
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"BM", "bmp"),
)
_OTHER_IMAGES = (b"GIF8", b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51", b"8BPS", b"AT&TFORM", b"\x0a\x05\x01", b"%!PS")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"heim", b"heis")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE_PARTS = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis", b"_rels/.rels")
_OFFICE_SUFFIXES = {".doc", ".docx", ".docm", ".xls", ".xlsx", ".xlsm", ".ppt", ".pptx", ".odt", ".ods", ".odp", ".rtf"}
_IMAGE_SUFFIXES = {".tif", ".tiff", ".jpg", ".jpeg", ".png", ".bmp", ".webp", ".heic", ".heif", ".gif", ".jp2", ".avif"}


def kind_of(head: bytes) -> str:
    """``pdf``, ``tiff``, ``jpeg``, ``png``, ``bmp``, ``webp``, ``heic``, or empty when unknown.

    A PDF may have up to a kilobyte of rubbish before its mark, as mail gateways leave it.
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS and b"avif" not in head[:32]:
        return "heic"
    return "pdf" if b"%PDF-" in head[:HEAD_BYTES] else ""


def problem_of_unknown(path: Path, head: bytes) -> str:
    """Why a file of another kind is refused: by its content, else by what its name meant it to be."""
    suffix = path.suffix.lower()
    if suffix in _OFFICE_SUFFIXES or _is_office(head):
        return "office_document"
    if head.startswith(_ARCHIVES):
        return "archive"
    if head.startswith(_OTHER_IMAGES) or head[4:12] == b"ftypavif" or suffix in _IMAGE_SUFFIXES:
        return "unknown_format"
    return "not_a_pdf" if suffix == ".pdf" else "not_a_scan"


def _is_office(head: bytes) -> bool:
    """Whether a file holds the parts of a text, a table or a presentation."""
    zipped = head.startswith(b"PK\x03\x04") and any(part in head for part in _OFFICE_PARTS)
    return zipped or head.startswith((_OLD_OFFICE, b"{\\rtf"))
