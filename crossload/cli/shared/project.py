"""What several commands begin with: the matrix, the profile, the environments on this machine.

Owns reading them, and the plan that the selecting options ask for.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.markup import escape

from crossload.cli.context import Context
from crossload.runner.atlas import Atlas
from crossload.runner.atlas.likeness import likeness
from crossload.runner.cases.library import CaseLibrary, find_cases
from crossload.runner.cases.model import Case
from crossload.runner.config.load import load_matrix
from crossload.runner.config.model import EnvironmentSpec, Matrix, Profile
from crossload.runner.config.nearest import hint
from crossload.runner.config.selection import Selection as Patterns
from crossload.runner.config.selection import choose
from crossload.runner.environments.frameworks import use_knowledge_of
from crossload.runner.environments.interpreters import find_interpreters
from crossload.runner.environments.model import Environment, Interpreter
from crossload.runner.environments.resolving import (
    download_missing,
    interpreter_cache,
    resolve_environments,
)
from crossload.runner.errors import UsageError
from crossload.runner.models.listing import read_models
from crossload.runner.models.traits import ModelTraits
from crossload.runner.plan import Plan, Selection, cases_of, make_plan
from crossload.runner.probing.strategies import is_distinct
from crossload.runner.shipped import probes_folder
from crossload.runner.words import Format


@dataclass(frozen=True)
class Project:
    """The matrix of this folder, with what this machine has for it.

    `brought` are the environments that the command line named by their own files; the matrix has
    them too. `cache` is the folder in which what container images hold is remembered.
    """

    matrix: Matrix
    models: dict[str, ModelTraits]
    cases: CaseLibrary
    interpreters: tuple[Interpreter, ...]
    brought: tuple[EnvironmentSpec, ...] = ()
    cache: Path | None = None

    @classmethod
    def load(cls, context: Context) -> Project:
        """Read the matrix and the scripted cases, and look for interpreters.

        Raises:
            ConfigurationError: the matrix is missing or wrong.
        """
        if context.borrowed:
            context.log.print(
                "no matrix.yaml here: using the one that comes with crossload; environments are "
                f"kept in {escape(str(context.home.root))}",
                style="dim",
            )
        use_knowledge_of(context.matrix_path)
        models = read_models(probes_folder())
        cases = find_cases(context.matrix_path, tuple(models))
        matrix = load_matrix(
            context.matrix_path,
            known_models=tuple(models),
            known_cases=cases.names if cases.all_named else None,
        )
        interpreters = find_interpreters(interpreter_cache(context.home.cache))
        return cls(matrix, models, cases, interpreters, cache=context.home.cache)

    def with_downloads(self, specs: Sequence[EnvironmentSpec], context: Context) -> Project:
        """Let uv download the interpreters missing from these specifications, and look again."""
        for minor, complaint in download_missing(self.environments(specs)).items():
            said = f"could not be downloaded: {complaint}" if complaint else "was downloaded"
            context.log.print(escape(f"Python {minor} {said}"))
        found = find_interpreters(interpreter_cache(context.home.cache))
        return replace(self, interpreters=found)

    def with_brought(self, specs: Sequence[EnvironmentSpec]) -> Project:
        """The same with these environments, the last of the matrix."""
        environments = (*self.matrix.environments, *specs)
        matrix = self.matrix.model_copy(update={"environments": environments})
        return replace(self, matrix=matrix, brought=(*self.brought, *specs))

    def environments(self, specs: Sequence[EnvironmentSpec]) -> tuple[Environment, ...]:
        """These specifications, each with the Python that it takes here."""
        found = resolve_environments(specs, self.interpreters, cache=self.cache)
        if not any(map(_has_no_row, found)):
            return found
        known = Atlas.load().environments
        return tuple(
            replace(one, like=likeness(one.spec, known)) if _has_no_row(one) else one
            for one in found
        )

    def profile(self, name: str) -> Profile:
        """The profile of that name.

        Raises:
            UsageError: there is none; names the nearest.
        """
        if name in self.matrix.profiles:
            return self.matrix.profiles[name]
        known = ", ".join(self.matrix.profiles) or "none"
        raise UsageError(
            f"the matrix has no profile {name!r}{hint(name, list(self.matrix.profiles))}",
            f"profiles of this matrix: {known}",
        )

    def specs_of(self, profile: Profile) -> tuple[EnvironmentSpec, ...]:
        """The environments of a profile, in matrix order."""
        wanted = Patterns.parse(profile.environments)
        return tuple(spec for spec in self.matrix.environments if wanted(spec.name))

    def cases_of(self, profile: Profile) -> tuple[Case, ...]:
        """All scripted cases if the profile has any, so that one that is wrong is reported.

        Raises:
            ConfigurationError: one is wrong.
        """
        return self.cases.cases() if profile.cases else ()


def _has_no_row(environment: Environment) -> bool:
    """Whether the shipped data cannot know it by its name."""
    spec = environment.spec
    return environment.adopted is not None or bool(spec.requirements or spec.conda)


def worth_saving(catalogue: Mapping[str, ModelTraits]) -> Callable[[str, Format], bool]:
    """Says for a model and a format whether the format's options can change what is saved."""

    def decide(model: str, file_format: Format) -> bool:
        return model not in catalogue or is_distinct(catalogue[model], file_format)

    return decide


def whole_plan(project: Project, name: str) -> Plan:
    """The plan of a profile.

    Raises:
        UsageError: no such profile.
        ConfigurationError: the profile has scripted cases, and one is wrong.
    """
    profile = project.profile(name)
    environments = project.environments(project.specs_of(profile))
    worth = Selection(file=worth_saving(project.models))
    return make_plan(name, profile, environments, worth, project.cases_of(profile))


def selected_plan(project: Project, args: argparse.Namespace) -> Plan:
    """The plan that the options of `add_selection` ask for.

    Raises:
        UsageError: no such profile, or a pattern that selects nothing.
        ConfigurationError: the profile has scripted cases, and one is wrong.
    """
    profile = project.profile(args.profile)
    environments = project.environments(project.specs_of(profile))
    names = {one.id: one.spec.name for one in environments}
    ids = choose(args.environment, list(names), option="--environment", names=names)
    all_cases = project.cases_of(profile)
    cases = [case.name for case in cases_of(profile, all_cases)]
    known_formats = [str(one) for one in (*profile.formats, *([Format.SCRIPT] if cases else []))]
    models = choose(args.model, [*profile.models, *cases], option="--model")
    formats = choose(args.format, known_formats, option="--format")
    worth = worth_saving(project.models)
    whole = make_plan(
        args.profile,
        profile,
        environments,
        Selection(
            environment=frozenset(ids).__contains__,
            model=frozenset(models).__contains__,
            format=frozenset(formats).__contains__,
            file=worth,
        ),
        all_cases,
    )
    if not args.cell:
        return whole
    cells = choose(args.cell, [str(cell) for cell in whole.cells], option="--cell")
    chosen = frozenset(cells)
    return make_plan(
        args.profile,
        profile,
        [one for one in environments if one.id in ids],
        Selection(
            model=frozenset(models).__contains__,
            format=frozenset(formats).__contains__,
            cell=chosen.__contains__,
            file=worth,
        ),
        all_cases,
    )
