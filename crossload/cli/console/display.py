"""The progress of a run, drawn live on a terminal and printed as plain lines elsewhere.

Owns what moves on the terminal. It decides nothing and stores nothing; commands print the results.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from crossload.runner.progress import Display

_PLAIN_INTERVAL_SECONDS = 5.0
_SHARE_FOR_ESTIMATE = 0.05  # an estimate from less than this is too far off


@contextlib.contextmanager
def make_display(log: Console) -> Iterator[Display]:
    """Show progress for the length of the block: live on a terminal, plain lines elsewhere."""
    if not log.is_terminal:
        yield PlainDisplay(log)
        return
    live = LiveDisplay(log)
    with live.drawing():
        yield live


class LiveDisplay:
    """A line for each environment and a bar for the phase, redrawn in place."""

    def __init__(self, log: Console) -> None:
        self._states: dict[str, str] = {}
        self._progress = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=log,
        )
        self._task: TaskID | None = None
        self._live = Live(
            get_renderable=self._draw, console=log, refresh_per_second=4, transient=True
        )
        self._log = log

    def drawing(self) -> Live:
        """The context that keeps the moving part on the screen."""
        return self._live

    def phase(self, title: str, total: int) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._states.clear()
        self._task = self._progress.add_task(title, total=total)

    def advance(self, units: int = 1) -> None:
        if self._task is not None:
            self._progress.advance(self._task, units)

    def environment(self, environment_id: str, state: str, *, final: bool = False) -> None:
        if final:
            self._states.pop(environment_id, None)
            self._log.print(f"  {escape(environment_id)}: {escape(state)}")
        else:
            self._states[environment_id] = state

    def message(self, text: str) -> None:
        self._log.print(escape(text))

    def _draw(self) -> Group:
        rows = Table.grid(padding=(0, 2))
        for environment_id, state in self._states.items():
            rows.add_row(f"  [cyan]{escape(environment_id)}[/]", escape(state))
        return Group(rows, self._progress)


class PlainDisplay:
    """Lines for a log file: phases, final states, and a count every few seconds."""

    def __init__(self, log: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._title = ""
        self._total = 0
        self._done = 0
        self._started = 0.0
        self._last_print = 0.0

    def phase(self, title: str, total: int) -> None:
        self._title, self._total, self._done = title, total, 0
        self._started = self._last_print = self._clock()
        self._print(f"{title}: {total}")

    def advance(self, units: int = 1) -> None:
        self._done += units
        now = self._clock()
        ended = self._done >= self._total
        if ended or now - self._last_print >= _PLAIN_INTERVAL_SECONDS:
            self._last_print = now
            left = (now - self._started) / max(self._done, 1) * (self._total - self._done)
            is_estimable = not ended and self._done >= _SHARE_FOR_ESTIMATE * self._total
            rest = f", about {left:.0f} s left" if is_estimable else ""
            self._print(f"{self._title}: {self._done}/{self._total}{rest}")

    def environment(self, environment_id: str, state: str, *, final: bool = False) -> None:
        if final:
            self._print(f"  {environment_id}: {state}")

    def message(self, text: str) -> None:
        self._print(text)

    def _print(self, text: str) -> None:
        self._log.print(escape(text), soft_wrap=True)
