"""One run out of the ledger, line by line, with every text once and nothing that names a machine.

Owns the order of lines and what is hidden. `runner.ledger.spelling` knows how each value is
spelled, `runner.ledger.exported` what the file is like.
"""

from __future__ import annotations

import hashlib
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TypeAlias

from crossload.runner.ledger import outcomes, reading, spelling
from crossload.runner.ledger.exported import LineWriter
from crossload.runner.ledger.outcomes import Rows
from crossload.runner.ledger.snapshot import RunFacts
from crossload.runner.records import AttemptOutcome, EnvironmentRecord, SubjectRecord

Hide: TypeAlias = Callable[[str], str]
_AT_A_TIME = 2000  # attempts in memory at once
# The folder of generated things is named in every traceback, also where it was another one then.
_ENVIRONMENTS = r"(?<![\w.~-])/(?:[^\s/'\"]+/)+(?=envs/[\w.+-]+/lib)"

# The folders of the absolute paths in a command line.
_FOLDERS = re.compile(r"(?<![\w.~>:/-])/+(?:[^\s/'\"]+/+)*(?=[^\s/'\"])")


def hiding(home: Path, project: Path) -> Hide:
    """What replaces this machine's name and the folders of this project in any text.

    Args:
        home: the folder of generated things, absolute.
        project: the folder of the matrix, absolute.
    """
    folders = {str(home): "<home>", str(project): "<project>", str(Path.home()): "~"}
    found = {name: word for name, word in folders.items() if len(name) > 1}
    host = socket.gethostname()
    parts = [
        rf"(?<![\w.~-]){re.escape(name)}(?![\w-])" for name in sorted(found, key=len, reverse=True)
    ]
    if len(host) > 1 and host != "localhost":
        found[host] = "<host>"
        parts.append(rf"(?<![\w-]){re.escape(host)}(?![\w-])")
    pattern = re.compile("|".join((_ENVIRONMENTS, *parts)))
    marks = ("/envs/", *found)

    def hide(text: str) -> str:
        if not any(mark in text for mark in marks):  # most texts, found out a hundred times faster
            return text
        return pattern.sub(lambda match: found.get(match.group(), "<home>/"), text)

    return hide


class _Texts:
    """Writes a text before the first line that uses it, and gives its number."""

    def __init__(self, out: LineWriter, hide: Hide) -> None:
        self._out = out
        self._hide = hide
        self._seen: dict[bytes, int] = {}
        self._numbers: dict[bytes, int] = {}

    def number(self, text: str) -> int:
        seen = self._seen.get(text_digest := _digest(text))
        if seen is None:  # the same text comes thousands of times: it is searched once
            seen = self._seen[text_digest] = self._hidden_number(self._hide(text))
        return seen

    def _hidden_number(self, text: str) -> int:
        known = self._numbers.get(digest := _digest(text))
        if known is None:
            known = self._numbers[digest] = len(self._numbers)
            self._out.write([spelling.TEXT, text])
        return known


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest()[:16]


def export(connection: sqlite3.Connection, facts: RunFacts, out: LineWriter, hide: Hide) -> None:
    """Write the lines of one run; the caller holds one read transaction around it."""
    texts = _Texts(out, hide)
    start = replace(facts.start, command=_FOLDERS.sub("", hide(facts.start.command)))
    out.write(spelling.run_line(replace(facts, start=start)))
    for subject in start.subjects:
        out.write(spelling.subject_line(_portable(subject, hide)))
    for record in reading.environments(connection, facts.id):
        out.write(spelling.environment_line(_hidden(record, hide)))
    for cell in reading.cells(connection, facts.id):
        out.write([spelling.CELL, cell.saver, cell.model, str(cell.format), cell.loader])
    for key, saved in outcomes.saves(connection, Rows.saves_of(facts.id)).values():
        job = spelling.job_items(saved.report, texts.number)
        out.write(spelling.save_line(key, saved, job))
    for ids in _batches(connection, facts.id):
        found = outcomes.attempts_by_id(connection, Rows.of_ids(ids))
        for load, tried in found.values():
            job = spelling.job_items(tried.report, texts.number)
            recipe = texts.number(tried.recipe) if tried.recipe else None
            out.write(spelling.attempt_line(load, tried, job, _details(tried, texts), recipe))


def _details(tried: AttemptOutcome, texts: _Texts) -> list[int]:
    return [texts.number(one.detail) for one in tried.checks]


def _hidden(record: EnvironmentRecord, hide: Hide) -> EnvironmentRecord:
    problem = record.problem
    if problem is None:
        return record
    return replace(
        record,
        problem=replace(
            problem,
            message=hide(problem.message),
            advice=hide(problem.advice),
            log_tail=hide(problem.log_tail),
        ),
    )


def _portable(subject: SubjectRecord, hide: Hide) -> SubjectRecord:
    """The same with no folder of this machine in its paths."""

    def shown(path: str) -> str:
        hidden = PurePath(hide(path))
        return hidden.name if hidden.is_absolute() else str(hidden)

    given = tuple((option, shown(path)) for option, path in subject.given)
    return replace(subject, path=shown(subject.path), given=given)


def _batches(connection: sqlite3.Connection, run_id: int) -> Iterator[list[int]]:
    last = -1
    while True:
        rows = connection.execute(
            """SELECT attempt_id FROM run_attempt WHERE run_id = ? AND attempt_id > ?
                ORDER BY attempt_id LIMIT ?""",
            (run_id, last, _AT_A_TIME),
        ).fetchall()
        if not rows:
            return
        last = int(rows[-1][0])
        yield [int(row[0]) for row in rows]
