"""The reading child: inspects one path under limits and writes the answer as JSON.

Owns its own limits and the choice of the reader. It is started by `runner.inspection.inspecting`,
never imported by it. A crash, a hang or an endless file ends this process and nothing else.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

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


def main(path: Path) -> int:
    """Write the inspection of `path` on standard output, after a word that says it begins."""
    limit()
    from crossload.runner.inspection.asking import BEGUN  # noqa: PLC0415  (after the limits)
    from crossload.runner.inspection.reading import prepare, read  # noqa: PLC0415

    prepare(path)
    os.write(1, BEGUN)
    answer = memoryview(read(path).model_dump_json().encode())
    while answer:
        answer = answer[os.write(1, answer) :]
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
