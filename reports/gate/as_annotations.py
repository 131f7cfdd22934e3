"""Workflow commands that GitHub turns into annotations of the run.

Owns their escaping. GitHub shows ten of each level in a step, so one stands for a whole group.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossload.reports.gate.grouping import Group, grouped
from crossload.reports.gate.places import Places
from crossload.reports.gate.wording import TITLES, entry_lines, headline, problems, ruling_line
from crossload.runner.gate import EntryState, GateResult, Kind, Standing

_ENTRY_LEVELS = {
    EntryState.EXPIRED: "error",
    EntryState.FIXED: "warning",
    EntryState.UNUSED: "notice",
}


def annotation_lines(result: GateResult, places: Places) -> tuple[str, ...]:
    """One line for each group that fails the gate, and for what else somebody must do."""
    return tuple(_lines(result, places))


def _lines(result: GateResult, places: Places) -> Iterator[str]:
    for said, advice in problems(result):
        yield _command("error", places.matrix, "Environment", f"{said}. {advice}".strip())
    for group in grouped(result.failing):
        place = places.of(group.rulings[0].finding)
        yield _command("error", place, TITLES[group.kind], _message(group))
    for group in grouped(result.standing(Standing.BELOW)):
        place = places.of(group.rulings[0].finding)
        yield _command("notice", place, TITLES[group.kind], _message(group))
    if not any(side.problem for side in (result.before, result.after)):
        for group in grouped(result.standing(Standing.NOT_MEASURED)):
            yield _command("error", places.matrix, TITLES[Kind.NOT_MEASURED], _message(group))
    for entry, state, sentence in entry_lines(result):
        place = (result.policy.shown, entry.line)
        yield _command(_ENTRY_LEVELS[state], place, "Policy", sentence)
    if not result.failing:
        yield _command("notice", None, ruling_line(result).rstrip("."), headline(result))


def _message(group: Group) -> str:
    helps = f"\nhelps: {group.help}" if group.help else ""
    return f"{group.sentence}\n{group.files}{helps}"


def _command(level: str, place: tuple[str, int] | None, title: str, message: str) -> str:
    where = f"file={_property(place[0])},line={place[1]}," if place else ""
    return f"::{level} {where}title={_property(f'crossload: {title}')}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
