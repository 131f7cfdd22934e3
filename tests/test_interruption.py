"""How signals end a run; each in a child process that reports what became of its work.

A child starts with the signal handlers of a program in a terminal, however the tests were started.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crossload.runner.interruption import run_interruptibly

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = """\
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
for number in {ignored}:
    signal.signal(number, signal.SIG_IGN)
"""
PROGRAM = """\
import asyncio, sys
from crossload.runner.interruption import exit_on_termination, run_interruptibly

async def work():
    print("working", flush=True)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("cancelled", flush=True)
        {cleanup}
        print("cleaned up", flush=True)
        raise

exit_on_termination()
try:
    run_interruptibly(work())
except KeyboardInterrupt:
    print("KeyboardInterrupt", flush=True)
    sys.exit(130)
finally:
    print("put away", flush=True)
"""
PLAIN = """\
import time
from crossload.runner.interruption import exit_on_termination
exit_on_termination()
try:
    print("working", flush=True)
    time.sleep(60)
finally:
    print("put away", flush=True)
"""


def start(program: str, *ignored: signal.Signals) -> subprocess.Popen[str]:
    """Start the program with these signals ignored, and wait until it works."""
    signals = SIGNALS.format(ignored=[int(number) for number in ignored])
    process = subprocess.Popen(
        [sys.executable, "-c", signals + program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    return process


def rest(process: subprocess.Popen[str]) -> list[str]:
    with process:
        out, _ = process.communicate(timeout=30)
    return out.splitlines()


def test_ctrl_c_cancels_the_work_and_lets_it_clean_up() -> None:
    process = start(PROGRAM.format(cleanup="await asyncio.sleep(0.1)"))
    process.send_signal(signal.SIGINT)
    assert rest(process) == ["cancelled", "cleaned up", "KeyboardInterrupt", "put away"]
    assert process.returncode == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_termination_cleans_up_too_and_has_its_own_code(number: signal.Signals) -> None:
    process = start(PROGRAM.format(cleanup="await asyncio.sleep(0.1)"))
    process.send_signal(number)
    assert rest(process) == ["cancelled", "cleaned up", "put away"]
    assert process.returncode == 143


@pytest.mark.parametrize(
    ("second", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["SIGINT", "SIGTERM"],
)
def test_a_second_signal_ends_it_at_once(second: signal.Signals, code: int) -> None:
    process = start(PROGRAM.format(cleanup="await asyncio.sleep(60)"))
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "cancelled\n"
    process.send_signal(second)
    assert rest(process) == []  # without it, the cleanup sleeps longer than `rest` waits
    assert process.returncode == code


def test_outside_the_event_loop_termination_is_an_exception_too() -> None:
    process = start(PLAIN)
    process.terminate()
    assert rest(process) == ["put away"]
    assert process.returncode == 143


@pytest.mark.parametrize(
    ("ignored", "then", "said", "code"),
    [
        (
            signal.SIGHUP,
            signal.SIGINT,
            ["cancelled", "cleaned up", "KeyboardInterrupt", "put away"],
            130,
        ),
        (signal.SIGINT, signal.SIGTERM, ["cancelled", "cleaned up", "put away"], 143),
    ],
    ids=["SIGHUP", "SIGINT"],
)
def test_a_signal_that_was_ignored_at_the_start_stays_ignored(
    ignored: signal.Signals, then: signal.Signals, said: list[str], code: int
) -> None:
    process = start(PROGRAM.format(cleanup="pass"), ignored)
    process.send_signal(ignored)
    process.send_signal(then)
    assert rest(process) == said
    assert process.returncode == code


def test_an_ignored_hangup_stays_ignored_outside_the_event_loop_too() -> None:
    process = start(PLAIN, signal.SIGHUP)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGINT)
    assert rest(process) == ["put away"]
    assert process.returncode == -signal.SIGINT


def test_work_that_ends_by_itself_gives_its_result_and_the_signals_back() -> None:
    async def work() -> int:
        return 7

    before = signal.getsignal(signal.SIGINT)
    assert run_interruptibly(work()) == 7
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_of_the_work_passes() -> None:
    async def work() -> None:
        raise RuntimeError("of the work")

    with pytest.raises(RuntimeError, match="of the work"):
        run_interruptibly(work())
