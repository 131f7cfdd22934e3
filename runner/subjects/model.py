"""A subject once it was read: frozen values, and what a probe is told of it.

Owns the shapes only; `runner.subjects.reading` makes them, `crossload_probe.subjects` obeys them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crossload.runner.inspection.model import Inspection
from crossload.runner.probing.catalogue import ModelTraits
from crossload.runner.words import Format, Strategy, Word


class SubjectTask(Word):
    """What a saver does with a subject.

    `adopt`: load the user's file, and say what it answers. `bare`: keep the file only, since no
    saver could load it. `build`: build the model by the user's script and save it. `convert`: load
    an artifact in one format and save it in another.
    """

    ADOPT = "adopt"
    BARE = "bare"
    BUILD = "build"
    CONVERT = "convert"


@dataclass(frozen=True)
class Conversion:
    """What is loaded, and how, to be saved again: an artifact's digest, its format, a strategy.

    Without a strategy it is the first whose answers agree with the expectation.
    """

    source: str
    format: Format
    strategy: Strategy | None = None


@dataclass(frozen=True)
class Subject:
    """A model of the user's own under the name that it has in cells.

    `artifact` is the digest of its bundle in the store. `format` is that of the user's file, None
    for a script, which is saved in every format. `bytes` is the size of the file. `inspection` is
    what the file says of itself, None for a script. `expects` says that the user knows the answers.
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

    @property
    def is_script(self) -> bool:
        return self.format is None

    @property
    def identity(self) -> list[str]:
        """What a result depends on besides probes, environment and format."""
        how = self.conversion
        parts = [] if how is None else [how.source, str(how.format), str(how.strategy)]
        return [self.artifact, str(self.task), *parts]

    def fields(self, artifacts: Path) -> dict[str, str | int]:
        """What a job says of it; `artifacts` is the store's folder as the worker sees it."""
        told: dict[str, str | int] = {
            "subject": str(artifacts / self.artifact),
            "task": str(self.task),
        }
        how = self.conversion
        if how is not None:
            told |= {
                "source": str(artifacts / how.source),
                "source_format": str(how.format),
            }
        return told
