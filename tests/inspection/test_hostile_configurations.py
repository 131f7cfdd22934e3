"""Configurations made to do harm: each is named as what it is, and none is obeyed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crossload.runner.inspection.model import Contents, FindingKind, Inspection, Risk
from crossload.runner.inspection.reading import read
from crossload.runner.inspection.scanning import scan
from tests.inspection.making import (
    CODE,
    NEW_DENSE,
    TRAINING,
    Config,
    dense,
    in_models,
    kinds,
    new_lambda,
    new_sequential,
    old_lambda,
    sequential,
    texts,
    write_h5,
    write_keras,
    write_savedmodel,
)


def function(module: str, name: str) -> Config:
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def layer(class_name: str, **config: Any) -> Config:
    return {"module": "keras.layers", "class_name": class_name, "config": {"name": "x", **config}}


BIDIRECTIONAL = {
    "class_name": "Bidirectional",
    "config": {"name": "b", "layer": old_lambda(), "backward_layer": dense()},
}
CODES: dict[str, Config] = {
    "lambda": old_lambda(),
    "lambda of Keras 3": new_lambda(),
    "three models deep": in_models(old_lambda(), 3),
    "eighty models deep": in_models(new_lambda(), 80),
    "in a wrapper": {"class_name": "TimeDistributed", "config": {"layer": old_lambda()}},
    "in two directions": BIDIRECTIONAL,
    "a mask": layer("Lambda", function="f", mask=[CODE, None, None], mask_type="lambda"),
    "merge of Keras 1": layer("Merge", mode=CODE, mode_type="lambda"),
    "a registered lambda": {**old_lambda(), "class_name": "keras>Lambda"},
    "os.system": layer("Lambda", function=function("os", "system")),
    "a class of Python": {"module": "subprocess", "class_name": "Popen", "config": {}},
    "a module of anybody": layer("Dense", activation=function("evil.module", "run")),
    "a download": layer("Lambda", function=function("keras.utils", "get_file")),
    "a download by its inner name": layer(
        "Lambda", function=function("keras.src.utils.file_utils", "get_file")
    ),
    "an unlisted function of Keras": layer("Lambda", function=function("keras.utils", "any_other")),
    "a download as a class": {"module": "keras.utils", "class_name": "get_file", "config": {}},
    "safe mode off": layer(
        "Lambda", function=function("keras.config", "enable_unsafe_deserialization")
    ),
    "safe mode off as a name": layer("Dense", x="keras.config.enable_unsafe_deserialization"),
    "a pickle of torch": layer("TorchModuleWrapper", module="gASV"),
    "an operation that writes": layer("TFOpLambda", function="io.write_file"),
    "an operation that calls Python": layer("TFOpLambda", function="numpy_function"),
    "a node that writes": layer("TensorFlowOpLayer", node_def='name: "x"\nop: "WriteFile"'),
    "a function of a module in memory": layer(
        "Lambda", function="system", function_type="function", module="posix"
    ),
}


@pytest.mark.parametrize("name", CODES)
def test_code_in_a_configuration(tmp_path: Path, name: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(new_sequential(CODES[name])), encoding="utf-8")
    found = read(path)
    assert found.risk is Risk.CODE, texts(found.findings)
    assert found.contents is Contents.ARCHITECTURE


@pytest.mark.parametrize("name", CODES)
def test_code_is_found_in_every_container(tmp_path: Path, name: str) -> None:
    model = new_sequential(CODES[name])
    described = (("_tf_keras_sequential", model),)
    for found in (
        read(write_h5(tmp_path / "m.h5", model)),
        read(write_keras(tmp_path / "m.keras", model)),
        read(write_savedmodel(tmp_path / "sm", metadata=described)),
    ):
        assert found.risk is Risk.CODE


def test_code_in_what_is_compiled(tmp_path: Path) -> None:
    loss = {"module": "x", "class_name": "function", "config": new_lambda()["config"]["function"]}
    compiled = new_sequential(NEW_DENSE, compile_config={"loss": loss})
    assert read(write_keras(tmp_path / "m.keras", compiled)).risk is Risk.CODE
    training = {**TRAINING, "metrics": [new_lambda()["config"]["function"]]}
    found = read(write_h5(tmp_path / "m.h5", sequential(dense()), training))
    assert found.risk is Risk.CODE
    assert found.findings[0].where.startswith("training_config")


def test_code_in_a_layer_that_the_model_of_a_savedmodel_hides(tmp_path: Path) -> None:
    described = (
        ("_tf_keras_sequential", sequential(dense())),
        ("_tf_keras_layer", {**old_lambda(), "trainable": True}),
    )
    assert read(write_savedmodel(tmp_path / "a", metadata=described)).risk is Risk.CODE
    root = sequential(dense(), model_config=sequential(old_lambda()))
    copied = (("_tf_keras_sequential", root),)
    assert read(write_savedmodel(tmp_path / "b", metadata=copied)).risk is Risk.CODE


@pytest.mark.parametrize(
    "config",
    [
        layer("TFSMLayer", filepath="/elsewhere"),
        {"class_name": "KerasLayer", "config": {"handle": "https://tfhub.dev/x"}},
        layer("StringLookup", vocabulary="/etc/passwd"),
        layer("IntegerLookup", vocabulary="http://169.254.169.254/"),
        layer("TextVectorization", vocabulary="words.txt"),
    ],
)
def test_configurations_that_read_other_files(tmp_path: Path, config: Config) -> None:
    found = read(write_keras(tmp_path / "m.keras", new_sequential(config)))
    assert found.risk is Risk.READS_FILES, texts(found.findings)


@pytest.mark.parametrize("registered", ["Gain", "my>Gain"])
def test_a_layer_of_your_own_needs_its_class(tmp_path: Path, registered: str) -> None:
    gain = {
        "module": "my.layers",
        "class_name": "Gain",
        "config": {},
        "registered_name": registered,
    }
    found = read(write_keras(tmp_path / "m.keras", new_sequential(gain)))
    assert (found.risk, kinds(found)) == (Risk.NEEDS_CLASS, {FindingKind.NEEDS_CLASS})


REFERENCES = [
    *(("builtins", name) for name in ("eval", "exec", "__import__", "open", "compile", "getattr")),
    ("tensorflow", "py_function"),
    ("tensorflow", "numpy_function"),
    ("tensorflow.io", "read_file"),
    ("tensorflow.io.gfile", "copy"),
    ("tensorflow.data", "Dataset.from_generator"),
    ("tensorflow.python.ops.io_ops", "read_file"),
    ("tensorflow.python.ops.gen_io_ops", "write_file"),
    ("tensorflow.python.ops.gen_io_ops", "matching_files"),
    ("tensorflow.python.ops.script_ops", "eager_py_func"),
    ("tensorflow.python.framework.load_library", "load_op_library"),
    ("tensorflow.python.lib.io.file_io", "copy"),
    ("tensorflow.keras.utils", "get_file"),
    ("tensorflow.python.keras.utils.data_utils", "get_file"),
    ("tf_keras.utils", "get_file"),
    ("keras.saving", "load_model"),
    ("keras.layers", "deserialize"),
    ("keras.losses", "deserialize_keras_object"),
    ("keras.src.layers.core.lambda_layer", "sys"),
    ("keras.activations", "os.system"),
    ("keras", "utils.get_file"),
    ("__main__", "os.system"),
    ("__main__", "__builtins__.eval"),
    ("tensorflow_hub", "load"),
    ("keras_hub.utils", "download"),
    ("importlib", "import_module"),
    ("os.path", "expanduser"),
    ("numpy", "load"),
    ("anything.at.all", "run"),
]


@pytest.mark.parametrize(("module", "name"), REFERENCES)
def test_a_function_that_is_not_known_to_be_harmless_is_code(module: str, name: str) -> None:
    as_class: Config = {"module": module, "class_name": name, "config": {}, "registered_name": None}
    in_registry = {**function(module, "absent"), "registered_name": name}
    specification = {**as_class, "class_name": "__typespec__", "spec_name": name}
    old = layer("Lambda", function=name, function_type="function", module=module)
    mask = layer("Lambda", function="f", mask=name, mask_type="raw", mask_module=module)
    for one in (function(module, name), as_class, in_registry, specification, old, mask):
        for place in (layer("Lambda", function=one), layer("Dense", kernel_initializer=one), one):
            found = scan(new_sequential(place))
            assert FindingKind.CODE in {finding.kind for finding in found}, (one, found)


@pytest.mark.parametrize(
    "name", ["subprocess.Popen", "numpy.memmap", "evil.Layer", "tensorflow.raw_ops.WriteFile"]
)
def test_an_unregistered_class_is_code(name: str) -> None:
    module, _, own = name.rpartition(".")
    one: Config = {"module": module, "class_name": own, "config": {}, "registered_name": None}
    assert [finding.kind for finding in scan(one)] == [FindingKind.CODE]


HARMLESS = [
    ("builtins", "relu"),
    ("builtins", "my_loss"),
    ("builtins", "sum"),
    ("keras", "relu"),
    ("keras.losses", "mean_squared_error"),
    ("keras.src.ops.numpy", "add"),
    ("keras.src.backend", "square"),
    ("keras.ops", "softmax"),
    ("tf_keras.src.activations", "swish"),
    ("tensorflow", "reduce_sum"),
    ("tensorflow.math", "square"),
    ("tensorflow.compat.v1", "abs"),
    ("tensorflow._api.v2.nn", "relu6"),
    ("tensorflow.python.ops.math_ops", "reduce_mean"),
    ("tensorflow.python.keras.activations", "elu"),
    ("tensorflow_addons.activations.gelu", "gelu"),
    ("keras_hub.src.utils.keras_utils", "gelu_approximate"),
    ("__main__", "my_function"),
    ("__main__", "Mine.method"),
]


@pytest.mark.parametrize(("module", "name"), HARMLESS)
def test_a_function_that_computes_is_harmless(module: str, name: str) -> None:
    assert scan(new_sequential(layer("Lambda", function=function(module, name)))) == []


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("TFOpLambda", {"function": "io.gfile.copy"}),
        ("TFOpLambda", {"function": "compat.v1.py_func"}),
        ("TFOpLambda", {"function": "keras.utils.get_file"}),
        ("TFOpLambda", {"function": "print"}),
        ("SlicingOpLambda", {"function": "raw_ops.WriteFile"}),
        ("ClassMethod", {"cls_symbol": "data.Dataset", "method_name": "from_generator"}),
        ("TensorFlowOpLayer", {"node_def": '{"name": "x", "op": "CacheDataset"}'}),
        ("TensorFlowOpLayer", {"node_def": 'op: "PrintV2" s: "file:///x"'}),
    ],
)
def test_operations_as_layers(class_name: str, config: Config) -> None:
    (found,) = scan(new_sequential(layer(class_name, **config)))
    assert (found.kind, found.text[:18]) == (FindingKind.CODE, "calls TensorFlow's")


@pytest.mark.parametrize(
    "config",
    [
        layer("TFOpLambda", function="math.add"),
        layer("TFOpLambda", function="compat.v1.nn.relu"),
        layer("SlicingOpLambda", function="__operators__.getitem"),
        layer("TFOpLambda", function="keras.activations.relu"),
        layer("ClassMethod", cls_symbol="RaggedTensor", method_name="from_row_splits"),
        layer("TensorFlowOpLayer", node_def='op: "PrintV2" s: "stderr"'),
        layer("StringLookup", vocabulary=["a", "b"]),
        layer("TextVectorization", vocabulary=None),
        layer("Dense", activation=function("builtins", "relu")),
        layer("Dense", activation=function("keras.src.activations", "gelu")),
        layer("Lambda", function="my_function", function_type="function", module="__main__"),
        {
            "module": "__main__",
            "class_name": "Mine",
            "config": {},
            "registered_name": "Custom>Mine",
        },
        layer("TFOpLambda", function="io.decode_jpeg"),
        layer("TensorFlowOpLayer", node_def='name: "ReadFileName_1"\nop: "AddV2"'),
        layer("Dense", name="conv1/conv"),
        layer("Reshape", target_shape=["a text that is long enough", 2]),
    ],
)
def test_what_only_looks_dangerous_is_not_reported(tmp_path: Path, config: Config) -> None:
    found = read(write_keras(tmp_path / "m.keras", new_sequential(config)))
    assert found.risk is Risk.NONE, texts(found.findings)


@pytest.mark.parametrize("name", ["../../x", "a/../b", "..\\x", "/etc/x", "C:\\x", "a\0b"])
def test_names_of_layers_that_are_paths(tmp_path: Path, name: str) -> None:
    found = read(write_keras(tmp_path / "m.keras", new_sequential(layer("Dense", name=name))))
    assert kinds(found) >= {FindingKind.UNSAFE_NAME}
    assert found.risk is Risk.MALFORMED


TEXTS = {
    "deep": b'{"class_name": "Model", "config": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep without end": b'{"a":' * 100_000,
    "less deep": b'{"class_name": "Model", "config": ' + b"[" * 500 + b"]" * 500 + b"}",
    "not UTF-8": b'{"class_name": "\xff\xfe"}',
    "a key twice": b'{"class_name": "Model", "config": {}, "config": {"layers": []}}',
    "cut": b'{"class_name": "Model", "config": {"layers": [',
    "a list": b'["class_name"]',
    "no model": b'{"a": 1}',
    "a number without end": b'{"class_name": "Model", "config": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("name", TEXTS)
def test_configurations_that_are_malformed(tmp_path: Path, name: str) -> None:
    (tmp_path / "m.json").write_bytes(TEXTS[name])
    assert read(tmp_path / "m.json").risk is Risk.MALFORMED
    found = read(write_keras(tmp_path / "m.keras", more={"config.json": TEXTS[name]}))
    assert found.risk is (Risk.NONE if name == "no model" else Risk.MALFORMED)


def test_texts_that_no_encoding_can_write(tmp_path: Path) -> None:
    model = new_sequential(layer("Mine\ud800", name="\udfff", **{"\udc80": 1}))
    found = read(write_keras(tmp_path / "m.keras", model))
    assert Inspection.from_json(found.to_json()) == found
    assert found.layers[0].class_name == "Mine?"


LAUGHS = "class_name: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"k{at}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(9)
)


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        (LAUGHS, Risk.MALFORMED),
        ("class_name: &a [*a]", Risk.MALFORMED),
        ("class_name: " + "[" * 5000, Risk.MALFORMED),
        ("class_name: !!python/object/apply:os.system ['true']", Risk.MALFORMED),
        ("class_name: Model\nconfig: !!python/object/apply:os.system ['true']", Risk.CODE),
        ("class_name: Model\nconfig: {name: m}", Risk.NONE),
    ],
)
def test_yaml(tmp_path: Path, text: str, risk: Risk) -> None:
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    assert read(tmp_path / "m.yaml").risk is risk
