"""`crossload run`, as far as it gets without a framework; and `crossload report` without a run."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.cli.options.measuring import add_keep_envs
from crossload.cli.run import check_started
from crossload.runner.errors import EnvironmentsError
from crossload.runner.home import Home, exclusive_run
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.records import EnvironmentProblem
from crossload.runner.request import time_limit
from crossload.runner.words import EnvironmentCause, EnvironmentState
from tests.cli.conftest import CommandLine
from tests.cli.matrices import BROKEN, IMPOSSIBLE, LOCKED, knows_wheels
from tests.reports.samples import environment, run_of, unavailable


def states(home: Path) -> list[RunState]:
    with Ledger.open(home / "ledger.sqlite", read_only=True) as ledger:
        return [facts.state for facts in ledger.runs()]


@knows_wheels
def test_without_a_usable_environment_it_says_why(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("run")
    assert (said.code, said.out) == (4, "")
    assert said.err.splitlines() == [
        "environments: 2",
        "  old-py3.3: impossible: TensorFlow 2.3.0 has no build for Python 3.3",
        "  new-py3.4: impossible: TensorFlow 2.21.0 has no build for Python 3.4",
        "environments: 2/2",
        "crossload: no environment of this plan could be used",
        "  the reasons are listed above; `crossload doctor` shows what is missing",
    ]
    assert states(crossload.home) == [RunState.FAILED]


@pytest.mark.usefixtures("only_this_interpreter")
def test_a_home_that_cannot_be_made_is_reported(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    (crossload.folder / "file").write_text("", encoding="utf-8")
    said = crossload("run", "--home", "file")
    assert said.code == 7
    assert said.err.splitlines() == [
        f"crossload: cannot write to {str(crossload.folder / 'file')!r}: Not a directory",
        "  choose a writable folder with --home",
    ]


def test_two_runs_do_not_share_a_home(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    with exclusive_run(Home(crossload.home)):
        said = crossload("run")
    assert said.code == 6
    assert said.err.splitlines() == [
        f"crossload: another run (process {os.getpid()}) is using {str(crossload.home)!r}",
        "  wait until it has ended, or give this one its own folder with --home",
    ]


def test_a_damaged_ledger_is_kept_aside_and_the_next_run_has_a_new_one(
    crossload: CommandLine,
) -> None:
    crossload.matrix(IMPOSSIBLE)
    ledger = crossload.home / "ledger.sqlite"
    ledger.write_bytes(b"this is no database at all")
    said = crossload("run")
    assert said.code == 5
    (aside,) = crossload.home.glob("ledger.sqlite.corrupt-*")
    assert aside.read_bytes() == b"this is no database at all"
    assert said.err.splitlines() == [
        (
            f"crossload: the ledger {str(ledger)!r} is damaged: file is not a database; "
            f"it was set aside as {aside.name!r}"
        ),
        "  run again: a new ledger is started; the old file may still be readable with 'sqlite3'",
    ]
    assert crossload("run").code == 4
    assert states(crossload.home) == [RunState.FAILED]


def test_a_selection_without_cells_is_reported(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE + '  none: {environments: [old], pairs: [["new", "old"]]}\n')
    said = crossload("run", "--profile", "none")
    assert said.code == 2
    assert said.err.splitlines() == [
        "crossload: the profile 'none' and the options given leave nothing to run",
        "  `crossload plan` shows what there is",
    ]


def test_a_pattern_that_selects_nothing_is_reported(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    said = crossload("run", "--cell", "*/dense.h5/tf3*")
    assert said.code == 2
    assert said.err.splitlines()[0] == "crossload: --cell '*/dense.h5/tf3*' matches nothing"


def test_a_broken_matrix_stops_it(crossload: CommandLine) -> None:
    crossload.matrix(BROKEN)
    assert crossload("run").code == 3
    assert not (crossload.home / "ledger.sqlite").exists()


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1001"])
def test_the_number_of_jobs_is_checked(crossload: CommandLine, jobs: str) -> None:
    said = crossload("run", f"--jobs={jobs}")
    assert said.code == 2
    expected = f"argument --jobs/-j: {jobs!r} is not a number from 1 to 1000"
    assert said.err.splitlines()[-1] == f"crossload run: error: {expected}"


@pytest.mark.parametrize("minutes", ["0", "-1", "soon", "nan", "10001"])
def test_the_number_of_minutes_is_checked(crossload: CommandLine, minutes: str) -> None:
    said = crossload("run", f"--minutes={minutes}")
    assert said.code == 2
    expected = f"{minutes!r} is not a number of minutes, above 0 and at most 10000"
    assert said.err.splitlines()[-1] == f"crossload run: error: argument --minutes: {expected}"


@pytest.mark.parametrize("size", ["30", "GB", "-1GB", "30 kB", "1e9GB", "1.2345GB"])
def test_the_size_of_environments_is_checked(crossload: CommandLine, size: str) -> None:
    said = crossload("run", f"--keep-envs={size}")
    assert said.code == 2
    expected = f"argument --keep-envs: {size!r} is not a size such as 30GB or 800MB"
    assert said.err.splitlines()[-1] == f"crossload run: error: {expected}"


@pytest.mark.parametrize(
    ("text", "size"), [("30GB", 30 * 10**9), ("1.5 gb", 1_500_000_000), ("800MB", 8 * 10**8)]
)
def test_a_size_is_a_number_of_bytes(text: str, size: int) -> None:
    parser = argparse.ArgumentParser()
    add_keep_envs(parser)
    assert parser.parse_args(["--keep-envs", text]).keep_envs == size


@pytest.mark.parametrize(("minutes", "over"), [(None, False), (1e-9, True), (9999.0, False)])
def test_a_limit_is_over_once_its_minutes_have_passed(minutes: float | None, *, over: bool) -> None:
    is_over = time_limit(minutes)
    assert is_over() is over


def test_report_wants_a_run(crossload: CommandLine) -> None:
    said = crossload("report")
    assert said.code == 2
    assert said.err.splitlines() == [
        f"crossload: there is no ledger at {str(crossload.home / 'ledger.sqlite')!r}",
        "  run `crossload run` first",
    ]


@knows_wheels
def test_report_draws_a_run_that_measured_nothing(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    crossload("run")
    said = crossload("report")
    assert said.code == 0
    assert said.out.splitlines()[0] == "Nothing was measured."
    assert (crossload.home / "report" / "index.html").is_file()


def test_a_built_environment_that_does_not_start_is_not_a_success() -> None:
    fine = environment(0)
    problem = EnvironmentProblem(
        EnvironmentState.UNAVAILABLE, EnvironmentCause.PROBE_FAILED, "its probe does not start"
    )
    broken = replace(environment(1), problem=problem)
    ended = run_of([fine, broken, unavailable(environment(2))], []).snapshot
    with pytest.raises(EnvironmentsError) as raised:
        check_started(ended.environments)
    assert str(raised.value) == f"built, but could not be used: {broken.id}"
    assert raised.value.exit_code == 4
    check_started(run_of([fine, unavailable(environment(2))], []).snapshot.environments)
