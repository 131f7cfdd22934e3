"""What a check shows: a part per model and a line per cell, with cleaned texts.

Owns that shape and its sentences. `runner.checking` measures; `reports.gather` describes a cell.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crossload.reports.check.helping import Help, help_of
from crossload.reports.check.lines import Line, Predicted, error_text
from crossload.reports.cleaning import clean_line
from crossload.reports.document import CellRow, Report
from crossload.reports.gather import gather_judged
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.analysis.sentences import losing
from crossload.runner.atlas import Atlas
from crossload.runner.checking.running import Check, Checked, Refusal
from crossload.runner.checking.verdicts import (
    counted,
    effective,
    exit_code,
    is_fine,
    unsavable,
)
from crossload.runner.errors import ExitCode
from crossload.runner.inspection.model import FindingKind, Inspection
from crossload.runner.prediction.unwritten import unwritten
from crossload.runner.prose import joined
from crossload.runner.strategies import STRATEGIES
from crossload.runner.subjects.reading import LeftOut, Reading
from crossload.runner.subjects.trust import runs_code
from crossload.runner.words import Strategy, SubjectTask, Verdict

_MOST_NAMED = 4
_GIVE_OUTPUTS = "pass --inputs and --outputs"
OWN_CODE = "OwnCodeFails"  # raised by `crossload_probe.subjects`
_ENVIRONMENTS = ("environments", "environment")
_SAID = {
    Verdict.ASSISTED: "needs help to load in",
    Verdict.TRANSLATED: "is translated by crossload in",
    Verdict.REBUILT: "needs the code that built the model in",
    Verdict.PREDICTS: "only predicts in",
    Verdict.DIFFERS: "gives different outputs without an error in",
    Verdict.FAILS: "fails to load in",
    Verdict.CRASHES: "crashes the loading process in",
    Verdict.TIMES_OUT: "times out in",
    Verdict.UNAVAILABLE: "could not be tried without",
    Verdict.IMPOSSIBLE: "could not be tried without",
    Verdict.NOT_RUN: "could not be compared in",
}
NO_SANDBOX = (
    "no sandbox: these files were loaded with your permissions (`crossload doctor` shows how to "
    "get a sandbox)"
)
HOW_TO_LOAD = (
    "files that can run code are loaded only in a sandbox (`crossload doctor` shows how to get "
    "one) or with --trust"
)
SELF_REPORTED = (
    "self-reported: code from this file can run in the process that loads it, and could forge what "
    "that process reports"
)
_TO_MIGRATE = frozenset(
    {Verdict.ASSISTED, Verdict.TRANSLATED, Verdict.REBUILT, Verdict.PREDICTS, Verdict.FAILS}
)


@dataclass(frozen=True)
class Part:
    """One model: its path, what its outputs are compared with, its lines, a summary, what helps.

    `migrating` is the command that writes a file for the first environment in which this one fails;
    `beyond` is the number of further environments that could compute the outputs.
    """

    name: str
    path: str
    description: str
    warnings: tuple[str, ...]
    baseline: str
    lines: tuple[Line, ...]
    sentence: str
    help: tuple[Help, ...]
    refusals: tuple[tuple[str, str], ...]
    migrating: str = ""
    beyond: int = 0


@dataclass(frozen=True)
class CheckDocument:
    """A whole check.

    `left_out` lists (path, reason) of the files in folders that were skipped, `refused` those of
    the files that can run code and were not loaded for want of a sandbox.
    """

    run: int
    parts: tuple[Part, ...]
    report: Report
    code: ExitCode
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


def document_of(
    check: Check, fail_on: Verdict, reading: Reading, *, contained: bool = True
) -> CheckDocument:
    """Everything that a check shows; `contained` says whether models ran in a sandbox."""
    judged = [cell for one in check.checked for cell in one.cells]
    report = gather_judged(check.snapshot, judged)
    rows = {row.id: row for row in report.cells}
    parts = tuple(_part(one, rows, fail_on) for one in check.checked)
    return CheckDocument(
        run=report.run.id,
        parts=parts,
        report=report,
        code=exit_code(
            check.checked,
            fail_on,
            left_out=bool(reading.left_out),
            refused=bool(reading.refused),
        ),
        left_out=_skipped(reading.left_out),
        notes=(
            *(() if contained else (NO_SANDBOX,)),
            *((HOW_TO_LOAD,) if reading.refused else ()),
        ),
        refused=_skipped(reading.refused),
    )


def _skipped(files: Sequence[LeftOut]) -> tuple[tuple[str, str], ...]:
    return tuple((clean_line(str(one.path)), clean_line(one.reason)) for one in files)


def _part(checked: Checked, rows: dict[str, CellRow], fail_on: Verdict) -> Part:
    subject = checked.subject
    wanted = {one.cell for one in counted(checked)}
    predicted = Predicted(subject)
    lines = []
    for one in checked.cells:
        verdict = effective(one, subject)
        fine = not verdict.is_unknown and (verdict is Verdict.UNSAVED or is_fine(verdict, fail_on))
        row = rows[str(one.cell)]
        marked = runs_code(subject.inspection) and bool(one.tried)
        instead = _instead(one, verdict, checked)
        if instead and one.verdict is Verdict.UNSAVED:  # the cause is that of the other environment
            row = replace(row, cause=None, behind=None, remedies=())
        unknown = row.cause is None and verdict is Verdict.FAILS
        reason = predicted.reason(row.loader) if unknown else ""
        lines.append(
            Line(row, verdict, fine, one.cell in wanted, reason, instead, marked, one.unusable)
        )
    inspection = subject.inspection
    shown = {line.row.loader for line in lines}
    return Part(
        name=subject.name,
        path=clean_line(str(subject.path)),
        description="a script that builds a model" if inspection is None else described(inspection),
        warnings=(
            *(() if inspection is None else warnings_of(inspection)),
            *((SELF_REPORTED,) if runs_code(inspection) else ()),
            *(() if inspection is None else may_lack(inspection)),
            *own_code(lines),
        ),
        baseline=_baseline(checked),
        lines=tuple(lines),
        sentence=sentence_of(checked, lines),
        help=help_of(lines),
        refusals=tuple(
            (one.environment, _refused(one))
            for one in checked.refusals
            if one.environment not in shown
        ),
        migrating=_migrating(checked, lines),
        beyond=checked.beyond,
    )


def _migrating(checked: Checked, lines: Sequence[Line]) -> str:
    """The command that writes a file for that environment, if some environment loads this one."""
    subject = checked.subject
    where = next((one.row.loader for one in lines if one.verdict in _TO_MIGRATE), None)
    if where is None or subject.task is not SubjectTask.ADOPT:
        return ""
    new = subject.path.with_suffix(".keras").name
    if new == subject.path.name:
        new = f"{subject.path.stem}-{where}.keras"
    command = ["crossload", "migrate", str(subject.path), "--to", where, "-o", new]
    return clean_line(shlex.join(command))


def _instead(one: JudgedCell, verdict: Verdict, checked: Checked) -> str:
    """What to say about a cell whose own detail would mislead the model's user."""
    if verdict is Verdict.NOT_RUN and one.unproved is Strategy.PLAIN:
        said = {each.environment: _refused(each) for each in checked.refusals}
        why = said.get(one.cell.loader) or said.get(one.cell.saver, _GIVE_OUTPUTS)
        return f"it loads, but there is nothing to compare with: {why}"
    if verdict is Verdict.NOT_RUN and one.unproved is not None:
        loads = STRATEGIES[one.unproved].loads
        return f"fails plainly; {loads}, but there is nothing to compare with; {_GIVE_OUTPUTS}"
    if verdict is Verdict.NOT_RUN and one.verdict is Verdict.UNSAVED:
        return f"{one.cell.saver} does not load it, so there is nothing to compare with"
    if verdict is Verdict.DIFFERS and checked.subject.expects and one.difference is not None:
        return f"differs from the given outputs by {one.difference:.1e}"
    return ""


