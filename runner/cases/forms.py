"""What a `case.yaml` may hold.

Owns the keys of a case and of a variant, and what each value accepts. `runner.cases.reading` puts
them together with the scripts; claims are left as they stand, for `runner.cases.claims`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from crossload.runner.config.fields import as_list, fault, text_of
from crossload.runner.config.model import Form
from crossload.runner.config.scalars import found
from crossload.runner.config.selection import Selection
from crossload.runner.errors import UsageError

_SCRIPT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.py")


def _read_line(value: object) -> str:
    return text_of(value, "text on one line", lambda text: bool(text.strip()) and "\n" not in text)


def _read_pattern(value: object) -> str:
    pattern = text_of(value, "the name of an environment or a pattern", bool)
    try:
        Selection.parse([pattern])
    except UsageError as error:
        raise fault(str(error)) from None
    return pattern


def _read_script(value: object) -> str:
    expected = "the file name of a script beside case.yaml, such as 'save.py'"
    return text_of(value, expected, lambda text: bool(_SCRIPT.fullmatch(text)))


def _read_claims(value: object) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise fault(f"found {found(value)}, expected a list of claims")
    return tuple(value)


def _read_variants(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise fault(f"found {found(value)}, expected a mapping of names to variants")
    if not value:
        raise fault("found no variant, expected at least one")
    return value


OneLine = Annotated[str, BeforeValidator(_read_line)]
Patterns = Annotated[
    tuple[Annotated[str, BeforeValidator(_read_pattern)], ...], BeforeValidator(as_list)
]
ScriptNames = Annotated[
    tuple[Annotated[str, BeforeValidator(_read_script)], ...], BeforeValidator(as_list)
]


class VariantForm(Form):
    """The keys of one variant, which a case without variants has as well."""

    title: OneLine = Field(default="", description="One line on what the case shows.")
    source: OneLine = Field(default="", description="Where it comes from: a title or an address.")
    savers: Patterns = Field(default=(), description="Environments that save it.")
    loaders: Patterns = Field(default=(), description="Environments that load it.")
    save: ScriptNames = Field(default=(), description="The parts of the script that saves.")
    load: ScriptNames = Field(default=(), description="The parts of the script that loads.")
    claims: Annotated[tuple[Any, ...], BeforeValidator(_read_claims)] = Field(
        default=(), description="What is claimed of it."
    )


class CaseForm(VariantForm):
    """What a `case.yaml` may hold; the values of `variants` are not yet read."""

    nested: ClassVar[Mapping[str, type[Form]]] = {"variants": VariantForm}

    variants: Annotated[Mapping[str, Any], BeforeValidator(_read_variants)] = Field(
        default_factory=dict, description="Cases that share the keys above, by the end of the name."
    )
