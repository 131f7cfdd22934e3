"""What cells say of a claim, and for which versions it holds, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.analysis.claim_facts import facts_of
from crossload.runner.analysis.claims import ClaimStatus, judge_claims
from crossload.runner.analysis.judged import JudgedCell, TryResult
from crossload.runner.cases.claim_model import (
    Claim,
    Comparison,
    Condition,
    Expected,
    Extent,
    Relation,
    Where,
)
from crossload.runner.records import Cell, ProbeError
from crossload.runner.words import Check, Format, Strategy, Verdict
from tests.analysis.claim_examples import (
    CASE,
    ENVIRONMENTS,
    NAMES,
    cell,
    claim,
    differs,
    everywhere,
    fails,
    judge,
    loads,
    record,
    unsaved,
)
from tests.runs import attempted


def test_it_holds_where_every_cell_confirms_it() -> None:
    answer = judge(claim(), loads("old", "mid"), loads("mid", "new"))
    assert (answer.status, answer.confirming, answer.refuting) == (ClaimStatus.HOLDS, 2, 0)
    assert (answer.holds_for, answer.not_for) == ("", "")
    assert answer.for_it == (cell("old", "mid"), cell("mid", "new"))


def test_it_does_not_hold_where_no_cell_is() -> None:
    answer = judge(claim(Expected.FAILS), loads("old", "mid"))
    assert (answer.status, answer.refuting) == (ClaimStatus.DOES_NOT_HOLD, 1)
    assert answer.against_it == (cell("old", "mid"),)


def test_another_exception_refutes_it() -> None:
    one = claim(Expected.FAILS, exceptions=("AttributeError",))
    answer = judge(one, fails("old", "mid"), fails("old", "new", "TypeError"))
    assert answer.status is ClaimStatus.DOES_NOT_HOLD
    assert [(one.type, one.count) for one in answer.errors] == [("TypeError", 1), ("ValueError", 1)]


@pytest.mark.parametrize(
    ("raised", "claimed"),
    [
        ("ValueError", "ValueError"),
        ("json.decoder.JSONDecodeError", "JSONDecodeError"),
        ("FileNotFoundError", "OSError"),
        ("NotImplementedError", "RuntimeError"),
    ],
)
def test_an_exception_fits_where_python_would_catch_it(raised: str, claimed: str) -> None:
    one = claim(Expected.FAILS, exceptions=(claimed,))
    assert judge(one, fails("old", "mid", raised)).status is ClaimStatus.HOLDS
    back = claim(Expected.FAILS, exceptions=("AttributeError",))
    assert judge(back, fails("old", "mid", raised)).status is ClaimStatus.DOES_NOT_HOLD


def test_the_message_counts_too() -> None:
    one = claim(Expected.FAILS, message="Unknown layer")
    assert judge(one, fails("old", "mid", message="Unknown layer: X")).status is ClaimStatus.HOLDS
    assert judge(one, fails("old", "mid")).status is ClaimStatus.DOES_NOT_HOLD


def test_what_may_happen_holds_when_it_happens_once() -> None:
    one = claim(Expected.FAILS, extent=Extent.SOME)
    answer = judge(one, *everywhere([("old", "old")], ("old", "new")))
    assert answer.status is ClaimStatus.HOLDS
    assert (answer.holds_for, answer.not_for) == ("saver's Keras >= 3; or loader's Keras >= 3", "")


def test_a_plain_load_decides_even_where_a_strategy_helps() -> None:
    helped = fails("old", "mid")
    helper = attempted(Strategy.CUSTOM_OBJECTS, TryResult.AGREES)
    helped = replace(helped, verdict=Verdict.ASSISTED, tried=(*helped.tried, helper))
    needs = claim(Expected.NEEDS, strategy=Strategy.CUSTOM_OBJECTS)
    assert judge(claim(Expected.FAILS), helped).status is ClaimStatus.HOLDS
    assert judge(needs, helped).status is ClaimStatus.HOLDS
    assert judge(needs, fails("old", "mid")).status is ClaimStatus.DOES_NOT_HOLD
    assert judge(needs, loads("old", "mid")).status is ClaimStatus.DOES_NOT_HOLD


def test_losses_are_looked_at_by_name() -> None:
    lost = loads("old", "mid", lost=(Check.OPTIMIZER, Check.STEP))
    assert judge(claim(Expected.LOADS), lost).status is ClaimStatus.HOLDS
    assert judge(claim(Expected.KEEPS), lost).status is ClaimStatus.DOES_NOT_HOLD
    assert judge(claim(Expected.KEEPS, checks=("compile",)), lost).status is ClaimStatus.HOLDS
    assert judge(claim(Expected.LOSES, checks=("step",)), lost).status is ClaimStatus.HOLDS
    assert judge(claim(Expected.LOSES), fails("old", "mid")).status is ClaimStatus.DOES_NOT_HOLD


def test_different_outputs_are_not_a_load() -> None:
    assert judge(claim(), differs("old", "mid")).status is ClaimStatus.DOES_NOT_HOLD
    assert judge(claim(Expected.FAILS), differs("old", "mid")).status is ClaimStatus.DOES_NOT_HOLD
    assert judge(claim(Expected.DIFFERS), differs("old", "mid")).status is ClaimStatus.HOLDS


def test_saves_are_counted_once_each() -> None:
    cells = [unsaved("old", "old"), unsaved("old", "mid"), loads("mid", "old"), loads("mid", "mid")]
    answer = judge(claim(Expected.SAVES), *cells)
    assert (answer.status, answer.confirming, answer.refuting) == (ClaimStatus.HOLDS_FOR_SOME, 1, 1)
    assert answer.holds_for == "saver's Keras >= 2.10"
    assert [one.type for one in answer.errors] == ["NotImplementedError"]
    again = judge(claim(Expected.UNSAVED, exceptions=("NotImplementedError",)), *cells)
    assert again.for_it == (cell("old", "old"),)


def test_without_a_file_there_is_nothing_to_say_of_loading() -> None:
    answer = judge(claim(), unsaved("old", "old"), unsaved("old", "mid"))
    assert (answer.status, answer.unsaved) == (ClaimStatus.NOT_MEASURED, 2)
    assert [(one.type, one.count) for one in answer.errors] == [("NotImplementedError", 2)]


@pytest.mark.parametrize(
    "one",
    [
        fails("old", "mid", "ModuleNotFoundError"),
        unsaved("old", "mid", "ModuleNotFoundError"),
        JudgedCell(cell("old", "mid"), Verdict.NOT_RUN),
        JudgedCell(cell("old", "mid"), Verdict.UNAVAILABLE),
    ],
    ids=["the loader lacks a package", "the saver lacks one", "not run", "unavailable"],
)
@pytest.mark.parametrize("expected", list(Expected))
def test_an_unmeasured_cell_neither_confirms_nor_refutes(
    one: JudgedCell, expected: Expected
) -> None:
    strategy = Strategy.UNSAFE if expected is Expected.NEEDS else None
    answer = judge(claim(expected, strategy=strategy), one)
    assert (answer.status, answer.unmeasured) == (ClaimStatus.NOT_MEASURED, 1)


@pytest.mark.parametrize(
    ("where", "pairs"),
    [
        (Where(), 25),
        (Where(saver=(Condition("keras", "<3"),)), 15),
        (Where(loader=(Condition("tensorflow", "2.10"),)), 5),
        (Where(loader=(Condition("environment", "{old,mid}"),)), 10),
        (Where(loader=(Condition("backend", "theano"),)), 0),
        (Where(loader=(Condition("h5py", ">0"),)), 0),
        (Where(compare=(Comparison("keras", Relation.OLDER),)), 10),
        (Where(compare=(Comparison("environment", Relation.SAME),)), 5),
        (Where(compare=(Comparison("python", Relation.DIFFERENT),)), 20),
        (Where(compare=(Comparison("h5py", Relation.DIFFERENT),)), 0),
        (Where(own_reload=Expected.LOADS), 5),
        (Where(own_reload=Expected.FAILS), 20),
        (Where(control="other"), 1),
        (Where(formats=(Format.H5,)), 0),
        (Where(models=("a-*",)), 25),
        (Where(models=("b-*",)), 0),
    ],
)
def test_conditions_choose_cells(where: Where, pairs: int) -> None:
    cells = [*everywhere([("mid", "mid")]), loads("old", "new", "other")]
    where = where if where.models else replace(where, models=(CASE,))
    aside = Claim("aside", "x", "An article", "", Expected.LOADS, where=Where(models=("other",)))
    answer, _ = judge_claims([claim(where=where), aside], cells, ENVIRONMENTS)
    assert answer.confirming + answer.refuting == pairs


@pytest.mark.parametrize(
    ("pairs", "holds_for", "not_for"),
    [
        pytest.param(
            [(a, b) for a in NAMES for b in ("old", "mid", "last2")],
            "loader's Keras < 3",
            "loader's Keras >= 3",
            id="one threshold",
        ),
        pytest.param(
            [(a, b) for a in ("keras3", "new") for b in ("old", "mid")],
            "saver's Keras >= 3 and loader's Keras < 2.15",
            "saver's Keras < 3; or loader's Keras >= 2.15",
            id="two thresholds",
        ),
        pytest.param(
            [(a, a) for a in NAMES],
            "the same environment on both sides",
            "not the same environment on both sides",
            id="own reload",
        ),
        pytest.param(
            [(a, b) for i, a in enumerate(NAMES) for b in list(NAMES)[i:]],
            "saver's Keras older than loader's Keras; or the same environment on both sides",
            "saver's Keras newer than loader's Keras",
            id="forward",
        ),
    ],
)
def test_the_shortest_rule_is_given(
    pairs: list[tuple[str, str]], holds_for: str, not_for: str
) -> None:
    answer = judge(claim(), *everywhere(pairs))
    assert (answer.holds_for, answer.not_for) == (holds_for, not_for)


def test_pairs_are_listed_where_no_rule_is_short() -> None:
    pairs = [("old", "last2"), ("mid", "old"), ("mid", "new"), ("last2", "mid"), ("new", "keras3")]
    answer = judge(claim(), *everywhere(pairs))
    assert answer.holds_for == ("mid to old and new; old to last2; last2 to mid; new to keras3")


def test_the_model_is_named_where_pairs_do_not_decide() -> None:
    cells = [loads("old", "mid"), fails("old", "mid", model="b-case")]
    answer = judge(claim(where=Where()), *cells)
    assert (answer.holds_for, answer.not_for) == ("model a-case", "model b-case")


def test_which_keras_a_script_meets_is_unknown_alongside_tf_keras() -> None:
    both = record("new", tf_keras="2.21.0")
    assert "keras" not in facts_of(both, scripted=True).versions
    assert "keras" not in facts_of(both, scripted=False).versions
    legacy = replace(both, api="tf_keras")
    assert str(facts_of(legacy, scripted=False).versions["keras"]) == "2.21.0"
    assert str(facts_of(replace(both, api="keras"), scripted=False).versions["keras"]) == "3.15.1"
    assert str(facts_of(record("old"), scripted=False).versions["keras"]) == "2.2.4"


def test_claims_of_cases_and_sources_that_the_run_does_not_have_are_left_out() -> None:
    claims = [
        claim(),
        claim(case="b-case"),
        claim(case="", expected=None, unmeasurable="nobody counts"),
        claim(case="", source="Another", expected=None, unmeasurable="nobody counts"),
        claim(case="", where=Where(formats=(Format.H5,))),
    ]
    answers = judge_claims(claims, [loads("old", "mid")], ENVIRONMENTS)
    assert [(one.claim.source, one.status) for one in answers] == [
        ("An article", ClaimStatus.HOLDS),
        ("An article", ClaimStatus.NOT_MEASURED),
        ("An article", ClaimStatus.NOT_MEASURED),
    ]
    assert judge_claims(claims, [], ENVIRONMENTS) == ()


texts = st.sampled_from(["old", "mid", "new", "unknown"])
errors = st.none() | st.builds(ProbeError, st.text(max_size=8), st.text(max_size=8))
cells = st.builds(
    JudgedCell,
    st.builds(Cell, texts, st.sampled_from([CASE, "b"]), st.sampled_from(Format), texts),
    st.sampled_from(Verdict),
    error=errors,
    tried=st.lists(
        st.builds(
            attempted,
            st.sampled_from(Strategy),
            st.sampled_from(TryResult),
            lost=st.sampled_from([(), (Check.COMPILE,), (Check.STEP, Check.RE_SAVE)]),
            error=errors,
        ),
        max_size=3,
    ).map(tuple),
)
conditions = st.builds(
    Condition, st.sampled_from(["environment"]), st.sampled_from(["*", "old"])
) | st.builds(Condition, st.sampled_from(["keras", "none"]), st.sampled_from(["<3", "2.10"]))
wheres = st.builds(
    Where,
    models=st.sampled_from([(), ("*",), (CASE,)]),
    saver=st.lists(conditions, max_size=2).map(tuple),
    compare=st.lists(
        st.builds(Comparison, st.sampled_from(["keras", "none"]), st.sampled_from(Relation)),
        max_size=1,
    ).map(tuple),
    own_reload=st.sampled_from([None, Expected.LOADS]),
    control=st.sampled_from(["", "b"]),
)
claims = st.builds(
    Claim,
    st.just("one"),
    st.just("x"),
    st.just("y"),
    st.just(""),
    st.none() | st.sampled_from(Expected),
    strategy=st.none() | st.sampled_from(Strategy),
    checks=st.sampled_from([(), ("compile",)]),
    exceptions=st.sampled_from([(), ("ValueError",)]),
    message=st.sampled_from(["", "a"]),
    extent=st.sampled_from(Extent),
    where=wheres,
)


@given(claims, st.lists(cells, max_size=12))
def test_whatever_was_measured_a_claim_is_judged(one: Claim, judged: list[JudgedCell]) -> None:
    unique = tuple({each.cell: each for each in judged}.values())
    versions = [*map(record, ("old", "mid")), replace(record("new"), versions=(("keras", "?"),))]
    for answer in judge_claims([one], unique, versions):
        counted = answer.confirming + answer.refuting
        assert counted + answer.unsaved + answer.unmeasured <= len(unique)
        assert (answer.status is ClaimStatus.NOT_MEASURED) == (counted == 0)
        assert bool(answer.holds_for) == (answer.confirming > 0 and answer.refuting > 0)
