"""The report as one document: what every renderer draws.

Owns the shapes; `reports.json_shapes` owns those of the JSON file. All text in it is already
cleaned (`reports.gather`), so renderers only escape for their own syntax.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from crossload.runner.analysis.claims import ClaimStatus
from crossload.runner.analysis.judged import TryResult
from crossload.runner.causes.values import Cause, RemedyState
from crossload.runner.records import CheckOutcome, ProbeError
from crossload.runner.words import (
    Check,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
    Usability,
    Verdict,
    Word,
)


@dataclass(frozen=True)
class AttemptRow:
    """One attempt at loading.

    `result` is the judgement, `status` how the process ended, `seconds` the time inside it: all
    steps, of which `load_seconds` is loading alone, None where that did not succeed. `difference`
    is that of the outputs (relative). `lost` names the checks that did not agree,
    `concessions` what else the strategy needed, `detail` the limit or signal that ended it,
    `output_tail` the last lines that it printed, `code` the source that was executed,
    `measured` the day (ISO, UTC).
    """

    strategy: Strategy
    result: TryResult
    status: JobStatus
    seconds: float
    difference: float | None = None
    lost: tuple[Check, ...] = ()
    concessions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: ProbeError | None = None
    detail: str = ""
    output_tail: str = ""
    warnings: tuple[str, ...] = ()
    checks: tuple[CheckOutcome, ...] = ()
    code: str = ""
    measured: str = ""
    load_seconds: float | None = None


@dataclass(frozen=True)
class AdviceRow:
    """One piece of advice; `code` is what to type (Python or a command), if anything.

    `verified` says that an attempt of this very cell proved it. `keeps` names what the easiest way
    loses and this one does not.
    """

    text: str
    code: str = ""
    verified: bool = False
    keeps: str = ""

    @property
    def said(self) -> str:
        return with_kept(self.text, self.keeps)


@dataclass(frozen=True)
class RemedyRow:
    """One remedy of a cell's cause; `state` is its result there, `evidence` what showed it.

    `keeps` names what the easiest way loses and this one does not. One that is `behind` is a remedy
    only of the next obstacle, not of the cause.
    """

    id: str
    text: str
    code: str
    state: RemedyState
    evidence: str = ""
    keeps: str = ""
    behind: bool = False

    @property
    def said(self) -> str:
        return with_kept(self.text, self.keeps)


def with_kept(text: str, keeps: str) -> str:
    """A way to load a file, with what it keeps that the easiest way loses."""
    return f"{text}; this keeps {keeps}" if keeps else text


@dataclass(frozen=True)
class CellRow:
    """Saver x model x format x loader, and the result.

    `id` is `saver/model.format/loader`. `detail` is one sentence. `strategy` is the one that
    gives agreeing outputs, `difference` and `tolerance` (relative) belong to the attempt that the
    verdict rests on, `baseline` is the verdict of the saver's own reload of the same file.
    `sha256` is the digest of what the saver wrote (of its payload), empty if it wrote nothing.
    `behind` is what stops the strategy that avoids `cause`; `remedies` are those of both.
    `damaged` says that the file is, so that no loader is to blame.
    """

    id: str
    saver: str
    model: str
    format: Format
    loader: str
    verdict: Verdict
    detail: str = ""
    strategy: Strategy | None = None
    lost: tuple[Check, ...] = ()
    difference: float | None = None
    tolerance: float | None = None
    noise: float | None = None
    baseline: Verdict | None = None
    error: ProbeError | None = None
    advice: tuple[AdviceRow, ...] = ()
    attempts: tuple[AttemptRow, ...] = ()
    cause: Cause | None = None
    behind: Cause | None = None
    remedies: tuple[RemedyRow, ...] = ()
    sha256: str = ""
    damaged: bool = False


@dataclass(frozen=True)
class ErrorCount:
    """An exception that was raised: its class, in how many cells, one message's first line."""

    type: str
    count: int
    message: str = ""


