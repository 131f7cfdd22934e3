"""What a requirements file or another tool's lock asks for, as lines that uv and pip understand.

Owns the reading of these files and the wording of mistakes in them. Which Keras follows from the
lines is said here too; `locking` makes a lock of them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.config.problems import shown_path
from crossload.runner.environments.adopting import Distribution, with_found_versions
from crossload.runner.environments.tools import tool_variables, uv_command
from crossload.runner.errors import ConfigurationError

tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

_INDEX_OPTION = re.compile(r"(-i|-f|--(extra-)?index[-]url|--find-links)[\s=]")
_EXPORT = ("export", "--frozen", "--no-emit-project", "--no-annotate", "--no-header", "--quiet")
_HASH = re.compile(r"\s+--hash[= ]\S+")
_COMMENT = re.compile(r"(^|\s)#.*$")
_DEPTH = 10  # files that include each other


def with_requirements(spec: EnvironmentSpec) -> EnvironmentSpec:
    """The specification with the lines of its file, and the versions and Keras they pin.

    Raises:
        ConfigurationError: the file is missing, or has a mistake (named with its line).
    """
    assert spec.requirements is not None
    lines = tuple(requirement_lines(spec.requirements))
    pinned = [one for one in map(named, lines) if one is not None]
    return with_found_versions(spec, pinned).model_copy(update={"lines": lines})


def requirement_lines(place: str) -> Iterator[str]:
    """The requirements of `FILE` or `pyproject.toml:GROUP`, one a line, with their hashes.

    Raises:
        ConfigurationError: it cannot be read as what its name says it is.
    """
    path, group = _place(place)
    if path.name == "pyproject.toml":
        yield from _of_project(path, group)
    elif path.name == "uv.lock":
        yield from _exported(path.parent, group)
    elif path.suffix in {".toml", ".lock"}:
        yield from _of_lock(path)
    else:
        yield from _of_text(path, _DEPTH)


def is_hashed(lines: Sequence[str]) -> bool:
    """Whether every requirement has its hashes, so that nothing is left to resolve."""
    wanted = [one for one in lines if not one.startswith("-")]
    return bool(wanted) and all(_HASH.search(one) for one in wanted)


def _place(place: str) -> tuple[Path, str]:
    """The file, and the dependency group behind its name."""
    head, mark, group = place.rpartition(":")
    if mark and head.endswith((".toml", ".lock")):
        return Path(head), group
    return Path(place), ""


def named(line: str) -> Distribution | None:
    """What a line asks for, with the version if it pins one; None where it does not apply here."""
    if line.startswith("-"):
        return None
    requirement = Requirement(_HASH.sub("", line))
    if requirement.marker is not None and not requirement.marker.evaluate():
        return None
    exact = [one.version for one in requirement.specifier if one.operator in {"==", "==="}]
    version = exact[0] if len(exact) == 1 and "*" not in exact[0] else ""
    return Distribution(canonicalize_name(requirement.name), version, "")


def file_text(path: Path, kind: str = "a requirements or lock file") -> str:
    """The text of a file.

    Raises:
        ConfigurationError: it cannot be read; says to name a file of that kind.
    """
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    except OSError as error:
        reason = error.strerror or str(error)
    raise ConfigurationError(
        f"{shown_path(path)} cannot be read: {reason}", f"name {kind} that exists"
    )


def _of_text(path: Path, depth: int) -> Iterator[str]:
    pending, first = "", 1
    for number, raw in enumerate(file_text(path).splitlines(), start=1):
        if not pending:
            first = number
        line = pending + _COMMENT.sub("", raw).strip()
        if line.endswith("\\"):
            pending = line[:-1].strip() + " "
            continue
        pending = ""
        if line:
            yield from _of_line(path, first, line, depth)
    if pending:
        yield from _of_line(path, first, pending.strip(), depth)


def _of_line(path: Path, number: int, line: str, depth: int) -> Iterator[str]:
    where = f"{shown_path(path)}:{number}"
    included = re.fullmatch(r"(?:-r|--requirement)[\s=]+(\S+)", line)
    if included:
        if depth == 0:
            raise ConfigurationError(f"{where}: found files that include each other", "remove one")
        yield from _of_text(path.parent / included[1], depth - 1)
    elif _INDEX_OPTION.match(line):
        yield line
    elif line.startswith("-"):
        raise ConfigurationError(
            f"{where}: found the option {line.split(maxsplit=1)[0]!r}, expected a requirement",
            "crossload reads requirements, -r and the options that name an index; "
            "`uv pip compile` makes such a file",
        )
    else:
        yield _checked(line, where)


def _checked(line: str, where: str) -> str:
    try:
        Requirement(_HASH.sub("", line))
    except InvalidRequirement:
        raise ConfigurationError(
            f"{where}: found {line[:80]!r}, expected a requirement such as 'tensorflow==2.16.1'",
            "correct the line",
        ) from None
    return line


def _toml(path: Path) -> dict[str, Any]:
    text = file_text(path)
    content: dict[str, Any] = {}
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = place[1] if place else "1"
        raise ConfigurationError(
            f"{shown_path(path)}:{line}: this is not TOML ({error})", "correct the file"
        ) from None
    return content


def _of_project(path: Path, group: str) -> Iterator[str]:
    """A project's dependencies, with those of a group: as locked, where uv has locked them."""
    content, shown = _toml(path), shown_path(path)
    groups = content.get("dependency-groups", {})
    if group and group not in groups:
        raise ConfigurationError(
            f"{shown}: there is no dependency group {group!r}",
            f"it has {', '.join(groups) or 'none'}",
        )
    if (path.parent / "uv.lock").is_file():
        yield from _exported(path.parent, group)
        return
    wanted = [*content.get("project", {}).get("dependencies", []), *groups.get(group, [])]
    for one in wanted:
        if isinstance(one, dict):
            yield from groups.get(one.get("include-group", ""), [])
        else:
            yield _checked(str(one), shown)


