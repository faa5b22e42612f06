"""What of a form's answers may be published: who is described, by which groups, with which questions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupClass:
    """People described together: those who gave one of ``codes`` (``""``: no answer, or none that was read)."""

    label: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One way to describe people.

    ``field`` is a question, or ``register`` a column of the print register.  Of several
    answers, the first in ``first_of`` counts, so that a person stands in one group only.
    ``rungs`` are ways to group the answers, from the finest to the coarsest; small groups
    of the last rung are merged with a neighbour when ``ordered``, else with the other
    small ones.
    """

    name: str
    label: str
    field: str = ""
    register: str = ""
    first_of: tuple[str, ...] = ()
    ordered: bool = False
    rungs: tuple[tuple[GroupClass, ...], ...] = ()
    unknown: str = "Sans réponse lue"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberClass:
    """Numbers up to ``to`` (the last class has no end), shown together."""

    label: str
    to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Questions of one sheet, each shown as a whole and by the groupings ``by``.

    ``classes`` cut a number into answers, shown with its quartiles rounded to ``step`` and,
    when ``summed``, with its sum; ``favourable`` are the codes whose sum is shown.
    """

    sheet: str
    fields: tuple[str, ...]
    by: tuple[str, ...] = ()
    classes: tuple[NumberClass, ...] = ()
    favourable: tuple[str, ...] = ()
    summed: bool = False
    step: float = 0.0
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skills:
    """The self-evaluation: a table whose rows have families and whose columns are two moments."""

    sheet: str
    table: str
    same_day: str = ""
    top: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours by domain: ``column`` and ``domain`` of each row of a table, ``total`` computed for each carnet."""

    sheet: str
    table: str
    column: str
    total: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePlan:
    """What the note to read says first and draws: names of groupings and questions.

    ``tried`` tells in sentences what was tried; ``opinions`` names a sheet, ``forward`` the
    opinion put forward, ``skills`` a battery.
    """

    headline: str
    readers: str
    tried: tuple[str, ...]
    profile: tuple[str, ...]
    forward: str
    uses: str
    opinions: str
    skills: str
    wishes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Everything that may leave the restricted folder, in the order of the workbook.

    ``bound`` are questions whose answers limit each other: the same groups are hidden of them.
    """

    form: str
    title: str
    groupings: tuple[Grouping, ...]
    crossings: tuple[tuple[str, str], ...] = ()
    asked: tuple[Asked, ...] = ()
    bound: tuple[tuple[str, ...], ...] = ()
    skills: Skills | None = None
    hours: Hours | None = None
    note: NotePlan | None = None
