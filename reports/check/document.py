"""What a check shows: a part for each model, a line for each cell, texts cleaned.

Owns that shape and its sentences. What was measured is `runner.checking`'s, how a cell reads
`reports.gather`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.cleaning import clean_line
from reports.document import CellRow, Report
from reports.gather import gather_judged
from runner.analysis.sentences import joined
from runner.causes import RemedyState
from runner.checking.running import Check, Checked
from runner.checking.verdicts import effective, exit_code, is_fine, is_measured, unsavable
from runner.errors import ExitCode
from runner.inspection.model import Inspection
from runner.subjects.model import SubjectTask
from runner.words import Verdict

_LOADS = frozenset({Verdict.SAME, Verdict.PARTIAL})
_LOADED = _LOADS | {Verdict.ASSISTED, Verdict.DIFFERS}
_MOST_NAMED = 4
_SAID = {
    Verdict.ASSISTED: "loads only with help in",
    Verdict.DIFFERS: "gives other answers without an error in",
    Verdict.FAILS: "does not load in",
    Verdict.CRASHES: "kills the process that loads it in",
    Verdict.TIMES_OUT: "does not end loading in",
    Verdict.UNAVAILABLE: "was not tried in",
}


@dataclass(frozen=True)
class Line:
    """One cell as the user of the model sees it; `verdict` counts their own code as theirs."""

    row: CellRow
    verdict: Verdict
    fine: bool

    @property
    def said(self) -> str:
        """The one thing to know besides the verdict; empty where there is none."""
        row = self.row
        if self.verdict in _LOADED:
            texts = {
                Verdict.SAME: "" if row.verdict is Verdict.SAME else "with your code",
                Verdict.PARTIAL: f"lost: {', '.join(row.lost)}",
                Verdict.ASSISTED: f"works with: {row.strategy}",
                Verdict.DIFFERS: _differs(row),
            }
            return texts[self.verdict]
        if row.cause is not None:
            return row.cause.sentence
        if row.error is not None:
            return f"{row.error.type}: {clean_line(row.error.message)}"
        return row.detail


def _differs(row: CellRow) -> str:
    return "other outputs" if row.difference is None else f"outputs differ by {row.difference:.1e}"


@dataclass(frozen=True)
class Help:
    """A cause, the loaders that it stands for, and what helps; verified things first."""

    cause: str
    sentence: str
    loaders: tuple[str, ...]
    verified: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    references: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One model: where from, whose answers counted, its lines, a sentence, what helps."""

    name: str
    path: str
    told: str
    baseline: str
    lines: tuple[Line, ...]
    sentence: str
    help: tuple[Help, ...]
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CheckDocument:
    """A whole check."""

    run: int
    parts: tuple[Part, ...]
    report: Report
    code: ExitCode


def document_of(check: Check, fail_on: Verdict) -> CheckDocument:
    """Everything that a check shows."""
    judged = [cell for one in check.checked for cell in one.cells]
    report = gather_judged(check.snapshot, judged)
    rows = {row.id: row for row in report.cells}
    parts = tuple(_part(one, rows, fail_on) for one in check.checked)
    return CheckDocument(report.run.id, parts, report, exit_code(check.checked, fail_on))


def _part(checked: Checked, rows: dict[str, CellRow], fail_on: Verdict) -> Part:
    subject = checked.subject
    lines = []
    for one in checked.cells:
        verdict = effective(one, subject)
        fine = verdict is Verdict.UNSAVED or (is_measured(verdict) and is_fine(verdict, fail_on))
        lines.append(Line(rows[str(one.cell)], verdict, fine))
    inspection = subject.inspection
    return Part(
        name=subject.name,
        path=clean_line(str(subject.path)),
        told="a script that builds a model" if inspection is None else told(inspection),
        baseline=_baseline(checked),
        lines=tuple(lines),
        sentence=_sentence(checked, lines),
        help=_help(lines),
        refusals=tuple(
            (one.environment, _refused(one.outcome.report.error))
            if one.outcome
            else (one.environment, "could not be used")
            for one in checked.refusals
        ),
    )


def _refused(error: object) -> str:
    kind, message = getattr(error, "type", ""), getattr(error, "message", "")
    return clean_line(f"{kind}: {message}" if kind else "no answer")


def told(inspection: Inspection) -> str:
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
    if checked.baseline is not None:
        return f"answers compared with those in {checked.baseline}"
    if subject.task is SubjectTask.BARE:
        return "no environment could load it as it is, so there are no answers to compare with"
    if subject.is_script:
        return "answers compared with those of the saver"
    return "answers compared with those in the environment that stands for its saver"


def _sentence(checked: Checked, lines: Sequence[Line]) -> str:
    """The verdict in one sentence, the worst first."""
    name = clean_line(checked.subject.path.name)
    lost = unsavable(checked)
    if lost:
        return f"{name} cannot be built and saved in {_named(lost)}."
    counted = [one for one in lines if one.verdict is not Verdict.UNSAVED]
    good = [one for one in counted if one.verdict in _LOADS]
    bad: dict[str, list[str]] = {}
    for verdict in (Verdict.DIFFERS, *Verdict):
        for one in counted:
            if one.verdict is verdict and verdict not in _LOADS and _SAID.get(verdict):
                bad.setdefault(_SAID[verdict], []).append(_place(one, checked))
    many = f"{len(good)} of {len(counted)}" if bad else f"all {len(counted)}"
    first = f"{name} loads with the same answers in {many} {_cells(checked)}"
    partial = [one for one in good if one.verdict is Verdict.PARTIAL]
    if partial:
        kinds = joined(list(dict.fromkeys(kind for one in partial for kind in one.row.lost)))
        first += f" (in {len(partial)} it loses {kinds})"
    return (
        "; it ".join([first, *(f"{said} {_named(places)}" for said, places in bad.items())]) + "."
    )


def _cells(checked: Checked) -> str:
    return "combinations" if checked.subject.is_script else "environments"


def _place(line: Line, checked: Checked) -> str:
    row = line.row
    return f"{row.loader} from {row.saver}" if checked.subject.is_script else row.loader


def _named(places: Sequence[str]) -> str:
    unique = list(dict.fromkeys(places))
    if len(unique) <= _MOST_NAMED:
        return joined(unique)
    return f"{', '.join(unique[:_MOST_NAMED])} and {len(unique) - _MOST_NAMED} more"


def _help(lines: Sequence[Line]) -> tuple[Help, ...]:
    groups: dict[str, list[CellRow]] = {}
    for one in lines:
        if one.row.cause is not None and one.verdict is not Verdict.SAME:
            groups.setdefault(one.row.cause.id, []).append(one.row)
    return tuple(_one_help(rows) for rows in groups.values())


def _one_help(rows: Sequence[CellRow]) -> Help:
    """What helps against one cause; verified where it worked in one of the cells at least."""
    cause = rows[0].cause
    assert cause is not None
    verified: dict[tuple[str, str], None] = {}
    others: dict[tuple[str, str], None] = {}
    for row in rows:
        for remedy in row.remedies:
            shown = f" ({remedy.evidence})" if remedy.evidence else ""
            entry = (f"{remedy.text}{shown}", remedy.code)
            if remedy.state is RemedyState.WORKED:
                verified[entry] = None
            elif remedy.state is not RemedyState.DID_NOT_HELP:
                others[entry] = None
    return Help(
        cause=cause.id,
        sentence=cause.sentence,
        loaders=tuple(dict.fromkeys(row.loader for row in rows)),
        verified=tuple(verified),
        others=tuple(one for one in others if one not in verified),
        references=cause.references,
    )
