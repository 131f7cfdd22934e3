"""`crossload plan`: what a run would do, without building or measuring anything.

Owns the estimate and its two forms, a table and JSON. `runner.plan` makes the plan,
`cli.shared.sharding` prints the shards of one.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field
from rich.markup import escape
from rich.table import Table

from crossload.cli.options.output import add_json
from crossload.cli.options.selection import add_selection
from crossload.cli.options.sharding import add_shard, add_shards
from crossload.cli.shared.project import Project, selected_plan
from crossload.cli.shared.sharding import part_of, print_parts
from crossload.runner.environments.building import present
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.installing import needed_mb
from crossload.runner.environments.locking import find_lock
from crossload.runner.environments.model import BuiltEnvironment, Environment, Lock
from crossload.runner.environments.project import make_project
from crossload.runner.environments.variables import probe_variables
from crossload.runner.errors import ExitCode
from crossload.runner.prose import counted
from crossload.runner.records import EnvironmentProblem

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.runner.plan import Plan


class PlannedEnvironment(BaseModel):
    """One environment of the plan, in the JSON form."""

    id: str
    python: str
    interpreter: str | None
    api: str
    backend: str
    variables: dict[str, str]
    lock: str | None
    state: str
    problem: str | None
    download_mb: int
    disk_mb: int


class PlannedCell(BaseModel):
    """One cell of the plan, in the JSON form."""

    id: str
    saver: str
    model: str
    format: str
    loader: str


class PlanDocument(BaseModel):
    """What `crossload plan --json` prints; `schema` changes when a field changes its meaning."""

    schema_number: int = Field(default=1, serialization_alias="schema")
    version: int = 1  # what it was called at first
    profile: str
    environments: list[PlannedEnvironment]
    saves: int
    cases: list[str]
    cells: list[PlannedCell]


@dataclass(frozen=True)
class _Standing:
    """How far an environment is: its lock and, where it was built, what became of it."""

    environment: Environment
    lock: Lock | None
    result: BuiltEnvironment | EnvironmentProblem | None

    @property
    def state(self) -> str:
        if self.environment.adopted is not None and self.problem is None:
            return "exists"
        if isinstance(self.result, BuiltEnvironment):
            return "built"
        if self.result is not None:
            return str(self.result.state)
        return "to be built" if self.lock else "to be locked and built"

    @property
    def problem(self) -> EnvironmentProblem | None:
        return self.result if isinstance(self.result, EnvironmentProblem) else None

    @property
    def download_mb(self) -> int:
        """The framework's own wheel; the rest is small beside it."""
        if self.disk_mb == 0 or not self.environment.spec.tensorflow:
            return 0
        return load_frameworks().minor_of(self.environment.spec.tensorflow).download_mb

    @property
    def disk_mb(self) -> int:
        return 0 if self.result is not None else needed_mb(self.environment)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_selection(parser)
    add_shard(parser)
    add_shards(parser)
    add_json(parser, "the plan with every cell")


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the plan."""
    plan = selected_plan(Project.load(context), args)
    if args.shards or args.github_matrix:
        print_parts(plan, args, context)
        return int(ExitCode.OK)
    plan = part_of(plan, args)
    standings = [_checked(standing_of(one, context)) for one in plan.environments]
    if args.json:
        print(_document(plan, standings).model_dump_json(indent=1, by_alias=True))  # noqa: T201 - JSON goes to standard output as it is, past any formatting
    else:
        _print(plan, standings, context)
    return int(ExitCode.OK)


def standing_of(environment: Environment, context: Context) -> _Standing:
    """Look up an environment's lock and marker; starts and changes nothing."""
    if environment.problem is not None:
        return _Standing(environment, None, environment.problem)
    project = make_project(context.matrix_path, context.home)
    lock = None if environment.adopted else find_lock(environment, project.lock_folders)
    return _Standing(environment, lock, present(environment, project))


def _checked(standing: _Standing) -> _Standing:
    """The same; where nothing is known of the environment, an index is asked for its framework."""
    known = standing.lock or standing.result is not None
    if known or standing.environment.adopted or standing.environment.spec.conda:
        return standing
    from crossload.runner.releases.existence import unreleased

    return replace(standing, result=unreleased(standing.environment))


def environment_table(standings: list[_Standing]) -> Table:
    """One row for each environment: id, interpreter, state."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("environment")
    table.add_column("python")
    table.add_column("state")
    for one in standings:
        state = one.state
        if one.problem is not None:
            state = f"{state}: {one.problem.message}"
        interpreter = one.environment.interpreter
        table.add_row(
            escape(one.environment.id),
            interpreter.full if interpreter else _unknown_python(one.environment.python),
            escape(state),
        )
    return table


def _unknown_python(minor: str) -> str:
    """A Python that is not there; nothing where it is not even known which."""
    return f"({minor})" if minor else ""


def _print(plan: Plan, standings: list[_Standing], context: Context) -> None:
    console = context.console
    console.print(environment_table(standings))
    usable = {one.environment.id for one in standings if one.problem is None}
    saves = sum(save.saver in usable for save in plan.saves)
    cells = sum(cell.saver in usable and cell.loader in usable for cell in plan.cells)
    can_be = f"{counted(saves, 'save')} and {counted(cells, 'cell')}"
    console.print(
        f"\nprofile {escape(plan.profile)}: {counted(len(plan.environments), 'environment')}, "
        f"{counted(len(plan.saves), 'save')}, {counted(len(plan.cells), 'cell')}"
        + (f" (scripted cases among them: {len(plan.cases)})" if plan.cases else "")
        + (f"; {can_be} can be measured" if cells < len(plan.cells) else "")
    )
    download = sum(one.download_mb for one in standings)
    disk = sum(one.disk_mb for one in standings)
    if disk:
        console.print(f"to build: about {download} MB of download, {disk / 1000:.1f} GB of disk")
    for one in standings:
        if one.problem is not None and one.problem.advice:
            advice = f"{one.environment.id}: {one.problem.advice}"
            console.print(escape(advice), soft_wrap=True)


def _document(plan: Plan, standings: list[_Standing]) -> PlanDocument:
    return PlanDocument(
        profile=plan.profile,
        environments=[
            PlannedEnvironment(
                id=one.environment.id,
                python=one.environment.python,
                interpreter=(
                    str(one.environment.interpreter.path) if one.environment.interpreter else None
                ),
                api=str(one.environment.spec.api),
                backend=str(one.environment.spec.backend),
                variables=probe_variables(one.environment.spec),
                lock=str(one.lock.path) if one.lock else None,
                state=one.state,
                problem=one.problem.message if one.problem else None,
                download_mb=one.download_mb,
                disk_mb=one.disk_mb,
            )
            for one in standings
        ],
        saves=len(plan.saves),
        cases=[case.name for case in plan.cases],
        cells=[
            PlannedCell(
                id=str(cell),
                saver=cell.saver,
                model=cell.model,
                format=str(cell.format),
                loader=cell.loader,
            )
            for cell in plan.cells
        ],
    )
