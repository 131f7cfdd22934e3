"""What is recovered of old runs, which kept their command line alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger
from crossload.runner.ledger.migrations import migrate
from crossload.runner.ledger.schema import MIGRATIONS
from crossload.runner.ledger.typed import kind_of, subjects_in
from crossload.runner.records import SubjectRecord
from crossload.runner.words import RunKind, SubjectTask

BEFORE = 3  # migrations of a ledger without subjects


@pytest.mark.parametrize(
    ("command", "model", "path"),
    [
        ("crossload check -v models/mine.h5", "mine", "models/mine.h5"),
        ("crossload check --custom-objects mine.py x/mine.h5", "mine", "x/mine.h5"),
        ("crossload check a.h5 'b/my model.keras'", "my-model", "b/my model.keras"),
        ("crossload check a/mine.h5 b/mine.h5", "mine-2", "a/mine.h5"),
        ("crossload check dense.h5", "own-dense", "dense.h5"),
        ("crossload check /m/mine/saved_model.pb", "mine", "/m/mine/saved_model.pb"),
    ],
)
def test_the_path_is_the_word_of_the_command(command: str, model: str, path: str) -> None:
    expected = (SubjectRecord(model, path, SubjectTask.ADOPT),)
    assert subjects_in(command, RunKind.CHECK, [model]) == expected


@pytest.mark.parametrize(
    ("command", "model"),
    [
        ("crossload check models", "mine"),
        ("crossload check 'open", "mine"),
        ("crossload upgrade 2.10 2.15", "dense"),
    ],
)
def test_a_model_that_no_word_names_is_not_known(command: str, model: str) -> None:
    assert subjects_in(command, RunKind.CHECK, [model]) == ()


def test_a_name_of_a_reference_model_is_its_own() -> None:
    found = subjects_in("crossload upgrade 1 2 dense.h5", RunKind.UPGRADE, ["dense", "own-dense"])
    assert [one.name for one in found] == ["own-dense"]


@pytest.mark.parametrize(
    ("command", "kind", "task"),
    [
        ("crossload migrate mine.h5", RunKind.MIGRATE, SubjectTask.CONVERT),
        ("crossload check mine.py", RunKind.CHECK, SubjectTask.BUILD),
        ("crossload check mine.h5", RunKind.CHECK, SubjectTask.ADOPT),
    ],
)
def test_the_task_follows_from_the_command(command: str, kind: RunKind, task: SubjectTask) -> None:
    assert [one.task for one in subjects_in(command, kind, ["mine-2"])] == [task]


def test_the_kind_stood_in_place_of_a_profile() -> None:
    assert [kind_of(one) for one in ("check", "migrate", "quick")] == [
        RunKind.CHECK,
        RunKind.MIGRATE,
        RunKind.RUN,
    ]


@pytest.fixture
def old(path: Path) -> Path:
    """A ledger from before: a run of two models, one of them a case, and one of a profile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, MIGRATIONS[:BEFORE])
        connection.execute("INSERT INTO limits VALUES (1, 1, 1, 1, 1, 1)")
        for command, profile in (
            ("crossload check a/mine.h5 scripted", "check"),
            ("crossload run", "quick"),
        ):
            connection.execute(
                """INSERT INTO run (command, profile, started, state, host, pid, crossload,
                    relative, noise_factor, ceiling, step, limits_id)
                    VALUES (?, ?, '2024-01-01T00:00:00+00:00', 'finished', '', 0, '0.1',
                    0, 0, 0, 0, 1)""",
                (command, profile),
            )
        connection.executemany(
            "INSERT INTO run_cell VALUES (1, ?, 'a', ?, ?, 'b')",
            [(0, "mine", "h5"), (1, "scripted", "script")],
        )
    return path


@pytest.mark.parametrize("read_only", [True, False])
def test_an_old_ledger_gets_the_subjects_of_its_runs(old: Path, *, read_only: bool) -> None:
    with Ledger.open(old, read_only=read_only) as ledger:
        first, second = (one.start for one in ledger.runs())
    assert (first.kind, second.kind) == (RunKind.CHECK, RunKind.RUN)
    assert first.subjects == (SubjectRecord("mine", "a/mine.h5", SubjectTask.ADOPT),)
    assert second.subjects == ()


def test_a_reader_leaves_an_old_ledger_as_it_is(old: Path) -> None:
    before = old.read_bytes()
    Ledger.open(old, read_only=True).close()
    assert old.read_bytes() == before
