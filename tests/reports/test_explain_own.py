"""What `explain` finds out of a model of the user's own, and how it says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.reports.document import AttemptRow, CellRow
from crossload.reports.explain_own import OwnModel, find_own, traits_of
from crossload.reports.explain_own_text import meaning_own, measured_own
from crossload.runner.analysis.judged import TryResult
from crossload.runner.ledger import RunState
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, SavedFile
from crossload.runner.records import Cell, JobReport, SaveOutcome, SubjectRecord
from crossload.runner.words import Format, JobStatus, RunKind, Strategy, SubjectTask, Verdict
from tests.ledger.examples import START

OLD, NEW = "tf2.10-py3.9", "tf2.15-py3.11"
CELL = Cell(OLD, "mine", Format.H5, NEW)
ARTIFACT, BUNDLE, FIRST = "a" * 64, "b" * 64, "c" * 64


CONVERTED = SubjectRecord("mine-2", "mine.h5", SubjectTask.CONVERT)
TYPED = SubjectRecord("mine", "models/mine.h5", SubjectTask.ADOPT)


def snapshot(
    typed: SubjectRecord = TYPED, kind: RunKind = RunKind.CHECK, cell: Cell = CELL,
    save: SaveOutcome | None = None,
) -> RunSnapshot:  # fmt: skip
    subjects = () if kind is RunKind.RUN else (typed,)
    start = replace(START, kind=kind, subjects=subjects)
    saves = {} if save is None else {SavedFile.of(cell): save}
    return RunSnapshot(RunFacts(1, start, RunState.FINISHED), (), (cell,), saves, {})


def saved(*steps: str) -> SaveOutcome:
    seconds = tuple((one, 0.1) for one in steps)
    return SaveOutcome(JobReport(JobStatus.DONE, seconds=seconds), ARTIFACT)


def keep(store: Path, digest: str, name: str, content: object) -> None:
    (store / digest / "payload").mkdir(parents=True, exist_ok=True)
    (store / digest / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A saver's bundle, and that of what the user gave."""
    origin = {"task": "adopt", "bundle": BUNDLE}
    keep(tmp_path, ARTIFACT, "expected.json", {"origin": origin, "losses": [float("nan")]})
    keep(tmp_path, BUNDLE, "subject.json", {"code": "layers", "unsafe": True})
    (tmp_path / BUNDLE / "code.py").write_text("class Mine:\n    pass\n", encoding="utf-8")
    return tmp_path


def found(cell: Cell = CELL, run: RunSnapshot | None = None, store: Path | None = None) -> OwnModel:
    own = find_own(cell, run or snapshot(cell=cell), store)
    assert own is not None
    return own


def test_everything_is_known_while_the_artifacts_are_there(store: Path) -> None:
    own = found(run=snapshot(save=saved("load:no-compile", "predict")), store=store)
    assert (own.file, own.task, own.way) == ("mine.h5", SubjectTask.ADOPT, Strategy.NO_COMPILE)
    assert own.code == store / BUNDLE / "code.py"
    traits = traits_of("mine", own)
    assert (traits.own, traits.adopted, traits.custom, traits.code) == (True, True, True, True)


def test_the_name_and_the_strategy_come_from_the_ledger_alone() -> None:
    own = found(run=snapshot(save=saved("load:plain")))
    assert (own.file, own.task, own.way) == ("mine.h5", SubjectTask.ADOPT, Strategy.PLAIN)
    assert (own.artifact, own.bundle, own.code) == (None, None, None)


@pytest.mark.parametrize(
    ("content", "why"),
    [("[]", "another shape"), ("{", "no JSON"), ('{"origin": {"task": "x"}}', "another word")],
)
def test_a_bundle_of_something_else_is_ignored(store: Path, content: str, why: str) -> None:
    (store / ARTIFACT / "expected.json").write_text(content, encoding="utf-8")
    own = found(run=snapshot(save=saved("load:plain")), store=store)
    assert own.bundle is None, why


def test_a_name_that_leads_elsewhere_is_ignored(store: Path) -> None:
    keep(store, BUNDLE, "subject.json", {"code": "../../layers"})
    assert found(run=snapshot(save=saved("load:plain")), store=store).code is None


@pytest.mark.parametrize(
    ("model", "kind", "file_format"),
    [
        ("dense", RunKind.UPGRADE, Format.H5),
        ("mine", RunKind.RUN, Format.H5),
        ("mine", RunKind.CHECK, Format.SCRIPT),
    ],
)
def test_reference_models_and_cases_are_not_user_models(
    model: str, kind: RunKind, file_format: Format
) -> None:
    cell = CELL._replace(model=model, format=file_format)
    assert find_own(cell, snapshot(kind=kind, cell=cell), None) is None


