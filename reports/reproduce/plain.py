"""A reference model's construction as plain Keras code, for a reader who does not have crossload.

Owns taking a builder out of its file together with what it needs, and replacing the probes' ways
of bridging eras (`first_layers`, `make_optimizer`, ...) by what they come to. It runs nothing.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossload.reports.reproduce.eras import FILL, HANDED, Eras, is_factory, made_by
from crossload.reports.reproduce.layout import written

BATCH = 8
_TABLE = "MODELS"
_UNIFORM = "UNIFORM"
# What a kind of data is drawn as: the numbers are those of the probes where that is one expression.
_DRAWN = {
    _UNIFORM: 'data.uniform(-1, 1, {shape}).astype("float32")',
    "SIGN": '(data.uniform(-1, 1, {shape}) > 0).astype("float32")',
    "CLASSES": 'data.uniform(0, 3, {shape}).astype(int).astype("float32")',
    "INTEGERS": 'data.uniform(0, {limit}, {shape}).astype("int32")',
    "PADDED": '(data.uniform(-1, 1, {shape}) * (data.rand(*{steps}) > 0.3)).astype("float32")',
    "STRINGS": "data.choice({words}, {shape})",
}


@dataclass(frozen=True)
class PlainModel:
    """One reference model as code.

    Attributes:
        summary: one sentence on the model.
        build: the definitions and statements that make `model`, and what `inputs` name.
        objects: those that make `custom_objects`; empty where a file needs none.
        both: those that make `custom_objects` and then `model`.
        fill: the functions that give the model its weights, where drawing those of every layer
            would not do; empty otherwise.
        filler: the name of the first of them.
        inputs: an expression for each input, and `targets` for each target, drawn from `data`.
        flat: whether the model has one output, not several.
    """

    summary: str
    build: str
    objects: str
    both: str
    fill: str
    filler: str
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    flat: bool

    @property
    def has_objects(self) -> bool:
        """Whether a file of this model needs code that only its author has."""
        return bool(self.objects)

    @property
    def is_plain(self) -> bool:
        """Whether all weights can be drawn alike: no variance, nothing learned by `adapt`."""
        return not any(word in self.build for word in ("BatchNormalization", "find_layer"))


@dataclass
class _Module:
    """A file of the probes: what it defines at its top, and where its other names come from."""

    defined: dict[str, ast.stmt] = field(default_factory=dict)
    borrowed: dict[str, tuple[str, str]] = field(default_factory=dict)
    imports: dict[str, ast.stmt] = field(default_factory=dict)
    siblings: set[str] = field(default_factory=set)
    made: dict[str, str] = field(default_factory=dict)  # class or function -> what makes it


def plain_model(probes: Path, module: str, name: str, *, keras_3: bool) -> PlainModel:
    """The model of that name in a module of the probes.

    Args:
        probes: the folder that modules are named from.
        module: the dotted name of the module that builds it.
        name: the model's.
        keras_3: whether the Keras that runs the code is Keras 3.

    Raises:
        LookupError: the module has no such model.
    """
    return _Extraction(probes, module, Eras(keras_3)).model(name)


class _Extraction:
    """Follows names from a model's entry; one for each model."""

    def __init__(self, probes: Path, module: str, eras: Eras) -> None:
        self._probes = probes
        self._name = module
        self._eras = eras
        self._modules: dict[str, _Module] = {}

    def model(self, name: str) -> PlainModel:
        entry = self._entry(name)
        given = {one.arg: one.value for one in entry.keywords}
        builder, inputs, *rest = entry.args
        targets = rest[0] if rest else ast.List([])
        assert isinstance(builder, ast.Name)
        assert isinstance(inputs, ast.List)
        assert isinstance(targets, ast.List)
        build = self._body(builder.id, "model")
        objects = given.get("custom_objects")
        named = self._body(objects.id, "custom_objects") if isinstance(objects, ast.Name) else []
        fill = given.get("fill")
        filler = fill.id if isinstance(fill, ast.Name) else ""
        return PlainModel(
            summary=self._summary(builder.id),
            build=self._text(build, _names(map(_options, (*inputs.elts, *targets.elts)))),
            objects=self._text(named) if named else "",
            both=self._text([*named, *build]),
            fill=self._text([], [filler]) if filler else "",
            filler=filler,
            inputs=tuple(_drawn(one) for one in inputs.elts),
            targets=tuple(_drawn(one) for one in targets.elts),
            flat=_is_flat(build),
        )

    def _entry(self, name: str) -> ast.Call:
        table = self._module(self._name).defined[_TABLE]
        assert isinstance(table, ast.Assign)
        assert isinstance(table.value, ast.Dict)
        for key, value in zip(table.value.keys, table.value.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == name:
                assert isinstance(value, ast.Call)
                return value
        raise LookupError(f"{self._name} has no model {name!r}")

    def _summary(self, builder: str) -> str:
        function = self._module(self._name).defined[builder]
        assert isinstance(function, ast.FunctionDef)
        return (ast.get_docstring(function) or "").partition("\n")[0]

    def _body(self, function: str, target: str) -> list[ast.stmt]:
        """The statements of a function, with `target = ...` for what it returns."""
        *body, last = self._rewritten(self._module(self._name), function)[0].body  # type: ignore[attr-defined]
        assert isinstance(last, ast.Return)
        assert last.value is not None
        if isinstance(last.value, ast.Name) and last.value.id == target:
            return list(body)
        return [*body, ast.Assign([ast.Name(target)], last.value, lineno=0)]

    def _rewritten(self, module: _Module, name: str) -> list[ast.stmt]:
        """A definition in its plain form; of what only makes a class, the class."""
        statement = copy.deepcopy(module.defined[name])
        known = {*module.defined, *module.borrowed, *module.siblings, FILL}
        made = {maker: thing for thing, maker in module.made.items()}
        found = self._eras.plain(statement, known, made)
        if name in made and isinstance(found, ast.FunctionDef):
            return [one for one in found.body if not isinstance(one, ast.Return)]
        return [found]

    def _text(self, statements: Sequence[ast.stmt], names: Iterable[str] = ()) -> str:
        """The statements after all definitions that they or `names` need."""
        done: dict[str, list[ast.stmt]] = {}
        imports: dict[str, ast.stmt] = {}
        for name in (*names, *_names(statements)):
            self._need(self._name, name, done, imports)
        parts = [
            *(one for one in imports.values() if ast.unparse(one) != "import numpy"),
            *(one for found in done.values() for one in found),
            *statements,
        ]
        return written(parts)

    def _need(
        self,
        module_name: str,
        name: str,
        done: dict[str, list[ast.stmt]],
        imports: dict[str, ast.stmt],
    ) -> None:
        module = self._module(module_name)
        name = module.made.get(name, name)
        if name in done or name in {*HANDED, FILL}:
            return
        if name in module.borrowed:
            self._need(*module.borrowed[name], done, imports)
        elif name in module.imports:
            imports[name] = module.imports[name]
        elif name in module.defined:
            statements = self._rewritten(module, name)
            for used in _names(statements):
                if used != name and module.made.get(used) != name:
                    self._need(module_name, used, done, imports)
            done[name] = statements

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            tree = ast.parse(self._path(name).read_text(encoding="utf-8"))
            self._modules[name] = self._parsed(tree)
        return self._modules[name]

    def _path(self, name: str) -> Path:
        return self._probes / f"{name.replace('.', '/')}.py"

    def _parsed(self, tree: ast.Module) -> _Module:
        module = _Module()
        for statement in tree.body:
            if isinstance(statement, ast.Import):
                ours = {one.name for one in statement.names if self._path(one.name).is_file()}
                module.siblings |= ours
                module.imports.update(
                    (one.name, statement) for one in statement.names if one.name not in ours
                )
            elif isinstance(statement, ast.ImportFrom) and statement.module is not None:
                is_ours = self._path(statement.module).is_file()
                for one in statement.names:
                    if self._path(f"{statement.module}.{one.name}").is_file():
                        module.siblings.add(one.name)
                    elif is_ours:
                        module.borrowed[one.name] = (statement.module, one.name)
                    else:
                        module.imports[one.name] = statement
            elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
                module.defined[statement.name] = statement
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                module.defined[statement.targets[0].id] = statement
        module.made = {
            made_by(one): one.name
            for one in module.defined.values()
            if isinstance(one, ast.FunctionDef) and is_factory(one, tree)
        }
        return module


def _options(node: ast.expr) -> ast.stmt:
    """What a `Data(...)` names besides its shape and its kind."""
    assert isinstance(node, ast.Call)
    return ast.Expr(ast.List([one.value for one in node.keywords]))


def _names(statements: Iterable[ast.stmt]) -> list[str]:
    """The names that some statements use, in order."""
    return list(
        dict.fromkeys(
            node.id
            for statement in statements
            for node in ast.walk(statement)
            if isinstance(node, ast.Name)
        )
    )


def _drawn(node: ast.expr) -> str:
    """The expression for `Data(shape, kind, limit=..., words=...)`."""
    assert isinstance(node, ast.Call)
    shape, *kinds = node.args
    options: Mapping[str, str] = {str(one.arg): ast.unparse(one.value) for one in node.keywords}
    sizes = (BATCH, *ast.literal_eval(shape))
    kind = kinds[0].id if kinds and isinstance(kinds[0], ast.Name) else _UNIFORM
    return _DRAWN[kind].format(shape=sizes, steps=(*sizes[:-1], 1), **options)


def _is_flat(build: Sequence[ast.stmt]) -> bool:
    """Whether the last model that is made has one output."""
    for node in ast.walk(ast.Module(list(reversed(build)), [])):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".Model"):
            outputs = [one.value for one in node.keywords if one.arg == "outputs"]
            return not (outputs and isinstance(outputs[0], ast.List))
    return True
