"""Where the files are that travel with the program: the shipped matrix, its locks, the probes.

Owns the difference between a clone (they lie at the top) and an installed wheel (they lie in
`runner/shipped`, the probes beside `runner`); not what is in them.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "shipped"


def shipped_path(name: str) -> Path:
    """Path of the shipped file or folder `name`, such as `matrix.yaml` or `locks`.

    The path is where it belongs in this installation, whether or not something is there.
    """
    return _IN_WHEEL / name if _IN_WHEEL.is_dir() else _PACKAGE.parent / name


def is_installed() -> bool:
    """Whether this is an installed wheel, in which nothing may be written, and not a clone."""
    return _IN_WHEEL.is_dir()


def probes_folder() -> Path:
    """The folder of the scripts that run inside foreign interpreters."""
    return _PACKAGE.parent / "probes"
