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
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")
_SCAN_SUFFIXES = {".tif", ".tiff", ".jpg", ".jpeg", ".png", ".bmp", ".webp"}


def kind_of(head: bytes) -> str:
    """``pdf``, ``tiff``, ``jpeg``, ``png``, ``bmp``, ``webp``, ``heic``, or empty when unknown.

    A PDF may have up to a kilobyte of rubbish before its mark, as mail gateways leave it.
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    return "pdf" if b"%PDF-" in head[:HEAD_BYTES] else ""


def problem_of_unknown(path: Path) -> str:
    """Why a file of unknown content is refused: its name says what it was meant to be."""
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        return "not_a_pdf"
    return "unknown_format" if suffix in _SCAN_SUFFIXES else "not_a_scan"
