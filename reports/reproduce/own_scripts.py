"""The two scripts of a cell of a user's own model: the probes' source with the user's own code.

Owns what takes the place of a reference model there: the user's classes, their `build()`, the
architecture in their file. Loading and comparing are those of `mains`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crossload.reports.reproduce.bundle import MAIN, Instead, Recipe, bundle
from crossload.reports.reproduce.mains import NOTES, bare_main, keep_main, load_main
from crossload.reports.reproduce.modules import Symbol
from crossload.reports.reproduce.scripts import FOLDED, WRITING, Side, assembled
from crossload.runner.words import Check, Format, Strategy

CODE_FOLDER = "code"
_WEIGHTS = frozenset({Format.WEIGHTS_H5, Format.WEIGHTS_TF})
_NAMED = frozenset(
    {Strategy.CUSTOM_OBJECTS, Strategy.UNSAFE, Strategy.LEGACY, Strategy.REBUILD_WEIGHTS}
)
_FIND = '''\
def find(name):
    """The user's model, once it is registered."""
    return REFERENCES[name]'''
_REGISTER = '''

REFERENCES = {{}}


def register(framework, inputs, targets):
    """Let the model's name stand for the user's: its code, what it is fed and trained on."""
    REFERENCES[MODEL] = reference.Reference(
        {build},
        [data.Given(array) for array in inputs],
        [data.Given(array) for array in targets],
        {objects},
        data.fill,
        {finish},
    )
'''
_TARGETS = 'data.targets(expected.get("targets"), expected["outputs"])'
_CODE = '''

def own_code(framework):
    """The user's file, run as a module."""
    return code.run(CODE, MODULE, framework)
'''
_OBJECTS = '''

OBJECTS = {}


def own_objects(framework):
    """The classes and functions of the user's file, by the names that a model file calls them."""
    if not OBJECTS:
        OBJECTS.update(code.objects_of(own_code(framework)))
    return OBJECTS
'''
_BUILD = '''

def own_build(framework):
    """The model that the user's code builds."""
    return code.build(own_code(framework), framework)
'''
_ARCHITECTURE = '''

FINISH = {{}}


def own_build(framework):
    """The model as the file itself describes it."""
    architecture = architectures.read(JOB["kind"], os.path.join(FOLDER, NAME))
    built = architectures.build(framework, architecture, {objects}, unsafe=UNSAFE)
    FINISH[MODEL] = built.finish
    return built.model


def own_finish(framework, model):
    """What is left to do once the weights of the file are in the model."""
    if FINISH[MODEL]:
        FINISH[MODEL](model)
