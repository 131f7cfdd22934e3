"""The values of a migration: the ways that may work, the steps of one that did, what came of all.

Owns shapes only; `routes` makes ways, `jobs` takes their steps, `migrating` searches.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.checking.running import Checked
from crossload.runner.environments.model import Environment
from crossload.runner.errors import ExitCode
from crossload.runner.records import Attempt, EnvironmentRecord, SaveOutcome
from crossload.runner.strategies import STRATEGIES
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

    `make`: an environment does not load what it gets, or cannot save it. `load`: the target does
    not load the last file on the way. `verify`: the target wrote the new file, but does not load it
    again with the same outputs.
    """

    MAKE = "make"
    LOAD = "load"
    VERIFY = "verify"


@dataclass(frozen=True)
class Trial:
    """A way that did not get through: its stations, where it stopped and why.

    `legs` is empty where the target itself was to load the user's file. `cause` is an id of the
    catalogue, empty where none is known; `why` is one cleaned sentence. `rebuilt` says that the
    target loaded only the weights, into a model that code built.
    """

    legs: tuple[Leg, ...]
    environment: str
    stage: Stage
    why: str
    cause: str = ""
    rebuilt: bool = False


class Carried(Word):
    """How much of the old file is in the new one, and how it came there."""

    WHOLE = "whole model"
    TRANSLATED = "whole model, translated"
    WEIGHTS = "weights only"


@dataclass(frozen=True)
class Result:
    """A new file that the target wrote and loads again.

    `final` is that load and `attempt` its measurement, `save` the file, `changes` what the last
    step changed of the model.
    """

    steps: tuple[Step, ...]
    final: JudgedCell
    save: SaveOutcome
    attempt: Attempt
    changes: tuple[str, ...] = ()

    @property
    def carried(self) -> Carried:
        """How much of the old file is in the new one."""
        ways = [STRATEGIES[one.strategy] for one in self.steps if one.strategy]
        if any(one.rebuilds for one in ways):
            return Carried.WEIGHTS
        return Carried.TRANSLATED if any(one.rewrites for one in ways) else Carried.WHOLE

    @property
    def keeps_training(self) -> bool:
        """Whether training can go on with the new file as with the old one."""
        return not TRAINING & set(self.final.lost)


@dataclass(frozen=True)
class Migration:
    """What came of it.

    `checked` is what was found out before anything was converted. `baseline` is the id of the
    environment whose outputs are expected, None where no environment loads the user's file;
    `source` is that file as it was kept. `unproved` is the strategy that loads the file in the
    target although nothing is known to compare it with. `trials` are the routes that failed,
    `environments` all that took part in any run.
    """

    checked: Checked
    target: Environment
    baseline: str | None = None
    source: SaveOutcome | None = None
    unproved: Strategy | None = None
    result: Result | None = None
    trials: tuple[Trial, ...] = ()
    environments: tuple[EnvironmentRecord, ...] = ()

    @property
    def has_outputs(self) -> bool:
        """Whether outputs are known to prove a result by: a baseline's, or those passed."""
        return self.baseline is not None or self.checked.subject.expects

    @property
    def in_target(self) -> JudgedCell | None:
        """What the target made of the user's file itself, if it was tried there."""
        cells = (one for one in self.checked.cells if one.cell.loader == self.target.id)
        return next(cells, None)

    @property
    def exit_code(self) -> ExitCode:
        """Whether there is a new file."""
        return ExitCode.INCOMPATIBLE if self.result is None else ExitCode.OK
