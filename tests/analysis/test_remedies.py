"""Remedies: each way of trying one, and the state it comes to in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from packaging.version import Version

from crossload.runner.analysis import JudgedCell, Tried, TryResult
from crossload.runner.analysis.judged import Names
from crossload.runner.analysis.remedies import Trials
from crossload.runner.causes import (
    Catalogue,
    Cause,
    CellRemedy,
    EnvironmentFacts,
    Family,
    RemedyState,
    facts_of,
)
from crossload.runner.causes.form import CauseForm, RemedyForm
from crossload.runner.records import Cell, EnvironmentRecord
from crossload.runner.words import Check, Format, Strategy, Verdict
from tests.runs import attempted

NEW = {"keras": Version("3.1.1")}
OLD_H5PY = {"h5py": Version("2.10")}
CELL = Cell("old", "dense", Format.H5, "new")
CAUSE = Cause("one", Family.FORMAT, "a sentence about it")
VERSIONS = {
    "old": "2.10.0",
    "middle": "2.15.0",
    "new": "3.1.1",
    "newer": "3.6.0",
    "newest": "3.15.1",
}


def facts() -> Mapping[str, EnvironmentFacts]:
    records = (
        EnvironmentRecord(
            name, name, "", "tf.keras", "tensorflow", "3.11", "linux", "period", (("keras", keras),)
        )
        for name, keras in VERSIONS.items()
    )
    return {one.id: facts_of(one) for one in records}


def failing(cell: Cell = CELL, *tried: Tried) -> JudgedCell:
    plain = attempted(Strategy.PLAIN, TryResult.REFUSED)
    return JudgedCell(cell, Verdict.FAILS, tried=(plain, *tried), cause=CAUSE)


def other(
    verdict: Verdict = Verdict.SAME, lost: tuple[Check, ...] = (), **where: Any
) -> JudgedCell:
    return JudgedCell(CELL._replace(**where), verdict, lost=lost)


def fared(
    way: dict[str, Any],
    judged: JudgedCell,
    *others: JudgedCell,
    known: Mapping[str, EnvironmentFacts] | None = None,
) -> tuple[str, str]:
    """State and evidence of one remedy for `judged`, in a run that has `others` too."""
    found = remedy_of(way, judged, *others, known=known)
    return str(found.state), found.evidence


def remedy_of(
    way: dict[str, Any],
    judged: JudgedCell,
    *others: JudgedCell,
    known: Mapping[str, EnvironmentFacts] | None = None,
) -> CellRemedy:
    (found,) = remedies_of(way, judged, *others, known=known)
    return found


def remedies_of(
    way: dict[str, Any],
    judged: JudgedCell,
    *others: JudgedCell,
    known: Mapping[str, EnvironmentFacts] | None = None,
    broken: tuple[str, ...] = (),
    adopted: tuple[str, ...] = (),
) -> tuple[CellRemedy, ...]:
    remedy = RemedyForm.model_validate({"id": "it", "sentence": "do something else", **way})
    cause = CauseForm.model_validate(
        {
            "id": "one",
            "family": "format",
            "sentence": "a sentence about it",
            "when": {"message": "bad marshal data"},
            "remedies": "it",
        }
    )
    catalogue = Catalogue((cause,), {"it": remedy})
    run = [(one.cell, one) for one in (judged, *others)]
    trials = Trials(run, known or facts(), catalogue, broken, adopted)
    return trials.remedies(judged.cell, judged)


@pytest.mark.parametrize(
    ("tried", "state"),
    [
        ((attempted(Strategy.NO_COMPILE, TryResult.AGREES),), "worked"),
        ((attempted(Strategy.NO_COMPILE, TryResult.REFUSED),), "did-not-help"),
        ((attempted(Strategy.NO_COMPILE, TryResult.DIFFERS),), "did-not-help"),
        ((attempted(Strategy.NO_COMPILE, TryResult.UNPROVED),), "unproved"),
        ((attempted(Strategy.REBUILD_WEIGHTS, TryResult.AGREES),), "not-tried"),
        ((), "not-tried"),
    ],
)
def test_a_strategy_is_tried_by_an_attempt(tried: tuple[Tried, ...], state: str) -> None:
    assert fared({"strategy": "no-compile"}, failing(CELL, *tried)) == (state, "")


@pytest.mark.parametrize(
    ("lost", "state"),
    [
        ((), "worked"),
        ((Check.RE_SAVE,), "worked"),
        ((Check.OPTIMIZER, Check.STEP), "did-not-help"),
    ],
)
def test_a_strategy_that_loses_the_same_does_not_help(lost: tuple[Check, ...], state: str) -> None:
    plain = attempted(Strategy.PLAIN, TryResult.AGREES, lost=(Check.STEP,))
    given = attempted(Strategy.CUSTOM_OBJECTS, TryResult.AGREES, lost=lost)
    partial = JudgedCell(
        CELL, Verdict.PARTIAL, lost=(Check.STEP,), tried=(plain, given), cause=CAUSE
    )
    assert fared({"strategy": "custom-objects"}, partial) == (state, "")


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.SAME, "worked"),
        (Verdict.PARTIAL, "worked"),
        (Verdict.ASSISTED, "did-not-help"),
        (Verdict.DIFFERS, "did-not-help"),
        (Verdict.CRASHES, "did-not-help"),
        (Verdict.NOT_RUN, "not-tried"),
        (Verdict.UNAVAILABLE, "not-tried"),
    ],
)
def test_a_format_is_tried_by_the_cell_of_the_same_pair(verdict: Verdict, state: str) -> None:
    cells = other(verdict, format=Format.KERAS), other(format=Format.KERAS, loader="newer")
    assert fared({"format": "keras"}, failing(), *cells) == (state, "")


def test_a_file_that_no_saver_writes_is_no_remedy() -> None:
    unsaved = other(Verdict.UNSAVED, format=Format.KERAS)
    assert remedies_of({"format": "keras"}, failing(), unsaved) == ()
    way = {"saver": {"keras": ">=3.3"}}
    one, another = (other(Verdict.UNSAVED, saver=name) for name in ("newer", "newest"))
    assert remedies_of(way, failing(), one, another) == ()
    assert fared(way, failing(), one) == ("not-tried", "")


def test_the_packages_of_the_environment_that_is_broken_are_changed() -> None:
    way = {"loader": {"keras": "<3"}}
    cell = replace(failing(Cell("newest", "dense", Format.H5, "old")), verdict=Verdict.UNAVAILABLE)
    assert remedies_of(way, cell) == ()
    (found,) = remedies_of(way, cell, broken=("newest",))
    assert found.state is RemedyState.NOT_TRIED


def test_nothing_is_done_with_a_file_that_was_not_saved() -> None:
    cell = replace(failing(), verdict=Verdict.UNSAVED)
    ways: list[dict[str, Any]] = [{"strategy": "no-compile"}, {"loader": {"keras": ">=3.3"}}]
    for way in ways:
        assert remedies_of(way, cell) == ()
        assert len(remedies_of(way, cell, adopted=("dense",))) == 1
    assert len(remedies_of({"saver": {"keras": ">=3.3"}}, cell)) == 1


def test_a_remedy_names_the_place_in_the_file() -> None:
    way = {"manual": True, "sentence": "change {configuration}"}
    (found,) = remedies_of(way, failing())
    assert found.sentence == "change the attribute model_config"


def test_the_nearest_loader_that_works_is_named() -> None:
    way = {"loader": {"keras": ">=3.3"}}
    both = other(loader="newest"), other(loader="newer")
    assert fared(way, failing(), *both) == ("worked", "newer")
    one = other(loader="newest"), other(Verdict.FAILS, loader="newer")
    assert fared(way, failing(), *one) == ("worked", "newest")
    none = other(Verdict.FAILS, loader="newest"), other(Verdict.FAILS, loader="newer")
    assert fared(way, failing(), *none) == ("did-not-help", "newer")


def test_help_against_another_cause_is_named_and_plain_loading_comes_first() -> None:
    way = {"loader": {"keras": ">=3.3"}}
    elsewhere = Cause("another", Family.TRAINING_STATE, "a sentence about it")
    helped = replace(
        other(Verdict.ASSISTED, loader="newer"), strategy=Strategy.NO_COMPILE, cause=elsewhere
    )
    assert fared(way, failing(), helped) == ("worked", "newer, with no-compile")
    assert fared(way, failing(), replace(helped, cause=CAUSE)) == ("did-not-help", "newer")
    assert fared(way, failing(), helped, other(loader="newest")) == ("worked", "newest")
    partial = JudgedCell(CELL, Verdict.PARTIAL, lost=(Check.STEP,), cause=CAUSE)
    assert fared(way, partial, helped) == ("did-not-help", "newer")


def test_a_loader_that_is_not_of_that_kind_proves_nothing() -> None:
    way = {"loader": {"keras": ">=3.3"}}
    assert fared(way, failing(), other(loader="middle")) == ("not-tried", "")


@pytest.mark.parametrize(("side", "generation"), [("loader", 3), ("saver", 2)])
def test_what_the_cell_has_already_is_not_offered(side: str, generation: int) -> None:
    with pytest.raises(ValueError, match="expected 1, got 0"):
        fared({side: {"generation": generation}}, failing())


def test_weights_alone_need_the_code_that_built_the_model() -> None:
    way = {"format": "weights-h5"}
    assert fared(way, failing(), other(format=Format.WEIGHTS_H5)) == ("needs-code", "")
    assert fared({"format": "keras"}, failing(), rebuilt()) == ("needs-code", "")


def rebuilt() -> JudgedCell:
    return replace(other(Verdict.REBUILT, format=Format.KERAS), strategy=Strategy.REBUILD_WEIGHTS)


def test_an_export_helps_only_where_prediction_is_the_most_that_is_left() -> None:
    way = {"format": "export"}
    exported = other(format=Format.EXPORT)
    assert fared(way, failing(), exported) == ("worked", "")
    translated = replace(failing(), verdict=Verdict.TRANSLATED)
    assert fared(way, translated, exported) == ("did-not-help", "")


def test_a_package_is_replaced_where_nothing_else_is_different() -> None:
    way = {"loader": {"h5py": "<3"}}
    old = replace(facts()["new"], id="older-h5py", versions={**NEW, "h5py": Version("2.10")})
    far = replace(facts()["middle"], versions={**facts()["middle"].versions, **OLD_H5PY})
    known = {**facts(), "new": replace(facts()["new"], versions={**NEW, "h5py": Version("3.1")})}
    proofs = other(loader="older-h5py"), other(loader="middle")
    both = {**known, "older-h5py": old, "middle": far}
    assert fared(way, failing(), *proofs, known=both) == ("worked", "older-h5py")
    assert fared(way, failing(), *proofs, known={**known, "middle": far}) == ("not-tried", "")


def test_the_code_of_a_strategy_is_what_its_attempt_executed() -> None:
    recipe = 'import keras\n\nmodel = keras.models.load_model("$FILE", compile=False)\n'
    ran = attempted(Strategy.NO_COMPILE, TryResult.AGREES, recipe=recipe)
    cell = replace(failing(CELL, ran), names=Names("mine.h5"))
    assert remedy_of({"strategy": "no-compile"}, cell).code == (
        'import keras\n\nmodel = keras.models.load_model("mine.h5", compile=False)'
    )
    assert remedy_of({"strategy": "no-compile"}, failing()).code == ""


def test_another_saver_is_tried_by_its_own_file() -> None:
    way = {"saver": {"generation": 3}}
    assert fared(way, failing(), other(saver="newer")) == ("worked", "newer")
    assert fared(way, failing(), other(Verdict.DIFFERS, saver="newer")) == ("did-not-help", "newer")


VIA = {"via": {"environment": {"generation": 2}, "format": "keras"}}
THERE = other(loader="middle")
HERE = other(saver="middle", format=Format.KERAS)


def test_a_third_environment_needs_both_ways() -> None:
    assert fared(VIA, failing(), THERE, HERE) == ("worked", "middle, as keras")


def test_a_way_that_loses_the_same_on_its_first_half_does_not_help() -> None:
    losing = other(Verdict.PARTIAL, (Check.OPTIMIZER,), loader="middle")
    lost = replace(failing(), verdict=Verdict.PARTIAL, lost=(Check.OPTIMIZER,))
    assert fared(VIA, lost, losing, HERE) == ("did-not-help", "middle, as keras")
    assert fared(VIA, failing(), THERE) == ("not-tried", "")
    assert fared(VIA, failing(), HERE) == ("not-tried", "")
    for broken in (
        (replace(THERE, verdict=Verdict.FAILS), HERE),
        (THERE, replace(HERE, verdict=Verdict.FAILS)),
    ):
        assert fared(VIA, failing(), *broken) == ("did-not-help", "middle, as keras")


def test_work_by_hand_cannot_be_tried() -> None:
    assert fared({"manual": True}, failing()) == ("cannot-be-tried", "")


@pytest.mark.parametrize(
    ("verdict", "lost", "state"),
    [
        (Verdict.SAME, (), "worked"),
        (Verdict.PARTIAL, ("compile",), "worked"),
        (Verdict.PARTIAL, ("optimizer",), "did-not-help"),
        (Verdict.ASSISTED, (), "did-not-help"),
    ],
)
def test_what_was_lost_must_not_be_lost_again(
    verdict: Verdict, lost: tuple[Check, ...], state: str
) -> None:
    judged = JudgedCell(CELL, Verdict.PARTIAL, lost=(Check.OPTIMIZER, Check.STEP), cause=CAUSE)
    way = {"format": "keras"}
    assert fared(way, judged, other(verdict, lost, format=Format.KERAS)) == (state, "")


def test_a_remedy_of_the_next_obstacle_alone_is_marked() -> None:
    way = RemedyForm.model_validate({"id": "it", "sentence": "do something else", "manual": True})
    about = {"family": "format", "sentence": "a sentence about it", "when": {"message": "bad data"}}
    first, second = (
        CauseForm.model_validate({**about, "id": one, "remedies": remedies})
        for one, remedies in (("one", ["it"]), ("two", ["it", "other"]))
    )
    other = way.model_copy(update={"id": "other"})
    catalogue = Catalogue((first, second), {"it": way, "other": other})
    judged = replace(failing(), behind=replace(CAUSE, id="two"))
    found = Trials((), {}, catalogue).remedies(CELL, judged)
    assert [(one.id, one.behind) for one in found] == [("it", False), ("other", True)]


def test_states_are_given_once_for_the_cause_and_the_one_behind_it() -> None:
    trials = Trials((), {}, Catalogue((), {}))
    assert trials.remedies(CELL, replace(failing(), behind=CAUSE)) == ()
    assert RemedyState("worked") is RemedyState.WORKED
