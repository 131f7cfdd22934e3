"""A scripted case once it was read: frozen values.

Owns the shapes only; `runner.cases.reading` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from crossload.runner.config.problems import KeyPath, Problems
from crossload.runner.config.selection import Selection
from crossload.runner.config.yaml_source import Tree
from crossload.runner.probing.material import Scripts


@dataclass(frozen=True)
class RawClaims:
    """The list below `claims` as it stands in a `case.yaml`, not yet read.

    `problems` knows the line of each of its key paths, which begin with `path`, and takes the
    mistakes in it. `nodes` is empty where there is no such key.
    """

    nodes: tuple[Tree, ...] = ()
    problems: Problems = field(default_factory=lambda: Problems(""))
    path: KeyPath = ("claims",)


@dataclass(frozen=True)
class Case:
    """A scripted case; `savers` and `loaders` are patterns of environments, empty for all."""

    name: str
    folder: Path
    title: str
    scripts: Scripts
    source: str = ""
    savers: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    claims: RawClaims = field(default_factory=RawClaims, compare=False)

    def saved_in(self, *names: str) -> bool:
        """Whether an environment, by its name and its id, is one of the savers."""
        return Selection.parse(self.savers)(*names)

    def loaded_in(self, *names: str) -> bool:
        """Whether an environment, by its name and its id, is one of the loaders."""
        return Selection.parse(self.loaders)(*names)
