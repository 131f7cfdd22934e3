"""Asks a limited child process what a model file is; survives whatever the file does to it.

Owns what becomes of the child's answer, which is distrusted. Nothing of a model file is parsed
here: the HDF5 library dies of some damaged files.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from importlib.util import cache_from_source
from pathlib import Path

from crossload.runner.errors import UsageError
from crossload.runner.inspection import walls
from crossload.runner.inspection.asking import Answer, Ending, ask
from crossload.runner.inspection.customs import customs
from crossload.runner.inspection.model import (
    Contents,
    Finding,
    FindingKind,
    Inspection,
    worst_first,
)
from crossload.runner.inspection.progress import BEGUN
from crossload.runner.inspection.sniffing import NotAModelError, sniff
from crossload.runner.sandbox import seccomp
from crossload.runner.shipped import import_root
from crossload.runner.words import Container

_CHILD = "crossload.runner.inspection.child"
_CPU_EXCEEDED = {-int(signal.SIGXCPU), -int(signal.SIGKILL)}  # the soft limit, the hard one


def inspect(path: Path) -> Inspection:
    """Return the static facts of a model file or folder, within half a minute at worst.

    A file that kills or hangs its reader gets a finding that says how it did.

    Raises:
        UsageError: there is no file or folder that could be read.
    """
    try:
        container = sniff(path)
    except (NotAModelError, ValueError) as error:  # ValueError: a NUL in the path
        raise UsageError(
            f"{str(path)!r} cannot be inspected: {error}",
            "give the path of a model file, or of the folder of a SavedModel or checkpoint",
        ) from error
    _keep_byte_code()
    found = _found(container, _answer(container, path.resolve()))
    return replace(found, custom=customs(found.objects))


def _found(container: Container, answer: Answer) -> Inspection:
    *kept, last = answer.text.removeprefix(BEGUN).split(b"\n")
    if answer.ending is Ending.EXITED and answer.code == 0:
        return _valid(last) or _unreadable(container, "reading it gave no valid answer")
    ended = _unreadable(container, _how(answer))
    known = _valid(kept[-1]) if kept else None
    if known is None:
        return ended
    if answer.ending is Ending.TOO_MUCH or not _is_stuck(answer):
        return _joined(known, ended.findings)
    text = "reading it never ends; only what was read until then is known"
    return _joined(known, (Finding(kind=FindingKind.DAMAGED, text=text),))


def _joined(known: Inspection, findings: tuple[Finding, ...]) -> Inspection:
    return replace(known, findings=worst_first([*known.findings, *findings]))


def _valid(text: bytes) -> Inspection | None:
    try:
        return Inspection.from_json(text)
    except (ValueError, RecursionError):
        return None


def _answer(container: Container, path: Path) -> Answer:
    """Ask a child behind walls; one without them where these do not let it begin."""
    bwrap = walls.programs()
    if bwrap is not None:
        with suppress(OSError):
            answer = _ask_behind_walls(bwrap, container, path)
            if answer.ending is not Ending.EXITED or answer.text.startswith(BEGUN):
                return answer
    return ask(_command(path))


def _ask_behind_walls(bwrap: str, container: Container, path: Path) -> Answer:
    """The answer with a code as the child's own: bubblewrap adds 128 to the number of a signal."""
    reading = seccomp.filter_pipe() if seccomp.supported() else None
    try:
        command = [*walls.around(bwrap, container, path, reading), *_command(walls.inside(path))]
        answer = ask(command, given=() if reading is None else (reading,))
    finally:
        if reading is not None:
            os.close(reading)
    return replace(answer, code=128 - answer.code) if answer.code > 128 else answer


def _command(path: Path) -> list[str]:
    package = str(import_root())
    start = f"import sys; sys.path.insert(0, {package!r}); from {_CHILD} import main; main()"
    return [sys.executable, "-I", "-B", "-c", start, str(path)]


def _keep_byte_code() -> None:
    """Compile the reader's modules that nobody compiled: the child may write nothing."""
    folder = Path(__file__).parent
    compiled = folder / "__pycache__"
    if sys.dont_write_bytecode or not compiled.is_dir():
        return
    kept = {one.name for one in compiled.iterdir()}
    for source in folder.glob("*.py"):
        if Path(cache_from_source(str(source))).name not in kept:
            import py_compile  # noqa: PLC0415  (only at the first start)

            with suppress(OSError):
                py_compile.compile(str(source), quiet=2)


def _is_stuck(answer: Answer) -> bool:
    return answer.ending is Ending.TOO_LONG or answer.code in _CPU_EXCEEDED


def _how(answer: Answer) -> str:
    if _is_stuck(answer):
        return "reading it never ends: it is damaged, or made to do this"
    if answer.ending is Ending.TOO_MUCH:
        return "reading it gives more than is accepted"
    if answer.code < 0:
        return f"reading it kills the reader ({signal.Signals(-answer.code).name})"
    return f"reading it fails: {answer.said}" if answer.said else "reading it fails"


def _unreadable(container: Container, text: str) -> Inspection:
    finding = Finding(kind=FindingKind.FAILED, text=text)
    return Inspection(container=container, contents=Contents.NOTHING, findings=(finding,))
