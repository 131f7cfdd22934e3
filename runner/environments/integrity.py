"""Whether the files of a built environment are still those that its installer wrote.

Owns the comparison with the RECORD of each installed distribution: names and sizes in a fraction
of a second, contents where asked for. What is done about damage is the caller's decision.
Byte code is not compared: Python writes it again. Some wheels were published with a RECORD that
does not fit their own files, which are noted when the environment is built.
"""

from __future__ import annotations

import base64
import csv
import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.environments.files import read_json, write_atomically
from crossload.runner.environments.marker import site_packages, withdraw_marker
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.hashing import file_sha256

_BYTE_CODE = ".pyc"
_NOTE = "unlike-record.json"  # beside the marker: {path: what its RECORD says wrongly}


@dataclass(frozen=True)
class Damage:
    """One file that is not as it was installed.

    Attributes:
        distribution: name and version, such as `keras-2.15.0`.
        file: its path below site-packages, as the RECORD spells it.
        what: what is wrong with it, to follow its name in a sentence.
    """

    distribution: str
    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file} of {self.distribution} {self.what}"


def withdraw_damaged(environments: Iterable[BuiltEnvironment]) -> dict[str, Damage]:
    """The damage of each environment that is damaged, by id; it counts as not built from now on.

    Raises:
        OSError: its marker cannot be removed.
    """
    found = {}
    for one in environments:
        if one.environment.adopted is not None:
            continue  # it is used as it is
        damage = first_damage(one.prefix)
        if damage is not None:
            withdraw_marker(one.prefix.parent, one.environment.id)
            found[one.environment.id] = damage
    return found


def first_damage(prefix: Path) -> Damage | None:
    """The first file that is missing or of another size; None where all are as installed.

    Args:
        prefix: the environment's folder.
    """
    return next(find_damage(prefix), None)


def find_damage(prefix: Path, *, contents: bool = False) -> Iterator[Damage]:
    """Every file that is not as it was installed, distribution by distribution.

    Args:
        prefix: the environment's folder.
        contents: read every file and compare its sha256 too, which takes seconds.
    """
    yield from _find(prefix, read_json(prefix / _NOTE), contents=contents)


def note_unlike_record(prefix: Path) -> None:
    """Note which files of an environment that was just installed are not those of its RECORDs.

    Raises:
        OSError: the note cannot be written.
    """
    found = {one.file: one.what for one in _find(prefix, (), contents=False)}
    if found:
        write_atomically(prefix / _NOTE, json.dumps(found, sort_keys=True) + "\n")


def _find(prefix: Path, noted: Collection[str], *, contents: bool) -> Iterator[Damage]:
    for site in site_packages(prefix):
        for info in sorted(site.glob("*.dist-info")):
            yield from _damage_of(info, site, noted, contents=contents)


def _damage_of(
    info: Path, site: Path, noted: Collection[str], *, contents: bool
) -> Iterator[Damage]:
    name = info.name.removesuffix(".dist-info")
    try:
        rows = _rows(info / "RECORD")
    except (OSError, ValueError, csv.Error):
        if f"{info.name}/RECORD" not in noted:  # conda's packages need none
            yield Damage(name, f"{info.name}/RECORD", "is missing or cannot be read")
        return
    for path, digest, size in rows:
        if path in noted:
            continue
        what = _wrong(f"{site}/{path}", digest if contents else "", size)
        if what:
            yield Damage(name, path, what)


def _rows(record: Path) -> list[tuple[str, str, int | None]]:
    """Path, digest (`sha256=...` or empty) and size in bytes (None: not recorded) of each file.

    Raises:
        OSError, ValueError, csv.Error: it is not a RECORD.
    """
    with record.open(encoding="utf-8", newline="") as file:
        return [
            (path, digest, int(size) if size else None)
            for path, digest, size in csv.reader(file)
            if not path.endswith(_BYTE_CODE)
        ]


def _wrong(path: str, digest: str, size: int | None) -> str:
    try:
        found = os.stat(path).st_size  # noqa: PTH116 - fifteen thousand times, at half the cost
        if size is not None and found != size:
            return f"has {found} bytes instead of {size}"
        if digest.startswith("sha256=") and _sha256(path) != digest:
            return "has different contents"
    except OSError as error:
        return "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
    return ""


def _sha256(path: str) -> str:
    """The digest as a RECORD spells it."""
    digest = bytes.fromhex(file_sha256(Path(path)))
    text = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    return f"sha256={text}"
