"""`crossload merge`, and an export with the files that it takes from it."""

from __future__ import annotations

from crossload.runner.records import AttemptOutcome
from tests.cli.conftest import CommandLine
from tests.ledger.examples import REFUSED
from tests.merging.machines import Machine


def machine(crossload: CommandLine, name: str, minute: int) -> Machine:
    return Machine(crossload.folder / name, minute)


def test_homes_become_one_run(crossload: CommandLine) -> None:
    machine(crossload, "a", 1).measure("dense")
    machine(crossload, "b", 2).measure("lstm")
    said = crossload("merge", "a", "b")
    assert said.code == 0
    assert said.words == "run 1 is 2 runs merged: 4 cells, 4 attempts"
    said = crossload("merge", "b", "a")
    assert said.words == "run 1 is the same run; nothing was added"


def test_results_that_differ_are_printed(crossload: CommandLine) -> None:
    machine(crossload, "a", 1).measure("dense", outcome=AttemptOutcome(REFUSED))
    machine(crossload, "b", 2).measure("dense")
    said = crossload("merge", "a", "b")
    assert said.code == 0
    assert "2 results in conflict: plain tf2.10-py3.9/dense.h5/tf2.10-py3.9: done, " in said.words
    assert said.words.endswith("(kept, measured later) and refused with ValueError")


def test_what_is_no_run_is_reported(crossload: CommandLine) -> None:
    said = crossload("merge", "nowhere")
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "crossload: there is no file or folder 'nowhere'",
        ("  name homes (.crossload), ledgers, or files that `crossload ledger export` wrote"),
    ]


def test_an_export_carries_its_files_along(crossload: CommandLine) -> None:
    machine(crossload, "a", 1).measure("dense", "lstm")
    said = crossload("ledger", "export", "run.tar", "--with-artifacts", "--home", "a")
    assert said.code == 0
    assert said.words == "run 1 (finished) is in run.tar with 2 saved files, 0.0 MB"
    for number, command in enumerate((["merge"], ["ledger", "import"])):
        said = crossload(*command, "run.tar", "--home", f"other{number}")
        assert said.code == 0
        assert "saved" not in said.out
        stored = (crossload.folder / f"other{number}" / "artifacts").iterdir()
        assert sorted(path.name for path in stored) == sorted(
            path.name for path in (crossload.folder / "a" / "artifacts").iterdir()
        )


def test_an_export_says_which_files_are_gone(crossload: CommandLine) -> None:
    made = machine(crossload, "a", 1)
    made.measure("dense", "lstm")
    first, _ = sorted(made.home.artifacts.iterdir())
    first.rename(crossload.folder / "gone")
    said = crossload("ledger", "export", "run.tar", "--with-artifacts", "--home", "a")
    assert said.words.endswith(
        "with 1 saved file, 0.0 MB no longer in the store, or damaged there: 1 saved file"
    )
    said = crossload("merge", "run.tar")
    assert said.words.endswith(
        "1 of 2 saved files came with no source: a run that needs one saves it again"
    )


def test_artifacts_belong_to_an_export(crossload: CommandLine) -> None:
    said = crossload("ledger", "import", "run.tar", "--with-artifacts")
    assert said.code == 2
    assert said.err.splitlines()[0] == "crossload: --with-artifacts belongs to export"


MATRIX = """
environments:
  tf2.10: {tensorflow: "2.10.1", python: "3.9"}
  tf2.15: {tensorflow: "2.15.1", python: "3.11"}
profiles:
  quick: {environments: all, models: [dense], formats: [h5]}
"""


def test_a_profile_keeps_its_own_cells(crossload: CommandLine) -> None:
    crossload.matrix(MATRIX)
    machine(crossload, "a", 1).measure("dense", "lstm")
    said = crossload("merge", "a", "--profile", "quick")
    assert (said.code, said.words) == (0, "run 1 is 1 run merged: 2 cells, 2 attempts")
    said = crossload("merge", "a", "--profile", "quack")
    assert said.code == 2
    assert "the matrix has no profile 'quack'; did you mean 'quick'" in said.err
