"""The story of one name over all versions: where it is, and which keys come and go.

Owns that gathering from single look-ups; its wording is the subcommand's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossload.runner.atlas.lookup import Atlas
from crossload.runner.atlas.model import Acceptance, Kind


@dataclass(frozen=True)
class KeyStory:
    """One key of a configuration, by ids of environments that have the class.

    `accepted` kept its value or gave it another spelling, `dropped` took it and forgot it,
    `refused` raised.
    """

    name: str
    accepted: tuple[str, ...]
    dropped: tuple[str, ...]
    refused: tuple[str, ...]
    untried: tuple[str, ...]

    @property
    def is_everywhere(self) -> bool:
        return not self.refused and not self.dropped


@dataclass(frozen=True)
class NameStory:
    """One name: where it is known, what else it is called, its keys."""

    kind: Kind
    name: str
    environments: tuple[str, ...]
    aliases: tuple[str, ...]
    keys: tuple[KeyStory, ...]

    def as_json(self) -> dict[str, Any]:
        """The story as JSON."""
        return {
            "kind": str(self.kind),
            "name": self.name,
            "environments": list(self.environments),
            "aliases": list(self.aliases),
            "keys": {
                key.name: {
                    "accepted": list(key.accepted),
                    "dropped": list(key.dropped),
                    "refused": list(key.refused),
                    "untried": list(key.untried),
                }
                for key in self.keys
            },
        }


def tell_name(atlas: Atlas, kind: Kind, name: str) -> NameStory:
    """Gather everything about one name; empty where no environment has it."""
    environments = atlas.versions_with(kind, name)
    aliases: dict[str, None] = {}
    keys: dict[str, None] = {}
    for one in environments:
        entry = atlas.entry(one, kind, name)
        if entry is not None:
            aliases.update(dict.fromkeys((entry.name, *entry.public)))
        keys.update(dict.fromkeys(atlas.keys(one, kind, name)))
    aliases.pop(name, None)
    return NameStory(
        kind=kind,
        name=name,
        environments=environments,
        aliases=tuple(sorted(aliases)),
        keys=tuple(_tell_key(atlas, kind, name, key, environments) for key in sorted(keys)),
    )


_PLACES = {
    Acceptance.KEPT: "accepted",
    Acceptance.CHANGED: "accepted",
    Acceptance.DROPPED: "dropped",
    Acceptance.REFUSED: "refused",
    Acceptance.UNTRIED: "untried",
}


def _tell_key(
    atlas: Atlas, kind: Kind, name: str, key: str, environments: tuple[str, ...]
) -> KeyStory:
    places: dict[str, list[str]] = {place: [] for place in _PLACES.values()}
    for one in environments:
        places[_PLACES[atlas.argument(one, kind, name, key).acceptance]].append(one)
    return KeyStory(key, **{place: tuple(ids) for place, ids in places.items()})
