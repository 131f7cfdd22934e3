"""Makes one script out of the probes' functions: only those that it uses, in one file.

Owns following names from a main program through the probe modules, and writing what was found
with its own source, so that the reference models are written down once. It runs nothing.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crossload.reports.reproduce.folding import Facts, fold
from crossload.reports.reproduce.modules import Module, Symbol, names_in, parse_module, read_module

MAIN = "__main__"
_BUILT_IN = frozenset(dir(builtins))


@dataclass(frozen=True)
class Instead:
    """Source, and the module among whose names its own are looked up."""

    module: str
    text: str


@dataclass(frozen=True)
class Recipe:
    """What a script is made of.

    Attributes:
        probes: the folder of the probe modules.
        main: the text of the main program, which imports from the probes as they do.
        instead: other source for some of the probes' symbols, or for new ones.
        facts: what is known of expressions (`job['kind']`) in the functions of `folded`.
    """

    probes: Path
    main: str
    instead: Mapping[Symbol, Instead]
    facts: Facts
    folded: frozenset[Symbol]


@dataclass(frozen=True)
class _Piece:
    """One definition: where its names are looked up, its text and its syntax."""

    symbol: Symbol
    module: Module
    text: str
    tree: ast.Module


def bundle(recipe: Recipe) -> str:
    """The script's text, without a docstring; raises LookupError for a name that leads nowhere."""
    return _Bundler(recipe).script()


class _Bundler:
    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._main = parse_module(MAIN, recipe.main, names_in(recipe.probes))
        self._pieces: dict[Symbol, _Piece] = {}
        self._order: list[Symbol] = []
        self._imports: dict[str, str] = {}
        self._attributes = {"__init__"}

    def script(self) -> str:
        wanted = [Symbol(MAIN, name) for name in self._main.defined]
        while True:  # methods that only a method needs make it a matter of rounds
            before = set(self._attributes)
            self._pieces, self._order, self._imports = {}, [], {}
            for symbol in wanted:
                self._collect(symbol)
            if self._attributes == before:
                break
        names = self._names()
        bodies = [_rewritten(self._pieces[symbol], self, names) for symbol in self._order]
        pairs = list(zip(bodies, self._order, strict=True))
        constants = [one for one, symbol in pairs if self._is_constant(symbol)]
        others = [one for one, symbol in pairs if not self._is_constant(symbol)]
        head = "\n".join(_sorted_imports(self._imports.values()))
        parts = [head, *(["\n".join(constants)] if constants else [])]
        return "\n\n".join(parts) + "\n\n\n" + "\n\n\n".join(others) + "\n"

    def _is_constant(self, symbol: Symbol) -> bool:
        """Whether it needs nothing of what is defined below."""
        piece = self._pieces[symbol]
        return isinstance(piece.tree.body[0], ast.Assign) and not list(self.uses(piece))

    def _collect(self, symbol: Symbol) -> None:
        if symbol in self._pieces:
            return
        piece = self._piece(symbol)
        self._pieces[symbol] = piece
        self._attributes |= {
            node.attr for node in ast.walk(piece.tree) if isinstance(node, ast.Attribute)
        }
        for _, used in self.uses(piece):
            self._collect(used)
        for node in ast.walk(piece.tree):
            if isinstance(node, ast.Name) and node.id in piece.module.imports:
                self._imports[node.id] = piece.module.imports[node.id]
        self._order.append(symbol)

    def _module(self, name: str) -> Module:
        return self._main if name == MAIN else read_module(self._recipe.probes, name)

    def _piece(self, symbol: Symbol) -> _Piece:
        if symbol in self._recipe.instead:
            other = self._recipe.instead[symbol]
            return _Piece(symbol, self._module(other.module), other.text, ast.parse(other.text))
        module = self._module(symbol.module)
        if symbol.name in module.borrowed:
            return self._piece(module.borrowed[symbol.name])
        statement = module.defined.get(symbol.name)
        if statement is None:
            raise LookupError(f"{symbol.module} has no {symbol.name!r}")
        text = module.source(statement)
        tree = ast.parse(text)
        top = tree.body[0]
        if symbol in self._recipe.folded and isinstance(top, ast.FunctionDef):
            if fold(top, self._recipe.facts):
                text = ast.unparse(tree)
                tree = ast.parse(text)
        elif isinstance(top, ast.ClassDef):
            text = self._used_methods(text, top)
            tree = ast.parse(text)
        return _Piece(symbol, module, text, tree)

    def _used_methods(self, text: str, top: ast.ClassDef) -> str:
        """The class without the methods whose names nothing mentions."""
        lines: list[str | None] = list(text.splitlines())
        for node in top.body:
            if isinstance(node, ast.FunctionDef) and node.name not in self._attributes:
                start = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
                end = node.end_lineno or node.lineno
                while start > 0 and lines[start - 1] == "":
                    start -= 1
                lines[start:end] = [None] * (end - start)
        return "\n".join(line for line in lines if line is not None)

    def resolve(self, module: Module, name: str) -> Symbol | None:
        """What a global name of a module stands for among the probes' symbols."""
        if Symbol(module.name, name) in self._recipe.instead:
            return Symbol(module.name, name)
        if name in module.borrowed:
            return self._origin(module.borrowed[name])
        if name in module.defined:
            return Symbol(module.name, name)
        return None

    def _origin(self, symbol: Symbol) -> Symbol:
        """Where it is defined; a module may hand on what it borrowed."""
        if symbol in self._recipe.instead:
            return symbol
        borrowed = self._module(symbol.module).borrowed.get(symbol.name)
        return symbol if borrowed is None else self._origin(borrowed)

    def uses(self, piece: _Piece) -> Iterator[tuple[ast.expr, Symbol]]:
        """Each expression of a piece that means another piece, and which."""
        local = _local_names(piece.tree)
        for node in ast.walk(piece.tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in piece.module.siblings
                and node.value.id not in local
            ):
                yield node, self._origin(Symbol(piece.module.siblings[node.value.id], node.attr))
            elif isinstance(node, ast.Name) and node.id not in local:
                found = self.resolve(piece.module, node.id)
                if found is not None and found != piece.symbol:
                    yield node, found

    def _names(self) -> dict[Symbol, str]:
        """A name for each piece that nothing else in the script has."""
        taken: set[str] = set(self._imports) | _BUILT_IN
        for piece in self._pieces.values():
            taken |= _local_names(piece.tree)
        names: dict[Symbol, str] = {}
        for symbol in sorted(self._order, key=lambda one: one.module != MAIN):
            name = symbol.name
            if symbol.module != MAIN and name in taken:
                name = f"{symbol.module.rpartition('.')[2]}_{symbol.name}"
            while symbol.module != MAIN and name in taken:
                name += "_"
            names[symbol] = name
            taken.add(name)
        return names


