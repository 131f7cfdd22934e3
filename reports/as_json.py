"""The report as JSON: the document itself, with its format's name and schema.

Owns writing and reading it, and its JSON schema; `reports.document` owns the shapes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from crossload.reports.document import FORMAT, SCHEMA, CellRow, Report
from crossload.runner.errors import UsageError

_NO_CELLS = '\n "cells": []'
_CELLS_AT_A_TIME = 1000
_ADVICE = "use a file written by `report --format json`"


def as_json(report: Report) -> str:
    """Return the document as JSON; numbers that are not finite are null."""
    return "".join(json_parts(report))


def json_parts(report: Report) -> Iterator[str]:
    """Yield the same text in parts: that of a large run takes more memory than the run itself."""
    whole = _adapter().dump_json(replace(report, cells=()), indent=1).decode("utf-8")
    before, mark, after = whole.partition(_NO_CELLS)
    yield before + (mark if not report.cells else _NO_CELLS[:-1])
    for start in range(0, len(report.cells), _CELLS_AT_A_TIME):
        rows = report.cells[start : start + _CELLS_AT_A_TIME]
        # A text in JSON has no line break: each one here is of the layout, and moves in by one.
        text = _cells().dump_json(rows, indent=1).decode("utf-8").replace("\n", "\n ")
        yield ("," if start else "") + text.removeprefix("[").removesuffix("\n ]")
    if report.cells:
        yield "\n ]"
    yield after + "\n"


def read_json(text: str) -> Report:
    """Return the document that `as_json` wrote.

    Raises:
        UsageError: it is not such a document, or has another version.
    """
    try:
        head = json.loads(text)
    except ValueError as error:
        raise UsageError(f"not valid JSON: {error}", _ADVICE) from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise UsageError(f"this JSON is not a {FORMAT!r}", _ADVICE)
    schema = head.get("schema", head.get("version"))
    if schema != SCHEMA:
        raise UsageError(
            f"this report has schema {schema!r}, but this crossload reads {SCHEMA}",
            "write it again with this crossload: `crossload report --format json`",
        )
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        raise UsageError(
            f"this report is damaged: {error.error_count()} invalid values", "write it again"
        ) from error


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the document; descriptions come from the classes' docstrings."""
    return _adapter().json_schema()


@cache
def _cells() -> TypeAdapter[tuple[CellRow, ...]]:
    return TypeAdapter(tuple[CellRow, ...])


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
