"""Loads `matrix.yaml`: the steps from its text to a `Matrix`, all mistakes reported together.

Owns the order of the steps and the checks across sections; each step is a module beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_core import PydanticCustomError

from crossload.runner.config import checks
from crossload.runner.config.fields import read_name
from crossload.runner.config.files import read_text
from crossload.runner.config.form import AxisGroup, MatrixForm
from crossload.runner.config.groups import Placed, group_environments
from crossload.runner.config.model import (
    EntryForm,
    EnvironmentSpec,
    LimitSettings,
    Matrix,
    Profile,
    Tolerances,
)
from crossload.runner.config.problems import KeyPath, Problems, shown_path
from crossload.runner.config.profile_checks import ProfileChecks, ProfileNames
from crossload.runner.config.reading import FormType, Reader, unknown_key
from crossload.runner.config.schema import matrix_schema
from crossload.runner.config.yaml_source import Tree, is_nothing, parse_yaml
from crossload.runner.errors import ConfigurationError

__all__ = ["load_matrix", "matrix_schema", "parse_matrix"]

_ADVICE = (
    "correct these lines; matrix.schema.json describes every key, "
    "and editors that read it complete and check them"
)


def load_matrix(
    path: Path, *, known_models: Sequence[str], known_cases: Sequence[str] | None = None
) -> Matrix:
    """Read a matrix file.

    Args:
        path: the file, usually `matrix.yaml`.
        known_models: the names that profiles may list, in the order that `all` gives.
        known_cases: the scripted cases that patterns of profiles must match; None for whatever
            they are, where nothing is to be run.

    Raises:
        ConfigurationError: if it cannot be read, or with one line for each of its mistakes.
    """
    matrix = parse_matrix(
        read_text(path), shown=shown_path(path), known_models=known_models, known_cases=known_cases
    )
    specs = tuple(one.below(path.absolute().parent) for one in matrix.environments)
    return matrix.model_copy(update={"environments": specs})


def parse_matrix(
    text: str,
    *,
    shown: str,
    known_models: Sequence[str],
    known_cases: Sequence[str] | None = None,
) -> Matrix:
    """Read the text of a matrix; `shown` is what messages call the file.

    Raises:
        ConfigurationError: with one line for each mistake.
    """
    problems = Problems(shown)
    tree = parse_yaml(text, problems)
    if is_nothing(tree):
        problems.raise_any(_ADVICE)
        raise ConfigurationError(
            f"{shown}:1: found nothing, expected at least one environment",
            "run `crossload init` in another folder to see a filled-in matrix",
        )
    assert tree is not None  # is_nothing said so
    loading = _Loading(Reader(problems, tuple(known_models)), problems, known_cases)
    matrix = loading.matrix(loading.sections(tree))
    problems.raise_any(_ADVICE)
    assert matrix is not None  # None only after noting a problem
    return matrix


@dataclass
class _Loading:
    """One pass over the sections; `placed` are the environments so far."""

    reader: Reader
    problems: Problems
    known_cases: Sequence[str] | None
    placed: list[Placed] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of broken environments too: they were meant
    complete: bool = True  # whether all names are known, so that a pattern can be judged

    def sections(self, tree: Tree) -> Mapping[str, Tree]:
        """The sections that have content; unknown ones are noted."""
        sections = self.reader.mapping((), tree)
        self.complete = isinstance(tree, dict)
        for key in sections:
            if key not in MatrixForm.model_fields:
                self.complete = False  # it may be a section of environments, misspelt
                self.problems.add((key,), unknown_key(key, MatrixForm))
        return {key: section for key, section in sections.items() if not is_nothing(section)}

    def matrix(self, sections: Mapping[str, Tree]) -> Matrix | None:
        """The whole file; None if anything is wrong."""
        self._environments(sections)
        self._axes(sections)
        self._check_names()
        self._check_size(sections)
        profiles = self._parts(Profile, "profiles", sections)
        section = self.reader.mapping(("profiles",), sections.get("profiles", {}))
        self._profile_checks().check(section)
        limits = self._section(LimitSettings, "limits", sections)
        tolerances = self._section(Tolerances, "tolerances", sections)
        if tolerances and (sentence := checks.tolerance_contradiction(tolerances)):
            self.problems.add(("tolerances", "ceiling"), sentence)
        if self.problems.found or limits is None or tolerances is None:
            return None
        return Matrix(
            environments=tuple(placed.spec for placed in self.placed),
            profiles=profiles,
            limits=limits,
            tolerances=tolerances,
        )

    def _profile_checks(self) -> ProfileChecks:
        names = ProfileNames(
            environments=frozenset(self.names) if self.complete else None,
            specs=tuple(placed.spec for placed in self.placed),
            cases=self.known_cases,
        )
        return ProfileChecks(self.reader, names)

    def _section(
        self, form: type[FormType], key: str, sections: Mapping[str, Tree]
    ) -> FormType | None:
        return self.reader.read(form, (key,), sections.get(key, {}))

    def _parts(
        self, form: type[FormType], key: str, sections: Mapping[str, Tree]
    ) -> dict[str, FormType]:
        """The named entries of a section that are right."""
        parts: dict[str, FormType] = {}
        for name, tree in self.reader.mapping((key,), sections.get(key, {})).items():
            self._check_name(name, (key, name))
            part = self.reader.read(form, (key, name), tree)
            if part is not None:
                parts[name] = part
        return parts

    def _check_name(self, name: str, path: KeyPath) -> None:
        try:
            read_name(name)
        except PydanticCustomError as error:
            self.problems.add(path, str(error))

    def _environments(self, sections: Mapping[str, Tree]) -> None:
        section = sections.get("environments", {})
        self.complete &= isinstance(section, dict)
        for name, form in self._parts(EntryForm, "environments", sections).items():
            path = ("environments", name)
            if self.problems.under(path):
                continue
            sentence = checks.entry_contradiction(form)
            if sentence is not None:
                self.problems.add(path, sentence)
                continue
            values = {**form.model_dump(exclude_unset=True), "name": name}
            self.placed.append(Placed(EnvironmentSpec.model_validate(values), path))
        if isinstance(section, dict):
            self.names.update(section)

    def _axes(self, sections: Mapping[str, Tree]) -> None:
        section = sections.get("axes", {})
        groups = self._parts(AxisGroup, "axes", sections)
        for name, group in groups.items():
            path, tree = ("axes", name), self.reader.mapping(("axes",), section)[name]
            order = tuple(tree) if isinstance(tree, dict) else ()
            placed = group_environments(group, order, path, self.problems)
            self.complete &= placed is not None
            self.placed += placed or ()
        self.complete &= isinstance(section, dict) and len(groups) == len(section)
        self.names.update(placed.spec.name for placed in self.placed)

    def _check_names(self) -> None:
        """Every name once, and no name that is another one's id."""
        first: dict[str, Placed] = {}
        for placed in self.placed:
            self._check_unique(placed, first.setdefault(placed.spec.name, placed))
        for placed in self.placed:
            stem, mark, python = placed.spec.name.rpartition("-py")
            other = first.get(stem) if mark else None
            if other is not None and other.spec.python in {"auto", python}:
                text = f"found the name {placed.spec.name!r}, which {self._place(other)}"
                self.problems.add(placed.path, f"{text} has as its id, expected another name")

    def _check_unique(self, placed: Placed, first: Placed) -> None:
        if placed is first:
            return
        what = f" for {placed.description}" if placed.description else ""
        self.problems.add(
            placed.path,
            f"found the name {placed.spec.name!r}{what}, which {self._place(first)} has too, "
            "expected every name once",
        )

    def _place(self, placed: Placed) -> str:
        what = f" for {placed.description}" if placed.description else ""
        section, name = placed.path
        return f"'{section}.{name}' on line {self.problems.line(placed.path)}{what}"

    def _check_size(self, sections: Mapping[str, Tree]) -> None:
        sentence = checks.too_large(len(self.placed), self.reader.known_models)
        if sentence is not None:
            self.problems.add(("axes" if "axes" in sections else "environments",), sentence)
        if self.complete and not self.names:
            self.problems.add((), "found no environment, expected at least one")
