"""What becomes of the connections of a model of another Keras, by a toy of its layers."""

from __future__ import annotations

import base64
import marshal
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.probes.toy_keras import Item, framework, functional, given, layer, only, tensor, text_of

Probe = Callable[[str], ModuleType]
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
        found = probe("translate.architectures").build(toy, architecture, objects or {}, unsafe)
        return found.model, found.changes

    return run


def refusal(probe: Probe) -> type[Exception]:
    found: type[Exception] = probe("translate.plain").NotTranslated
    return found


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
    assert changes == ["layers and connections of Keras 3 rebuilt for Keras 2"]


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
    assert changes[0].startswith("built layer by layer, because ")


def test_states_passed_with_the_sequence_go_by_their_name(build: Build) -> None:
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


@pytest.mark.parametrize("keras3", [False, True])
def test_a_ragged_input_is_carried_to_a_keras_that_has_them(
    probe: Probe,
    keras3: bool,  # noqa: FBT001  (a parameter of this test)
) -> None:
    ragged = given()
    ragged["config"]["ragged"] = True
    architecture = functional(
        ragged, layer("a", "Dense", [[["x", 0, 0, {}]]], units=1), output=[["a", 0, 0]]
    )
    toy = framework(keras3=keras3)
    with pytest.raises(refusal(probe), match="this Keras has no ragged inputs"):
        probe("translate.architectures").build(toy, architecture, {}, unsafe=False)
    asked: list[Any] = []

    def make_input(name: str, *, ragged: bool = False, **_: Any) -> Any:
        asked.append(ragged)
        return plain(name)

    plain = toy.keras.layers.Input
    toy.keras.layers.Input = make_input
    probe("translate.architectures").build(toy, architecture, {}, unsafe=False)
    assert asked == [True]


def test_slashes_in_names_become_another_letter_in_keras3_alone(build: Build) -> None:
    architecture = only("a/b", "Dense")
    assert text_of(build(architecture)[0].outputs) == "a_b(x)"
    assert text_of(build(architecture, keras3=False)[0].outputs) == "a/b(x)"


def test_a_loss_that_the_model_adds_is_named_as_lost(probe: Probe) -> None:
    architecture = functional(
        given(),
        layer("a", "Dense", [[["x", 0, 0, {}]]], units=1),
        layer("add", "AddLoss", [[["a", 0, 0, {}]]]),
        output=[["a", 0, 0]],
    )
    built = probe("translate.architectures").build(framework(keras3=True), architecture, {})
    assert built.lost == ["AddLoss 'add'"]
    assert text_of(built.model.outputs) == "a(x)"


def test_an_output_that_a_layer_does_not_have_here_is_named(probe: Probe, build: Build) -> None:
    architecture = functional(
        given(), layer("a", "Dense", [[["x", 0, 0, {}]]], units=1), output=[["a", 0, 1]]
    )
    with pytest.raises(refusal(probe), match="'a' has fewer outputs here than in the file"):
        build(architecture)


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
    with pytest.raises(refusal(probe), match=r"tf\.signal\.fft cannot be reproduced"):
        build(only("f", "TFOpLambda", function="signal.fft"))


def test_byte_code_runs_where_it_was_allowed_and_is_of_this_python(
    probe: Probe, build: Build
) -> None:
    code = base64.b64encode(marshal.dumps((lambda x: x).__code__)).decode()
    stored = only("f", "Lambda", function=[code, None, None])
    with pytest.raises(refusal(probe), match="byte code, which is not run; give its function as"):
        build(stored)
    assert text_of(build(stored, unsafe=True)[0].outputs) == "x"
    other = base64.b64encode(b"\xe3" + b"\0" * 40).decode()
    with pytest.raises(refusal(probe), match="another Python"):
        build(only("f", "Lambda", function=[other, None, None]), unsafe=True)


