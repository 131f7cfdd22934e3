"""What an environment.yml asks for: its Python, the versions it pins, and its identity.

Owns the reading of these files and the wording of mistakes in them. `conda` builds from them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.config.problems import KeyPath, Problems, shown_path
from crossload.runner.config.scalars import Scalar, found
from crossload.runner.config.yaml_source import Tree, parse_yaml
from crossload.runner.environments.adopting import Distribution, with_found_versions
from crossload.runner.environments.requirement_files import file_text, named

_RECIPE = 1  # raise it when every lock should be made anew
_DEPENDENCIES = "dependencies"
_PYTHON = "python"
_PACKAGE = re.compile(
    r"(?:[^\s:]+::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?P<version>[=<>!~\s].*)?"
)
_EXACT = re.compile(r"\s*={0,2}\s*(?P<version>\d[A-Za-z0-9.]*?)(\.?\*)?(=[^=\s]+)?\s*")
_MINOR = re.compile(r"3\.\d{1,2}(?=\.|$)")
_EXPECTED = "expected a Python such as 'python=3.11'"


def with_conda(spec: EnvironmentSpec) -> EnvironmentSpec:
    """The specification with the file's lines, its Python, and the versions and Keras it pins.

    Raises:
        ConfigurationError: the file is missing, or has mistakes (named with line and key).
    """
    assert spec.conda is not None
    path = Path(spec.conda)
    text = file_text(path, "an environment.yml")
    problems = Problems(shown_path(path))
    tree = parse_yaml(text, problems)
    wanted = dict(_packages(tree, problems)) if tree is not None else {}
    minor = _python(wanted, problems)
    problems.raise_any("correct these lines of the environment.yml")
    found_versions = with_found_versions(
        spec, [one for one in wanted.values() if one.name != _PYTHON]
    )
    lines = (line.rstrip() for line in text.splitlines())
    kept = tuple(line for line in lines if line and not line.lstrip().startswith("#"))
    return found_versions.model_copy(update={"python": minor, "lines": kept})


def conda_digest(spec: EnvironmentSpec, platform: str) -> str:
    """Digest of everything a lock of this environment depends on."""
    subject = json.dumps([_RECIPE, spec.lines, platform])
    return hashlib.sha256(subject.encode()).hexdigest()


def _packages(tree: Tree, problems: Problems) -> Iterator[tuple[KeyPath, Distribution]]:
    """What is asked for, with the version if it is pinned, by where it stands."""
    listed = tree.get(_DEPENDENCIES) if isinstance(tree, dict) else None
    if not isinstance(listed, list):
        what = "nothing" if listed is None else found(listed)
        problems.add((_DEPENDENCIES,), f"found {what}, expected a list of packages")
        return
    for number, item in enumerate(listed):
        place: KeyPath = (_DEPENDENCIES, number)
        match = _PACKAGE.fullmatch(item.text) if isinstance(item, Scalar) else None
        if isinstance(item, dict) and list(item) == ["pip"] and isinstance(item["pip"], list):
            yield from _from_pip(item["pip"], (*place, "pip"), problems)
        elif match is None:
            expected = "expected a package such as 'numpy=1.26' or a list under 'pip'"
            problems.add(place, f"found {found(item)}, {expected}")
        else:
            exact = _EXACT.fullmatch(match["version"] or "")
            version = exact["version"] if exact else ""
            yield place, Distribution(canonicalize_name(match["name"]), version, "")


def _from_pip(
    listed: list[Tree], place: KeyPath, problems: Problems
) -> Iterator[tuple[KeyPath, Distribution]]:
    for number, item in enumerate(listed):
        text = item.text if isinstance(item, Scalar) else ""
        try:
            Requirement(text)
        except InvalidRequirement:
            expected = "expected a requirement such as 'tensorflow==2.16.1'"
            problems.add((*place, number), f"found {found(item)}, {expected}")
            continue
        one = named(text)
        if one is not None:
            yield (*place, number), one


def _python(wanted: dict[KeyPath, Distribution], problems: Problems) -> str:
    """Its minor version; the id of an environment and its Keras depend on it."""
    for place, one in wanted.items():
        if one.name == _PYTHON:
            minor = _MINOR.match(one.version)
            if minor is None:
                what = "an open version" if not one.version else repr(one.version)
                problems.add(place, f"found {what} of Python, {_EXPECTED}")
                return ""
            return minor[0]
    problems.add((_DEPENDENCIES,), f"found no Python, {_EXPECTED}")
    return ""
