"""What to do: one plain sentence for every verdict and strategy, with the code that did it.

Owns advice that follows from a verdict or a strategy alone. Advice that needs the cause of a
failure is not here. Code is what an attempt of that very cell executed, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.formats import strategy_advice
from crossload.runner.prose import joined
from crossload.runner.words import Strategy, Verdict


@dataclass(frozen=True)
class Advice:
    """One sentence, and the code that does what it says (empty where none is known to).

    `keeps` names what the verdict's way loses and this one does not.
    """

    sentence: str
    code: str = ""
    keeps: str = ""


VERDICT_ADVICE: Mapping[Verdict, Advice] = {
    Verdict.SAME: Advice("nothing to do: load the file as it is"),
    Verdict.PARTIAL: Advice(
        "safe for prediction; before you train it further, restore by hand what was lost"
    ),
    Verdict.ASSISTED: Advice("a plain load does not work here; this does:"),
    Verdict.TRANSLATED: Advice("a plain load does not work here; crossload translates the file:"),
    Verdict.REBUILT: Advice(
        "the file alone does not give the model here; with the code that built it, this works:"
    ),
    Verdict.PREDICTS: Advice("no Keras loads it here; this predicts with it:"),
    Verdict.DIFFERS: Advice(
        "do not use this pair: the model loads without an error but gives different outputs; "
        "compare predictions before and after any other way of loading"
    ),
    Verdict.FAILS: Advice(
        "load the file where it was saved, and save it again in a format that this loader reads"
    ),
    Verdict.CRASHES: Advice(
        "do not load this file in a process that must keep running; load "
        "it where it was saved and save it again in another format"
    ),
    Verdict.TIMES_OUT: Advice("allow more time under 'limits' in matrix.yaml and run again"),
    Verdict.UNSAVED: Advice("save the model in another format, or with another version"),
    Verdict.UNAVAILABLE: Advice("fix the environment (its row says how) and run again"),
    Verdict.NOT_RUN: Advice("run again to measure what is missing"),
    Verdict.IMPOSSIBLE: Advice(
        "choose another Python or another version: this build does not exist"
    ),
}


def advice_for(judged: JudgedCell) -> tuple[Advice, ...]:
    """What to do about a cell: for its verdict, then for the strategy that gives agreeing outputs.

    A cell that is `same` needs no second piece. Where another strategy keeps what that one loses,
    it is the third.
    """
    first = VERDICT_ADVICE[judged.verdict]
    if judged.strategy in {None, Strategy.PLAIN}:
        return (first,)
    assert judged.strategy is not None
    second = Advice(_sentence(judged, judged.strategy), judged.code(judged.strategy))
    better = _keeps_most(judged)
    if better is None:
        return (first, second)
    lost = next(one.lost for one in judged.tried if one.strategy is judged.strategy)
    kept = joined([one.meaning for one in lost if one not in better.lost])
    sentence, code = _sentence(judged, better.strategy), judged.code(better.strategy)
    return (first, second, Advice(sentence, code, kept))


def _sentence(judged: JudgedCell, strategy: Strategy) -> str:
    return strategy_advice(strategy, judged.cell.format)


def _keeps_most(judged: JudgedCell) -> Tried | None:
    """The attempt with agreeing outputs that loses least, if it loses less than the helping one."""
    agreeing = [one for one in judged.tried if one.result is TryResult.AGREES]
    best = min(agreeing, key=lambda one: len(one.lost), default=None)
    helping = next((one for one in agreeing if one.strategy is judged.strategy), None)
    if best is None or helping is None or not set(best.lost) < set(helping.lost):
        return None
    return best
