"""What jobs on one model are given besides its name: the scripts of a case, or a user's model.

Owns these plain records and their spelling on the wire. The planner of a run makes them; probing
knows neither cases nor subjects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.models.traits import ModelTraits
from crossload.runner.words import Format, Strategy, SubjectTask


@dataclass(frozen=True)
class Scripts:
    """The texts of a case's two scripts."""

    save: str
    load: str


@dataclass(frozen=True)
class Conversion:
    """What is loaded, and how, to be saved again: an artifact's digest, its format, a strategy.

    Without a strategy, it is the first one whose outputs agree with the expectation.
    """

    source: str
    format: Format
    strategy: Strategy | None = None


@dataclass(frozen=True)
class Bundle:
    """A user's model: the digest of its bundle in the artifact store, and what a saver does."""

    artifact: str
    task: SubjectTask
    conversion: Conversion | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What a result depends on besides probes, environment and format."""
        how = self.conversion
        parts = () if how is None else (how.source, str(how.format), str(how.strategy))
        return (self.artifact, str(self.task), *parts)


@dataclass(frozen=True)
class Material:
    """What jobs on one model are given; a reference model needs nothing but its traits."""

    traits: ModelTraits
    scripts: Scripts | None = None
    bundle: Bundle | None = None

    def save_fields(self, artifacts: Path) -> Mapping[str, str]:
        """What a job that saves says of it; the worker sees the artifact store at `artifacts`."""
        fields = {} if self.scripts is None else {"script": self.scripts.save}
        fields |= self._bundle_fields(artifacts)
        conversion = None if self.bundle is None else self.bundle.conversion
        if conversion is not None and conversion.strategy is not None:
            fields["strategy"] = str(conversion.strategy)
        return fields

    def load_fields(self, artifacts: Path) -> Mapping[str, str]:
        """The same for a job that loads."""
        fields = {} if self.scripts is None else {"script": self.scripts.load}
        return fields | self._bundle_fields(artifacts)

    def _bundle_fields(self, artifacts: Path) -> dict[str, str]:
        if self.bundle is None:
            return {}
        fields = {
            "subject": str(artifacts / self.bundle.artifact),
            "task": str(self.bundle.task),
        }
        conversion = self.bundle.conversion
        if conversion is not None:
            fields["source"] = str(artifacts / conversion.source)
            fields["source_format"] = str(conversion.format)
        return fields
