"""Loads the catalogue of causes from its YAML files and checks it as a whole.

Owns the checks across entries: ids are unique, remedies exist. `runner.causes.form` has the form of
one entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from crossload.runner.causes.form import CatalogueFile, CauseForm, RemedyForm
from crossload.runner.errors import ConfigurationError

FOLDER = Path(__file__).with_name("catalogue")


@dataclass(frozen=True)
class Catalogue:
    """All causes, those that win over others first, and the remedies by id."""

    causes: tuple[CauseForm, ...]
    remedies: Mapping[str, RemedyForm]

    @cached_property
    def _by_id(self) -> Mapping[str, CauseForm]:
        return {one.id: one for one in self.causes}

    def cause(self, cause_id: str) -> CauseForm | None:
        return self._by_id.get(cause_id)

    def remedies_of(self, cause: CauseForm) -> tuple[RemedyForm, ...]:
        return tuple(self.remedies[one] for one in cause.remedies)


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalogue:
    """The catalogue that is shipped with the program."""
    return load_catalogue(FOLDER)


def load_catalogue(folder: Path) -> Catalogue:
    """Read every YAML file of a folder, in the order of their names.

    Raises:
        ConfigurationError: a file cannot be read or is wrong; one line for each mistake.
    """
    mistakes: list[str] = []
    files = []
    for path in sorted(folder.glob("*.yaml")):
        parsed = _read(path, mistakes)
        if parsed is not None:
            files.append(parsed)
    causes = [one for file in files for one in file.causes]
    remedies = [one for file in files for one in file.remedies]
    if not mistakes:
        mistakes += _contradictions(causes, remedies)
    if mistakes or not causes:
        raise ConfigurationError(
            "\n".join(mistakes) or f"no catalogue of causes in {str(folder)!r}",
            "restore the catalogue from the release, or reinstall crossload",
        )
    causes.sort(key=lambda one: -one.priority)
    return Catalogue(tuple(causes), {one.id: one for one in remedies})


def _read(path: Path, mistakes: list[str]) -> CatalogueFile | None:
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_loader())  # noqa: S506 - a safe loader, the fast one
        return CatalogueFile.model_validate(tree)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mistakes.append(f"{path.name}: {error}")
    except ValidationError as error:
        for one in error.errors():
            where = ".".join(str(part) for part in one["loc"])
            mistakes.append(f"{path.name}: {where}: {one['msg']}, found {one['input']!r:.120}")
    return None


def _loader() -> type:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _contradictions(causes: list[CauseForm], remedies: list[RemedyForm]) -> list[str]:
    mistakes = []
    for what, ids in (("cause", [one.id for one in causes]), ("remedy", [r.id for r in remedies])):
        twice = [one for one, count in Counter(ids).items() if count > 1]
        mistakes += [f"two of the name {one!r}, expected every {what} once" for one in twice]
    known = {one.id for one in remedies}
    for one in causes:
        missing = [remedy for remedy in one.remedies if remedy not in known]
        mistakes += [f"{one.id}: there is no remedy {remedy!r}" for remedy in missing]
    return mistakes
