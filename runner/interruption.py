"""How Ctrl-C, SIGTERM or a closed terminal ends a run early.

Owns the signal handlers while the event loop runs. The first signal cancels the work, which kills
its workers; a second one exits at once (workers die with their supervisor). A signal that was
ignored when the program started, as `nohup` and background jobs arrange it, stays ignored.
"""

from __future__ import annotations

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
    import asyncio  # noqa: PLC0415 - slow, and most commands run nothing

    return asyncio.run(_with_signals(work))


async def _with_signals(work: Coroutine[None, None, T]) -> T:
    import asyncio  # noqa: PLC0415 - same

    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    received: list[signal.Signals] = []

    def interrupted(number: signal.Signals) -> None:
        if received:
            os._exit(int(_EXIT_CODES[number]))
        received.append(number)
        task.cancel()

    handled = [number for number in _EXIT_CODES if not _ignored(number)]
    for number in handled:
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
        for number in handled:
            loop.remove_signal_handler(number)


def exit_on_termination() -> None:
    """Turn SIGTERM and SIGHUP into an exception, so that the program cleans up before it exits."""

    def terminated(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(int(ExitCode.TERMINATED))

    for number in (signal.SIGTERM, signal.SIGHUP):
        if not _ignored(number):
            signal.signal(number, terminated)


def _ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) is signal.SIG_IGN
