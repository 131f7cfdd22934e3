"""One run out of the ledger, line by line, with every text once and nothing that names a machine.

Owns the order of lines. `hiding` replaces what names a machine, `spelling` knows how each value is
spelled, `exported` what the file is like.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from crossload.runner.ledger import outcomes, reading, spelling
from crossload.runner.ledger.exported import LineWriter
from crossload.runner.ledger.hiding import Hide, hidden_record
from crossload.runner.ledger.outcomes import Rows
from crossload.runner.ledger.snapshot import RunFacts
from crossload.runner.records import AttemptOutcome, SubjectRecord

_AT_A_TIME = 2000  # attempts in memory at once
# The folders of the absolute paths in a command line.
_FOLDERS = re.compile(r"(?<![\w.~>:/-])/+(?:[^\s/'\"]+/+)*(?=[^\s/'\"])")


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
        out.write(spelling.environment_line(hidden_record(record, hide)))
    for cell in reading.cells(connection, facts.id):
        out.write([spelling.CELL, cell.saver, cell.model, str(cell.format), cell.loader])
    for key, saved in outcomes.saves(connection, Rows.saves_of(facts.id)).values():
        job = spelling.job_items(saved.report, texts.number)
        out.write(spelling.save_line(key, saved, job, texts.number(saved.holds)))
    for ids in _batches(connection, facts.id):
        found = outcomes.attempts_by_id(connection, Rows.of_ids(ids))
        for load, tried in found.values():
            job = spelling.job_items(tried.report, texts.number)
            recipe = texts.number(tried.recipe) if tried.recipe else None
            out.write(spelling.attempt_line(load, tried, job, _details(tried, texts), recipe))


def _details(tried: AttemptOutcome, texts: _Texts) -> list[int]:
    return [texts.number(one.detail) for one in tried.checks]


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
