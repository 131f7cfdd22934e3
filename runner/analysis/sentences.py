"""The one sentence that a user reads about each judged cell.

Owns wording only; lower case and without a full stop, so that a sentence can appear in a table, a
log line or a page. `runner.analysis.advice` says what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult, is_suspect
from crossload.runner.prose import joined
from crossload.runner.records import (
    Attempt,
    Cell,
    EnvironmentProblem,
    JobReport,
    ProbeError,
)
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentState,
    JobStatus,
    Strategy,
    Verdict,
)

NOT_SAVED_YET = "the model has not been saved yet"
NOT_LOADED_YET = "the file has not been loaded yet"
NO_PLAIN_YET = "a plain load has not been tried yet"
LOADS_BUT_CANNOT_PREDICT = "loads, but cannot predict"
OTHER_LAYOUT = "weights are kept in another order or layout"
OTHER_WEIGHTS = "weights differ too"
NOTHING_TO_COMPARE = "no outputs are known to compare with"
RUNS_CODE = "a plain load runs the Python code in the file without asking"
NOT_REPEATABLE = "its outputs are not repeatable: the saver's own two predictions differ"
WITHIN_NOISE = "the difference is within the noise floor of this model, which amplifies rounding"

# What an attempt gave up besides its strategy: what another strategy is about, or one of these.
_CONCEDED = {
    **{str(one): spec.how for one, spec in STRATEGIES.items() if spec.how},
    "finalize-state": "with finalize_state() of its Normalization called after that",
}

_ENDED = {
    JobStatus.REFUSED: "was refused",
    JobStatus.CRASHED: "crashed",
    JobStatus.TIMED_OUT: "did not finish in time",
    JobStatus.OUT_OF_MEMORY: "ran out of memory",
    JobStatus.BAD_ANSWER: "gave no valid answer",
}

# What the file does in the environment that saved it.
_WHERE_SAVED = {
    Verdict.PARTIAL: "loses something",
    Verdict.ASSISTED: "needs another call",
    Verdict.TRANSLATED: "needs crossload's translator",
    Verdict.REBUILT: "needs the model's code",
    Verdict.PREDICTS: "only predicts",
    Verdict.DIFFERS: "gives different outputs",
    Verdict.FAILS: "does not load",
    Verdict.CRASHES: "crashes the process",
    Verdict.TIMES_OUT: "does not finish loading",
}
_NOT_SAVED_WELL = frozenset(_WHERE_SAVED) - {Verdict.ASSISTED, Verdict.TRANSLATED, Verdict.REBUILT}
_SAVE_ANEW = "save the model in another format there"

_FOUND = {CheckStatus.MEASURED, CheckStatus.DISAGREES}

_SHORT = 200


def loaded(judged: JudgedCell, attempts: Sequence[Attempt]) -> str:
    """What loading came to; `attempts` are those of the cell."""
    plain = next(one for one in attempts if one.strategy.is_plain)
    if judged.verdict is Verdict.SAME:
        clauses = ["loads", _everything(judged), *judged.tried[0].notes]
    elif judged.verdict is Verdict.PARTIAL:
        others = [one for one in judged.lost if one is not Check.OUTPUTS]
        but = f", but not {lost_text(others)}" if others else ""
        clauses = [f"loads; {_agreement(judged)}{but}", *judged.tried[0].notes]
    elif judged.verdict.needs_help:
        clauses = _helped(judged, plain.outcome.report)
    elif judged.verdict is Verdict.DIFFERS:
        clauses = _differs(judged, attempts)
    else:
        clauses = _nothing_loads(judged, plain.outcome.report)
    return "; ".join(clauses)


def lost_text(lost: Sequence[Check]) -> str:
    """What was lost, in words: `the structure and the optimizer's state`."""
    return joined([one.meaning for one in lost])


def losing(lost: Sequence[Check]) -> str:
    """What a model that loads loses, or has, as a verb: `loses the optimizer's state`."""
    others = [one for one in lost if one is not Check.OUTPUTS]
    clauses = ["has random outputs"] if Check.OUTPUTS in lost else []
    if others:
        clauses.append(f"loses {lost_text(others)}")
    return joined(clauses)


def unsaved(report: JobReport) -> str:
    """Why there is no file to load."""
    return f"saving {_ended(report)}"


def unusable(cell: Cell, problems: Sequence[tuple[str, EnvironmentProblem]]) -> str:
    """Which side cannot be used, and why."""
    ids = {"saver": cell.saver, "loader": cell.loader}
    clauses = []
    for side, problem in problems if cell.saver != cell.loader else problems[:1]:
        state = "cannot exist" if problem.state is EnvironmentState.IMPOSSIBLE else "is unavailable"
        clauses.append(f"the {side} {ids[side]} {state}: {_first_line(problem.message)}")
    return "; ".join(clauses)


def beside_plain(plain: Tried, other: Tried) -> str:
    """What another use of the file changes where a plain load gives the right outputs."""
    spec = STRATEGIES[other.strategy]
    if spec.beside and other.result is TryResult.DIFFERS:
        return f"{spec.beside} gives different outputs"
    if spec.beside and other.result is TryResult.REFUSED and not spec.is_whole:
        return f"{spec.beside} does not work"
    if spec.gives_code and other.result is TryResult.AGREES and set(other.lost) < set(plain.lost):
        kept = [one for one in plain.lost if one not in other.lost]
        return f"{spec.beside} keeps {lost_text(kept)}"
    return ""


def with_baseline(judged: JudgedCell, baseline: Verdict | None) -> str:
    """The sentence, with what is true of the file already where it was saved.

    Where it is the same there, the pair is not to blame, and the sentence says what to do about it.
    """
    if baseline is None or not judged.tried or not is_suspect(baseline):
        return judged.detail
    if Check.OUTPUTS in judged.lost:
        return judged.detail
    there = f"loaded where it was saved, the file {_WHERE_SAVED[baseline]} ({baseline})"
    if baseline.is_worse_than(judged.verdict):
        return f"{judged.detail}; {there}"
    is_reason = baseline is judged.verdict and baseline in _NOT_SAVED_WELL
    todo = f": {_SAVE_ANEW}" if is_reason else ""
    return f"{judged.detail}; even {there}{todo}"


def _helped(judged: JudgedCell, plain: JobReport) -> list[str]:
    helper = next(one for one in judged.tried if one.strategy is judged.strategy)
    clauses = [_with(helper), _agreement(judged), *helper.notes]
    if judged.lost:
        clauses.append(f"not {lost_text(judged.lost)}")
    if plain.status not in {JobStatus.REFUSED, JobStatus.DONE}:
        clauses.append(f"a plain load {_ended(plain)}")
    return clauses


def _differs(judged: JudgedCell, attempts: Sequence[Attempt]) -> list[str]:
    decisive = next(one for one in judged.tried if one.result is TryResult.DIFFERS)
    clauses = [f"{_with(decisive)} without an error, but {_difference(decisive, judged)}"]
    clauses += [*_beginning(decisive.strategy, attempts), *decisive.notes]
    helper = next((one for one in judged.tried if one.strategy is judged.strategy), None)
    if helper is not None:
        clauses.append(f"outputs agree where it {_with(helper)}")
    return clauses


def _difference(tried: Tried, judged: JudgedCell) -> str:
    if tried.difference is None:
        return "outputs differ and cannot be compared as numbers"
    return f"outputs differ by {tried.difference:.1e} (tolerance {judged.tolerance or 0:.0e})"


def _beginning(strategy: Strategy, attempts: Sequence[Attempt]) -> list[str]:
    """The layer where the difference begins, in the probe's words; nothing where it is unknown."""
    outcome = next(one.outcome for one in attempts if one.strategy is strategy)
    return [
        f"the difference {_first_line(one.detail)}"
        for one in outcome.checks
        if one.check is Check.LAYERS and one.status in _FOUND and one.detail
    ]


