"""A migration on a terminal: the way that was found, its proof, or why there is none.

Owns layout and sentences; foreign texts are cleaned here.
"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from reports.cleaning import clean_line
from runner.migration.model import Migration, Step
from runner.migration.proof import final_baseline

_MOST_TRIALS = 12
_LONGEST = 300


def draw(migration: Migration, output: Path, proof: Path | None, console: Console) -> None:
    """Print what was found; `proof` is None where no file could be made."""
    for step_line in _tried(migration):
        console.print(Text(step_line, style="dim"), soft_wrap=True)
    if proof is None:
        _failed(migration, console)
        return
    console.print()
    console.print(Text("The way", style="bold"))
    for number, step in enumerate(migration.steps, 1):
        console.print(Text(f"  {number}. {_told(step)}"))
    console.print()
    _verified(migration, console)
    console.print(Text(f"wrote {output}"), soft_wrap=True)
    console.print(Text(f"proof {proof}"), soft_wrap=True)


def _told(step: Step) -> str:
    how = "" if step.strategy is None or step.strategy == "plain" else f" with {step.strategy}"
    return f"{step.environment}: load {step.loaded}{how}, save as {step.saved}"


def _verified(migration: Migration, console: Console) -> None:
    final = migration.final
    assert final is not None
    name = clean_line(migration.checked.subject.path.name)
    difference = "equal" if not final.difference else f"within {final.difference:.1e}"
    sentence = (
        f"{name} now loads in {migration.target.id}; its outputs are {difference} "
        f"(tolerance {final.tolerance:.1e}) to those in {final_baseline(migration)}."
        if final.tolerance is not None
        else f"{name} now loads in {migration.target.id} with the same outputs."
    )
    console.print(Text(sentence, style="bold green"))
    if migration.weights_only:
        console.print(
            Text(
                "Only the weights of the old file are in it: the architecture was rebuilt, and "
                "compile and optimizer state are gone.",
                style="yellow",
            )
        )
        for change in migration.changes:
            console.print(Text(f"  {clean_line(change)}", style="yellow"))
    if final.lost:
        lost = ", ".join(final.lost)
        console.print(Text(f"Not carried over, or not the same any more: {lost}.", style="yellow"))


def _failed(migration: Migration, console: Console) -> None:
    checked = migration.checked
    name = clean_line(checked.subject.path.name)
    console.print()
    if not migration.trials:
        console.print(
            Text(
                f"{name} could not be loaded anywhere as it is, so there is nothing to carry over:",
                style="bold red",
            )
        )
        for refusal in checked.refusals:
            error = refusal.outcome.report.error if refusal.outcome else None
            said = f"{error.type}: {error.message}" if error else "could not be used"
            console.print(Text(f"  {refusal.environment}: {clean_line(said)[:_LONGEST]}"))
        return
    console.print(Text(f"No way was found for {name} to {migration.target.id}.", style="bold red"))


def _tried(migration: Migration) -> list[str]:
    """A line for each way that did not get through."""
    failed = [one for one in migration.trials if not one.worked]
    lines = [
        f"tried {one.route}: ends at {one.step}: {clean_line(one.why)[:_LONGEST]}"
        for one in failed[:_MOST_TRIALS]
    ]
    if len(failed) > _MOST_TRIALS:
        lines.append(f"and {len(failed) - _MOST_TRIALS} more ways")
    return lines
