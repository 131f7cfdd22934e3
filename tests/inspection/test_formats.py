"""Every kind of file, made by hand as each era writes it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from crossload.runner.atlas import Atlas
from crossload.runner.inspection.model import Contents, FindingKind, Risk, Role
from crossload.runner.inspection.reading import read
from crossload.runner.inspection.wording import facts
from crossload.runner.prediction.model import Outcome
from crossload.runner.prediction.predicting import Predictor
from crossload.runner.words import Container, Format
from tests.inspection.making import (
    NEW_DENSE,
    TRAINING,
    VARIABLES,
    dense,
    kinds,
    new_lambda,
    new_sequential,
    old_lambda,
    sequential,
    texts,
    weights_of_keras_3,
    write_checkpoint,
    write_h5,
    write_keras,
    write_savedmodel,
)


def test_a_whole_model_in_hdf5(tmp_path: Path) -> None:
    found = read(write_h5(tmp_path / "m.keras", sequential(dense()), TRAINING))
    assert (found.container, found.contents, found.format) == (
        Container.HDF5,
        Contents.WHOLE,
        Format.H5,
    )
    assert (found.generation, found.origin.keras, found.origin.backend) == (
        2,
        "2.10.0",
        "tensorflow",
    )
    assert found.model_class == "Sequential"
    assert [one.class_name for one in found.layers] == ["Dense"]
    assert found.layers[0].keys == ("name", "units")
    assert (found.weights.arrays, found.weights.values, found.weights.bytes) == (2, 10, 40)
    assert found.weights.dtypes == ("float32",)
    assert found.training.compiled
    assert (found.training.optimizer, found.training.slots) == ("Adam", 2)
    assert found.findings == ()
    assert found.risk is Risk.NONE


@pytest.mark.parametrize(
    ("config", "generation"),
    [
        ({"name": "d", "output_dim": 2, "init": "uniform", "W_regularizer": None}, 1),
        ({"name": "d", "units": 2}, 2),
    ],
)
def test_a_sequential_was_a_bare_list_once(
    tmp_path: Path, config: dict[str, object], generation: int
) -> None:
    model = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": config}]}
    path = tmp_path / "m.json"
    path.write_text(json.dumps(model), encoding="utf-8")
    found = read(path)
    assert found.generation == generation
    assert [(one.role, one.class_name) for one in found.layers] == [(Role.LAYER, "Dense")]


def test_weights_of_keras_2_say_so(tmp_path: Path) -> None:
    found = read(write_h5(tmp_path / "w.h5"))
    assert (found.contents, found.format) == (Contents.WEIGHTS, Format.WEIGHTS_H5)
    assert (found.generation, found.weights.arrays) == (2, 2)


def test_weights_of_keras_1_have_no_version(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "w.h5")
    with h5py.File(path, "a") as file:
        del file.attrs["keras_version"]
    assert read(path).generation == 1


@pytest.mark.parametrize(("named", "generation"), [(True, 3), (False, None)])
def test_weights_of_keras_3_and_those_that_could_be_of_two(
    tmp_path: Path, *, named: bool, generation: int | None
) -> None:
    found = read(weights_of_keras_3(tmp_path / "m.weights.h5", named=named))
    assert found.generation == generation
    assert found.weights.arrays == 2  # neither the optimizer's nor the metrics'
    assert (found.training.optimizer, found.training.slots) == ("adam" if named else None, 2)


def test_weights_of_tensorflow_2_12(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["_layer_checkpoint_dependencies/dense/vars/0"] = np.ones(3, "f4")
    assert read(tmp_path / "w.h5").generation == 2


def test_an_archive(tmp_path: Path) -> None:
    compiled = new_sequential(NEW_DENSE, compile_config={"loss": "mse"})
    found = read(write_keras(tmp_path / "m.h5", compiled))
    assert (found.container, found.contents) == (Container.KERAS_ZIP, Contents.WHOLE)
    assert (found.generation, found.origin.keras, found.origin.date) == (3, "3.9.2", "2025")
    # Some versions write no optimizer there; its name stands beside its state.
    assert found.training.compiled
    assert (found.training.optimizer, found.training.slots) == ("adam", 2)
    assert found.findings == ()


@pytest.mark.parametrize(
    "optimizer", ["adam", {"module": "keras.optimizers", "class_name": "adam", "config": {}}]
)
def test_the_optimizer_of_an_archive(tmp_path: Path, optimizer: object) -> None:
    model = new_sequential(NEW_DENSE, compile_config={"optimizer": optimizer})
    assert read(write_keras(tmp_path / "m.keras", model)).training.optimizer == "adam"


def test_an_archive_that_was_written_on_windows_says_so(tmp_path: Path) -> None:
    weights = weights_of_keras_3(tmp_path / "w.h5", separator="\\").read_bytes()
    path = write_keras(tmp_path / "m.keras", version="2.15.0", more={"model.weights.h5": weights})
    found = read(path)
    assert found.origin.system == "Windows"
    assert (found.weights.arrays, found.weights.values) == (2, 10)
    assert ("written by", "Keras 2.15.0, on Windows, on 2025") in facts(found)
    assert read(write_keras(tmp_path / "other.keras")).origin.system is None
    predictions = Predictor(Atlas.load()).predict_all(found, ".keras")
    assert {one.outcome for one in predictions} == {Outcome.FAILS}
    expected = "it was written on Windows, whose paths (layers\\dense) other systems do not find"
    assert expected in {reason.sentence for one in predictions for reason in one.reasons}


def test_an_archive_of_tensorflow_2_15_is_of_keras_2(tmp_path: Path) -> None:
    assert read(write_keras(tmp_path / "m.keras", version="2.15.0")).generation == 2


def test_an_archive_that_was_packed_again(tmp_path: Path) -> None:
    path = write_keras(tmp_path / "m.keras", compression=zipfile.ZIP_DEFLATED)
    assert read(path).weights.arrays == 2


def test_an_unpacked_archive(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    with zipfile.ZipFile(write_keras(tmp_path / "m.keras")) as archive:
        archive.extractall(folder)
    found = read(folder)
    assert (found.container, found.contents) == (Container.KERAS_FOLDER, Contents.WHOLE)
    assert (found.weights.arrays, found.risk) == (2, Risk.NONE)
    assert "unpacked" in texts(found.findings)


@pytest.mark.parametrize("lacking", ["config.json", "metadata.json", "model.weights.h5"])
def test_an_archive_without_one_of_its_members(tmp_path: Path, lacking: str) -> None:
    path = tmp_path / "m.keras"
    whole = write_keras(tmp_path / "whole.keras")
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            if name != lacking:
                archive.writestr(name, source.read(name))
    (missing,) = read(path).findings
    assert (missing.kind, missing.where) == (FindingKind.MISSING, lacking)


def test_a_savedmodel_counts_each_layer_once(tmp_path: Path) -> None:
    layers = [dense("a"), dense("b")]
    root = sequential(*layers, keras_version="2.10.0", backend="tensorflow", trainable=True)
    root["model_config"] = {"class_name": "Sequential", "config": {**root["config"], "extra": 1}}
    root["training_config"] = TRAINING
    described = (
        ("_tf_keras_sequential", root),
        *(("_tf_keras_layer", {**one, "trainable": True}) for one in layers),
    )
    found = read(write_savedmodel(tmp_path / "sm", metadata=described))
    assert (found.contents, found.format) == (Contents.WHOLE, Format.SAVEDMODEL)
    assert (found.origin.tensorflow, found.origin.keras) == ("2.10.1", "2.10.0")
    assert [one.name for one in found.layers] == ["a", "b"]
    assert found.weights.arrays == 1
    # The learning rate is a setting, the graph of objects is no array.
    assert (found.training.optimizer, found.training.slots) == ("Adam", 2)
    assert found.signatures == ("serving_default",)
    assert found.findings == ()


def test_a_savedmodel_without_its_training_configuration_is_not_compiled(tmp_path: Path) -> None:
    """TensorFlow 1.15 and 2.3 leave the state of an optimizer in a file saved without it."""
    described = (("_tf_keras_sequential", sequential(dense("a"), keras_version="2.3.0-tf")),)
    found = read(write_savedmodel(tmp_path / "sm", metadata=described))
    assert not found.training.compiled
    assert dict(facts(found))["training"] == "not compiled, but 2 arrays of an optimizer's state"


def test_an_optimizer_is_shown_by_its_class(tmp_path: Path) -> None:
    root = sequential(dense("a"), keras_version="2.15.0")
    optimizer = {"class_name": "Custom>Adam", "config": {"learning_rate": 0.5}}
    root["training_config"] = {**TRAINING, "optimizer_config": optimizer}
    found = read(write_savedmodel(tmp_path / "sm", metadata=(("_tf_keras_sequential", root),)))
    assert dict(facts(found))["training"] == "compiled with Adam, 2 arrays of its state"


def test_a_subclassed_model_is_described_by_its_layers(tmp_path: Path) -> None:
    described = (
        ("_tf_keras_model", {"class_name": "MyModel", "config": {}, "trainable": True}),
        ("_tf_keras_layer", {**dense("a"), "trainable": True}),
        ("_tf_keras_metric", {"class_name": "Mean", "config": {}}),
    )
    found = read(write_savedmodel(tmp_path / "sm", metadata=described))
    assert found.model_class == "MyModel"
    assert [one.class_name for one in found.layers] == ["Dense"]


@pytest.mark.parametrize("training", [None, TRAINING], ids=["without optimizer", "with it"])
def test_a_savedmodel_without_its_optimizer_still_has_its_metrics(
    tmp_path: Path, training: dict[str, object] | None
) -> None:
    """A loader revives them all the same; where the compile arguments are kept, these name them."""
    root = sequential(dense("a"), keras_version="2.10.0", trainable=True)
    if training is not None:
        root["training_config"] = training
    described = (
        ("_tf_keras_sequential", root),
        ("_tf_keras_layer", {**dense("a"), "trainable": True}),
        ("_tf_keras_metric", {"class_name": "Mine", "config": {"name": "mine"}}),
    )
    found = read(write_savedmodel(tmp_path / "sm", metadata=described))
    mine = [one for one in found.objects if one.class_name == "Mine"]
    assert [one.role for one in mine] == ([Role.METRIC] if training is None else [])


def test_an_export_has_no_description(tmp_path: Path) -> None:
    found = read(write_savedmodel(tmp_path / "ex"))
    assert (found.contents, found.format) == (Contents.GRAPH, Format.EXPORT)
    assert found.operations == ("Const",)


@pytest.mark.parametrize("name", ["ck.index", "ck.data-00000-of-00001", "checkpoint", ""])
def test_a_checkpoint_by_any_of_its_files(tmp_path: Path, name: str) -> None:
    write_checkpoint(tmp_path / "ck", VARIABLES)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "ck"', encoding="utf-8")
    found = read(tmp_path / name)
    assert (found.container, found.format) == (Container.CHECKPOINT, Format.WEIGHTS_TF)
    assert (found.weights.arrays, found.weights.values, found.training.slots) == (1, 8, 2)
    assert found.findings == ()


def test_a_checkpoint_whose_data_are_cut(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "ck", VARIABLES)
    (tmp_path / "ck.data-00000-of-00001").write_bytes(b"\0" * 40)
    assert kinds(read(tmp_path / "ck.index")) == {FindingKind.DAMAGED}
    (tmp_path / "ck.data-00000-of-00001").unlink()
    assert kinds(read(tmp_path / "ck.index")) == {FindingKind.MISSING}


def test_an_architecture_in_json(tmp_path: Path) -> None:
    path = tmp_path / "architecture.txt"
    path.write_text(json.dumps(new_sequential(NEW_DENSE, new_lambda())), encoding="utf-8")
    found = read(path)
    assert (found.contents, found.format) == (Contents.ARCHITECTURE, Format.JSON_WEIGHTS)
    assert found.generation == 3  # no version in it, but modules
    assert found.risk is Risk.CODE


def test_an_architecture_in_yaml(tmp_path: Path) -> None:
    text = """\
