"""The shapes of what is known of a model file without loading it.

Owns values only: they are what the reading child answers with, and what `inspect --json` prints.
Texts in them come from the file and are foreign; the code that shows them cleans them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from crossload.runner.strict import AtMost, Strict
from crossload.runner.words import Container, Format, Word

MAX_OBJECTS = 50_000
MAX_FINDINGS = 200
MAX_TEXT = 2000


def _fit(value: str) -> str:
    """Cut a text to its limit; half a surrogate pair, which no encoding can write, becomes `?`."""
    if value.isascii() and len(value) <= MAX_TEXT:
        return value
    return value[:MAX_TEXT].encode("utf-8", "replace").decode()


def _count(value: int) -> int:
    if value < 0:
        raise ValueError(f"{value} is less than none")
    return value


Text = Annotated[str, _fit]
Count = Annotated[int, _count]


class Contents(Word):
    """How much of a model there is."""

    WHOLE = "whole model"
    WEIGHTS = "weights only"
    ARCHITECTURE = "architecture only"
    GRAPH = "graph and weights, without Keras' description"
    GRAPH_ALONE = "graph without weights and without Keras' description"
    NOTHING = "nothing readable"


class Role(Word):
    """What an object of the configuration is to the model."""

    LAYER = "layer"
    CELL = "cell"
    INITIALIZER = "initializer"
    REGULARIZER = "regularizer"
    CONSTRAINT = "constraint"
    ACTIVATION = "activation"
    OPTIMIZER = "optimizer"
    SCHEDULE = "schedule"
    LOSS = "loss"
    METRIC = "metric"
    POLICY = "dtype policy"
    OTHER = "other"


class FindingKind(Word):
    """What a reader should know before loading, worst first."""

    CODE = "contains code"
    IMPORTS = "imports modules"  # in what earlier versions recorded: now `NEEDS_CLASS`
    WRITES_FILES = "writes files"
    READS_FILES = "reads other files"
    UNSAFE_NAME = "unsafe name"  # one that leads out of the folder it is used in
    OVERSIZED = "declares far more than it holds"
    DAMAGED = "damaged"
    MISSING = "missing"
    FAILED = "scan failed"  # of this part nothing is known
    NEEDS_CLASS = "needs your class"  # one that some versions of Keras import
    ODD = "odd"


class Risk(Word):
    """All findings in one word, worst first. There is no word for a file that is safe."""

    CODE = "contains code"
    READS_FILES = "reads other files"
    MALFORMED = "malformed"
    FAILED = "scan failed"
    NEEDS_CLASS = "needs your class"
    NONE = "no known risk found"


_RISKS = {
    FindingKind.CODE: Risk.CODE,
    FindingKind.WRITES_FILES: Risk.CODE,
    FindingKind.READS_FILES: Risk.READS_FILES,
    FindingKind.UNSAFE_NAME: Risk.MALFORMED,
    FindingKind.OVERSIZED: Risk.MALFORMED,
    FindingKind.DAMAGED: Risk.MALFORMED,
    FindingKind.MISSING: Risk.MALFORMED,
    FindingKind.FAILED: Risk.FAILED,
    FindingKind.NEEDS_CLASS: Risk.NEEDS_CLASS,
    FindingKind.IMPORTS: Risk.NEEDS_CLASS,
    FindingKind.ODD: Risk.NONE,
}


@dataclass(frozen=True)
class Finding(Strict):
    """One thing that is dangerous, damaged or missing; `where` is a path inside the file."""

    kind: FindingKind
    text: Text
    where: Text = ""


@dataclass(frozen=True)
class ObjectFact(Strict):
    """One object that the file wants a loader to make again.

    `name` is the one that it has in the model (layers), `module` and `registered` are what Keras 3
    writes beside the class. `keys` are those of its configuration, which are the arguments that a
    loader passes; `texts` are those with a short text for a value, and it. `by_name` says that the
    file has no more than the name ("relu", "mse").
    """

    path: Text
    role: Role
    class_name: Text
    name: Text = ""
    module: Text | None = None
    registered: Text | None = None
    keys: tuple[Text, ...] = ()
    texts: tuple[tuple[Text, Text], ...] = ()
    by_name: bool = False


@dataclass(frozen=True)
class Custom(Strict):
    """A class or function that no known version of Keras has: a loader must be passed it.

    `count` says how many objects of the file are made of it.
    """

    role: Role
    name: Text
    count: Count


@dataclass(frozen=True)
class Weights(Strict):
    """The model's own arrays: how many, how many numbers and bytes, of which types."""

    arrays: Count = 0
    values: Count = 0
    bytes: Count = 0
    dtypes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Training(Strict):
    """What the file keeps for training on; `slots` counts the optimizer's arrays."""

    compiled: bool = False
    optimizer: Text | None = None
    slots: Count = 0


WINDOWS = "Windows"


@dataclass(frozen=True)
class Origin(Strict):
    """Who wrote the file, as far as it tells.

    `python` only where byte code gives it away, `system` only where paths do ("Windows").
    """

    keras: Text | None = None
    tensorflow: Text | None = None
    backend: Text | None = None
    python: Text | None = None
    date: Text | None = None
    system: Text | None = None


@dataclass(frozen=True)
class TensorFact(Strict):
    """An input or output of a signature.

    `shape` has None for a size that is left open, and is None where their number is.
    """

    name: Text
    dtype: Text
    shape: tuple[int | None, ...] | None = None


@dataclass(frozen=True)
class SignatureFact(Strict):
    """An entry point of a SavedModel."""

    name: Text
    inputs: tuple[TensorFact, ...] = ()
    outputs: tuple[TensorFact, ...] = ()


@dataclass(frozen=True)
class Inspection(Strict):
    """Everything that is known of a model file without loading it.

    `format` is the word for it in a matrix, None where there is none. `generation` is the major
    version of the Keras whose conventions the file follows (1, 2 or 3), None where the file could
    be of several. `findings` are the worst first; there are at most `MAX_FINDINGS` of them.
    """

    container: Container
    contents: Contents
    format: Format | None = None
    generation: int | None = None
    origin: Origin = Origin()
    model_class: Text | None = None
    objects: Annotated[tuple[ObjectFact, ...], AtMost(MAX_OBJECTS)] = ()
    custom: tuple[Custom, ...] = ()
    weights: Weights = Weights()
    training: Training = Training()
    signatures: Annotated[tuple[Text, ...], AtMost(1000)] = ()
    signature_facts: Annotated[tuple[SignatureFact, ...], AtMost(1000)] = ()
    operations: Annotated[tuple[Text, ...], AtMost(5000)] = ()
    findings: Annotated[tuple[Finding, ...], AtMost(MAX_FINDINGS)] = ()

    @classmethod
    def from_json(cls, text: str | bytes) -> Inspection:
        """Read what `to_json` wrote.

        Raises:
            ValueError: it is something else.
        """
        return cls.read(json.loads(text))

    def to_json(self) -> str:
        """The inspection as one line of JSON."""
        return json.dumps(self.as_json(), allow_nan=False, separators=(",", ":"))

    @property
    def layers(self) -> tuple[ObjectFact, ...]:
        return tuple(one for one in self.objects if one.role is Role.LAYER)

    @property
    def risk(self) -> Risk:
        return min((_RISKS[one.kind] for one in self.findings), key=_WORST.index, default=Risk.NONE)


_WORST = tuple(Risk)
_ORDER = tuple(FindingKind)


def worst_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Findings as an inspection keeps them: each once, the worst first, not too many."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda one: _ORDER.index(one.kind)))[:MAX_FINDINGS]
