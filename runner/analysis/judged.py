"""The shapes of a judgement: what a cell says, and what each strategy that was tried came to.

Owns values only; the rules that make them are in `runner.analysis.judge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from crossload.runner.causes.values import Cause, CellRemedy
from crossload.runner.ledger.snapshot import SavedFile
from crossload.runner.recipes import rendered
from crossload.runner.records import Attempt, Cell, ProbeError
from crossload.runner.words import Check, Strategy, Verdict, Word


class TryResult(Word):
    """What one attempt came to once its outputs were judged, best first."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNPROVED = "unproved"  # it loads, but no outputs are known to compare with
    REFUSED = "refused"
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"
    CRASHED = "crashed"
    BAD_ANSWER = "bad-answer"


# How an attempt ends that takes its process with it, or would never end.
ENDINGS = frozenset({TryResult.CRASHED, TryResult.OUT_OF_MEMORY, TryResult.TIMED_OUT})


@dataclass(frozen=True)
class Tried:
    """One attempt, judged.

    `attempt` may be that of another cell, where everything but its times is the same.
    `difference` is that of the outputs (relative), None where they could not be compared.
    `lost` names the checks other than outputs that did not survive; `notes` are plain clauses on
    what is worth knowing and was not lost (such as weights kept in another layout).
    """

    attempt: Attempt
    result: TryResult
    difference: float | None = None
    lost: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def strategy(self) -> Strategy:
        return self.attempt.strategy

    @property
    def concessions(self) -> tuple[str, ...]:
        return self.attempt.outcome.concessions

    @property
    def error(self) -> ProbeError | None:
        return self.attempt.outcome.error

    @property
    def recipe(self) -> str:
        """The source that was executed, empty where that is not known."""
        return self.attempt.outcome.recipe


@dataclass(frozen=True)
class Names:
    """What a user calls the file and the module of the model's code, for code that is shown."""

    file: str = ""
    module: str = ""


class Judgement(NamedTuple):
    """A cell, its file, and what its evidence says.

    Cells with equal evidence share `judged`, whose own `cell` is one of theirs; what is made of
    shared ones is known by their identity.
    """

    cell: Cell
    file: SavedFile
    judged: JudgedCell


@dataclass(frozen=True)
class JudgedCell:
    """A cell and its verdict.

    `strategy` is the one that gives agreeing outputs (for `differs`: that would help), None where
    none does. `difference` and `tolerance` are relative and belong to the attempt the verdict
    rests on. `error` is the plain attempt's, or the save's for `unsaved`. `tried` lists every
    attempt in order. `detail` is one sentence for a user. `baseline` is the verdict of the
    saver's own reload of the same file (None where the plan has no such cell). `cause` is why it
    is not `same`, `behind` what stops the strategy that would remove that cause, `remedies` what
    helps against both, in order. `names` are those of the user. `unusable` are the ids of the
    environments that prevented a measurement.
    """

    cell: Cell
    verdict: Verdict
    strategy: Strategy | None = None
    lost: tuple[Check, ...] = ()
    difference: float | None = None
    tolerance: float | None = None
    error: ProbeError | None = None
    tried: tuple[Tried, ...] = ()
    detail: str = ""
    baseline: Verdict | None = None
    cause: Cause | None = None
    behind: Cause | None = None
    remedies: tuple[CellRemedy, ...] = ()
    names: Names = Names()
    unusable: tuple[str, ...] = ()

    @property
    def is_reload(self) -> bool:
        """Whether the environment that saved the file loads it."""
        return self.cell.saver == self.cell.loader

    @property
    def unproved(self) -> Strategy | None:
        """The easiest strategy that loads a file whose correct outputs nobody knows."""
        loads = (one.strategy for one in self.tried if one.result is TryResult.UNPROVED)
        return next(loads, None)

    def code(self, strategy: Strategy | None) -> str:
        """What an attempt of this cell executed, in the user's names; empty if there is none."""
        tried = next((one for one in self.tried if one.strategy is strategy), None)
        if tried is None or not tried.recipe:
            return ""
        return rendered(tried.recipe, self.names.file, self.names.module)


def is_suspect(baseline: Verdict | None) -> bool:
    """Whether a saver's own reload was measured and is not `same`."""
    return baseline is not None and baseline.is_measured and baseline is not Verdict.SAME
