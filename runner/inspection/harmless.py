"""What a configuration may name without being code: the list of what is known to be harmless.

Owns the form and the reading of `harmless.yaml`, and the functions that the atlas adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from crossload.runner.data import read_yaml
from crossload.runner.strict import Strict

FILE = Path(__file__).with_name("harmless.yaml")
# In the atlas because Keras keeps them beside its losses; they make whatever they are given.
_MAKERS = frozenset({"deserialize_keras_object", "serialize_keras_object", "deserialize", "get"})

Names = frozenset[str]


@dataclass(frozen=True)
class Harmless(Strict):
    """Names by where they may be taken from; see the comments of the file."""

    keras_packages: Names
    tensorflow_packages: Names
    other_packages: Names
    computing_parts: Names
    libraries: Names
    builtins: Names
    tensorflow_parts: Names
    tensorflow_modules: Names
    tensor_classes: Names
    other_functions: Names
    tensorflow_functions: Names
    keras_functions: Names

    @cached_property
    def functions_of_keras(self) -> Names:
        """Those of all versions; Keras' operations are called like those of TensorFlow."""
        from crossload.runner.atlas import Atlas, Kind  # noqa: PLC0415  (slow, and rarely needed)

        kinds = (Kind.ACTIVATIONS, Kind.LOSSES, Kind.METRICS, Kind.INITIALIZERS,
                 Kind.REGULARIZERS, Kind.CONSTRAINTS)  # fmt: skip
        atlas = Atlas.load()
        known = (name for kind in kinds for name in atlas.names(kind))
        return (self.keras_functions | self.tensorflow_functions).union(known) - _MAKERS


@lru_cache(maxsize=1)
def harmless() -> Harmless:
    """The list that is shipped with the program."""
    return Harmless.read(read_yaml(FILE))
