"""The report as its JSON file has it: cells that name what many of them share by number.

Owns these shapes and their schema's number: additions keep it, removing a field or changing its
meaning raises it. `reports.as_json` writes and reads the file. A number is a position in a list of
the document; what a cell or an attempt lacks is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossload.reports.document import (
    AdviceRow,
    ChangeRow,
    ClaimRow,
    EnvironmentRow,
    RemedyRow,
    RunRow,
    Summary,
)
from crossload.runner.analysis.judged import TryResult
from crossload.runner.causes.values import Cause
from crossload.runner.records import CheckOutcome, ProbeError
from crossload.runner.words import Check, Format, JobStatus, Strategy, Verdict

FORMAT = "crossload-report"
SCHEMA = 2
_EMPTY = Summary()


@dataclass(frozen=True)
class JsonAttempt:
    """One attempt at loading.

    `result` is the judgement, `status` how the process ended, `seconds` the time inside it: all
    steps, of which `load_seconds` is loading alone, None where that did not succeed. `difference`
    is that of the outputs (relative). `lost` names the checks that did not agree,
    `concessions` what else the strategy needed, `detail` the limit or signal that ended it,
    `measured` the day (ISO, UTC). By number: `error` in `errors`, `checks` in `checks`; in `texts`
    `output_tail` (the last lines that it printed), `warnings` and `code` (the source executed).
    """

    strategy: Strategy
    result: TryResult
    status: JobStatus
    seconds: float
    difference: float | None = None
    lost: tuple[Check, ...] = ()
    concessions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: int | None = None
    detail: str = ""
    output_tail: int | None = None
    warnings: tuple[int, ...] = ()
    checks: int | None = None
    code: int | None = None
    measured: str = ""
    load_seconds: float | None = None


@dataclass(frozen=True)
class JsonCell:
    """Saver x model x format x loader, and the result.

    `id` is `saver/model.format/loader`. `detail` is one sentence. `strategy` is the one that
    gives agreeing outputs, `difference` and `tolerance` (relative) belong to the attempt that the
    verdict rests on, `baseline` is the verdict of the saver's own reload of the same file.
    `sha256` is the digest of what the saver wrote (of its payload), empty if it wrote nothing.
    `damaged` says that the file is, so that no loader is to blame. By number: `error` in `errors`,
    `advice` in `advice`, `cause` in `causes`, `behind` in `causes` too: what stops the strategy
    that avoids `cause`; `remedies` in `remedies` are those of both.
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
    error: int | None = None
    advice: tuple[int, ...] = ()
    attempts: tuple[JsonAttempt, ...] = ()
    cause: int | None = None
    behind: int | None = None
    remedies: tuple[int, ...] = ()
    sha256: str = ""
    damaged: bool = False


@dataclass(frozen=True)
class JsonReport:
    """Everything a report shows.

    `environments`, `models` and `formats` give the order of axes; `cells` are sorted by model,
    format, saver, loader in that order. `claims` are those that the run has cells for, those of one
    source together. `changes` are those since the run that `compared_with` names, if any. `errors`
    to `texts` are what cells and attempts name by number; of `checks`, each item has all checks of
    an attempt.
    """

    run: RunRow
    environments: tuple[EnvironmentRow, ...]
    models: tuple[str, ...]
    formats: tuple[Format, ...]
    cells: tuple[JsonCell, ...]
    errors: tuple[ProbeError, ...]
    advice: tuple[AdviceRow, ...]
    causes: tuple[Cause, ...]
    remedies: tuple[RemedyRow, ...]
    checks: tuple[tuple[CheckOutcome, ...], ...]
    texts: tuple[str, ...]
    claims: tuple[ClaimRow, ...] = ()
    summary: Summary = _EMPTY
    changes: tuple[ChangeRow, ...] = ()
    compared_with: str = ""
    format: str = FORMAT
    schema: int = SCHEMA
