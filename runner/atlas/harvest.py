"""Runs the atlas probe in environments, twice, and puts the answers together.

Owns the probe's options and the reading of its answers. Only the framework's own code runs
there: no model and no foreign file.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from crossload.runner.atlas.answers import FirstPass, Harvested, SecondPass, Union
from crossload.runner.atlas.model import AtlasEnvironment
from crossload.runner.atlas.union import make_union
from crossload.runner.environments.files import read_json
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.environments.parts import run_part

_TIMEOUT_SECONDS = 900.0
_ANSWER, _KEYS = "atlas.json", "keys.json"
_Answer = TypeVar("_Answer", bound=BaseModel)


@dataclass(frozen=True)
class Failure:
    """An environment that could not be harvested, and why, in one line."""

    environment_id: str
    reason: str


@dataclass(frozen=True)
class Harvest:
    """Every environment that answered, what was tried in each, and those that did not answer."""

    environments: tuple[Harvested, ...]
    union: Union
    failures: tuple[Failure, ...] = ()


class ProbeFailedError(Exception):
    """The probe gave no usable answer; its text is the reason."""


def harvest(
    environments: Sequence[BuiltEnvironment],
    jobs: int = 1,
    told: Callable[[str, str], None] | None = None,
) -> Harvest:
    """Ask every environment what it has, then what it accepts of what all have.

    Args:
        environments: built ones, in the order that the atlas will list them in.
        jobs: how many probes work at a time.
        told: is called with an environment's id and what happened, from the threads of the probes.
    """
    tell = told or (lambda _id, _what: None)
    failures: list[Failure] = []
    firsts: list[tuple[BuiltEnvironment, FirstPass]] = []
    with ThreadPoolExecutor(max(1, jobs), "atlas") as pool:
        for built, first in zip(
            environments,
            pool.map(lambda one: _tried(one, FirstPass, None), environments),
            strict=True,
        ):
            if isinstance(first, Failure):
                failures.append(first)
                tell(first.environment_id, first.reason)
            else:
                firsts.append((built, first))
                tell(built.environment.id, "classes found")
        union = make_union(first for _, first in firsts)
        seconds = pool.map(lambda pair: _tried(pair[0], SecondPass, union), firsts)
        harvested = []
        for (built, first), second in zip(firsts, seconds, strict=True):
            if isinstance(second, Failure):
                failures.append(second)
                tell(second.environment_id, second.reason)
            else:
                harvested.append(Harvested(_environment(built, first), first, second))
                tell(built.environment.id, "keys tried")
    return Harvest(tuple(harvested), union, tuple(failures))


def _tried(built: BuiltEnvironment, shape: type[_Answer], union: Union | None) -> _Answer | Failure:
    try:
        return ask(built, shape, union)
    except ProbeFailedError as error:
        return Failure(built.environment.id, str(error))


def ask(built: BuiltEnvironment, shape: type[_Answer], union: Union | None) -> _Answer:
    """One pass in one environment, in a process of its own with the variables of a probe.

    Raises:
        ProbeFailedError: it did not end, or answered something else.
    """
    spec = built.environment.spec
    with TemporaryDirectory(prefix="crossload-atlas-") as scratch:
        words = ["atlas", "--api", str(spec.api), "--backend", str(spec.backend)]
        words += ["--out", _ANSWER]
        if union is not None:
            (Path(scratch) / _KEYS).write_text(union.model_dump_json(), encoding="utf-8")
            words += ["--keys", _KEYS]
        try:
            done = run_part(
                built.environment, built.python, words, Path(scratch), timeout=_TIMEOUT_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise ProbeFailedError(f"it did not end within {_TIMEOUT_SECONDS:.0f} s") from None
        said = read_json(Path(scratch) / _ANSWER)
        if not said:
            code = done.returncode
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            last = done.stderr.strip().splitlines()[-1:] or ["it printed nothing"]
            raise ProbeFailedError(f"the probe did not answer ({how}): {last[0][:300]}")
        return _answer(said, shape)


def _answer(said: dict[str, object], shape: type[_Answer]) -> _Answer:
    error = said.get("error")
    if isinstance(error, dict):
        message = " ".join(str(error.get("message", "")).split())[:300]
        raise ProbeFailedError(f"{error.get('type', 'Exception')}: {message}")
    try:
        return shape.model_validate(said)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProbeFailedError(
            f"the probe's answer is invalid at {place}: {first['msg']}"
        ) from None


def _environment(built: BuiltEnvironment, first: FirstPass) -> AtlasEnvironment:
    spec = built.environment.spec
    return AtlasEnvironment(
        id=built.environment.id,
        name=spec.name,
        api=str(spec.api),
        backend=str(spec.backend),
        python=first.python,
        family=first.family,
        keras=first.keras,
        versions=dict(sorted(first.versions.items())),
        digest=built.digest,
    )
