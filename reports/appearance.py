"""How each verdict is shown: symbol, ASCII symbol, meaning, colour in the terminal.

Owns the wording of the legend. The page's colours are in `assets/palette.css`; `runner.analysis`
derives verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from crossload.runner.words import Verdict


@dataclass(frozen=True)
class Appearance:
    """How one verdict is shown; `plain` is its symbol on a stream that is limited to ASCII."""

    symbol: str
    plain: str
    meaning: str
    style: str


APPEARANCE: dict[Verdict, Appearance] = {
    Verdict.SAME: Appearance(
        "✓", "=", "Loads plainly; the outputs and all other checks agree.", "green"
    ),
    Verdict.PARTIAL: Appearance(
        "◐",
        "~",
        "Loads plainly and the outputs agree, but something else was lost; the cell says what.",
        "yellow",
    ),
    Verdict.ASSISTED: Appearance(
        "↪",
        "+",
        "A plain load fails; another call (an argument, your classes, tf-keras) loads all of it.",
        "cyan",
    ),
    Verdict.TRANSLATED: Appearance(
        "⇄", "&", "crossload's translator loads the model from the file alone.", "cyan"
    ),
    Verdict.REBUILT: Appearance(
        "⚒", "*", "Needs the code that built the model; the file gives only its weights.", "blue"
    ),
    Verdict.PREDICTS: Appearance(
        "▷", ">", "Only its serving signature works: it predicts, and nothing else.", "blue"
    ),
    Verdict.DIFFERS: Appearance(
        "≠",
        "!",
        "A plain load raises no error but gives different outputs: a silent failure.",
        "bold white on red",
    ),
    Verdict.FAILS: Appearance("✗", "x", "Nothing loads it with the same outputs.", "red"),
    Verdict.CRASHES: Appearance(
        "↯", "#", "The loading process died (signal, out of memory).", "magenta"
    ),
    Verdict.TIMES_OUT: Appearance("◷", "t", "Loading exceeded its time limit.", "magenta"),
    Verdict.UNSAVED: Appearance(
        "\u2013",
        "-",
        "The saver cannot write this model in this format: no file to load.",
        "dim",
    ),
    Verdict.UNAVAILABLE: Appearance(
        "∅", "?", "The saver or the loader could not be built or imported.", "dim"
    ),
    Verdict.NOT_RUN: Appearance("·", ".", "Not measured yet.", "dim"),
    Verdict.IMPOSSIBLE: Appearance("⊘", "/", "A package has no build for that Python.", "dim"),
}

# Loads of damaged files, whatever their verdicts: these have a place of their own.
DAMAGED = Appearance(
    "⊠", "%", "Not even its saver reads the file; it counts under none of the verdicts.", "dim"
)

ORDER: tuple[Verdict, ...] = tuple(Verdict)
# What a reader must see first: silently wrong outputs come before missing ones.
URGENCY: tuple[Verdict, ...] = (
    Verdict.DIFFERS,
    Verdict.CRASHES,
    Verdict.TIMES_OUT,
    Verdict.FAILS,
    Verdict.PREDICTS,
    Verdict.REBUILT,
    Verdict.TRANSLATED,
    Verdict.ASSISTED,
    Verdict.PARTIAL,
)


def shows_symbols(console: Console) -> bool:
    """Whether the stream can show the verdicts' symbols; otherwise the plain ones are used."""
    try:
        "".join(one.symbol for one in APPEARANCE.values()).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
