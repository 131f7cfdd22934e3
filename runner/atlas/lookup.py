"""Questions to the atlas: does a version know this name, this key, this file format?

Owns the answers, from what was harvested alone; nothing is run. What a whole model file makes of
them is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from crossload.runner.atlas import store
from crossload.runner.atlas.model import (
    Acceptance,
    Argument,
    AtlasEnvironment,
    Entry,
    Family,
    Form,
    Formats,
    Kind,
    Route,
)
from crossload.runner.atlas.shapes import shape
from crossload.runner.config.nearest import hint
from crossload.runner.errors import UsageError

SHIPPED = Path(__file__).with_name("atlas.jsonl.xz")
_NEVER_WRITTEN = "unknown_key_of_the_future"  # stands for every key that no version ever wrote


class _AnyValue:
    """Stands for "whatever value"; None is a value like others."""


ANY_VALUE = _AnyValue()


class Atlas:
    """Everything harvested; make it with `load`, which takes milliseconds.

    Environments are named by id. A method that is given an unknown one raises `UsageError`; an
    unknown name is an answer.
    """

    def __init__(self, index: store.Json, lines: store.Lines) -> None:
        self._index = index
        self._lines = lines
        self._entries: dict[tuple[str, Kind, str], Entry | None] = {}

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Atlas:
        """The atlas of that file, read once.

        Raises:
            AtlasFileError: the file is missing, damaged or of another version.
        """
        return _load(path)

    @cached_property
    def environments(self) -> tuple[AtlasEnvironment, ...]:
        """Every environment, in the order of the matrix it was harvested from."""
        fields = ("id", "name", "api", "backend", "python", "keras", "versions", "digest")
        return tuple(
            AtlasEnvironment(family=Family(one["family"]), **{name: one[name] for name in fields})
            for one in self._index["environments"]
        )

    def environment(self, environment_id: str) -> AtlasEnvironment:
        """The environment of that id (or of that name in the matrix)."""
        found = self._environments_by_name.get(environment_id)
        if found is not None:
            return found
        known = [one.id for one in self.environments]
        raise UsageError(
            f"the API atlas has no environment {environment_id!r}{hint(environment_id, known)}",
            "`crossload atlas` lists those it has",
        )

    def formats(self, environment_id: str) -> Formats:
        """Which files this version writes and reads."""
        facts = self._lines[self._raw(environment_id)["formats"]]
        return Formats(
            writes=facts["writes"],
            reads=facts["reads"],
            weights=facts["weights"],
            load_arguments=tuple(facts["load_arguments"]),
            save_arguments=tuple(facts["save_arguments"]),
            functions=tuple(facts["functions"]),
            byte_code=facts["byte_code"],
        )

    def knows(
        self, environment_id: str, kind: Kind, name: str, form: Form = Form.CLASS
    ) -> bool | None:
        """Whether a file's `{"class_name": name}` (or plain string) is found without its module.

        None for a name that was tried nowhere: no version has it, so a file brings it along.
        """
        found = self._table(environment_id, "names", kind).get(name)
        if found is not None:
            return str(form) in found
        return False if name in self._all_names(kind) else None

    def knows_module(self, environment_id: str, kind: Kind, module: str, name: str) -> bool | None:
        """Whether a `.keras` file's `{"module", "class_name"}` is found.

        None for a pair that was tried nowhere, False also where the version has no such files.
        """
        number = self._module_numbers.get((str(kind), module, name))
        if number is None:
            return None
        found = self._raw(environment_id)["found_modules"]
        return found is not None and found[number] == "1"

    def entry(self, environment_id: str, kind: Kind, name: str) -> Entry | None:
        """The class or function behind a name or one of its aliases; None if there is none."""
        environment_id = self.environment(environment_id).id
        key = (environment_id, kind, name)
        if key not in self._entries:
            self._entries[key] = self._find_entry(*key)
        return self._entries[key]

    def argument(
        self,
        environment_id: str,
        kind: Kind,
        name: str,
        key: str,
        value: object = ANY_VALUE,
        route: Route = Route.H5,
    ) -> Argument:
        """What becomes of one key in the configuration of a class.

        With a value, what became of a value like it; without, the best that became of any. A
        nested object (an initializer, a layer) is to be asked about by its own name too.
        """
        entry = self.entry(environment_id, kind, name)
        if entry is None:
            return Argument(Acceptance.UNTRIED)
        named = key in entry.arguments
        written = entry.config is not None and key in entry.config
        answers = self._answers(environment_id, kind, entry.name)
        asked = key if key in answers or named or written else _NEVER_WRITTEN
        if asked not in answers:
            return Argument(Acceptance.UNTRIED, named, written)
        ways = answers[asked]
        if ways is None:
            return Argument(Acceptance.KEPT, named, written)
        verdicts = ways[-1 if route is Route.KERAS else 0]
        values = self._values(kind, entry.name).get(asked, [])
        return _best(_relevant(verdicts, values, asked, value), named=named, written=written)

    def classes(self, environment_id: str, kind: Kind) -> tuple[str, ...]:
        """The classes and functions that this version has in public, without aliases."""
        return tuple(sorted(self._table(environment_id, "classes", kind)))

    def keys(self, environment_id: str, kind: Kind, name: str) -> tuple[str, ...]:
        """Every key that a class names, writes, or was tried with."""
        entry = self.entry(environment_id, kind, name)
        if entry is None:
            return ()
        tried = self._answers(environment_id, kind, entry.name)
        keys = {*entry.arguments, *(entry.config or {}), *tried} - {_NEVER_WRITTEN}
        return tuple(sorted(keys))

    def versions_with(self, kind: Kind, name: str, key: str = "") -> tuple[str, ...]:
        """Ids of the environments that know a name or, with a key, accept that key of it."""
        return tuple(
            one.id
            for one in self.environments
            if (
                self.argument(one.id, kind, name, key).accepted
                if key
                else self.entry(one.id, kind, name) or self.knows(one.id, kind, name)
            )
        )

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Every name of a kind that some environment has."""
        tables = {
            one[table][str(kind)]  # shared by environments that have the same
            for one in self._index["environments"]
            for table in ("names", "classes")
            if str(kind) in one[table]
        }
        return tuple(sorted({name for number in tables for name in self._lines[number]}))

    def kinds_of(self, name: str) -> tuple[Kind, ...]:
        """The kinds in which some environment has that name."""
        return tuple(kind for kind in Kind if name in self.names(kind))

    def tried_names(self, module: str) -> tuple[tuple[Kind, str], ...]:
        """Kind and name of every pair with that module that `knows_module` has an answer for."""
        tried = ((kind, name) for kind, one, name in self._module_numbers if one == module)
        return tuple((Kind(kind), name) for kind, name in tried)

    @cached_property
    def _module_numbers(self) -> Mapping[tuple[str, str, str], int]:
        return {(one[0], one[1], one[2]): at for at, one in enumerate(self._index["modules"])}

    @cached_property
    def _environments_by_name(self) -> Mapping[str, AtlasEnvironment]:
        """By id and by name; the first of several with one name."""
        found: dict[str, AtlasEnvironment] = {}
        for one in self.environments:
            found.setdefault(one.id, one)
            found.setdefault(one.name, one)
        return found

    @cached_property
    def _raw_by_id(self) -> Mapping[str, store.Json]:
        return {one["id"]: one for one in self._index["environments"]}

    def _raw(self, environment_id: str) -> store.Json:
        return self._raw_by_id[self.environment(environment_id).id]

    def _table(self, environment_id: str, table: str, kind: Kind) -> Mapping[str, Any]:
        number = self._raw(environment_id)[table].get(str(kind))
        found: Mapping[str, Any] = {} if number is None else self._lines[number]
        return found

    def _all_names(self, kind: Kind) -> frozenset[str]:
        return _all_names(self, kind)

    def _answers(self, environment_id: str, kind: Kind, name: str) -> Mapping[str, Any]:
        number = self._table(environment_id, "answers", kind).get(name)
        found: Mapping[str, Any] = {} if number is None else self._lines[number]
        return found

    def _values(self, kind: Kind, name: str) -> Mapping[str, list[Any]]:
        table = self._lines[self._index["values"][str(kind)]]
        found: Mapping[str, list[Any]] = self._lines[table[name]] if name in table else {}
        return found

    def _find_entry(self, environment_id: str, kind: Kind, name: str) -> Entry | None:
        table = self._table(environment_id, "classes", kind)
        if name in table:
            return _entry(kind, name, self._lines[table[name]])
        for own, number in table.items():
            if name in self._lines[number]["public"]:
                return _entry(kind, own, self._lines[number])
        if self.knows(environment_id, kind, name) or self.knows(
            environment_id, kind, name, Form.STRING
        ):
            lower = {own.lower(): own for own in table}
            if name.lower() in lower:
                own = lower[name.lower()]
                return _entry(kind, own, self._lines[table[own]])
        return None


