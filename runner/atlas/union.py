"""Combines what each environment has into the input of the second pass.

Owns the gathering; `runner.atlas.shapes` says which values are worth trying separately.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crossload.runner.atlas.answers import ClassFacts, FirstPass, Union
from crossload.runner.atlas.model import Config, Kind
from crossload.runner.atlas.shapes import shape

_VALUES_OF_A_KEY = 8


def make_union(passes: Iterable[FirstPass]) -> Union:
    """Everything that any environment writes, and the seeds; the same for the same passes."""
    found = tuple(passes)
    return Union(names=_names(found), modules=_modules(found), keys=_keys(found))


def _classes(found: tuple[FirstPass, ...]) -> Iterator[tuple[Kind, str, ClassFacts]]:
    for one in found:
        for kind, classes in one.classes.items():
            for name, facts in classes.items():
                yield kind, name, facts


def _names(found: tuple[FirstPass, ...]) -> dict[Kind, dict[str, Config]]:
    names: dict[Kind, dict[str, Config]] = {kind: {} for kind in Kind}
    for kind, name, facts in _classes(found):
        for spelling in (name, *facts.public):
            names[kind].setdefault(spelling, facts.config or {})
    for one in found:
        for kind, spellings in one.seeds.names.items():
            for spelling in spellings:
                names[kind].setdefault(spelling, {})
    return {kind: dict(sorted(names[kind].items())) for kind in Kind}


def _modules(
    found: tuple[FirstPass, ...],
) -> list[tuple[Kind, str | None, str, str | None, Config]]:
    specimens: dict[tuple[str, str, str], tuple[Kind, str | None, str, str | None, Config]] = {}
    for kind, _, facts in _classes(found):
        if facts.written is not None:
            module, name, registered = facts.written
            specimen = (kind, module, name, registered, facts.config or {})
            specimens.setdefault((str(kind), module or "", name), specimen)
    for one in found:
        for kind, module, name in one.seeds.modules:
            specimens.setdefault((str(kind), module, name), (kind, module, name, name, {}))
    return [specimens[key] for key in sorted(specimens)]


def _keys(found: tuple[FirstPass, ...]) -> dict[Kind, dict[str, dict[str, list[Any]]]]:
    union: dict[Kind, dict[str, dict[str, dict[str, Any]]]] = {kind: {} for kind in Kind}
    for kind, name, facts in _classes(found):
        if facts.config is None:
            continue
        keys = union[kind].setdefault(name, {})
        for key, value in facts.config.items():
            keys.setdefault(key, {}).setdefault(shape(key, value), value)
    for one in found:
        _add_seeds(union, one)
    return {
        kind: {
            name: {
                key: list(values.values())[:_VALUES_OF_A_KEY]
                for key, values in sorted(keys.items())
            }
            for name, keys in sorted(union[kind].items())
        }
        for kind in Kind
    }


def _add_seeds(union: dict[Kind, dict[str, dict[str, dict[str, Any]]]], one: FirstPass) -> None:
    for kind, classes in union.items():
        for name, keys in classes.items():
            for seeds in (one.seeds.keys.get(kind, {}), one.seeds.values.get(name, {})):
                for key, values in seeds.items():
                    known = keys.setdefault(key, {})
                    for value in values:
                        known.setdefault(shape(key, value), value)
    for keys in union[Kind.LAYERS].values():
        for old, (successor, value) in one.seeds.old_keys.items():
            if successor in keys:
                keys.setdefault(old, {}).setdefault(shape(old, value), value)
