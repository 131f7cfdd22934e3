"""How a run ends before its end: Ctrl-C, SIGTERM, a closed terminal.

Owns the signals while the event loop runs. The first one cancels the work, which kills its
workers; a second one exits at once (workers die with their supervisor).
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import TypeVar

from crossload.runner.errors import ExitCode

T = TypeVar("T")
_EXIT_CODES = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.TERMINATED,
}


def run_interruptibly(work: Coroutine[None, None, T]) -> T:
    """Run `work` in a new event loop of the main thread.

    Raises:
        KeyboardInterrupt: SIGINT arrived; the work was cancelled and has cleaned up.
        SystemExit: SIGTERM or SIGHUP arrived; likewise, with the documented exit code.
    """
    return asyncio.run(_with_signals(work))


async def _with_signals(work: Coroutine[None, None, T]) -> T:
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    received: list[signal.Signals] = []

    def interrupted(number: signal.Signals) -> None:
        if received:
            os._exit(int(_EXIT_CODES[number]))
        received.append(number)
        task.cancel()

    for number in _EXIT_CODES:
        loop.add_signal_handler(number, interrupted, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
        if received[0] is signal.SIGINT:
            raise KeyboardInterrupt from None
        raise SystemExit(int(_EXIT_CODES[received[0]])) from None
    finally:
        for number in _EXIT_CODES:
            loop.remove_signal_handler(number)


def exit_on_termination() -> None:
    """Let SIGTERM and SIGHUP end the program as an exception does, so that it puts things away."""

    def terminated(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(int(ExitCode.TERMINATED))

    signal.signal(signal.SIGTERM, terminated)
    signal.signal(signal.SIGHUP, terminated)
