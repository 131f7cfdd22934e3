"""`crossload check` with real frameworks: files, scripts, own code, damaged and hostile models."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest

from crossload.cli.main import main
from crossload.runner import work
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger
from crossload.runner.progress import ProbeProgress
from tests.inspection import making
from tests.integration.check.bench import BUILD, CODE, Bench

pytestmark = pytest.mark.integration


KINDS = {
    "plain.keras": "same",
    "two.keras": "same",
    "embedding.keras": "same",
    "dropout.keras": "same",
    "words.keras": "same",
    "plain.h5": "same",
    "stateful.h5": "same",
    "mixed.h5": "same",
    "my model (модель).h5": "same",
    "sub": "same",
    "bare-graph": "predicts",  # it has a signature and no endpoint
}


@pytest.fixture(scope="module")
def kinds(bench: Bench) -> dict[str, Any]:
    """The cells of every kind of model, by its file's name; all are checked in one go."""
    paths = [str(bench.path(name)) for name in KINDS]
    done = bench.call(*paths, "--environment", "*", "--json")
    assert done.returncode in {0, 1}, done.stderr
    models = json.loads(done.stdout)["models"]
    return {name: one["cells"] for name, one in zip(KINDS, models, strict=True)}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_models_agree_where_they_load(kinds: dict[str, Any], name: str) -> None:
    """In the Keras that wrote them, and, some with help, in Keras 3."""
    cells = kinds[name]
    home, newer = [one["verdict"] for one in cells if one["asked"]]
    assert home == KINDS[name]
    assert newer in {"same", "partial", "assisted", "translated", "predicts"}
    losses = [
        check["check"]
        for one in cells
        for attempt in one["measured"]["attempts"]
        for check in attempt["checks"]
        if check["check"] == "step" and check["status"] == "measured"
    ]
    assert bool(losses) == (name in {"plain.keras", "plain.h5", "my model (модель).h5"})


def test_the_users_code_counts_as_part_of_the_model(bench: Bench) -> None:
    model = str(bench.path("custom.h5"))
    code = bench.write("own.py", CODE)
    assert bench.verdicts(model, "--custom-objects", str(code)) == ["same", "same"]


def test_a_mistake_in_the_users_code_is_reported_as_theirs_with_its_line(bench: Bench) -> None:
    code = bench.write("broken.py", "import keras\n\nimport nothing_of_that_name\n")
    told = bench.check(str(bench.path("custom.h5")), "--custom-objects", str(code), code=1)
    warnings = " ".join(told["models"][0]["warnings"])
    assert "your broken.py, line 3: ModuleNotFoundError" in warnings


def test_weights_alone_with_code_that_builds_the_model(bench: Bench) -> None:
    code = str(bench.write("builds.py", BUILD))
    for name in ("only.weights.h5", "ckpt/only.index"):
        told = bench.check(str(bench.path(name)), "--custom-objects", code, "--to", "tf2.15")
        assert [one["verdict"] for one in told["models"][0]["cells"]] == ["same"], name


def test_an_architecture_with_its_weights(bench: Bench) -> None:
    weights = str(bench.path("only.weights.h5"))
    shutil.copy(weights, bench.path("plain-only.h5"))
    told = bench.check(str(bench.path("arch.json")), "--weights", weights, "--to", "tf2.15")
    assert told["models"][0]["cells"][0]["verdict"] in {"same", "partial"}


def test_given_inputs_and_outputs(bench: Bench) -> None:
    given = ("--inputs", str(bench.path("inputs.npz")), "--outputs")
    model = str(bench.path("still.h5"))
    right = bench.verdicts(model, *given, str(bench.path("right.npz")))
    assert set(right) <= {"same", "partial"}
    wrong = bench.verdicts(model, *given, str(bench.path("wrong.npz")), code=1)
    assert wrong == ["differs", "differs"]


def test_inputs_that_do_not_fit_are_reported_as_such(bench: Bench) -> None:
    shape = ("--inputs", str(bench.path("shape.npz")), "--to", "tf2.15")
    told = bench.check(str(bench.path("plain.keras")), *shape, code=4)
    (cell,) = told["models"][0]["cells"]
    assert cell["verdict"] == "not-run"
    assert cell["said"].startswith("it loads, but there is nothing to compare with: ValueError")


