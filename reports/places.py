"""The environments as a reader chooses among them: named by version, newest first, Keras 3 on top.

Owns which environment stands for a version of TensorFlow, and which ones are folded away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.version import Version

from crossload.reports.axes import environment_note
from crossload.reports.document import EnvironmentRow, Report
from crossload.runner.versions import minor_of, version_of
from crossload.runner.words import Api, Backend

SHOWN = 8  # environments before the rest is folded
_FOLDED_FROM = 11  # a fold for one or two rows would only hide them
_NOTHING = Version("0")


@dataclass(frozen=True)
class Place:
    """One usable environment.

    `name` is what a reader calls it, `note` its Keras in small print, `keras` the major version of
    its Keras (0 if unknown). A `mainline` environment stands for its version of TensorFlow.
    `folded` ones are shown on request; `edge` marks the first one of an older Keras.
    """

    id: str
    name: str
    note: str
    keras: int
    mainline: bool
    folded: bool = False
    edge: bool = False


def places(report: Report) -> tuple[Place, ...]:
    """Return the usable environments of a report, newest first."""
    ready = [one for one in report.environments if one.problem is None]
    chosen = _mainline(ready)
    position = {row.id: number for number, row in enumerate(ready)}
    ready.sort(key=lambda row: (_keras(row), _tensorflow(row), position[row.id]), reverse=True)
    kept = [row.id for row in ready if row.id in chosen][:SHOWN]
    folds = len(ready) >= _FOLDED_FROM and bool(kept)
    found: list[Place] = []
    before = 0  # the Keras of the last one that is shown
    for row in ready:
        folded = folds and row.id not in kept
        keras = _keras(row)
        edge = not folded and before > keras
        before = before if folded else keras
        found.append(
            Place(
                row.id,
                _name(row, mainline=row.id in chosen),
                environment_note(row),
                keras,
                mainline=row.id in chosen,
                folded=folded,
                edge=edge,
            )
        )
    return tuple(found)


def in_use(found: Iterable[Place]) -> frozenset[str]:
    """Return the ids of the places that are shown first: no older or special one is among them."""
    return frozenset(one.id for one in found if not one.folded)


def _mainline(rows: Iterable[EnvironmentRow]) -> frozenset[str]:
    """One environment per minor version of TensorFlow: what somebody installed at that time."""
    best: dict[str, EnvironmentRow] = {}
    for row in rows:
        version = row.tensorflow
        plain = row.api == Api.TF_DOT_KERAS and row.backend == Backend.TENSORFLOW
        if not version or not plain or row.version("tf_keras"):
            continue
        minor = minor_of(version)
        if minor not in best or _typical(row) > _typical(best[minor]):
            best[minor] = row
    return frozenset(row.id for row in best.values())


def _typical(row: EnvironmentRow) -> tuple[bool, Version]:
    return row.resolve == "period", version_of(row.version("keras")) or _NOTHING


def _name(row: EnvironmentRow, *, mainline: bool) -> str:
    if mainline:
        return f"TF {minor_of(row.tensorflow)}"
    name, mark, _ = row.id.rpartition("-py")
    return name if mark else row.id


def _tensorflow(row: EnvironmentRow) -> Version:
    return version_of(row.tensorflow) or _NOTHING


def _keras(row: EnvironmentRow) -> int:
    """The major version of the Keras that loads there: `2.2.4-tf` is 2."""
    major = row.version("tf_keras" if row.api == Api.TF_KERAS else "keras").partition(".")[0]
    return int(major) if major.isdigit() else 0
