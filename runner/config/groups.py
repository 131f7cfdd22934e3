"""From one group of axes to its environments: expanded, named and checked.

Owns what may go wrong with a group as a whole; its values were checked when they were read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic_core import PydanticCustomError

from crossload.runner.config.checks import MAX_ENVIRONMENTS, contradiction
from crossload.runner.config.expand import Axes, Combination, expand
from crossload.runner.config.fields import read_name
from crossload.runner.config.form import NAME, AxisGroup, environment_values
from crossload.runner.config.model import EnvironmentForm, EnvironmentSpec
from crossload.runner.config.naming import TemplateError, default_names, from_template
from crossload.runner.config.nearest import hint
from crossload.runner.config.problems import KeyPath, Problems

MAX_PRODUCT = 10 * MAX_ENVIRONMENTS  # before `exclude`, so that expanding never takes long
_SHOWN = 3  # how many of the combinations with one and the same mistake are told


@dataclass(frozen=True)
class Placed:
    """An environment, where in the file it comes from, and how a message tells it apart."""

    spec: EnvironmentSpec
    path: KeyPath
    description: str = ""


def group_environments(
    group: AxisGroup, order: Sequence[str], path: KeyPath, problems: Problems
) -> tuple[Placed, ...] | None:
    """The environments of a group, or None after noting what is wrong with it.

    Args:
        group: the group as read.
        order: its keys as the file has them.
        path: where it stands.
        problems: where mistakes go.
    """
    axes = group.axes(order)
    if not _is_sound(axes, path, problems):
        return None
    combinations = expand(axes)
    _note_contradictions(combinations, path, problems)
    names = _names(group, combinations, path, problems)
    if problems.under(path):
        return None
    return tuple(
        Placed(
            EnvironmentSpec.model_validate({**environment_values(each), NAME: name}),
            path,
            described(each),
        )
        for each, name in zip(combinations, names, strict=True)
    )


def described(combination: Combination) -> str:
    """A combination in one line: `tensorflow=2.16.2, h5py=<3`."""
    parts = [
        f"{key.partition('.')[2] or key}={value}"
        for key, value in combination.items()
        if key != NAME
    ]
    return ", ".join(parts)


def _is_sound(axes: Axes, path: KeyPath, problems: Problems) -> bool:
    if not axes.dimensions and not axes.include:
        problems.add(path, "found no dimension, expected at least one, such as 'tensorflow'")
    if axes.product_size > MAX_PRODUCT:
        text = f"found {axes.product_size} combinations, expected at most {MAX_ENVIRONMENTS}"
        problems.add(path, f"{text} environments")
    for rules, key in ((axes.include, "include"), (axes.exclude, "exclude")):
        if len(rules) > MAX_ENVIRONMENTS:
            text = f"found {len(rules)} rules, expected at most {MAX_ENVIRONMENTS}"
            problems.add((*path, key), text)
    _note_stray_excludes(axes, path, problems)
    return not problems.under(path)


def _note_stray_excludes(axes: Axes, path: KeyPath, problems: Problems) -> None:
    names = [name for name, _ in axes.dimensions]
    for position, rule in enumerate(axes.exclude):
        inside = (*path, "exclude", position)
        if not rule:
            problems.add(inside, "found no values, expected those to remove")
        for key in rule:
            if key not in names:
                text = f"found {key!r}, which is not a dimension of the group{hint(key, names)}"
                problems.add((*inside, *key.split(".", 1)), text)


def _note_contradictions(
    combinations: Sequence[Combination], path: KeyPath, problems: Problems
) -> None:
    wrong: dict[str, list[str]] = {}
    for each in combinations:
        sentence = contradiction(EnvironmentForm.model_validate(environment_values(each)))
        if sentence is not None:
            wrong.setdefault(sentence, []).append(described(each))
    for sentence, places in wrong.items():
        shown = "; ".join(islice(places, _SHOWN))
        more = f"; {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        problems.add(path, f"{sentence} (in {shown}{more})")


def _names(
    group: AxisGroup, combinations: Sequence[Combination], path: KeyPath, problems: Problems
) -> tuple[str, ...]:
    names = []
    for each, default in zip(combinations, default_names(combinations), strict=True):
        template = each.get(NAME, group.name)
        try:
            name = from_template(template, each) if template else default or str(path[-1])
            names.append(read_name(name))
        except (TemplateError, PydanticCustomError) as error:
            problems.add((*path, NAME), str(error))
    return tuple(names)