def test_a_script_in_every_saver_format_and_loader(bench: Bench) -> None:
    script = bench.write("script.py", BUILD)
    told = bench.check(str(script), "--pairs", "2.15:2.21,2.21:2.15", code=1)
    found = {
        (one["measured"]["saver"][:6], one["measured"]["format"]): one["verdict"]
        for one in told["models"][0]["cells"]
        if one["asked"]
    }
    assert found["tf2.15", "keras"] == "same"
    assert found["tf2.15", "savedmodel"] == "translated"
    assert found["tf2.21", "savedmodel"] == "unsaved"
    assert len(found) == 6


def test_a_script_that_one_saver_cannot_build(bench: Bench) -> None:
    text = BUILD.replace("return", "assert sys.version_info < (3, 13)\n    return")
    script = bench.write("picky.py", f"import sys\n{text}")
    told = bench.check(str(script), "--pairs", "2.15:2.15,2.21:2.21", "--format", "h5", code=1)
    model = told["models"][0]
    assert model["sentence"] == f"picky.py could not be built and saved in {bench.ids[1]}."
    assert any("picky.py, line 4: AssertionError" in one for one in model["warnings"])


def test_a_folder_of_models_costs_one_import_for_each_environment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[str] = []

    class Counting(ProbeProgress):
        def worker_starting(self, environment: str) -> None:
            starts.append(environment)

    monkeypatch.setattr(work, "ProbeProgress", Counting)
    monkeypatch.chdir(bench.folder)
    models = bench.path("several")
    models.mkdir()
    for name in ("plain.h5", "two.keras", "custom.h5"):
        shutil.copy(bench.path(name), models / f"again-{name}")
    making.write_h5(models / "nobody.h5", making.sequential(making.dense(units="many")))
    arguments = ["check", "several", "--environment", "*", "--home", str(bench.home), "--json"]
    monkeypatch.setattr(sys, "argv", ["crossload", *arguments])
    assert main() == 1
    with Ledger.open(Home(bench.home).ledger) as ledger:
        assert len(ledger.runs()) >= 3  # one model needed all rounds
    assert sorted(starts) == sorted(bench.ids)


def test_outputs_prove_the_translation_of_a_file_that_nothing_loads_plainly(bench: Bench) -> None:
    """A convolution of Keras 1 with a kernel of one pixel: its outputs are a matrix product."""
    random = np.random.RandomState(7)
    kernel, inputs = random.rand(3, 2), random.rand(4, 5, 5, 3)
    write_convolution_of_keras_1(bench.path("keras1.h5"), kernel)
    np.savez(bench.path("images.npz"), inputs.astype("float32"))
    np.savez(bench.path("product.npz"), (inputs @ kernel).astype("float32"))
    np.savez(bench.path("no-product.npz"), (inputs @ kernel + 1).astype("float32"))
    given = (str(bench.path("keras1.h5")), "--inputs", str(bench.path("images.npz")), "--outputs")
    right = bench.verdicts(*given, str(bench.path("product.npz")), code=1)
    assert right == ["translated", "translated"]
    wrong = bench.verdicts(*given, str(bench.path("no-product.npz")), code=1)
    assert wrong == ["fails", "fails"]


def write_convolution_of_keras_1(path: Path, kernel: npt.NDArray[np.float64]) -> None:
    channels, filters = kernel.shape
    layer = {
        "name": "convolution2d_1", "batch_input_shape": [None, 5, 5, channels],
        "nb_filter": filters, "nb_row": 1, "nb_col": 1, "subsample": [1, 1],
        "border_mode": "valid", "dim_ordering": "tf", "activation": "linear",
        "init": "glorot_uniform", "bias": False, "input_dtype": "float32", "trainable": True,
        "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None,
        "W_constraint": None, "b_constraint": None,
    }  # fmt: skip
    layers = [{"class_name": "Convolution2D", "config": layer}]
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"1.2.2"
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": layers}
        ).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [b"convolution2d_1"]
        group = weights.create_group("convolution2d_1")
        group.attrs["weight_names"] = [b"convolution2d_1_W:0"]
        group["convolution2d_1_W:0"] = kernel.reshape(1, 1, channels, filters).astype("float32")
