"""The report in the terminal: what loads where, what to look at first, what to type next.

Owns the layout, which fits one screen from 80 columns and 24 lines up, and the fallback to plain
ASCII. Says what the page says, in its words and order. Prints to the console that it is given and
writes nothing else.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from crossload.reports.appearance import APPEARANCE, shows_symbols
from crossload.reports.changes import changed_line
from crossload.reports.claims import counted
from crossload.reports.document import EnvironmentRow, Report
from crossload.reports.fact import fact
from crossload.reports.findings import Finding, find
from crossload.reports.headline import headline, notes, unfinished
from crossload.reports.labels import WORDS
from crossload.reports.places import places
from crossload.reports.tallies import tallies
from crossload.reports.terminal_loads import loads_block
from crossload.runner.prose import joined

_MOST = 8  # findings
_TEXT_LIMIT = 200
_SMALL = 40  # lines; on a smaller screen, findings leave out why
_AFTER = 4  # lines after the findings: two commands, the written file, the next prompt
_PROBLEMS_SHOWN = 3
_ASCII = {"…": "...", "\u2013": "-", "\u2014": "-", "\u2019": "'", "≠": "!"}


class TerminalReport:
    """Draws one report on one console."""

    def __init__(self, report: Report, console: Console) -> None:
        self._report = report
        self._console = console
        self._plain = not shows_symbols(console)

    def draw(self) -> None:
        """Print the answer, what loads where, what to look at first, and the next commands."""
        above = [*self._answer(), *self._loads(), *self._problems()]
        lines = sum(len(self._console.render_lines(one, pad=False)) for one in above)
        findings = find(self._report)
        room = self._console.height - lines - _AFTER - 2  # a blank line and the title
        fits = max(1, room // (2 if self._is_small else 5))
        shown = findings[: min(fits if self._console.is_terminal else _MOST, _MOST)]
        for one in (*above, *self._findings(shown, len(findings))):
            self._console.print(one)
        for line in self._next(shown):
            self._console.print(line, soft_wrap=True)  # commands are there to be copied

    @property
    def _is_small(self) -> bool:
        return self._console.is_terminal and self._console.height < _SMALL

    def _answer(self) -> Iterator[Text]:
        found = places(self._report)
        said = headline(self._report.summary)
        sentence = fact(tallies(self._report.cells), found)
        yield self._text(sentence or said, "bold")
        rest = [said] if sentence else []
        if rest := [*rest, *notes(self._report.summary)]:
            yield self._text(" ".join(rest))
        if text := changed_line(self._report):
            yield self._text(text, "bold")
        if text := unfinished(self._report):
            yield self._text(text, "yellow")

    def _loads(self) -> Iterator[Text]:
        block = loads_block(
            places(self._report),
            tallies(self._report.cells),
            self._console.width,
            plain=self._plain,
        )
        if not block.lines:
            return
        yield Text("")
        yield from block.lines
        legend = "% that loads as it is; + more with help; ≠ some silently wrong; - no such file"
        yield self._line(legend, "dim")
        if block.left_out:
            yield self._line(f"On the page as well: {joined(block.left_out, 3)}.", "dim")

    def _problems(self) -> Iterator[Text]:
        unusable = [one for one in self._report.environments if one.problem]
        if not unusable:
            return
        yield Text("")
        for one in unusable[: _PROBLEMS_SHOWN if self._is_small else None]:
            line = self._text(_problem(one))
            yield self._cut(line) if self._is_small else line
        if self._is_small and len(unusable) > _PROBLEMS_SHOWN:
            more = len(unusable) - _PROBLEMS_SHOWN
            yield self._line(f"{more} more cannot be used: `crossload envs list`", "dim")

    def _findings(self, shown: Sequence[Finding], total: int) -> Iterator[Text | Padding]:
        if not shown:
            return
        yield Text("")
        of = f" ({len(shown)} of {total:,} findings)" if total > len(shown) else ""
        yield self._text(f"What to look at first{of}", "bold")
        for one in shown:
            look = APPEARANCE[one.verdict]
            head = Text()
            symbol = look.plain if self._plain else look.symbol
            head.append(f"{symbol} {WORDS[one.verdict].label}", look.style)
            head.append_text(self._text(f"  {one.what}"))
            yield self._cut(head)
            if not self._is_small:
                yield self._indented(one.where)
                yield self._indented(one.cause.sentence if one.cause else one.error)
                yield self._indented(one.helps)
            elif one.helps:
                yield self._advice(one)
            else:
                yield self._line(f"    {one.cause.sentence if one.cause else one.error}", "dim")

    def _indented(self, text: str) -> Padding:
        return Padding(self._text(_short(text, _TEXT_LIMIT), "dim"), (0, 0, 0, 4), expand=False)

    def _advice(self, one: Finding) -> Text:
        """The advice on one line; its evidence stays readable whatever has to be cut."""
        advice = "    " + one.helps.removesuffix(one.tried).rstrip()
        room = self._console.width - len(one.tried) - 1
        return self._text(f"{_short(advice, room)} {one.tried}".rstrip(), "dim")

    def _next(self, shown: Sequence[Finding]) -> Iterator[Text]:
        if not self._is_small:
            if self._report.claims:
                yield Text("")
                yield self._text(f"Claims: {counted(self._report.claims)}")
            yield Text("")
        if shown:
            cell = shown[0].cells[0].id
            yield self._text(f"crossload explain {shlex.quote(cell)}")
        newest = next(iter(places(self._report)), None)
        to = f" --to {shlex.quote(newest.id)}" if newest else ""
        yield self._line(f"crossload check FILE{to}    your own file")

    def _line(self, text: str, style: str = "") -> Text:
        return self._cut(self._text(text, style))

    def _cut(self, text: Text) -> Text:
        """One line; what does not fit is cut."""
        if text.cell_len > self._console.width:
            text.truncate(self._console.width - 3)
            text.append("...")
        return text

    def _text(self, text: str, style: str = "") -> Text:
        """Foreign text: never parsed as markup, and reduced to ASCII on an ASCII stream."""
        if self._plain:
            for character, plain in _ASCII.items():
                text = text.replace(character, plain)
            text = text.encode("ascii", "backslashreplace").decode("ascii")
        return Text(text, style=style)


def _problem(environment: EnvironmentRow) -> str:
    assert environment.problem is not None
    problem = environment.problem
    advice = f"; {problem.advice}" if problem.advice else ""
    return f"{environment.id} cannot be used: {' '.join(problem.message.split())}{advice}"


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: max(0, limit - 3)]}..."
