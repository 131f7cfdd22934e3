"""The sentences about a cell of a model of the user's own.

Owns their words; what is known of the model is `explain_own`'s to find.
"""

from __future__ import annotations

from reports.document import CellRow
from reports.explain_own import OwnModel
from runner.subjects.model import SubjectTask
from runner.words import Strategy, Verdict


def measured_own(row: CellRow, own: OwnModel) -> str:
    """What the cell is about, in a few sentences."""
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
    first = f"{name} ({row.format}), loaded by {row.loader}"
    if own.task is SubjectTask.BARE:
        return (
            f"{first}; no environment could load it as it is, so there are no answers to compare "
            "with."
        )
    if row.verdict is Verdict.UNSAVED:
        return f"{first}; {row.saver}, which was to answer for it, does not load it itself."
    if row.loader == row.saver:
        return f"{first}, whose answers are compared with those of others{_there(own)}."
    return f"{first}; answers compared with those in {row.saver}{_there(own)}."


def meaning_own(row: CellRow, own: OwnModel, meaning: str) -> str:
    """What the verdict means here, where that is not what it means of reference models."""
    if row.verdict is Verdict.UNSAVED and own.was_there:
        return "The environment that was to answer for the file does not load it."
    if row.strategy is Strategy.CUSTOM_OBJECTS and row.verdict is Verdict.ASSISTED and own.code:
        return f"{meaning} Passing your own code is plain loading to `crossload check`."
    return meaning


def _there(own: OwnModel) -> str:
    return f", which loaded it{_by(own)}" if own.way else ""


def _by(own: OwnModel) -> str:
    if own.way is None:
        return ""
    return " plainly" if own.way is Strategy.PLAIN else f" by the strategy {own.way}"
