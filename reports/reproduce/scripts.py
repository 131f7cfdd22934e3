"""The two scripts of a cell: the probes' own source with a main program and a few constants.

Owns their assembly: docstring, environment variables, constants, code. Scripted cases keep their
own text, with what they count on put around it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reports.reproduce.bundle import Instead, Recipe, bundle
from reports.reproduce.mains import SAVE, load_main
from reports.reproduce.modules import Symbol, read_module
from runner.words import Format, Strategy

_FOLDED = frozenset(
    Symbol(module, name)
    for module, name in (
        ("probe_formats", "write"),
        ("probe_formats", "write_savedmodel"),
        ("probe_formats", "check_written"),
        ("probe_read", "read"),
        ("probe_read", "load_conceding"),
    )
)
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
    """What is saved and loaded: a reference model, the file that builds it, format, strategy."""

    model: str
    file: str
    format: Format
    strategy: Strategy = Strategy.PLAIN


def save_script(probes: Path, subject: Subject, side: Side) -> str:
    """The text of `save.py`; raises LookupError for a model that its file does not have."""
    title = f"Build the model `{subject.model}` and save it as `{subject.format}`."
    code = bundle(_recipe(probes, SAVE, subject))
    return _assembled(title, code, _constants(probes, subject, side), side)


def load_script(probes: Path, subject: Subject, side: Side) -> str:
    """The text of `load.py`."""
    how = "as it is" if subject.strategy is Strategy.PLAIN else f"by `{subject.strategy}`"
    title = f"Load what save.py saved, {how}, and compare its outputs."
    main = load_main(subject.format, subject.strategy)
    code = bundle(_recipe(probes, main, subject))
    constants = {
        **_constants(probes, subject, side),
        "COPY": "copy",
        "JOB": {
            "model": subject.model,
            "kind": str(subject.format.base),
            "strategy": str(subject.strategy),
        },
    }
    return _assembled(title, code, constants, side)


def _recipe(probes: Path, main: str, subject: Subject) -> Recipe:
    kind, strategy = str(subject.format.base), str(subject.strategy)
    return Recipe(
        probes=probes,
        main=main,
        instead={
            Symbol("probe_models", "find"): Instead(subject.file, _FIND),
            Symbol(subject.file, "REFERENCE"): Instead(subject.file, _reference(probes, subject)),
        },
        facts={
            "kind": kind,
            "file_format": str(subject.format),
            "strategy": strategy,
            "job['kind']": kind,
            "job['strategy']": strategy,
        },
        folded=_FOLDED,
    )


def _reference(probes: Path, subject: Subject) -> str:
    """`REFERENCE = ...`, from the entry of the model in its file's `MODELS`."""
    module = read_module(probes / f"{subject.file}.py")
    table = module.defined["MODELS"]
    assert isinstance(table, ast.Assign)
    assert isinstance(table.value, ast.Dict)
    for key, value in zip(table.value.keys, table.value.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == subject.model:
            return f"REFERENCE = {ast.unparse(value)}"
    raise LookupError(f"{subject.file} has no model {subject.model!r}")


def _payload_name(probes: Path, file_format: Format) -> str:
    table = read_module(probes / "probe_formats.py").defined["PAYLOADS"]
    assert isinstance(table, ast.Assign)
    return str(ast.literal_eval(table.value)[str(file_format)])


def _constants(probes: Path, subject: Subject, side: Side) -> dict[str, object]:
    return {
        "API": side.api,
        "BACKEND": side.backend,
        "MODEL": subject.model,
        "FORMAT": str(subject.format),
        "FOLDER": "saved",
        "NAME": _payload_name(probes, subject.format),
        "EXPECTED": "expected.npz",
    }


def _assembled(title: str, code: str, constants: Mapping[str, object], side: Side) -> str:
    """One file; constants that the code does not name are left out."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    lines = [f"{name} = {value!r}" for name, value in constants.items() if name in used]
    return (
        f'"""{title}"""\n\n'
        + variables_code(side.variables)
        + "\n"
        + code.rstrip("\n")
        + '\n\n\nif __name__ == "__main__":\n'
        + "".join(f"    {line}\n" for line in lines)
        + "    main()\n"
    )


def variables_code(variables: Mapping[str, str]) -> str:
    """Lines that set environment variables, before anything is imported that reads them."""
    lines = [f"    {name!r}: {value!r}," for name, value in sorted(variables.items())]
    listed = "\n".join(lines)
    return f"import os\n\nos.environ.update({{\n{listed}\n}})\n"


def case_script(text: str, side: Side, *, loads: bool) -> str:
    """A case's own script, in the folder and with the global that it counts on."""
    beginning = ast.parse(text).body
    skipped = 0
    for node in beginning:
        is_doc = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_doc or is_future):
            break
        skipped = node.end_lineno or 0
    lines = text.splitlines()
    keras = (
        "from tensorflow import keras" if side.api == "tf.keras" else f"import {side.api} as keras"
    )
    place = "" if loads else "os.makedirs('files')\n"
    before = f"{variables_code(side.variables)}\n{place}os.chdir('files')\n\n{keras}\n"
    after = _COMPARE if loads else _KEEP
    head, rest = "\n".join(lines[:skipped]), "\n".join(lines[skipped:]).strip("\n")
    return f"{head}\n\n{before}\n{rest}\n\n{_ARRAYS}{after}".lstrip("\n")


_ARRAYS = """\
# What the script came to: one array, or a list or a dict of them.
import numpy as _numpy

if isinstance(outputs, dict):
    _outputs = [outputs[name] for name in sorted(outputs)]
else:
    _outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
_outputs = [_numpy.asarray(one) for one in _outputs]
"""
_KEEP = """\
_numpy.savez("../expected.npz", *_outputs)
print("outputs:", _outputs)
"""
_COMPARE = """\
with _numpy.load("../expected.npz") as _file:
    _expected = [_file[name] for name in _file.files]
for _ours, _theirs in zip(_outputs, _expected):
    print("is", _ours)
    print("was", _theirs)
print("equal:", len(_outputs) == len(_expected)
      and all(_numpy.array_equal(*pair) for pair in zip(_outputs, _expected)))
"""