backend: tensorflow
class_name: Sequential
config:
- class_name: Dense
  config:
    batch_input_shape: &shape !!python/tuple [null, 4]
    again: *shape
    units: 2
keras_version: 2.1.5
"""
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    found = read(path)
    assert (found.origin.keras, found.origin.backend) == ("2.1.5", "tensorflow")
    assert [one.class_name for one in found.layers] == ["Dense"]
    assert found.findings == ()


def write_shards(folder: Path, *names: str) -> Path:
    weights_of_keras_3(folder / "model_00000.weights.h5")
    path = folder / "model.weights.json"
    listed = {f"/layers/{at}/vars": name for at, name in enumerate(names)}
    path.write_text(
        json.dumps({"metadata": {"total_size": 1}, "weight_map": listed}), encoding="utf-8"
    )
    return path


def test_weights_in_several_files(tmp_path: Path) -> None:
    found = read(write_shards(tmp_path, "model_00000.weights.h5", "model_00000.weights.h5"))
    assert (found.container, found.contents) == (Container.WEIGHTS_LIST, Contents.WEIGHTS)
    assert (found.weights.arrays, found.generation) == (2, 3)
    assert found.findings == ()


def test_weights_of_which_a_file_is_missing_or_elsewhere(tmp_path: Path) -> None:
    found = read(write_shards(tmp_path, "model_00001.weights.h5", "../secret.h5"))
    assert kinds(found) == {FindingKind.MISSING, FindingKind.READS_FILES}
    assert found.risk is Risk.READS_FILES


def test_weights_that_are_listed_but_missing_from_the_file(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense()))
    with h5py.File(path, "a") as file:
        del file["model_weights/d/d/bias:0"]
    assert "the array 'd/bias:0' is not there" in texts(read(path).findings)
    with h5py.File(path, "a") as file:
        del file["model_weights/d"]
    assert "the weights of the layer 'd' are not there" in texts(read(path).findings)


def test_a_whole_model_without_its_weights(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense(), old_lambda()))
    with h5py.File(path, "a") as file:
        del file["model_weights"]
    found = read(path)
    assert kinds(found) == {FindingKind.CODE, FindingKind.MISSING}
    assert found.findings[0].kind is FindingKind.CODE  # the worst first


def test_types_of_weights_are_named(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(dense(dtype="mixed_float16")))
    with h5py.File(path, "a") as file:
        file["model_weights/half"] = np.ones(3, "f2")
    assert read(path).weights.dtypes == ("float16", "float32")
