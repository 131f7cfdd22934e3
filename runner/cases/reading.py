"""Reads one case's folder: `case.yaml` and the two scripts beside it.

Owns what may stand in them and how mistakes are told; where folders of cases are, and that no two
cases have one name, is `runner.cases.library`'s. The list of claims is handed on as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from crossload.runner.cases.model import Case, RawClaims
from crossload.runner.config.fields import as_list, fault, read_name, text_of
from crossload.runner.config.files import read_text
from crossload.runner.config.model import Form
from crossload.runner.config.problems import Problems, shown_path
from crossload.runner.config.reading import Reader
from crossload.runner.config.scalars import found
from crossload.runner.config.selection import Selection
from crossload.runner.config.yaml_source import parse_yaml
from crossload.runner.errors import ConfigurationError, UsageError
from crossload.runner.probing.material import Scripts

CASE_FILE = "case.yaml"
SAVE_SCRIPT = "save.py"
LOAD_SCRIPT = "load.py"
FILES = (CASE_FILE, SAVE_SCRIPT, LOAD_SCRIPT)
MAX_SCRIPT = 200_000  # bytes; scripts travel to the probe with every job

_WHITESPACE = frozenset("\t\n\r\f")


def _read_line(value: object) -> str:
    return text_of(value, "text on one line", lambda text: bool(text.strip()) and "\n" not in text)


def _read_pattern(value: object) -> str:
    pattern = text_of(value, "the name of an environment or a pattern", bool)
    try:
        Selection.parse([pattern])
    except UsageError as error:
        raise fault(str(error)) from None
    return pattern


def _read_claims(value: object) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise fault(f"found {found(value)}, expected a list of claims")
    return tuple(value)


OneLine = Annotated[str, BeforeValidator(_read_line)]
Patterns = Annotated[
    tuple[Annotated[str, BeforeValidator(_read_pattern)], ...], BeforeValidator(as_list)
]


class CaseForm(Form):
    """What a `case.yaml` may hold."""

    title: OneLine = Field(default="", description="One line on what the case shows.")
    source: OneLine = Field(default="", description="Where it comes from: a title or an address.")
    savers: Patterns = Field(default=(), description="Environments that save it.")
    loaders: Patterns = Field(default=(), description="Environments that load it.")
    claims: Annotated[tuple[Any, ...], BeforeValidator(_read_claims)] = Field(
        default=(), description="What is claimed of it."
    )


def read_case(folder: Path, mistakes: list[str]) -> Case | None:
    """Read the case in `folder`.

    Args:
        folder: Its last part is the case's name.
        mistakes: Takes one line for each mistake.

    Returns:
        The case, or None where there was any mistake.
    """
    before = len(mistakes)
    _check_name(folder, mistakes)
    form, problems = _read_form(folder / CASE_FILE, mistakes)
    save = _read_script(folder / SAVE_SCRIPT, mistakes)
    load = _read_script(folder / LOAD_SCRIPT, mistakes)
    if form is None or len(mistakes) > before:
        return None
    return Case(
        name=folder.name,
        folder=folder,
        title=form.title,
        source=form.source,
        savers=form.savers,
        loaders=form.loaders,
        scripts=Scripts(save, load),
        claims=RawClaims(form.claims, problems),
    )


def _check_name(folder: Path, mistakes: list[str]) -> None:
    try:
        read_name(folder.name)
    except PydanticCustomError as error:
        mistakes.append(f"{shown_path(folder)}: {error}")


def _read_form(path: Path, mistakes: list[str]) -> tuple[CaseForm | None, Problems]:
    problems = Problems(shown_path(path))
    text = _read_file(path, mistakes)
    if text is None:
        return None, problems
    tree = parse_yaml(text, problems)
    form = None
    if tree is None:
        if not problems.found:
            problems.add((), "found nothing, expected at least a title")
    else:
        form = Reader(problems, ()).read(CaseForm, (), tree)
        if form is not None and not form.title:
            problems.add((), "found no title, expected one line on what the case shows")
    mistakes += [problem.told(problems.shown) for problem in sorted(problems.found)]
    return form, problems


def _read_script(path: Path, mistakes: list[str]) -> str:
    text = _read_file(path, mistakes)
    if text is None:
        return ""
    size = len(text.encode("utf-8"))
    if size > MAX_SCRIPT:
        mistakes.append(f"{shown_path(path)}: holds {size} bytes, expected at most {MAX_SCRIPT}")
    for number, line in enumerate(text.split("\n"), 1):
        odd = next((one for one in line if one < " " and one not in _WHITESPACE), None)
        if odd is not None:
            place = f"{shown_path(path)}:{number}"
            mistakes.append(f"{place}: found the control character U+{ord(odd):04X}, expected text")
            break
    return text


def _read_file(path: Path, mistakes: list[str]) -> str | None:
    if not path.exists():
        mistakes.append(
            f"{shown_path(path)}: there is no such file, expected {', '.join(FILES[:-1])} and "
            f"{FILES[-1]} in the folder of a case"
        )
        return None
    try:
        return read_text(path)
    except ConfigurationError as error:
        mistakes.append(str(error))
        return None
