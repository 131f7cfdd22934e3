"""Where the program's own files are: the package, the probes, the shipped matrix and its locks.

Owns the difference between a clone (data at the top, `runner`, `reports` and `probes` beside the
package and linked into it) and an installed wheel (everything inside the package); not what is in
the files.
"""

from __future__ import annotations

from pathlib import Path

import crossload

PACKAGE = Path(crossload.__file__).resolve().parent
_IN_WHEEL = PACKAGE / "shipped"


def shipped_path(name: str) -> Path:
    """Path of the shipped file or folder `name`, such as `matrix.yaml` or `locks`.

    The path is where it belongs in this installation, whether or not something is there.
    """
    return _IN_WHEEL / name if _IN_WHEEL.is_dir() else PACKAGE.parent / name


def is_installed() -> bool:
    """Whether this is an installed wheel, in which nothing may be written, and not a clone."""
    return _IN_WHEEL.is_dir()


def import_root() -> Path:
    """The folder from which another process of this interpreter imports `crossload`."""
    return PACKAGE.parent


def package_folders() -> tuple[Path, ...]:
    """The package, and the folders that it links to in a clone."""
    linked = (one.resolve() for one in sorted(PACKAGE.iterdir()) if one.is_symlink())
    return (PACKAGE, *linked)


def probes_folder() -> Path:
    """The folder of the scripts that run inside foreign interpreters."""
    return (PACKAGE / "probes").resolve()
