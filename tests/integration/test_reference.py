"""The published reference still holds: another small part of it is measured again each day.

The whole takes hours (`make full`); what is taken here depends on the day alone, so that a run
can be repeated, and in the course of months every environment has its turn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

import pytest

from crossload.runner.analysis import judge_run
from crossload.runner.analysis.judged import JudgedCell, TryResult, is_suspect
from crossload.runner.analysis.sentences import LOADS_BUT_CANNOT_PREDICT
from crossload.runner.ledger import Ledger
from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.provenance import digests_today, measured_alike
from crossload.runner.records import Cell
from crossload.runner.words import Check, Format, Strategy, Verdict
from tests.integration.conftest import HOME, ROOT, crossload

pytestmark = pytest.mark.integration

PUBLISHED = ROOT / "reports" / "published" / "run.jsonl.xz"
FORMATS = 4
MODELS = 4
UNMEASURED = frozenset({Verdict.NOT_RUN, Verdict.UNAVAILABLE, Verdict.IMPOSSIBLE})


@dataclass(frozen=True)
class Reference:
    """The published run, and those of its cells that the probes in this tree measured."""

    snapshot: RunSnapshot
    by_these_probes: frozenset[Cell]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    if not PUBLISHED.is_file():
        pytest.skip("no reference is published")
    with Ledger.open(tmp_path_factory.mktemp("published") / "ledger.sqlite") as ledger:
        run_id = ledger.import_run(PUBLISHED).run_id
        alike = measured_alike(ledger, run_id, digests_today({}))  # no case is measured again
        return Reference(ledger.snapshot(run_id), alike.cells)


@pytest.fixture(scope="module")
def measured(
    published: Reference, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunSnapshot]:
    """Two environments, a few models and formats of the profile `full`, chosen by the day."""
    dice = random.Random(datetime.now(timezone.utc).date().toordinal())
    usable = [one.id for one in published.snapshot.environments if one.problem is None]
    environments = dice.sample(usable, 2)
    cells = [one for one in published.snapshot.cells if one.format is not Format.SCRIPT]
    chosen = dice.sample(sorted({cell.model for cell in cells}), MODELS)
    possible = sorted({str(one.format) for one in cells if one.model in chosen})
    formats = dice.sample(possible, min(FORMATS, len(possible)))
    home = tmp_path_factory.mktemp("home")
    (HOME / "envs").mkdir(parents=True, exist_ok=True)
    (home / "envs").symlink_to(HOME / "envs")
    arguments = ["run", "--profile", "full", "--cell", f"*/*.{{{','.join(formats)}}}/*"]
    for one in environments:
        arguments += ["--environment", one]
    for one in chosen:
        arguments += ["--model", one]
    done = crossload(ROOT, *arguments, home=home)
    if "ready" not in done.stderr and done.returncode == 4:
        pytest.skip(f"none of {environments} can be built here")
    assert done.returncode == 0, done.stdout + done.stderr
    with Ledger.open(home / "ledger.sqlite", read_only=True) as ledger:
        yield ledger.snapshot()


def helped_since(then: JudgedCell, now: JudgedCell) -> bool:
    """Whether a way of loading that is newer than the reference gives the same outputs.

    These are a file under another name, the translator, and weights that are found in more files;
    what the frameworks do by themselves must be what it was.
    """
    if then.verdict.loads_plainly:
        return False
    newer = now.strategy in {Strategy.RENAMED, Strategy.TRANSLATED}
    return newer or (now.verdict is Verdict.REBUILT and then.verdict is Verdict.FAILS)


def stricter_since(then: JudgedCell, now: JudgedCell) -> bool:
    """Whether a plain load fails a check that is newer: its metrics, or predict() beside a call."""
    if not then.verdict.loads_plainly:
        return False
    if now.verdict is Verdict.PARTIAL:
        return set(now.lost) - set(then.lost) <= {Check.METRICS}
    return LOADS_BUT_CANNOT_PREDICT in now.tried[0].notes


def agrees(then: JudgedCell, now: JudgedCell, *, same_probes: bool) -> bool:
    if same_probes:
        return (then.verdict, then.lost) == (now.verdict, now.lost)
    same = then.verdict is now.verdict
    return same or helped_since(then, now) or stricter_since(then, now)


def had_more_time(then: JudgedCell, now: JudgedCell) -> bool:
    """Whether a load hit a limit now that the reference's was given more than.

    What is stopped says nothing about a load that may go on, in a ledger as here.
    """
    before = {one.strategy: one.attempt.outcome.report.limits.cpu_seconds for one in then.tried}
    return any(
        before.get(one.strategy, 0) > one.attempt.outcome.report.limits.cpu_seconds
        for one in now.tried
        if one.result is TryResult.TIMED_OUT
    )


def test_every_cell_of_the_part_is_decided(measured: RunSnapshot) -> None:
    usable = {one.id for one in measured.environments if one.problem is None}
    assert usable
    for one in judge_run(measured):
        if {one.cell.saver, one.cell.loader} <= usable:
            assert one.verdict not in UNMEASURED, one


def test_the_part_agrees_with_the_reference(published: Reference, measured: RunSnapshot) -> None:
    """Where an environment is the very same, and right: a saver that errs may err differently.

    What these very probes measured has to come out again, losses included; what older ones did
    may differ in what the probes have learned since.
    """
    reference = published.snapshot
    same = {
        one.id
        for one in measured.environments
        if one.digest and one.digest == getattr(reference.environment(one.id), "digest", None)
    }
    known = judge_run(reference)
    then = {one.cell: one for one in known if one.verdict not in UNMEASURED}
    compared = 0
    for one in judge_run(measured):
        alike = {one.cell.saver, one.cell.loader} <= same and not is_suspect(one.baseline)
        if alike and one.cell in then and not had_more_time(then[one.cell], one):
            compared += 1
            same_probes = one.cell in published.by_these_probes
            assert agrees(then[one.cell], one, same_probes=same_probes), one
    if not compared:
        pytest.skip("this machine's environments are not those of the reference")
