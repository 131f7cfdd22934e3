"""Walls around the reading child where bubblewrap is there: it sees the model, and nothing else.

Owns what is shown to the child, and where. `runner.sandbox.bubblewrap` has the arguments; when
bubblewrap does not work the child stays silent, which `inspecting` notices. Nothing is tried
beforehand: that would take as long as the reading.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from crossload.runner.sandbox import bubblewrap
from crossload.runner.sandbox.target import ProbeTarget, own_interpreter
from crossload.runner.shipped import import_root, package_folders
from crossload.runner.words import Container

INSIDE = Path("/model")
# What belongs to a file of these containers and lies beside it.
_BESIDE = {
    Container.CHECKPOINT: ("*.index", "*.data-*"),
    Container.ARCHITECTURE: ("*.h5",),
    Container.SAVEDMODEL: ("*.pb", "*.pbtxt", "variables", "assets"),
}
_MANY = 300  # files shown one by one
_LIBRARIES = ("site-packages", "dist-packages")


def programs() -> str | None:
    """The bubblewrap of this machine, whether or not it works; None where there is none."""
    return shutil.which("bwrap") if sys.platform == "linux" else None


def inside(path: Path) -> Path:
    """Where the child sees what lies at `path`."""
    return INSIDE / path.name


def around(bwrap: str, container: Container, path: Path, filter_fd: int | None) -> list[str]:
    """Everything before the command of a child that reads `path`, which has no link in it.

    Args:
        bwrap: the program.
        container: what the first look at the path found.
        path: of the file or folder.
        filter_fd: where bubblewrap reads the filter of system calls.
    """
    return bubblewrap.wrap_reader(bwrap, _home(), dict(_shown(container, path)), filter_fd)


def _home() -> ProbeTarget:
    """This program's own interpreter and packages."""
    above = import_root()
    return own_interpreter("reader", (above,) if above.name in _LIBRARIES else package_folders())


def _shown(container: Container, path: Path) -> Iterator[tuple[Path, Path]]:
    if path.is_dir():
        yield from _folder(path, inside(path))
        return
    yield path, inside(path)
    for one in itertools.islice(_beside(container, path), _MANY):
        yield from _folder(one, inside(one)) if one.is_dir() else ((one, inside(one)),)


def _beside(container: Container, path: Path) -> Iterator[Path]:
    for pattern in _BESIDE.get(container, ()):
        yield from (one for one in path.parent.glob(pattern) if one != path)


def _folder(folder: Path, where: Path) -> Iterator[tuple[Path, Path]]:
    """The folder; where it has links in it, as a cache of downloads has, file by file."""
    files = list(itertools.islice(_files(folder), _MANY + 1))
    if len(files) > _MANY or not any(one.is_symlink() for one in files):
        yield folder, where
        return
    for one in files:
        real = one.resolve()
        if real.is_file():
            yield real, where / one.relative_to(folder)


def _files(folder: Path) -> Iterator[Path]:
    for above, _, names in os.walk(folder):
        yield from (Path(above, name) for name in names)
