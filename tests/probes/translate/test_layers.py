"""What becomes of the layers of another Keras, by a toy that refuses as Keras does."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.probes.toy_keras import GRU, LSTM, BatchNormalization, Item, Layer, ReLU, framework

Probe = Callable[[str], ModuleType]
Make = Callable[..., tuple[Any, list[str]]]


@pytest.fixture
def make(probe: Probe) -> Make:
    """Make one layer, and say what was changed."""

    def run(
        cls: str, config: Item, *, keras3: bool = True, version: str = "2.4.0"
    ) -> tuple[Any, list[str]]:
        changes = probe("translate.plain").Changes()
        facts = {"keras_version": version, "from_keras3": version.startswith("3")}
        maker = probe("translate.layers").Maker(
            framework(keras3=keras3), facts, {}, changes, unsafe=False
        )
        item = probe("translate.plain").plain({"class_name": cls, "config": config})
        return maker.layer(item), changes.texts()

    return run


def refusal(probe: Probe) -> type[Exception]:
    found: type[Exception] = probe("translate.plain").NotTranslated
    return found


def test_a_refused_argument_is_left_out_and_reported_with_its_value(make: Make) -> None:
    made, changes = make("LSTM", {"units": 4, "implementation": 2})
    assert made.options == {"units": 4}
    assert changes == ["left out implementation=2 of LSTM"]


def test_an_argument_that_computes_is_not_left_out(probe: Probe, make: Make) -> None:
    assert make("LSTM", {"time_major": False})[1] == ["left out time_major=False of LSTM"]
    with pytest.raises(refusal(probe), match="time_major=True of LSTM changes what it computes"):
        make("LSTM", {"time_major": True})


def test_an_error_that_refuses_no_argument_is_passed_on(probe: Probe, make: Make) -> None:
    assert probe("translate.refusals").refused("units must be positive", {"units": 0}) is None
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
    refused = probe("translate.refusals").refused
    assert refused(message, {"lost": 1}) == "lost"
    assert refused(message, {"kept": 1}) is None


def test_policies_modules_and_registered_names_become_plain(probe: Probe) -> None:
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    wrapped: Item = {
        "module": "keras.initializers",
        "class_name": "Zeros",
        "config": {},
        "registered_name": None,
        "shared_object_id": 7,
    }
    plain = probe("translate.plain").plain
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
    make: Make, *, keras3: bool, stored: str, wanted: str
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
    make: Make, stored: str, config: Item, cls: type[Layer], options: Item
) -> None:
    made, changes = make(stored, config)
    assert (type(made), made.options) == (cls, options)
    assert changes[0].startswith(f"{stored} as {cls.__name__}")
    assert ("bias" in changes[0]) == stored.startswith("CuDNN")


def test_a_gru_from_before_the_option_resets_before(make: Make) -> None:
    assert make("GRU", {"units": 2}, version="2.1.0")[0].options["reset_after"] is False
    assert "reset_after" not in make("GRU", {"units": 2}, version="3.1.0")[0].options


def test_a_hard_sigmoid_that_no_weights_scale_is_computed_as_its_own_keras_did(make: Make) -> None:
    made, changes = make("LSTM", {"activation": "hard_sigmoid"})
    assert [one.options for one in made.options["activation"].layers] == [
        {"scale": 0.2, "offset": 0.5},
        {"max_value": 1.0},
    ]
    assert changes == ["hard_sigmoid of LSTM as Rescaling and ReLU(max_value=1)"]
    made, changes = make("LSTM", {"activation": "hard_sigmoid"}, version="3.1.0")
    assert made.options["activation"] == "hard_sigmoid"
    assert changes == []


@pytest.mark.parametrize(
    ("keras3", "version", "told"),
    [
        (True, "2.4.0", "gates of LSTM times 1.2: hard_sigmoid of Keras 3 is flatter"),
        (False, "3.1.0", "gates of LSTM times 0.833: hard_sigmoid of Keras 2 is steeper"),
    ],
    ids=["to-3", "to-2"],
)
def test_a_hard_sigmoid_of_gates_stays_and_their_weights_will_be_scaled(
    make: Make, *, keras3: bool, version: str, told: str
) -> None:
    config = {"recurrent_activation": "hard_sigmoid"}
    made, changes = make("LSTM", config, keras3=keras3, version=version)
    assert made.options == config
    assert changes == [told]


def test_a_hard_sigmoid_layer_becomes_two_that_compute_it(make: Make) -> None:
    made, changes = make("Activation", {"name": "gate", "activation": "hard_sigmoid"})
    assert (type(made).__name__, made.name) == ("Sequential", "gate")
    assert [one.options for one in made.layers] == [
        {"scale": 0.2, "offset": 0.5},
        {"max_value": 1.0},
    ]
    assert changes == ["hard_sigmoid of Activation as Rescaling and ReLU(max_value=1)"]


def test_arguments_of_keras1_get_their_later_names(make: Make) -> None:
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


def test_an_unknown_activation_is(probe: Probe, make: Make) -> None:
    with pytest.raises(refusal(probe), match="no activation odd"):
        make("Dense", {"activation": "odd"})


def test_a_backwards_layer_gets_its_other_direction_in_keras3(make: Make) -> None:
    inner = {"class_name": "LSTM", "config": {"name": "a", "go_backwards": True}}
    made, _ = make("Bidirectional", {"layer": inner})
    assert made.options["backward_layer"].name == "backward_a"
    assert "backward_layer" not in make("Bidirectional", {"layer": inner}, keras3=False)[0].options


def test_changes_are_counted_and_few(probe: Probe) -> None:
    changes = probe("translate.plain").Changes()
    for number in range(40):
        changes.note(f"change {number % 20} {'x' * 200}")
    texts = changes.texts()
    assert len(texts) == 12
    assert all(len(text) < 120 for text in texts)
    assert texts[0].endswith("(2 times)")
    assert texts[-1] == "9 more changes"


def test_a_layer_without_its_vocabulary_is_refused(probe: Probe, make: Make) -> None:
    with pytest.raises(refusal(probe), match="vocabulary of the StringLookup layer 'words'"):
        make("StringLookup", {"name": "words", "vocabulary": None})


def test_quantized_weights_are_refused(probe: Probe, make: Make) -> None:
    config = {"mode": "int8", "source_name": "float32"}
    dtype = {"class_name": "QuantizedDTypePolicy", "config": config}
    with pytest.raises(refusal(probe), match="weights quantized to int8"):
        make("LSTM", {"units": 2, "dtype": dtype})


VALUES = np.linspace(-4.0, 4.0, 33)
NUMPY = SimpleNamespace(
    exp=np.exp,
    sqrt=np.sqrt,
    tanh=np.tanh,
    relu=lambda x: np.maximum(x, 0.0),
    clip=np.clip,
    softplus=lambda x: np.log1p(np.exp(x)),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("celu", np.where(VALUES > 0, VALUES, np.exp(VALUES) - 1)),
        ("hard_tanh", [max(-1.0, min(1.0, x)) for x in VALUES]),
        ("log_sigmoid", np.log(1 / (1 + np.exp(-VALUES)))),
        ("soft_shrink", [x - 0.5 if x > 0.5 else x + 0.5 if x < -0.5 else 0.0 for x in VALUES]),
        ("squareplus", (VALUES + np.sqrt(VALUES**2 + 4)) / 2),
        ("tanh_shrink", VALUES - np.tanh(VALUES)),
    ],
)
def test_formulas_of_activations_that_keras_2_lacks(probe: Probe, name: str, expected: Any) -> None:
    found = probe("translate.lambdas").FORMULAS[name](NUMPY, VALUES)
    assert np.abs(found - np.asarray(expected)).max() < 1e-12


def test_a_layer_without_what_it_learned_is_refused_by_name(probe: Probe, make: Make) -> None:
    with pytest.raises(refusal(probe), match="boundaries of the Discretization layer 'd' are not"):
        make("Discretization", {"name": "d", "num_bins": 3})
    with pytest.raises(refusal(probe), match="vocabulary of the StringLookup layer 's' is not"):
        make("StringLookup", {"name": "s", "vocabulary": None})


def test_a_layer_that_cannot_be_made_is_named(probe: Probe, make: Make) -> None:
    with pytest.raises(refusal(probe), match=r"layer 'c' \(Conv2D\) cannot be made: wrong size"):
        make("Conv2D", {"name": "c", "padding": "wrong size"})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\nwrong\nmore", "wrong"),
        (
            "Exception encountered when calling A.call().\n\n\x1b[1mbad shape\x1b[0m\n\nArgs",
            "bad shape",
        ),
        ("", "ValueError"),
    ],
)
def test_the_line_that_says_what_is_wrong(probe: Probe, text: str, line: str) -> None:
    assert probe("translate.refusals").first_line(ValueError(text)) == line
