"""How each verdict looks and reads: symbol, plain symbol, meaning, colour in the terminal.

Owns the wording of the legend. The page's colours are in `assets/palette.css`; what a verdict
follows from is in `runner.analysis`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from crossload.runner.words import Verdict


@dataclass(frozen=True)
class Appearance:
    """One verdict's looks; `plain` is its symbol where the stream has ASCII only."""

    symbol: str
    plain: str
    meaning: str
    style: str


APPEARANCE: dict[Verdict, Appearance] = {
    Verdict.SAME: Appearance(
        "✓", "=", "Loads plainly; outputs and everything else that was checked agree.", "green"
    ),
    Verdict.PARTIAL: Appearance(
        "◐",
        "~",
        "Loads plainly and outputs agree, but something else was lost; the cell names it.",
        "yellow",
    ),
    Verdict.ASSISTED: Appearance(
        "↪", "+", "Plain loading fails; another way of loading gives agreeing outputs.", "cyan"
    ),
    Verdict.DIFFERS: Appearance(
        "≠",
        "!",
        "Loads without an error and gives other outputs. Nothing warns whoever uses it.",
        "bold white on red",
    ),
    Verdict.FAILS: Appearance("✗", "x", "No way of loading that was tried works.", "red"),
    Verdict.CRASHES: Appearance(
        "↯", "#", "The process that loaded it died (signal, out of memory).", "magenta"
    ),
    Verdict.TIMES_OUT: Appearance("◷", "t", "Loading did not end in its time.", "magenta"),
    Verdict.UNSAVED: Appearance(
        "\u2013", "-", "The saver cannot write this model in this format: no file to load.", "dim"
    ),
    Verdict.UNAVAILABLE: Appearance(
        "∅", "?", "The saver or the loader could not be built or imported.", "dim"
    ),
    Verdict.NOT_RUN: Appearance("·", ".", "Not measured (yet).", "dim"),
    Verdict.IMPOSSIBLE: Appearance(
        "⊘", "/", "No such package exists for that Python, so nobody can be in this cell.", "dim"
    ),
}

ORDER: tuple[Verdict, ...] = tuple(Verdict)
MEASURED: tuple[Verdict, ...] = ORDER[: ORDER.index(Verdict.UNSAVED)]
UNMEASURED: tuple[Verdict, ...] = ORDER[ORDER.index(Verdict.UNSAVED) :]
# What a reader must see first: an answer that is silently wrong comes before one that is missing.
URGENCY: tuple[Verdict, ...] = (
    Verdict.DIFFERS,
    Verdict.CRASHES,
    Verdict.TIMES_OUT,
    Verdict.FAILS,
    Verdict.ASSISTED,
    Verdict.PARTIAL,
)


def shows_symbols(console: Console) -> bool:
    """Whether the stream can show the verdicts' symbols, or needs the plain ones instead."""
    try:
        "".join(one.symbol for one in APPEARANCE.values()).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
