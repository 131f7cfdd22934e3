"""The values that travel from probing through the ledger to the report; frozen, no behaviour.

Owns their shapes. What they mean together (the verdict) is `runner.analysis`'s; how they are
stored is `runner.ledger`'s. An attempt has four forms on its way: the probe's answer
(`probing.protocol.Loaded`), `Attempt`, its judgement (`analysis.judged.Tried`) and the row of a
report (`reports.document.AttemptRow`). Its checks and its error are the values below in all four.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
    SubjectTask,
    Word,
)


class Cell(NamedTuple):
    """Saver x model x format x loader, by environment id; `str()` is its readable id.

    A tuple, because large runs look things up by hundreds of thousands of them: a tuple is hashed
    and compared in a tenth of the time that a dataclass takes.
    """

    saver: str
    model: str
    format: Format
    loader: str

    def __str__(self) -> str:
        return f"{self.saver}/{self.model}.{self.format}/{self.loader}"


@dataclass(frozen=True)
class ProbeError:
    """An exception of the framework: class name, message (head, tail, innermost cause), trace."""

    type: str
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class CheckOutcome:
    """One check after loading; `difference` is relative (max|a-b| / max|b|) where measured."""

    check: Check
    status: CheckStatus
    difference: float | None = None
    detail: str = ""

    @property
    def error(self) -> ProbeError | None:
        """What a check raised, which probes spell `Type: message`; None where it ended."""
        if self.status is not CheckStatus.ERROR:
            return None
        name, colon, message = self.detail.partition(": ")
        if not colon or not all(part.isidentifier() for part in name.split(".")):
            return ProbeError("PredictionError", self.detail)
        return ProbeError(name, message)


@dataclass(frozen=True)
class Limits:
    """What one job may use; seconds, megabytes (10**6 bytes), process count."""

    cpu_seconds: int = 180  # PyTorch compiles a first training step for up to two minutes
    wall_seconds: int = 480
    memory_mb: int = 4000
    scratch_mb: int = 512
    processes: int = 256


@dataclass(frozen=True)
class Tolerances:
    """When two numbers count as equal; all relative (max|a-b| / max|b|).

    `noise_factor` x the measured noise floor widens `relative`; a floor above `ceiling` is not
    noise but a saver whose own reload is wrong. `step` is the least tolerance for the optimizer's
    state and the losses after an update, which amplify rounding.
    """

    relative: float = 1e-5
    noise_factor: float = 4.0
    ceiling: float = 1e-2
    step: float = 1e-4


@dataclass(frozen=True)
class JobReport:
    """What is known of any ended job; `seconds` is time inside the probe, by step.

    `measured` is the day (UTC) on which it ran, None until the ledger records it; a label only.
    """

    status: JobStatus
    error: ProbeError | None = None
    detail: str = ""  # for statuses of the supervisor: signal, limit hit and its value
    output_tail: str = ""
    warnings: tuple[str, ...] = ()
    seconds: tuple[tuple[str, float], ...] = ()  # e.g. ("build", 0.02), ("save", 0.01)
    limits: Limits = field(default_factory=Limits)
    measured: date | None = field(default=None, compare=False)

    @property
    def total_seconds(self) -> float:
        return sum([value for _, value in self.seconds])

    @property
    def load_seconds(self) -> float | None:
        """What loading alone took, without predictions and checks; None if it did not succeed."""
        return dict(self.seconds).get("load")


@dataclass(frozen=True)
class ProbeDigests:
    """The modules of the probe that the jobs of one model run, each set as one digest.

    `loading` is of a load that cannot reach the translator, `translating` of one that can: a
    change to the translator leaves the results of all others valid.
    """

    saving: str
    loading: str
    translating: str

    def of(self, strategy: Strategy) -> str:
        """The digest that an attempt with this strategy depends on."""
        return self.translating if STRATEGIES[strategy].rewrites else self.loading


@dataclass(frozen=True)
class SaveKey:
    """What a save depends on: equal keys, equal results."""

    saver: str  # environment digest
    model: str
    format: Format
    probe: str  # digest of the modules that save it
    options: str  # digest of the options given to the probe


@dataclass(frozen=True)
class SaveOutcome:
    """`artifact` is the sha256 of the stored bundle (payload + expectation); None unless done.

    `noise` is how far its outputs vary in its saver, relative: from one prediction to the next, or
    when its numbers are rounded in another way. `holds` has the classes and arguments of the model
    as lines, as the saver described it.
    """

    report: JobReport
    artifact: str | None = None
    payload_sha256: str = ""
    payload_bytes: int = 0
    payload_name: str = ""
    noise: float | None = None
    holds: str = ""


@dataclass(frozen=True)
class AttemptKey:
    """What an attempt depends on."""

    artifact: str
    loader: str  # environment digest
    strategy: Strategy
    probe: str  # digest of the modules that load it so
    options: str


@dataclass(frozen=True)
class LoadKey:
    """One artifact in one loader, whatever the strategy."""

    artifact: str
    loader: str  # environment digest
    probe: ProbeDigests
    options: str

    def attempt(self, strategy: Strategy) -> AttemptKey:
        """The key of the attempt with a strategy."""
        return AttemptKey(
            self.artifact, self.loader, strategy, self.probe.of(strategy), self.options
        )


@dataclass(frozen=True)
class AttemptOutcome:
    """`concessions`: what the strategy had to give up besides its name, e.g. "no-compile".

    `recipe` is the source that the probe executed, in the form that `runner.recipes` renders; empty
    where there was none.
    """

    report: JobReport
    checks: tuple[CheckOutcome, ...] = ()
    concessions: tuple[str, ...] = ()
    recipe: str = ""

    @property
    def outputs(self) -> CheckOutcome | None:
        """The check of the outputs; None where the attempt did not get that far."""
        return next((one for one in self.checks if one.check is Check.OUTPUTS), None)

    @property
    def error(self) -> ProbeError | None:
        """What the load raised; of a model that loads and cannot predict, what predicting did."""
        if self.report.status is not JobStatus.DONE:
            return self.report.error
        return _NOT_COMPARED if self.outputs is None else self.outputs.error


_NOT_COMPARED = ProbeError("MissingCheck", "the probe did not compare outputs")


@dataclass(frozen=True)
class Attempt:
    """An attempt as the ledger returns it: the strategy and what came of it."""

    strategy: Strategy
    outcome: AttemptOutcome


@dataclass(frozen=True)
class EnvironmentProblem:
    """Why an environment cannot be used, what to do, and the tool's last lines."""

    state: EnvironmentState
    cause: EnvironmentCause
    message: str
    advice: str = ""
    log_tail: str = ""


@dataclass(frozen=True)
class EnvironmentRecord:
    """An environment as one run saw it; `digest` is empty where nothing could be locked.

    `versions` lists (name, version) of Python and of every installed package that matters.
    """

    id: str
    name: str
    digest: str
    api: str
    backend: str
    python: str
    platform: str
    resolve: str
    versions: tuple[tuple[str, str], ...] = ()
    import_seconds: float | None = None
    problem: EnvironmentProblem | None = None


@dataclass(frozen=True)
class SubjectRecord:
    """A user's model in a run: its name in cells, the path as typed, and what savers do with it.

    `given` lists (option, path) of the files that were given with it, e.g. ("inputs", "x.npz").
    """

    name: str
    path: str
    task: SubjectTask
    given: tuple[tuple[str, str], ...] = ()


class FindingState(Word):
    """How a thing stands that a health check looked at."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One line of `crossload doctor`: what was looked at, how it stands, what to do."""

    subject: str
    state: FindingState
    found: str
    advice: str = ""
