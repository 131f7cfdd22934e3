"""`crossload upgrade`: its arguments, its outputs and its exit codes, without a framework."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.cli import upgrade as gate_command
from crossload.cli.upgrade_plan import SAVED_MODELS, Pair, without_answers
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.checking import running
from crossload.runner.environments.project import known_models
from crossload.runner.formats import WHOLE_FORMATS
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.models.traits import ModelTraits
from crossload.runner.plan import Plan
from crossload.runner.records import EnvironmentRecord, JobReport, SaveOutcome
from crossload.runner.request import RunRequest
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, JobStatus, SubjectTask, Verdict
from tests.cli.conftest import CommandLine
from tests.cli.matrices import BROKEN, IMPOSSIBLE, knows_wheels
from tests.gate.examples import NEW, OLD, judged
from tests.reports.samples import environment, run_of, unavailable
from tests.runs import environment as resolved

MATRIX = """\
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.16: {tensorflow: "2.16.1"}
"""
Measured = Callable[..., None]


def record(environment_id: str) -> EnvironmentRecord:
    return replace(environment(0), id=environment_id, name=environment_id.partition("-")[0])


@pytest.fixture
def measured(crossload: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Measured:
    """Lets the run measure these cells, whatever environments this machine has."""
    crossload.matrix(MATRIX)

    def measuring(*files: tuple[JudgedCell, JudgedCell], broken: bool = False) -> None:
        after = unavailable(record(NEW)) if broken else record(NEW)
        run = run_of([record(OLD), after], [cell for file in files for cell in file])

        def fake(*_: object) -> gate_command.Measured:
            before, new = resolved("tf2.15"), resolved("tf2.16")
            pair = Pair(replace(before, id=OLD), replace(new, id=NEW))
            return gate_command.Measured(run.snapshot, pair)

        monkeypatch.setattr(gate_command, "_measure", fake)

    return measuring


def upgrade(crossload: CommandLine, *arguments: str) -> tuple[int, str, str]:
    said = crossload("upgrade", "--from", "2.15", "--to", "2.16", *arguments)
    return said.code, said.out, said.err


def test_nothing_new_is_exit_code_0(crossload: CommandLine, measured: Measured) -> None:
    measured(judged("dense", Verdict.SAME))
    code, out, err = upgrade(crossload)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "The gate passes: nothing new."


def test_something_new_is_exit_code_1(crossload: CommandLine, measured: Measured) -> None:
    measured(judged("dense", Verdict.FAILS), judged("lstm", Verdict.SAME))
    code, out, _ = upgrade(crossload)
    assert code == 1
    assert "The gate fails: 1 new finding." in out


def test_an_environment_that_cannot_be_used_is_exit_code_4(
    crossload: CommandLine, measured: Measured
) -> None:
    here, own = judged("dense", Verdict.UNAVAILABLE)
    measured((here, own), broken=True)
    code, out, _ = upgrade(crossload)
    assert code == 4
    assert f"{NEW} cannot be used: no Python 3.7 on this machine." in out
    assert "install it with `uv python install 3.7`" in out


def test_the_threshold_decides(crossload: CommandLine, measured: Measured) -> None:
    measured(judged("dense", Verdict.ASSISTED))
    assert upgrade(crossload)[0] == 1
    assert upgrade(crossload, "--fail-on", "differs")[0] == 0
    assert upgrade(crossload, "--fail-on", "same")[0] == 2


def test_the_policy_next_to_the_matrix_counts(crossload: CommandLine, measured: Measured) -> None:
    measured(judged("dense", Verdict.FAILS))
    entry = "accepted: [{cell: dense.h5, verdict: fails, reason: known}]"
    (crossload.folder / "crossload-policy.yaml").write_text(entry, encoding="utf-8")
    code, out, _ = upgrade(crossload)
    assert code == 0
    assert "Known and accepted: 1 finding" in out
    (crossload.folder / "none.yaml").write_text("accepted: []", encoding="utf-8")
    assert upgrade(crossload, "--policy", "none.yaml")[0] == 1


def test_an_expired_entry_fails_the_gate(crossload: CommandLine, measured: Measured) -> None:
    measured(judged("dense", Verdict.FAILS))
    entry = "accepted: [{cell: dense.h5, verdict: fails, reason: known, expires: 2020-01-01}]"
    (crossload.folder / "crossload-policy.yaml").write_text(entry, encoding="utf-8")
    code, out, _ = upgrade(crossload)
    assert code == 1
    assert "1 accepted by an expired entry" in out


def test_a_wrong_policy_is_exit_code_3_before_anything_is_measured(
    crossload: CommandLine, measured: Measured
) -> None:
    measured()
    (crossload.folder / "policy.yaml").write_text("acepted: []", encoding="utf-8")
    code, _, err = upgrade(crossload, "--policy", "policy.yaml")
    assert code == 3
    assert err.startswith("crossload: policy.yaml:1: acepted: found an unknown key")


def test_every_output_is_written(crossload: CommandLine, measured: Measured) -> None:
    measured(judged("dense", Verdict.FAILS))
    files = [("--junit", "o.xml"), ("--markdown", "o.md"), ("--sarif", "o.sarif")]
    flat = [part for pair in files for part in pair]
    code, out, _ = upgrade(crossload, *flat, "--json=out/o.json")
    assert code == 1
    assert [line for line in out.splitlines() if line.startswith("wrote ")] == [
        "wrote o.xml", "wrote o.md", "wrote o.sarif", "wrote out/o.json"
    ]  # fmt: skip
    assert (crossload.folder / "o.xml").read_text("utf-8").startswith("<?xml")
    assert json.loads((crossload.folder / "o.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert json.loads((crossload.folder / "out" / "o.json").read_text("utf-8"))["run"] == 7


def test_json_alone_is_all_of_standard_output(crossload: CommandLine, measured: Measured) -> None:
    measured(judged("dense", Verdict.FAILS))
    code, out, err = upgrade(crossload, "--annotations", "--json")
    assert (code, json.loads(out)["exit_code"]) == (1, 1)
    assert err.startswith("::error file=matrix.yaml,line=3,")


def test_a_summary_of_a_job_is_added_to(
    crossload: CommandLine, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(judged("dense", Verdict.SAME))
    summary = crossload.folder / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
        upgrade(crossload, "--markdown", "summary.md")
    assert summary.read_text("utf-8").startswith("before\n## ✅ Upgrade from")


def test_lines_of_other_programs_are_not_taken_for_commands(
    crossload: CommandLine, measured: Measured
) -> None:
    measured(judged("dense", Verdict.FAILS))
    lines = upgrade(crossload, "--annotations")[1].splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    assert not any(line.lstrip().startswith("::") for line in lines[1:end])
    assert all(line.startswith("::error ") for line in lines[end + 1 :])


def test_an_output_that_cannot_be_written_is_reported(
    crossload: CommandLine, measured: Measured
) -> None:
    measured(judged("dense", Verdict.SAME))
    code, _, err = upgrade(crossload, "--junit", ".")
    assert code == 7
    assert "or give --junit another path" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "2.15"], "the following arguments are required: --to"),
        (
            ["--from", "2.14", "--to", "2.16"],
            "--from '2.14' is not an environment of this matrix; did you mean 'tf2.16'",
        ),
        (["--from", "2.15", "--to", "tf2.15"], "both mean 'tf2.15'"),
        (["--from", "2.15", "--to", "tf2*"], "--to 'tf2*' means 2 environments, expected one"),
        (["--from", "2.15", "--to", "2.16", "mine.h5"], "mine.h5"),
    ],
    ids=["missing", "unknown", "twice", "several", "own"],
)
def test_what_the_command_line_gets_wrong(
    crossload: CommandLine, arguments: Sequence[str], message: str
) -> None:
    crossload.matrix(MATRIX)
    said = crossload("upgrade", *arguments)
    assert said.code == 2
    assert message in said.err


@knows_wheels
def test_an_impossible_environment_is_reported_before_the_run(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("upgrade", "--from", "old", "--to", "new")
    assert said.code == 4
    assert "old-py3.3: TensorFlow 2.3.0 has no build for Python 3.3" in said.err
    assert not (crossload.home / "ledger.sqlite").exists()


def test_a_broken_matrix_stops_it(crossload: CommandLine) -> None:
    crossload.matrix(BROKEN)
    assert crossload("upgrade", "--from", "tf2.10", "--to", "tf2.15").code == 3


# --- what is measured -------------------------------------------------------------------------


@pytest.fixture
def planned(crossload: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    """The plan that the command line would run."""
    crossload.matrix(MATRIX)
    caught: list[Plan] = []

    class CaughtError(Exception):
        pass

    def fake_pair(project: object, specs: Sequence[object]) -> Pair:
        del project, specs
        return Pair(resolved("tf2.15"), resolved("tf2.16"))

    def fake_run(request: RunRequest, *_: object) -> int:
        caught.append(request.plan)
        raise CaughtError

    monkeypatch.setattr(gate_command, "pair_of", fake_pair)
    monkeypatch.setattr(running, "run", fake_run)

    def planning(*arguments: str) -> Plan:
        with pytest.raises(CaughtError):
            crossload("upgrade", "--from", "2.15", "--to", "2.16", *arguments)
        return caught.pop()

    return planning


def formats_of(plan: Plan) -> set[Format]:
    return {one.format for one in plan.saves}


def test_by_default_every_model_is_measured_and_a_part_of_them_as_savedmodel(
    planned: Callable[..., Plan],
) -> None:
    plan = planned()
    assert plan.profile == "upgrade"
    assert formats_of(plan) == set(WHOLE_FORMATS)
    assert {one.model for one in plan.saves} == set(known_models())
    as_folder = {one.model for one in plan.saves if one.format is Format.SAVEDMODEL}
    assert as_folder == SAVED_MODELS
    assert len({one.saver for one in plan.saves}) == 1
    assert len(plan.cells) == 2 * len(plan.saves)


def test_what_is_asked_for_is_measured_whole(planned: Callable[..., Plan]) -> None:
    assert len(planned("--format", "savedmodel").saves) > 2 * len(SAVED_MODELS)
    plan = planned("--model", "{dense,gru-*}", "--format", "{h5,weights-h5}")
    assert {str(one).partition("/")[2] for one in plan.saves} >= {"dense.h5", "dense.weights-h5"}
    assert formats_of(plan) == {Format.H5, Format.WEIGHTS_H5}
    assert {one.format for one in planned("--model", "nested").saves} == set(WHOLE_FORMATS)


SCRIPT = "def build():\n    return None\n"


def test_user_models_are_saved_before_and_loaded_after_the_upgrade(
    planned: Callable[..., Plan], tmp_path: Path
) -> None:
    script = tmp_path / "mine.py"
    script.write_text(SCRIPT, encoding="utf-8")
    plan = planned(str(script), "--no-reference")
    assert [one.name for one in plan.subjects] == ["mine"]
    (saver,) = {one.saver for one in plan.saves}
    assert {one.format for one in plan.saves} == set(WHOLE_FORMATS)
    assert {(one.saver, one.loader) for one in plan.cells} >= {(saver, saver)}
    assert len(plan.cells) == 2 * len(plan.saves)
    both = planned(str(script), "--model", "dense", "--format", "h5")
    assert {one.model for one in both.cells} == {"dense", "mine"}


def test_a_file_that_the_old_environment_cannot_load_is_kept_without_answers() -> None:
    own = subject("mine", Format.H5)
    saved = saved_by(OLD, own, JobStatus.DONE)
    refused = saved_by(OLD, own, JobStatus.REFUSED)
    assert without_answers([own], saved) == (own,)
    (bare,) = without_answers([own], refused)
    assert bare.task is SubjectTask.BARE
    assert without_answers([bare], refused) == (bare,)


def subject(name: str, file_format: Format) -> Subject:
    return Subject(name, Path(name), ModelTraits(name=name, own=True), "0" * 64, file_format)


def saved_by(saver: str, own: Subject, status: JobStatus) -> RunSnapshot:
    assert own.format is not None
    empty = run_of([record(saver)], []).snapshot
    file = SavedFile(saver, own.name, own.format)
    return replace(empty, saves={file: SaveOutcome(JobReport(status))})


@pytest.fixture
def known_pair(crossload: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both environments are there, whatever Pythons this machine has."""
    crossload.matrix(MATRIX)
    pair = Pair(resolved("tf2.15"), resolved("tf2.16"))
    monkeypatch.setattr(gate_command, "pair_of", lambda *_: pair)


@pytest.mark.usefixtures("known_pair")
@pytest.mark.parametrize(("option", "pattern"), [("--model", "dens"), ("--format", "h6")])
def test_a_pattern_that_selects_nothing_is_reported(
    crossload: CommandLine, option: str, pattern: str
) -> None:
    code, _, err = upgrade(crossload, option, pattern)
    assert code == 2
    assert err.startswith(f"crossload: {option} {pattern!r} matches nothing")


@pytest.mark.usefixtures("known_pair")
def test_without_reference_models_and_models_nothing_is_left(crossload: CommandLine) -> None:
    code, _, err = upgrade(crossload, "--no-reference")
    assert code == 2
    assert "there is nothing to measure" in err
