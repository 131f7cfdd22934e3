"""Progress as a log file and as a terminal show it."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console

from crossload.cli.console.display import LiveDisplay, PlainDisplay, make_display


def make_console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    return Console(file=stream, force_terminal=terminal, width=80, highlight=False), stream


def ticking(*moments: float) -> Iterator[float]:
    yield from moments


def test_without_a_terminal_the_display_is_plain() -> None:
    console, _ = make_console(terminal=False)
    with make_display(console) as display:
        assert isinstance(display, PlainDisplay)


def test_on_a_terminal_the_display_is_live() -> None:
    console, _ = make_console(terminal=True)
    with make_display(console) as display:
        assert isinstance(display, LiveDisplay)


def test_plain_lines_say_phase_final_states_and_the_end() -> None:
    console, stream = make_console(terminal=False)
    clock = ticking(0.0, 1.0, 2.0)
    display = PlainDisplay(console, lambda: next(clock))
    display.phase("environments", 2)
    display.environment("tf2.15-py3.11", "installing")
    display.environment("tf2.15-py3.11", "ready", final=True)
    display.advance()
    display.advance()
    assert stream.getvalue().splitlines() == [
        "environments: 2",
        "  tf2.15-py3.11: ready",
        "environments: 2/2",
    ]


def test_plain_lines_come_every_few_seconds_with_the_time_left() -> None:
    console, stream = make_console(terminal=False)
    clock = ticking(0.0, 6.0, 7.0, 12.0)
    display = PlainDisplay(console, lambda: next(clock))
    display.phase("cells", 10)
    for _ in range(3):
        display.advance()
    assert stream.getvalue().splitlines() == [
        "cells: 10",
        "cells: 1/10, about 54 s left",
        "cells: 3/10, about 28 s left",
    ]


def test_no_time_left_is_guessed_from_the_first_imports() -> None:
    console, stream = make_console(terminal=False)
    clock = ticking(0.0, 6.0)
    display = PlainDisplay(console, lambda: next(clock))
    display.phase("cells", 100)
    display.advance()
    assert stream.getvalue().splitlines()[-1] == "cells: 1/100"


def test_markup_in_foreign_text_is_shown_and_not_obeyed() -> None:
    console, stream = make_console(terminal=False)
    PlainDisplay(console).message("[red]not red[/red]")
    assert stream.getvalue() == "[red]not red[/red]\n"


def test_the_live_display_draws_environments_and_the_phase() -> None:
    console, stream = make_console(terminal=True)
    with make_display(console) as display:
        display.phase("cells", 4)
        display.environment("tf2.15-py3.11", "loading dense.h5")
        display.advance(2)
        display.message("a line that stays")
    drawn = stream.getvalue()
    assert "a line that stays" in drawn
    assert "tf2.15-py3.11" in drawn
    assert "2/4" in drawn
