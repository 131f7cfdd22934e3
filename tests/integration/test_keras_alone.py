"""Files of Keras 2 in Keras 3 on JAX and PyTorch alone, and arithmetic of TensorFlow in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import ROOT
from tests.integration.drivers import printed

FIXTURES = ROOT / "tests" / "probes" / "fixtures"
ARITHMETIC = FIXTURES / "arithmetic_driver.py"
REBUILDS = FIXTURES / "rebuild_driver.py"
TOLERANCE = 1e-5
SAVER = "tf2.15"
ALONE = ("jax", "torch")
MODELS = (
    *("functional-io", "conv-bn", "lstm", "depthwise", "embedding-masking", "attention", "merges"),
    *("operators", "custom-layer", "nested", "bidirectional", "multi-head-attention"),
)
CARRIED = {"coded", "elementary", "flipped", "masked", "multiplied", "normalized", "reshaped"}
CARRIED |= {"headed", "ordered", "stacked", "summed"}
# What the message says of the others.
REFUSED = {
    # The file does not say which tensors: its own saver does not load it.
    "attention": "the operation einsum cannot be computed as the file has it",
}
pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def arithmetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with twelve models of Keras 2 that compute between layers, in three formats."""
    folder = tmp_path_factory.mktemp("arithmetic")
    # Keras 2.15 cannot save a slice with `...` in its own format.
    assert set(printed(SAVER, ARITHMETIC, "save", folder)) == {"attention.keras"}
    return folder


def assert_refused(found: dict[str, Any]) -> None:
    """The message names the operation in the way and its layer, in every format."""
    assert {name.partition(".")[0] for name in found} == {*CARRIED, *REFUSED}
    for name, answer in found.items():
        reason = REFUSED.get(name.partition(".")[0])
        assert reason is None or reason in answer["error"]
        assert reason is None or "could not be loaded: layer 'tf.einsum" in answer["error"]


def test_arithmetic_of_tensorflow_is_carried_or_named(arithmetic: Path) -> None:
    found = printed("tf2.18", ARITHMETIC, "load", arithmetic)
    assert_refused(found)
    carried = {name: one for name, one in found.items() if name.partition(".")[0] in CARRIED}
    assert len(carried) == 3 * len(CARRIED)
    assert wrong(carried) == {}


@pytest.mark.parametrize("backend", ALONE)
def test_arithmetic_of_tensorflow_is_carried_to_another_backend(
    arithmetic: Path, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", backend)
    found = printed(f"keras3-{backend}", ARITHMETIC, "load", arithmetic, "keras")
    assert_refused(found)
    carried = {name: one for name, one in found.items() if name.partition(".")[0] in CARRIED}
    assert len(carried) == 3 * len(CARRIED)  # a SavedModel too, without TensorFlow
    assert wrong(carried) == {}


@pytest.mark.parametrize(("file_format", "backend"), [("h5", "jax"), ("keras", "torch")])
def test_reference_models_have_the_same_outputs_on_another_backend(
    file_format: str, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = printed(SAVER, REBUILDS, "save", tmp_path, file_format, *MODELS)
    assert saved == {name: {} for name in MODELS}
    monkeypatch.setenv("KERAS_BACKEND", backend)
    found = printed(f"keras3-{backend}", REBUILDS, "load", tmp_path, file_format, *MODELS)
    gaps = {name: answer.get("difference", answer) for name, answer in found.items()}
    assert set(gaps) == set(MODELS)
    assert {name: gap for name, gap in gaps.items() if not within(gap)} == {}


def within(gap: object) -> bool:
    return isinstance(gap, float) and gap <= TOLERANCE


def wrong(found: dict[str, Any]) -> dict[str, Any]:
    """The files whose model, or a plain copy of it, has other outputs than its saver."""
    return {
        name: answer
        for name, answer in found.items()
        if not (within(answer.get("gap")) and within(answer.get("again")))
        or (answer["way"], answer["plain"]) != ("translated", "plain")
    }
