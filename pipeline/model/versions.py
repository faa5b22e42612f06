"""What a person says of several versions of the same pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """What one version of some pages is, beside others of the same number."""

    BETTER_SCAN = "better_scan"
    LATER_STATE = "later_state"
    OTHER_PERSON = "other_person"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionVerdict:
    """One such answer.  Append-only, like every verdict; nothing read by the machine changes.

    ``carnet`` is the number under which the versions stood, ``pages`` the keys
    (``PageResult.key``) of the version spoken of, ``over`` those of the versions that it
    was chosen over: what arrives later is in neither and opens the question again.
    ``copy`` is the number under which the pages of another person go on.  ``reopened``
    takes back what was said of ``pages`` before.
    """

    carnet: str
    choice: Choice
    pages: tuple[str, ...]
    over: tuple[str, ...] = ()
    copy: str = ""
    day: str
    who: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledValue:
    """One answer drawn to be read blindly by a person.

    ``key`` is that of its page, ``value`` what the machine was sure of when it was drawn,
    empty for an answer that it took for blank.
    """

    key: str
    field: str
    value: str
    day: str