def _refused(refusal: Refusal) -> str:
    if refusal.outcome is None:
        return "the environment cannot be used"
    error = refusal.outcome.report.error
    if error is None:
        return clean_line(refusal.outcome.report.detail or str(refusal.outcome.report.status))
    return error_text(error.type, error.message)


def warnings_of(inspection: Inspection) -> tuple[str, ...]:
    """What to know about a file's content before loading it yourself."""
    serious = [one for one in inspection.findings if one.kind is not FindingKind.ODD]
    kinds = dict.fromkeys(one.kind for one in serious)
    return tuple(
        clean_line(f"{kind}: {next(one.text for one in serious if one.kind is kind)}")
        for kind in kinds
    )


def may_lack(inspection: Inspection) -> tuple[str, ...]:
    """Which arguments the file's writer never saves, so that even its own reload may be wrong."""
    found = unwritten(inspection, Atlas.load(), outputs_only=True)
    return tuple(clean_line(f"{text}; pass --outputs to find out") for text in found)


def own_code(lines: Sequence[Line]) -> tuple[str, ...]:
    """What the user's Python file raised, and in which environments."""
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        errors = [line.row.error, *(one.error for one in line.row.attempts)]
        for error in errors:
            if error is not None and error.type.rpartition(".")[2] == OWN_CODE:
                found.setdefault(clean_line(error.message), {})[line.row.loader] = None
    return tuple(f"your {text} (in {_named(list(where))})" for text, where in found.items())


