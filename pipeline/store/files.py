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


@dataclass(frozen=True, slots=True, kw_only=True)
class SideState:
    """One stored page of a side: why it was refused, or where its image is kept."""

    side: int
    problem: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What a person has left to settle on the placed pages of a carnet: answers, and texts to transcribe."""

    answers: int
    texts: int
