"""A user's model once it was read.

Owns the shape only; `runner.subjects.reading` makes subjects, the probes carry out their tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.models.traits import ModelTraits
from crossload.runner.probing.material import Bundle, Conversion
from crossload.runner.records import SubjectRecord
from crossload.runner.words import Format, SubjectTask

if TYPE_CHECKING:
    from crossload.runner.inspection.model import Inspection


@dataclass(frozen=True)
class Subject:
    """A user's model under the name that it has in cells.

    `artifact` is the digest of its bundle in the store. `format` is that of the user's file, None
    for a script, which is saved in every format. `bytes` is the size of the file. `inspection`
    holds the static facts of the file, None for a script. `expects` means that the user gave the
    expected outputs. `given` lists (option, path) of the files given with it.
    """

    name: str
    path: Path
    traits: ModelTraits
    artifact: str
    format: Format | None
    task: SubjectTask = SubjectTask.ADOPT
    conversion: Conversion | None = None
    bytes: int = 0
    inspection: Inspection | None = None
    expects: bool = False
    given: tuple[tuple[str, str], ...] = ()

    @property
    def is_script(self) -> bool:
        return self.format is None

    @property
    def record(self) -> SubjectRecord:
        """What a run keeps of it."""
        return SubjectRecord(self.name, str(self.path), self.task, self.given)

    @property
    def bundle(self) -> Bundle:
        """What probes are given of it."""
        return Bundle(self.artifact, self.task, self.conversion)
