"""Why a job ended without an answer: the limit that was exceeded, or how the process died.

Owns the names of these ends. Pure: `consumption` measures, `process` kills.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass

from crossload.runner.records import Limits, ProbeError
from crossload.runner.untrusted.folders import MAX_DEPTH
from crossload.runner.words import JobStatus

MAX_OUTPUT_MB = 64
MAX_SCRATCH_ENTRIES = 20_000
_NO_MEMORY = ("bad_alloc", "MemoryError", "ResourceExhaustedError", "Cannot allocate memory")
_REFUSED_MEMORY = ("MemoryError", "_ArrayMemoryError", "ResourceExhaustedError")


@dataclass(frozen=True)
class Death:
    """What a job without a valid answer is recorded as.

    `may_pass`: the machine may have caused it, as where no thread can be started at the moment, so
    that it counts once it has happened twice.
    """

    status: JobStatus
    detail: str
    may_pass: bool = False


def bad_answer(detail: str) -> Death:
    """Name an answer that is none."""
    return Death(JobStatus.BAD_ANSWER, f"bad answer: {detail}")


def over_wall(limits: Limits) -> Death:
    """Name a job that did not answer in time."""
    return Death(JobStatus.TIMED_OUT, f"wall limit of {limits.wall_seconds} s")


def over_memory(limits: Limits, used_mb: float) -> Death:
    """Name a job whose processes hold too much memory."""
    detail = f"memory limit of {limits.memory_mb} MB ({used_mb:.0f} MB used)"
    return Death(JobStatus.OUT_OF_MEMORY, detail)


def over_scratch(limits: Limits, used_bytes: int) -> Death:
    """Name a job that fills its folder."""
    used = f"{used_bytes / 1e6:.0f} MB used"
    return Death(JobStatus.CRASHED, f"scratch limit of {limits.scratch_mb} MB ({used})")


def over_entries() -> Death:
    """Name a job that makes too many files, or folders too deep."""
    return Death(
        JobStatus.CRASHED, f"scratch limit of {MAX_SCRATCH_ENTRIES} files, {MAX_DEPTH} levels"
    )


def over_output() -> Death:
    """Name a job that prints without end."""
    return Death(JobStatus.CRASHED, f"output limit of {MAX_OUTPUT_MB} MB")


def over_processes(limits: Limits, count: int) -> Death:
    """Name a job that starts processes without end."""
    return Death(JobStatus.CRASHED, f"process limit of {limits.processes} ({count} seen)")


def of_exit(code: int, limits: Limits, tail: str, *, partial: bool, oom_killed: bool) -> Death:
    """Name the end of a process that no limit of ours killed.

    Args:
        code: exit status, 128 + signal where a signal ended it.
        limits: the limits of the job.
        tail: the end of what it printed.
        partial: an unfinished answer was on the pipe.
        oom_killed: the kernel killed something for want of memory while the worker lived.
    """
    name = _signal_name(code)
    if name:
        return _of_signal(name, limits, tail, oom_killed=oom_killed)
    if partial:
        return bad_answer(f"only half of one, then exit status {code}")
    return Death(JobStatus.CRASHED, f"ended with exit status {code} before it answered")


def _of_signal(name: str, limits: Limits, tail: str, *, oom_killed: bool) -> Death:
    if name == "SIGXCPU":
        return Death(JobStatus.TIMED_OUT, f"CPU limit of {limits.cpu_seconds} s")
    if name == "SIGKILL" and oom_killed:
        return Death(JobStatus.OUT_OF_MEMORY, "killed by the system, which had no memory left")
    if name == "SIGXFSZ":
        return Death(JobStatus.CRASHED, f"scratch limit of {limits.scratch_mb} MB for one file")
    if name == "SIGABRT" and any(sign in tail for sign in _NO_MEMORY):
        detail = f"memory limit of {limits.memory_mb} MB (an allocation was refused)"
        return Death(JobStatus.OUT_OF_MEMORY, detail)
    return Death(JobStatus.CRASHED, f"killed by {name}", may_pass=True)


def of_refusal(error: ProbeError, limits: Limits) -> Death | None:
    """Tell an exception that means "no memory" from a framework's other refusals."""
    if error.type.rpartition(".")[2] not in _REFUSED_MEMORY:
        return None
    detail = f"memory limit of {limits.memory_mb} MB (an allocation was refused)"
    return Death(JobStatus.OUT_OF_MEMORY, detail)


def _signal_name(code: int) -> str:
    """Return the signal's name, or "" for an ordinary exit status."""
    try:
        return signal.Signals(code - 128).name if code > 128 else ""
    except ValueError:
        return ""
