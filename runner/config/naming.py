"""Names for the environments that axes expand to: from a template, or from what sets them apart.

Owns the placeholders and the spelling of versions and pins inside a name; other modules check
whether the result is valid and unique.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crossload.runner.config.expand import Combination
from crossload.runner.config.fields import BUNDLED
from crossload.runner.config.nearest import hint
from crossload.runner.versions import minor_of
from crossload.runner.words import Api, Backend

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_VERSIONS = ("tensorflow", "keras", "tf_keras")
_PREFIXES = {"tensorflow": "tf", "keras": "keras", "tf_keras": "tf_keras"}
_DEFAULTS = {"api": str(Api.TF_DOT_KERAS), "backend": str(Backend.TENSORFLOW), "resolve": "period"}
_OPERATORS = (
    ("===", ""),
    ("==", ""),
    ("!=", "not"),
    ("~=", "like"),
    ("<=", "le"),
    (">=", "ge"),
    ("<", "lt"),
    (">", "gt"),
    ("*", "x"),
    (",", "-"),
    ("!", "_"),
)


class TemplateError(ValueError):
    """A name template that does not fit; the text is the sentence for the user."""


def from_template(template: str, combination: Combination) -> str:
    """The name that a template gives one combination.

    Raises:
        TemplateError: for an unknown placeholder, or one without a value in this combination.
    """
    values = _placeholders(combination)

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in values:
            return values[name]
        known = ", ".join(repr(f"{{{each}}}") for each in sorted(values))
        raise TemplateError(
            f"found {match[0]!r} in the name {template!r}, expected one of {known}"
            f"{hint(name, sorted(values))}"
        )

    name = _PLACEHOLDER.sub(value, template)
    if "{" in name or "}" in name:
        raise TemplateError(f"found a single brace in the name {template!r}, expected pairs")
    return name


def default_names(combinations: Sequence[Combination]) -> tuple[str, ...]:
    """A name for each combination, made of its versions, its pins and whatever else varies."""
    keys = list(dict.fromkeys(key for each in combinations for key in each if key != "name"))
    # Python last: the id of an environment ends with it anyway, and is not doubled then.
    keys.sort(key=lambda key: (key == "python", key not in _VERSIONS))
    labels = [_labels(key, [each.get(key) for each in combinations]) for key in keys]
    rows = zip(*labels, strict=True) if labels else iter(())
    return tuple("-".join(label for label in row if label) for row in rows)


def _labels(key: str, values: list[str | None]) -> list[str]:
    """The part of each name that one dimension gives, empty where it says nothing."""
    if key in _VERSIONS:
        short = _distinct_minors(values)
        return [_version_label(_PREFIXES[key], value, short=short) for value in values]
    varies = len(set(values)) > 1
    if key in _DEFAULTS:
        return ["" if value in {None, _DEFAULTS[key]} else slug(str(value)) for value in values]
    if key == "python":
        return [f"py{value}" if varies and value not in {None, "auto"} else "" for value in values]
    group, _, name = key.partition(".")
    if group == "variables" and not varies:
        return ["" for _ in values]
    return ["" if value is None else f"{slug(name)}-{slug(value)}" for value in values]


def _distinct_minors(values: list[str | None]) -> bool:
    versions = {value for value in values if value is not None}
    return len({minor_of(value) for value in versions}) == len(versions)


def _version_label(prefix: str, value: str | None, *, short: bool) -> str:
    if value is None or value == BUNDLED:
        return ""
    return prefix + (minor_of(value) if short else slug(value))


def _placeholders(combination: Combination) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, value in combination.items():
        if key == "name":
            continue
        name = key.partition(".")[2] or key
        values[name] = slug(value)
        if key in _VERSIONS:
            values[f"{name}_minor"] = minor_of(value)
    return values


def slug(text: str) -> str:
    """A version, pin or word in the letters that a name may have: "ge3-lt4" for ">=3,<4"."""
    for operator, word in _OPERATORS:
        text = text.replace(operator, word)
    return re.sub(r"[^a-z0-9._+-]+", "-", text.lower()).strip("-")
