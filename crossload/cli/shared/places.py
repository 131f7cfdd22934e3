"""Which matrix and which home a command line means when it names none.

Owns these defaults. A folder that has a matrix or a home is a project. Anywhere else, a command
that needs no matrix of your own takes the one that comes with crossload, and keeps what it builds
in the user's cache, shared by all folders.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crossload.runner.home import FOLDER_NAME, Home
from crossload.runner.shipped import shipped_path

MATRIX_NAME = "matrix.yaml"


@dataclass(frozen=True)
class Places:
    """A matrix file and a home, absolute; a `borrowed` matrix comes with crossload."""

    matrix: Path
    home: Home
    borrowed: bool = False


def places_of(matrix: Path | None, home: Path | None, here: Path, *, anywhere: bool) -> Places:
    """The places that a command line means.

    Args:
        matrix: the path given to `--matrix`, or None.
        home: the path given to `--home`, or None.
        here: the folder that the user is in.
        anywhere: whether the command works without a matrix in this folder.
    """
    # Not resolved: a link to a matrix belongs to the folder in which the link lies.
    path = here / (matrix or MATRIX_NAME)
    borrowed = anywhere and matrix is None and not path.exists()
    is_project = matrix is not None or path.exists() or (here / FOLDER_NAME).exists()
    if home is not None:
        root = here / home
    elif is_project:
        root = path.parent / FOLDER_NAME
    elif anywhere:
        from platformdirs import user_cache_path  # few commands need it

        root = user_cache_path("crossload")
    else:
        root = here / FOLDER_NAME
    return Places(shipped_path(MATRIX_NAME) if borrowed else path, Home(root), borrowed)
