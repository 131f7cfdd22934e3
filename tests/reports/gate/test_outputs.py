"""Each output of the gate says the same, can be read back, and holds nothing that others wrote."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from crossload.reports.gate.as_annotations import annotation_lines
from crossload.reports.gate.as_json import as_json
from crossload.reports.gate.as_markdown import as_markdown
from crossload.reports.gate.grouping import grouped
from crossload.reports.gate.places import find_places
from crossload.reports.gate.text import TerminalGate
from crossload.reports.gate.wording import headline, ruling_line
from crossload.runner.gate import GateResult, Side, Standing
from crossload.runner.words import Verdict
from tests.gate.examples import CAUSE, everything, judged, result
from tests.reports.gate.reading import PLACES, junit, sarif
from tests.reports.samples import BIG, HOSTILE
from tests.schemas import validate


def drawn(found: GateResult, width: int = 80, encoding: str = "utf-8") -> str:
    stream = StringIO()
    console = Console(file=stream, width=width, color_system=None, highlight=False)
    gate = TerminalGate(found, console)
    gate._plain = encoding == "ascii"
    gate.draw()
    return stream.getvalue()


def hostile() -> GateResult:
    """Every text that others write is as bad as it gets."""
    files = [
        judged(
            f"model-{index}",
            Verdict.FAILS,
            detail=f"{text}\n::error::{text}" + BIG[:2000],
            cause=replace(CAUSE, sentence=text, references=(text,)) if index % 2 else None,
        )
        for index, text in enumerate(HOSTILE)
    ]
    found = result(*files, entries="- {cell: model-0.*, verdict: fails, reason: '</a>|`x`'}")
    return replace(found, before=Side("old", "old", problem=HOSTILE[5], advice=HOSTILE[6]))


def test_the_headline_counts_every_kind_and_what_stays_the_same() -> None:
    assert headline(everything()) == (
        "of 9 files that tf2.15-py3.11 wrote, 4 break, 1 changes silently, 1 needs help to load, "
        "1 loses something and 1 loads the same in tf2.16-py3.12"
    )
    assert ruling_line(everything()) == (
        "The gate fails: 3 new findings, 1 worse than known and 1 accepted by an expired entry."
    )


def test_a_gate_that_passes_says_so() -> None:
    found = result(judged("dense", Verdict.SAME))
    assert headline(found) == (
        "of 1 file that tf2.15-py3.11 wrote, none is worse off in tf2.16-py3.12"
    )
    assert ruling_line(found) == "The gate passes: nothing new."
    assert ruling_line(result(judged("a", Verdict.NOT_RUN))).startswith("The gate is undecided")
    assert headline(result(judged("a", Verdict.NOT_RUN))) == "nothing could be measured"


def test_findings_of_one_cause_are_one_group() -> None:
    files = [judged(f"m{index}", Verdict.FAILS, cause=CAUSE) for index in range(6)]
    (group,) = grouped(result(*files).rulings)
    assert group.files == "m0, m1, m2 and 3 more as h5 (6 files)"
    assert group.rule == CAUSE.id


def test_what_helps_counts_the_files_for_which_it_was_proved() -> None:
    groups = {one.rule: one for one in grouped(everything().failing)}
    assert groups[CAUSE.id].help == "load with compile=False (worked for 1 of 1)"
    helped = groups["no-known-cause-of-assisted"]
    assert helped.help.startswith("build the same model in code, then load only the weights")
    assert groups["no-known-cause-of-differs"].help == ""


# --- terminal ---------------------------------------------------------------------------------


def test_the_terminal_names_every_file_that_fails_the_gate() -> None:
    text = drawn(everything())
    for model in ("dense", "lstm", "conv-bn", "merges", "nested"):
        assert f"{model} as h5 (1 file)" in text
    assert "crossload explain tf2.15-py3.11/dense.h5/tf2.16-py3.12" in text


def test_the_terminal_shows_the_state_of_the_policy() -> None:
    text = " ".join(drawn(everything()).split())
    assert "Known and accepted: 1 finding lambda.h5: 1 finding rebuilt in code" in text
    assert "policy.yaml:4: '*/nested.h5/tf2.16' has expired on 2026-11-21" in text
    assert "policy.yaml:5: 'operators.h5' is fixed: remove this entry" in text
    assert "policy.yaml:6: 'nothing.h5' selects nothing" in text
    assert "worse than the fails that is accepted (policy.yaml:3)" in text
    assert "tf2.18" not in text


def test_the_terminal_is_short_and_still_names_every_file() -> None:
    files = [
        judged(f"m{index}", Verdict.ASSISTED, cause=replace(CAUSE, id=f"cause-{index}"))
        for index in range(20)
    ]
    text = drawn(result(*files))
    assert len(text.splitlines()) < 50
    assert all(f"m{index}" in text for index in range(20))
    assert "and 12 more causes: " in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = drawn(everything(), width).splitlines()
    assert [line for line in lines if len(line) > width and "crossload explain" not in line] == []


def test_a_plain_terminal_gets_ascii_only() -> None:
    drawn(replace(everything()), encoding="ascii").encode("ascii")


# --- JUnit ------------------------------------------------------------------------------------


# --- SARIF ------------------------------------------------------------------------------------


# --- Markdown, annotations, JSON --------------------------------------------------------------


def test_markdown_folds_what_is_known() -> None:
    text = as_markdown(everything())
    assert text.startswith("## ❌ Upgrade from tf2.15-py3.11")
    assert "| ✗ **breaks** | dense as h5 \\(1 file\\) |" in text
    assert "[`loss-by-text-in-hdf5`](https://example.invalid/1)" in text
    folded = text[text.index("<details><summary>Known and accepted: 1 finding</summary>") :]
    assert "| `lambda.h5` | fails | 1 | rebuilt in code https://example.invalid/2 |" in folded
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize(
    ("verdict", "sign"),
    [(Verdict.SAME, "✅"), (Verdict.FAILS, "❌"), (Verdict.NOT_RUN, "⚠️")],
    ids=str,
)
def test_markdown_shows_the_ruling_at_a_glance(verdict: Verdict, sign: str) -> None:
    assert as_markdown(result(judged("a", verdict))).startswith(f"## {sign} ")


def test_annotations_are_one_line_for_each_group() -> None:
    lines = annotation_lines(everything(), PLACES)
    assert len([one for one in lines if one.startswith("::error ")]) == 7
    assert lines[0].startswith(
        "::error file=matrix.yaml,line=12,title=crossload%3A Breaks::HDF5 keeps the loss as text"
        "%0Adense as h5 (1 file)%0Ahelps: load with compile=False"
    )
    assert any(
        one.startswith("::warning file=policy.yaml,line=5,title=crossload%3A Policy::")
        for one in lines
    )


def test_a_gate_that_passes_is_annotated_as_well() -> None:
    (line,) = annotation_lines(result(judged("a", Verdict.SAME)), PLACES)
    assert line.startswith("::notice title=crossload%3A The gate passes%3A nothing new::of 1 file")


def test_json_has_everything() -> None:
    document = json.loads(as_json(everything(), run=7))
    validate("upgrade", document)
    assert (document["format"], document["schema"]) == ("crossload-upgrade", 1)
    assert document["schema_version"] == document["schema"]
    assert (document["passes"], document["exit_code"], document["run"]) == (False, 1, 7)
    assert {one["standing"] for one in document["findings"]} == {str(one) for one in Standing}
    by_model = {one["model"]: one for one in document["findings"]}
    assert by_model["dense"]["cause"]["id"] == CAUSE.id
    assert by_model["dense"]["helps"][0]["code"] == "load(compile=False)"
    assert by_model["lambda"]["accepted"]["state"] == "used"
    assert len(document["findings"]) + len(document["same"]) + len(document["unsaved"]) == 11
    assert [one["state"] for one in document["entries"]][-1] == "about-another-pair"


def test_json_has_no_nan_or_infinity() -> None:
    found = result(judged("a", Verdict.DIFFERS, difference=float("nan")))
    assert json.loads(as_json(found))["findings"][0]["difference"] is None


def test_hostile_text_stays_text_everywhere() -> None:
    found = hostile()
    junit(found)
    sarif(found)
    json.loads(as_json(found))
    for line in annotation_lines(found, PLACES):
        assert "\n" not in line
        assert line.startswith("::")
    text = as_markdown(found)
    assert re.findall(r"(?<!\\)<(?!/?(?:details|summary)>|br>)", text) == []
    assert "](javascript" not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u202e]", text + drawn(found))


# --- places -----------------------------------------------------------------------------------


def test_a_finding_stands_at_the_row_of_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    matrix = tmp_path / "matrix.yaml"
    matrix.write_text(
        "environments:\n  a: {}\n  b: {}\n# more\naxes:\n  x: {tensorflow: ['2.0.4']}\n", "utf-8"
    )
    assert find_places(matrix, "b", {}).matrix == ("matrix.yaml", 3)
    assert find_places(matrix, "tf2.0", {}).matrix == ("matrix.yaml", 5)
    assert find_places(tmp_path / "gone.yaml", "b", {}).matrix == ("gone.yaml", 1)
    assert find_places(matrix, "b", {"m": tmp_path / "x" / "m.h5"}).models == {"m": "x/m.h5"}
