"""The values of a migration: the ways that may work, the steps of one that did, what came of all.

Owns shapes only; `routes` makes ways, `jobs` takes their steps, `migrating` searches.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.checking.running import Checked
from crossload.runner.environments.model import Environment
from crossload.runner.records import Attempt, EnvironmentRecord, SaveOutcome
from crossload.runner.words import Check, Format, Strategy, Word

TRAINING = frozenset({str(Check.COMPILE), str(Check.OPTIMIZER), str(Check.STEP)})


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

    `strategy` is None where an environment took the first way that worked and did not tell which.
    The digests are those of the bundle in the artifact store and of the file in it.
    """

    environment: str
    loaded: Format
    strategy: Strategy | None
    saved: Format
    artifact: str
    payload_sha256: str
    payload_bytes: int


class Stage(Word):
    """At which step a way stopped.

    `make`: a station does not load what it gets, or cannot save it. `load`: the target does not
    load the file of the last station. `verify`: the target wrote the new file, and does not load it
    again with the same answers.
    """

    MAKE = "make"
    LOAD = "load"
    VERIFY = "verify"


@dataclass(frozen=True)
class Trial:
    """A way that did not get through: its stations, where it stopped and why.

    `legs` is empty where the target itself was to load the user's file. `cause` is an id of the
    catalogue, empty where none is known; `why` is one cleaned sentence. `rebuilt` tells that the
    target took the weights into an architecture that it built anew.
    """

    legs: tuple[Leg, ...]
    environment: str
    stage: Stage
    why: str
    cause: str = ""
    rebuilt: bool = False


@dataclass(frozen=True)
class Result:
    """A new file that the target wrote and loads again.

    `final` is that load and `attempt` its measurement, `save` the file. `weights_only` says that
    only the weights of the old file are in it, `changes` what of the architecture is another.
    """

    steps: tuple[Step, ...]
    final: JudgedCell
    save: SaveOutcome
    attempt: Attempt
    weights_only: bool = False
    changes: tuple[str, ...] = ()

    @property
    def keeps_training(self) -> bool:
        """Whether training can go on with the new file as with the old one."""
        return not TRAINING & set(self.final.lost)


@dataclass(frozen=True)
class Migration:
    """What came of it.

    `checked` is what was found out before anything was converted. `baseline` is the id of the
    environment whose answers count and `source` what it kept of the user's file, None where no
    environment loads that. `trials` are the ways that did not get through, `environments` all that
    took part in any run.
    """

    checked: Checked
    target: Environment
    baseline: str | None = None
    source: SaveOutcome | None = None
    result: Result | None = None
    trials: tuple[Trial, ...] = ()
    environments: tuple[EnvironmentRecord, ...] = ()
