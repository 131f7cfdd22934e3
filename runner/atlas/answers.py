"""What the atlas probe is asked and what it answers, checked as it arrives.

Owns the shapes of the two passes; the probe's own words are in `crossload_probe.atlas`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from crossload.runner.atlas.model import AtlasEnvironment, Config, Family, Form, Kind


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClassFacts(_Answer):
    """What the first pass says of one class or function."""

    public: tuple[str, ...]
    places: tuple[str, ...]
    function: bool
    arguments: tuple[str, ...]
    required: tuple[str, ...]
    open: bool
    module: str = ""
    config: Config | None = None
    unmade: str = ""
    written: tuple[str | None, str, str | None] | None = None


class FormatFacts(_Answer):
    """What the first pass says of formats."""

    writes: dict[str, str]
    reads: dict[str, bool]
    weights: dict[str, str]
    load_arguments: tuple[str, ...]
    save_arguments: tuple[str, ...]
    functions: tuple[str, ...]
    byte_code: str


class Seeds(_Answer):
    """What to try beyond what the environments show.

    `old_keys`: keys of Keras 1 with the key of today and a value, for layers that have that key.
    """

    names: dict[Kind, tuple[str, ...]]
    modules: tuple[tuple[Kind, str, str], ...]
    keys: dict[Kind, dict[str, list[Any]]]
    values: dict[str, dict[str, list[Any]]]
    old_keys: dict[str, tuple[str, Any]]


class FirstPass(_Answer):
    """What an environment has."""

    python: str
    family: Family
    keras: str
    versions: dict[str, str]
    classes: dict[Kind, dict[str, ClassFacts]]
    formats: FormatFacts
    seeds: Seeds


class Union(_Answer):
    """What all environments have together, to be tried in each; the probe's input.

    `names`: kind -> name -> a configuration. `modules`: kind, module, class name, registered name,
    configuration. `keys`: kind -> class -> key -> values.
    """

    names: dict[Kind, dict[str, Config]]
    modules: list[tuple[Kind, str | None, str, str | None, Config]]
    keys: dict[Kind, dict[str, dict[str, list[Any]]]]


Verdict: TypeAlias = "str | tuple[str, str]"  # a word of `Acceptance`, or a refusal


class SecondPass(_Answer):
    """What an environment accepts of the union; see `crossload_probe.atlas.trials`."""

    names: dict[Kind, dict[str, tuple[Form, ...]]]
    modules: list[bool] | None
    keys: dict[Kind, dict[str, dict[str, list[list[Verdict]]]]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Harvested:
    """One environment with both passes."""

    environment: AtlasEnvironment
    first: FirstPass
    second: SecondPass
