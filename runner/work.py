"""The work of a run: what is not known yet, as tasks for the workers of its environments.

Owns putting together the keys, digests, materials and settings of that. When it is done, and what
is recorded besides, is decided in `runner.workflow`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.bridge import (
    KeyMaker,
    LedgerKnown,
    LedgerSink,
    Settling,
    probe_tasks,
    unsettled_units,
)
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.environments.record import environment_record
from crossload.runner.ledger import Ledger
from crossload.runner.models.listing import read_models
from crossload.runner.models.traits import ModelTraits
from crossload.runner.plan import Plan
from crossload.runner.probing.digests import digests_of, options_digest
from crossload.runner.probing.material import Material
from crossload.runner.probing.rounds import Round
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.sources import read_sources
from crossload.runner.progress import Display, ProbeProgress
from crossload.runner.records import EnvironmentProblem
from crossload.runner.request import RunRequest, limits_of, tolerances_of
from crossload.runner.sandbox.containment import uncontained
from crossload.runner.shipped import probes_folder

# The probes are deterministic and take no options besides the job; a new one would enter here, so
# that results of different options never meet.
PROBE_OPTIONS = {"protocol": 1, "seed": 1}
_SOURCES = "probe-sources.json"


def materials(plan: Plan, models: Mapping[str, ModelTraits]) -> dict[str, Material]:
    """What jobs are given of each model; a case loads plainly, so its traits are its name."""
    return {
        **{name: Material(traits) for name, traits in models.items()},
        **{one.name: Material(ModelTraits(one.name), one.scripts) for one in plan.cases},
        **{one.name: Material(one.traits, bundle=one.bundle) for one in plan.subjects},
    }


def round_of(
    request: RunRequest,
    ledger: Ledger,
    run_id: int,
    built: dict[str, BuiltEnvironment],
    display: Display,
    only: Collection[str] | None = None,
) -> tuple[Round, dict[str, int]]:
    """What of a run is not known yet, as the work of workers; how much of it by environment.

    With `only`, that of these environments alone (by id); the others are known, not used.
    """
    home = request.project.home
    limits = limits_of(request)
    probes = probes_folder()
    sources = read_sources(probes, home.cache / _SOURCES)
    models = read_models(probes)
    digests = digests_of(
        sources,
        models,
        {case.name: case.scripts for case in request.plan.cases},
        {one.name: one.bundle for one in request.plan.subjects},
    )
    keys = KeyMaker(built, digests, options_digest(PROBE_OPTIONS))
    tasks = probe_tasks(request.plan, keys)
    store = ArtifactStore(home.artifacts)
    given, tolerances = materials(request.plan, models), tolerances_of(request)
    is_settled = Settling(given, tolerances.relative)
    known = LedgerKnown(ledger, run_id, tasks, limits, store.has, is_settled)
    if only is not None:
        tasks = tuple(task for task in tasks if task.target.id in only)
    units = {task.target.id: unsettled_units(task, known, is_settled) for task in tasks}
    total = sum(units.values())

    def unusable(environment: str, problem: EnvironmentProblem) -> None:
        record = environment_record(built[environment].environment, problem)
        ledger.record_environment(run_id, record)
        display.environment(environment, f"{problem.state}: {problem.message}", final=True)

    executor = None
    if request.cluster is not None:
        executor = request.cluster.executor(limits, sandboxed=request.sandboxed)
    settings = ProbeSettings(
        probes=probes,
        artifacts=home.artifacts,
        scratch=home.scratch,
        limits=limits,
        tolerances=tolerances,
        jobs=request.jobs,
        sandbox=None if request.sandboxed else uncontained(),
        materials=given,
        is_over=request.is_over,
        executor=executor,
    )
    sink = LedgerSink(ledger, run_id, unusable)
    return Round(tasks, known, sink, settings, ProbeProgress(display, total)), units
