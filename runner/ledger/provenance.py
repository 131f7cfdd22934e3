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

# A file that was saved more than once has more than one row for each cell.
_PROBES = f"""SELECT c.saver_id, c.model, c.format, c.loader_id, s.probe, t.strategy, t.probe
    FROM ({CELLS_BY_DIGEST}) c
    JOIN (SELECT save.* FROM run_save JOIN save ON save.id = save_id WHERE run_id = :run) s
        ON s.saver = c.saver AND s.model = c.model AND s.format = c.format
    LEFT JOIN (SELECT attempt.* FROM run_attempt JOIN attempt ON attempt.id = attempt_id
               WHERE run_id = :run) t
        ON t.artifact = s.artifact AND t.loader = c.loader"""  # noqa: S608 -- all ours


@dataclass(frozen=True)
class CellProbes:
    """Digests of the probes that measured one cell: of its saves, and of its attempts."""

    saving: frozenset[str]
    loading: frozenset[tuple[Strategy, str]]


def probes_of(connection: sqlite3.Connection, run_id: int) -> Mapping[Cell, CellProbes]:
    """The probes of every cell of the run of which at least the save was measured."""
    saving: defaultdict[Cell, set[str]] = defaultdict(set)
    loading: defaultdict[Cell, set[tuple[Strategy, str]]] = defaultdict(set)
    for saver, model, format_, loader, saved_by, strategy, tried_by in connection.execute(
        _PROBES, {"run": run_id}
    ):
        cell = Cell(saver, model, Format(format_), loader)
        saving[cell].add(saved_by)
        if strategy is not None:
            loading[cell].add((Strategy(strategy), tried_by))
    return {
        cell: CellProbes(frozenset(found), frozenset(loading[cell]))
        for cell, found in saving.items()
    }
