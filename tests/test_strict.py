"""Values that check themselves: what is kept, what is refused, and what pydantic makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from crossload.runner.strict import AtMost, Matches, Several, Strict
from crossload.runner.words import Api


@dataclass(frozen=True)
class Inner(Strict):
    number: int
    word: Annotated[str, Matches("^[a-z]+$"), AtMost(3)] = "a"


@dataclass(frozen=True)
class Outer(Strict):
    inner: tuple[Inner, ...] = ()
    api: Several[Api] = ()
    pair: tuple[str, int] | None = None
    names: frozenset[str] = frozenset()


WHOLE = {
    "inner": [{"number": 1}],
    "api": "keras",
    "pair": ["x", 2],
    "names": ["b", "b"],
}


def test_json_is_read_into_values() -> None:
    assert Outer.read(WHOLE) == Outer((Inner(1),), (Api.KERAS,), ("x", 2), frozenset({"b"}))


def test_values_are_written_as_json() -> None:
    one = Outer((Inner(1),), (Api.KERAS,))
    whole = {"number": 1, "word": "a"}
    assert one.as_json() == {
        "inner": [whole],
        "api": ["keras"],
        "pair": None,
        "names": frozenset(),
    }
    assert one.as_json(brief=True) == {"inner": [{"number": 1}], "api": ["keras"]}


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {"other": 1},
        {"inner": {"number": 1}},
        {"inner": [{}]},
        {"inner": [{"number": True}]},
        {"inner": [{"number": 1.0}]},
        {"inner": [{"number": 1, "word": "A"}]},
        {"inner": [{"number": 1, "word": "abcd"}]},
        {"inner": [{"number": 1, "word": None}]},
        {"api": "other"},
        {"pair": ["x"]},
        {"pair": "xy"},
        {"names": "b"},
        {"names": [1]},
    ],
)
def test_anything_else_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"is not|argument|more than|match|instead"):
        Outer.read(wrong)


def test_the_error_names_the_field() -> None:
    with pytest.raises(ValueError, match=r"^inner: number: 'x' is not of type int$"):
        Outer.read({"inner": [{"number": "x"}]})


def test_pydantic_models_hold_such_values() -> None:
    class Model(BaseModel):
        inner: Inner
        word: Annotated[str, AtMost(3)]

    held = Model.model_validate({"inner": {"number": 1}, "word": "abc"})
    assert held.inner == Inner(1)
    for wrong in ({"inner": {}, "word": "abc"}, {"inner": {"number": 1}, "word": "abcd"}):
        with pytest.raises(ValidationError):
            Model.model_validate(wrong)
