"""What loads where, as one block of numbers for the terminal: the formats side by side.

Owns which environments and formats fit the width. `reports.tallies` counts; the page shows all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from crossload.reports.appearance import APPEARANCE
from crossload.reports.loads import format_name, formats_in_order
from crossload.reports.places import Place
from crossload.reports.tallies import Key, Tally, percent
from crossload.runner.words import Format, Verdict

_FORMATS_SHOWN = 3
_PLACES_SHOWN = 6
_ENOUGH = 4  # environments; before fewer are shown, a format is left out
_GAP = 2  # between formats
_CORNER = "saved in"
_TITLE = len("SavedModel loaded in") + 1
_NARROWEST = 4  # a share with its marks


@dataclass(frozen=True)
class LoadsBlock:
    """The block's lines, and the names of the environments and formats that it leaves out."""

    lines: tuple[Text, ...]
    left_out: tuple[str, ...]


def loads_block(
    found: Sequence[Place], counts: Mapping[Key, Tally], width: int, *, plain: bool
) -> LoadsBlock:
    """Return the block for a width in columns; `plain` limits it to ASCII."""
    used = {name for _, saver, loader in counts for name in (saver, loader)}
    usable = [one for one in found if one.id in used]
    formats = formats_in_order(key[0] for key in counts)
    if not formats:
        return LoadsBlock((), ())
    shown, places = _layout(usable, len(formats), width)
    drawn = _Drawn(places, formats[:shown], counts, plain)
    left_out = [one.name for one in usable if one not in places and not one.folded]
    folded = sum(one.folded for one in usable if one not in places)
    more = [f"{folded} older and special environments"] if folded else []
    names = [format_name(one) for one in formats[shown:]]
    return LoadsBlock(tuple(drawn.lines()), (*left_out, *more, *names))


def _layout(found: Sequence[Place], formats: int, width: int) -> tuple[int, list[Place]]:
    """How many formats, and which places of `found`: plain versions first, newest first."""
    best = sorted(found, key=lambda place: (place.folded, not place.mainline))[:_PLACES_SHOWN]
    for number in range(min(_FORMATS_SHOWN, formats), 0, -1):
        fewest = min(_ENOUGH, len(best)) if number > 1 else 1
        for size in range(len(best), fewest - 1, -1):
            if _width(best[:size], number) <= width:
                return number, [one for one in found if one in best[:size]]
    return 1, list(best[:1])


def _width(places: Sequence[Place], formats: int) -> int:
    return _side(places) + formats * _block(places) - _GAP


def _block(places: Sequence[Place]) -> int:
    """The width of one format with the gap after it."""
    return max(_TITLE, sum(_wide(one) + 1 for one in places)) + _GAP


def _side(places: Sequence[Place]) -> int:
    return max(len(_CORNER), *(len(one.name) for one in places)) + 1


def _head(place: Place) -> tuple[str, str]:
    """A column's heading in two lines."""
    if place.mainline:
        return "", place.name.removeprefix("TF ")
    name, _, rest = place.name.partition("-")
    return (name, rest) if rest else ("", name)


def _wide(place: Place) -> int:
    return max(_NARROWEST, *map(len, _head(place)))


@dataclass(frozen=True)
class _Drawn:
    places: Sequence[Place]
    formats: Sequence[Format]
    counts: Mapping[Key, Tally]
    plain: bool

    def lines(self) -> list[Text]:
        every = len(self.formats)
        titles = [Text(f" {format_name(one)} loaded in") for one in self.formats]
        upper, lower = zip(*map(_head, self.places), strict=True)
        lines = [self._line("", titles)]
        if any(upper):
            lines.append(self._line("", [self._heads(upper)] * every))
        lines.append(self._line(_CORNER, [self._heads(lower)] * every))
        rows = {one.name: [self._row(each, one) for each in self.formats] for one in self.places}
        return [*lines, *(self._line(name, row) for name, row in rows.items())]

    def _line(self, head: str, parts: Sequence[Text]) -> Text:
        """A line with one part per format."""
        line = Text(head.ljust(_side(self.places)), "bold")
        for part in parts:
            part.pad_right(_block(self.places) - part.cell_len)
            line.append_text(part)
        line.rstrip()
        return line

    def _heads(self, heads: Sequence[str]) -> Text:
        pairs = zip(heads, self.places, strict=True)
        return Text("".join(head.rjust(_wide(place) + 1) for head, place in pairs))

    def _row(self, format_: Format, saver: Place) -> Text:
        row = Text()
        for loader in self.places:
            row.append_text(self._square(format_, saver, loader, _wide(loader) + 1))
        return row

    def _square(self, format_: Format, saver: Place, loader: Place, size: int) -> Text:
        tally = self.counts.get((format_, saver.id, loader.id))
        if tally is None:
            return Text("-".rjust(size), "dim not bold")
        silent = APPEARANCE[Verdict.DIFFERS]
        mark = (silent.plain if self.plain else silent.symbol) if tally.silent else ""
        more = "+" if tally.whole > tally.plain else ""
        text = f"{percent(tally.plain, tally.measured)}{more}{mark}".rjust(size)
        return Text(text, f"not bold {_colour(tally)}")


def _colour(tally: Tally) -> str:
    if tally.silent:
        return "red"
    if tally.plain == tally.measured:
        return "green"
    return "cyan" if tally.whole == tally.measured else "yellow"
