"""A cause and a remedy once they belong to a cell: frozen values and their closed sets.

Owns shapes and words only. `runner.causes.form` says how they are written down,
`runner.causes.recognition` finds a cause, `runner.analysis.remedies` says how a remedy fared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from crossload.runner.words import Format, Strategy, Word


class Family(Word):
    """The kinds of cause, by what is to be understood to act on them."""

    CUSTOM_OBJECT = "custom-object"
    FORMAT = "format"
    LAYER_OR_ARGUMENT = "layer-or-argument"
    MODULE_PATH = "module-path"
    TRAINING_STATE = "training-state"
    BACKEND = "backend"
    BYTE_CODE = "byte-code"
    PACKAGE_CONFLICT = "package-conflict"
    DAMAGED_FILE = "damaged-file"
    WEIGHT_LAYOUT = "weight-layout"
    NUMERIC_CHANGE = "numeric-change"
    UNSAFE_CONTENT = "unsafe-content"
    RESOURCE_LIMIT = "resource-limit"


FAMILY_TITLES = {
    Family.CUSTOM_OBJECT: "missing custom object",
    Family.FORMAT: "format not supported here",
    Family.LAYER_OR_ARGUMENT: "layer or argument unknown to this version",
    Family.MODULE_PATH: "module path moved",
    Family.TRAINING_STATE: "optimizer, loss or metric state",
    Family.BACKEND: "backend differs",
    Family.BYTE_CODE: "Python byte code",
    Family.PACKAGE_CONFLICT: "package conflict",
    Family.DAMAGED_FILE: "incomplete or damaged file",
    Family.WEIGHT_LAYOUT: "weight layout or order",
    Family.NUMERIC_CHANGE: "numeric behaviour changed",
    Family.UNSAFE_CONTENT: "unsafe content refused",
    Family.RESOURCE_LIMIT: "resource limit",
}


class Step(Word):
    """During what it happened."""

    ENVIRONMENT = "environment"  # building or importing it
    SAVE = "save"
    LOAD = "load"


class RemedyState(Word):
    """How a remedy fared for one cell."""

    WORKED = "worked"
    NEEDS_CODE = "needs-code"
    UNPROVED = "unproved"  # it loads, but no outputs are known to compare with
    DID_NOT_HELP = "did-not-help"
    NOT_TRIED = "not-tried"
    CANNOT_BE_TRIED = "cannot-be-tried"


@dataclass(frozen=True)
class Cause:
    """Why a cell is not `same`.

    `sentence` is filled in with the names of this cell; lower case and without a full stop, like
    every sentence of a cell. `references` are addresses of published reports of it.
    """

    id: str
    family: Family
    sentence: str
    references: tuple[str, ...] = ()


class Proof(NamedTuple):
    """By which other cell it was seen how a remedy fares, as far as it is not this cell's own.

    `environment` is that other saver, loader or station, `format` what the station writes,
    `strategy` what the other cell needs on top. A tuple for the same reason as `Cell`.
    """

    environment: str = ""
    format: Format | None = None
    strategy: Strategy | None = None

    def __str__(self) -> str:
        parts = (
            self.environment,
            "" if self.format is None else f"as {self.format}",
            "" if self.strategy is None else f"with {self.strategy}",
        )
        return ", ".join(filter(None, parts))


_NO_PROOF = Proof()


@dataclass(frozen=True)
class CellRemedy:
    """A remedy of a cell's cause, how it fared there, and what proved it.

    One that is `behind` is a remedy only of the next obstacle, not of the cause.
    """

    id: str
    sentence: str
    code: str
    state: RemedyState
    proof: Proof = _NO_PROOF
    behind: bool = False

    @property
    def evidence(self) -> str:
        """The proof in words; empty where the cell itself is the proof, or there is none."""
        return str(self.proof)
