"""Libraries of this machine under the names by which an environment's packages ask for them.

Owns the search for a library and the folder of links inside a built environment. Which library
stands for which name is the matrix's word (`libraries`); a Linux matter, as names such as
`libmpi.so.12` are.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

FOLDER = "libraries"  # inside an environment's prefix, so that whoever sees it sees them
SEARCH_PATH = "LD_LIBRARY_PATH"

_STANDARD_FOLDERS = (  # below the root
    *("usr/local/lib", "usr/local/lib64", "usr/lib/*-linux-*", "usr/lib64", "usr/lib"),
    *("lib/*-linux-*", "lib64", "lib"),
)
_CACHE_LINE = re.compile(r"^\s+(\S+) \(.*\) => (/.+)$", re.MULTILINE)

FindLibrary: TypeAlias = "Callable[[str], Path | None]"


def find_library(name: str) -> Path | None:
    """The library of that file name that a program of this machine would load; None if none is.

    Asks the loader's own cache first, then looks into the standard folders. One of another
    processor than this Python's does not count.
    """
    listed = (Path(path) for known, path in _loader_cache() if known == name)
    standard = (
        folder / name for pattern in _STANDARD_FOLDERS for folder in sorted(Path("/").glob(pattern))
    )
    for path in (*listed, *standard):
        kind = _kind_of(path)
        if kind is not None and kind == _own_kind():
            return path.parent.resolve() / path.name
    return None


def missing_library(libraries: Mapping[str, str], find: FindLibrary) -> str | None:
    """The first library of this machine that a matrix asks for and that is not there."""
    return next((real for real in libraries.values() if find(real) is None), None)


def link_libraries(
    libraries: Mapping[str, str], prefix: Path, find: FindLibrary = find_library
) -> None:
    """Fill the folder of links of an environment: wanted name -> library of this machine.

    Raises:
        FileNotFoundError: a library is missing.
        OSError: a link cannot be made.
    """
    folder = prefix / FOLDER
    for wanted, real in libraries.items():
        found = find(real)
        if found is None:
            raise FileNotFoundError(2, "no such library on this machine", real)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / wanted).symlink_to(found)


def are_linked(libraries: Mapping[str, str], prefix: Path) -> bool:
    """Whether each link is there and still leads to a library."""
    return all((prefix / FOLDER / wanted).is_file() for wanted in libraries)


def library_folders(libraries: Mapping[str, str], prefix: Path) -> tuple[Path, ...]:
    """The folders that the links of an environment lead into; all must be visible to a probe."""
    folders: dict[Path, None] = {}
    for wanted in libraries:
        link = prefix / FOLDER / wanted
        if link.is_symlink():
            folders[link.readlink().parent] = None
            folders[link.resolve().parent] = None
    return tuple(folders)


@lru_cache(maxsize=1)
def _loader_cache() -> tuple[tuple[str, str], ...]:
    program = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        return ()
    try:
        done = subprocess.run(
            [program, "-p"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(_entries(done.stdout))


def _entries(listing: str) -> Iterator[tuple[str, str]]:
    for match in _CACHE_LINE.finditer(listing):
        yield match.group(1), match.group(2)


def _kind_of(path: Path) -> bytes | None:
    """Word size, byte order and processor of an ELF file; None for anything else."""
    try:
        with path.open("rb") as file:
            head = file.read(20)
    except OSError:
        return None
    return head[4:6] + head[18:20] if head[:4] == b"\x7fELF" and len(head) == 20 else None


@lru_cache(maxsize=1)
def _own_kind() -> bytes | None:
    return _kind_of(Path(sys.executable))
