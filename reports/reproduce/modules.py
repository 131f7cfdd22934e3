"""The probes as texts: what each module defines at its top, and what its names stand for.

Owns reading them without importing them. Which of it a script needs is `bundle`'s.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Symbol:
    """A function, class or constant of a probe module."""

    module: str
    name: str


@dataclass(frozen=True)
class Module:
    """One module, parsed.

    `defined` has the statement that defines each name at its top, `siblings` the probe modules
    that it imports under their names, `borrowed` what it takes out of them, `imports` the code
    that imports each name which comes from elsewhere.
    """

    name: str
    lines: tuple[str, ...]
    defined: Mapping[str, ast.stmt]
    siblings: Mapping[str, str] = field(default_factory=dict)
    borrowed: Mapping[str, Symbol] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)

    def source(self, statement: ast.stmt) -> str:
        """Its text, with the comment right above it."""
        first = statement.lineno - 1
        if isinstance(statement, ast.ClassDef | ast.FunctionDef) and statement.decorator_list:
            first = statement.decorator_list[0].lineno - 1
        while first > 0 and self.lines[first - 1].startswith("#"):
            first -= 1
        return "\n".join(self.lines[first : statement.end_lineno])


@lru_cache(maxsize=64)
def read_module(folder: Path, name: str) -> Module:
    """Parse the module of that dotted name; raises OSError, SyntaxError."""
    path = folder.joinpath(*name.split(".")).with_suffix(".py")
    return parse_module(name, path.read_text(encoding="utf-8"), names_in(folder))


@lru_cache(maxsize=4)
def names_in(folder: Path) -> frozenset[str]:
    """The dotted names of all probe modules of a folder."""
    paths = (folder / "crossload_probe").rglob("*.py")
    return frozenset(".".join(one.relative_to(folder).with_suffix("").parts) for one in paths)


def parse_module(name: str, text: str, siblings: frozenset[str]) -> Module:
    """The module of that text; `siblings` are the names of all probe modules."""
    defined: dict[str, ast.stmt] = {}
    named: dict[str, str] = {}
    borrowed: dict[str, Symbol] = {}
    imports: dict[str, str] = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                bound = alias.asname or alias.name.partition(".")[0]
                if alias.name in siblings:
                    named[bound] = alias.name
                else:
                    imports[bound] = _spell_import(alias)
        elif isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                bound = alias.asname or alias.name
                if f"{statement.module}.{alias.name}" in siblings:
                    named[bound] = f"{statement.module}.{alias.name}"
                elif statement.module in siblings:
                    borrowed[bound] = Symbol(statement.module, alias.name)
                else:
                    imports[bound] = f"from {statement.module} {_spell_import(alias)}"
        else:
            defined.update((bound, statement) for bound in bound_by(statement))
    return Module(name, tuple(text.splitlines()), defined, named, borrowed, imports)


def _spell_import(alias: ast.alias) -> str:
    return f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a module defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))
