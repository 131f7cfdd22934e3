"""What a verdict is called in a user's words: "needs a flag", "silently wrong".

Owns these labels, and the words in which the answer counts them. `runner.analysis` derives
verdicts; `reports.appearance` owns their symbols and the legend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crossload.reports.document import CellRow
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import Check, Verdict


@dataclass(frozen=True)
class Words:
    """A label, and how a sentence counts it: "1 fails", "3 fail"."""

    label: str
    one: str
    several: str


WORDS: dict[Verdict, Words] = {
    Verdict.SAME: Words("as it is", "loads as it is", "load as they are"),
    Verdict.PARTIAL: Words("loses training state", "loses training state", "lose training state"),
    Verdict.ASSISTED: Words(
        "needs one line", "needs a flag or your class", "need a flag or your class"
    ),
    Verdict.TRANSLATED: Words(
        "translated", "is translated by crossload", "are translated by crossload"
    ),
    Verdict.REBUILT: Words("needs your code", "needs your model's code", "need your model's code"),
    Verdict.PREDICTS: Words("prediction only", "only predicts", "only predict"),
    Verdict.DIFFERS: Words("silently wrong", "is silently wrong", "are silently wrong"),
    Verdict.FAILS: Words("fails", "fails", "fail"),
    Verdict.CRASHES: Words("crashes", "crashes", "crash"),
    Verdict.TIMES_OUT: Words("hangs", "hangs", "hang"),
    Verdict.UNSAVED: Words("cannot be saved", "cannot be saved", "cannot be saved"),
    Verdict.UNAVAILABLE: Words("no environment", "has no environment", "have no environment"),
    Verdict.NOT_RUN: Words("not measured", "was not measured", "were not measured"),
    Verdict.IMPOSSIBLE: Words("impossible", "is impossible", "are impossible"),
}
IS_DAMAGED: Final = "damaged"  # what filters and legends call these loads
DAMAGED = Words("damaged file", "is of a damaged file", "are of damaged files")
TRAINING = frozenset({Check.COMPILE, Check.OPTIMIZER, Check.STEP})
_LOST = {Check.RE_SAVE: "cannot be saved again", Check.STRUCTURE: "loses structure"}


def cell_label(row: CellRow) -> str:
    """Return the label of a cell, as exact as its attempts allow."""
    if row.verdict is Verdict.ASSISTED and row.strategy is not None:
        return STRATEGIES[row.strategy].label or WORDS[row.verdict].label
    if row.verdict is Verdict.PARTIAL and row.lost and TRAINING.isdisjoint(row.lost):
        return next((_LOST[one] for one in row.lost if one in _LOST), "loses something")
    return WORDS[row.verdict].label
