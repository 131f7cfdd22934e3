"""A migration in the terminal: the route that was found and its proof, or why there is none.

Owns the layout and sentences for 80 columns; foreign texts are cleaned here. `tried` groups the
routes that failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from crossload.reports.cleaning import clean_line
from crossload.reports.folding import fold
from crossload.reports.migrate.tried import groups_of
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.causes import RemedyState
from crossload.runner.checking.running import Checked, Refusal
from crossload.runner.migration.model import Carried, Migration, Result, Step
from crossload.runner.migration.wording import refused_told
from crossload.runner.prose import joined
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import Check, Strategy

_MOST_REMEDIES, _MOST_NAMED = 3, 4
_CODE_HELPS = (
    "pass the model's code with --custom-objects; if it has a function build() that returns "
    "the model, the weights alone can be loaded into that"
)
_UNPROVED = (
    "No environment loads the old file, so nothing says what it answers; only this was compared: "
    "the model before and after it was saved. Compare it with outputs that you know."
)
_TRY_UNPROVED = "add --unproved: the target {}, but nothing can prove that the outputs are right"
_KEEP_TRAINING = "To train on: --keep-training looks for a route that keeps this."
_CARRIED = {
    Carried.TRANSLATED: "crossload's translator wrote its architecture anew:",
    Carried.WEIGHTS: "It has only the weights of the old file; the code built the model:",
}
_LOST = {
    str(Check.STRUCTURE): "layer names or settings differ from those in the old file",
    str(Check.COMPILE): "the training configuration (optimizer, loss, metrics): call compile() "
    "before training",
    str(Check.METRICS): "the metrics give different values for the same data",
    str(Check.OPTIMIZER): "the optimizer's state: training continues with a new optimizer",
    str(Check.STEP): "the next training steps give different losses from the old environment",
    str(Check.RE_SAVE): "saving and loading it again in the target changes it",
}


def draw(migration: Migration, output: Path, proof: Path | None, console: Console) -> None:
    """Print what was found; `proof` is None if no file could be written."""
    name = clean_line(migration.checked.subject.path.name)
    _tried(migration, console)
    if migration.result is None or proof is None:
        _failed(migration, name, console)
        return
    result = migration.result
    fold(console, "Route", style="bold")
    for number, step in enumerate(result.steps, 1):
        fold(console, f"{number}. {_step(step)}", indent=2)
    console.print()
    fold(console, _verified(migration, result, name), style="bold green")
    _carried(result, migration, console)
    console.print()
    fold(console, f"wrote {clean_line(str(output))}")
    fold(console, f"proof {clean_line(str(proof))}")


def _step(step: Step) -> str:
    how = "" if step.strategy in {None, Strategy.PLAIN} else f" with {step.strategy}"
    return f"{step.environment}: load {step.loaded}{how}, save as {step.saved}"


def _verified(migration: Migration, result: Result, name: str) -> str:
    final = result.final
    begin = f"{name} now loads in {migration.target.id}"
    if not migration.has_outputs:
        return f"{begin}, but nothing proves that its outputs are right."
    passed = migration.checked.subject.expects
    compared = "those passed as --outputs" if passed else f"those in {migration.baseline}"
    if final.difference == 0:
        return f"{begin}; its outputs are equal to {compared}."
    if final.difference is None or final.tolerance is None:
        return f"{begin} with the same outputs as {compared}."
    return (
        f"{begin}; its outputs differ from {compared} by {final.difference:.1e} at most "
        f"(tolerance {final.tolerance:.1e})."
    )


def _carried(result: Result, migration: Migration, console: Console) -> None:
    """What the new file contains and what it does not."""
    if not migration.has_outputs:
        fold(console, _UNPROVED, style="yellow")
    if result.carried in _CARRIED:
        fold(console, _CARRIED[result.carried], style="yellow")
        for change in result.changes:
            fold(console, clean_line(change), style="yellow", indent=2)
    if result.final.lost:
        fold(console, "Lost or changed:", style="yellow")
        for lost in _worth_saying(result.final.lost):
            fold(console, f"{lost}: {_LOST.get(lost, 'changed')}", style="yellow", indent=2)
    if not (result.keeps_training or migration.trials or len(result.steps) > 1):
        fold(console, _KEEP_TRAINING, style="yellow")
    spec = STRATEGIES[result.final.strategy] if result.final.strategy else None
    if spec is not None and spec.gives_code:
        fold(
            console,
            "Loading it still needs the code that was passed with --custom-objects.",
            style="yellow",
        )
    if (spec is not None and spec.runs_code) or migration.checked.subject.traits.code:
        _code_notes(result, console)


def _worth_saying(lost: Sequence[str]) -> list[str]:
    """What was lost, without its consequences: an uncompiled model has no metrics to compare."""
    implied = {str(Check.STEP), str(Check.METRICS)} if str(Check.COMPILE) in lost else set()
    return [one for one in lost if one not in implied]


def _code_notes(result: Result, console: Console) -> None:
    """What Python code in the old file means for the new one."""
    if result.final.strategy and STRATEGIES[result.final.strategy].runs_code:
        text = (
            "It contains Python code (a Lambda) from the old file, and loads only with "
            "safe_mode=False: use that only if you trust the source of the old file."
        )
    else:
        text = (
            "The old file contained Python code (a Lambda): read it before you trust the new one."
        )
    fold(console, text, style="yellow")


def _tried(migration: Migration, console: Console) -> None:
    groups, more = groups_of(migration.trials, migration.target.id)
    if not groups:
        return
    fold(console, "Tried without success", style="bold")
    for group in groups:
        fold(console, group.ways, indent=2)
        fold(console, group.stopped, style="dim", indent=4)
    if more:
        fold(console, f"and {more} more routes", indent=2)
    console.print()


def _failed(migration: Migration, name: str, console: Console) -> None:
    checked = migration.checked
    if migration.source is None:
        fold(
            console,
            f"None of the environments tried loads {name}, so there is nothing to convert.",
            style="bold red",
        )
        for places, said in _refusals(checked):
            fold(console, f"{places}: {said}", indent=2)
    else:
        fold(
            console,
            f"No route was found for {name} to {migration.target.id}: "
            f"{f'{at} loads it, but ' if (at := migration.baseline) else ''}"
            "every route above failed.",
            style="bold red",
        )
    there = migration.in_target
    if there is not None and there.cause is not None:
        fold(console, f"why: {clean_line(there.cause.sentence)} [{there.cause.id}]")
    for text in (*_unproved(migration), *advice(checked, there)):
        fold(console, f"may help: {text}", indent=2)
    if there is not None:
        fold(console, f"more: crossload explain {there.cell}", style="dim")


def _unproved(migration: Migration) -> list[str]:
    """That the file could be written without a proof, where that was not asked for."""
    if migration.unproved is None or migration.source is not None:
        return []
    return [_TRY_UNPROVED.format(STRATEGIES[migration.unproved].loads)]


def _refusals(checked: Checked) -> list[tuple[str, str]]:
    """Pairs of environments and their error; equal errors are grouped."""
    found: dict[str, list[Refusal]] = {}
    for one in checked.refusals:
        found.setdefault(clean_line(refused_told(one.outcome)), []).append(one)
    return [
        (joined([one.environment for one in members], _MOST_NAMED), said)
        for said, members in found.items()
    ]


def advice(checked: Checked, there: JudgedCell | None) -> list[str]:
    """Remedies for the plain load in the target that were not tried."""
    code = [] if checked.subject.traits.custom else [_CODE_HELPS]
    remedies = () if there is None else there.remedies
    left = [one for one in remedies if one.state is not RemedyState.DID_NOT_HELP]
    return [*(clean_line(one.sentence) for one in left[:_MOST_REMEDIES]), *code]
