"""Which probes measured the cells of a run.

Owns that SELECT and its small shape. What today's probes are is known to `runner.provenance`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from crossload.runner.ledger.outcomes import CELLS_BY_DIGEST
from crossload.runner.records import Cell
from crossload.runner.words import Format, Strategy

_CELLS = f"SELECT saver, model, format, loader, saver_id, loader_id FROM ({CELLS_BY_DIGEST})"  # noqa: S608 -- ours
_SAVES = """SELECT saver, model, format, artifact, probe FROM run_save
    JOIN save ON save.id = save_id WHERE run_id = :run"""
_ATTEMPTS = """SELECT artifact, loader, strategy, probe FROM run_attempt
    JOIN attempt ON attempt.id = attempt_id WHERE run_id = :run"""


@dataclass(frozen=True)
class CellProbes:
    """Digests of the probes that measured one cell: of its saves, and of its attempts."""

    saving: frozenset[str]
    loading: frozenset[tuple[Strategy, str]]


def probes_of(connection: sqlite3.Connection, run_id: int) -> Mapping[Cell, CellProbes]:
    """The probes of every cell of the run of which at least the save was measured.

    Joined here, because SQLite would go through all saves for each cell.
    """
    run = {"run": run_id}
    saves: defaultdict[tuple[str, str, str], list[tuple[str | None, str]]] = defaultdict(list)
    for saver, model, format_, artifact, probe in connection.execute(_SAVES, run):
        saves[saver, model, format_].append((artifact, probe))
    attempts: defaultdict[tuple[str, str], list[tuple[Strategy, str]]] = defaultdict(list)
    for artifact, loader, strategy, probe in connection.execute(_ATTEMPTS, run):
        attempts[artifact, loader].append((Strategy(strategy), probe))
    found: dict[Cell, CellProbes] = {}
    for saver, model, format_, loader, saver_id, loader_id in connection.execute(_CELLS, run):
        files = saves.get((saver, model, format_))  # more than one if it was saved again
        if files is None:
            continue
        loading = [
            one
            for artifact, _ in files
            if artifact is not None
            for one in attempts.get((artifact, loader), ())
        ]
        cell = Cell(saver_id, model, Format(format_), loader_id)
        found[cell] = CellProbes(frozenset(probe for _, probe in files), frozenset(loading))
    return found
