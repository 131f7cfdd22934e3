"""A check on a terminal: a table for each model, the sentence, what helps.

Owns layout, for 80 columns and for streams that have ASCII only. All texts come cleaned.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports.appearance import APPEARANCE
from reports.check.document import CheckDocument, Help, Line, Part
from runner.words import Verdict

_REFERENCES = 2


def draw(document: CheckDocument, console: Console) -> None:
    """Print every model's part, and where more is told."""
    plain = not _has_unicode(console)
    for part in document.parts:
        _part(part, console, plain=plain)
    if len(document.parts) > 1:
        console.print(Text("All models", style="bold"))
        for part in document.parts:
            console.print(_ascii(f"  {part.sentence}", plain=plain))
        console.print()
    console.print(
        Text("more: crossload explain CELL; crossload report draws the page", style="dim")
    )


def _part(part: Part, console: Console, *, plain: bool) -> None:
    console.print(_ascii(part.path, "bold", plain=plain))
    console.print(_ascii(f"  {part.told}", "dim", plain=plain))
    console.print(_ascii(f"  {part.baseline}", "dim", plain=plain))
    for environment, said in part.refusals:
        line = f"  not loaded as it is by {environment}: {said}"
        console.print(_ascii(_cut(line, console.width), "dim", plain=plain))
    console.print()
    console.print(Padding(_table(part, plain=plain), (0, 0, 0, 2)))
    console.print()
    console.print(_ascii(part.sentence, "bold", plain=plain))
    for one in part.help:
        for text in _help(one):
            text.plain = _ascii(text.plain, plain=plain).plain
            console.print(Padding(text, (0, 0, 0, 2)))
    console.print()


def _table(part: Part, *, plain: bool) -> Table:
    table = Table(box=box.ASCII2 if plain else box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    several = len({one.row.saver for one in part.lines}) > 1
    formats = len({one.row.format for one in part.lines}) > 1
    if several:
        table.add_column("saved in", overflow="fold")
    if formats:
        table.add_column("format")
    table.add_column("loaded in", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("", overflow="fold", ratio=1)
    for one in part.lines:
        row = one.row
        cells = [row.saver] if several else []
        cells += [str(row.format)] if formats else []
        table.add_row(*cells, row.loader, _verdict(one, plain=plain), _ascii(one.said, plain=plain))
    return table


def _verdict(line: Line, *, plain: bool) -> Text:
    look = APPEARANCE[line.verdict]
    return Text(f"{look.plain if plain else look.symbol} {line.verdict}", style=look.style)


def _help(help_: Help) -> Iterator[Text]:
    yield Text("")
    yield Text(f"{help_.cause} ({', '.join(help_.loaders)})", style="bold")
    yield Text(help_.sentence)
    for mark, style, entries in (
        ("works", APPEARANCE[Verdict.SAME].style, help_.verified),
        ("untried", "", () if help_.verified else help_.others),
    ):
        for text, code in entries:
            yield Text.assemble((f"{mark}: ", style), text)
            for line in code.splitlines():
                yield Text(f"    {line}", style="dim")
    for address in help_.references[:_REFERENCES]:
        yield Text(f"see {address}", style="dim")


def _ascii(text: str, style: str = "", *, plain: bool) -> Text:
    if plain:
        text = text.encode("ascii", "backslashreplace").decode("ascii")
    return Text(text, style=style)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(0, width - 3)]}..."


def _has_unicode(console: Console) -> bool:
    try:
        "".join(one.symbol for one in APPEARANCE.values()).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
