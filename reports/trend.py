"""Whether compatibility gets better: what each release loads of the files of all older releases.

Owns the numbers and the measures of the line chart; a template draws it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from crossload.reports.places import Place
from crossload.reports.tallies import Key, Tally, between, percent
from crossload.runner.words import Format

_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 630, 24, 244  # of the area with the lines
_LABEL_GAP = 16  # between the middles of two labels
_MARKS = (  # around 0, 0: what tells the lines apart without colours
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "m-4 -4h8v8h-8z",
    "m0 -5l5 9h-10z",
)


@dataclass(frozen=True)
class TrendPoint:
    """One release and format: shares in percent as they are and with help, of so many loads."""

    plain: int
    whole: int
    measured: int


@dataclass(frozen=True)
class TrendLine:
    """One format.

    `plain` and `whole` are the points of a polyline, `marks` where the points of `plain` are,
    `mark` the path of their shape, `label` the height of the name at the end.
    """

    name: str
    plain: str
    whole: str
    marks: tuple[tuple[float, float], ...]
    mark: str
    label: float


@dataclass(frozen=True)
class TrendRow:
    """One release as a row of the table; None if it read no older file of a format."""

    name: str
    points: tuple[TrendPoint | None, ...]


@dataclass(frozen=True)
class Trend:
    """The chart and the same numbers as a table; `edge` is where Keras 3 begins, if it does.

    `width` and `height` are those of the drawing, in its own units; the area with the lines ends at
    `left`, `right` and `bottom`.
    """

    lines: tuple[TrendLine, ...]
    rows: tuple[TrendRow, ...]
    columns: tuple[tuple[float, str], ...]
    heights: tuple[tuple[float, int], ...]
    edge: float | None
    width: int = 760
    height: int = 280
    left: int = _LEFT
    right: int = _RIGHT
    bottom: int = _BOTTOM


def trend(
    found: Sequence[Place], counts: Mapping[Key, Tally], formats: Sequence[tuple[Format, str]]
) -> Trend | None:
    """Return the chart; None for fewer than two releases that read older files.

    Args:
        found: the usable environments, newest first.
        counts: the loads of the run.
        formats: at most three, with what they are called.
    """
    releases = [one for one in reversed(found) if one.mainline]
    found_of = {
        name: [_point(releases[:at], one, counts, format_) for at, one in enumerate(releases)]
        for format_, name in formats
    }
    used = {name: points for name, points in found_of.items() if any(points)}
    rows = [
        (one, points) for one, *points in zip(releases, *used.values(), strict=True) if any(points)
    ]
    if len(rows) < 2:
        return None
    step = (_RIGHT - _LEFT) / len(rows)
    columns = [round(_LEFT + step * (at + 0.5), 1) for at in range(len(rows))]
    lines = [
        _line(name, mark, [(x, points[at]) for x, (_, points) in zip(columns, rows, strict=True)])
        for at, (name, mark) in enumerate(zip(used, _MARKS, strict=False))
    ]
    edges = [
        round((columns[at] + columns[at + 1]) / 2, 1)
        for at, ((old, _), (new, _)) in enumerate(pairwise(rows))
        if old.keras < 3 <= new.keras
    ]
    return Trend(
        lines=_with_labels_apart(lines),
        rows=tuple(TrendRow(one.name, tuple(points)) for one, points in reversed(rows)),
        columns=tuple(
            (x, one.name.removeprefix("TF ")) for x, (one, _) in zip(columns, rows, strict=True)
        ),
        heights=tuple((_height(share), share) for share in range(0, 101, 25)),
        edge=edges[0] if edges else None,
    )


def _point(
    older: Sequence[Place], loader: Place, counts: Mapping[Key, Tally], format_: Format
) -> TrendPoint | None:
    tally = between(counts, [format_], [(saver, loader) for saver in older])
    if not tally.measured:
        return None
    return TrendPoint(
        percent(tally.plain, tally.measured), percent(tally.whole, tally.measured), tally.measured
    )


def _height(share: int) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * share / 100, 1)


def _line(name: str, mark: str, points: Sequence[tuple[float, TrendPoint | None]]) -> TrendLine:
    known = [(x, one) for x, one in points if one is not None]
    marks = tuple((x, _height(one.plain)) for x, one in known)
    return TrendLine(
        name=name,
        plain=" ".join(f"{x},{y}" for x, y in marks),
        whole=" ".join(f"{x},{_height(one.whole)}" for x, one in known),
        marks=marks,
        mark=mark,
        label=marks[-1][1],
    )


def _with_labels_apart(lines: Sequence[TrendLine]) -> tuple[TrendLine, ...]:
    """Move labels down where two would overlap."""
    placed: dict[str, float] = {}
    for one in sorted(lines, key=lambda line: line.label):
        placed[one.name] = max(one.label, max(placed.values(), default=0) + _LABEL_GAP)
    return tuple(replace(one, label=placed[one.name]) for one in lines)
