"""The values of a migration: ways, what became of them, the result.

Owns shapes only; `runner.migration.migrating` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from runner.analysis.judged import JudgedCell
from runner.checking.running import Checked
from runner.environments.model import Environment
from runner.ledger.snapshot import RunSnapshot
from runner.records import SaveOutcome
from runner.words import Format, Strategy


@dataclass(frozen=True)
class Leg:
    """One station: load there, save in that format."""

    environment: Environment
    format: Format

    def __str__(self) -> str:
        return f"{self.environment.id} as {self.format}"


@dataclass(frozen=True)
class Route:
    """A way over one or more stations that may work; a smaller `cost` is tried first."""

    legs: tuple[Leg, ...]
    cost: float

    def __str__(self) -> str:
        return ", then ".join(str(leg) for leg in self.legs)


@dataclass(frozen=True)
class Step:
    """A step that was taken: where, what was loaded and how, what was written.

    `strategy` is None where an environment adopted the file and no way of loading was told. The
    digests are those of the bundle in the artifact store and of the file in it.
    """

    environment: str
    loaded: Format
    strategy: Strategy | None
    saved: Format
    artifact: str
    payload_sha256: str
    payload_bytes: int


@dataclass(frozen=True)
class Trial:
    """A way that was tried: its stations, whether it worked, else at which step and why not."""

    route: str
    worked: bool
    step: str = ""
    why: str = ""


@dataclass(frozen=True)
class Migration:
    """What came of it.

    `check` is what was found out before anything was converted. `steps` lead to the new file,
    empty where none could be made; `final` is the target's own load of it, `save` its record.
    `weights_only` says that only the weights of the old file are in it, `changes` what of the
    architecture is another. `snapshot` is the run in which the file was verified.
    """

    checked: Checked
    target: Environment
    steps: tuple[Step, ...] = ()
    final: JudgedCell | None = None
    save: SaveOutcome | None = None
    weights_only: bool = False
    changes: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    snapshot: RunSnapshot | None = None

    @property
    def worked(self) -> bool:
        return self.final is not None
