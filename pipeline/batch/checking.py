"""Carnets as they leave the store, their warnings those of the values that stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from pipeline import decide
from pipeline.model.form import FormShelf
from pipeline.model.result import CarnetRecord


class CheckedCarnets(Sequence[CarnetRecord]):
    """The same carnets, each cross-checked again when it is its turn, if people settled a part of it."""

    def __init__(self, carnets: Sequence[CarnetRecord], shelf: FormShelf) -> None:
        self._carnets, self._shelf = carnets, shelf

    def __len__(self) -> int:
        return len(self._carnets)

    def __iter__(self) -> Iterator[CarnetRecord]:
        return map(self._checked, self._carnets)

    @overload
    def __getitem__(self, place: int) -> CarnetRecord: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[CarnetRecord]: ...

    def __getitem__(self, place: int | slice) -> CarnetRecord | Sequence[CarnetRecord]:
        found = self._carnets[place]
        return self._checked(found) if isinstance(found, CarnetRecord) else CheckedCarnets(found, self._shelf)

    def _checked(self, carnet: CarnetRecord) -> CarnetRecord:
        return decide.checked_again(carnet, self._shelf)
