"""Expands axes to combinations as GitHub Actions expands `strategy.matrix`: pure, deterministic.

Owns the product, `exclude` and `include`, over any dimensions; not what a dimension means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TypeAlias

Combination: TypeAlias = "Mapping[str, str]"


@dataclass(frozen=True)
class Axes:
    """Dimensions with their values, in order, and the rules that take away and add."""

    dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    exclude: tuple[Combination, ...] = ()
    include: tuple[Combination, ...] = ()

    @property
    def product_size(self) -> int:
        """How many combinations there are before the rules; 0 without dimensions."""
        return prod(len(values) for _, values in self.dimensions) if self.dimensions else 0


def expand(axes: Axes) -> tuple[dict[str, str], ...]:
    """All combinations: the first dimension varies slowest, those added by `include` come last.

    A rule of `exclude` takes away every combination that has all its values. A rule of `include`
    adds its further keys to every combination whose own values it does not contradict; one that
    contradicts all of them becomes a combination itself.
    """
    names = {name for name, _ in axes.dimensions}
    kept = [dict(each) for each in _kept(axes)]
    added: list[dict[str, str]] = []
    for rule in axes.include:
        own = {name: value for name, value in rule.items() if name in names}
        # What earlier rules added is no dimension: it changes nothing here.
        fitting = [each for each in kept if _has(each, own)]
        for each in fitting:
            each.update(rule)
        if not fitting:
            added.append(dict(rule))
    return (*kept, *added)


def _kept(axes: Axes) -> Iterator[Combination]:
    if not axes.dimensions:
        return
    names = [name for name, _ in axes.dimensions]
    for values in product(*(values for _, values in axes.dimensions)):
        each = dict(zip(names, values, strict=True))
        if not any(_has(each, rule) for rule in axes.exclude):
            yield each


def _has(combination: Combination, rule: Combination) -> bool:
    return all(combination.get(name) == value for name, value in rule.items())
