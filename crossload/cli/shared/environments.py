"""What a user types for an environment (a name, an id, a glob, a version), as rows of the matrix.

Owns what such a text means, and which row a bare version stands for. `runner.config.selection`
reads globs over ids alone; `runner.environments.resolving` finds Pythons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from packaging.version import Version

from crossload.runner.config.fields import BUNDLED
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.config.nearest import hint
from crossload.runner.config.selection import Selection
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.errors import UsageError
from crossload.runner.prose import joined
from crossload.runner.versions import is_version, minor_of
from crossload.runner.words import Api, Backend

_GLOB = re.compile(r"[*?\[{]")
_VERSION = re.compile(
    r"(?P<what>tf[-_]?keras|tensorflow(?:-cpu)?|tf|keras)?[\s@=-]*v?(?P<version>\d+(?:\.\w+)*)",
    re.IGNORECASE,
)
_SHOWN = 12
_Row = Callable[[EnvironmentSpec], "str | None"]


def named_environments(
    specs: Sequence[EnvironmentSpec],
    text: str,
    option: str,
    ids: Mapping[str, str] | None = None,
) -> tuple[EnvironmentSpec, ...]:
    """The rows that a text means, in the order of the matrix.

    Args:
        specs: the rows, those of axes too.
        text: a name (`tf2.15`), an id (`tf2.15-py3.11`), a glob over names, or a version: "2.10" is
            TensorFlow's, "keras3.4" and "tf-keras==2.16" are what they say. A version stands for
            one row, the plainest that has it.
        option: what the user wrote it behind, for messages: "--from".
        ids: the id of each name on this machine, where the caller has resolved them. Without it,
            the id of a row with `python: auto` is taken whatever its Python is.

    Raises:
        UsageError: the matrix has nothing of that kind; names the nearest row and the versions.
    """
    text = text.strip()
    exact = [one for one in specs if text in {one.name, *_ids_of(one, text, ids)}]
    if exact:
        return tuple(exact)
    if _GLOB.search(text):
        wanted = Selection.parse([text], option=option)
        found = tuple(
            one
            for one in specs
            if wanted(one.name, (ids or {}).get(one.name, one.id_with(one.python)))
        )
    else:
        found = _of_version(specs, text)
    if not found:
        known = [*(one.name for one in specs), *(ids or {}).values()]
        raise UsageError(
            f"{option} {text!r} is not an environment of this matrix{hint(text, known)}",
            _advice(specs),
        )
    return found


def one_environment(
    specs: Sequence[EnvironmentSpec],
    text: str,
    option: str,
    ids: Mapping[str, str] | None = None,
) -> EnvironmentSpec:
    """The one row that a text means; the arguments are those of `named_environments`.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = named_environments(specs, text, option, ids)
    if len(found) > 1:
        raise UsageError(
            f"{option} {text!r} means {len(found)} environments, expected one",
            f"choose one of {_listed([one.name for one in found])}",
        )
    return found[0]


def _ids_of(spec: EnvironmentSpec, text: str, ids: Mapping[str, str] | None) -> tuple[str, ...]:
    """The ids of a row: those known, else the one that the text would be with its own Python."""
    if ids is not None:
        return (ids[spec.name],) if spec.name in ids else ()
    if spec.python != "auto":
        return (spec.id_with(spec.python),)
    name, mark, python = text.rpartition("-py")
    return (text,) if mark and name == spec.name and is_version(python) else ()


def _of_version(specs: Sequence[EnvironmentSpec], text: str) -> tuple[EnvironmentSpec, ...]:
    """The plainest row of a version, which needs two numbers at least."""
    match = _VERSION.fullmatch(text)
    if match is None or "." not in match["version"] or not is_version(match["version"]):
        return ()
    what = (match["what"] or "").lower()
    for version_of in _readings(what):
        rows = [one for one in specs if _has(version_of(one), match["version"])]
        if rows:
            return (min(rows, key=_plainness),)  # the first of equals: the matrix's order
    return ()


def _readings(what: str) -> tuple[_Row, ...]:
    """Which versions of a row count, the likeliest first; TensorFlow where nothing is said."""
    if what == "keras":
        return (_keras, _bundled_keras)
    if what.startswith("tf") and what != "tf":
        return (_tf_keras,)
    return (_tensorflow,) if what else (_tensorflow, _keras)


def _tensorflow(spec: EnvironmentSpec) -> str | None:
    return spec.tensorflow


def _tf_keras(spec: EnvironmentSpec) -> str | None:
    return spec.tf_keras


def _keras(spec: EnvironmentSpec) -> str | None:
    return spec.keras if spec.keras != BUNDLED else None


def _bundled_keras(spec: EnvironmentSpec) -> str | None:
    """TensorFlow's own version, where a Keras of the same number was released to go with it."""
    if spec.tensorflow is None or _keras(spec) is not None or spec.api is not Api.TF_DOT_KERAS:
        return None
    known = {minor_of(one) for one in load_frameworks().keras.releases}
    return spec.tensorflow if minor_of(spec.tensorflow) in known else None


def _has(version: str | None, wanted: str) -> bool:
    """Whether a version is the wanted one or a patch of it: 2.10.1 is one of 2.10."""
    if version is None or not is_version(version):
        return False
    if Version(version) == Version(wanted):
        return True
    parts = Version(wanted).release
    return Version(wanted).pre is None and Version(version).release[: len(parts)] == parts


def _plainness(spec: EnvironmentSpec) -> tuple[bool | int, ...]:
    """Sorts the row first that differs least from a bare install of its period."""
    return (
        spec.backend is not Backend.TENSORFLOW,
        _keras(spec) is not None and spec.tensorflow is not None and spec.api is Api.TF_DOT_KERAS,
        spec.api is not Api.TF_DOT_KERAS,
        bool(spec.variables),
        spec.tf_keras is not None,
        bool(spec.libraries),
        spec.resolve != "period",
        len(spec.packages),
    )


def _advice(specs: Sequence[EnvironmentSpec]) -> str:
    """The versions that there are, by what carries them."""
    carried = (("TensorFlow", _tensorflow), ("Keras", _keras), ("tf-keras", _tf_keras))
    parts = []
    for title, version_of in carried:
        minors = {minor_of(found) for one in specs if (found := version_of(one)) is not None}
        if minors:
            parts.append(f"{title} {', '.join(_runs(minors))}")
    if not parts:
        return "the matrix has no environments"
    return f"this matrix has {'; '.join(parts)}; `crossload envs list` shows the names"


def _runs(minors: Iterable[str]) -> list[str]:
    """Minor versions in order, those that follow each other as one: "2.0 to 2.21"."""
    runs: list[list[str]] = []
    for one in sorted(minors, key=Version):
        first, second = Version(one).release
        if runs and Version(runs[-1][-1]).release == (first, second - 1):
            runs[-1].append(one)
        else:
            runs.append([one])
    return [run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]


def _listed(names: Iterable[str]) -> str:
    return joined(list(names), _SHOWN)
