"""All cases that a matrix can name: the shipped ones and the user's own.

Owns where the folders of cases are, and that no two cases share a name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from crossload.runner.cases.model import Case
from crossload.runner.cases.reading import FoundCase, read_folder
from crossload.runner.cases.scripts import FILES
from crossload.runner.config.problems import first_told, shown_path
from crossload.runner.errors import ConfigurationError
from crossload.runner.shipped import shipped_path

FOLDER = "cases"


def case_folders(matrix: Path) -> tuple[Path, ...]:
    """Where cases are looked for: the shipped folder, and `cases` beside the matrix file."""
    shipped, own = shipped_path(FOLDER), matrix.absolute().parent / FOLDER
    return (shipped,) if own.resolve() == shipped.resolve() else (shipped, own)


@dataclass(frozen=True)
class CaseLibrary:
    """Every case by its name, folder by folder, and what is wrong with the others.

    `names` includes broken cases; `all_named` is False if variants could not be read.
    """

    names: tuple[str, ...]
    good: Mapping[str, Case]
    mistakes: tuple[str, ...] = ()
    all_named: bool = True

    def cases(self) -> tuple[Case, ...]:
        """All cases, for a caller that is about to use one.

        Raises:
            ConfigurationError: with one line for each mistake in any of them.
        """
        if self.mistakes:
            raise ConfigurationError(
                "\n".join(first_told(self.mistakes)),
                "correct these scripted cases, or leave out the key 'cases'",
            )
        return tuple(self.good.values())


def find_cases(matrix: Path, known_models: Collection[str]) -> CaseLibrary:
    """The cases that the matrix file at that path can name."""
    return read_cases(case_folders(matrix), known_models)


def read_cases(folders: Sequence[Path], known_models: Collection[str]) -> CaseLibrary:
    """The cases in some folders.

    Args:
        folders: each holds a folder for every case; one that is missing holds none.
        known_models: the reference models' names, which no case may have.
    """
    mistakes: list[str] = []
    cases: dict[str, Case] = {}
    places: dict[str, str] = {}
    all_named = True
    for folder in folders:
        read = [read_folder(one, mistakes) for one in _inner_folders(folder, mistakes)]
        all_named &= all(one.all_named for one in read)
        for found in sorted((one for each in read for one in each.found), key=attrgetter("name")):
            other = places.setdefault(found.name, found.place)
            if found.name in known_models:
                mistakes.append(_taken(found, "is a reference model's"))
            elif other != found.place:
                mistakes.append(_taken(found, f"{other} has too"))
            elif found.case is not None:
                cases[found.name] = found.case
    return CaseLibrary(tuple(places), cases, tuple(mistakes), all_named)


def _taken(found: FoundCase, why: str) -> str:
    return f"{found.place}: found the name {found.name!r}, which {why}, expected another one"


def _inner_folders(folder: Path, mistakes: list[str]) -> Iterator[Path]:
    """Every folder that holds one of the usual files of a case; others are not meant."""
    try:
        inner = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        mistakes.append(f"{shown_path(folder)}: cannot be read: {error.strerror or error}")
        return
    for one in inner:
        if one.is_dir() and any((one / name).exists() for name in FILES):
            yield one
