"""Files that are no export, or a wrong one: refused in words, and nothing is changed."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.ledger import Ledger
from crossload.runner.ledger.exported import ExportError
from crossload.runner.ledger.parsing import SharedValues
from tests.ledger.examples import (
    RECIPE,
)
from tests.ledger.exports import (
    contents,
    rewritten,
)


def test_a_forged_recipe_is_not_kept(export: Path, other: Ledger) -> None:
    def forged(lines: list[str]) -> list[str]:
        bad = RECIPE.replace("load_model", "save_model")
        return [one.replace(json.dumps(RECIPE), json.dumps(bad)) for one in lines]

    found = other.snapshot(other.import_run(rewritten(export, forged)).run_id).attempts.values()
    assert {one.outcome.recipe for attempts in found for one in attempts} == {""}


def test_a_model_named_twice_is_refused(export: Path, other: Ledger) -> None:
    def twice(lines: list[str]) -> list[str]:
        line = next(one for one in lines if one.startswith('["subject"'))
        end = json.loads(lines[-1])
        end[1]["subject"] += 1
        return [*lines[:2], line, *lines[2:-1], json.dumps(end)]

    with pytest.raises(ExportError, match="it names the model 'dense' twice"):
        other.import_run(rewritten(export, twice))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: lines[:-1], "its end is missing"),
        (lambda lines: [*lines[:3], *lines[4:]], "lines are missing, or there are too many"),
        (lambda lines: [*lines, '["cell"]'], "something follows its end"),
        (lambda lines: lines[:1] + lines[2:], "line 2 is wrong: expected a run here"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "line 3 is wrong: there is a second"),
        (lambda lines: ['["crossload-run",5]', *lines[1:]], "it has format 5"),
        (lambda lines: ['["crossload-run",true]', *lines[1:]], "it has format True"),
        (lambda lines: ['{"a":1}', *lines[1:]], "line 1 is not a list"),
        (lambda lines: ["[1, 2", *lines[1:]], "line 1 is not JSON"),
        (lambda lines: ["[" * 100_000, *lines[1:]], "line 1 is not JSON"),
        (lambda lines: [*lines[:2], '["cell",NaN]', *lines[2:]], "line 3 is not JSON"),
        (
            lambda lines: [*lines[:2], '["surprise"]', *lines[2:]],
            "'surprise' is not a kind of line",
        ),
        (
            lambda lines: [*lines[:2], '["cell","a","b","c","d"]', *lines[2:]],
            "item 3: found 'c'",
        ),
        (lambda lines: [*lines[:2], '["cell",1,"b","h5","d"]', *lines[2:]], "item 1: found '1'"),
        (
            lambda lines: [*lines[:2], '["attempt",7]', *lines[2:]],
            "item 1: found '7'",
        ),
        (lambda lines: [*lines[:2], '["cell"]', *lines[2:]], "item 1: found '[]': field required"),
        (lambda _: [], "it is empty"),
        (lambda _: ['["crossload-run",1]', '["end",{"crossload-run":1}]'], "holds no run"),
    ],
)
def test_a_wrong_file_is_refused_and_changes_nothing(
    export: Path, other: Ledger, change: Callable[[list[str]], list[str]], reason: str
) -> None:
    before = contents(other)
    with pytest.raises(ExportError, match="cannot read the export") as caught:
        other.import_run(rewritten(export, change))
    assert reason in str(caught.value)
    assert contents(other) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is cut"),
        (b"no xz file, but some words", "it is damaged or not an xz file"),
        (lzma.compress(b'["crossload-run",1]'), "its last line is cut"),
        (lzma.compress(b'["crossload-run",1]\n') + b"more", "something follows its end"),
        (lzma.compress(b" " * 10_000_000), "it is larger than any run"),
        (lzma.compress(b'["crossload-run",1]\n\xff\n'), "line 2 is not JSON"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, other: Ledger, content: bytes, reason: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ExportError, match=reason):
        other.import_run(tmp_path / "file")


def test_a_file_cut_anywhere_changes_nothing(export: Path, other: Ledger) -> None:
    whole = export.read_bytes()
    before = contents(other)
    for length in range(0, len(whole), 97):
        export.write_bytes(whole[:length])
        with pytest.raises(ExportError):
            other.import_run(export)
    assert contents(other) == before


@given(st.data())
def test_any_value_in_any_place_is_read_or_refused_in_words(data: st.DataObject) -> None:
    from crossload.runner.ledger import importing  # noqa: PLC0415 -- beside its private function

    json_values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=8),
        max_leaves=20,
    )
    kinds = ("subject", "run", "environment", "cell", "save", "attempt")
    kind = data.draw(st.sampled_from(kinds))
    counts = dict(zip(kinds, (4, 9, 11, 4, 11, 8), strict=True))
    count = counts[kind]
    line = [kind, *data.draw(st.lists(json_values, min_size=count, max_size=count))]
    shared = SharedValues()
    shared.add("text")
    with suppress(ValueError):
        importing._item(json.loads(json.dumps(line)), shared, date.min)


def test_an_environment_described_twice_is_refused(export: Path, other: Ledger) -> None:
    def twice(lines: list[str]) -> list[str]:
        line = next(one for one in lines if one.startswith('["environment"'))
        values = json.loads(line)
        values[1], values[4] = "another", "keras"
        end = json.loads(lines[-1])
        end[1]["environment"] += 1
        at = lines.index(line) + 1
        return [*lines[:at], json.dumps(values), *lines[at:-1], json.dumps(end)]

    with pytest.raises(ExportError, match="have one digest but not one api"):
        other.import_run(rewritten(export, twice))
