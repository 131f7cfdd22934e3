"""Makes the inspections of the reference files again, without which no prediction can be scored.

    python benchmarks/inspections.py [--home .crossload] [--jobs 1] [--keep]

Owns looking into each whole-model file of a run: the very file where the home still has it. Of
the others, `--keep` takes what the earlier inspections say; without it they are saved again, in
environments that are built where they are missing. Nothing is loaded. The files are inspected in
this process, without the walls of `crossload inspect`: probes of this project wrote them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


from crossload.cli.context import Context  # noqa: E402
from crossload.cli.shared.project import Project  # noqa: E402
from crossload.runner.artifacts.store import ArtifactStore  # noqa: E402
from crossload.runner.bridge import KeyMaker, probe_tasks  # noqa: E402
from crossload.runner.environments.building import BuildOptions, build_all  # noqa: E402
from crossload.runner.environments.model import BuiltEnvironment  # noqa: E402
from crossload.runner.environments.project import make_project  # noqa: E402
from crossload.runner.home import Home  # noqa: E402
from crossload.runner.inspection.reading import read  # noqa: E402
from crossload.runner.interruption import run_interruptibly  # noqa: E402
from crossload.runner.ledger.importing import read_snapshot  # noqa: E402
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile  # noqa: E402
from crossload.runner.models.listing import read_models  # noqa: E402
from crossload.runner.plan import Plan, PlannedSave  # noqa: E402
from crossload.runner.prediction import recorded  # noqa: E402
from crossload.runner.prediction.recorded import Recorded  # noqa: E402
from crossload.runner.prediction.scoring import is_whole  # noqa: E402
from crossload.runner.probing.digests import options_digest, probe_digests  # noqa: E402
from crossload.runner.probing.schedule import run_probes  # noqa: E402
from crossload.runner.probing.settings import ProbeSettings  # noqa: E402
from crossload.runner.probing.sources import read_sources  # noqa: E402
from crossload.runner.records import (  # noqa: E402
    Attempt,
    AttemptKey,
    AttemptOutcome,
    EnvironmentProblem,
    LoadKey,
    SaveKey,
    SaveOutcome,
)
from crossload.runner.shipped import probes_folder  # noqa: E402
from crossload.runner.words import JobStatus  # noqa: E402
from crossload.runner.work import PROBE_OPTIONS, materials  # noqa: E402

PUBLISHED = ROOT / "reports" / "published"


class NothingKnown:
    """Every save is repeated."""

    def saved(self, key: SaveKey) -> SaveOutcome | None:
        del key
        return None

    def recall(self, keys: Collection[LoadKey]) -> None:
        """Nothing is known of any load either."""

    def attempts(self, key: LoadKey) -> Sequence[Attempt]:
        del key
        return ()


@dataclass
class Inspector:
    """Looks into each file as it is saved; `savers` are ids by digest."""

    artifacts: Path
    savers: dict[str, str]
    run: RunSnapshot
    found: dict[SavedFile, Recorded] = field(default_factory=dict)
    equal: int = 0

    def saved(self, key: SaveKey, outcome: SaveOutcome) -> None:
        file = SavedFile(self.savers[key.saver], key.model, key.format)
        if outcome.artifact is None:
            print(f"  not saved this time: {file}: {outcome.report.error or outcome.report.detail}")
            return
        self.found[file] = looked_into(self.artifacts, outcome)
        self.equal += outcome.payload_sha256 == self.run.saves[file].payload_sha256

    def attempted(self, key: AttemptKey, outcome: AttemptOutcome) -> None:
        raise AssertionError(f"nothing is to be loaded: {key}, {outcome}")

    def unusable(self, environment: str, problem: EnvironmentProblem) -> None:
        print(f"  {environment} cannot be used: {problem.message}")


def looked_into(artifacts: Path, outcome: SaveOutcome) -> Recorded:
    """What a saved file in a store says of itself."""
    path = artifacts / str(outcome.artifact) / "payload" / outcome.payload_name
    return Recorded(path.suffix, recorded.without_date(read(path)))


def stored(run: RunSnapshot, home: Home) -> dict[SavedFile, Recorded]:
    """The inspections of those files that the home still has."""
    store = ArtifactStore(home.artifacts)
    return {
        file: looked_into(home.artifacts, outcome)
        for file in wanted(run)
        if (outcome := run.saves[file]).artifact is not None and store.has(outcome.artifact)
    }


def wanted(run: RunSnapshot) -> tuple[SavedFile, ...]:
    """The files of a run that hold a whole model."""
    return tuple(
        file
        for file, outcome in run.saves.items()
        if is_whole(file.format) and outcome.report.status is JobStatus.DONE
    )


def built(context: Context, project: Project, ids: set[str], jobs: int) -> list[BuiltEnvironment]:
    """The environments of these ids, built where they are not; those that cannot be are named."""
    chosen = [one for one in project.environments(project.matrix.environments) if one.id in ids]
    for missing in sorted(ids - {one.id for one in chosen}):
        print(f"  {missing} is not in the matrix")
    context.home.prepare()
    where = make_project(context.matrix_path, context.home)
    usable = {}
    with closing(build_all(chosen, where, BuildOptions(jobs=jobs))) as results:
        for result in results:
            if isinstance(result.outcome, BuiltEnvironment):
                usable[result.environment.id] = result.outcome
            else:
                print(f"  {result.environment.id} cannot be used: {result.outcome.message}")
    return [usable[one.id] for one in chosen if one.id in usable]


def save_again(
    run: RunSnapshot, files: Sequence[SavedFile], home: Home, jobs: int
) -> dict[SavedFile, Recorded]:
    """Save and inspect these files; they are gone at the end."""
    context = Context(home, ROOT / "matrix.yaml")
    project = Project.load(context)
    environments = built(context, project, {one.saver for one in files}, jobs)
    for one in environments:
        record = run.environment(one.environment.id)
        if record is None or record.digest != one.digest:
            print(f"  {one.environment.id} is not what it was in the run")
    probes = probes_folder()
    models = read_models(probes)
    digests = probe_digests(read_sources(probes), models)
    by_id = {one.environment.id: one for one in environments}
    plan = Plan(
        profile=run.run.start.profile,
        environments=tuple(one.environment for one in environments),
        saves=tuple(
            PlannedSave(one.saver, one.model, one.format)
            for one in files
            if one.saver in by_id and one.model in digests
        ),
        cells=(),
    )
    tasks = probe_tasks(plan, KeyMaker(by_id, digests, options_digest(PROBE_OPTIONS)))
    with TemporaryDirectory(prefix="crossload-inspections-", dir=home.cache) as folder:
        artifacts, scratch = Path(folder) / "artifacts", Path(folder) / "scratch"
        inspector = Inspector(artifacts, {one.digest: name for name, one in by_id.items()}, run)
        settings = ProbeSettings(
            probes=probes,
            artifacts=artifacts,
            scratch=scratch,
            limits=run.run.start.limits,
            jobs=jobs,
            materials=materials(plan, models),
        )
        print(f"saving {len(plan.saves)} files in {len(by_id)} environments", flush=True)
        run_interruptibly(run_probes(tasks, NothingKnown(), inspector, settings))
    print(f"{inspector.equal} of them are the very bytes of the run")
    return inspector.found


def main() -> int:
    """Write the inspections; exit code 1 if one of the files could not be saved again."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", type=Path, default=PUBLISHED / "run.jsonl.xz", metavar="FILE")
    parser.add_argument(
        "--out", type=Path, default=PUBLISHED / "inspections.jsonl.xz", metavar="FILE"
    )
    parser.add_argument("--home", type=Path, default=ROOT / ".crossload", help="has environments")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="save nothing that is inspected")
    args = parser.parse_args()
    started = time.monotonic()
    run = read_snapshot(args.run)
    home = Home(args.home.resolve())
    files = wanted(run)
    found = stored(run, home)
    print(f"{len(found)} of {len(files)} files are in the store")
    if args.keep:
        earlier = recorded.read(args.out)
        found = {**{file: earlier[file] for file in files if file in earlier}, **found}
    rest = [file for file in files if file not in found]
    if rest:
        found |= save_again(run, rest, home, args.jobs)
    size = recorded.write(args.out, found)
    missing = len(files) - len(found)
    print(f"{len(found)} inspections, {size} bytes; {missing} files are missing")
    print(f"{time.monotonic() - started:.0f} s")
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main())
