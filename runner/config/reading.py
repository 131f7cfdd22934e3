"""Reads one part of the file into its form, and tells what pydantic found wrong in our words.

Owns the wording of structural mistakes (unknown key, list for mapping, bounds); the mistakes of
single values are worded where they are found, in `runner.config.fields`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crossload.runner.config.model import Form
from crossload.runner.config.nearest import hint
from crossload.runner.config.problems import KeyPath, Problems
from crossload.runner.config.scalars import found
from crossload.runner.config.yaml_source import Tree

FormType = TypeVar("FormType", bound=Form)

_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
}
_SHAPES = {
    "model_type": "a mapping",
    "mapping_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
}


@dataclass(frozen=True)
class Reader:
    """Reads parts of one file; mistakes go to `problems`."""

    problems: Problems
    known_models: tuple[str, ...]

    def read(self, form: type[FormType], path: KeyPath, tree: Tree) -> FormType | None:
        """The part of the file at `path`, or None after noting everything that is wrong with it."""
        try:
            return form.model_validate(tree, context={"known_models": self.known_models})
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._note(form, path, detail)
        return None

    def without_notes(self, form: type[FormType], tree: Tree) -> FormType | None:
        """The same for a part whose mistakes are noted elsewhere."""
        return Reader(Problems(""), self.known_models).read(form, (), tree)

    def mapping(self, path: KeyPath, tree: Tree) -> dict[str, Tree]:
        """The entries of a mapping; none, after noting it, if it is something else."""
        if isinstance(tree, dict):
            return tree
        self.problems.add(path, f"found {found(tree)}, expected a mapping")
        return {}

    def _note(self, form: type[Form], path: KeyPath, detail: ErrorDetails) -> None:
        location = detail["loc"]
        if detail["type"] == "literal_error":
            return  # the other half of `pairs`, whose own mistakes are told
        for part in location:  # pydantic's location has parts of its own, which the file has not
            if (*path, part) in self.problems.lines:
                path = (*path, part)
        if detail["type"] == "extra_forbidden":
            owner = form.nested.get(str(location[0]), form) if len(location) > 1 else form
            self.problems.add(path, unknown_key(str(location[-1]), owner))
        else:
            self.problems.add(path, _sentence(detail))


def unknown_key(key: str, form: type[Form]) -> str:
    """The sentence about a key that a form does not have."""
    known = sorted(form.model_fields)
    return f"found an unknown key, expected one of {', '.join(known)}{hint(key, known)}"


def _sentence(detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"found {value:g}, expected {words} {detail['ctx'][key]:g}"
    if kind in _SHAPES:
        return f"found {found(value)}, expected {_SHAPES[kind]}"
    return detail["msg"]
