"""The reading child: inspects one path under limits and writes the answer as JSON.

Owns its own limits and the choice of the reader. It is started by `runner.inspection.inspecting`,
never imported by it. A crash, a hang or an endless file ends this process and nothing else.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossload.runner.inspection.model import Inspection

_CPU_SECONDS = 10
_MEMORY = 3_000_000_000
_FILES = 64


def limit() -> None:
    """Bound processor time, memory and open files; write nothing anywhere."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    if sys.platform != "darwin":  # which has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main() -> None:
    """Write the inspection of the one argument on standard output, after a word that it begins.

    What is known before the whole file is read stands there first, each time on a line of its own.
    """
    limit()
    from crossload.runner.inspection.progress import BEGUN, KEPT_CAP, keep_with  # noqa: PLC0415  (after the limits)
    from crossload.runner.inspection.reading import prepare, read  # noqa: PLC0415

    path = Path(sys.argv[1])
    prepare(path)
    os.write(1, BEGUN)

    def keep(known: Inspection) -> None:
        text = known.to_json().encode()
        if len(text) <= KEPT_CAP:
            _say(text + b"\n")

    keep_with(keep)
    _say(read(path).to_json().encode())


def _say(text: bytes) -> None:
    answer = memoryview(text)
    while answer:
        answer = answer[os.write(1, answer) :]
