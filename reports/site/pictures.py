"""The site's SVG: a badge for the run and for each environment, and a small matrix for READMEs.

Owns their numbers and measures; the templates draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossload.reports.document import Report
from crossload.reports.places import Place, places
from crossload.reports.site.names import file_name
from crossload.reports.tallies import Key, Tally, between, percent, tallies
from crossload.runner.formats import WHOLE_FORMATS

_CHARACTER = 6.6  # pixels of one at 11 px, a little more than most fonts need
_STEPS = ((80, "#1c7a3e"), (50, "#8a6d00"), (0, "#a3401a"))  # white on each reaches 4.5 : 1


@dataclass(frozen=True)
class Badge:
    """Two texts side by side, and their widths in pixels."""

    path: str
    label: str
    value: str
    colour: str

    @property
    def label_width(self) -> int:
        return round(len(self.label) * _CHARACTER) + 12

    @property
    def value_width(self) -> int:
        return round(len(self.value) * _CHARACTER) + 12


@dataclass(frozen=True)
class Picture:
    """The matrix: a row per saver and a column per loader, newest first, in percent."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


def badges(report: Report) -> Iterator[Badge]:
    """Yield the run's badge, then those of the environments that loaded others' files."""
    counts, found = tallies(report.cells), places(report)
    pairs = [(a, b) for a in found for b in found if a is not b]
    yield from _badge("badge.svg", "Keras files load", counts, pairs)
    for one in found:
        mine = [(a, b) for a, b in pairs if b is one]
        yield from _badge(f"badges/{file_name(one.id)}.svg", f"loads in {one.name}", counts, mine)


def _badge(
    path: str, label: str, counts: Mapping[Key, Tally], pairs: Sequence[tuple[Place, Place]]
) -> Iterator[Badge]:
    tally = between(counts, WHOLE_FORMATS, pairs)
    if tally.measured:
        share = percent(tally.plain, tally.measured)
        colour = next(one for limit, one in _STEPS if share >= limit)
        yield Badge(path, label, f"{share}% as they are", colour)


def picture(report: Report) -> Picture:
    """Return the matrix of the environments that are not folded."""
    counts = tallies(report.cells)
    found = [one for one in places(report) if not one.folded]
    return Picture(
        tuple(one.name for one in found),
        tuple(
            (saver.name, tuple(_percent(counts, saver, loader) for loader in found))
            for saver in found
        ),
    )


def _percent(counts: Mapping[Key, Tally], saver: Place, loader: Place) -> int | None:
    tally = between(counts, WHOLE_FORMATS, [(saver, loader)])
    return percent(tally.plain, tally.measured) if tally.measured else None
