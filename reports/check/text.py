"""A check in the terminal: for each model a table, a summary and what helps.

Owns the layout for 80 columns and for ASCII streams. All texts arrive cleaned.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crossload.reports.appearance import APPEARANCE, shows_symbols
from crossload.reports.check.document import CheckDocument, Part
from crossload.reports.check.helping import Help
from crossload.reports.check.lines import Line
from crossload.runner.words import Verdict

_REFERENCES = 2
_SAME = "the same"
_LONG = 30  # characters; longer texts are not repeated
_SELF_REPORTED = "self-reported"
_NOT_ASKED = "for comparison"


def draw(document: CheckDocument, console: Console) -> None:
    """Print every model's part, and the commands that show more."""
    pen = _Pen(console)
    for part in document.parts:
        _part(part, pen)
    if len(document.parts) > 1:
        pen.line("All models", style="bold")
        for part in document.parts:
            pen.line(part.sentence, indent=2)
        pen.space()
    _files("Skipped", document.left_out, pen)
    _files("Refused", document.refused, pen)
    for note in document.notes:
        pen.line(f"note: {note}", style="yellow")
    for part in document.parts:
        if part.migrating:
            pen.as_is(f"to convert it: {part.migrating}", indent=0)
    pen.as_is(_more(document), indent=0)


def _files(title: str, files: Sequence[tuple[str, str]], pen: _Pen) -> None:
    if not files:
        return
    pen.line(title, style="bold")
    for path, reason in files:
        pen.line(reason if path in reason else f"{path}: {reason}", indent=2)
    pen.space()


class _Pen:
    """Prints lines with a hanging indent, in ASCII if the stream has nothing else."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.plain = not shows_symbols(console)

    def line(self, text: str | Text, *, style: str = "", indent: int = 0) -> None:
        """Print one line; continuation lines are indented by two more columns."""
        made = text if isinstance(text, Text) else Text(text, style=style)
        made.plain = self.fit(made.plain)
        width = max(20, self.console.width - indent)
        for number, piece in enumerate(made.wrap(self.console, max(20, width - 2))):
            piece.rstrip()
            further = 0 if number == 0 else 2
            self.console.print(Text(" " * (indent + further)) + piece, soft_wrap=True)

    def as_is(self, text: str, *, indent: int) -> None:
        """Print text that a user may copy, without folding it."""
        self.console.print(Text(" " * indent + self.fit(text), style="dim"), soft_wrap=True)

    def space(self) -> None:
        """An empty line."""
        self.console.print()

    def fit(self, text: str) -> str:
        """The text as this stream can show it."""
        if self.plain:
            return text.encode("ascii", "backslashreplace").decode("ascii")
        return text


def _part(part: Part, pen: _Pen) -> None:
    pen.line(part.path, style="bold")
    pen.line(part.description, style="dim", indent=2)
    for warning in part.warnings:
        pen.line(warning, style="yellow", indent=2)
    pen.line(part.baseline, style="dim", indent=2)
    for environment, said in part.refusals:
        pen.line(f"{environment} does not load it: {said}", style="dim", indent=2)
    if part.beyond:
        pen.line(f"--search builds and tries up to {part.beyond} more", style="dim", indent=2)
    pen.space()
    pen.console.print(Padding(_table(part, pen), (0, 0, 0, 2)))
    pen.space()
    pen.line(part.sentence, style="bold")
    for one in part.help:
        pen.space()
        _help(one, pen)
    pen.space()


def _table(part: Part, pen: _Pen) -> Table:
    table = Table(box=box.ASCII2 if pen.plain else box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    # A cell that was measured only for comparison is worth a row if it is not the same.
    shown = [one for one in part.lines if one.asked or one.verdict is not Verdict.SAME]
    several = len({one.row.saver for one in part.lines}) > 1
    formats = len({one.row.format for one in part.lines}) > 1
    if several:
        table.add_column("saved in", overflow="fold")
    if formats:
        table.add_column("format")
    table.add_column("loaded in", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("", overflow="fold", ratio=1)
    last = ""
    for one in shown:
        said = _said(one)
        cells = [one.row.saver] if several else []
        cells += [str(one.row.format)] if formats else []
        text = _SAME if said == last and len(said) > _LONG else said
        table.add_row(*cells, one.row.loader, _verdict(one, pen), Text(pen.fit(text)))
        last = said
    return table


def _said(line: Line) -> str:
    marks = [
        *([] if line.asked else [_NOT_ASKED]),
        *([_SELF_REPORTED] if line.self_reported else []),
    ]
    return " ".join(filter(None, (line.said, f"({', '.join(marks)})" if marks else "")))


def _verdict(line: Line, pen: _Pen) -> Text:
    look = APPEARANCE[line.verdict]
    return Text(f"{look.plain if pen.plain else look.symbol} {line.verdict}", style=look.style)


def _help(help_: Help, pen: _Pen) -> None:
    pen.line(
        f"{help_.cause or 'no known cause'} ({', '.join(help_.loaders)})", style="bold", indent=2
    )
    pen.line(help_.sentence, indent=2)
    if help_.predicted:
        pen.line(f"predicted from the file, not measured: {help_.predicted}", indent=2)
    for mark, style, entries in (
        ("works", APPEARANCE[Verdict.SAME].style, help_.verified),
        ("loads, unproved", "", help_.unproved),
        ("untried", "", () if help_.verified else help_.others),
    ):
        for text, code in entries:
            pen.line(Text.assemble((f"{mark}: ", style), text), indent=2)
            for line in code.splitlines():
                if line.strip():
                    pen.as_is(line, indent=6)
    for address in help_.references[:_REFERENCES]:
        pen.as_is(f"see {address}", indent=2)


def _more(document: CheckDocument) -> str:
    """The next command to type, for the worst cell."""
    lines = [line for part in document.parts for line in part.lines]
    worst = next((one for one in lines if not one.fine), lines[0] if lines else None)
    cell = worst.row.id if worst is not None else "CELL"
    return f"more: crossload explain {cell}"
