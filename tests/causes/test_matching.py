"""How a pattern is matched, with causes made for each test."""

from __future__ import annotations

from typing import Any

import pytest

from crossload.runner.causes import Recogniser
from crossload.runner.causes.form import CauseForm
from crossload.runner.causes.loading import Catalogue
from crossload.runner.words import Check, Format, JobStatus, Strategy, Verdict
from tests.causes.evidence import LATE, NEW, symptoms


def recogniser(*whens: dict[str, Any], sentence: str = "a sentence") -> Recogniser:
    """One that knows `first`, `second`, ... by these patterns."""
    names = ("first", "second", "third")
    causes = (
        CauseForm.model_validate(
            {"id": name, "family": "format", "sentence": sentence, "when": when}
        )
        for name, when in zip(names, whens, strict=False)
    )
    return Recogniser(Catalogue(tuple(causes), {}))


def found(when: dict[str, Any], **given: Any) -> bool:
    message = given.pop("message", "boom")
    return recogniser(when).recognise(symptoms(message, **given)) is not None


@pytest.mark.parametrize(("place", "seen"), [(0, True), (2996, True), (4000, False), (7996, True)])
def test_of_a_long_text_the_head_and_the_tail_are_searched(place: int, *, seen: bool) -> None:
    message = "." * place + "boom" + "." * (8000 - 4 - place)
    assert found({"message": "boom"}, message=message) is seen


def test_a_text_of_the_greatest_length_is_searched_as_a_whole() -> None:
    assert found({"message": "boom"}, message="." * 2998 + "boom" + "." * 2998)
    assert not found({"message": "boom"}, message="." * 2998 + "boom" + "." * 2999)


@pytest.mark.parametrize(("length", "shown"), [(80, "x" * 80), (81, "x" * 79 + "…")])
def test_a_name_of_a_file_is_cut_at_80_characters(length: int, shown: str) -> None:
    one = recogniser({"message": "no (?P<name>x+)"}, sentence="it lacks {name}")
    cause = one.recognise(symptoms(f"no {'x' * length}"))
    assert cause is not None
    assert cause.sentence == f"it lacks {shown}"


def test_a_name_over_several_lines_is_one_line() -> None:
    one = recogniser({"message": "no (?P<name>.+)"}, sentence="it lacks {name}")
    cause = one.recognise(symptoms("no one \n\t two"))
    assert cause is not None
    assert cause.sentence == "it lacks one two"


def test_the_first_that_fits_wins_with_a_text_or_without() -> None:
    text, silent = {"message": "boom"}, {"lost": ["optimizer"], "formats": ["h5"]}
    one = symptoms("boom", lost=(Check.OPTIMIZER,))
    for whens, name in (((text, silent), "first"), ((silent, text), "first")):
        cause = recogniser(*whens).recognise(one)
        assert cause is not None
        assert cause.id == name
    cause = recogniser({"message": "bang"}, text, silent).recognise(one)
    assert cause is not None
    assert cause.id == "second"


def test_all_texts_of_a_pattern_must_be_found() -> None:
    both = {"message": "boom", "type": "^KeyError$"}
    assert found(both, kind="KeyError")
    assert not found(both, kind="ValueError")
    assert not found(both, kind="KeyError", message="bang")


@pytest.mark.parametrize(
    ("condition", "fits", "other"),
    [
        ({"verdicts": ["fails"]}, {"verdict": Verdict.FAILS}, {"verdict": Verdict.CRASHES}),
        ({"statuses": ["refused"]}, {"status": JobStatus.REFUSED}, {"status": JobStatus.CRASHED}),
        (
            {"strategies": ["plain"]},
            {"strategy": Strategy.PLAIN},
            {"strategy": Strategy.NO_COMPILE},
        ),
        ({"own": ["same"]}, {"own": Verdict.SAME}, {"own": Verdict.FAILS}),
        ({"formats": ["h5"]}, {"format": Format.H5}, {"format": Format.KERAS}),
        ({"lost": ["optimizer"]}, {"lost": (Check.OPTIMIZER,)}, {"lost": (Check.STEP,)}),
        ({"kept": ["optimizer"]}, {"lost": (Check.STEP,)}, {"lost": (Check.OPTIMIZER,)}),
        ({"order": "upgrade"}, {"saver": LATE, "loader": NEW}, {"saver": NEW, "loader": LATE}),
        ({"saver": {"keras": "<3"}}, {"saver": LATE}, {"saver": NEW}),
        ({"loader": {"keras": ">=3"}}, {"loader": NEW}, {"loader": LATE}),
        ({"differ": ["keras"]}, {"loader": NEW}, {"loader": LATE}),
        ({"alike": ["keras"]}, {"loader": LATE}, {"loader": NEW}),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "",
)
def test_a_condition_that_does_not_hold_rules_a_cause_out(
    condition: dict[str, Any], fits: dict[str, Any], other: dict[str, Any]
) -> None:
    when = {"message": "boom", **condition}
    assert found(when, **fits)
    assert not found(when, **other)


def test_a_detail_is_searched_in_the_words_of_its_own_check() -> None:
    when = {"lost": ["optimizer"], "details": {"optimizer": "slots"}}
    lost = {"lost": (Check.OPTIMIZER,)}
    assert found(when, **lost, details={Check.OPTIMIZER: "no slots"})
    assert not found(when, **lost, details={Check.STEP: "no slots"})
    assert not found(when, **lost, details={})
