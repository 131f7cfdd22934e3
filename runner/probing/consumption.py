"""What a worker and everything it started use right now: memory, processes, output, scratch.

Owns measuring; which limit is passed is decided in `deaths`. Cheap on purpose: it runs four times
a second for every busy worker. Linux's own files are read directly, elsewhere psutil looks.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil

MEGABYTE = 1_000_000
_PROC = Path("/proc")
_HAS_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children").exists()
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MAX_PROCESSES = 5000


def tree(root: int) -> list[int]:
    """Return a process and all below it; those that end meanwhile may be missing."""
    if not _HAS_CHILDREN:
        try:
            below = psutil.Process(root).children(recursive=True)
        except psutil.Error:
            return [root]
        return [root, *(process.pid for process in below)]
    found = [root]
    for pid in found:  # grows while it is walked
        found += _children(pid)
        if len(found) > _MAX_PROCESSES:
            break
    return found


def resident_mb(processes: list[int]) -> float:
    """Add up resident memory; pages that processes share are counted for each."""
    return sum(_resident(pid) for pid in processes) / MEGABYTE


def proportional_mb(processes: list[int]) -> float:
    """Add up proportional memory: a page shared by n processes counts 1/n for each.

    Costs a few milliseconds per process. Where the system does not tell, shared pages are left
    out instead.
    """
    return sum(_proportional(pid) for pid in processes) / MEGABYTE


def out_of_memory_kills() -> int:
    """Return how often this system's kernel has killed for want of memory; 0 where unknown."""
    try:
        for line in (_PROC / "vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def file_size(path: Path) -> int:
    """Return a file's size without following a link; 0 if there is none."""
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    tasks = f"/proc/{pid}/task"
    try:
        threads = os.listdir(tasks)  # noqa: PTH208 - four times a second: Path objects cost too much
    except OSError:
        return found
    for thread in threads:
        found += map(int, _read(f"{tasks}/{thread}/children").split())
    return found


def _resident(pid: int) -> int:
    if _HAS_CHILDREN:
        fields = _read(f"/proc/{pid}/statm").split()
        return int(fields[1]) * _PAGE if len(fields) > 1 else 0
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _proportional(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    fields = _read(f"/proc/{pid}/statm").split()
    if len(fields) > 2:
        return (int(fields[1]) - int(fields[2])) * _PAGE
    return _resident(pid)


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