@lru_cache(maxsize=4)
def _load(path: Path) -> Atlas:
    return Atlas(*store.read(path))


@lru_cache(maxsize=64)
def _all_names(atlas: Atlas, kind: Kind) -> frozenset[str]:
    return frozenset(atlas.names(kind))


def _entry(kind: Kind, name: str, facts: Mapping[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        name=name,
        is_function=facts["function"],
        public=tuple(facts["public"]),
        places=tuple(facts["places"]),
        arguments=tuple(facts["arguments"]),
        required=tuple(facts["required"]),
        is_open=facts["open"],
        module=facts["module"],
        config=facts["config"],
    )


def _relevant(verdicts: list[Any], values: list[Any], key: str, value: object) -> list[Any]:
    """The verdicts on values like this one; failing that of its type; failing that on all."""
    if isinstance(value, _AnyValue) or key == _NEVER_WRITTEN:
        return verdicts
    pairs = list(zip(values, verdicts, strict=True))
    wanted = shape(key, value)
    alike = [verdict for one, verdict in pairs if shape(key, one) == wanted]
    of_type = [verdict for one, verdict in pairs if type(one) is type(value)]
    return alike or of_type or verdicts


_ORDER = tuple(Acceptance)


def _best(verdicts: list[Any], *, named: bool, written: bool) -> Argument:
    """The most favourable of some verdicts."""
    words = [Acceptance(one) for one in verdicts if isinstance(one, str)]
    if words:
        return Argument(min(words, key=_ORDER.index), named, written)
    error, message = verdicts[0]
    return Argument(Acceptance.REFUSED, named, written, error, message)
