"""The site's results as JSON: the cells of each model, and the shares of the first screen.

Owns these shapes and their schema's number: additions keep it, anything else raises it.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from crossload.reports.document import CellRow, Report
from crossload.reports.labels import cell_label
from crossload.reports.site.names import file_name
from crossload.reports.tallies import tallies
from crossload.runner.words import Check, Format, Strategy, Verdict

SCHEMA = 1
DATA_FILES = (
    ("schema.json", "schema.json", "the JSON schema of the files below"),
    ("shares.json", "shares.json", "how many files load, per format, saver and loader"),
    ("../published.json", "published.json", "the run: when, how, environments, digests of files"),
    ("../run.jsonl.xz", "run.jsonl.xz", "everything measured: `crossload ledger import` reads it"),
)


@dataclass(frozen=True)
class DataError:
    """An exception: its class and its message."""

    type: str
    message: str


@dataclass(frozen=True)
class DataCell:
    """One cell: `saver`, `format` and `loader` by id, its verdict and the label of a page.

    `strategy` is the one that works, `lost` what did not agree, `difference` that of the outputs
    (relative), `cause` an id, `error` a position in the file's `errors`.
    """

    saver: str
    format: Format
    loader: str
    verdict: Verdict
    label: str
    strategy: Strategy | None = None
    lost: tuple[Check, ...] = ()
    difference: float | None = None
    cause: str | None = None
    error: int | None = None


@dataclass(frozen=True)
class ModelCells:
    """`data/models/*.json`: the cells of one model, and the errors that they name by number."""

    model: str
    cells: tuple[DataCell, ...]
    errors: tuple[DataError, ...]
    schema: int = SCHEMA


@dataclass(frozen=True)
class DataShare:
    """Loads of one format from one saver in one loader, without damaged files."""

    format: Format
    saver: str
    loader: str
    loads: int
    as_they_are: int
    with_help: int
    silently_wrong: int


@dataclass(frozen=True)
class Shares:
    """`data/shares.json`; `with_help` includes loads that work as they are."""

    shares: tuple[DataShare, ...]
    schema: int = SCHEMA


_MODEL = TypeAdapter(ModelCells)
_SHARES = TypeAdapter(Shares)


def data_files(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file."""
    yield "data/schema.json", _text({"schema": SCHEMA, "files": _schemas()})
    yield "data/shares.json", _SHARES.dump_json(_shares(report)).decode() + "\n"
    models: dict[str, list[CellRow]] = defaultdict(list)
    for row in report.cells:
        models[row.model].append(row)
    for model, rows in models.items():
        path = f"data/models/{file_name(model)}.json"
        yield path, to_json(_cells(model, rows)).decode() + "\n"


def _schemas() -> dict[str, Any]:
    return {"models/*.json": _MODEL.json_schema(), "shares.json": _SHARES.json_schema()}


def _text(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _cells(model: str, rows: Sequence[CellRow]) -> dict[str, object]:
    """A `ModelCells` as a dictionary: of a large run, making the objects takes most of the time."""
    errors: dict[tuple[str, str], int] = {}
    cells = [_cell(row, errors) for row in rows]
    raised = [{"type": name, "message": message} for name, message in errors]
    return {"model": model, "cells": cells, "errors": raised, "schema": SCHEMA}


def _cell(row: CellRow, errors: dict[tuple[str, str], int]) -> dict[str, object]:
    """A `DataCell`, without what it does not have."""
    cell: dict[str, object] = {
        "saver": row.saver,
        "format": row.format,
        "loader": row.loader,
        "verdict": row.verdict,
        "label": cell_label(row),
    }
    if row.strategy is not None:
        cell["strategy"] = row.strategy
    cell["lost"] = row.lost
    if row.difference is not None and math.isfinite(row.difference):
        cell["difference"] = row.difference
    if row.cause is not None:
        cell["cause"] = row.cause.id
    if row.error is not None:
        cell["error"] = errors.setdefault((row.error.type, row.error.message), len(errors))
    return cell


def _shares(report: Report) -> Shares:
    return Shares(
        tuple(
            DataShare(*key, one.measured, one.plain, one.whole, one.silent)
            for key, one in sorted(tallies(report.cells).items())
        )
    )
