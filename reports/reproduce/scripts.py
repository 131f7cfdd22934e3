"""The two scripts of a cell: the probes' own source with a main program and a few constants.

Owns their assembly: docstring, environment variables, constants, code. Scripted cases keep their
own text, with what they count on put around it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crossload.reports.reproduce.bundle import Instead, Recipe, bundle
from crossload.reports.reproduce.mains import load_main, save_main
from crossload.reports.reproduce.modules import Symbol, read_module
from crossload.runner.words import Check, Format, Strategy

FOLDED = frozenset(
    Symbol(module, name)
    for module, name in (
        ("crossload_probe.formats.writing", "write"),
        ("crossload_probe.formats.writing", "write_savedmodel"),
        ("crossload_probe.formats.writing", "check_written"),
        ("crossload_probe.formats.reading", "read"),
        ("crossload_probe.formats.reading", "load_conceding"),
    )
)
WRITING = frozenset(one for one in FOLDED if one.module == "crossload_probe.formats.writing")
_FIND = '''\
def find(name):
    """The one reference model of this script."""
    return REFERENCE'''


@dataclass(frozen=True)
class Side:
    """The environment that a script is for: how it uses Keras, and the variables it needs."""

    api: str
    backend: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Subject:
    """What is saved and loaded: a reference model, the file that builds it, format, strategy.

    `watched` is what `load.py` compares besides the outputs, `tolerance` how far those may be
    apart, relative to the largest.
    """

    model: str
    file: str
    format: Format
    strategy: Strategy = Strategy.PLAIN
    watched: tuple[Check, ...] = ()
    tolerance: float = 1e-5

    @property
    def module(self) -> str:
        """The probe's module that builds the model."""
        return f"crossload_probe.models.{self.file}"


def save_script(probes: Path, subject: Subject, side: Side) -> str:
    """The text of `save.py`; raises LookupError for a model that its file does not have."""
    title = f"Build the model `{subject.model}` and save it as `{subject.format}`."
    code = bundle(_recipe(probes, save_main(subject.watched), subject))
    return assembled(title, code, _constants(probes, subject, side), side)


def load_script(probes: Path, subject: Subject, side: Side) -> str:
    """The text of `load.py`."""
    how = "as it is" if subject.strategy.is_plain else f"by `{subject.strategy}`"
    title = f"Load what save.py saved, {how}, and compare its outputs."
    main = load_main(subject.format, subject.strategy, subject.watched)
    recipe = _recipe(probes, main, subject)
    if Check.RE_SAVE in subject.watched:  # which may write another format than the file's
        recipe = replace(recipe, folded=recipe.folded - WRITING)
    code = bundle(recipe)
    constants = {
        **_constants(probes, subject, side),
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
    return assembled(title, code, constants, side)


def _recipe(probes: Path, main: str, subject: Subject) -> Recipe:
    kind, strategy = str(subject.format.base), str(subject.strategy)
    return Recipe(
        probes=probes,
        main=main,
        instead={
            Symbol("crossload_probe.models.registry", "find"): Instead(subject.module, _FIND),
            Symbol(subject.module, "REFERENCE"): Instead(
                subject.module, _reference(probes, subject)
            ),
        },
        facts={
            "kind": kind,
            "file_format": str(subject.format),
            "strategy": strategy,
            "job['kind']": kind,
            "job['strategy']": strategy,
        },
        folded=FOLDED,
    )


def _reference(probes: Path, subject: Subject) -> str:
    """`REFERENCE = ...`, from the entry of the model in its file's `MODELS`."""
    module = read_module(probes, subject.module)
    table = module.defined["MODELS"]
    assert isinstance(table, ast.Assign)
    assert isinstance(table.value, ast.Dict)
    for key, value in zip(table.value.keys, table.value.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == subject.model:
            return f"REFERENCE = {ast.unparse(value)}"
    raise LookupError(f"{subject.file} has no model {subject.model!r}")


def payload_name(probes: Path, file_format: Format) -> str:
    """What a probe calls the file, or folder, that it saves in that format."""
    table = read_module(probes, "crossload_probe.formats.writing").defined["PAYLOADS"]
    assert isinstance(table, ast.Assign)
    return str(ast.literal_eval(table.value)[str(file_format)])


def _constants(probes: Path, subject: Subject, side: Side) -> dict[str, object]:
    return {
        "API": side.api,
        "BACKEND": side.backend,
        "MODEL": subject.model,
        "FORMAT": str(subject.format),
        "FOLDER": "saved",
        "NAME": payload_name(probes, subject.format),
        "EXPECTED": "expected.npz",
        "STATE": "expected.json",
    }


def assembled(title: str, code: str, constants: Mapping[str, object], side: Side) -> str:
    """One file; constants that the code does not name are left out."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    lines = [f"{name} = {value!r}" for name, value in constants.items() if name in used]
    return (
        f'"""{title}"""\n\n'
        + variables_code(side.variables)
        + "\n"
        + code.rstrip("\n")
        + '\n\n\nif __name__ == "__main__":\n'
        + "    os.chdir(os.path.dirname(os.path.abspath(__file__)))\n"
        + "".join(f"    {line}\n" for line in lines)
        + "    main()\n"
    )


def variables_code(variables: Mapping[str, str]) -> str:
    """Lines that set environment variables, before anything is imported that reads them."""
    lines = [f"    {name!r}: {value!r}," for name, value in sorted(variables.items())]
    listed = "\n".join(lines)
    return f"import os\n\nos.environ.update({{\n{listed}\n}})\n"
