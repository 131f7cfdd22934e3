"""Whether the patterns of profiles match something, once everything they may match is known.

Owns these checks and their sentences; `runner.config.profile_fields` reads single entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from crossload.runner.config.exclusion import Exclusion, read_exclusion
from crossload.runner.config.model import EnvironmentSpec, Profile
from crossload.runner.config.problems import KeyPath
from crossload.runner.config.reading import Reader
from crossload.runner.config.selection import Selection, pattern_hint
from crossload.runner.config.yaml_source import Tree
from crossload.runner.errors import UsageError
from crossload.runner.words import MODEL_FORMATS, Format

_KEYS = ("environments", "variants", "pairs", "cases", "exclude")
_PYTHONS = tuple(f"3.{minor}" for minor in range(6, 31))


@dataclass(frozen=True)
class ProfileNames:
    """What the patterns may match; None where it is not known, and no pattern can be judged.

    `environments` includes the broken ones, which were meant; `specs` has the others.
    """

    environments: frozenset[str] | None
    specs: Sequence[EnvironmentSpec]
    cases: Sequence[str] | None

    @cached_property
    def ids(self) -> frozenset[str]:
        """Names and ids: those of every Python where the machine chooses it."""
        ids = set(self.environments or ())
        for spec in self.specs:
            pythons = _PYTHONS if spec.python == "auto" else (spec.python,)
            ids.update(map(spec.id_with, pythons))
        return frozenset(ids)


@dataclass(frozen=True)
class ProfileChecks:
    """Notes what is wrong with the patterns of profiles, in the problems of the reader."""

    reader: Reader
    names: ProfileNames

    def check(self, section: Mapping[str, Tree]) -> None:
        """Every pattern of a profile, even of one that has another mistake, matches something."""
        for name, tree in section.items():
            for key in _KEYS:
                if not isinstance(tree, dict) or key not in tree:
                    continue
                profile = self.reader.without_notes(Profile, {key: tree[key]})
                if profile is not None:
                    self._check_key(getattr(profile, key), ("profiles", name, key))

    def _check_key(self, patterns: str | Sequence[str | Sequence[str]], path: KeyPath) -> None:
        if isinstance(patterns, str):  # 'all' or 'upgrade'
            return
        for position, entry in enumerate(patterns):
            inside = (*path, position)
            for pattern in dict.fromkeys((entry,) if isinstance(entry, str) else entry):
                if self._is_pattern(pattern, inside):
                    self._check_pattern(pattern, inside)

    def _is_pattern(self, pattern: str, path: KeyPath) -> bool:
        try:
            Selection.parse([pattern])
        except UsageError as error:
            self._add(path, str(error))
            return False
        return True

    def _check_pattern(self, pattern: str, path: KeyPath) -> None:
        if path[2] == "exclude":
            self._check_exclusion(pattern, path)
        elif path[2] == "cases":
            if pattern != "*" and self.names.cases is not None:
                self._check_match(pattern, self.names.cases, "scripted case", path)
        elif self.names.environments is not None:
            self._check_match(pattern, self.names.environments, "environment", path)

    def _check_match(self, pattern: str, known: Iterable[str], what: str, path: KeyPath) -> None:
        if not any(map(Selection.parse([pattern]), known)):
            close = pattern_hint(pattern, sorted(known))
            text = f"found {pattern!r}, which matches no {what}"
            self._add(path, f"{text}, expected a name or a pattern of some{close}")

    def _check_exclusion(self, pattern: str, path: KeyPath) -> None:
        """A pattern that leaves nothing out is a slip of the pen, of which nobody would know."""
        for one in read_exclusion(pattern) or ():
            sentence = self._unmatched(one)
            if sentence is not None:
                self._add(path, f"found {pattern!r}, of which {sentence}")

    def _unmatched(self, one: Exclusion) -> str | None:
        if self.names.environments is not None:
            for glob in (one.saver, one.loader):
                if not any(fnmatchcase(name, glob) for name in self.names.ids):
                    close = pattern_hint(glob, sorted(self.names.environments))
                    return f"{glob!r} matches no environment{close}"
        if self.names.cases is not None and not any(map(one.takes_file, self._files)):
            return f"{one.file!r} matches no model.format{pattern_hint(one.file, self._files)}"
        return None

    @cached_property
    def _files(self) -> tuple[str, ...]:
        """Every `model.format`; made once, because a profile may have hundreds of exclusions."""
        models = (f"{model}.{form}" for model in self.reader.known_models for form in _FORMATS)
        return (*models, *(f"{case}.{Format.SCRIPT}" for case in self.names.cases or ()))

    def _add(self, path: KeyPath, text: str) -> None:
        self.reader.problems.add(path, text)


_FORMATS = tuple(map(str, MODEL_FORMATS))
