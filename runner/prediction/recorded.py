"""The file of inspections: what the reference files of a run say of themselves, without the files.

Owns the file: lines of JSON, compressed. Objects and inspections that are equal stand in it once.
It is made by `benchmarks/inspections.py`; `scoring` uses it.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crossload.runner.environments.files import write_bytes_atomically
from crossload.runner.errors import LedgerError
from crossload.runner.inspection.model import Inspection, ObjectFact
from crossload.runner.ledger.snapshot import SavedFile
from crossload.runner.words import Format

_MAGIC = ["crossload-inspections", 1]
_OBJECT, _INSPECTION, _FILE = "object", "inspection", "file"
_LARGEST = 64_000_000  # bytes of text; what is larger was not made here


class InspectionsFileError(LedgerError):
    """The file is missing, damaged or of another version."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"cannot read the inspections {str(path)!r}: {reason}",
            "`python benchmarks/inspections.py` makes them again",
        )


@dataclass(frozen=True)
class Recorded:
    """What one file says of itself, and the ending of its name, which loaders look at."""

    suffix: str
    inspection: Inspection


def without_date(inspection: Inspection) -> Inspection:
    """The same without the moment of saving, so that saving again gives an equal one."""
    origin = replace(inspection.origin, date=None)
    return replace(inspection, origin=origin)


class _Pool:
    """Lines of one kind, each once, by number."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._numbers: dict[str, int] = {}

    def add(self, value: Any) -> int:
        return self._numbers.setdefault(_text([self._kind, value]), len(self._numbers))

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._numbers)


def write(path: Path, recorded: Mapping[SavedFile, Recorded]) -> int:
    """Replace the file; its length in bytes. Equal inspections give equal bytes.

    Raises:
        OSError: it cannot be written.
    """
    objects, inspections = _Pool(_OBJECT), _Pool(_INSPECTION)
    files = []
    order = sorted(recorded, key=lambda one: (one.model, str(one.format), one.saver))
    for file in order:
        one = recorded[file]
        facts = one.inspection.as_json(brief=True)
        facts["objects"] = [objects.add(value) for value in facts.get("objects", ())]
        number = inspections.add(facts)
        files.append(_text([_FILE, file.saver, file.model, str(file.format), one.suffix, number]))
    text = "\n".join((_text(_MAGIC), *objects.lines, *inspections.lines, *files)) + "\n"
    content = lzma.compress(text.encode("ascii"), preset=9 | lzma.PRESET_EXTREME)
    write_bytes_atomically(path, content)
    return len(content)


def read(path: Path) -> dict[SavedFile, Recorded]:
    """What each file of the run says of itself.

    Raises:
        InspectionsFileError: there is no such file, or it is not one of this version.
    """
    objects: list[ObjectFact] = []
    inspections: list[Inspection] = []
    files: dict[SavedFile, Recorded] = {}
    try:
        first, *lines = _unpacked(path).splitlines()
        if json.loads(first) != _MAGIC:
            raise InspectionsFileError(path, "it holds none, or has another version")
        for line in lines:
            kind, *rest = json.loads(line)
            if kind == _OBJECT:
                objects.append(ObjectFact.read(rest[0]))
            elif kind == _INSPECTION:
                inspections.append(_inspection(rest[0], objects))
            else:
                saver, model, form, suffix, number = rest
                file = SavedFile(saver, model, Format(form))
                files[file] = Recorded(suffix, inspections[number])
    except OSError as error:
        raise InspectionsFileError(path, (error.strerror or str(error)).lower()) from error
    except (lzma.LZMAError, ValueError, IndexError, KeyError, TypeError) as error:
        raise InspectionsFileError(path, "it is damaged") from error
    return files


def _unpacked(path: Path) -> str:
    decompressor = lzma.LZMADecompressor(memlimit=256_000_000)
    text = decompressor.decompress(path.read_bytes(), max_length=_LARGEST)
    if not decompressor.eof:
        raise ValueError("truncated or too large")
    return text.decode("ascii")


def _inspection(facts: dict[str, Any], objects: list[ObjectFact]) -> Inspection:
    numbers = facts.pop("objects")
    return replace(Inspection.read(facts), objects=tuple(objects[one] for one in numbers))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
