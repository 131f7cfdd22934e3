"""The file's own form, where it differs from the matrix read from it: axes and the sections.

Owns how axes are written and flattened to dimensions; their expansion is `runner.config.expand`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from crossload.runner.config import fields
from crossload.runner.config.expand import Axes, Combination
from crossload.runner.config.fields import BUNDLED, OneOrMany, as_list
from crossload.runner.config.model import (
    EntryForm,
    EnvironmentForm,
    Form,
    LimitSettings,
    Profile,
    Tolerances,
    canonical_packages,
    no_double_package,
)

Value = TypeVar("Value")
Values = Annotated[tuple[Value, ...], BeforeValidator(as_list), OneOrMany()]

SINGLE = ("tensorflow", "keras", "tf_keras", "api", "backend", "python", "resolve")
GROUPED = ("packages", "variables", "libraries")
NAME = "name"

_NAME_TEXT = (
    "Name of each environment, with the dimensions in braces: '{tensorflow}' for the version, "
    "'{tensorflow_minor}' for its first two numbers, '{h5py}' for a pin. "
    "Left out, the name is made of what sets the environments apart."
)


def _read_template(value: object) -> str:
    return fields.text_of(value, "a name such as 'tf{tensorflow_minor}'", bool)


Template = Annotated[str, BeforeValidator(_read_template)]


class AxisRule(EnvironmentForm):
    """A rule of `include` or `exclude`: one value for some of the dimensions."""

    name: Template | None = Field(default=None, description=_NAME_TEXT)

    def combination(self) -> dict[str, str]:
        """What is written, as dimensions; `packages.h5py` is one."""
        flat: dict[str, str] = {}
        for key in (NAME, *SINGLE):
            if key in self.model_fields_set:
                value = getattr(self, key)
                flat[key] = BUNDLED if value is None else str(value)
        for group in GROUPED:
            for name, value in getattr(self, group).items():
                flat[f"{group}.{name}"] = value
        return flat


class AxisGroup(Form):
    """A group of environments: every combination of the values, as GitHub Actions' matrix does."""

    nested: ClassVar[Mapping[str, type[Form]]] = {"include": AxisRule, "exclude": AxisRule}

    name: Template | None = Field(default=None, description=_NAME_TEXT)
    tensorflow: Values[fields.VersionText] = Field(default=(), description="TensorFlow's versions.")
    keras: Values[fields.KerasText] = Field(
        default=(), description="Versions of standalone Keras; 'bundled' is TensorFlow's own."
    )
    tf_keras: Values[fields.VersionText] = Field(default=(), description="Versions of tf-keras.")
    api: Values[fields.ApiWord] = Field(default=(), description="Imports of Keras.")
    backend: Values[fields.BackendWord] = Field(
        default=(), description="Backends that Keras runs on."
    )
    python: Values[fields.PythonText] = Field(
        default=(), description="Python's versions, '3.11' for example, or 'auto'."
    )
    resolve: Values[fields.ResolveText] = Field(
        default=(), description="Which releases of the other packages count."
    )
    packages: Annotated[
        Mapping[fields.PackageName, Values[fields.PinText]],
        BeforeValidator(no_double_package),
        AfterValidator(canonical_packages),
    ] = Field(default_factory=dict, description="Other packages, each with its pins.")
    variables: Mapping[fields.VariableName, Values[fields.VariableText]] = Field(
        default_factory=dict, description="Environment variables, each with its values."
    )
    libraries: Mapping[fields.LibraryName, Values[fields.LibraryName]] = Field(
        default_factory=dict, description="Libraries by wanted name, each with its stand-ins."
    )
    include: tuple[AxisRule, ...] = Field(
        default=(), description="Adds keys to the combinations that fit, or a combination."
    )
    exclude: tuple[AxisRule, ...] = Field(
        default=(), description="Removes every combination that has all these values."
    )

    def axes(self, order: Iterable[str]) -> Axes:
        """The group as dimensions and rules; `packages.h5py` is a dimension of its own.

        Args:
            order: the keys as the file has them: the first one varies slowest.
        """
        dimensions: list[tuple[str, tuple[str, ...]]] = []
        for key in order:
            if key in SINGLE:
                dimensions.append((key, tuple(map(str, getattr(self, key)))))
            elif key in GROUPED:
                dimensions += [(f"{key}.{name}", v) for name, v in getattr(self, key).items()]
        return Axes(
            dimensions=tuple((name, values) for name, values in dimensions if values),
            exclude=tuple(rule.combination() for rule in self.exclude),
            include=tuple(rule.combination() for rule in self.include),
        )


def environment_values(combination: Combination) -> dict[str, object]:
    """A combination as the values of an environment's form; the name is left out."""
    values: dict[str, object] = {}
    for key, value in combination.items():
        group, _, name = key.partition(".")
        if name:
            inner = values.setdefault(group, {})
            assert isinstance(inner, dict)
            inner[name] = value
        elif key != NAME:
            values[key] = value
    return values


class MatrixForm(Form):
    """What is tested: environments, the profiles that select from them, limits and tolerances."""

    environments: Mapping[fields.NameText, EntryForm] = Field(
        default_factory=dict,
        description="Environments by name.",
        json_schema_extra=fields.NAMES_AS_KEYS,
    )
    axes: Mapping[fields.NameText, AxisGroup] = Field(
        default_factory=dict,
        description="Groups of environments, as products of versions.",
        json_schema_extra=fields.NAMES_AS_KEYS,
    )
    profiles: Mapping[fields.NameText, Profile] = Field(
        default_factory=dict,
        description="Parts of the matrix, to be run by their name.",
        json_schema_extra=fields.NAMES_AS_KEYS,
    )
    limits: LimitSettings = Field(default_factory=LimitSettings, description="Limits of one job.")
    tolerances: Tolerances = Field(default_factory=Tolerances, description="When outputs agree.")
