"""Which matrix and which home a command line means, where it does not say so.

Owns these defaults. A folder with a matrix or a home in it is a project; anywhere else, what needs
no matrix of the user's takes the one that travels with the program, and keeps what it builds in the
user's cache, once for all folders.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crossload.runner.home import FOLDER_NAME, Home
from crossload.runner.shipped import shipped_path

MATRIX_NAME = "matrix.yaml"


@dataclass(frozen=True)
class Places:
    """A matrix file and a home, absolute; `borrowed` where the matrix is the program's own."""

    matrix: Path
    home: Home
    borrowed: bool = False


def places_of(matrix: Path | None, home: Path | None, here: Path, *, anywhere: bool) -> Places:
    """The places that a command line means.

    Args:
        matrix: what `--matrix` names, None where it is not given.
        home: what `--home` names, in the same way.
        here: the folder that the user is in.
        anywhere: whether the subcommand needs no matrix of the user's own.
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
        from platformdirs import user_cache_path  # noqa: PLC0415 - slow, and seldom needed

        root = user_cache_path("crossload")
    else:
        root = here / FOLDER_NAME
    return Places(shipped_path(MATRIX_NAME) if borrowed else path, Home(root), borrowed)
