"""The cells of a round: every pair for a script, one stand-in for the saver of a file."""

from __future__ import annotations

from crossload.runner.checking.planning import Standing, Wanted, as_bare, distinct, plan_round
from crossload.runner.words import Format, SubjectTask
from tests.checking.examples import EVERY, TF26, TF115, TF215, TF221, cell, script, subject

LOADERS = Wanted(((TF215, TF215), (TF215, TF221), (TF221, TF221)), savers_are_given=False)


def test_a_file_is_loaded_everywhere_with_the_first_that_tries() -> None:
    plan = plan_round([Standing(subject(), (TF26,), ((TF215,),))], LOADERS, EVERY, "check")
    assert plan.cells == (cell(TF26, TF26), cell(TF26, TF215), cell(TF26, TF221))
    assert [str(one) for one in plan.saves] == [f"{TF26.id}/mine.h5"]
    assert plan.environments == (TF26, TF215, TF221)


def test_those_that_only_try_load_their_own_alone() -> None:
    plan = plan_round([Standing(subject(), (TF215, TF115), loads=False)], LOADERS, EVERY, "check")
    assert plan.cells == (cell(TF115, TF115), cell(TF215, TF215))


def test_given_savers_load_in_the_loaders_that_were_named() -> None:
    wanted = Wanted(((TF26, TF221), (TF215, TF221)), savers_are_given=True)
    plan = plan_round([Standing(subject(), wanted.savers)], wanted, EVERY, "check")
    assert plan.cells == (
        cell(TF26, TF26),
        cell(TF26, TF221),
        cell(TF215, TF215),
        cell(TF215, TF221),
    )


def test_a_script_is_saved_in_each_saver_and_format() -> None:
    formats = (Format.H5, Format.KERAS)
    wanted = Wanted(((TF215, TF221),), savers_are_given=True, formats=formats)
    plan = plan_round([Standing(script(), wanted.savers)], wanted, EVERY, "check")
    assert {(one.format, one.loader) for one in plan.cells} == {
        (form, loader.id) for form in formats for loader in (TF215, TF221)
    }
    assert len(plan.saves) == 2


def test_several_models_share_their_environments() -> None:
    standings = [Standing(subject(name), (TF215,)) for name in ("one", "two")]
    plan = plan_round(standings, LOADERS, EVERY, "check")
    assert plan.environments == (TF215, TF221)
    assert [one.name for one in plan.subjects] == ["one", "two"]


def test_environments_are_named_once_in_order() -> None:
    assert distinct([TF221, TF215, TF221]) == (TF221, TF215)
    assert LOADERS.loaders == (TF215, TF221)


def test_a_bare_file_is_the_same_but_for_its_task() -> None:
    bare = as_bare(subject())
    assert bare.task is SubjectTask.BARE
    assert bare.bundle.identity != subject().bundle.identity
