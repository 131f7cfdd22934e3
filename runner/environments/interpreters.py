"""Finds the Python interpreters of this machine, wherever they were installed.

Owns the search and its cache. `resolving` decides which one an environment takes; nothing here
installs an interpreter unless `download_interpreter` is called.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypedDict

from findpython.providers import ALL_PROVIDERS

from crossload.runner.environments.files import read_json, write_atomically
from crossload.runner.environments.model import Interpreter

_TIMEOUT_SECONDS = 5.0
_FAILURE_LASTS_SECONDS = 3600.0  # a busy machine can make a good interpreter look as if it hung
_CACHE_FORMAT = 1

# Runs under any Python from 2.7 on. A virtual environment says so by its two prefixes.
_QUESTION = """
import json, platform, sys, sysconfig
print(json.dumps({
    "version": list(sys.version_info[:3]), "level": sys.version_info[3],
    "prefix": sys.prefix, "base": getattr(sys, "base_prefix", sys.prefix),
    "path": sys.executable, "implementation": platform.python_implementation(),
    "bits": 64 if sys.maxsize > 2**32 else 32,
    "no_gil": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "real_prefix": hasattr(sys, "real_prefix"), "search": sys.path,
}))
"""


class _Known(TypedDict):
    """What the cache holds of one executable; without a version it cannot be used."""

    stamp: list[int]
    asked: float
    version: list[int]
    path: str
    prefix: str


def find_interpreters(
    cache: Path, candidates: Iterable[Path] | None = None
) -> tuple[Interpreter, ...]:
    """Every usable interpreter of this machine, newest first, one per installation and version.

    Broken and hanging ones, virtual environments, pre-releases, free-threaded, 32-bit and other
    implementations than CPython are left out: no framework has wheels for them.

    Args:
        cache: A file of this module's own; answers are reused while an executable is unchanged.
            Written only where its folder exists.
        candidates: Executables to ask instead of those that `findpython` lists.
    """
    paths = list(dict.fromkeys(_candidates() if candidates is None else candidates))
    stamps = {path: stamp for path in paths if (stamp := _stamp(path)) is not None}
    known = _read_cache(cache)
    fresh = {path: known[str(path)] for path in stamps if _is_fresh(known, path, stamps[path])}
    missing = [path for path in stamps if path not in fresh]
    if missing:
        with ThreadPoolExecutor(min(8, 2 * (os.cpu_count() or 1))) as pool:
            asked = pool.map(_ask, missing)
            fresh |= {
                path: _Known(stamp=stamps[path], asked=time.time(), **answer)
                for path, answer in zip(missing, asked, strict=True)
            }
        kept = {str(path): fresh[path] for path in stamps}
        text = json.dumps({"format": _CACHE_FORMAT, "executables": kept}, indent=1)
        if cache.parent.is_dir():  # looking at a project must not make its home
            with suppress(OSError):  # without a cache the next call only takes longer
                write_atomically(cache, text)
    return _distinct(fresh[path] for path in stamps)


def download_interpreter(minor: str, uv: Sequence[str]) -> str:
    """Let uv install the newest Python `minor`; returns "" or uv's last lines if it could not."""
    done = subprocess.run(
        [*uv, "python", "install", minor],
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()[-2000:]


def _candidates() -> Iterator[Path]:
    for provider_class in ALL_PROVIDERS.values():
        provider = provider_class.create()
        if provider is not None:
            with suppress(OSError):
                yield from (found.executable for found in provider.find_pythons())


def _stamp(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size]


def _read_cache(cache: Path) -> Mapping[str, _Known]:
    content = read_json(cache)
    if content.get("format") != _CACHE_FORMAT:
        return {}
    known: Mapping[str, _Known] = content.get("executables", {})
    return known


def _is_fresh(known: Mapping[str, _Known], path: Path, stamp: list[int]) -> bool:
    entry = known.get(str(path))
    if entry is None or entry["stamp"] != stamp:
        return False
    if not entry["version"]:
        return 0 <= time.time() - entry["asked"] < _FAILURE_LASTS_SECONDS
    return Path(entry["path"]).exists()  # a shim answers for an executable elsewhere


class _Answer(TypedDict):
    version: list[int]
    path: str
    prefix: str


def _ask(path: Path) -> _Answer:
    unusable = _Answer(version=[], path="", prefix="")
    try:
        said = ask(path)
        usable = (
            said["level"] == "final"
            and said["implementation"] == "CPython"
            and said["bits"] == 64
            and not said["no_gil"]
            and not said["real_prefix"]
            and said["prefix"] == said["base"]
        )
        version = [int(part) for part in said["version"]]
        found = _Answer(version=version, path=said["path"], prefix=said["base"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return unusable
    return found if usable and found["path"] else unusable


def ask(path: Path) -> dict[str, Any]:
    """What an executable says of itself: the fields of the question above.

    Raises:
        OSError, subprocess.SubprocessError, ValueError: it is no interpreter, or does not answer.
    """
    said = json.loads(_run(path))
    if not isinstance(said, dict):
        raise ValueError("not an answer")  # noqa: TRY004  (callers take it as any other bad answer)
    return said


def _run(path: Path) -> bytes:
    """What the interpreter answers; a wrapper script that hangs is ended with its children."""
    process = subprocess.Popen(
        [str(path), "-I", "-c", _QUESTION],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with process:
        try:
            return process.communicate(timeout=_TIMEOUT_SECONDS)[0]
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


def _distinct(entries: Iterable[_Known]) -> tuple[Interpreter, ...]:
    found: dict[tuple[Path, tuple[int, ...]], Interpreter] = {}
    for entry in sorted(entries, key=lambda each: (len(each["path"]), each["path"])):
        if not entry["version"]:
            continue
        first, second, third = entry["version"]
        path = Path(os.path.realpath(entry["path"]))
        one = Interpreter((first, second, third), path, Path(entry["prefix"]))
        found.setdefault((one.prefix, one.version), one)
    # Of equal versions the one outside the system's folders first: a system's Python changes
    # under its environments with the next upgrade.
    return tuple(
        sorted(
            found.values(),
            key=lambda one: (one.version, not str(one.path).startswith("/usr/"), str(one.path)),
            reverse=True,
        )
    )