def _nothing_loads(judged: JudgedCell, plain: JobReport) -> list[str]:
    first = judged.tried[0]
    if first.result is TryResult.UNPROVED:
        return [f"loads, but {NOTHING_TO_COMPARE}"]
    if plain.status is JobStatus.DONE and first.error is not None:
        clauses = [f"{LOADS_BUT_CANNOT_PREDICT}: {_error(first.error)}"]
    else:
        clauses = [f"a plain load {_ended(plain)}"]
    differing = [one for one in judged.tried[1:] if one.result is TryResult.DIFFERS]
    clauses += [f"{_with(one)}, but then {_difference(one, judged)}" for one in differing]
    unproved = [one for one in judged.tried[1:] if one.result is TryResult.UNPROVED]
    clauses += [f"{_with(one)}, but {NOTHING_TO_COMPARE}" for one in unproved]
    others = len(judged.tried) - 1 - len(differing) - len(unproved)
    if others:
        plural = "strategies" if others > 1 else "strategy"
        clauses.append(f"{others} more {plural} did not help")
    return clauses


def _with(tried: Tried) -> str:
    conceded = [words for name, words in _CONCEDED.items() if name in tried.concessions]
    return " and ".join([STRATEGIES[tried.strategy].loads, *conceded])


def _agreement(judged: JudgedCell) -> str:
    if Check.OUTPUTS in judged.lost:
        return "weights agree"
    if judged.difference is None:
        return "outputs agree"
    return f"outputs agree {'exactly' if judged.difference == 0 else f'to {judged.difference:.0e}'}"


def _everything(judged: JudgedCell) -> str:
    if not judged.difference:
        return "everything agrees"
    return f"everything agrees, outputs to {judged.difference:.0e}"


def _ended(report: JobReport) -> str:
    words = _ENDED.get(report.status, "ended")
    if report.error is not None:
        return f"{words}: {_error(report.error)}"
    return f"{words} ({_first_line(report.detail)})" if report.detail else words


def _error(error: ProbeError) -> str:
    line = _first_line(error.message)
    return f"{error.type}: {line}" if line else error.type


def _first_line(text: str) -> str:
    line = next((one.strip() for one in text.splitlines() if one.strip()), "")
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"
