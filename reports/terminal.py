"""The report in the terminal: the grid at the end of a run, what to look at first, the page's path.

Owns the layout for any terminal width from 80 columns up, and the fallback to plain ASCII. Prints
to the console it is given and writes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crossload.reports.appearance import APPEARANCE, shows_symbols
from crossload.reports.causes import explained_line
from crossload.reports.claims import counted
from crossload.reports.document import EnvironmentRow, Report
from crossload.reports.findings import Finding, find
from crossload.reports.frames import PairSummary, cell_frame, pair_summaries, verdict_counts
from crossload.reports.headline import headline, notes, unfinished
from crossload.runner.words import Verdict

_FINDINGS_SHOWN = 8
_ERROR_LIMIT = 160
_CORNER = "saver /\nloader"
_ASCII = {"…": "...", "\u2013": "-", "\u2014": "-", "\u2019": "'"}


class TerminalReport:
    """Draws one report on one console."""

    def __init__(self, report: Report, console: Console) -> None:
        self._report = report
        self._console = console
        self._plain = not shows_symbols(console)

    def draw(self, page: Path | None) -> None:
        """Print the grid, the totals, what to look at first, and the path of the page."""
        frame = cell_frame(self._report)
        pairs = {(one.saver, one.loader): one for one in pair_summaries(frame)}
        for table in self._tables(pairs):
            self._console.print(table)
            self._console.print()
        counts = verdict_counts(frame)
        self._line(headline(self._report.summary), "bold")
        for note in notes(self._report.summary):
            self._line(note, "")
        self._totals(counts)
        if text := unfinished(self._report):
            self._line(text, "yellow")
        self._findings(find(self._report))
        self._claims()
        self._problems([one for one in self._report.environments if one.problem])
        if page is not None:
            self._console.print()
            self._console.print(Text(f"page: {page}"), soft_wrap=True)

    def _tables(self, pairs: Mapping[tuple[str, str], PairSummary]) -> Iterator[Table]:
        """Yield the grid, split into as many tables as the width requires."""
        ids = self._report.axis
        # An unusable environment has its own line below; in the grid it would only repeat itself.
        unusable = {one.id for one in self._report.environments if one.problem}
        seen = {
            key
            for key, pair in pairs.items()
            if pair.measured or unusable.isdisjoint((pair.saver, pair.loader))
        }
        savers = [one for one in ids if any(saver == one for saver, _ in seen)]
        loaders = [one for one in ids if any(loader == one for _, loader in seen)]
        cells = {key: self._pair(pair) for key, pair in pairs.items()}
        for part in self._blocks(savers, loaders, cells):
            table = Table(
                box=box.ASCII2 if self._plain else box.SIMPLE_HEAD,
                pad_edge=False,
                show_edge=False,
                collapse_padding=True,
            )
            table.add_column(Text(_CORNER), style="bold", overflow="fold")
            for loader in part:
                table.add_column(Text(_two_lines(loader)), no_wrap=True, overflow="fold")
            for saver in savers:
                line = (cells.get((saver, loader), Text("")) for loader in part)
                table.add_row(Text(_two_lines(saver)), *line)
            yield table

    def _blocks(
        self, savers: Sequence[str], loaders: Sequence[str], cells: Mapping[tuple[str, str], Text]
    ) -> Iterator[list[str]]:
        """Split the loaders into blocks that fit the width; every block has at least one loader."""

        def width(texts: Sequence[str]) -> int:
            return max((len(line) for text in texts for line in text.splitlines()), default=0)

        gap = 3 if self._plain else 2  # between columns; the plain box draws a line there
        room = self._console.width - width([_CORNER, *map(_two_lines, savers)])
        block: list[str] = []
        used = 0
        for loader in loaders:
            column = [cells[saver, loader].plain for saver in savers if (saver, loader) in cells]
            size = width([*column, _two_lines(loader)]) + gap
            if block and used + size > room:
                yield block
                block, used = [], 0
            block.append(loader)
            used += size
        if block:
            yield block

    def _pair(self, pair: PairSummary) -> Text:
        text = self._verdict(pair.worst)
        if not pair.measured:
            return text
        differs = pair.count(Verdict.DIFFERS)
        text.append(f"\n{pair.count(Verdict.SAME)}/{pair.measured} same", style="not bold default")
        if differs and pair.worst is not Verdict.DIFFERS:
            look = APPEARANCE[Verdict.DIFFERS]
            text.append(f" {look.plain if self._plain else look.symbol}{differs}", style=look.style)
        return text

    def _verdict(self, verdict: Verdict, count: int | None = None) -> Text:
        look = APPEARANCE[verdict]
        number = "" if count is None else f"{count} "
        text = Text()
        text.append(f"{look.plain if self._plain else look.symbol} {number}{verdict}", look.style)
        return text

    def _totals(self, counts: Sequence[tuple[Verdict, int]]) -> None:
        line = Text()
        for verdict, count in counts:
            if not count:
                continue
            part = self._verdict(verdict, count)
            if line and len(line) + 3 + len(part) > self._console.width:
                self._console.print(line)
                line = Text()
            line = Text("   ").join([line, part]) if line else part
        self._console.print(line)

    def _findings(self, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        self._console.print()
        self._line("What to look at first", "bold")
        for one in findings[:_FINDINGS_SHOWN]:
            head = self._verdict(one.verdict)
            head.append(f"  {one.what}", style="not bold default")
            self._console.print(head)
            self._indented(one.where, whole=False)
            if one.cause:
                self._indented(one.cause.sentence)
            elif one.error:
                self._indented(one.error)
        known = explained_line(self._report)
        if known:
            self._line(known, "dim")
        more = len(findings) - _FINDINGS_SHOWN
        if more > 0:
            self._line(f"and {more} more; the page lists them all", "dim")

    def _claims(self) -> None:
        if self._report.claims:
            self._console.print()
            self._line(f"Claims: {counted(self._report.claims)}", "bold")

    def _problems(self, environments: Sequence[EnvironmentRow]) -> None:
        if not environments:
            return
        self._console.print()
        self._line("Unusable environments", "bold")
        for one in environments:
            assert one.problem is not None
            self._console.print(self._text(f"{one.id}: {_short(one.problem.message)}"))
            if one.problem.advice:
                self._indented(one.problem.advice)

    def _indented(self, text: str, *, whole: bool = True) -> None:
        limit = _ERROR_LIMIT if whole else max(20, self._console.width - 4)
        shown = self._text(_short(text, limit), "dim")
        self._console.print(Padding(shown, (0, 0, 0, 4), expand=False))

    def _line(self, text: str, style: str) -> None:
        self._console.print(self._text(text, style))

    def _text(self, text: str, style: str = "") -> Text:
        """Foreign text: never parsed as markup, and reduced to ASCII on an ASCII stream."""
        if self._plain:
            for character, plain in _ASCII.items():
                text = text.replace(character, plain)
            text = text.encode("ascii", "backslashreplace").decode("ascii")
        return Text(text, style=style)


def _short(text: str, limit: int = _ERROR_LIMIT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def _two_lines(identifier: str) -> str:
    """An environment's id, broken before its Python to halve the column's width."""
    name, mark, python = identifier.rpartition("-py")
    return f"{name}\npy{python}" if mark else identifier
