"""The texts of `save.py` and `load.py`: two templates, and what is filled into them.

Owns the fields of the templates, the environment variables and imports at the top of a script.
Which code loads a file is written by `loading`, what a model is made of by `plain` and
`own_scripts`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crossload.reports.reproduce.layout import WIDTH, pairs
from crossload.runner.records import Tolerances
from crossload.runner.words import Check

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "reproduce"
_MODULES = ("json", "os", "re", "runpy", "shutil", "sys", "zipfile")
# What was lost besides outputs, as a script observes it; training comes last, for it changes it.
_OBSERVED = {
    Check.STRUCTURE: "structure(model)",
    Check.COMPILE: "compile_state(model)",
    Check.OPTIMIZER: "optimizer_state(model)",
    Check.STEP: "next_losses(model)",
}
WATCHED = (*_OBSERVED, Check.RE_SAVE)


@dataclass(frozen=True)
class Side:
    """The environment that a script is for: how it uses Keras, and the variables it needs."""

    api: str
    backend: str
    variables: Mapping[str, str]
    keras_3: bool = False

    @property
    def keras(self) -> str:
        """The line that imports Keras."""
        if self.api == "tf.keras":
            return "from tensorflow import keras"
        return "import keras" if self.api == "keras" else f"import {self.api} as keras"


@dataclass(frozen=True)
class Script:
    """What both scripts have.

    Attributes:
        title: the first line.
        variables: entries of a dict with the environment variables.
        keras: the line that imports Keras.
        keras_3: whether that is Keras 3.
        code: what defines or builds the model.
        inputs: the line that sets `inputs`; empty where there are none.
        targets: the line that sets `targets`; empty where nothing is trained.
        is_flat: whether the model has one output.
        watched: what is compared besides the outputs.
        builds_optimizer: whether a loaded optimizer restores its state only when it is built.
        modules: what is imported of the standard library.
    """

    title: str
    variables: str
    keras: str
    keras_3: bool
    code: str
    inputs: str = ""
    targets: str = ""
    is_flat: bool = True
    watched: tuple[str, ...] = ()
    builds_optimizer: bool = False
    modules: tuple[str, ...] = ("os",)


@dataclass(frozen=True)
class SaveScript(Script):
    """What only `save.py` has.

    Attributes:
        is_plain: whether every weight of the model can be drawn alike.
        fill: functions that give it its weights where that would not do, `filler` the first.
        drawing: code that gives it its weights instead of all that; empty for the usual.
        trains: whether it is trained before it is saved.
        saving: the lines that save it.
        kept: arguments of `numpy.savez` besides the file and the outputs.
    """

    is_plain: bool = True
    fill: str = ""
    filler: str = ""
    drawing: str = ""
    trains: bool = False
    saving: str = ""
    kept: tuple[str, ...] = ()

    @property
    def keeping(self) -> str:
        """The line that keeps inputs and outputs for `load.py`."""
        outputs = "output_0=outputs" if self.is_flat else "**outputs"
        given = ['"expected.npz"', *self.kept, outputs]
        line = f"numpy.savez({', '.join(given)})"
        return line if len(line) <= WIDTH else f"numpy.savez(\n{pairs(given)}\n)"

    @property
    def noted(self) -> str:
        """A dict of what is compared besides the outputs; empty if nothing is."""
        found = ", ".join(f'"{name}": {observed}' for name, observed in observations(self.watched))
        return f"{{{found}}}" if found else ""


@dataclass(frozen=True)
class LoadScript(Script):
    """What only `load.py` has.

    Attributes:
        loading: the lines that set `model`, or `outputs` where the file is no Keras model.
        predicts: whether they set `model`.
        is_compared: whether it is known what the outputs should be.
        tolerance: how far they may be apart, relative to the largest.
        again: the line that saves the model again; empty where that is not asked.
    """

    loading: str = ""
    predicts: bool = True
    is_compared: bool = True
    tolerance: float = Tolerances.relative
    again: str = ""

    @property
    def looks(self) -> Sequence[tuple[str, str]]:
        """What is compared besides the outputs: its name, and the code that observes it."""
        return observations(self.watched)


def observations(watched: Sequence[str]) -> list[tuple[str, str]]:
    """The names of what is observed of a model, each with the code that does it."""
    return [(str(check), code) for check, code in _OBSERVED.items() if str(check) in watched]


def rendered(script: SaveScript | LoadScript) -> str:
    """The text of a script."""
    name = "save.py.j2" if isinstance(script, SaveScript) else "load.py.j2"
    text = _filled(name, script=script)
    used = tuple(one for one in _MODULES if re.search(rf"\b{one}\.", text))
    return _spaced(_filled(name, script=replace(script, modules=used)))


def case_text(**values: object) -> str:
    """The text of a scripted case's script."""
    return _filled("case.py.j2", **values)


def _filled(name: str, **values: object) -> str:
    return _environment().get_template(name).render(values).strip("\n") + "\n"


def _spaced(text: str) -> str:
    """Two empty lines around what is defined at the top, one at most elsewhere."""
    lines: list[str] = []
    empty = 0
    apart = False
    for line in text.splitlines():
        if not line:
            empty += 1
            continue
        at_top = not line.startswith((" ", ")", "]", "}"))
        defines = at_top and bool(re.match(r"(def|class|@)\b|@", line))
        if lines and empty:
            lines += ["", ""] if at_top and (defines or apart) else [""]
        apart = defines or (apart and not at_top)
        lines.append(line)
        empty = 0
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=False,  # noqa: S701 - Python, not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class SideFields(TypedDict):
    """The fields of a script that its environment decides."""

    variables: str
    keras: str
    keras_3: bool


def of_side(side: Side) -> SideFields:
    """These fields for an environment."""
    variables = variables_code(side.variables)
    return SideFields(variables=variables, keras=side.keras, keras_3=side.keras_3)


def variables_code(variables: Mapping[str, str]) -> str:
    """The entries of a dict with the environment variables."""
    return pairs(f'"{name}": {_quoted(value)}' for name, value in sorted(variables.items()))


def _quoted(value: str) -> str:
    plain = value.isprintable() and not set(value) & {'"', "\\"}
    return f'"{value}"' if plain else repr(value)


def arrays_of(name: str, count: int, file: str = "expected") -> str:
    """The line that sets a variable to the arrays that a file keeps for it."""
    kept = [f'{file}["{name}_{at}"]' for at in range(count)]
    if not kept:
        return ""
    return f"{name}s = {kept[0] if count == 1 else '[' + ', '.join(kept) + ']'}"


def kept_arrays(name: str, count: int) -> list[str]:
    """The arguments of `numpy.savez` for the arrays of a variable."""
    if count == 1:
        return [f"{name}_0={name}s"]
    return [f"{name}_{at}={name}s[{at}]" for at in range(count)]
