"""The atlas's values: its words, and what a lookup returns.

Owns shapes alone. What the probe answers is in `runner.atlas.answers`, which only a harvest needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from crossload.runner.words import Word

Config: TypeAlias = dict[str, Any]  # a configuration as a file holds it: any JSON


class Kind(Word):
    """A part of the API, as Keras groups it."""

    LAYERS = "layers"
    MODELS = "models"
    OPTIMIZERS = "optimizers"
    SCHEDULES = "schedules"
    LOSSES = "losses"
    METRICS = "metrics"
    INITIALIZERS = "initializers"
    REGULARIZERS = "regularizers"
    CONSTRAINTS = "constraints"
    ACTIVATIONS = "activations"
    POLICIES = "policies"


class Family(Word):
    """A line of versions of Keras, whose members follow one another."""

    KERAS_2 = "Keras 2"
    TF_DOT_KERAS = "tf.keras"
    TF_KERAS = "tf-keras"
    KERAS_3 = "Keras 3"


class Route(Word):
    """The two ways from a configuration to an object: by class name, or by module and class."""

    H5 = "h5"
    KERAS = "keras"


class Form(Word):
    """How a file spells a name: {"class_name": ...} or a plain string."""

    CLASS = "class"
    STRING = "string"


class Acceptance(Word):
    """What becomes of a configuration key; `untried` where no environment ever wrote it."""

    KEPT = "kept"
    CHANGED = "changed"
    DROPPED = "dropped"
    REFUSED = "refused"
    UNTRIED = "untried"


@dataclass(frozen=True)
class Argument:
    """What one version does with one key of a class's configuration.

    `named` tells whether the constructor lists it, `written` whether a default configuration of
    this version has it. `error` and `message` are those of a refusal.
    """

    acceptance: Acceptance
    named: bool = False
    written: bool = False
    error: str = ""
    message: str = ""

    @property
    def accepted(self) -> bool:
        return self.acceptance not in {Acceptance.REFUSED, Acceptance.UNTRIED}


@dataclass(frozen=True)
class Entry:
    """One class or function as one version has it.

    `name` is its own name, `public` every name it has in the API, `places` where it is there
    (`layers`, `layers.experimental`, ...). `config` is its default configuration, None where none
    could be made. `is_open` tells whether the constructor takes arguments that it does not name.
    """

    kind: Kind
    name: str
    is_function: bool
    public: tuple[str, ...]
    places: tuple[str, ...]
    arguments: tuple[str, ...]
    required: tuple[str, ...]
    is_open: bool
    module: str
    config: Config | None


@dataclass(frozen=True)
class Formats:
    """Which files a version writes and reads; see `crossload_probe.atlas.formats`.

    `writes` and `weights`: container (or error type) by suffix. `reads`: whether a container under
    a suffix is loaded, by "container suffix". `byte_code`: the Pythons whose Lambda it can read.
    """

    writes: Mapping[str, str]
    reads: Mapping[str, bool]
    weights: Mapping[str, str]
    load_arguments: tuple[str, ...]
    save_arguments: tuple[str, ...]
    functions: tuple[str, ...]
    byte_code: str

    def loads(self, container: str, suffix: str) -> bool:
        """Whether a file of that content and suffix is loaded; one never written here is not."""
        return self.reads.get(f"{container} {suffix}".strip(), False)


@dataclass(frozen=True)
class AtlasEnvironment:
    """An environment of the atlas: its id and name in the matrix, and what it consists of.

    `keras` is the version of the Keras that does the work, whichever package that comes from.
    """

    id: str
    name: str
    api: str
    backend: str
    python: str
    family: Family
    keras: str
    versions: Mapping[str, str]
    digest: str

    @property
    def tensorflow(self) -> str:
        return self.versions.get("tensorflow", "")

    @property
    def version(self) -> str:
        """Its place in its family: TensorFlow's version for `tf.keras`, else that of Keras."""
        return self.tensorflow if self.family is Family.TF_DOT_KERAS else self.keras
