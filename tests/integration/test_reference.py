"""The published reference still holds: another small part of it is measured again each day.

The whole takes an hour (`make full`); what is taken here depends on the day alone, so that a run
can be repeated, and in the course of months every environment has its turn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from crossload.runner.analysis import judge_run
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.ledger import Ledger
from crossload.runner.ledger.importing import read_snapshot
from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.words import Format, Verdict
from tests.integration.conftest import HOME, ROOT, crossload

pytestmark = pytest.mark.integration

PUBLISHED = ROOT / "reports" / "published" / "run.jsonl.xz"
FORMATS = (Format.H5, Format.KERAS, Format.WEIGHTS_H5, Format.JSON_WEIGHTS)
MODELS = 4
UNMEASURED = frozenset({Verdict.NOT_RUN, Verdict.UNAVAILABLE, Verdict.IMPOSSIBLE})


@pytest.fixture(scope="module")
def published() -> RunSnapshot:
    if not PUBLISHED.is_file():
        pytest.skip("no reference is published")
    return read_snapshot(PUBLISHED)


@pytest.fixture(scope="module")
def measured(
    published: RunSnapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunSnapshot]:
    """Two environments and a few models of the profile `full`, chosen by the day."""
    dice = random.Random(datetime.now(timezone.utc).date().toordinal())
    usable = [one.id for one in published.environments if one.problem is None]
    environments = dice.sample(usable, 2)
    models = sorted({cell.model for cell in published.cells if cell.format in FORMATS})
    chosen = dice.sample(models, MODELS)
    home = tmp_path_factory.mktemp("home")
    (HOME / "envs").mkdir(parents=True, exist_ok=True)
    (home / "envs").symlink_to(HOME / "envs")
    arguments = ["run", "--profile", "full", "--cell", "*/*.{h5,keras,weights-h5,json+weights}/*"]
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


def helped_since(then: Verdict, now: JudgedCell) -> bool:
    """Whether nothing loaded the file as a whole then, and its weights can be carried over now.

    The probes have learned to find weights in more files since the reference was made; what the
    frameworks do by themselves must be what it was.
    """
    by_weights = now.verdict in {Verdict.TRANSLATED, Verdict.REBUILT}
    return by_weights and then in {Verdict.FAILS, Verdict.DIFFERS}


def told(cells: tuple[JudgedCell, ...]) -> dict[str, Verdict]:
    return {str(one.cell): one.verdict for one in cells}


def test_every_cell_of_the_part_is_decided(measured: RunSnapshot) -> None:
    usable = {one.id for one in measured.environments if one.problem is None}
    assert usable
    for one in judge_run(measured):
        if {one.cell.saver, one.cell.loader} <= usable:
            assert one.verdict not in UNMEASURED, one


def test_the_part_agrees_with_the_reference(published: RunSnapshot, measured: RunSnapshot) -> None:
    """Where an environment is the very same, and right: a saver that errs may err differently."""
    same = {
        one.id
        for one in measured.environments
        if one.digest and one.digest == getattr(published.environment(one.id), "digest", None)
    }
    then = told(judge_run(published))
    compared = 0
    for one in judge_run(measured):
        if {one.cell.saver, one.cell.loader} <= same and not one.baseline_is_suspect:
            compared += 1
            assert then[str(one.cell)] is one.verdict or helped_since(then[str(one.cell)], one), one
    if not compared:
        pytest.skip("this machine's environments are not those of the reference")