@dataclass(frozen=True)
class ClaimRow:
    """A claim and its measurement.

    `expected` says what must be measured for it to be true, `unit` what is counted: "cell" or
    "saved file". `unsaved` counts cells without a file to load, `unmeasured` those without a
    result, `beside` those that fail for another kind of cause.
    `holds_for` and `not_for` describe the pairs that confirm and that refute it, if there
    are both. `for_it` and `against_it` are ids of some of these cells. `unmeasurable` says why no
    cell can test it.
    """

    id: str
    says: str
    source: str
    case: str
    status: ClaimStatus
    expected: str = ""
    unit: str = "cell"
    confirming: int = 0
    refuting: int = 0
    unsaved: int = 0
    unmeasured: int = 0
    beside: int = 0
    holds_for: str = ""
    not_for: str = ""
    errors: tuple[ErrorCount, ...] = ()
    for_it: tuple[str, ...] = ()
    against_it: tuple[str, ...] = ()
    unmeasurable: str = ""


@dataclass(frozen=True)
class ProblemRow:
    """Why an environment cannot be used, what to do about it, and the tool's last lines."""

    cause: EnvironmentCause
    message: str
    advice: str = ""
    log_tail: str = ""


@dataclass(frozen=True)
class EnvironmentRow:
    """One environment; `versions` lists (package, version) of everything recorded.

    `measured` is the first and the last day (ISO, UTC) of this run's saves and loads in it; a run
    may show results of earlier ones. None if it has none.
    """

    id: str
    api: str
    backend: str
    python: str
    platform: str
    resolve: str
    state: EnvironmentState
    versions: tuple[tuple[str, str], ...] = ()
    import_seconds: float | None = None
    problem: ProblemRow | None = None
    measured: tuple[str, str] | None = None

    @property
    def days(self) -> str:
        """When it was measured: one day, the first and the last, or nothing."""
        return " to ".join(dict.fromkeys(self.measured or ()))

    @property
    def tensorflow(self) -> str:
        """The version of TensorFlow, whichever package brings it; empty if there is none."""
        return self.version("tensorflow") or self.version("tensorflow-cpu")

    def version(self, package: str) -> str:
        """Return the version of `package`, or an empty text if the run recorded none."""
        return next((version for name, version in self.versions if name == package), "")


@dataclass(frozen=True)
class RunRow:
    """The run; times are ISO 8601 in UTC, tolerances relative, `state` how it ended.

    `command` is what started it, as it was typed; empty if unknown.
    """

    id: int
    state: str
    profile: str
    started: str
    finished: str | None
    crossload: str
    tolerance: float
    noise_factor: float
    tolerance_ceiling: float
    command: str = ""


@dataclass(frozen=True)
class Summary:
    """How many loads a user can do what with.

    `counts` lists every `Usability` with its number, in order; loads of damaged files are in
    `damaged` alone. `losing` of those that load as they are lose something besides the outputs.
    Of the attempts, `ended` plain loads and `ended_helped` of the others crashed or hung.
    """

    counts: tuple[tuple[Usability, int], ...] = ()
    losing: int = 0
    ended: int = 0
    ended_helped: int = 0
    damaged: int = 0

    @property
    def measured(self) -> int:
        """All loads that were measured, but for those of damaged files."""
        return sum(number for _, number in self.counts)

    def count(self, usability: Usability) -> int:
        return dict(self.counts).get(usability, 0)


class ChangeKind(Word):
    """How a cell differs from the same cell of another run."""

    NEW = "new"
    FIXED = "fixed"
    OTHER_CAUSE = "other cause"
    APPEARED = "appeared"
    VANISHED = "vanished"


@dataclass(frozen=True)
class ChangeRow:
    """One changed cell with its labels; the one of a run without the cell is empty."""

    kind: ChangeKind
    cell: str
    before: str
    after: str


@dataclass(frozen=True)
class Report:
    """Everything a report shows.

    `environments`, `models` and `formats` give the order of axes; `cells` are sorted by model,
    format, saver, loader in that order. `claims` are those that the run has cells for, those of one
    source together. `changes` are those since the run that `compared_with` names, if any.
    """

    run: RunRow
    environments: tuple[EnvironmentRow, ...]
    models: tuple[str, ...]
    formats: tuple[Format, ...]
    cells: tuple[CellRow, ...]
    claims: tuple[ClaimRow, ...] = ()
    summary: Summary = Summary()
    changes: tuple[ChangeRow, ...] = ()
    compared_with: str = ""

    @cached_property
    def axis(self) -> tuple[str, ...]:
        """Savers and loaders in order: the environments, then ids that occur only in cells."""
        known = dict.fromkeys(one.id for one in self.environments)
        others = {one for row in self.cells for one in (row.saver, row.loader)}
        return (*known, *sorted(others - known.keys()))