def _local_names(tree: ast.Module) -> set[str]:
    """Names that are bound somewhere inside a definition: arguments, variables, inner functions."""
    found: set[str] = set()
    for top in tree.body:
        for node in ast.walk(top):
            if isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                if not isinstance(top, ast.Assign):
                    found.add(node.id)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found |= {one.asname or one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ExceptHandler):
                found |= {node.name} if node.name else set()
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                is_method = isinstance(top, ast.ClassDef) and node in top.body
                found |= set() if node is top or is_method else {node.name}
    return found


def _rewritten(piece: _Piece, bundler: _Bundler, names: Mapping[Symbol, str]) -> str:
    """The text of a piece with the names that things have in the script."""
    edits: list[tuple[ast.expr, str]] = [
        (node, names[symbol]) for node, symbol in bundler.uses(piece)
    ]
    lines = [line.encode() for line in piece.text.split("\n")]
    own = names[piece.symbol]
    top = piece.tree.body[0]
    edits += [
        (node, own)
        for node in ast.walk(piece.tree)
        if isinstance(node, ast.Name) and node.id == piece.symbol.name != own
    ]
    for node, name in sorted(
        edits, key=lambda one: (one[0].lineno, one[0].col_offset), reverse=True
    ):
        row = node.lineno - 1
        end = node.end_col_offset or 0
        assert node.end_lineno == node.lineno
        lines[row] = lines[row][: node.col_offset] + name.encode() + lines[row][end:]
    if isinstance(top, ast.FunctionDef | ast.ClassDef) and own != piece.symbol.name:
        row = top.lineno - 1
        lines[row] = lines[row].replace(piece.symbol.name.encode(), own.encode(), 1)
    return b"\n".join(lines).decode()


def _sorted_imports(lines: Collection[str]) -> list[str]:
    """The standard library's first, then numpy's."""
    own = sorted(set(lines) - {"import numpy"})
    return [*own, "", "import numpy"] if "import numpy" in lines else own
