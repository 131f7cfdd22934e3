"""The atlas's file: one line of JSON for the index, one for every value, the whole compressed.

Owns encoding and decoding. Equal values are one line, shared by the environments that have them;
lines are read on demand. Equal harvests give equal bytes.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from crossload.runner.atlas.model import Acceptance
from crossload.runner.environments.files import write_bytes_atomically
from crossload.runner.errors import ConfigurationError

if TYPE_CHECKING:  # a look-up does without what a harvest needs
    from crossload.runner.atlas.answers import Harvested, Verdict
    from crossload.runner.atlas.harvest import Harvest

FORMAT = 1
_LARGEST = 64_000_000  # bytes of text; what is larger was not made here

Json: TypeAlias = Any  # a value of the file, whose shape its reader in `lookup` knows


class AtlasFileError(ConfigurationError):
    """The atlas's file is missing, damaged or of another version."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"the API atlas {str(path)!r} cannot be used: {reason}",
            "`crossload atlas refresh` rebuilds it; reinstalling crossload restores it",
        )


class Lines:
    """The values of an atlas by number, each parsed when first asked for."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._parsed: dict[int, Json] = {}

    def __getitem__(self, number: int) -> Json:
        if number not in self._parsed:
            self._parsed[number] = json.loads(self._lines[number])
        return self._parsed[number]


class _Pool:
    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def add(self, value: Json) -> int:
        return self._numbers.setdefault(_text(value), len(self._numbers))

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._numbers)


def _text(value: Json) -> str:
    return json.dumps(
        value, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":")
    )


def encode(harvest: Harvest) -> bytes:
    """The file's content."""
    pool = _Pool()
    index = {
        "format": FORMAT,
        "modules": [[str(kind), module, name] for kind, module, name, *_ in harvest.union.modules],
        "values": {
            str(kind): pool.add({name: pool.add(keys) for name, keys in classes.items()})
            for kind, classes in harvest.union.keys.items()
        },
        "environments": [_environment(one, pool) for one in harvest.environments],
    }
    text = "\n".join((_text(index), *pool.lines)) + "\n"
    return lzma.compress(text.encode("ascii"), preset=9 | lzma.PRESET_EXTREME)


def _environment(one: Harvested, pool: _Pool) -> Json:
    modules = one.second.modules
    return {
        **asdict(one.environment),
        "family": str(one.environment.family),
        "formats": pool.add(one.first.formats.model_dump()),
        "classes": {
            str(kind): pool.add(
                {
                    name: pool.add(facts.model_dump(exclude={"written", "unmade"}))
                    for name, facts in classes.items()
                }
            )
            for kind, classes in one.first.classes.items()
        },
        "names": {
            str(kind): pool.add(
                {name: [str(form) for form in forms] for name, forms in found.items()}
            )
            for kind, found in one.second.names.items()
        },
        "found_modules": None if modules is None else "".join("01"[found] for found in modules),
        "answers": {
            str(kind): pool.add({name: pool.add(_answers(keys)) for name, keys in classes.items()})
            for kind, classes in one.second.keys.items()
        },
    }


def _answers(keys: Mapping[str, list[list[Verdict]]]) -> Json:
    """What most keys have in common, that every value is kept on every way, is left out."""
    kept = str(Acceptance.KEPT)
    return {
        key: None if all(one == kept for way in ways for one in way) else ways
        for key, ways in keys.items()
        if ways
    }


def write(path: Path, harvest: Harvest) -> int:
    """Replace the file; its length in bytes.

    Raises:
        OSError: it cannot be written.
    """
    content = encode(harvest)
    write_bytes_atomically(path, content)
    return len(content)


def read(path: Path) -> tuple[Json, Lines]:
    """The index and the values.

    Raises:
        AtlasFileError: there is no such file, or it is not an atlas of this version.
    """
    try:
        decompressor = lzma.LZMADecompressor(memlimit=256_000_000)
        text = decompressor.decompress(path.read_bytes(), max_length=_LARGEST)
        if not decompressor.eof:
            raise AtlasFileError(path, "it does not end where it should")
        first, *lines = text.decode("ascii").splitlines()
        index = json.loads(first)
        found = index["format"]
    except OSError as error:
        raise AtlasFileError(path, (error.strerror or str(error)).lower()) from error
    except (lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise AtlasFileError(path, "it is damaged") from error
    if found != FORMAT:
        raise AtlasFileError(path, f"it has format {found!r}, this crossload reads {FORMAT}")
    return index, Lines(lines)
