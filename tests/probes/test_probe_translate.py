"""What becomes of descriptions of models of another Keras, by a toy that refuses as Keras does."""

from __future__ import annotations

import base64
import marshal
from collections.abc import Callable
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
Item = dict[str, Any]


class Tensor:
    """What a layer of the toy answers: how it came to be, as a text."""

    dtype = "float32"
    shape = (None, 3)

    def __init__(self, text: str) -> None:
        self.text = text


def text_of(value: Any) -> str:
    if isinstance(value, Tensor):
        return value.text
    return "[" + ",".join(map(text_of, value)) + "]" if isinstance(value, list) else repr(value)


class Layer:
    """A layer that accepts some arguments and refuses the others as Keras does."""

    accepted: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None = None, **options: Any) -> None:
        for key in options:
            if key not in self.accepted:
                message = f"__init__() got an unexpected keyword argument '{key}'"
                raise TypeError(message)
        self.name, self.options = name, options

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        given = [text_of(value) for value in args]
        given += [f"{key}={text_of(value)}" for key, value in sorted(kwargs.items())]
        return Tensor(f"{self.name}({','.join(given)})")


class Dense(Layer):
    accepted = ("units", "activation", "kernel_initializer", "use_bias")


class LSTM(Layer):
    accepted = ("units", "activation", "recurrent_activation", "go_backwards")


class GRU(Layer):
    accepted = ("units", "reset_after", "recurrent_activation", "activation")


class Conv2D(Layer):
    accepted = ("filters", "kernel_size", "padding", "strides", "data_format")


class BatchNormalization(Layer):
    accepted = ("axis", "dtype")


class LeakyReLU(Layer):
    accepted = ("alpha", "negative_slope")


class ReLU(Layer):
    accepted = ("threshold",)


class Bidirectional(Layer):
    accepted = ("layer", "backward_layer", "merge_mode")


class Concatenate(Layer):
    accepted = ("axis",)


class InputLayer(Layer):
    accepted = ("batch_shape", "batch_input_shape", "dtype")


class Lambda(Layer):
    accepted = ("function",)

    def __call__(self, *args: Any, **_: Any) -> Tensor:
        found: Tensor = self.options["function"](*args)
        return found


class Sequential(Layer):
    def __init__(self, name: str | None = None) -> None:
        self.name, self.layers = name, []

    def add(self, layer: Any) -> None:
        self.layers.append(layer)


class Model(Layer):
    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        self.name, self.inputs, self.outputs = name, inputs, outputs


LAYERS = (
    *(Dense, LSTM, GRU, Conv2D, BatchNormalization, LeakyReLU, ReLU, Bidirectional),
    *(Concatenate, InputLayer, Lambda),
)


def make_input(name: str, **_options: Any) -> Tensor:
    return Tensor(name)


def get_activation(name: str) -> str:
    if name not in {"tanh", "sigmoid", "hard_sigmoid"}:
        raise ValueError(name)
    return name


def framework(*, keras3: bool) -> SimpleNamespace:
    def deserialize(config: Item) -> None:
        raise ValueError(config)

    def read_json(text: str, _objects: Any = None) -> None:
        raise ValueError(text)

    layers = SimpleNamespace(
        **{cls.__name__: cls for cls in LAYERS}, Input=make_input, deserialize=deserialize
    )
    parts = SimpleNamespace(Zeros=type("Zeros", (), {}), deserialize=deserialize)
    math = SimpleNamespace(clip=lambda x, low, high: (x, low, high))
    keras = SimpleNamespace(
        layers=layers,
        models=SimpleNamespace(Sequential=Sequential, Model=Model, model_from_json=read_json),
        utils=SimpleNamespace(custom_object_scope=lambda _objects: nullcontext()),
        activations=SimpleNamespace(get=get_activation),
        initializers=parts,
        backend=math,
        ops=math,
        Sequential=SimpleNamespace(),
        Model=SimpleNamespace(),
    )
    return SimpleNamespace(
        keras=keras, is_keras3=keras3, tensorflow=SimpleNamespace(), clear=lambda: None
    )


