"""The report as one document: what every renderer draws and what the JSON file holds.

Owns the shapes and their version. All text in it is cleaned already (`reports.gather`), so that
renderers only escape for their own syntax. Additions keep `version`; a field that changes its
meaning or goes raises it.
"""

from __future__ import annotations

from dataclasses import dataclass

from runner.analysis.judged import TryResult
from runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
    Verdict,
)

FORMAT = "crossload-report"
VERSION = 1


@dataclass(frozen=True)
class ErrorText:
    """An exception; `message` and `traceback` are cut in the middle of nothing, only at the end."""

    type: str
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class CheckRow:
    """One comparison after loading; `difference` is relative, null unless measured."""

    check: Check
    status: CheckStatus
    difference: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class AttemptRow:
    """One try at loading.

    `result` is the judgement, `status` how the process ended, `seconds` the time inside it,
    `difference` that of the outputs (relative). `lost` names checks that did not survive,
    `concessions` what the strategy gave up besides its name, `detail` the limit or signal that
    ended it, `output_tail` the last that it printed.
    """

    strategy: Strategy
    result: TryResult
    status: JobStatus
    seconds: float
    difference: float | None = None
    lost: tuple[str, ...] = ()
    concessions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: ErrorText | None = None
    detail: str = ""
    output_tail: str = ""
    warnings: tuple[str, ...] = ()
    checks: tuple[CheckRow, ...] = ()


@dataclass(frozen=True)
class AdviceRow:
    """One thing to do; `code` is what to type (Python or a command), empty where there is none.

    `verified` says that an attempt of this very cell proved it.
    """

    text: str
    code: str = ""
    verified: bool = False


@dataclass(frozen=True)
class CellRow:
    """Saver x model x format x loader and what it came to.

    `id` is `saver/model.format/loader`. `detail` is one sentence. `strategy` is the one that
    gives agreeing outputs, `difference` and `tolerance` (relative) belong to the attempt that the
    verdict rests on, `baseline` is the verdict of the saver's own reload of the same file.
    """

    id: str
    saver: str
    model: str
    format: Format
    loader: str
    verdict: Verdict
    detail: str = ""
    strategy: Strategy | None = None
    lost: tuple[str, ...] = ()
    difference: float | None = None
    tolerance: float | None = None
    noise: float | None = None
    baseline: Verdict | None = None
    error: ErrorText | None = None
    advice: tuple[AdviceRow, ...] = ()
    attempts: tuple[AttemptRow, ...] = ()


@dataclass(frozen=True)
class ProblemRow:
    """Why an environment cannot be used, what to do about it, and the tool's last lines."""

    cause: EnvironmentCause
    message: str
    advice: str = ""
    log_tail: str = ""


@dataclass(frozen=True)
class EnvironmentRow:
    """One environment; `versions` lists (package, version) of everything recorded."""

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

    def version(self, package: str) -> str:
        """Return the version of `package`, or an empty text where the run recorded none."""
        return next((version for name, version in self.versions if name == package), "")


@dataclass(frozen=True)
class RunRow:
    """The run; times are ISO 8601 in UTC, tolerances relative, `state` how far it got."""

    id: int
    state: str
    profile: str
    started: str
    finished: str | None
    crossload: str
    tolerance: float
    noise_factor: float
    tolerance_ceiling: float


@dataclass(frozen=True)
class Report:
    """Everything a report shows.

    `environments`, `models` and `formats` give the order of axes; `cells` are sorted by model,
    format, saver, loader in that order.
    """

    run: RunRow
    environments: tuple[EnvironmentRow, ...]
    models: tuple[str, ...]
    formats: tuple[Format, ...]
    cells: tuple[CellRow, ...]
    format: str = FORMAT
    version: int = VERSION

    @property
    def axis(self) -> tuple[str, ...]:
        """Savers and loaders in their order: the environments, then any id that only cells have."""
        known = dict.fromkeys(one.id for one in self.environments)
        others = {one for row in self.cells for one in (row.saver, row.loader)}
        return (*known, *sorted(others - known.keys()))
