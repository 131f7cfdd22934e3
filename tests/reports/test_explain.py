"""`explain` shows all that is known of one cell, in the order in which a stranger asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger, RunState
from crossload.runner.ledger.hiding import hiding
from crossload.runner.records import (
    Attempt,
    AttemptKey,
    AttemptOutcome,
    Cell,
    CheckOutcome,
    EnvironmentProblem,
    JobReport,
    ProbeError,
    SaveKey,
    SaveOutcome,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
)
from tests.conftest import Outcome, Project
from tests.ledger.examples import LOADER_RECORD, SAVER_RECORD, START

OLD, NEW, GONE = "tf2.10-py3.9", "tf2.15-py3.11", "tf2.6-py3.9"
PROBLEM = EnvironmentProblem(
    EnvironmentState.UNAVAILABLE,
    EnvironmentCause.IMPORT_FAILED,
    "its Keras cannot be imported: ImportError: no module named 'six'",
    "pin the package that the error names",
    "first line\nImportError: no module named 'six'",
)
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/somewhere/lib/python3.11/site-packages/keras/load.py", line 7, in load\n'
    "    raise ValueError(text)\n"
    "ValueError: unknown layer"
)
REFUSED = JobReport(
    JobStatus.REFUSED,
    ProbeError(
        "ValueError", "Unknown layer: 'Mine'. " + "Please ensure that it is known. " * 4, TRACE
    ),
    output_tail="1/1 \\u0008\\u0008\na word of the framework\na word of the framework",
    warnings=("UserWarning: mind this",) * 2,
)
DONE = JobReport(JobStatus.DONE, seconds=(("load", 0.5),))
EQUAL = CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 0.0)
OTHER = CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 0.25)
LOST = (
    EQUAL,
    CheckOutcome(Check.OPTIMIZER, CheckStatus.DISAGREES, None, "iterations was 2, is 0"),
    CheckOutcome(Check.STEP, CheckStatus.MEASURED, 0.04, "loss 2 was 0.44, is 0.42"),
    CheckOutcome(Check.RE_SAVE, CheckStatus.NOT_APPLICABLE, None, "a SavedModel takes seconds"),
)


def attempt(strategy: Strategy, report: JobReport = DONE, *checks: CheckOutcome) -> Attempt:
    return Attempt(strategy, AttemptOutcome(report, checks))


MEASURED: dict[str, tuple[Attempt, ...]] = {
    "same": (attempt(Strategy.PLAIN, DONE, EQUAL),),
    "partial": (attempt(Strategy.PLAIN, DONE, *LOST),),
    "assisted": (
        attempt(Strategy.PLAIN, REFUSED),
        attempt(Strategy.NO_COMPILE, DONE, EQUAL),
    ),
    "differs": (attempt(Strategy.PLAIN, DONE, OTHER),),
    "fails": (attempt(Strategy.PLAIN, REFUSED), attempt(Strategy.REBUILD_WEIGHTS, REFUSED)),
    "crashes": (attempt(Strategy.PLAIN, JobReport(JobStatus.CRASHED, detail="killed by SIGSEGV")),),
}


@dataclass(frozen=True)
class Told:
    """A project with one run, in which each model is called as its verdict is."""

    project: Project

    def explain(self, cell: str, *options: str, width: int = 80) -> Outcome:
        return self.project.run("explain", cell, *options, width=width)

    def text(self, model: str, file_format: str = "h5", loader: str = NEW) -> str:
        said = self.explain(f"{OLD}/{model}.{file_format}/{loader}")
        assert said.code == 0, said.err
        return said.out


def artifact_of(name: str) -> str:
    return name.encode().hex().ljust(64, "0")


def fill(path: Path) -> None:
    with Ledger.open(path) as ledger:
        run_id = ledger.begin_run(START)
        gone = replace(LOADER_RECORD, id=GONE, name="tf2.6", digest="", problem=PROBLEM)
        for record in (SAVER_RECORD, LOADER_RECORD, gone):
            ledger.record_environment(run_id, record)
        models = [(model, Format.H5) for model in (*MEASURED, "unsaved")]
        cells = [
            Cell(OLD, model, form, loader) for model, form in models for loader in (NEW, OLD, GONE)
        ]
        case = Cell(OLD, "my-case", Format.SCRIPT, NEW)
        ledger.plan_cells(run_id, [*cells, case, Cell(OLD, "same", Format.KERAS, NEW)])
        for model, form in (*models, ("my-case", Format.SCRIPT)):
            key = SaveKey(SAVER_RECORD.digest, model, form, "probe", "options")
            artifact = artifact_of(model)
            saved = SaveOutcome(DONE, artifact, "b" * 64, 12345, "model.h5", 0.0)
            ledger.record_save(run_id, key, SaveOutcome(REFUSED) if model == "unsaved" else saved)
            for one in MEASURED.get(model, MEASURED["fails"][:1] if model == "my-case" else ()):
                of = AttemptKey(artifact, LOADER_RECORD.digest, one.strategy, "probe", "options")
                ledger.record_attempt(run_id, of, one.outcome)
        ledger.finish_run(run_id, RunState.FINISHED)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("explained")
    fill(folder / ".crossload" / "ledger.sqlite")
    return Told(Project(folder))


@pytest.mark.parametrize("model", MEASURED)
def test_the_beginning_says_what_was_measured_and_the_verdict(told: Told, model: str) -> None:
    lines = told.text(model).splitlines()
    assert lines[0] == f"{OLD}/{model}.h5/{NEW}"
    assert lines[1].startswith(f"The model {model}, saved by {OLD} as h5, loaded by")
    assert any(line.startswith(f"{model}: ") for line in lines[2:5])


@pytest.mark.parametrize("model", [*MEASURED, "unsaved"])
def test_sentences_fit_80_columns(told: Told, model: str) -> None:
    wide = [line for line in told.text(model).splitlines() if len(line) > 80]
    assert [line for line in wide if "crossload reproduce" not in line] == []


def test_every_attempt_is_shown_with_its_error_and_its_place(told: Told) -> None:
    text = " ".join(told.text("fails").split())
    assert "Attempt 1 of 2: plain (load_model(path) and nothing else): raises an error" in text
    assert "Attempt 2 of 2: rebuild+weights" in text
    assert text.count("ValueError: Unknown layer: 'Mine'. Please ensure") >= 2
    assert 'raised in "/somewhere/lib/python3.11/site-packages/keras/load.py", line 7' in text


def test_repetitions_are_shown_once(told: Told) -> None:
    text = told.text("my-case", "script")
    assert text.count("warning: UserWarning: mind this") == 1
    assert text.count("| a word of the framework") == 1
    assert "u0008" not in text


def test_what_helped_is_shown_after_what_failed(told: Told) -> None:
    text = told.text("assisted")
    refused = text.index("nothing else): raises an error")
    assert refused < text.index("Attempt 2 of 2: no-compile")
    assert "loads, and the outputs agree" in " ".join(text.split())


def test_what_was_lost_is_named(told: Told) -> None:
    text = told.text("partial")
    assert "  optimizer: LOST: iterations was 2, is 0\n" in text
    assert "  step: DIFFERS BY 4.0E-02: loss 2 was 0.44, is 0.42\n" in text
    assert "  outputs: equal (allowed: 1e-05)\n" in text
    assert "  not compared: re-save (a SavedModel takes seconds)\n" in text


def test_different_outputs_are_loud(told: Told) -> None:
    text = told.text("differs")
    assert "loads, but the outputs DIFFER" in " ".join(text.split())
    assert "  outputs: DIFFERS BY 2.5E-01 (allowed: 1e-05)\n" in text


def test_how_a_process_died_is_shown(told: Told) -> None:
    assert "killed by SIGSEGV" in told.text("crashes")


def test_a_save_that_was_refused_shows_its_error(told: Told) -> None:
    text = told.text("unsaved")
    assert "\nError\n  ValueError: Unknown layer: 'Mine'." in text
    assert "Attempt" not in text


def test_an_environment_that_cannot_be_used_says_why(told: Told) -> None:
    text = told.text("same", loader=GONE)
    assert f"Why {GONE} is unavailable: import-failed\n" in text
    assert "  pin the package that the error names\n" in text
    assert "  | ImportError: no module named 'six'\n" in text
    assert "crossload reproduce" not in text


def test_a_case_is_shown_as_scripts(told: Told) -> None:
    text = " ".join(told.text("my-case", "script").split())
    assert f"its save script ran in {OLD}, its load script in {NEW}." in text
    assert "plain (the load script of the case)" in text


def test_versions_stand_side_by_side_with_a_mark(told: Told) -> None:
    text = told.text("same")
    assert "\n* python        3.9.18        -\n" in text or "\n* python        3.9.18" in text
    assert "\n  api           tf.keras      tf.keras\n" in text


def test_other_cells_are_shown_with_this_one_marked(told: Told) -> None:
    text = told.text("fails")
    assert f"\n  fails       {OLD}/fails.h5/{NEW}  <- this cell\n" in text
    assert f"\n  unavailable {OLD}/fails.h5/{GONE}\n" in text
    assert f"\n  not-run     {OLD}/same.keras/{NEW}\n" in told.text("same")


def test_the_command_to_reproduce_it_can_be_typed(told: Told) -> None:
    (line,) = [one for one in told.text("fails").splitlines() if "crossload reproduce" in one]
    assert line == f"  crossload reproduce {OLD}/fails.h5/{NEW} -o fails-fails"


@pytest.mark.parametrize("model", [*MEASURED, "unsaved"])
def test_json_has_the_same_facts(told: Told, model: str) -> None:
    said = told.explain(f"{OLD}/{model}.h5/{NEW}", "--json")
    document = json.loads(said.out)
    assert document["cell"]["verdict"] == model
    assert document["measured"].startswith(f"The model {model}, saved by {OLD}")
    assert document["environments"]["saver"]["id"] == OLD
    assert [one["strategy"] for one in document["cell"]["attempts"]] == [
        str(one.strategy) for one in MEASURED.get(model, ())
    ]
    assert document["file"] == (
        None if model == "unsaved" else {"sha256": "b" * 64, "bytes": 12345, "noise": 0.0}
    )
    assert f"{OLD}/{model}.h5/{NEW}" in [one["id"] for one in document["neighbours"]]
    assert document["reproduce"].startswith(f"crossload reproduce {OLD}/{model}.h5/{NEW}")


def test_json_says_why_an_environment_cannot_be_used(told: Told) -> None:
    said = told.explain(f"{OLD}/same.h5/{GONE}", "--json")
    problem = json.loads(said.out)["environments"]["loader"]["problem"]
    assert (problem["cause"], problem["advice"]) == ("import-failed", PROBLEM.advice)


def test_an_export_gives_the_same(told: Told, tmp_path: Path) -> None:
    target = tmp_path / "run.jsonl.xz"
    home = told.project.folder / ".crossload"
    with Ledger.open(home / "ledger.sqlite", read_only=True) as ledger:
        ledger.export_run(target, None, hiding(home, told.project.folder))
    cell = f"{OLD}/partial.h5/{NEW}"
    ours = told.explain(cell).out.replace("-o partial", f"--from {target} -o partial")
    assert told.explain(cell, "--from", str(target)).out == ours


def check_refused(said: Outcome, *words: str) -> None:
    assert (said.code, said.out) == (2, "")
    assert all(word in said.err for word in words), said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        (f"{OLD}/fals.h5/{NEW}", f"did you mean '{OLD}/fails.h5/{NEW}'"),
        ("tf2.1-py3.9/same.h5/tf2.15-py3.1", f"did you mean '{OLD}/same.h5/{NEW}'"),
        (f"{NEW}/same.h5/{OLD}", "has no cell"),
        ("nonsense", "a cell's id is saver/model.format/loader"),
        ("*/no-such-model*", "has no cell"),
    ],
)
def test_an_unknown_cell_is_answered_with_the_nearest(told: Told, cell: str, hint: str) -> None:
    check_refused(told.explain(cell, width=400), "run 1 has no cell", hint)


def test_a_pattern_may_name_a_cell(told: Told) -> None:
    assert told.explain(f"*/fails.h5/{NEW}").out == told.text("fails")


def test_a_pattern_that_selects_several_names_them(told: Told) -> None:
    check_refused(told.explain("*/fails.*", width=400), "selects 3 cells", f"{OLD}/fails.h5/{GONE}")


def test_a_project_without_a_ledger_learns_what_to_do(project: Project) -> None:
    check_refused(
        project.run("explain", "a/b.h5/c"), "there is no ledger", "crossload run", "--from"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--run", "7"], "has no run 7"),
        (["--run", "first"], "--run: 'first' is neither"),
        (["--run", "1", "--from", "x.xz"], "--run cannot be combined with --from"),
    ],
)
def test_a_run_that_is_not_there_is_reported(told: Told, options: list[str], words: str) -> None:
    check_refused(told.explain(f"{OLD}/same.h5/{NEW}", *options), words)


def test_the_latest_run_that_has_the_cell_is_taken(
    tmp_path: Path, make_project: Callable[[str], Project]
) -> None:
    project = make_project("environments: {}\n")
    path = tmp_path / ".crossload" / "ledger.sqlite"
    fill(path)
    with Ledger.open(path) as ledger:
        run_id = ledger.begin_run(START)
        ledger.plan_cells(run_id, [Cell(OLD, "new", Format.H5, NEW)])
    assert "Run 1 of " in project.run("explain", f"{OLD}/same.h5/{NEW}").out
    assert "Run 2 of " in project.run("explain", f"{OLD}/new.h5/{NEW}").out
