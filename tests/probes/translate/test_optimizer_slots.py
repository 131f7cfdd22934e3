"""Which array of a file belongs to which slot of which weight, and what is not assigned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


class Variable:
    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = np.asarray(value, "float32")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def read(self) -> list[Any]:
        return [float(one) for one in self.value.ravel()]


class Optimizer:
    """Of the newer kind: a list for each slot, in the order of the model here."""

    def build(self, weights: list[Variable]) -> None:
        self.weights = weights
        self.iterations = Variable("iteration", 0)
        self._momentums = [Variable("m", np.zeros(one.shape)) for one in weights]
        self._velocities = [Variable("v", np.zeros(one.shape)) for one in weights]

    def _get_variable_index(self, weight: Variable) -> int:
        return self.weights.index(weight)


class Framework:
    def assign(self, variable: Variable, value: Any) -> None:
        variable.value = np.asarray(value)

    def values(self, variables: list[Variable]) -> list[Any]:
        return [one.value for one in variables]


KERNEL, BIAS = Variable("kernel", [[1, 2]]), Variable("bias", [3, 4])
OTHER = Variable("other/kernel", [[5, 6]])
LATER = {"class_name": "Dense", "config": {"name": "later"}}
FIRST = {"class_name": "Dense", "config": {"name": "first"}}


def layer(name: str, *weights: Variable) -> Any:
    return SimpleNamespace(name=name, trainable_weights=list(weights))


def model() -> Any:
    """Its layers are in another order than in the description."""
    layers = [layer("later", OTHER), layer("first", KERNEL, BIAS)]
    return SimpleNamespace(layers=layers, trainable_variables=[OTHER, KERNEL, BIAS])


def adam(probe: Probe, *, keras3: bool = True, **config: Any) -> Any:
    item = {"class_name": "Adam", "config": config}
    return probe("translate.optimizers").Origin(item, keras3)


def entries(*names: str) -> list[tuple[str, Any]]:
    shapes = {"kernel": (1, 2), "bias": (2,), "other": (1, 2)}
    found = []
    for number, name in enumerate(names):
        part = next(one for one in ("other", "kernel", "bias") if one in name)
        found.append((name, np.full(shapes[part], number + 1.0)))
    return found


SIDE_BY_SIDE = [
    "adam/first_kernel_momentum",
    "adam/first_kernel_velocity",
    "adam/first_bias_momentum",
    "adam/first_bias_velocity",
    "adam/other_kernel_momentum",
    "adam/other_kernel_velocity",
]


def restore(
    probe: Probe, state_entries: Any, keyed: Any = (), version: str = "2.10.0", **options: Any
) -> Optimizer:
    state = probe("translate.optimizer_states").State(
        7, None, state_entries, [], list(keyed), None, None
    )
    optimizer = Optimizer()
    probe("translate.optimizer_slots").restore(
        Framework(),
        model(),
        optimizer,
        adam(probe, **options),
        state,
        {"config": {"layers": [FIRST, LATER]}, "keras_version": version},
    )
    return optimizer


def test_weights_are_in_the_order_of_the_description(probe: Probe) -> None:
    optimizer = restore(probe, entries(*SIDE_BY_SIDE))
    assert [one.read for one in optimizer._momentums] == [[5, 5], [1, 1], [3, 3]]
    assert [one.read for one in optimizer._velocities] == [[6, 6], [2, 2], [4, 4]]
    assert optimizer.iterations.value == 7


def test_older_files_have_one_slot_after_the_other(probe: Probe) -> None:
    names = [
        f"Adam/{weight}/{slot}:0"
        for slot in ("m", "v")
        for weight in ("first/kernel", "first/bias", "other/kernel")
    ]
    optimizer = restore(probe, entries(*names), keras3=False)
    assert [one.read for one in optimizer._momentums] == [[3, 3], [1, 1], [2, 2]]
    assert [one.read for one in optimizer._velocities] == [[6, 6], [4, 4], [5, 5]]


def test_placeholders_of_slots_that_are_not_used_are_skipped(probe: Probe) -> None:
    plain = [("", array) for _, array in entries(*["kernel", "bias", "other"] * 2)]
    zeros = [("", np.zeros(1))] * 3
    optimizer = restore(probe, plain + zeros, keras3=False)
    assert [one.read for one in optimizer._velocities] == [[6, 6], [4, 4], [5, 5]]


def test_files_of_the_first_keras_2_do_not_say_the_order(probe: Probe) -> None:
    plain = [("", array) for _, array in entries(*["kernel", "bias", "other"] * 2)]
    with pytest.raises(probe("translate.optimizer_slots").Unsure, match=r"before 2\.1"):
        restore(probe, plain, version="2.0.5", keras3=False)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (entries(*SIDE_BY_SIDE[:5]), "5 arrays for 6 slots"),
        (entries(*SIDE_BY_SIDE[2:], *SIDE_BY_SIDE[:2]), "shapes of the weights"),
        (entries(SIDE_BY_SIDE[1], SIDE_BY_SIDE[0], *SIDE_BY_SIDE[2:]), "where m is expected"),
    ],
)
def test_nothing_is_assigned_where_the_file_says_something_else(
    probe: Probe, stored: Any, message: str
) -> None:
    with pytest.raises(probe("translate.optimizer_slots").Unsure, match=message):
        restore(probe, stored)


def test_a_weight_of_another_name_is_not_given_an_array_of_its_shape(probe: Probe) -> None:
    slots, weight = probe("translate.optimizer_slots"), Variable("gamma", [1, 1])
    stored = [("m/bias:0", np.ones(2)), ("v/bias:0", np.ones(2))]
    state = probe("translate.optimizer_states").State(1, None, stored, stored, [], None, None)
    with pytest.raises(slots.Unsure, match="where gamma is expected"):
        slots.listed([weight], adam(probe), state)


def test_all_weights_must_be_in_the_description(probe: Probe) -> None:
    slots = probe("translate.optimizer_slots")
    with pytest.raises(slots.Unsure, match="do not lead to all weights"):
        slots.weights_in_order(model(), {"config": [FIRST]})


def test_inner_models_are_followed(probe: Probe) -> None:
    inner = SimpleNamespace(name="inner", layers=model().layers, trainable_weights=[OTHER])
    outer = SimpleNamespace(layers=[inner], trainable_variables=[OTHER, KERNEL, BIAS])
    nested = {"name": "inner", "config": {"name": "inner", "layers": [FIRST, LATER]}}
    found = probe("translate.optimizer_slots").weights_in_order(
        outer, {"config": {"layers": [nested]}}
    )
    assert found == [KERNEL, BIAS, OTHER]


def test_slots_beside_their_weights_are_found_by_the_values(probe: Probe) -> None:
    keyed = [
        (name, weight.value, None, np.full(weight.shape, number + start))
        for start, name in ((1.0, "m"), (11.0, "v"))
        for number, weight in enumerate((BIAS, OTHER, KERNEL))
    ]
    optimizer = restore(probe, [], keyed, keras3=False)
    assert [one.read for one in optimizer._momentums] == [[2, 2], [3, 3], [1, 1]]
    doubled = [*keyed, ("m", BIAS.value, None, np.zeros(2))]
    with pytest.raises(probe("translate.optimizer_slots").Unsure, match="not clear"):
        restore(probe, [], doubled, keras3=False)


def test_slots_of_equal_weights_are_found_by_the_number_of_the_weight(probe: Probe) -> None:
    equal = [Variable("bias", [0, 0]) for _ in range(2)]
    state = probe("translate.optimizer_states").State(
        *(1, None, [], []),
        [(name, np.zeros(2), place, np.full(2, place)) for name in ("m", "v") for place in (7, 9)],
        None,
        {id(equal[0]): 9, id(equal[1]): 7},
    )
    found = probe("translate.optimizer_slots").keyed(Framework(), equal, adam(probe), state)
    assert [(one.legacy, number, array[0]) for one, number, array in found] == [
        *(("m", 0, 9), ("v", 0, 9), ("m", 1, 7), ("v", 1, 7))
    ]


def test_momentum_that_is_stored_and_not_used_is_skipped(probe: Probe) -> None:
    item = {"class_name": "SGD", "config": {"momentum": 0.0, "use_ema": True, "jit_compile": True}}
    origin = probe("translate.optimizers").Origin(item, from_keras3=False)
    stored = [("", np.full(2, number)) for number in (1.0, 2.0, 3.0, 4.0)]
    state = probe("translate.optimizer_states").State(5, None, stored, stored, [], None, None)
    weights = [Variable("bias", [0, 0]), Variable("bias", [0, 0])]
    found = probe("translate.optimizer_slots").listed(weights, origin, state)
    assert [(one.legacy, array[0]) for one, _, array in found] == [
        ("average", 1.0),
        ("average", 2.0),
    ]


def test_a_file_from_before_the_first_step_lacks_nothing(probe: Probe) -> None:
    state = probe("translate.optimizer_states").of_entries([("", np.array(0)), ("", np.array(0.5))])
    assert probe("translate.optimizer_slots").listed([KERNEL], adam(probe), state) == []


def test_an_optimizer_that_was_built_for_other_weights_is_strange(probe: Probe) -> None:
    is_strange, optimizer = probe("translate.optimizer_variables").is_strange, Optimizer()
    optimizer.built = True  # type: ignore[attr-defined]
    optimizer.build([])
    assert is_strange(optimizer, [KERNEL]) is True
    optimizer.build([KERNEL])
    assert is_strange(optimizer, [KERNEL]) is False
    assert is_strange(SimpleNamespace(), [KERNEL]) is False


def test_slots_of_a_scalar_are_not_taken_for_the_counter(probe: Probe) -> None:
    whole = [("", np.array(one)) for one in (3, 0.1, 1.0, 2.0, [3.0, 3.0], [4.0, 4.0])]
    state = probe("translate.optimizer_states").of_entries(whole)
    weights = [Variable("scale", 5.0), Variable("bias", [1, 1])]
    found = probe("translate.optimizer_slots").listed(weights, adam(probe), state)
    assert [array.tolist() for _, _, array in found] == [1.0, 2.0, [3.0, 3.0], [4.0, 4.0]]


@pytest.mark.parametrize(
    ("name", "config", "era", "wanted"),
    [
        ("SGD", {"momentum": 0.0}, "newer", []),
        ("SGD", {"momentum": 0.9}, "newer", ["momentum0", "momentum1"]),
        ("Ftrl", {}, "legacy", ["accumulator0", "linear0", "accumulator1", "linear1"]),
        ("Adamax", {}, "legacy", ["m0", "m1", "v0", "v1"]),
        ("Adam", {"amsgrad": True}, "newer", ["m0", "v0", "m1", "v1", "vhat0", "vhat1"]),
        ("RMSprop", {"centered": True}, "newer", ["rms0", "rms1", "mg0", "mg1"]),
        ("Adagrad", {"use_ema": True}, "newer",
         ["average0", "average1", "accumulator0", "accumulator1"]),
    ],
)  # fmt: skip
def test_the_order_of_slots(
    probe: Probe, name: str, config: dict[str, Any], era: str, wanted: list[str]
) -> None:
    found = probe("translate.optimizer_tables").layout(name, config, 2, era == "legacy")
    assert [f"{one.legacy}{number}" for one, number in found] == wanted


def test_the_schedule_of_nadam_is_continued(probe: Probe) -> None:
    product = probe("translate.optimizer_variables").product
    assert product(0.9, 0, 1.0) == 1.0
    assert product(0.9, 2, 1.0) == pytest.approx(0.9 * (1 - 0.48) * 0.9 * (1 - 0.4608))


def test_the_state_in_hdf5_is_in_the_order_of_its_names(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = "{}"
        file.create_group("model_weights")
        group = file.create_group("optimizer_weights")
        group.attrs["weight_names"] = [b"SGD/iter:0", b"SGD/z/momentum:0", b"SGD/a/momentum:0"]
        group["SGD/iter:0"], group["SGD/a/momentum:0"] = np.int64(5), np.ones(1)
        group["SGD/z/momentum:0"] = np.ones(2)
    container = probe("translate.containers").recognise(path)
    state = probe("translate.optimizer_states").read(None, container)
    assert (state.iterations, state.rate) == (5, None)
    assert [name for name, _ in state.entries] == ["SGD/z/momentum:0", "SGD/a/momentum:0"]


def test_the_state_in_a_tree_is_in_the_order_of_its_numbers(probe: Probe) -> None:
    states = probe("translate.optimizer_states")
    with h5py.File("tree", "w", driver="core", backing_store=False) as file:
        for number in range(11):
            file[f"optimizer/vars/{number}"] = np.ones(number + 1)
        del file["optimizer/vars/0"], file["optimizer/vars/1"]
        file["optimizer/vars/0"], file["optimizer/vars/1"] = np.int32(3), np.float32(0.5)
        file["layers/dense/vars/0"] = np.ones(9)
        state = states.of_entries(states.in_tree(file))
    assert (state.iterations, state.rate) == (3, 0.5)
    assert [array.size for _, array in state.entries] == list(range(3, 12))
    assert states.of_entries([]) is None


def test_a_model_that_was_never_trained_has_no_state(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = "{}"
        file.create_group("optimizer_weights").attrs["weight_names"] = [b"iteration:0"]
        file["optimizer_weights/iteration:0"] = np.int64(0)
    container = probe("translate.containers").recognise(path)
    assert probe("translate.optimizer_states").read(None, container) is None
