"""Whole jobs over the pipes of a container's client, with a stand-in for the engine."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.sandbox.containment import uncontained
from crossload.runner.sandbox.target import Engine, Image, ProbeTarget
from crossload.runner.words import JobStatus
from tests.engines import DIGEST, Engines, make_engines
from tests.probing.bench import Bench


@pytest.fixture
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engines:
    return make_engines(tmp_path / "bin", monkeypatch)


@pytest.fixture(params=list(Engine))
def image(request: pytest.FixtureRequest, engines: Engines) -> Image:
    engine: Engine = request.param
    engines.image(Path(sys.executable))
    return Image(engine, str(engines.install(engine)), DIGEST)


class InImage(Bench):
    """A bench whose environments lie in an image."""

    image: Image

    def target(self, name: str = "a", **variables: str) -> ProbeTarget:
        return replace(super().target(name, **variables), image=self.image)


@pytest.fixture
def bench(tmp_path: Path, image: Image) -> InImage:
    bench = InImage(tmp_path / "home", uncontained())
    bench.image = image
    return bench


def test_jobs_are_done_in_the_container(bench: InImage, engines: Engines) -> None:
    bench.run(bench.task("a", ["one", "two"], ["a/one"]))
    outcomes = bench.ledger.by_model()
    assert {name: one.report.status for name, one in outcomes.items()} == {
        "one": JobStatus.DONE,
        "two": JobStatus.DONE,
    }
    assert len(bench.ledger.tries) > 0
    assert sum("--network" in call for call in engines.calls) == 1
    assert not list((bench.folder / "scratch").glob("probing-*"))


def test_a_job_that_hangs_is_ended_with_its_container(bench: InImage, engines: Engines) -> None:
    bench.limits = replace(bench.limits, wall_seconds=1)
    bench.run(bench.task("a", ["hang", "one"]))
    outcomes = bench.ledger.by_model()
    assert outcomes["hang"].report.status is JobStatus.TIMED_OUT
    assert outcomes["one"].report.status is JobStatus.DONE
    names = [call[call.index("--name") + 1] for call in engines.calls if "--name" in call]
    removed = [call[3] for call in engines.calls if call[1:3] == ["rm", "--force"]]
    assert len(names) == (0 if bench.image.engine is Engine.APPTAINER else 2)
    assert removed[:1] == names[:1]


def test_the_engines_complaint_is_the_reason(bench: InImage, engines: Engines) -> None:
    (engines.folder / "images.json").write_text("{}")
    bench.run(bench.task("a", ["one"]))
    (problem,) = bench.ledger.problems.values()
    assert f"Unable to find image {DIGEST!r} locally" in problem.log_tail