def _exported(folder: Path, group: str) -> Iterator[str]:
    """What uv.lock holds, by uv's own export."""
    uv = uv_command()
    if uv is None:
        raise ConfigurationError(
            f"{shown_path(folder / 'uv.lock')} cannot be read without uv", "install uv"
        )
    groups = ("--group", group) if group else ()
    done = subprocess.run(
        [*uv, *_EXPORT, "--no-dev", *groups, "--directory", str(folder)],
        capture_output=True,
        text=True,
        errors="replace",
        env={**tool_variables(), "NO_COLOR": "1"},
        check=False,
    )
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())[:300]
        raise ConfigurationError(
            f"uv cannot export {shown_path(folder / 'uv.lock')}: {reason}", "run `uv lock` there"
        )
    joined = done.stdout.replace("\\\n", " ")
    yield from (" ".join(line.split()) for line in joined.splitlines() if line.strip())


def _of_lock(path: Path) -> Iterator[str]:
    """The packages of a pylock.toml or a poetry.lock, each with its hashes."""
    content, shown = _toml(path), shown_path(path)
    packages = content.get("packages", content.get("package"))
    if not isinstance(packages, list):
        raise ConfigurationError(
            f"{shown}: found no packages, expected a pylock.toml, poetry.lock or uv.lock",
            "export it with the tool that made it, as requirements.txt",
        )
    for one in packages:
        if "main" not in one.get("groups", ["main"]):
            continue
        marker = one.get("marker", one.get("markers", ""))
        text = f"{one['name']}=={one['version']}"
        if isinstance(marker, str) and marker:
            text += f" ; {marker}"
        yield _checked(" ".join((text, *(f"--hash={each}" for each in _hashes(one)))), shown)


def _hashes(package: dict[str, Any]) -> Iterator[str]:
    for file in package.get("files", []):
        yield file["hash"]
    for file in (*package.get("wheels", []), package.get("sdist", {})):
        yield from (f"{kind}:{value}" for kind, value in file.get("hashes", {}).items())
