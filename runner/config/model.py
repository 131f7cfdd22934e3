"""What a matrix is once it was read: frozen values, no defaults left to guess.

Owns the shapes and the descriptions that the schema and the documentation are made of. How a file
may write them is `runner.config.form`; which values contradict each other, `runner.config.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from packaging.utils import canonicalize_name
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from crossload.runner.config import fields, profile_fields
from crossload.runner.config.fields import fault
from crossload.runner.config.profile_fields import ALL, UPGRADE
from crossload.runner.config.scalars import Kind, Scalar
from crossload.runner.records import Limits
from crossload.runner.records import Tolerances as DefaultTolerances
from crossload.runner.words import MODEL_FORMATS, Api, Backend, Format


class Form(BaseModel):
    """Frozen, without unknown keys; a key with nothing behind it counts as not written."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    nested: ClassVar[Mapping[str, type[Form]]] = {}  # forms inside, for the names of their keys

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            key: item
            for key, item in value.items()
            if not (
                key in cls.model_fields and isinstance(item, Scalar) and item.kind is Kind.NOTHING
            )
        }


def no_double_package(value: Any) -> Any:
    """Refuse `typing_extensions` beside `typing-extensions`: an index takes them for one."""
    names = list(value) if isinstance(value, dict) else []
    for position, name in enumerate(names):
        for earlier in names[:position]:
            if canonicalize_name(str(earlier)) == canonicalize_name(str(name)):
                raise fault(f"found {earlier!r} and {name!r}, which are one package")
    return value


def canonical_packages(packages: Mapping[str, Any]) -> dict[str, Any]:
    """The same pins under the names that indexes and lock files use."""
    return {canonicalize_name(name): pin for name, pin in packages.items()}


Packages = Annotated[
    Mapping[fields.PackageName, fields.PinText],
    BeforeValidator(no_double_package),
    AfterValidator(canonical_packages),
]


class EnvironmentForm(Form):
    """One environment, as the file describes it under its name."""

    python: fields.PythonText = Field(
        default="auto",
        description="Python's version, '3.11' for example; 'auto' takes the newest one on this "
        "machine for which TensorFlow has a build.",
    )
    tensorflow: fields.VersionText | None = Field(
        default=None,
        description="TensorFlow's version, in quotes. Leave it out for Keras on another backend.",
    )
    keras: fields.KerasOrNone = Field(
        default=None,
        description="Version of standalone Keras; 'bundled' (the default) is the one that "
        "TensorFlow brings.",
    )
    tf_keras: fields.VersionText | None = Field(
        default=None, description="Version of tf-keras, the Keras 2 for newer TensorFlow."
    )
    api: fields.ApiWord = Field(
        default=Api.TF_DOT_KERAS, description="The import through which Keras is used."
    )
    backend: fields.BackendWord = Field(
        default=Backend.TENSORFLOW,
        description="The backend that Keras runs on; any but TensorFlow needs 'api: keras'.",
    )
    packages: Packages = Field(
        default_factory=dict,
        description="Other packages to pin: a version ('2.10.0') or a range ('<3').",
    )
    variables: Mapping[fields.VariableName, fields.VariableText] = Field(
        default_factory=dict,
        description="Environment variables that the probes of this environment see.",
    )
    libraries: Mapping[fields.LibraryName, fields.LibraryName] = Field(
        default_factory=dict,
        description="Libraries that packages ask for under names this machine does not have, "
        "each with the library to use instead.",
    )
    resolve: fields.ResolveText = Field(
        default="period",
        description="Which releases of the other packages count: 'period' (those from shortly "
        "after the framework's release), 'latest' (today's) or those before a day "
        "('2024-03-01').",
    )


class EntryForm(EnvironmentForm):
    """An environment with a name of its own: one to be resolved, or one that exists."""

    interpreter: fields.PathText | None = Field(
        default=None,
        description="The Python of an existing environment, which is used as it is and never "
        "changed; relative to this file. It takes the place of versions and packages.",
    )
    requirements: fields.PathText | None = Field(
        default=None,
        description="A requirements.txt, pylock.toml, poetry.lock, uv.lock or pyproject.toml "
        "(with ':GROUP' for a dependency group), which takes the place of versions and packages.",
    )
    conda: fields.PathText | None = Field(
        default=None,
        description="An environment.yml, which conda, mamba or micromamba builds, relative to this "
        "file. It takes the place of versions and packages.",
    )
    container: fields.ImageText | None = Field(
        default=None,
        description="A container image, which docker or podman has, or a .sif file for apptainer, "
        "relative to this file. It takes the place of versions and packages.",
    )


class EnvironmentSpec(EntryForm):
    """One environment to test, from the file's environments or from its axes."""

    name: fields.NameText = Field(description="Unique name; the id adds the Python to it.")
    lines: tuple[str, ...] = Field(default=(), description="What its requirements file holds.")

    def id_with(self, python: str) -> str:
        """The environment's id for a Python such as "3.11": its name and `-py3.11`.

        A name that ends so already (an axis over Pythons gives such names) is its own id.
        """
        suffix = f"-py{python}"
        return self.name if self.name.endswith(suffix) else f"{self.name}{suffix}"

    def below(self, folder: Path) -> EnvironmentSpec:
        """The same with absolute paths; relative ones count from `folder`."""
        named = {key: getattr(self, key) for key in ("interpreter", "requirements", "conda")}
        if self.container is not None and fields.is_image_file(self.container):
            named["container"] = self.container
        paths = {
            key: str(folder / Path(text).expanduser())
            for key, text in named.items()
            if text is not None
        }
        return self.model_copy(update=paths) if paths else self