def test_what_a_keras_reads_itself_is_not_translated(probe: Probe) -> None:
    toy = framework(keras3=False)
    model = SimpleNamespace(count_params=lambda: 3, layers=[1])
    toy.keras.models.model_from_json = lambda _text, _objects: model
    module = probe("translate.architectures")
    assert module.build(toy, only("a", "Dense"), {})[:2] == (model, [])
    translated = module.build(toy, only("a", "Dense"), {}, as_is=False)
    assert text_of(translated.model.outputs) == "a(x)"
    assert translated.changes == []


SIGMOID = "hard_sigmoid has a different formula in Keras 2 and in Keras 3"
LISTS = "some versions of Keras 3 do not read tensors among the options of a call"
MASKED = only("a", "Dense")
MASKED["config"]["layers"][-1]["inbound_nodes"] = [[["x", 0, 0, {"mask": [["x", 0, 0]]}]]]
SALT = "a Hashing layer names a salt that it was not computed with"
NOT_READ = "Keras 3 does not read the boundaries that a Discretization of Keras 2 has learned"
RESET = "GRU leaves reset_after unset, and the default has changed since"


@pytest.mark.parametrize(
    ("keras3", "stored", "reason"),
    [
        (True, only("a", "LSTM", recurrent_activation="hard_sigmoid"), SIGMOID),
        (False, only("a", "LSTM", "3.1.0", recurrent_activation="hard_sigmoid"), SIGMOID),
        (False, only("a", "Hashing", salt=[0xDECAFCAFFE, 0xDECAFCAFFE]), SALT),
        (True, only("a", "Discretization", num_bins=2), NOT_READ),
        (True, MASKED, LISTS),
        (True, only("a", "GRU", "2.1.0"), RESET),
        (False, only("a", "GRU", "2.1.0"), RESET),
        (
            True,
            only("a", "Concatenate", axis=1),
            "some versions of Keras 3 ignore the axis of a Concatenate of Keras 2",
        ),
        (
            True,
            SHAPED,
            "Keras 3 misreads an input shape stored in the first layer of a Sequential",
        ),
    ],
    ids=[
        "sigmoid-to-3",
        "sigmoid-to-2",
        "salt",
        "boundaries",
        "lists",
        "gru-to-3",
        "gru-to-2",
        "axis",
        "shape",
    ],
)
def test_what_would_be_misread_without_an_error_is_translated(
    probe: Probe, *, keras3: bool, stored: Item, reason: str
) -> None:
    toy = framework(keras3=keras3)
    assert probe("translate.traps").find_trap(toy, stored) == reason
    plain = only("a", "Dense", stored["keras_version"])
    assert probe("translate.traps").find_trap(toy, plain) is None


def test_a_model_within_a_wrapping_layer_is_built_layer_by_layer(build: Build) -> None:
    inner = {"class_name": "Sequential", "config": {"name": "in", "layers": [SHAPED["config"][0]]}}
    model, _ = build(only("both", "Bidirectional", layer=inner))
    assert model.outputs.text == "both(x)"


def test_a_users_model_gets_the_shape_that_a_savedmodel_has(build: Build) -> None:
    shapes = []

    class Tower(framework(keras3=True).keras.models.Model):  # type: ignore[misc]
        weights = ("kernel",)

        def __init__(self) -> None:
            pass

        def build(self, shape: Any) -> None:
            shapes.append(shape)

        @classmethod
        def from_config(cls, config: Item) -> Tower:
            assert config == {}
            return cls()

    shape = {"class_name": "TensorShape", "items": [None, 4]}
    architecture = {"class_name": "Tower", "config": {}, "build_input_shape": shape}
    model, _ = build(architecture, objects={"Tower": Tower})
    assert (type(model), shapes) == (Tower, [(None, 4)])


def test_tensorflow_1_computes_by_the_functions_of_tensorflow_2(probe: Probe) -> None:
    new, old = object, str
    v2 = SimpleNamespace(image=SimpleNamespace(resize=new))
    tensorflow = SimpleNamespace(
        compat=SimpleNamespace(v2=v2), image=SimpleNamespace(resize=old), add=max
    )
    of_tensorflow = probe("translate.operations").of_tensorflow
    assert of_tensorflow(tensorflow, "image.resize") is new
    assert of_tensorflow(SimpleNamespace(image=tensorflow.image), "image.resize") is old
