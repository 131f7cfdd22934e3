"""The page's first screen: what loads where, the safest format, each upgrade, the pickers.

Owns these views and their wording; `reports.tallies` counts, `reports.trend` measures the chart,
the templates draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from crossload.reports.document import Report
from crossload.reports.labels import WORDS
from crossload.reports.places import Place
from crossload.reports.tallies import Key, Tally, between, percent, total
from crossload.reports.trend import Trend, trend
from crossload.runner.formats import FORMATS, WHOLE_FORMATS
from crossload.runner.words import Format, Verdict

Link = Callable[..., str]


@dataclass(frozen=True)
class LoadCell:
    """One square: shares in percent, as it is and with help; `help` is the difference.

    `silent` counts silently wrong loads.
    """

    plain: int
    whole: int
    silent: int
    link: str
    own: bool
    folded: bool
    edge: bool

    @property
    def help(self) -> int:
        return self.whole - self.plain


@dataclass(frozen=True)
class LoadRow:
    """One saver; a loader without a load has None and whether its column is folded or an edge."""

    saver: Place
    cells: tuple[tuple[LoadCell | None, Place], ...]


@dataclass(frozen=True)
class LoadTable:
    """One format. `more` counts the environments that are folded away."""

    format: Format
    name: str
    loaders: tuple[Place, ...]
    rows: tuple[LoadRow, ...]
    more: int


@dataclass(frozen=True)
class FormatBar:
    """How far one format is read: shares of loads in a newer and in an older version."""

    name: str
    newer: Tally
    older: Tally

    @property
    def shares(self) -> tuple[tuple[str, int, int, int], ...]:
        """For each direction: its name, as it is and with help in percent, the number of loads."""
        both = (("in newer versions", self.newer), ("in older versions", self.older))
        return tuple(
            (
                where,
                percent(one.plain, one.measured),
                percent(one.whole, one.measured),
                one.measured,
            )
            for where, one in both
        )


@dataclass(frozen=True)
class UpgradeLine:
    """One step from a version to the next; `parts` are (verdict, count, words), worst first."""

    old: Place
    new: Place
    measured: int
    parts: tuple[tuple[Verdict, int, str], ...]
    link: str


@dataclass(frozen=True)
class FirstScreen:
    """Everything above the findings."""

    places: tuple[Place, ...]
    formats: tuple[tuple[str, str], ...]
    models: tuple[str, ...]
    tables: tuple[LoadTable, ...]
    bars: tuple[FormatBar, ...]
    upgrades: tuple[UpgradeLine, ...]
    trend: Trend | None


def first_screen(
    report: Report, found: Sequence[Place], counts: Mapping[Key, Tally], link: Link
) -> FirstScreen:
    """Return the first screen; `link` makes the link that shows the cells with these values."""
    formats = formats_in_order(key[0] for key in counts)
    return FirstScreen(
        places=tuple(found),
        formats=tuple((str(one), format_name(one)) for one in formats),
        models=report.models,
        tables=tuple(_table(one, found, counts, link) for one in formats),
        bars=tuple(_bars(found, counts, formats)),
        upgrades=tuple(_upgrades(found, counts, link)),
        trend=trend(found, counts, [(one, format_name(one)) for one in WHOLE_FORMATS]),
    )


def formats_in_order(loaded: Iterable[Format]) -> list[Format]:
    """Return the formats that were loaded; those that hold a whole model come first."""
    used = set(loaded)
    order = [*WHOLE_FORMATS, *(one for one in Format if one not in WHOLE_FORMATS)]
    return [one for one in order if one in used]


def format_name(one: Format) -> str:
    """Return what a user calls the format."""
    if one is one.base:
        return FORMATS[one].label
    return f"{FORMATS[one.base].label}, {one.partition('+')[2].replace('-', ' ')}"


def _table(
    format_: Format, found: Sequence[Place], counts: Mapping[Key, Tally], link: Link
) -> LoadTable:
    savers = [one for one in found if any((format_, one.id, other.id) in counts for other in found)]
    loaders = [
        one for one in found if any((format_, other.id, one.id) in counts for other in found)
    ]
    rows = tuple(
        LoadRow(
            saver,
            tuple(
                (
                    _cell(format_, saver, loader, counts.get((format_, saver.id, loader.id)), link),
                    loader,
                )
                for loader in loaders
            ),
        )
        for saver in savers
    )
    more = {one.id for one in (*savers, *loaders) if one.folded}
    return LoadTable(format_, format_name(format_), tuple(loaders), rows, len(more))


def _cell(
    format_: Format, saver: Place, loader: Place, tally: Tally | None, link: Link
) -> LoadCell | None:
    if tally is None:
        return None
    return LoadCell(
        plain=percent(tally.plain, tally.measured),
        whole=percent(tally.whole, tally.measured),
        silent=tally.silent,
        link=link(saver=saver.id, format=str(format_), loader=loader.id),
        own=saver is loader,
        folded=loader.folded,
        edge=loader.edge,
    )


def _counted(verdict: Verdict, number: int) -> str:
    return WORDS[verdict].one if number == 1 else WORDS[verdict].several


def _bars(
    found: Sequence[Place], counts: Mapping[Key, Tally], formats: Sequence[Format]
) -> list[FormatBar]:
    """The formats that a model can be saved in, the one that is read furthest first."""
    line = [one for one in found if one.mainline]  # newest first
    newer = [(line[j], line[i]) for i, j in product(range(len(line)), repeat=2) if i < j]
    older = [(loader, saver) for saver, loader in newer]
    bars = [
        FormatBar(format_name(one), between(counts, [one], newer), between(counts, [one], older))
        for one in formats
        if one is one.base and not one.is_script
    ]
    bars = [one for one in bars if one.newer.measured or one.older.measured]
    return sorted(bars, key=_reach, reverse=True)


def _reach(one: FormatBar) -> float:
    both = total((one.newer, one.older))
    return both.whole / both.measured


def _upgrades(found: Sequence[Place], counts: Mapping[Key, Tally], link: Link) -> list[UpgradeLine]:
    line = [one for one in found if one.mainline]
    steps = []
    for new, old in pairwise(line):
        tally = between(counts, WHOLE_FORMATS, [(old, new)])
        parts = tuple(
            (one, number, _counted(one, number))
            for one in reversed(Verdict)
            if (number := tally.verdicts[one])
        )
        if parts:
            steps.append(
                UpgradeLine(old, new, tally.measured, parts, link(saver=old.id, loader=new.id))
            )
    return steps
