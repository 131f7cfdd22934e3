"""Looks at files of arrays that a user gives: what is wrong with them, without reading the numbers.

Owns what may be in `--inputs` and `--outputs`. Only the headers of arrays are read: a small file
may declare more numbers than there is memory.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from crossload.runner.config.problems import shortened, shown_path

_KINDS = "biufUSc"  # of numpy.dtype: booleans, numbers, texts
_MOST_BYTES = 4_000_000_000
_MOST_ARRAYS = 1000
_MOST_HEADER = 10_000  # bytes


def array_mistakes(path: Path) -> list[str]:
    """What is wrong with an `.npz` file, in sentences; nothing where it can be used."""
    shown = shown_path(path)
    try:
        with path.open("rb") as stream:
            if stream.read(6) == np.lib.format.MAGIC_PREFIX:
                return [f"{shown} holds one array, expected an .npz file (numpy.savez)"]
        with zipfile.ZipFile(path) as archive:
            return [f"{shown}: {text}" for text in _in_archive(archive)]
    except OSError as error:
        return [f"{shown} cannot be read: {error.strerror or error}"]
    except zipfile.BadZipFile:
        return [f"{shown} is not an .npz file as numpy.savez writes it"]
    except Exception as error:  # noqa: BLE001 - zipfile raises what it likes for a damaged file
        return [f"{shown} is a damaged .npz file: {shortened(str(error), 200)}"]


def _in_archive(archive: zipfile.ZipFile) -> list[str]:
    members = archive.infolist()
    if not members:
        return ["holds no array"]
    if len(members) > _MOST_ARRAYS:
        return [f"holds {len(members)} arrays, expected at most {_MOST_ARRAYS}"]
    mistakes = []
    total = 0
    for member in members:
        name = shortened(member.filename.removesuffix(".npy"), 80)
        with archive.open(member) as stream:
            shape, dtype = _header(stream)
        total += _bytes(shape, dtype)
        if dtype.hasobject:
            mistakes.append(f"array {name!r} holds Python objects, expected numbers or texts")
        elif dtype.kind not in _KINDS:
            mistakes.append(f"array {name!r} holds {dtype}, expected numbers or texts")
    if total > _MOST_BYTES:
        mistakes.append(f"declares {total:,} bytes of numbers, expected at most {_MOST_BYTES:,}")
    return mistakes


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of the array of a member.

    Raises:
        ValueError: it is no array.
    """
    version = np.lib.format.read_magic(stream)
    read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
        version, np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read(stream, max_header_size=_MOST_HEADER)
    return shape, dtype


def _bytes(shape: tuple[int, ...], dtype: np.dtype) -> int:
    count = 1
    for side in shape:
        count *= side
    return count * dtype.itemsize
