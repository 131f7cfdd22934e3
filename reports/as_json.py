"""The report as JSON: written in parts, and read again.

Owns both, and the JSON schema; `reports.json_shapes` owns the shapes of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from crossload.reports.document import Report
from crossload.reports.json_cells import Numbering, rows_of
from crossload.reports.json_shapes import FORMAT, SCHEMA, JsonReport
from crossload.runner.config.scalars import found
from crossload.runner.errors import UsageError

# Of a report that has each cell whole, as it was until it took gigabytes.
_WHOLE_CELLS = 1
_CELLS = "cells"
_ADVICE = "use a file written by `report --format json`"
_MOST_PLACES = 3


def as_json(report: Report) -> str:
    """Return the document as JSON; numbers that are not finite are null."""
    return "".join(json_parts(report))


def json_parts(report: Report) -> Iterator[str]:
    """Yield the same text in parts, a line for each cell and each value that cells share."""
    yield f'{{"format": {_text(FORMAT)}, "schema": {SCHEMA}'
    for field in fields(report):
        if field.name != _CELLS:
            yield f',\n"{field.name}": {_text(getattr(report, field.name))}'
    numbering = Numbering()
    yield from _listed(_CELLS, map(numbering.cell, report.cells))
    for name, values in numbering.lists().items():
        yield from _listed(name, values)
    yield "\n}\n"


def _listed(name: str, values: Iterable[object]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for at, value in enumerate(values):
        yield f"{',' if at else ''}\n{_text(value)}"
    yield "\n]"


def _text(value: object) -> str:
    return to_json(value, inf_nan_mode="null").decode("utf-8")


def read_json(text: str, called: str = "this report") -> Report:
    """Return the document that `as_json` wrote, this one's or that of earlier versions.

    Args:
        text: the document.
        called: what an error calls it.

    Raises:
        UsageError: it is not such a document, or has another schema.
    """
    try:
        head = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{called} is not valid JSON: {error}", _ADVICE) from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise UsageError(f"{called} is JSON, but not a {FORMAT!r}", _ADVICE)
    schema = head.get("schema", head.get("version"))
    if schema not in {_WHOLE_CELLS, SCHEMA}:
        raise UsageError(
            f"{called} has schema {schema!r}, but this crossload reads {SCHEMA}",
            "write it again with this crossload: `crossload report --format json`",
        )
    try:
        return _whole_adapter().validate_json(text) if schema == _WHOLE_CELLS else _numbered(text)
    except ValidationError as error:
        places = "; ".join(_places(error))
        raise UsageError(f"{called} is damaged: {places}", "write it again") from error
    except IndexError as error:
        raise UsageError(f"{called} is damaged: {error}", "write it again") from error


def _places(error: ValidationError) -> Iterator[str]:
    """The first values that are wrong, by their place in the document, and how many more are."""
    details = error.errors(include_url=False, include_context=False)
    for one in details[:_MOST_PLACES]:
        place = ".".join(map(str, one["loc"])) or "the document"
        said = one["msg"][:1].lower() + one["msg"][1:]
        if one["type"] == "missing":
            yield f"{place} is missing"
        else:
            yield f"{place}: found {found(one['input'])}: {said}"
    if len(details) > _MOST_PLACES:
        yield f"and {len(details) - _MOST_PLACES} more"


def _numbered(text: str) -> Report:
    document = _adapter().validate_json(text)
    names = {field.name for field in fields(Report)} - {_CELLS}
    return Report(**{name: getattr(document, name) for name in names}, cells=rows_of(document))


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the document; descriptions come from the classes' docstrings."""
    return _adapter().json_schema()


@cache
def _adapter() -> TypeAdapter[JsonReport]:
    return TypeAdapter(JsonReport)


@cache
def _whole_adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
