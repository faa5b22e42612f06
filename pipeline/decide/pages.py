"""The same page met several times: one writing scanned again, two writings, or what a person said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.decide.sameink import same_ink
from pipeline.model.result import Disposition, PageResult
from pipeline.model.versions import Choice, VersionVerdict
from pipeline.settings import DecideSettings

_NO_POSE_MM = 1e3
_POORER = frozenset(("bitonal", "low_resolution", "lossy_jbig2", "compact_pdf"))
_REASONS = {Choice.BETTER_SCAN: "worse_scan", Choice.LATER_STATE: "earlier_state"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What becomes of one stored page among its likes; ``twin`` is the page kept of the same writing."""

    page: PageResult
    disposition: Disposition
    reason: str
    twin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Scans of one page that show one writing, the best first."""

    pages: tuple[PageResult, ...]

    @property
    def best(self) -> PageResult:
        """The scan that is kept."""
        return self.pages[0]

    @property
    def keys(self) -> frozenset[str]:
        """What names its scans."""
        return frozenset(page.key for page in self.pages)


def writings(pages: Iterable[PageResult], width_mm: int, settings: DecideSettings) -> dict[int, list[Writing]]:
    """The writings on each printed page of one form version, the best scanned first.

    Nothing depends on the order of arrival; whatever is linked by a chain of equal ink is
    one writing.
    """
    same: dict[int, list[PageResult]] = defaultdict(list)
    for page in sorted(pages, key=_quality):
        if page.identity is not None:
            same[page.identity.page].append(page)
    return {number: _grouped(same[number], width_mm, settings) for number in sorted(same)}


def stand(found: Mapping[int, Sequence[Writing]], choices: Sequence[VersionVerdict] = ()) -> list[Standing]:
    """Placed, duplicate or conflict, for all pages of one carnet and one form version.

    Of the scans of one writing the best is kept.  Two writings are in conflict until a
    person has said which of them counts; a third one that comes later is in conflict
    with that.
    """
    return [standing for number in found for standing in _sort_out(found[number], choices)]


def _quality(page: PageResult) -> tuple[int, float, str]:
    """Best first: what loses no pale stroke, the smallest residual, then the key, which never changes."""
    poorer = len(_POORER.intersection(page.warnings))
    return poorer, (page.pose.residual_mm if page.pose else _NO_POSE_MM), page.key


def _grouped(pages: Sequence[PageResult], width_mm: int, settings: DecideSettings) -> list[Writing]:
    groups: list[list[PageResult]] = []
    for page in pages:
        apart, merged = [], [page]
        for group in groups:
            if any(same_ink(page.ink_map, other.ink_map, width_mm, settings) for other in group):
                merged += group
            else:
                apart.append(group)
        groups = [*apart, sorted(merged, key=_quality)]
    groups.sort(key=lambda group: _quality(group[0]))
    return [Writing(pages=tuple(group)) for group in groups]


def _sort_out(found: Sequence[Writing], choices: Sequence[VersionVerdict]) -> list[Standing]:
    """What becomes of every scan of one printed page."""
    beaten = _beaten(found, choices)
    conflict = len(found) - len(beaten) > 1
    kept = Disposition.CONFLICT if conflict else Disposition.PLACED
    standings = []
    for place, writing in enumerate(found):
        if place in beaten:
            standings += _replaced(writing, found, place, beaten)
            continue
        best = writing.best
        standings.append(Standing(page=best, disposition=kept, reason="page_conflict" if conflict else ""))
        standings += [
            Standing(page=page, disposition=Disposition.DUPLICATE, reason="same_ink", twin=best.key)
            for page in writing.pages[1:]
        ]
    return standings


def _replaced(
    writing: Writing, found: Sequence[Writing], place: int, beaten: dict[int, tuple[int, Choice]]
) -> list[Standing]:
    """A writing that gives way: to a better scan of it, or to a later state of the carnet."""
    choice, same = beaten[place][1], True
    while place in beaten:
        place, step = beaten[place]
        same = same and step is Choice.BETTER_SCAN
    twin = found[place].best.key if same else ""
    return [
        Standing(page=page, disposition=Disposition.DUPLICATE, reason=_REASONS[choice], twin=twin)
        for page in writing.pages
    ]


def _beaten(found: Sequence[Writing], choices: Sequence[VersionVerdict]) -> dict[int, tuple[int, Choice]]:
    """Each writing that gives way, with the one it gives way to; of two answers on one pair the later counts."""
    pairs: dict[frozenset[int], tuple[int, int, Choice]] = {}
    for choice in choices:
        spoken, over = _places(found, choice.pages), _places(found, choice.over)
        if choice.choice is Choice.REOPENED:
            pairs = {pair: said for pair, said in pairs.items() if not pair & spoken}
        elif choice.choice in _REASONS:
            for winner in spoken:
                for loser in over - spoken:
                    pairs[frozenset((winner, loser))] = (winner, loser, choice.choice)
    beaten: dict[int, tuple[int, Choice]] = {}
    for winner, loser, said in pairs.values():
        beaten[loser] = winner, said
    return {} if _goes_round(beaten, len(found)) else beaten


def _places(found: Sequence[Writing], keys: Iterable[str]) -> frozenset[int]:
    """Which of the writings hold any of these scans."""
    named = frozenset(keys)
    return frozenset(place for place, writing in enumerate(found) if writing.keys & named)


def _goes_round(beaten: dict[int, tuple[int, Choice]], count: int) -> bool:
    """Whether answers contradict each other in a circle: nobody can tell then which one counts."""
    for first in beaten:
        place, steps = first, 0
        while place in beaten and steps <= count:
            place, steps = beaten[place][0], steps + 1
        if steps > count:
            return True
    return False
