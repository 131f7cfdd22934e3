"""Findings of an upgrade, from the judged cells of its pair.

Owns what counts as a finding and when it is not the upgrade's doing: when the old environment has
the same trouble with its own file. `runner.gate.gating` decides whether it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.causes.values import Cause, CellRemedy, RemedyState
from crossload.runner.ledger.snapshot import SavedFile
from crossload.runner.records import Cell, ProbeError
from crossload.runner.untrusted.text import clean
from crossload.runner.words import Check, Strategy, Verdict, Word

_SENTENCE = 600
_CODE = 2000
_GREATER = 2.0  # a difference up to so many times the old environment's own is the same trouble


class Kind(Word):
    """What an upgrade does to a file, the most urgent first."""

    BREAKS = "breaks"
    CHANGES = "changes"
    NEEDS_CODE = "needs-code"
    NEEDS_HELP = "needs-help"
    LOST = "lost"
    NOT_MEASURED = "not-measured"


_KINDS: Mapping[Verdict, Kind] = {
    Verdict.FAILS: Kind.BREAKS,
    Verdict.CRASHES: Kind.BREAKS,
    Verdict.TIMES_OUT: Kind.BREAKS,
    Verdict.DIFFERS: Kind.CHANGES,
    Verdict.ASSISTED: Kind.NEEDS_HELP,
    Verdict.TRANSLATED: Kind.NEEDS_HELP,
    Verdict.REBUILT: Kind.NEEDS_CODE,
    Verdict.PREDICTS: Kind.NEEDS_CODE,
    Verdict.PARTIAL: Kind.LOST,
    Verdict.UNAVAILABLE: Kind.NOT_MEASURED,
    Verdict.NOT_RUN: Kind.NOT_MEASURED,
    Verdict.IMPOSSIBLE: Kind.NOT_MEASURED,
}


@dataclass(frozen=True)
class Finding:
    """One cell of the upgrade that is not `same`; every text in it is clean.

    `remedies` are those that an attempt or another cell proved, but for staying with the old
    environment. `own` is the verdict of the old environment at its own file, None where that was
    not measured; `is_new` is false where it has the same trouble already. `error`, `attempts` (what
    each came to) and `notes` are those that `sentence` is made of. `code` is what the attempt with
    `strategy` executed.
    """

    kind: Kind
    cell: Cell
    verdict: Verdict
    sentence: str
    cause: Cause | None = None
    behind: Cause | None = None
    remedies: tuple[CellRemedy, ...] = ()
    strategy: Strategy | None = None
    lost: tuple[Check, ...] = ()
    difference: float | None = None
    own: Verdict | None = None
    is_new: bool = True
    error: ProbeError | None = None
    attempts: tuple[tuple[Strategy, TryResult], ...] = ()
    notes: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Examined:
    """All cells of an upgrade: those with a finding, those without, those that have no file."""

    findings: tuple[Finding, ...]
    same: tuple[JudgedCell, ...]
    unsaved: tuple[JudgedCell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        judged = (*self.same, *self.unsaved)
        return (*(one.cell for one in self.findings), *(one.cell for one in judged))


def examine(judged: Sequence[JudgedCell], saver: str, loader: str) -> Examined:
    """The cells that `saver` wrote and `loader` read, sorted out.

    Args:
        judged: a run's cells as `judge_run` returns them, the saver's own reloads among them.
        saver: the id of the environment before the upgrade.
        loader: the id of the environment after it.
    """
    own = {SavedFile.of(one.cell): one for one in judged if one.cell.loader == one.cell.saver}
    upgrade = [one for one in judged if (one.cell.saver, one.cell.loader) == (saver, loader)]
    return Examined(
        findings=tuple(
            _finding(one, own.get(SavedFile.of(one.cell)))
            for one in upgrade
            if one.verdict in _KINDS
        ),
        same=tuple(one for one in upgrade if one.verdict is Verdict.SAME),
        unsaved=tuple(one for one in upgrade if one.verdict is Verdict.UNSAVED),
    )


def one_line(text: str) -> str:
    """A foreign text as one clean line."""
    return clean(" ".join(text.split()), limit=_SENTENCE)


def _finding(judged: JudgedCell, own: JudgedCell | None) -> Finding:
    return Finding(
        kind=_KINDS[judged.verdict],
        cell=judged.cell,
        verdict=judged.verdict,
        sentence=one_line(judged.detail),
        cause=_cleaned(judged.cause),
        behind=_cleaned(judged.behind),
        remedies=tuple(
            replace(
                one,
                sentence=one_line(one.sentence),
                code=clean(one.code, limit=_CODE),
            )
            for one in judged.remedies
            if one.state is RemedyState.WORKED and not _stays(one, judged.cell.saver)
        ),
        strategy=judged.strategy,
        code=judged.code(judged.strategy),
        lost=judged.lost,
        difference=judged.difference,
        own=None if own is None else own.verdict,
        is_new=own is None or not _was_there(judged, own),
        error=_cleaned_error(judged.error),
        attempts=tuple((one.strategy, one.result) for one in judged.tried),
        notes=tuple(note for one in judged.tried for note in one.notes),
    )


def _cleaned_error(error: ProbeError | None) -> ProbeError | None:
    if error is None:
        return None
    return ProbeError(one_line(error.type), one_line(error.message))


def _stays(remedy: CellRemedy, saver: str) -> bool:
    """Whether a remedy is to stay with the old environment, which is no way of upgrading."""
    return remedy.proof.environment == saver


def _cleaned(cause: Cause | None) -> Cause | None:
    if cause is None:
        return None
    references = tuple(one_line(one) for one in cause.references)
    return replace(cause, sentence=one_line(cause.sentence), references=references)


def _was_there(judged: JudgedCell, own: JudgedCell) -> bool:
    """Whether the old environment has this trouble, or worse, with its own file."""
    if not (judged.verdict.is_measured and own.verdict.is_measured):
        return False
    if own.verdict.needs_help and judged.verdict is Verdict.PARTIAL:
        return _loses_no_more(judged, own)  # a plain load that loses what help had kept is new
    if judged.verdict is not own.verdict:
        return own.verdict.is_worse_than(judged.verdict)
    return _ALIKE.get(judged.verdict, _always)(judged, own)


def _always(_: JudgedCell, __: JudgedCell) -> bool:
    return True


def _loses_no_more(judged: JudgedCell, own: JudgedCell) -> bool:
    return set(judged.lost) <= set(own.lost)


def _needs_no_more(judged: JudgedCell, own: JudgedCell) -> bool:
    """The same strategy with the same concessions: the code that loads the file stays as it is."""
    here, there = _helper(judged), _helper(own)
    if here is None or there is None or here.strategy is not there.strategy:
        return False
    return set(here.concessions) <= set(there.concessions) and _loses_no_more(judged, own)


def _helper(judged: JudgedCell) -> Tried | None:
    return next((one for one in judged.tried if one.strategy is judged.strategy), None)


def _differs_no_more(judged: JudgedCell, own: JudgedCell) -> bool:
    if judged.difference is None or own.difference is None:
        return judged.difference is own.difference
    return judged.difference <= _GREATER * own.difference


_ALIKE: Mapping[Verdict, Callable[[JudgedCell, JudgedCell], bool]] = {
    Verdict.PARTIAL: _loses_no_more,
    Verdict.ASSISTED: _needs_no_more,
    Verdict.TRANSLATED: _needs_no_more,
    Verdict.REBUILT: _needs_no_more,
    Verdict.PREDICTS: _needs_no_more,
    Verdict.DIFFERS: _differs_no_more,
}
