"""How predictions are printed: versions with the same prediction on one line.

Owns the grouping and the last section of `crossload inspect`. Text from a file is foreign: it is
cleaned here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from crossload.runner.atlas import Atlas, Family
from crossload.runner.atlas.ranges import described
from crossload.runner.inspection.model import Inspection
from crossload.runner.prediction.model import Outcome, Prediction
from crossload.runner.prediction.predicting import Predictor
from crossload.runner.prediction.unwritten import unwritten
from crossload.runner.strategies import STRATEGIES
from crossload.runner.untrusted.text import clean
from crossload.runner.versions import minor_of

_COLOURS = {Outcome.LOADS: "green", Outcome.FAILS: "red", Outcome.UNKNOWN: "yellow"}
_LONGEST = 300


def predictions(inspection: Inspection, path: Path) -> tuple[Prediction, ...]:
    """The prediction for every environment of the shipped atlas."""
    return Predictor(Atlas.load()).predict_all(inspection, path.suffix)


def predictions_as_json(inspection: Inspection, path: Path) -> list[dict[str, Any]]:
    """The same as JSON, each marked as what it is."""
    return [{"measured": False, **one.as_json()} for one in predictions(inspection, path)]


def show_predictions(inspection: Inspection, path: Path, console: Console) -> None:
    """Print where the file is likely to load, in a few lines."""
    for text in unwritten(inspection, Atlas.load()):
        console.print(f"  may lack      {escape(clean(text))}")
    console.print("  [dim]prediction (not measured), for plain loading[/]")
    for outcome, text, environments in grouped(Atlas.load(), predictions(inspection, path)):
        said = f": {escape(clean(text))}" if text else ""
        console.print(f"    [{_COLOURS[outcome]}]{outcome}[/] in {escape(environments)}{said}")


def grouped(atlas: Atlas, found: Sequence[Prediction]) -> list[tuple[Outcome, str, str]]:
    """Outcome, first reason and environments of those that have both alike, loading ones first."""
    groups: dict[tuple[Outcome, str], set[str]] = {}
    for one in found:
        groups.setdefault((one.outcome, _reason(one)), set()).add(one.environment)
    order = tuple(Outcome)
    return [
        (outcome, text, _where(atlas, chosen))
        for (outcome, text), chosen in sorted(
            groups.items(), key=lambda item: (order.index(item[0][0]), -len(item[1]))
        )
    ]


def _reason(one: Prediction) -> str:
    if not one.reasons:
        return ""
    helps = [
        spec.avoids
        for strategy, spec in STRATEGIES.items()
        if spec.avoids and strategy in one.avoided_by
    ]
    text = one.reasons[0].sentence[:_LONGEST]
    return f"{text} ({'; '.join(helps)})" if helps else text


def _where(atlas: Atlas, chosen: set[str]) -> str:
    """Runs of versions, and the ids of those whose version does not answer as one."""
    answers: dict[tuple[Family, str], set[bool]] = {}
    for one in atlas.environments:
        answers.setdefault((one.family, minor_of(one.version)), set()).add(one.id in chosen)
    alone = [
        one.id
        for one in atlas.environments
        if one.id in chosen and len(answers[one.family, minor_of(one.version)]) > 1
    ]
    return "; ".join((*described(atlas.environments, chosen), *alone))
