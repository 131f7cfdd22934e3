"""Frozen dataclasses whose values are checked when they are made, and read from JSON or YAML.

Owns the check, for the few shapes that `crossload inspect` needs: it starts in a fraction of the
time that importing pydantic takes, which everything else uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from typing_extensions import Self

Item = TypeVar("Item")
Check = Callable[[Any], Any]


class _OneOrMany:
    """Marks a tuple for which a single value may stand."""


Several = Annotated[tuple[Item, ...], _OneOrMany()]


class _Limit:
    """A function in `Annotated` that pydantic calls as well."""

    def __call__(self, value: Any) -> Any:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        from pydantic_core import core_schema  # noqa: PLC0415  (see the module)

        return core_schema.no_info_after_validator_function(self, handler(source))


@dataclass(frozen=True)
class AtMost(_Limit):
    """Limits the length of a text or a tuple."""

    length: int

    def __call__(self, value: Any) -> Any:
        if len(value) > self.length:
            raise ValueError(f"{len(value)} is more than {self.length}")
        return value


@dataclass(frozen=True)
class Matches(_Limit):
    """Wants a text in which the pattern is found."""

    pattern: str

    def __call__(self, value: str) -> str:
        if re.search(self.pattern, value) is None:
            raise ValueError(f"{value!r} does not match {self.pattern}")
        return value


@dataclass(frozen=True)
class Strict:
    """Base of a value whose fields hold what their annotations say.

    The word of an enum stands for its member, a list for a tuple, and a mapping for a value of a
    class derived from this one. Functions in `Annotated` get the value and return what is kept, or
    raise ValueError.

    Raises:
        ValueError: a field holds something else.
    """

    def __post_init__(self) -> None:
        for name, check in _checks(type(self)):
            value = getattr(self, name)
            try:
                kept = check(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
            if kept is not value:
                object.__setattr__(self, name, kept)

    @classmethod
    def read(cls, values: object) -> Self:
        """The value that a mapping describes, which may have no other keys than the fields.

        Raises:
            ValueError: it describes none.
        """
        if isinstance(values, cls):
            return values
        if not isinstance(values, Mapping):
            raise ValueError(f"{values!r} is not a mapping")  # noqa: TRY004 - one error for all
        try:
            return cls(**values)
        except TypeError as error:  # a key that is missing, or one too many
            raise ValueError(str(error)) from error

    def as_json(self, *, brief: bool = False) -> dict[str, Any]:
        """The fields as JSON has them; `brief` leaves out what has its default value."""
        given = ((one, getattr(self, one.name)) for one in fields(self))
        return {
            one.name: _plain(value, brief=brief)
            for one, value in given
            if not brief or value != one.default
        }

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> Any:
        """Lets a pydantic model have a field of this class."""
        from pydantic_core import core_schema  # noqa: PLC0415  (see the module)

        return core_schema.no_info_plain_validator_function(cls.read)


def _plain(value: Any, *, brief: bool) -> Any:
    if isinstance(value, Strict):
        return value.as_json(brief=brief)
    if isinstance(value, tuple):
        return [_plain(one, brief=brief) for one in value]
    return value.value if isinstance(value, Enum) else value


_CHECKS: dict[type, tuple[tuple[str, Check], ...]] = {}


def _checks(kind: type[Strict]) -> tuple[tuple[str, Check], ...]:
    """What checks the fields of a class, by name; worked out once."""
    if kind not in _CHECKS:
        hints = get_type_hints(kind, include_extras=True)
        _CHECKS[kind] = tuple((one.name, _check_of(hints[one.name])) for one in fields(kind))
    return _CHECKS[kind]


def _check_of(hint: Any) -> Check:
    """What checks a value of that annotation."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is not None:
        return _check_of_many(origin, arguments)
    if issubclass(hint, Strict):
        reader: Check = hint.read
        return reader
    return cast("Check", hint) if issubclass(hint, Enum) else _exactly(hint)


def _check_of_many(origin: Any, arguments: tuple[Any, ...]) -> Check:
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin is tuple:
        return _tuple_of(arguments)
    if origin is frozenset:
        items = _tuple_of((arguments[0], ...))
        return lambda value: value if isinstance(value, frozenset) else frozenset(items(value))
    (inner,) = (_check_of(one) for one in arguments if one is not type(None))
    return lambda value: None if value is None else inner(value)


def _exactly(kind: type) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{value!r} is not of type {kind.__name__}")
        return value

    return check


def _annotated(hint: Any, notes: tuple[Any, ...]) -> Check:
    first = _check_of(hint)
    others = [one for one in notes if callable(one)]
    lone = any(isinstance(one, _OneOrMany) for one in notes)

    def check(value: Any) -> Any:
        if lone and not isinstance(value, (list, tuple)):
            value = (value,)
        value = first(value)
        for one in others:
            value = one(value)
        return value

    return check


def _tuple_of(arguments: tuple[Any, ...]) -> Check:
    if arguments[-1] is ...:
        item = _check_of(arguments[0])
        return lambda value: tuple(map(item, _items(value)))
    checks = tuple(_check_of(one) for one in arguments)

    def check(value: Any) -> Any:
        items = _items(value)
        if len(items) != len(checks):
            raise ValueError(f"{len(items)} values instead of {len(checks)}")
        return tuple(one(item) for one, item in zip(checks, items, strict=True))

    return check


def _items(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{value!r} is not a list")  # noqa: TRY004 - one error for all
    return value
