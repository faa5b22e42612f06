"""Scan files known to a campaign."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file as first seen.

    ``first_read`` is the ISO day it was first read: the scan date of its pages.  ``copy``
    marks a second file of the same bytes that lies beside the first.  ``problem`` is the
    code of what keeps it shut, with ``sides`` 0.
    """

    sha256: str
    path: str
    sides: int
    problem: str
    first_read: str
    lot: str = ""
    copy: bool = False
