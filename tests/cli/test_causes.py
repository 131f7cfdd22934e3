"""`crossload causes`: the list, one cause, and how much of a run is explained."""

from __future__ import annotations

import json

from crossload.cli.causes import coverage_of
from crossload.runner.analysis import JudgedCell
from crossload.runner.causes import Cause, CellRemedy, Family, RemedyState, shipped_catalogue
from crossload.runner.errors import ExitCode
from crossload.runner.records import Cell, ProbeError
from crossload.runner.words import Format, Verdict
from tests.cli.conftest import CommandLine
from tests.reports.samples import judged_cell, sample_run


def test_every_cause_is_listed(crossload: CommandLine) -> None:
    said = crossload("causes")
    assert said.code == ExitCode.OK
    for one in shipped_catalogue().causes:
        assert f"  {one.id}\n" in said.out
    assert f"{len(shipped_catalogue().causes)} causes" in said.words


def test_a_cause_is_explained(crossload: CommandLine) -> None:
    said = crossload("causes", "h5py-3-text-attributes")
    assert said.code == ExitCode.OK
    assert "h5py 3 returns str where this Keras expects bytes" in said.words
    assert "install-h5py-2: install h5py 2" in said.words
    assert "the cells of loaders with h5py <3, the nearest first" in said.words
    assert "https://github.com/tensorflow/tensorflow/issues/44467" in said.out


def test_a_misspelt_cause_is_reported_with_the_nearest_name(crossload: CommandLine) -> None:
    said = crossload("causes", "h5py-3-text-attribute")
    assert said.code == ExitCode.USAGE
    assert "did you mean 'h5py-3-text-attributes'" in said.err


def test_without_a_ledger_there_is_no_coverage(crossload: CommandLine) -> None:
    said = crossload("causes", "--run", "latest")
    assert said.code == ExitCode.USAGE
    assert "there is no ledger" in said.err


def test_coverage_counts_what_needs_a_cause() -> None:
    cells = [
        judged_cell(Cell("a", model, Format.H5, "b"), verdict)
        for model, verdict in (
            ("one", Verdict.SAME),
            ("two", Verdict.FAILS),
            ("three", Verdict.FAILS),
        )
    ]
    known = Cause("format-unknown", Family.FORMAT, "a sentence about it")
    worked = CellRemedy("save-as-keras", "save it as .keras", "", RemedyState.WORKED)
    cells[2] = JudgedCell(
        cells[2].cell, Verdict.FAILS, error=ProbeError("X", "y"), cause=known, remedies=(worked,)
    )
    coverage = coverage_of(cells)
    assert (coverage.explained, coverage.total) == (1, 2)
    assert coverage.by_verdict == ((Verdict.FAILS, 1, 2),)
    assert coverage.by_cause == (("format-unknown", 1),)
    assert coverage.proved["format-unknown"] == 1
    ((what, without),) = coverage.unexplained
    assert what == "fails: ValueError: Unrecognized keyword arguments: [*]"
    assert without == (cells[1],)


def test_losses_without_an_error_are_grouped_by_what_was_lost() -> None:
    coverage = coverage_of(sample_run(6, broken=False).judged)
    assert coverage.explained == 0
    named = [what for what, _ in coverage.unexplained]
    assert "partial, h5: lost optimizer, step" in named
    assert "differs, weights-h5: model conv-bn" in named


def test_an_error_is_explained(crossload: CommandLine) -> None:
    said = crossload("causes", "--error", "ValueError: Unknown layer: 'TFOpLambda'")
    assert said.code == ExitCode.OK
    assert "tensorflow-operations-as-layers" in said.out
    assert "which this version does not have" in said.words


def test_an_error_is_explained_as_json(crossload: CommandLine) -> None:
    said = crossload("causes", "--json", "--error", "file signature not found")
    assert said.code == ExitCode.OK
    found = {one["id"]: one for one in json.loads(said.out)["causes"]}
    assert found["keras-zip-read-as-hdf5"]["decides"] == (
        "the file is a .keras file and the loader has Keras 2.12 or newer, but before 3"
    )
    assert found["keras-zip-read-as-hdf5"]["remedies"][0]["id"] == "save-as-h5"


def test_an_error_that_nothing_fits_has_a_code_of_its_own(crossload: CommandLine) -> None:
    said = crossload("causes", "--error", "the moon is full")
    assert said.code == ExitCode.INCOMPATIBLE
    assert "no known cause fits this error" in said.words


def test_an_empty_error_and_json_without_one_are_mistakes(crossload: CommandLine) -> None:
    assert "there is no error to explain" in crossload("causes", "--error", " ").err
    said = crossload("causes", "--json")
    assert (said.code, "--json goes with --error alone" in said.err) == (ExitCode.USAGE, True)