'''
_SAVE = """\
import json
import os
import shutil
import sys

import numpy
from crossload_probe.checks import training
from crossload_probe.formats import writing
from crossload_probe import frameworks
from crossload_probe.checks import structure
from crossload_probe.subjects import code
from crossload_probe.subjects import data
from crossload_probe.subjects import observing


def main():
    framework = frameworks.load(API, BACKEND)
    data.make_repeatable(framework)
    model = code.build(own_code(framework), framework)
    given = data.given(".")
    inputs, outputs = data.feed(framework, model, given)
    data.draw_constants(framework, model)
    kind = data.kind_of_targets(framework, model, inputs, outputs)
    inputs, outputs = data.feed(framework, model, given)
"""
_NOTES = {
    **NOTES,
    Check.STEP: """\
    # The losses of the next two steps: the first tells of weights, the second of the optimizer.
    targets = data.targets(kind, outputs)
    state["targets"] = kind
    state["losses"] = observing.losses_of(framework, model, inputs, targets)
""",
}


@dataclass(frozen=True)
class OwnSubject:
    """What is saved and loaded.

    Attributes:
        model: its name in cells.
        format: of the file.
        payload: the name of the file, or folder, in `saved`.
        strategy: how it is loaded.
        watched: what `load.py` compares besides the outputs.
        tolerance: how far those may be apart, relative to the largest.
        module: the name of the user's Python file without `.py`; None where they gave none.
        has_build: whether that has a function `build`.
        unsafe: whether the file holds code of its own.
        bare: whether nobody knows what it answers.
    """

    model: str
    format: Format
    payload: str
    strategy: Strategy = Strategy.PLAIN
    watched: tuple[Check, ...] = ()
    tolerance: float = 1e-5
    module: str | None = None
    has_build: bool = False
    unsafe: bool = False
    bare: bool = False

    @property
    def code(self) -> str:
        """Where the user's code is in the folder."""
        return f"{CODE_FOLDER}/{self.module}.py"


def own_save_script(probes: Path, subject: OwnSubject, side: Side) -> str:
    """The text of `save.py`, for a script that builds a model."""
    title = f"Build the model of {subject.code} and save it as `{subject.format}`."
    main = _SAVE + keep_main(subject.watched, _NOTES) + _CODE
    return assembled(title, bundle(_recipe(probes, main, subject)), _constants(subject, side), side)


def own_load_script(probes: Path, subject: OwnSubject, side: Side) -> str:
    """The text of `load.py`."""
    how = "as it is" if subject.strategy.is_plain else f"by `{subject.strategy}`"
    title = f"Load saved/{subject.payload}, {how}, and compare its outputs."
    before, after = _registration(subject)
    if subject.bare:
        title = f"Load saved/{subject.payload}, {how}."
        main = bare_main(subject.format, subject.strategy, before)
    else:
        main = load_main(subject.format, subject.strategy, subject.watched, before)
    recipe = _recipe(probes, _with_imports(main + after), subject)
    if Check.RE_SAVE in subject.watched:  # which may write another format than the file's
        recipe = replace(recipe, folded=recipe.folded - WRITING)
    return assembled(title, bundle(recipe), _constants(subject, side), side)


def _registration(subject: OwnSubject) -> tuple[str, str]:
    """Code of `main` that registers the user's model, and the functions for it; none if not needed.

    Without it `load.py` is what a user would write.
    """
    builds = subject.format.base in _WEIGHTS or subject.strategy is Strategy.REBUILD_WEIGHTS
    if not builds and subject.strategy not in _NAMED and Check.STEP not in subject.watched:
        return "", ""
    has_code = subject.module is not None
    objects = "own_objects(framework)" if has_code else "{}"
    build = finish = "None"
    parts = [_CODE, _OBJECTS] if has_code else []
    if builds:
        build = "lambda keras, framework: own_build(framework)"
        finish = "None" if subject.has_build else "own_finish"
        parts.append(_BUILD if subject.has_build else _ARCHITECTURE.format(objects=objects))
    register = _REGISTER.format(
        build=build,
        objects="lambda keras: own_objects(framework)" if has_code else "lambda keras: {}",
        finish=finish,
    )
    inputs, targets = ("[]", "[]") if subject.bare else ('expected["inputs"]', _TARGETS)
    call = f"    register(framework, {inputs}, {targets})\n"
    return call, "".join([register, *parts])


def _with_imports(main: str) -> str:
    """The same with the probes that only some of these functions need; others are left out."""
    needed = {
        "architectures": "translate",
        "reference": "models",
        "code": "subjects",
        "data": "subjects",
    }
    used = {one.id for one in ast.walk(ast.parse(main)) if isinstance(one, ast.Name)}
    lines = [f"from crossload_probe.{needed[one]} import {one}\n" for one in needed if one in used]
    return "".join(lines) + main


def _recipe(probes: Path, main: str, subject: OwnSubject) -> Recipe:
    kind, strategy = str(subject.format.base), str(subject.strategy)
    return Recipe(
        probes=probes,
        main=main,
        instead={Symbol("crossload_probe.models.registry", "find"): Instead(MAIN, _FIND)},
        facts={
            "kind": kind,
            "file_format": str(subject.format),
            "strategy": strategy,
            "job['kind']": kind,
            "job['strategy']": strategy,
        },
        folded=FOLDED,
    )


def _constants(subject: OwnSubject, side: Side) -> Mapping[str, object]:
    return {
        "API": side.api,
        "BACKEND": side.backend,
        "MODEL": subject.model,
        "MODULE": subject.module,
        "CODE": subject.code,
        "UNSAFE": subject.unsafe,
        "FORMAT": str(subject.format),
        "FOLDER": "saved",
        "NAME": subject.payload,
        "EXPECTED": "expected.npz",
        "STATE": "expected.json",
        "COPY": "copy",
        "TOLERANCE": subject.tolerance,
        "JOB": {
            "model": subject.model,
            "format": str(subject.format),
            "kind": str(subject.format.base),
            "strategy": str(subject.strategy),
            "folder": "copy",
        },
    }