def layer(name: str, cls: str, nodes: Any, **config: Any) -> Item:
    return {
        "class_name": cls,
        "name": name,
        "config": {"name": name, **config},
        "module": "keras.layers",
        "inbound_nodes": nodes,
    }


def given(name: str = "x") -> Item:
    return layer(name, "InputLayer", [], batch_input_shape=[None, 3], dtype="float32")


def functional(*layers: Item, output: Any, version: str = "2.4.0", inputs: str = "x") -> Item:
    config = {
        "name": "model",
        "layers": list(layers),
        "input_layers": [[inputs, 0, 0]],
        "output_layers": output,
    }
    return {"class_name": "Functional", "config": config, "keras_version": version}


def tensor(name: str, node: int = 0) -> Item:
    config = {"shape": [None, 3], "dtype": "float32", "keras_history": [name, node, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def only(name: str, cls: str, version: str = "2.4.0", **config: Any) -> Item:
    """A model of one layer."""
    return functional(
        given(),
        layer(name, cls, [[["x", 0, 0, {}]]], **config),
        output=[[name, 0, 0]],
        version=version,
    )


SHAPED: Item = {
    "class_name": "Sequential",
    "keras_version": "2.2.4",
    "config": [{"class_name": "Dense", "config": {"units": 1, "batch_input_shape": [None, 4]}}],
}
Build = Callable[..., tuple[Any, list[str]]]


@pytest.fixture
def build(probe: Probe) -> Build:
    """Build by the toy; its own reading always raises."""

    def run(
        architecture: Item,
        *,
        keras3: bool = True,
        objects: Item | None = None,
        unsafe: bool = False,
    ) -> tuple[Any, list[str]]:
        toy = framework(keras3=keras3)
        found: tuple[Any, list[str]] = probe("probe_architecture").build(
            toy, architecture, objects or {}, unsafe
        )
        return found

    return run


@pytest.fixture
def make(probe: Probe) -> Callable[..., tuple[Any, list[str]]]:
    """Make one layer, and say what was changed."""

    def run(
        cls: str, config: Item, *, keras3: bool = True, version: str = "2.4.0"
    ) -> tuple[Any, list[str]]:
        changes = probe("probe_translate").Changes()
        facts = {"keras_version": version, "from_keras3": version.startswith("3")}
        maker = probe("probe_translate_layers").Maker(
            framework(keras3=keras3), facts, {}, changes, unsafe=False
        )
        item = probe("probe_translate").plain({"class_name": cls, "config": config})
        return maker.layer(item), changes.texts()

    return run


def refusal(probe: Probe) -> type[Exception]:
    found: type[Exception] = probe("probe_translate").NotTranslated
    return found


def test_a_refused_argument_is_left_out_and_told_with_its_value(make: Build) -> None:
    made, changes = make("LSTM", {"units": 4, "implementation": 2})
    assert made.options == {"units": 4}
    assert changes == ["left out implementation=2 of LSTM"]


def test_an_argument_that_computes_is_not_left_out(probe: Probe, make: Build) -> None:
    assert make("LSTM", {"time_major": False})[1] == ["left out time_major=False of LSTM"]
    with pytest.raises(refusal(probe), match="time_major=True of LSTM changes what it computes"):
        make("LSTM", {"time_major": True})


def test_an_error_that_refuses_no_argument_is_passed_on(probe: Probe, make: Build) -> None:
    assert probe("probe_translate_layers").refused("units must be positive", {"units": 0}) is None
    with pytest.raises(refusal(probe), match="no layer Missing"):
        make("Missing", {})


@pytest.mark.parametrize(
    "message",
    [
        "__init__() got an unexpected keyword argument 'lost'",
        "('Keyword argument not understood:', 'lost')",
        "Unrecognized keyword arguments passed to LSTM: {'lost': False}",
        "Unrecognized keyword arguments: ['lost']",
        "Invalid keyword argument(s) in `__init__`: {'lost'}",
        "Argument(s) not recognized: {'lost': 0}",
    ],
)
def test_every_frameworks_words_for_a_refused_argument_are_understood(
    probe: Probe, message: str
) -> None:
    refused = probe("probe_translate_layers").refused
    assert refused(message, {"lost": 1}) == "lost"
    assert refused(message, {"kept": 1}) is None


def test_policies_modules_and_registered_names_become_plain(probe: Probe) -> None:
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    wrapped = {
        "module": "keras.initializers",
        "class_name": "Zeros",
        "config": {},
        "registered_name": None,
        "shared_object_id": 7,
    }
    plain = probe("probe_translate").plain
    assert plain({"dtype": policy, "kernel_initializer": wrapped}) == {
        "dtype": "mixed_float16",
        "kernel_initializer": {
            "class_name": "Zeros",
            "config": {},
            "module": "keras.initializers",
        },
    }
    assert plain({"class_name": "__tuple__", "items": [1, [2]]}) == [1, [2]]
    assert plain({"class_name": "TensorShape", "items": [None, 3]}) == [None, 3]
    assert plain({"class_name": "function", "config": "blend", "module": "builtins"}) == "blend"


@pytest.mark.parametrize(
    ("keras3", "stored", "wanted"),
    [(True, "alpha", "negative_slope"), (False, "negative_slope", "alpha")],
    ids=["to-3", "to-2"],
)
def test_renamed_arguments_keep_their_value(
    make: Build, *, keras3: bool, stored: str, wanted: str
) -> None:
    made, changes = make("LeakyReLU", {stored: 0.2}, keras3=keras3)
    assert made.options == {wanted: 0.2}
    assert changes == [f"{stored} of LeakyReLU as {wanted}"]


@pytest.mark.parametrize(
    ("stored", "config", "cls", "options"),
    [
        ("BatchNormalizationV1", {"axis": [3]}, BatchNormalization, {"axis": 3}),
        ("ThresholdedReLU", {"theta": 0.7}, ReLU, {"threshold": 0.7}),
        (
            "CuDNNGRU",
            {"units": 2},
            GRU,
            {
                "units": 2,
                "reset_after": True,
                "activation": "tanh",
                "recurrent_activation": "sigmoid",
            },
        ),
        (
            "CuDNNLSTM",
            {"units": 2},
            LSTM,
            {"units": 2, "activation": "tanh", "recurrent_activation": "sigmoid"},
        ),
    ],
    ids=["normalization", "threshold", "cudnn-gru", "cudnn-lstm"],
)
def test_old_classes_become_those_that_compute_the_same(
    make: Build, stored: str, config: Item, cls: type[Layer], options: Item
) -> None:
    made, changes = make(stored, config)
    assert (type(made), made.options) == (cls, options)
    assert changes[0].startswith(f"{stored} as {cls.__name__}")
    assert ("bias" in changes[0]) == stored.startswith("CuDNN")


def test_a_gru_from_before_the_option_resets_before(make: Build) -> None:
    assert make("GRU", {"units": 2}, version="2.1.0")[0].options["reset_after"] is False
    assert "reset_after" not in make("GRU", {"units": 2}, version="3.1.0")[0].options


def test_a_hard_sigmoid_is_computed_as_its_own_keras_did(make: Build) -> None:
    made, changes = make("LSTM", {"recurrent_activation": "hard_sigmoid"})
    assert made.options["recurrent_activation"](5.0) == (0.2 * 5.0 + 0.5, 0.0, 1.0)
    assert changes == ["hard_sigmoid of LSTM by the formula of Keras 2"]
    made, _ = make("LSTM", {"recurrent_activation": "hard_sigmoid"}, version="3.1.0")
    assert made.options["recurrent_activation"] == "hard_sigmoid"


def test_arguments_of_keras1_get_their_later_names(make: Build) -> None:
    config = {"nb_filter": 4, "nb_row": 3, "nb_col": 2, "border_mode": "same", "dim_ordering": "tf"}
    made, changes = make("Convolution2D", {**config, "subsample": [1, 1]}, version="1.1.2")
    assert made.options == {
        "filters": 4,
        "kernel_size": (3, 2),
        "padding": "same",
        "data_format": "channels_last",
        "strides": (1, 1),
    }
    assert "kernels of Keras 1 may be stored transposed or turned" in changes


def test_an_unknown_initializer_is_no_reason_to_fail(make: Build) -> None:
    odd = {"class_name": "Odd", "config": {}}
    made, changes = make("Dense", {"units": 1, "kernel_initializer": odd})
    assert made.options["kernel_initializer"] == "zeros"
    assert changes == ["left out initializer Odd of Dense: unknown here"]


def test_an_unknown_activation_is(probe: Probe, make: Build) -> None:
    with pytest.raises(refusal(probe), match="no activation odd"):
        make("Dense", {"activation": "odd"})


def test_a_backwards_layer_gets_its_other_direction_in_keras3(make: Build) -> None:
    inner = {"class_name": "LSTM", "config": {"name": "a", "go_backwards": True}}
    made, _ = make("Bidirectional", {"layer": inner})
    assert made.options["backward_layer"].name == "backward_a"
    assert "backward_layer" not in make("Bidirectional", {"layer": inner}, keras3=False)[0].options


def test_connections_of_keras3_are_called_again(build: Build) -> None:
    architecture = functional(
        given(),
        layer("a", "Dense", [{"args": [tensor("x")], "kwargs": {"training": False}}], units=1),
        layer("b", "Concatenate", [{"args": [[tensor("a"), tensor("x")]], "kwargs": {}}]),
        output=["b", 0, 0],
        version="3.5.0",
    )
    model, changes = build(architecture, keras3=False)
    assert text_of(model.outputs) == "b([a(x),x])"
    assert changes == ["layers and connections of Keras 3 made again by Keras 2"]


def test_connections_of_keras2_are_called_again_in_any_order(build: Build) -> None:
    architecture = functional(
        layer("late", "Dense", [[["early", 1, 0, {}]]]),
        given(),
        layer("early", "Dense", [[["x", 0, 0, {}]], [["early", 0, 0, {"mask": ["x", 0, 0]}]]]),
        output=[["late", 0, 0]],
    )
    model, _ = build(architecture)
    assert text_of(model.outputs) == "late(early(early(x),mask=x))"


@pytest.mark.parametrize("first", [0, 1], ids=["from-zero", "from-one"])
def test_calls_of_an_inner_model_count_from_zero_or_one(build: Build, first: int) -> None:
    inner = layer("inner", "Sequential", [[["x", 0, 0, {}]], [["y", 0, 0, {}]]])
    inner["config"]["layers"] = [{"class_name": "Dense", "config": {"name": "d", "units": 1}}]
    architecture = functional(
        *(given("x"), given("y"), inner),
        layer("sum", "Concatenate", [[["inner", first, 0, {}], ["inner", first + 1, 0, {}]]]),
        output=[["sum", 0, 0]],
    )
    model, changes = build(architecture)
    assert text_of(model.outputs) == "sum([inner(x),inner(y)])"
    assert changes[0].startswith("read layer by layer")


def test_states_beside_the_sequence_go_by_their_name(build: Build) -> None:
    architecture = functional(
        *(given("x"), given("h")),
        layer("r", "GRU", [[["x", 0, 0, {}], ["h", 0, 0, {}]]], reset_after=True),
        output=[["r", 0, 0]],
    )
    assert text_of(build(architecture)[0].outputs) == "r(x,initial_state=[h])"


def test_a_mask_that_operations_computed_is_left_to_the_layers(build: Build) -> None:
    equal = layer("ne", "NotEqual", [{"args": [tensor("x"), 0], "kwargs": {}}])
    equal["module"] = "keras.src.ops.numpy"
    node = {"args": [tensor("x")], "kwargs": {"mask": tensor("ne")}}
    architecture = functional(
        given(), layer("r", "Dense", [node]), output=["r", 0, 0], version="3.5.0"
    )
    architecture["config"]["layers"].append(equal)
    model, changes = build(architecture, keras3=False)
    assert text_of(model.outputs) == "r(x)"
    assert "masks taken from the layers, not from operations" in changes


def test_slashes_in_names_become_another_letter_in_keras3_alone(build: Build) -> None:
    architecture = only("a/b", "Dense")
    assert text_of(build(architecture)[0].outputs) == "a_b(x)"
    assert text_of(build(architecture, keras3=False)[0].outputs) == "a/b(x)"


def test_two_layers_of_one_name_are_refused(probe: Probe, build: Build) -> None:
    architecture = functional(given(), given(), output=[["x", 0, 0]])
    with pytest.raises(refusal(probe), match="two layers have one name"):
        build(architecture)


def test_a_connection_to_nowhere_ends_in_a_refusal(probe: Probe, build: Build) -> None:
    with pytest.raises(refusal(probe), match="'a' lead nowhere"):
        build(functional(layer("a", "Dense", [[["a", 0, 0, {}]]]), output=[["a", 0, 0]]))


def test_a_sequential_of_keras1_is_a_bare_list(build: Build) -> None:
    layers = [{"class_name": "Dense", "config": {"units": 1, "batch_input_shape": [None, 4]}}]
    model, _ = build({"class_name": "Sequential", "config": layers, "keras_version": "2.1.0"})
    assert model.layers[0].options == {"batch_shape": (None, 4)}
    assert model.layers[1].options == {"units": 1}


def test_an_operation_without_a_counterpart_is_refused_by_name(probe: Probe, build: Build) -> None:
    with pytest.raises(refusal(probe), match=r"tf\.signal\.fft cannot be made again"):
        build(only("f", "TFOpLambda", function="signal.fft"))


def test_a_slice_of_keras2_is_taken_again(probe: Probe) -> None:
    spec = [{"start": None, "stop": None, "step": None}, 1]
    table = np.array([[1, 2], [3, 4]])
    assert probe("probe_translate_operations").slice_of(table, spec).tolist() == [2, 4]


def test_byte_code_runs_where_it_was_allowed_and_is_of_this_python(
    probe: Probe, build: Build
) -> None:
    code = base64.b64encode(marshal.dumps((lambda x: x).__code__)).decode()
    stored = only("f", "Lambda", function=[code, None, None])
    with pytest.raises(refusal(probe), match="nobody allowed"):
        build(stored)
    assert text_of(build(stored, unsafe=True)[0].outputs) == "x"
    other = base64.b64encode(b"\xe3" + b"\0" * 40).decode()
    with pytest.raises(refusal(probe), match="another Python"):
        build(only("f", "Lambda", function=[other, None, None]), unsafe=True)


def test_changes_are_counted_and_few(probe: Probe) -> None:
    changes = probe("probe_translate").Changes()
    for number in range(40):
        changes.note(f"change {number % 20} {'x' * 200}")
    texts = changes.texts()
    assert len(texts) == 12
    assert all(len(text) < 120 for text in texts)
    assert texts[0].endswith("(2 times)")
    assert texts[-1] == "9 more changes"


def test_what_a_keras_reads_itself_is_not_translated(probe: Probe) -> None:
    toy = framework(keras3=False)
    model = SimpleNamespace(count_params=lambda: 3, layers=[1])
    toy.keras.models.model_from_json = lambda _text, _objects: model
    module = probe("probe_architecture")
    assert module.build(toy, only("a", "Dense"), {}) == (model, [])
    translated, changes = module.build(toy, only("a", "Dense"), {}, as_is=False)
    assert text_of(translated.outputs) == "a(x)"
    assert changes == []


@pytest.mark.parametrize(
    ("keras3", "stored"),
    [
        (True, only("a", "LSTM", recurrent_activation="hard_sigmoid")),
        (False, only("a", "LSTM", "3.1.0", recurrent_activation="hard_sigmoid")),
        (True, only("a", "GRU", "2.1.0")),
        (False, only("a", "GRU", "2.1.0")),
        (True, only("a", "Concatenate", axis=1)),
        (True, SHAPED),
    ],
    ids=["sigmoid-to-3", "sigmoid-to-2", "gru-to-3", "gru-to-2", "axis", "shape"],
)
def test_what_would_be_misread_without_an_error_is_translated(
    probe: Probe, *, keras3: bool, stored: Item
) -> None:
    toy = framework(keras3=keras3)
    assert probe("probe_translate_traps").find_trap(toy, stored)
    plain = only("a", "Dense", stored["keras_version"])
    assert probe("probe_translate_traps").find_trap(toy, plain) is None
