"""The shares by which ways are ordered: between never and always, and from the published run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.errors import ConfigurationError
from crossload.runner.formats import WRITTEN_FORMATS
from crossload.runner.migration import edges
from crossload.runner.migration.edges import Edges, make, shipped_edges
from crossload.runner.words import Format

PUBLISHED = Path(__file__).resolve().parent.parent.parent / "reports/published/run.jsonl.xz"


@given(st.integers(0, 50).flatmap(lambda most: st.tuples(st.integers(0, most), st.just(most))))
def test_a_share_is_never_nothing_and_never_all(counts: tuple[int, int]) -> None:
    share = Edges({"a": {"h5": {"b": counts}}}).share("a", Format.H5, "b")
    assert 0 < share < 1


def test_an_unmeasured_step_may_work() -> None:
    assert Edges({}).share("a", Format.H5, "b") == 0.25


def test_more_cells_that_load_make_a_way_likelier_and_more_cells_make_it_surer() -> None:
    table = Edges({"a": {"h5": {"b": (9, 10), "c": (1, 1), "d": (0, 10), "e": (0, 1)}}})
    shares = {name: table.share("a", Format.H5, name) for name in "bcde"}
    assert shares["b"] > shares["c"] > shares["e"] > shares["d"]


def test_the_shipped_ones_know_what_gets_through() -> None:
    """The translator crosses the border between the generations, but nothing gets into Keras 1."""
    shipped = shipped_edges()
    assert shipped.share("tf2.15", Format.SAVEDMODEL, "tf2.18") > 0.8
    assert shipped.share("tf2.15", Format.H5, "tf2.18") > 0.8
    assert shipped.share("tf2.15", Format.H5, "keras1.2.2-theano") < 0.06
    assert shipped.share("tf2.10", Format.SAVEDMODEL, "tf2.15") > 0.8
    assert {one for formats in shipped.table.values() for one in formats} == set(
        map(str, WRITTEN_FORMATS)
    )


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "edges.json"
    damaged.write_text("{", encoding="ascii")
    monkeypatch.setattr(edges, "SHIPPED", damaged)
    shipped_edges.cache_clear()
    try:
        with pytest.raises(ConfigurationError, match=r"edges\.json' cannot be read"):
            shipped_edges()
    finally:
        monkeypatch.undo()
        shipped_edges.cache_clear()


@pytest.mark.integration
def test_the_shipped_ones_are_those_of_the_published_run() -> None:
    """It judges fifteen thousand cells, which takes longer than other tests of this folder."""
    shipped = json.loads(edges.SHIPPED.read_text(encoding="ascii"))
    assert json.loads(json.dumps(make(PUBLISHED))) == shipped