def test_a_model_that_the_run_does_not_name_goes_by_its_name_in_cells() -> None:
    cell = CELL._replace(model="other")
    own = found(cell, snapshot(cell=cell))
    assert (own.file, own.task) == ("other", None)


def test_a_conversion_names_its_source(store: Path) -> None:
    origin = {"task": "convert", "bundle": BUNDLE, "source": FIRST, "source_format": "h5"}
    keep(store, ARTIFACT, "expected.json", {"origin": origin, "subject": "mine-2"})
    keep(store, FIRST, "expected.json", {"origin": {"task": "adopt", "bundle": BUNDLE}})
    cell = CELL._replace(model="mine-2", format=Format.KERAS)
    run = snapshot(CONVERTED, RunKind.MIGRATE, cell, saved("load:rebuild+weights"))
    own = found(cell, run, store)
    assert (own.task, own.source) == (SubjectTask.CONVERT, "your file (h5)")
    row = CellRow("", OLD, "mine-2", Format.KERAS, NEW, Verdict.SAME)
    assert measured_own(row, own) == (
        f"Your model mine.h5, converted from your file (h5): loaded in {OLD} by the strategy "
        f"rebuild+weights, saved there as keras, loaded by {NEW}."
    )
    keep(store, FIRST, "expected.json", {"origin": origin, "subject": "mine-1"})
    assert found(cell, run, store).source == "the conversion mine-1 (h5)"


def test_a_conversion_that_left_nothing_is_still_one() -> None:
    cell = CELL._replace(model="mine-2")
    own = found(cell, snapshot(CONVERTED, RunKind.MIGRATE, cell))
    assert (own.file, own.task) == ("mine.h5", SubjectTask.CONVERT)


ROW = CellRow("", OLD, "mine", Format.H5, NEW, Verdict.FAILS)
ADOPTED = OwnModel("mine.h5", SubjectTask.ADOPT, Strategy.PLAIN)


@pytest.mark.parametrize(
    ("row", "own", "told"),
    [
        (ROW, ADOPTED,
         (f"Your model mine.h5 (h5), loaded by {NEW}; outputs compared with those in {OLD}, which "
         "loaded it plainly.")),
        (ROW, replace(ADOPTED, way=None),
         f"Your model mine.h5 (h5), loaded by {NEW}; outputs compared with those in {OLD}."),
        (ROW, replace(ADOPTED, task=SubjectTask.BARE),
         (f"Your model mine.h5 (h5), loaded by {NEW}; no environment could load it as it is, so "
         "there are no outputs to compare with.")),
        (ROW, replace(ADOPTED, task=SubjectTask.BARE, expects=True),
         (f"Your model mine.h5 (h5), loaded by {NEW}; outputs compared with those passed as "
          "--outputs.")),
        (replace(ROW, loader=OLD, verdict=Verdict.UNSAVED), ADOPTED,
         f"Your model mine.h5 (h5) fails to load in {OLD}, the environment to compare with."),
        (replace(ROW, loader=OLD), ADOPTED,
         (f"Your model mine.h5 (h5), loaded by {OLD}, the environment to compare with, "
          "which loaded it plainly.")),
        (replace(ROW, loader=OLD), OwnModel("mine.py", SubjectTask.BUILD),
         f"Your model mine.py, built and saved by {OLD} as h5, loaded by itself."),
    ],
    ids=["adopted", "way-unknown", "bare", "outputs-passed", "not-adopted", "itself", "script"],
)  # fmt: skip
def test_measurements_are_reported_for_the_file(row: CellRow, own: OwnModel, told: str) -> None:
    assert measured_own(row, own) == told


@pytest.mark.parametrize(
    ("concessions", "counts"),
    [((), True), (("custom-object-scope",), True), (("no-compile",), False)],
)
def test_passing_your_own_code_does_not_count_as_help(
    store: Path, concessions: tuple[str, ...], *, counts: bool
) -> None:
    own = found(run=snapshot(save=saved("load:plain")), store=store)
    way = Strategy.CUSTOM_OBJECTS
    attempt = AttemptRow(way, TryResult.AGREES, JobStatus.DONE, 0.0, concessions=concessions)
    row = replace(ROW, verdict=Verdict.ASSISTED, strategy=way, attempts=(attempt,))
    assert ("passing your own code" in meaning_own(row, own, "Meaning.")) is counts