def described(inspection: Inspection) -> str:
    """What a file is, in one line."""
    origin = inspection.origin
    by = " ".join(
        part
        for part in (
            f"Keras {origin.keras}" if origin.keras else "",
            f"TensorFlow {origin.tensorflow}" if origin.tensorflow else "",
            f"on {origin.backend}" if origin.backend else "",
        )
        if part
    )
    what = f"{inspection.container}, {inspection.contents}"
    return clean_line(f"{what}, written by {by}" if by else what)


def _baseline(checked: Checked) -> str:
    subject = checked.subject
    if subject.expects:
        return "outputs compared with those passed as --outputs"
    if checked.baseline is not None:
        return f"outputs compared with those in {checked.baseline}"
    if subject.task is SubjectTask.BARE:
        return "no environment could load it as it is, so there are no outputs to compare with"
    if subject.is_script:
        return "outputs compared with those in the saver"
    return "outputs compared with those in the environment that stands in for its saver"


def sentence_of(checked: Checked, lines: Sequence[Line]) -> str:
    """The result in one sentence, the worst verdict first."""
    name = clean_line(checked.subject.path.name)
    lost = unsavable(checked)
    if lost:
        return f"{name} could not be built and saved in {_named(lost)}."
    tried = [one for one in lines if one.asked and one.verdict is not Verdict.UNSAVED]
    if not tried:
        return f"{name} was not tried in any environment."
    good = [one for one in tried if one.verdict.loads_plainly]
    bad: dict[str, dict[str, None]] = {}
    for verdict in (Verdict.DIFFERS, *Verdict):
        for one in tried:
            if one.verdict is verdict and not verdict.loads_plainly and _SAID.get(verdict):
                places = one.unusable or (_place(one, checked),)
                bad.setdefault(_SAID[verdict], {}).update(dict.fromkeys(places))
    first = f"{name} {_loads(good, tried, checked)}"
    return (
        "; it ".join([first, *(f"{said} {_named(list(where))}" for said, where in bad.items())])
        + "."
    )


def _loads(good: Sequence[Line], tried: Sequence[Line], checked: Checked) -> str:
    several, one = ("combinations", "combination") if checked.subject.is_script else _ENVIRONMENTS
    if not good:
        return f"loads with the same outputs in none of {len(tried)} {several}"
    if len(good) == len(tried):
        many = f"all {len(tried)} {several}" if len(tried) > 1 else f"the one {one}"
    else:
        many = f"{len(good)} of {len(tried)} {several}"
    said = f"loads with the same outputs in {many}"
    partial = [one for one in good if one.verdict is Verdict.PARTIAL]
    if partial:
        lost = dict.fromkeys(kind for one in partial for kind in one.row.lost)
        said += f" (in {len(partial)} it {losing(tuple(lost))})"
    return said


def _place(line: Line, checked: Checked) -> str:
    row = line.row
    if not checked.subject.is_script:
        return row.loader
    return f"{row.loader} from {row.saver} as {row.format}"


def _named(places: Sequence[str]) -> str:
    return joined(list(dict.fromkeys(places)), _MOST_NAMED)
