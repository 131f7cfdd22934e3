"""Runs that end badly: killed, interrupted, robbed of a probe, or two at once. Nothing is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from crossload.runner.ledger import Ledger, RunState
from crossload.runner.words import JobStatus, Verdict
from tests.integration.conftest import ROOT, crossload, read_report

pytestmark = pytest.mark.integration

StartRun = Callable[..., "subprocess.Popen[str]"]
CELLS_OF_PAIR = 16  # two models, two formats, four pairs


def recorded(home: Path) -> list[tuple[object, ...]]:
    """Every acknowledged attempt, as stored."""
    with closing(sqlite3.connect(f"file:{home / 'ledger.sqlite'}?mode=ro", uri=True)) as database:
        return sorted(database.execute("SELECT artifact, loader, strategy FROM attempt"))


def wait_for_attempts(home: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert process.poll() is None, "the run ended before it could be disturbed"
        try:
            if len(recorded(home)) >= count:
                return
        except sqlite3.OperationalError:  # no ledger yet
            pass
        time.sleep(0.02)
    pytest.fail(f"no {count} attempts within 240 s")


def probes_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The worker processes below a run."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            command = child.cmdline()
        except psutil.Error:
            continue
        if command[3:5] == ["/probes/start.py", "worker"]:
            found.append(child)
    return found


def assert_complete(folder: Path, home: Path) -> None:
    report = read_report(folder, home)
    assert len(report.cells) == CELLS_OF_PAIR
    assert Verdict.NOT_RUN not in {row.verdict for row in report.cells}


def test_kill_9_of_the_runner_loses_nothing_and_leaves_no_process(
    matrix_folder: Path, fresh_home: Path, start_run: StartRun
) -> None:
    with start_run() as run:
        wait_for_attempts(fresh_home, 5, run)
        below = psutil.Process(run.pid).children(recursive=True)
        run.kill()
    acknowledged = recorded(fresh_home)
    _, alive = psutil.wait_procs(below, timeout=3)
    assert alive == []
    again = crossload(matrix_folder, "run", "--profile", "pair", home=fresh_home)
    assert again.returncode == 0, again.stderr
    assert set(acknowledged) <= set(recorded(fresh_home))
    assert len(recorded(fresh_home)) == len(set(recorded(fresh_home))), "measured twice"
    with Ledger.open(fresh_home / "ledger.sqlite", read_only=True) as ledger:
        states = [facts.state for facts in ledger.runs()]
    assert states == [RunState.INTERRUPTED, RunState.FINISHED]
    assert_complete(matrix_folder, fresh_home)


def test_kill_9_of_a_probe_costs_one_job(
    matrix_folder: Path, fresh_home: Path, start_run: StartRun
) -> None:
    with start_run("--jobs", "1") as run:
        wait_for_attempts(fresh_home, 3, run)
        victims = probes_of(run)
        assert victims
        for victim in victims:
            victim.kill()
        _, err = run.communicate(timeout=600)
    assert run.returncode == 0, err
    report = read_report(matrix_folder, fresh_home)
    attempts = [one for row in report.cells for one in row.attempts]
    crashed = [one for one in attempts if one.status is JobStatus.CRASHED]
    assert len(crashed) <= 1, "one process at a time had a job"
    assert all("SIGKILL" in one.detail for one in crashed)
    assert_complete(matrix_folder, fresh_home)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
    ],
)
def test_an_interruption_ends_within_seconds_and_says_how_to_continue(
    matrix_folder: Path, fresh_home: Path, start_run: StartRun, number: signal.Signals, code: int
) -> None:
    with start_run() as run:
        wait_for_attempts(fresh_home, 2, run)
        run.send_signal(number)
        _, err = run.communicate(timeout=10)
    assert run.returncode == code
    assert "Traceback" not in err
    assert "everything measured so far is kept" in err
    before = recorded(fresh_home)
    again = crossload(matrix_folder, "run", "--profile", "pair", home=fresh_home)
    assert again.returncode == 0, again.stderr
    assert set(before) <= set(recorded(fresh_home))
    assert_complete(matrix_folder, fresh_home)


def test_a_second_run_at_once_is_asked_to_wait(
    matrix_folder: Path, fresh_home: Path, start_run: StartRun
) -> None:
    with start_run() as run:
        wait_for_attempts(fresh_home, 1, run)
        run.send_signal(signal.SIGSTOP)  # or it could be over before the second has begun
        second = crossload(matrix_folder, "run", "--profile", "pair", home=fresh_home)
        run.send_signal(signal.SIGCONT)
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=20)
    assert second.returncode == 6
    assert f"another run (process {run.pid})" in second.stderr


def test_a_lost_artifact_is_saved_again(matrix_folder: Path, fresh_home: Path) -> None:
    selection = ("--profile", "pair", "--model", "dense", "--format", "h5")
    assert crossload(matrix_folder, "run", *selection, home=fresh_home).returncode == 0
    stored = sorted((fresh_home / "artifacts").iterdir())
    for file in stored[0].rglob("*"):
        if file.is_file():
            file.unlink()
    again = crossload(matrix_folder, "run", *selection, home=fresh_home)
    assert again.returncode == 0, again.stderr
    verdicts = {row.verdict for row in read_report(matrix_folder, fresh_home).cells}
    assert verdicts <= {Verdict.SAME, Verdict.ASSISTED, Verdict.TRANSLATED, Verdict.PARTIAL}


def test_a_damaged_environment_is_built_again(matrix_folder: Path, tmp_path: Path) -> None:
    """In a home of its own: other tests use the shared environments at the same time."""
    home = tmp_path / "home"
    assert crossload(matrix_folder, "envs", "build", "tf2.15", home=home).returncode == 0
    (record,) = (home / "envs").glob("tf2.15-py*/crossload.json")
    record.unlink()
    listed = crossload(matrix_folder, "envs", "list", "tf2.15", home=home)
    assert "to be built" in listed.stdout
    built = crossload(matrix_folder, "envs", "build", "tf2.15", home=home)
    assert built.returncode == 0, built.stderr
    assert "built" in crossload(matrix_folder, "envs", "list", "tf2.15", home=home).stdout


def test_an_interruption_while_building_ends_the_build(matrix_folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "crossload", "envs", "build", "tf2.15", "--home", str(home)]
    with subprocess.Popen(
        command,
        cwd=matrix_folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as build:
        deadline = time.monotonic() + 60
        while not list((home / "envs").glob("tf2.15-py*/pyvenv.cfg")):
            assert time.monotonic() < deadline
            assert build.poll() is None
            time.sleep(0.02)
        below = psutil.Process(build.pid).children(recursive=True)
        build.send_signal(signal.SIGINT)
        _, err = build.communicate(timeout=15)
    assert build.returncode == 130, err
    assert "Traceback" not in err
    _, alive = psutil.wait_procs(below, timeout=3)
    assert alive == []
    done = crossload(matrix_folder, "envs", "build", "tf2.15", home=home)
    assert "1 of 1 environments can be used" in done.stdout, done.stderr
