"""Verdicts from measurements: pure functions over a snapshot of the ledger, no input or output.

Everything others need is named here.
"""

from crossload.runner.analysis.advice import VERDICT_ADVICE, advice_for
from crossload.runner.analysis.judge import Evidence, error_of, judge_cell
from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.analysis.runs import judge_run
from crossload.runner.analysis.scale import Scale, scale_of

__all__ = [
    "VERDICT_ADVICE",
    "Evidence",
    "JudgedCell",
    "Scale",
    "Tried",
    "TryResult",
    "advice_for",
    "error_of",
    "judge_cell",
    "judge_run",
    "scale_of",
]
