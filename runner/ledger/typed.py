"""What old runs were about, recovered from their command lines.

Owns that one recovery: for a ledger or an export from before the kind of a run and its models were
recorded. Runs of today bring both; nothing else may parse a command line.
"""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from crossload.runner.records import SubjectRecord
from crossload.runner.untrusted.text import clean
from crossload.runner.words import RunKind, SubjectTask

_NUMBERED = re.compile(r"-\d+$")
_LONGEST_NAME = 60


def kind_of(profile: str) -> RunKind:
    """The kind of an old run: those about a user's models named it in place of a profile."""
    return RunKind(profile) if profile in set(RunKind) else RunKind.RUN


def subjects_in(command: str, kind: RunKind, models: Iterable[str]) -> tuple[SubjectRecord, ...]:
    """The user's models that the command of a run names, in the order of `models`."""
    try:
        words = list(_arguments(shlex.split(command)))
    except ValueError:  # no closing quotation: the command was cut when it was kept
        return ()
    if kind is RunKind.RUN:
        return ()
    known = set(models)
    found = ((model, _path(model, words, known)) for model in dict.fromkeys(models))
    return tuple(
        SubjectRecord(model, path, _task(model, path, kind)) for model, path in found if path
    )


def fill_subjects(connection: sqlite3.Connection) -> None:
    """Add kind and models to every run of a ledger, as the last step of their migration."""
    for run_id, command, profile in connection.execute(
        "SELECT id, command, profile FROM run"
    ).fetchall():
        fill_run(connection, run_id, command, kind_of(profile))


def fill_run(connection: sqlite3.Connection, run_id: int, command: str, kind: RunKind) -> None:
    """Add kind and models to one run."""
    rows = connection.execute(
        """SELECT model FROM run_cell WHERE run_id = ? AND format <> 'script'
            GROUP BY model ORDER BY min(position)""",
        (run_id,),
    )
    subjects = subjects_in(command, kind, [str(model) for (model,) in rows])
    connection.execute("UPDATE run SET kind = ? WHERE id = ?", (str(kind), run_id))
    connection.executemany(
        "INSERT INTO subject (run_id, position, name, path, task) VALUES (?, ?, ?, ?, ?)",
        (
            (run_id, position, one.name, clean(one.path), str(one.task))
            for position, one in enumerate(subjects)
        ),
    )


def _arguments(words: list[str]) -> Iterator[str]:
    """Words that may be models, the values of options last."""
    later = []
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith("-"):
            continue
        if before.startswith("-"):
            later.append(word)
        else:
            yield word
    yield from later


def _path(model: str, words: list[str], models: Collection[str]) -> str:
    """The word of the command that was called `model` in cells; empty where there is none."""
    for exactly in (True, False):
        for word in words:
            if _is_called(word, model, models, exactly=exactly):
                return word
    return ""


def _is_called(word: str, model: str, models: Collection[str], *, exactly: bool) -> bool:
    base = _base_name(Path(word))
    own = f"own-{base}"  # where a reference model has the name
    names = {own} if own in models else {base}
    return model in names or (not exactly and _NUMBERED.sub("", model) in names)


def _base_name(path: Path) -> str:
    absolute = path.absolute()
    stem = absolute.parent.name if path.name == "saved_model.pb" else absolute.stem
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:_LONGEST_NAME] or "model"


def _task(model: str, path: str, kind: RunKind) -> SubjectTask:
    base = _base_name(Path(path))
    if kind is RunKind.MIGRATE and model not in {base, f"own-{base}"}:
        return SubjectTask.CONVERT
    return SubjectTask.BUILD if path.endswith(".py") else SubjectTask.ADOPT
