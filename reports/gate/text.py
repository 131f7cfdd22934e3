"""The gate's result on a terminal: short, whole, and fit for 80 columns.

Owns the layout, and plain ASCII where the stream has nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from crossload.reports.appearance import APPEARANCE
from crossload.reports.gate.grouping import Group, grouped
from crossload.reports.gate.wording import (
    MEANINGS,
    SYMBOLS,
    TITLES,
    below_title,
    described,
    entry_lines,
    headline,
    problems,
    ruled_by,
    ruling_line,
    side_notes,
)
from crossload.runner.gate import EntryState, GateResult, Kind, Ruling, Standing
from crossload.runner.gate.gating import FAILING
from crossload.runner.prose import counted

_SHOWN = 8  # groups of a kind; of what is worst, all
_WHOLE = {Kind.BREAKS, Kind.CHANGES, Kind.NOT_MEASURED}
_ASCII = str.maketrans({"…": "...", "\u2013": "-", "\u2014": "-", "\u2019": "'", "→": "->"})


class TerminalGate:
    """Draws one result on one console."""

    def __init__(self, result: GateResult, console: Console) -> None:
        self._result = result
        self._console = console
        self._plain = not (console.encoding or "").lower().startswith("utf")

    def draw(self) -> None:
        """Print the headline, what fails the gate by kind, the rest in a line each, the ruling."""
        result = self._result
        self._line(f"from {described(result.before)}", "bold")
        self._line(f"to   {described(result.after)}", "bold")
        self._line("")
        text = headline(result)
        self._line(f"{text[:1].upper()}{text[1:]}.")
        for said, advice in problems(result):
            self._line("")
            self._line(f"{said}.", "red")
            self._indented(advice)
        self._kinds(result.standing(*FAILING))
        self._below(result.standing(Standing.BELOW))
        if not any(side.problem for side in (result.before, result.after)):
            self._kinds(result.standing(Standing.NOT_MEASURED))
        self._known()
        self._notes()
        self._line("")
        self._line(ruling_line(result), "bold red" if result.exit_code else "bold green")
        if result.failing:
            cell = result.failing[0].finding.cell
            said = f"All of one file: crossload explain {cell}"
            self._console.print(self._text(said, "dim"), soft_wrap=True)

    def _kinds(self, rulings: Sequence[Ruling]) -> None:
        groups = grouped(rulings)
        for kind in Kind:
            own = [one for one in groups if one.kind is kind]
            if own:
                count = sum(len(one.rulings) for one in own)
                look = APPEARANCE[SYMBOLS[kind]]
                head = Text(look.plain if self._plain else look.symbol, look.style)
                head.append(f" {TITLES[kind]}: {counted(count, 'file')}", "bold not dim")
                head.append(f" ({MEANINGS[kind]})", "not bold default on default")
                self._line("")
                self._console.print(head)
                self._groups(own)

    def _groups(self, groups: Sequence[Group]) -> None:
        shown = groups if groups[0].kind in _WHOLE else groups[:_SHOWN]
        for one in shown:
            self._indented(one.files, "bold", 2)
            self._indented(one.sentence + (f" [{one.cause.id}]" if one.cause else ""))
            if one.help:
                self._indented(f"helps: {one.help}", "green")
            for note in dict.fromkeys(ruled_by(each, self._result) for each in one.rulings):
                self._indented(note, "yellow")
        self._others(groups[len(shown) :])

    def _others(self, groups: Sequence[Group]) -> None:
        """What is left, by its files alone, so that nothing is missing."""
        if not groups:
            return
        cells = [each.finding.cell for one in groups for each in one.rulings]
        files = ", ".join(f"{one.model}.{one.format}" for one in cells)
        self._indented(f"and {counted(len(groups), 'more cause')}: {files}", "", 2)

    def _below(self, rulings: Sequence[Ruling]) -> None:
        """Findings that fail nothing: which files, and why."""
        if not rulings:
            return
        self._line("")
        self._line(below_title(self._result), "bold")
        groups = grouped(rulings)
        for one in groups[:_SHOWN]:
            self._indented(f"{TITLES[one.kind].lower()}: {one.files}", "", 2)
            self._indented(one.sentence)
        self._others(groups[_SHOWN:])

    def _known(self) -> None:
        known = self._result.standing(Standing.KNOWN)
        if not known:
            return
        self._line("")
        self._line(f"Known and accepted: {counted(len(known), 'finding')}", "bold")
        for entry in self._result.entries_that_are(EntryState.USED):
            count = sum(one.entry is entry for one in known)
            if count:
                until = f", until {entry.expires}" if entry.expires else ""
                self._indented(f"{entry.cell}: {counted(count, 'finding')}{until}", "", 2)
                self._indented(" ".join(filter(None, (entry.reason, entry.link))))

    def _notes(self) -> None:
        lines = [*(line for _, _, line in entry_lines(self._result)), *side_notes(self._result)]
        if lines:
            self._line("")
        for line in lines:
            self._line(line)

    def _indented(self, text: str, style: str = "dim", by: int = 4) -> None:
        if text:
            padded = Padding(self._text(text, style), (0, 0, 0, by), expand=False)
            self._console.print(padded)

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(self._text(text, style))

    def _text(self, text: str, style: str) -> Text:
        if self._plain:
            text = text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
        return Text(text, style)
