"""Reads what untrusted code left behind: text made printable, tails of log files.

Owns caps and cleaning. Never follows a link, waits on a pipe, or reads more than asked for.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

from crossload.runner.untrusted.repeatable import repeatable
from crossload.runner.untrusted.text import visible

TAIL_CHARACTERS = 4000

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")


def clean_text(text: str, limit: int = TAIL_CHARACTERS) -> str:
    r"""Make foreign text safe to store and print, keeping its head when it is too long.

    Terminal colours are dropped, and what is not `repeatable`; what else `visible` finds unsafe
    becomes `\uXXXX`.
    """
    shown = _printable(text[: limit * 2])
    if len(shown) <= limit and len(text) <= limit * 2:
        return shown
    return f"{shown[:limit]}… [{max(len(text) - limit, 1)} more]"


def clean_tail(data: bytes, limit: int = TAIL_CHARACTERS) -> str:
    """Decode the end of an output file, made printable; keeps the last `limit` characters."""
    return _printable(data.decode("utf-8", "replace"))[-limit:].strip()


def read_tail(folder: Path, parts: Sequence[str], limit: int = TAIL_CHARACTERS) -> str:
    """Return the printable end of the regular file `folder/parts...`, or "" if there is none.

    `folder` is trusted; no part below it is: a link, a FIFO or a device in its place reads as "".
    """
    try:
        handle = _open_below(folder, parts)
    except OSError:
        return ""
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return ""
        wanted = limit * 4
        return clean_tail(os.pread(handle, wanted, max(status.st_size - wanted, 0)), limit)
    except OSError:
        return ""
    finally:
        os.close(handle)


def remove_tree(folder: Path) -> None:
    """Remove a folder that foreign code wrote: never follows links, survives any depth or mode."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except (OSError, RecursionError):
        # Folders without permissions, or too deep for Python's recursion: the system's tools cope.
        for command in (["rm", "-rf", "--"], ["chmod", "-R", "u+rwX", "--"], ["rm", "-rf", "--"]):
            if not os.path.lexists(folder):
                return
            subprocess.run(
                [*command, str(folder)],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )


def _open_below(folder: Path, parts: Sequence[str]) -> int:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for index, part in enumerate(parts):
        more = os.O_DIRECTORY if index < len(parts) - 1 else 0
        try:
            below = os.open(part, flags | more, dir_fd=handle)
        finally:
            os.close(handle)
        handle = below
    return handle


def _printable(text: str) -> str:
    plain = _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return visible(repeatable(plain))
