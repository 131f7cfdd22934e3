"""What an artifact's saver kept of its model, in the form that the scripts compare.

Owns reading that from a bundle, and writing the two files beside the scripts: arrays, and what else
was noted.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossload.runner.words import Check

_ARRAY = re.compile(r"(input|output|slot)s_(\d+)\.npy")
_ONE_HOT, _CLASSES = "one-hot", "classes"
_Array = NDArray[Any]


@dataclass(frozen=True)
class Expectation:
    """What a model was fed, what came out, and what else was noted.

    Attributes:
        inputs: arrays, batch first.
        outputs: arrays, batch first.
        targets: what it was trained on; empty for a model that is not trained.
        noted: name of a check -> what a script prints of it.
        names: those of the inputs.
    """

    inputs: tuple[_Array, ...]
    outputs: tuple[_Array, ...]
    targets: tuple[_Array, ...]
    noted: Mapping[str, object]
    names: tuple[str, ...]

    def arrays(self, *, outputs: bool, targets: bool) -> bytes:
        """An `.npz` file; with `outputs` also the names of the inputs."""
        groups = {"input": self.inputs, "output": self.outputs if outputs else ()}
        groups["target"] = self.targets if targets else ()
        named = {
            f"{name}_{at}": one for name, group in groups.items() for at, one in enumerate(group)
        }
        if outputs and len(self.names) > 1:
            named["names"] = np.array(self.names, dtype=str)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as kept:
            for name, array in named.items():
                with kept.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
        return stream.getvalue()


def read_expectation(artifact: Path, watched: Collection[Check]) -> Expectation:
    """The expectation in a bundle, with what is compared of it.

    Raises:
        OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile: it is not as a saver
            leaves it.
    """
    facts = json.loads((artifact / "expected.json").read_bytes())
    groups = _arrays(artifact / "expected.npz")
    return Expectation(
        inputs=groups["input"],
        outputs=groups["output"],
        targets=_targets(facts.get("targets"), groups["output"]),
        noted={str(one): _noted(one, facts, groups["slot"]) for one in watched if one in _NOTED},
        names=tuple(str(one) for one in facts["ends"]["inputs"]),
    )


def _arrays(path: Path) -> Mapping[str, tuple[_Array, ...]]:
    """The arrays of each group, in their order."""
    found: dict[str, dict[int, _Array]] = {"input": {}, "output": {}, "slot": {}}
    with zipfile.ZipFile(path) as kept:
        for member in kept.infolist():
            match = _ARRAY.fullmatch(member.filename)
            if match is None:
                continue
            if member.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{member.filename} is compressed, which numpy.savez never does")
            with kept.open(member) as stream:
                array = np.lib.format.read_array(stream, allow_pickle=False)
            found[match[1]][int(match[2])] = array
    return {name: tuple(group[at] for at in sorted(group)) for name, group in found.items()}


def _targets(kind: object, outputs: Collection[_Array]) -> tuple[_Array, ...]:
    """What a user's model was trained on, by the word that a probe has for it."""
    if kind is None:
        return ()
    if kind == _CLASSES:
        return tuple(np.zeros((*one.shape[:-1], 1), "float32") for one in outputs)
    arrays = tuple(np.zeros(one.shape, "float32") for one in outputs)
    for one in arrays if kind == _ONE_HOT else ():
        one[..., :1] = 1.0
    return arrays


def _noted(check: Check, facts: Mapping[str, Any], slots: Collection[_Array]) -> object:
    if check is Check.STRUCTURE:
        return [[one["class"], one["name"]] for one in facts["structure"]]
    if check is Check.COMPILE:
        state = facts["compile"] or {}
        return [state.get("optimizer"), state.get("loss"), state.get("metrics")]
    if check is Check.STEP:
        return facts["losses"]
    kept = float(f"{sum(float(np.abs(one).sum()) for one in slots):.5g}")
    return {**facts["optimizer"], "slots": kept}


_NOTED = frozenset({Check.STRUCTURE, Check.COMPILE, Check.OPTIMIZER, Check.STEP})
