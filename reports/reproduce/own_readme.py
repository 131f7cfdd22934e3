"""What the README of a reproduction says differently of a model of the user's own.

Owns these sentences: what is in the folder and who may have it, whose answers count. The rest of
`readme` writes the README.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from crossload.reports.explain_own import OwnModel
from crossload.runner.records import SaveOutcome
from crossload.runner.words import Strategy, SubjectTask

Content: TypeAlias = str | bytes | Path  # text, bytes, or what is to be copied
EXPECTED = "expected.npz"


@dataclass(frozen=True)
class Parcel:
    """What of the user's is in the folder.

    Attributes:
        own: what is known of the model.
        sizes: bytes of each file or folder of theirs, by its place in the folder.
        sha256: of the model's file; empty where `save.py` makes that.
    """

    own: OwnModel
    sizes: Mapping[str, int]
    sha256: str = ""

    @property
    def has_save(self) -> bool:
        """Whether the folder has a `save.py`: a file was there before."""
        return self.own.task is SubjectTask.BUILD

    @property
    def is_compared(self) -> bool:
        """Whether it is known what the model ought to answer."""
        return self.own.task is not SubjectTask.BARE

    @property
    def model(self) -> str:
        """The place of the model's file, or of the script that builds it."""
        return next(iter(self.sizes), "")


def parcel_of(own: OwnModel, files: Mapping[str, Content], save: SaveOutcome | None) -> Parcel:
    """What the README tells of; the first copy among the files is the model, or its script."""
    theirs = {name: one for name, one in files.items() if isinstance(one, Path | bytes)}
    sizes = {name: _size(one) for name, one in theirs.items()}
    model = next(iter(theirs.values()), "")
    is_file = isinstance(model, Path) and model.is_file() and own.task is not SubjectTask.BUILD
    return Parcel(own, sizes, save.payload_sha256 if save is not None and is_file else "")


def _size(content: Content) -> int:
    """Its bytes; of a folder, those of everything in it."""
    if isinstance(content, Path):
        below = content.rglob("*") if content.is_dir() else (content,)
        return sum(one.stat().st_size for one in below if one.is_file())
    return len(content)


def contents(parcel: Parcel) -> str:
    """The user's own files in the folder with their sizes, in one line."""
    return ", ".join(f"{place} ({told_size(size)})" for place, size in parcel.sizes.items())


def told_size(size: int) -> str:
    """So many bytes, for a reader."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return "1 byte" if size == 1 else f"{size} bytes"


def warning(parcel: Parcel) -> Iterator[str]:
    """What is the sender's own, before anything else."""
    listed = ", ".join(f"`{name}` ({told_size(size)})" for name, size in parcel.sizes.items())
    yield (
        f"> **Before you send this:** the folder contains your own model, code and data: {listed}. "
        "Anyone who gets it can use them. Remove this paragraph if they may."
    )
    yield ""


def whereabouts(parcel: Parcel, saver: str) -> Iterator[str]:
    """What the file is and whose answers `load.py` compares with; `saver` as upstream knows it."""
    own = parcel.own
    if parcel.has_save:
        yield f"`save.py` builds the model by `build()` of `{parcel.model}`."
        return
    digest = f" (sha256 `{parcel.sha256}`)" if parcel.sha256 else ""
    if own.facts.unsafe:
        yield f"`{parcel.model}` contains code: `load.py` runs it with your permissions."
    if own.task is SubjectTask.CONVERT:
        yield f"`{parcel.model}`{digest} was written by {saver}; there is no `save.py`."
        yield "`expected.npz` holds the inputs and the outputs of the original."
        return
    yield f"There is no `save.py`: `{parcel.model}`{digest} was there before."
    if parcel.is_compared:
        plain = own.way in {None, Strategy.PLAIN}
        how = "" if plain else f", which loads it by `{own.way}`"
        yield f"`expected.npz` holds its inputs, and its outputs in {saver}{how}."
        yield (
            "`requirements-save.txt` is the lock of that environment; you do not need it to run "
            "`load.py`."
        )
    else:
        yield "No environment loaded it as it is, so its outputs are not known."
