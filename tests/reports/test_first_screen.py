"""The numbers of the first screen: which environments, which counts, which sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.reports.document import CellRow, Report
from crossload.reports.fact import fact
from crossload.reports.gather import gather_judged
from crossload.reports.labels import cell_label
from crossload.reports.links import filter_link
from crossload.reports.loads import first_screen
from crossload.reports.places import places
from crossload.reports.tallies import percent, tallies
from crossload.runner.records import Cell
from crossload.runner.words import Check, Format, Strategy, Verdict
from tests.reports.samples import environment, judged_cell, run_of

OLD, NEW = environment(4), environment(5)  # TensorFlow 2.15 with Keras 2, 2.16 with Keras 3


def report_of(cells: dict[tuple[str, str, str], Verdict]) -> Report:
    """One H5 file per (model, saver, loader)."""
    judged = [
        judged_cell(Cell(saver, model, Format.H5, loader), verdict)
        for (model, saver, loader), verdict in cells.items()
    ]
    run = run_of([OLD, NEW], judged)
    return gather_judged(run.snapshot, run.judged)


@pytest.fixture
def crossing() -> Report:
    return report_of(
        {
            ("a", OLD.id, NEW.id): Verdict.SAME,
            ("b", OLD.id, NEW.id): Verdict.PARTIAL,
            ("c", OLD.id, NEW.id): Verdict.TRANSLATED,
            ("d", OLD.id, NEW.id): Verdict.DIFFERS,
            ("a", NEW.id, OLD.id): Verdict.FAILS,
            ("a", OLD.id, OLD.id): Verdict.SAME,
        }
    )


def test_the_newest_keras_comes_first_and_an_older_one_starts_behind_an_edge(
    crossing: Report,
) -> None:
    found = places(crossing)
    assert [(one.name, one.keras, one.edge) for one in found] == [
        ("TF 2.16", 3, False),
        ("TF 2.15", 2, True),
    ]


def test_an_unusable_environment_is_not_offered(report: Report) -> None:
    assert report.environments[0].problem is not None
    assert report.environments[0].id not in {one.id for one in places(report)}


def test_one_environment_stands_for_a_version_and_the_rest_is_folded() -> None:
    rows = [environment(index) for index in range(6)]
    special = [replace(row, id=f"special-{row.id}", resolve="latest") for row in rows]
    run = run_of([*rows, *special], [])
    found = places(gather_judged(run.snapshot, ()))
    assert {one.id for one in found if one.mainline} == {row.id for row in rows}
    assert {one.id for one in found if one.folded} == {row.id for row in special}
    assert sum(one.edge for one in found) == 1


def test_shares_count_what_loads_as_it_is_and_with_help(crossing: Report) -> None:
    screen = first_screen(crossing, places(crossing), tallies(crossing.cells), filter_link)
    (table,) = screen.tables
    square = table.rows[1].cells[0][0]
    assert square is not None
    assert (square.plain, square.whole, square.help, square.silent) == (50, 75, 25, 1)
    assert square.link == f"#?saver={OLD.id}&format=h5&loader={NEW.id}"
    (bar,) = screen.bars
    assert bar.shares == (("in newer versions", 50, 75, 4), ("in older versions", 0, 0, 1))


def test_an_upgrade_names_the_worst_first(crossing: Report) -> None:
    screen = first_screen(crossing, places(crossing), tallies(crossing.cells), filter_link)
    (step,) = screen.upgrades
    assert (step.old.name, step.new.name) == ("TF 2.15", "TF 2.16")
    assert [words for _, _, words in step.parts] == [
        "is silently wrong",
        "is translated by crossload",
        "loses training state",
        "loads as it is",
    ]


def test_the_fact_leaves_out_an_environment_that_loads_its_own_file(crossing: Report) -> None:
    assert fact(tallies(crossing.cells), places(crossing)) == (
        "A plain load works for 50% of models from Keras 2 to 3 and 0% from Keras 3 to 2."
    )


def test_the_fact_tells_of_the_two_newest_generations(crossing: Report) -> None:
    found = [replace(one, keras=one.keras - 1) for one in places(crossing) if one.keras]
    third = replace(found[-1], id="newest", keras=3)
    assert (
        fact(tallies(crossing.cells), [*found, third]) == ""
    )  # nothing was loaded between 2 and 3
    assert "from Keras 1 to 2" in fact(tallies(crossing.cells), found)


def test_damaged_files_count_nowhere(crossing: Report) -> None:
    rows = [replace(row, damaged=True) for row in crossing.cells]
    assert tallies(rows) == {}


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 1000, 0), (1, 1000, 1), (999, 1000, 99), (1000, 1000, 100), (1, 3, 33), (0, 0, 0)],
)
def test_no_exception_is_rounded_away(part: int, whole: int, shown: int) -> None:
    assert percent(part, whole) == shown


@pytest.mark.parametrize(
    ("verdict", "strategy", "lost", "label"),
    [
        pytest.param(Verdict.SAME, Strategy.PLAIN, (), "as it is", id="same"),
        pytest.param(Verdict.PARTIAL, None, (Check.STEP,), "loses training state", id="training"),
        pytest.param(
            Verdict.PARTIAL, None, (Check.RE_SAVE,), "cannot be saved again", id="re-save"
        ),
        pytest.param(Verdict.ASSISTED, Strategy.UNSAFE, (), "needs a flag", id="flag"),
        pytest.param(Verdict.ASSISTED, Strategy.CUSTOM_OBJECTS, (), "needs your class", id="class"),
        pytest.param(Verdict.DIFFERS, None, (), "silently wrong", id="differs"),
    ],
)
def test_a_label_is_in_a_users_words(
    verdict: Verdict, strategy: Strategy | None, lost: tuple[Check, ...], label: str
) -> None:
    row = CellRow("a/m.h5/b", "a", "m", Format.H5, "b", verdict, strategy=strategy, lost=lost)
    assert cell_label(row) == label