_Models = Annotated[
    tuple[Annotated[str, BeforeValidator(profile_fields.read_model)], ...],
    BeforeValidator(profile_fields.read_models),
    profile_fields.or_all(profile_fields.STRING, none=True),
]


class Profile(Form):
    """A named part of the matrix, to be run by its name."""

    environments: Annotated[
        tuple[Annotated[str, BeforeValidator(profile_fields.read_pattern)], ...],
        BeforeValidator(profile_fields.read_patterns),
        profile_fields.or_all(profile_fields.STRING),
    ] = Field(
        default=("*",),
        description="Names of environments; patterns such as 'tf2.1?' and '{a,b}' are allowed.",
    )
    models: _Models = Field(
        default=(ALL,),
        validate_default=True,
        description="Reference models: 'all', 'none' or a list of their names.",
    )
    variants: Annotated[
        tuple[Annotated[str, BeforeValidator(profile_fields.read_pattern)], ...],
        BeforeValidator(profile_fields.read_variants),
        profile_fields.or_all(profile_fields.STRING, none=True),
    ] = Field(
        default=(),
        description="Those of the environments that differ little from another: they are "
        "measured with 'variant_models' alone, without scripted cases, and not against each other.",
    )
    variant_models: _Models = Field(
        default=(ALL,),
        validate_default=True,
        description="Reference models for the variants: 'all', 'none' or a list of their names.",
    )
    formats: Annotated[
        tuple[Annotated[Format, BeforeValidator(profile_fields.read_format)], ...],
        BeforeValidator(profile_fields.read_formats),
        profile_fields.or_all({"enum": [str(word) for word in MODEL_FORMATS]}),
    ] = Field(default=MODEL_FORMATS, description="Formats to save in: 'all' or a list.")
    pairs: Annotated[
        Literal["all", "upgrade"]
        | tuple[Annotated[tuple[str, str], BeforeValidator(profile_fields.read_pair)], ...],
        BeforeValidator(profile_fields.read_pairs),
        WithJsonSchema(
            {
                "anyOf": [
                    {"enum": [ALL, UPGRADE]},
                    {"type": "array", "items": profile_fields.PAIR, "minItems": 1},
                ]
            }
        ),
    ] = Field(
        default="all",
        description="Who loads whose files: 'all', 'upgrade' (each environment loads its own "
        "files and those of the environments above it in the matrix), or a list of "
        "[saver, loader].",
    )
    cases: Annotated[
        tuple[Annotated[str, BeforeValidator(profile_fields.read_case)], ...],
        BeforeValidator(profile_fields.read_cases),
        profile_fields.or_all(profile_fields.STRING, none=True),
    ] = Field(
        default=(),
        description="Scripted cases: 'all', 'none' or a list of names and patterns.",
    )
    exclude: Annotated[
        tuple[Annotated[str, BeforeValidator(profile_fields.read_exclude)], ...],
        BeforeValidator(profile_fields.read_excludes),
        profile_fields.one_or_many(profile_fields.STRING),
    ] = Field(
        default=(),
        description="Cells that are left out: patterns 'model.format' or "
        "'saver/model.format/loader'.",
    )


class LimitSettings(Form):
    """What one job of a probe may use before it is stopped."""

    cpu_seconds: fields.Integer = Field(
        default=Limits.cpu_seconds,
        ge=1,
        le=86_400,
        description="Processor time of one job.",
    )
    wall_seconds: fields.Integer = Field(
        default=Limits.wall_seconds,
        ge=1,
        le=86_400,
        description="Waiting time for one job.",
    )
    memory_mb: fields.Integer = Field(
        default=Limits.memory_mb,
        ge=100,
        le=10_000_000,
        description="Memory of a probe, in MB.",
    )
    scratch_mb: fields.Integer = Field(
        default=Limits.scratch_mb,
        ge=1,
        le=10_000_000,
        description="Files of a probe, in MB.",
    )
    processes: fields.Integer = Field(
        default=Limits.processes,
        ge=16,
        le=100_000,
        description="Processes and threads of a probe.",
    )

    def to_limits(self) -> Limits:
        return Limits(**self.model_dump())


class Tolerances(Form):
    """How far outputs may lie apart and still agree; differences are relative."""

    relative: fields.Number = Field(
        default=DefaultTolerances.relative,
        gt=0,
        le=1,
        description="A difference up to this always counts as agreement.",
    )
    noise_factor: fields.Number = Field(
        default=DefaultTolerances.noise_factor,
        ge=1,
        le=1000,
        description="A difference up to this many times the saver's own noise also counts as "
        "agreement.",
    )
    ceiling: fields.Number = Field(
        default=DefaultTolerances.ceiling,
        gt=0,
        le=1,
        description="No difference above this counts as agreement, however noisy the saver.",
    )

    def to_tolerances(self) -> DefaultTolerances:
        return DefaultTolerances(**self.model_dump())


class Matrix(Form):
    """Everything that `matrix.yaml` says; environments in the order of the file, axes last."""

    environments: tuple[EnvironmentSpec, ...] = Field(description="All environments.")
    profiles: Mapping[str, Profile] = Field(default_factory=dict, description="Named parts.")
    limits: LimitSettings = Field(default_factory=LimitSettings, description="Limits of one job.")
    tolerances: Tolerances = Field(default_factory=Tolerances, description="When outputs agree.")
