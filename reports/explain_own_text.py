"""The sentences about a cell of a user's model.

Owns the wording; `explain_own` finds the facts.
"""

from __future__ import annotations

from crossload.reports.document import CellRow
from crossload.reports.explain_own import OwnModel
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import SubjectTask, Verdict

_SCOPE = "custom-object-scope"  # a concession: just another way to pass the code


def measured_own(row: CellRow, own: OwnModel) -> str:
    """What was measured, in a few sentences."""
    name = f"Your model {own.file}"
    loader = "itself" if row.loader == row.saver else row.loader
    if own.task is SubjectTask.BUILD:
        return f"{name}, built and saved by {row.saver} as {row.format}, loaded by {loader}."
    if own.task is SubjectTask.CONVERT:
        made = f" from {own.source}" if own.source else ""
        return (
            f"{name}, converted{made}: loaded in {row.saver}{_by(own)}, saved there as "
            f"{row.format}, loaded by {loader}."
        )
    if row.verdict is Verdict.UNSAVED and row.loader == row.saver:
        return (
            f"{name} ({row.format}) fails to load in {row.saver}, the environment to compare with."
        )
    return f"{name} ({row.format}), loaded by {row.loader}{_answers(row, own)}."


def _answers(row: CellRow, own: OwnModel) -> str:
    """What the outputs are compared with, as the end of a sentence."""
    if own.expects:
        return "; outputs compared with those passed as --outputs"
    if own.task is SubjectTask.BARE:
        return "; no environment could load it as it is, so there are no outputs to compare with"
    if row.verdict is Verdict.UNSAVED:
        return f"; {row.saver}, the environment to compare with, fails to load it"
    if row.loader == row.saver:
        return f", the environment to compare with, which loaded it{_by(own)}" if own.way else ""
    there = f", which loaded it{_by(own)}" if own.way else ""
    return f"; outputs compared with those in {row.saver}{there}"


def meaning_own(row: CellRow, own: OwnModel, meaning: str) -> str:
    """What the verdict means here, if that differs from its meaning for reference models."""
    if row.verdict is Verdict.UNSAVED and own.was_there:
        return "The environment to compare with fails to load the file."
    if own.code is not None and _is_passed_only(row):
        return f"{meaning} `crossload check` counts passing your own code as plain loading."
    return meaning


def _is_passed_only(row: CellRow) -> bool:
    """Whether passing the user's code is all it takes."""
    if row.verdict is not Verdict.ASSISTED or row.strategy is None:
        return False
    if not STRATEGIES[row.strategy].gives_code:
        return False
    taken = [one for one in row.attempts if one.strategy is row.strategy]
    return all(set(one.concessions) <= {_SCOPE} for one in taken)


def _by(own: OwnModel) -> str:
    if own.way is None:
        return ""
    return " plainly" if own.way.is_plain else f" by the strategy {own.way}"
