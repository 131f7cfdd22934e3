"""All cases that a matrix can name: those that travel with the program and the user's own.

Owns where folders of cases are, and that every name stands for one thing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.cases.model import Case
from crossload.runner.cases.reading import FILES, read_case
from crossload.runner.config.problems import MAX_TOLD, shown_path
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

    `names` has those of broken cases too.
    """

    names: tuple[str, ...]
    good: Mapping[str, Case]
    mistakes: tuple[str, ...] = ()

    def cases(self) -> tuple[Case, ...]:
        """All cases; for whoever is about to use one.

        Raises:
            ConfigurationError: with one line for each mistake in any of them.
        """
        if self.mistakes:
            told = list(self.mistakes[:MAX_TOLD])
            if len(self.mistakes) > MAX_TOLD:
                told.append(f"... and {len(self.mistakes) - MAX_TOLD} more")
            raise ConfigurationError(
                "\n".join(told), "correct these scripted cases, or leave out the key 'cases'"
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
    places: dict[str, Path] = {}
    for folder in _inner_folders(folders, mistakes):
        case = read_case(folder, mistakes)
        other = places.setdefault(folder.name, folder)
        if folder.name in known_models:
            mistakes.append(_taken(folder, "is a reference model's"))
        elif other != folder:
            mistakes.append(_taken(folder, f"{shown_path(other)} has too"))
        elif case is not None:
            cases[case.name] = case
    return CaseLibrary(tuple(places), cases, tuple(mistakes))


def _taken(folder: Path, why: str) -> str:
    name = folder.name
    return f"{shown_path(folder)}: found the name {name!r}, which {why}, expected another one"


def _inner_folders(folders: Iterable[Path], mistakes: list[str]) -> Iterator[Path]:
    """Every folder that holds one of the three files of a case; others are not meant."""
    for folder in folders:
        try:
            inner = sorted(folder.iterdir()) if folder.is_dir() else []
        except OSError as error:
            mistakes.append(f"{shown_path(folder)}: cannot be read: {error.strerror or error}")
            continue
        for one in inner:
            if one.is_dir() and any((one / name).exists() for name in FILES):
                yield one
