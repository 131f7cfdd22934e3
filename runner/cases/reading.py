"""Reads the cases of one folder: `case.yaml` and the scripts beside it.

Owns how a case, or each of its variants, is put together, and that all mistakes are reported at
once. `runner.cases.library` knows where the folders are and that no two cases have one name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic_core import PydanticCustomError

from crossload.runner.cases.forms import CaseForm, VariantForm
from crossload.runner.cases.model import Case, RawClaims
from crossload.runner.cases.scripts import CASE_FILE, ScriptFolder, read_file
from crossload.runner.config.fields import read_name
from crossload.runner.config.problems import KeyPath, Problems, shown_path
from crossload.runner.config.reading import FormType, Reader
from crossload.runner.config.yaml_source import Tree, is_nothing, parse_yaml
from crossload.runner.probing.material import Scripts

_VARIANTS = "variants"


@dataclass(frozen=True)
class FoundCase:
    """A name that a folder gives to a case, where it does, and the case unless it is wrong."""

    name: str
    place: str
    case: Case | None = None


@dataclass(frozen=True)
class FolderCases:
    """The cases of a folder; `all_named` is False if its variants could not be read."""

    found: tuple[FoundCase, ...]
    all_named: bool = True


def read_folder(folder: Path, mistakes: list[str]) -> FolderCases:
    """Read the case in `folder`, or its variants.

    Args:
        folder: its name is the case's, or the beginning of each variant's.
        mistakes: takes one line for each mistake; with any, no case of the folder is usable.
    """
    before = len(mistakes)
    _check_name(folder, mistakes)
    problems = Problems(shown_path(folder / CASE_FILE))
    text = read_file(folder / CASE_FILE, mistakes)
    tree = None if text is None else parse_yaml(text, problems)
    scripts = ScriptFolder(folder, problems)
    if tree is None and problems.found:  # not YAML: it may have variants, and name its scripts
        cases = FolderCases((FoundCase(folder.name, shown_path(folder)),), all_named=False)
    else:
        if tree is None and text is not None:
            problems.add((), "found nothing, expected at least a title")
        cases = _Reading(folder, problems, scripts, tree).cases()
    mistakes += [problem.told(problems.shown) for problem in sorted(problems.found)]
    mistakes += scripts.mistakes
    if len(mistakes) > before:
        return replace(cases, found=tuple(replace(one, case=None) for one in cases.found))
    return cases


def _check_name(folder: Path, mistakes: list[str]) -> None:
    try:
        read_name(folder.name)
    except PydanticCustomError as error:
        mistakes.append(f"{shown_path(folder)}: {error}")


@dataclass(frozen=True)
class _Reading:
    """One pass over a parsed `case.yaml`; `tree` is None if the file is missing or empty."""

    folder: Path
    problems: Problems
    scripts: ScriptFolder
    tree: Tree | None

    def cases(self) -> FolderCases:
        """The case, or its variants in the order of the file."""
        top = self._form(CaseForm, (), self.tree)
        variants = self.tree.get(_VARIANTS) if isinstance(self.tree, dict) else None
        if is_nothing(variants):
            case = self._case(self.folder.name, (), self.tree, (top, top))
            return FolderCases((FoundCase(self.folder.name, shown_path(self.folder), case),))
        if not isinstance(variants, dict):
            return FolderCases((), all_named=False)
        if top is not None and top.claims:
            self.problems.add(
                ("claims",), "found claims beside variants, expected them in the variants"
            )
        return FolderCases(tuple(self._variant(key, tree, top) for key, tree in variants.items()))

    def _variant(self, key: str, tree: Tree, top: CaseForm | None) -> FoundCase:
        path: KeyPath = (_VARIANTS, key)
        name = f"{self.folder.name}-{key}"
        try:
            read_name(key)
            read_name(f"{'x' * len(self.folder.name)}-{key}")  # the folder is checked, but for this
        except PydanticCustomError as error:
            self.problems.add(path, str(error))
        case = self._case(name, path, tree, (self._form(VariantForm, path, tree), top))
        return FoundCase(name, f"{self.problems.shown}:{self.problems.line(path)}", case)

    def _form(self, form: type[FormType], path: KeyPath, tree: Tree | None) -> FormType | None:
        return None if tree is None else Reader(self.problems, ()).read(form, path, tree)

    def _case(
        self,
        name: str,
        path: KeyPath,
        tree: Tree | None,
        forms: tuple[VariantForm | None, VariantForm | None],
    ) -> Case | None:
        """The case at `path`; what the first of its forms leaves out is taken from the second."""
        scripts = Scripts(self._script("save", path, tree), self._script("load", path, tree))
        own, top = forms
        if own is None or top is None:
            return None
        if not (own.title or top.title):
            self.problems.add(path, "found no title, expected one line on what the case shows")
        return Case(
            name=name,
            folder=self.folder,
            title=own.title or top.title,
            source=own.source or top.source,
            savers=own.savers or top.savers,
            loaders=own.loaders or top.loaders,
            scripts=scripts,
            claims=RawClaims(own.claims, self.problems, (*path, "claims")),
        )

    def _script(self, key: str, path: KeyPath, tree: Tree | None) -> str:
        for owner, part in ((path, tree), ((), self.tree)):
            names = self._names(key, part)
            if names is None:
                return ""  # the key has a mistake, which is noted
            if names:
                return self.scripts.joined(names, (*owner, key))
        return self.scripts.default(key, path)

    @staticmethod
    def _names(key: str, tree: Tree | None) -> tuple[str, ...] | None:
        """The scripts that a key names, though other keys may be wrong; None if it is itself."""
        if not isinstance(tree, dict) or is_nothing(tree.get(key)):
            return ()
        form = Reader(Problems(""), ()).read(VariantForm, (), {key: tree[key]})
        return None if form is None else form.save or form.load
