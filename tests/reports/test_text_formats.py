"""JSON, CSV and Markdown of the same document, friendly and hostile."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import jsonschema
import pytest
from pydantic import TypeAdapter

from crossload.reports.as_csv import as_csv, guarded
from crossload.reports.as_json import as_json, json_schema, read_json
from crossload.reports.as_markdown import as_markdown, code, escaped
from crossload.reports.columns import CELL_COLUMNS
from crossload.reports.document import Report
from crossload.runner.errors import UsageError
from crossload.runner.words import Verdict
from tests.schemas import validate


def test_json_comes_back_as_the_same_document(report: Report) -> None:
    assert read_json(as_json(report)) == report


def test_json_fits_its_own_schema(report: Report) -> None:
    small = replace(report, cells=report.cells[:40])
    jsonschema.validate(json.loads(as_json(small)), json_schema())
    validate("report", json.loads(as_json(small)))


def test_json_says_its_format_and_version(report: Report) -> None:
    head = json.loads(as_json(report))
    assert (head["format"], head["schema"]) == ("crossload-report", 2)


@pytest.mark.parametrize("name", ["schema", "version"])
def test_json_with_each_cell_whole_is_read(report: Report, name: str) -> None:
    """As written until schema 2; at first the schema was called `version`."""
    old = TypeAdapter(Report).dump_python(report, mode="json")
    assert read_json(json.dumps({"format": "crossload-report", name: 1, **old})) == report


def test_json_has_what_cells_share_once(report: Report) -> None:
    twice = replace(report, cells=report.cells * 2)
    one, both = json.loads(as_json(report)), json.loads(as_json(twice))
    assert both["cells"] == one["cells"] * 2
    assert {**both, "cells": ()} == {**one, "cells": ()}
    errors = {row.error for row in report.cells} | {
        tried.error for row in report.cells for tried in row.attempts
    }
    assert len(one["errors"]) == len(errors - {None})


def test_json_has_a_line_for_each_cell(report: Report) -> None:
    lines = as_json(report).split("\n")
    first = lines.index('"cells": [') + 1
    cells = [json.loads(line.rstrip(",")) for line in lines[first : first + len(report.cells)]]
    assert [one["id"] for one in cells] == [row.id for row in report.cells]


@pytest.mark.parametrize("number", [-1, 10**6])
def test_json_with_a_number_that_stands_for_nothing_is_damaged(report: Report, number: int) -> None:
    document = json.loads(as_json(report))
    at, cell = next(each for each in enumerate(document["cells"]) if "error" in each[1])
    cell["error"] = number
    last = len(document["errors"]) - 1
    with pytest.raises(UsageError) as caught:
        read_json(json.dumps(document))
    assert str(caught.value) == (
        f"this report is damaged: cells.{at}: in {cell['id']!r}, found the number {number}, "
        f"expected one of 0 to {last}"
    )


def test_json_with_wrong_values_says_where_they_are(report: Report) -> None:
    document = json.loads(as_json(report))
    document["cells"][1]["verdict"] = "good"
    del document["run"]["state"]
    with pytest.raises(UsageError) as caught:
        read_json(json.dumps(document), "the report 'old.json'")
    said = str(caught.value)
    assert said.startswith("the report 'old.json' is damaged: run.state is missing; ")
    assert "; cells.1.verdict: found 'good': input should be 'same', " in said


def test_json_of_hostile_text_can_be_read_strictly(hostile_report: Report) -> None:
    def refuse(name: str) -> None:
        pytest.fail(f"{name} is not JSON")

    text = as_json(hostile_report)
    assert len(json.loads(text, parse_constant=refuse)["cells"]) == len(hostile_report.cells)
    text.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[", "this report is not valid JSON: ", id="no-json"),
        pytest.param("[]", "this report is JSON, but not a 'crossload-report'", id="other-json"),
        pytest.param(
            '{"format": "crossload-report", "version": 9}',
            "this report has schema 9, but this crossload reads 2",
            id="version",
        ),
        pytest.param(
            '{"format": "crossload-report", "version": 1}',
            "this report is damaged: run is missing; environments is missing; models is missing; "
            "and 2 more",
            id="damaged",
        ),
    ],
)
def test_json_that_is_not_a_report_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}"):
        read_json(text)


def test_csv_has_one_row_per_cell(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(report), newline="")))
    assert tuple(rows[0]) == CELL_COLUMNS
    assert [row["cell"] for row in rows] == [row.id for row in report.cells]
    row = next(one for one in rows if one["cell"] == "tf2.10-py3.10/dense.h5/tf2.10-py3.10")
    assert (row["verdict"], row["label"]) == ("same", "as it is")
    assert (row["difference"], row["tolerance"]) == ("1.2e-08", "1e-05")


def test_csv_runs_no_formula(hostile_report: Report) -> None:
    text = as_csv(hostile_report)
    for row in csv.reader(io.StringIO(text, newline="")):
        for field in row:
            assert not field.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")), field
    assert text.count("\r\n") >= len(hostile_report.cells)


def test_a_formula_is_marked_as_text() -> None:
    assert [guarded(text) for text in ("=1", " =1", "@a", "-1", "1-1", "")] == [
        "'=1",
        "' =1",
        "'@a",
        "'-1",
        "1-1",
        "",
    ]


def test_markdown_has_a_row_per_saver(report: Report) -> None:
    text = as_markdown(report)
    assert "| TF 2.15 | 14% +86 | 86% +14 |" in text
    assert "| tf2.10-py3.10 | ∅ no environment | ✓ as it is |" in text
    assert "### dense as h5" in text
    assert "- **≠ silently wrong**: conv-bn as weights-h5: 8 cells" in text
    assert "- `tf1.15-py3.7`: no Python 3.7 on this machine." in text


def test_markdown_counts_damaged_files_under_no_verdict(report: Report) -> None:
    cells = tuple(replace(row, damaged=row.verdict is Verdict.DIFFERS) for row in report.cells)
    damaged = sum(row.damaged for row in cells)
    legend = as_markdown(replace(report, cells=cells)).split("## What loads where")[0]
    assert "`differs`" not in legend
    assert f"| ⊠ damaged file | `damaged` | {damaged} |" in legend
    assert "`unavailable`" in legend


def test_markdown_tables_keep_their_columns(hostile_report: Report) -> None:
    text = as_markdown(hostile_report)
    columns = 0
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in (0, columns) or columns == 0, line
        columns = cells


def test_markdown_leaves_no_markup_outside_of_code(hostile_report: Report) -> None:
    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", as_markdown(hostile_report))
    assert not re.search(r"(?<!\\)[<\[]", outside)
    assert not re.search(r"@\w", outside)


def test_markdown_takes_marks_for_themselves() -> None:
    assert escaped("a|b `c` *d* [e](f) <g>\n# h") == (
        "a\\|b \\`c\\` \\*d\\* \\[e\\]\\(f\\) \\<g\\> \\# h"
    )
    assert escaped("@user") == "@\u200buser"
    assert code("a `b` | c") == "`` a `b` \\| c ``"
    assert code("plain") == "`plain`"
