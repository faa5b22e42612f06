"""Frozen dataclasses of ``model`` to and from JSON-ready values, by their annotations."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")
Read = Callable[[Any], Any]


def to_plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Dataclasses as lists of their fields in order, enums as their values."""
    if dataclasses.is_dataclass(value):
        return [to_plain(getattr(value, name)) for name in _names(typing.cast(Any, type(value)))]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return value


def from_plain(kind: type[T], value: object) -> T:
    """The inverse of ``to_plain``; floats keep six significant digits.

    ``ValueError`` when the value was not written by ``to_plain`` of the same type.
    """
    made: T = _reader(typing.cast(typing.Any, kind))(value)
    return made


def place_of(kind: type, name: str) -> int:
    """Where a field stands in the list that ``to_plain`` makes of a dataclass."""
    return _names(typing.cast(typing.Any, kind)).index(name)


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a dataclass
    """Field names of a dataclass that travel as JSON (bytes are stored apart)."""
    hints = typing.get_type_hints(kind)
    return tuple(field.name for field in dataclasses.fields(kind) if hints[field.name] is not bytes)


@functools.cache
def _reader(kind: Any) -> Read:  # noqa: ANN401 - any annotation
    """A function that rebuilds values of one annotation."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(typing.cast(type, kind))
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin in (typing.Union, types.UnionType):
        inner = _reader(next(argument for argument in arguments if argument is not type(None)))
        return lambda value: None if value is None else inner(value)
    if kind is float or (isinstance(kind, type) and issubclass(kind, Enum)):
        return typing.cast(Read, kind)
    return lambda value: value


def _tuple_reader(arguments: tuple[Any, ...]) -> Read:
    """A function that rebuilds a tuple, of any length or of fixed parts."""
    if arguments[-1] is Ellipsis:
        item = _reader(arguments[0])
        return lambda value: tuple(item(element) for element in value)
    items = [_reader(argument) for argument in arguments]
    return lambda value: tuple(read(element) for read, element in zip(items, value, strict=True))


def _dataclass_reader(kind: type) -> Read:
    """A function that rebuilds one dataclass from the list of its fields."""
    hints = typing.get_type_hints(kind)
    names = _names(kind)
    readers = [_reader(hints[name]) for name in names]
    defaults = {field.name for field in dataclasses.fields(kind) if field.default is not dataclasses.MISSING}

    def read(value: Any) -> Any:  # noqa: ANN401 - JSON in, dataclass out
        # What an older version wrote ends earlier: the fields added since keep their defaults.
        if len(value) > len(names) or not defaults.issuperset(names[len(value) :]):
            raise ValueError(f"{kind.__name__}: {len(value)} values for {len(names)} fields")
        return kind(**{name: r(item) for name, r, item in zip(names, readers, value, strict=False)})

    return read
