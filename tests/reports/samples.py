"""Made-up runs for the tests of the report: plausible ones, huge ones and hostile ones.

The verdicts are laid down here rather than judged, so that every look of a report occurs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, RunStart, RunState, SavedFile
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    Cell,
    CheckOutcome,
    EnvironmentProblem,
    EnvironmentRecord,
    JobReport,
    Limits,
    ProbeError,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
    Verdict,
)

MODELS = ("dense", "functional-io", "conv-bn", "twin-dense", "lstm", "custom-layer", "lambda")
FORMATS = (Format.H5, Format.SAVEDMODEL, Format.KERAS, Format.WEIGHTS_H5)
VERSIONS = (
    ("tf1.15", "3.7", "1.15.5", "2.2.4-tf", "2.10.0", "1.18.5"),
    ("tf2.4", "3.8", "2.4.4", "2.4.0", "2.10.0", "1.19.5"),
    ("tf2.10", "3.10", "2.10.1", "2.10.0", "3.7.0", "1.23.5"),
    ("tf2.13", "3.11", "2.13.1", "2.13.1", "3.9.0", "1.24.3"),
    ("tf2.15", "3.11", "2.15.1", "2.15.0", "3.10.0", "1.26.4"),
    ("tf2.16", "3.12", "2.16.2", "3.1.1", "3.11.0", "1.26.4"),
    ("tf2.18", "3.12", "2.18.0", "3.6.0", "3.12.1", "2.0.2"),
    ("tf2.21", "3.13", "2.21.0", "3.15.1", "3.16.0", "2.4.6"),
)
_ERRORS = {
    Format.SAVEDMODEL: ProbeError(
        "ValueError",
        "File format not supported: filepath=/scratch/18/payload/model. Keras 3 only supports V3 "
        "`.keras` files and legacy H5 format files (`.h5` extension).",
        "Traceback (most recent call last):\n  File 'saving_api.py', line 193, in load_model\n"
        "    raise ValueError(\nValueError: File format not supported",
    ),
    Format.KERAS: ProbeError("OSError", "Unable to open file (file signature not found)"),
    Format.H5: ProbeError("ValueError", "Unrecognized keyword arguments: ['batch_shape']"),
    Format.WEIGHTS_H5: ProbeError("ValueError", "Layer count mismatch: expected 2, file has 0"),
}
_RESULTS = {
    Verdict.SAME: TryResult.AGREES,
    Verdict.PARTIAL: TryResult.AGREES,
    Verdict.ASSISTED: TryResult.REFUSED,
    Verdict.DIFFERS: TryResult.DIFFERS,
    Verdict.FAILS: TryResult.REFUSED,
    Verdict.CRASHES: TryResult.CRASHED,
    Verdict.TIMES_OUT: TryResult.TIMED_OUT,
}
_STATUSES = {
    TryResult.REFUSED: JobStatus.REFUSED,
    TryResult.CRASHED: JobStatus.CRASHED,
    TryResult.TIMED_OUT: JobStatus.TIMED_OUT,
}


@dataclass(frozen=True)
class SampleRun:
    """A snapshot and what the judge says of it."""

    snapshot: RunSnapshot
    judged: tuple[JudgedCell, ...]


def environment(index: int) -> EnvironmentRecord:
    name, python, tensorflow, keras, h5py, numpy = VERSIONS[index % len(VERSIONS)]
    again = "" if index < len(VERSIONS) else f"-b{index // len(VERSIONS)}"
    versions = {"python": f"{python}.7", "tensorflow": tensorflow, "keras": keras}
    return EnvironmentRecord(
        id=f"{name}{again}-py{python}",
        name=f"{name}{again}",
        digest=f"{index:064x}",
        api="tf.keras",
        backend="tensorflow",
        python=python,
        platform="linux-x86_64",
        resolve="period",
        versions=(*versions.items(), ("h5py", h5py), ("numpy", numpy)),
        import_seconds=2.1,
    )


def unavailable(record: EnvironmentRecord) -> EnvironmentRecord:
    problem = EnvironmentProblem(
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.MISSING_INTERPRETER,
        "no Python 3.7 on this machine",
        "install it with `uv python install 3.7`",
        "searched: pyenv, uv, PATH\nfound: 3.8, 3.9, 3.10, 3.11, 3.12, 3.13",
    )
    return replace(record, versions=(), import_seconds=None, problem=problem)


def sample_run(count: int = 6, models: Sequence[str] = MODELS, *, broken: bool = True) -> SampleRun:
    """A run of `count` environments, the first of them unavailable where `broken`."""
    environments = [environment(index) for index in range(count)]
    if broken:
        environments[0] = unavailable(environments[0])
    ids = [one.id for one in environments]
    judged = [
        _judged(Cell(saver, model, format_, loader), ids, broken=broken)
        for model in models
        for format_ in FORMATS
        for saver in ids
        for loader in ids
    ]
    return run_of(environments, judged)


def run_of(environments: Sequence[EnvironmentRecord], judged: Sequence[JudgedCell]) -> SampleRun:
    """A run with attempts that fit `judged`."""
    started = datetime(2026, 11, 21, 3, 4, 5, tzinfo=timezone.utc)
    start = RunStart("run", "default", started, "host", 1, "0.1.0", Tolerances(), Limits())
    saves = {
        SavedFile.of(one.cell): SaveOutcome(JobReport(JobStatus.DONE), "ab" * 32, noise=3e-8)
        for one in judged
    }
    snapshot = RunSnapshot(
        run=RunFacts(7, start, RunState.FINISHED, started.replace(minute=31)),
        environments=tuple(environments),
        cells=tuple(one.cell for one in judged),
        saves=saves,
        attempts={one.cell: tuple(tried.attempt for tried in one.tried) for one in judged},
    )
    return SampleRun(snapshot, tuple(judged))


def judged_cell(cell: Cell, verdict: Verdict, error: ProbeError | None = None) -> JudgedCell:
    """A cell of that verdict with the attempts that belong to it."""
    result = _RESULTS.get(verdict)
    if result is None:
        return JudgedCell(cell, verdict, error=error, detail="the saver refused to write it")
    if error is None and result in (TryResult.REFUSED, TryResult.CRASHED):
        error = _ERRORS[cell.format]
    difference = {TryResult.AGREES: 1.2e-8, TryResult.DIFFERS: 0.73}.get(result)
    lost = (Check.OPTIMIZER, Check.STEP) if verdict is Verdict.PARTIAL else ()
    tried = [_tried(Strategy.PLAIN, result, difference, lost, error)]
    strategy = Strategy.PLAIN if result is TryResult.AGREES else None
    if verdict is Verdict.ASSISTED:
        strategy = Strategy.REBUILD_WEIGHTS
        tried.append(_tried(strategy, TryResult.AGREES, 2e-8, (Check.COMPILE,)))
    return JudgedCell(
        cell,
        verdict,
        strategy,
        lost,
        difference,
        1e-5,
        error,
        tuple(tried),
        detail=f"a made-up cell that says {verdict}",
        baseline=Verdict.SAME,
    )


def _judged(cell: Cell, ids: list[str], *, broken: bool) -> JudgedCell:
    saver, loader = ids.index(cell.saver), ids.index(cell.loader)
    if broken and 0 in (saver, loader):
        return judged_cell(cell, Verdict.UNAVAILABLE)
    return judged_cell(cell, _verdict(cell, saver % len(VERSIONS), loader % len(VERSIONS)))


def _verdict(  # noqa: PLR0911 - a list of cases reads best as one
    cell: Cell, saver: int, loader: int
) -> Verdict:
    """Keras 3 begins at index 5; the rest resembles what is known of these versions."""
    saver_3, loader_3 = saver >= 5, loader >= 5
    if cell.format is Format.KERAS and saver < 3:
        return Verdict.UNSAVED
    if cell.format is Format.SAVEDMODEL and loader_3:
        return Verdict.ASSISTED if saver > 2 else Verdict.FAILS
    if cell.model == "lambda" and abs(saver - loader) > 1:
        return Verdict.CRASHES if loader > saver + 2 else Verdict.FAILS
    if cell.model == "custom-layer":
        return Verdict.ASSISTED
    if cell.model == "conv-bn" and cell.format is Format.WEIGHTS_H5 and saver_3 != loader_3:
        return Verdict.DIFFERS
    if cell.model == "lstm" and cell.format is Format.H5 and saver < 2 and loader_3:
        return Verdict.TIMES_OUT
    if saver_3 and not loader_3:
        return Verdict.FAILS
    if cell.format is Format.H5 and loader_3 and not saver_3:
        return Verdict.ASSISTED if cell.model != "twin-dense" else Verdict.PARTIAL
    return Verdict.SAME


def _tried(
    strategy: Strategy,
    result: TryResult,
    difference: float | None,
    lost: tuple[Check, ...],
    error: ProbeError | None = None,
) -> Tried:
    report = JobReport(
        _STATUSES.get(result, JobStatus.DONE),
        error,
        "killed by SIGSEGV" if result is TryResult.CRASHED else "",
        "W tensorflow/core: a line of output",
        seconds=(("copy", 0.001),) if difference is None else (("load", 0.014), ("checks", 0.12)),
    )
    checks: tuple[CheckOutcome, ...] = ()
    if difference is not None:
        checks = (
            CheckOutcome(Check.STRUCTURE, CheckStatus.AGREES),
            CheckOutcome(Check.WEIGHTS, CheckStatus.MEASURED, 0.0),
            CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, difference, "2 outputs"),
            *(
                CheckOutcome(one, CheckStatus.DISAGREES, detail="no slots in the loader")
                for one in lost
            ),
        )
    concessions = () if strategy.is_plain else ("no-compile",)
    attempt = Attempt(strategy, AttemptOutcome(report, checks, concessions))
    return Tried(attempt, result, difference, lost)


HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>alert(2)</script>",
    "]]>\"' onmouseover=alert(3) x='",
    "line\u2028separator \u202eoverride \x00nul \x1b[31mred \ud800lone",
    '=HYPERLINK("http://example.invalid","click")',
    "@user | `code` | [link](javascript:alert(4)) ${7*7} {{ 7*7 }} {% raw %}",
    "[bold]markup[/] [/] [link=http://example.invalid]x[/link]",
    "%E0%A4%A ?&#/ +,",
)
BIG = "x</script>" * 500_000  # five megabytes


def hostile_run() -> SampleRun:
    """A run in which every text that others can write is as bad as it gets."""
    environments = [
        replace(
            environment(index),
            id=f"{text}-{index}",
            name=text,
            api=text,
            backend=text,
            python=text,
            platform=text,
            resolve=text,
            versions=(("python", text), ("tensorflow", text), ("keras", text), (text, text)),
            problem=EnvironmentProblem(
                EnvironmentState.UNAVAILABLE, EnvironmentCause.INSTALL_FAILED, text, text, BIG
            )
            if index == 0
            else None,
        )
        for index, text in enumerate(HOSTILE)
    ]
    judged = [
        _hostile_cell(one.id, text, loader.id, verdict)
        for one, text, verdict in zip(environments, HOSTILE, Verdict, strict=False)
        for loader in environments[:3]
    ]
    run = run_of(environments, judged)
    start = replace(run.snapshot.run.start, profile=HOSTILE[0], crossload=HOSTILE[3])
    snapshot = replace(run.snapshot, run=replace(run.snapshot.run, start=start))
    return SampleRun(snapshot, tuple(judged))


def _hostile_cell(saver: str, text: str, loader: str, verdict: Verdict) -> JudgedCell:
    cell = Cell(saver, text, Format.H5, loader)
    error = ProbeError(text, f"{text}\n{BIG}", f"{text}\n{BIG}")
    one = judged_cell(cell, verdict, error)
    tried = tuple(
        replace(each, attempt=_hostile_attempt(each.attempt, text), notes=(text,))
        for each in one.tried
    )
    return replace(one, detail=text, tried=tried, difference=float("nan"))


def _hostile_attempt(attempt: Attempt, text: str) -> Attempt:
    outcome = attempt.outcome
    report = replace(outcome.report, detail=text, output_tail=BIG + text, warnings=(text, BIG))
    checks = (
        CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, float("inf"), text),
        CheckOutcome(Check.STEP, CheckStatus.MEASURED, float("nan"), BIG),
    )
    return replace(
        attempt, outcome=replace(outcome, report=report, checks=checks, concessions=(text,))
    )
