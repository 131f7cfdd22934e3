"""What a user's model is fed: its own arrays, or such as its inputs ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

Array = npt.NDArray[Any]


class Framework:
    """Predicts by a function of the inputs."""

    def __init__(self, answer: Callable[[list[Array]], Array]) -> None:
        self.answer = answer
        self.asked: list[list[Array]] = []

    def predict(self, model: object, inputs: list[Array]) -> list[Array]:
        del model
        self.asked.append(inputs)
        return [self.answer(inputs)]


def model(*ends: tuple[Sequence[int | None], str], layers: Sequence[object] = ()) -> Any:
    tensors = [
        SimpleNamespace(shape=list(shape), dtype=dtype, name=f"in_{number}")
        for number, (shape, dtype) in enumerate(ends)
    ]
    return SimpleNamespace(inputs=tensors, layers=list(layers))


@pytest.fixture
def data(probe: Callable[[str], ModuleType]) -> ModuleType:
    return probe("subjects.data")


def feed(
    data: ModuleType, framework: Framework, made: Any, inputs: dict[str, Array] | None = None
) -> Any:
    return data.feed(framework, made, data.GivenArrays(inputs, None))


def test_floats_are_drawn_alike_everywhere(data: ModuleType) -> None:
    inputs, outputs = feed(data, Framework(lambda given: given[0]), model(([None, 3], "float32")))
    expected = np.random.RandomState(0).rand(2, 3).astype("float32")
    assert np.array_equal(inputs[0], expected)
    assert inputs[0].dtype == np.float32
    assert np.array_equal(outputs[0], expected)


def test_open_sizes_grow_until_the_model_takes_them(data: ModuleType) -> None:
    def needs_32(given: list[Array]) -> Array:
        if given[0].shape[1] < 32:
            raise ValueError("negative dimension")
        return given[0]

    inputs, _ = feed(data, Framework(needs_32), model(([None, None, None, 3], "float32")))
    assert inputs[0].shape == (2, 32, 32, 3)


def test_a_fixed_batch_is_kept(data: ModuleType) -> None:
    inputs, _ = feed(data, Framework(lambda given: given[0]), model(([25, 1, 1], "float32")))
    assert inputs[0].shape == (25, 1, 1)


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        ("float16", "f"),
        ("float64", "f"),
        ("int32", "i"),
        ("int64", "i"),
        ("bool", "b"),
        ("string", "U"),
    ],
)
def test_every_type_of_input_is_made(data: ModuleType, dtype: str, kind: str) -> None:
    inputs, _ = feed(data, Framework(lambda _: np.arange(4.0)), model(([None, 4], dtype)))
    assert inputs[0].dtype.kind == kind
    assert inputs[0].shape == (2, 4)


def test_an_embedding_is_given_indices_of_its_table(data: ModuleType) -> None:
    made = model(([None, 50], "float32"))

    class Embedding:
        input = made.inputs[0]
        input_dim = 7

    made.layers.append(Embedding())
    inputs, _ = feed(data, Framework(lambda given: given[0]), made)
    assert set(np.unique(inputs[0])) <= set(range(7))
    assert inputs[0].max() > 2


def test_identical_outputs_call_for_different_inputs(data: ModuleType) -> None:
    dead = Framework(lambda given: np.maximum(given[0] - 1, 0))
    _, outputs = feed(data, dead, model(([None, 3], "float32")))
    assert outputs[0].max() > 0
    constant = Framework(lambda _: np.ones((2, 1)))
    inputs, _ = feed(data, constant, model(([None, 3], "float32")))
    assert np.array_equal(inputs[0], constant.asked[0][0])


def test_outputs_that_are_not_finite_do_not_count(data: ModuleType) -> None:
    with pytest.raises(data.CannotFeed, match="not finite"):
        feed(data, Framework(lambda given: given[0] * np.nan), model(([None, 3], "float32")))


def test_what_the_model_raises_is_reported(data: ModuleType) -> None:
    def refuse(_: list[Array]) -> Array:
        raise TypeError("no")

    with pytest.raises(TypeError, match="no"):
        feed(data, Framework(refuse), model(([None, 3], "float32")))
    with pytest.raises(data.CannotFeed, match="does not say"):
        feed(data, Framework(refuse), SimpleNamespace(inputs=None))


def test_given_arrays_are_taken_by_name_or_in_order(data: ModuleType) -> None:
    first, second = np.zeros(1), np.ones(1)
    assert data.in_order({"b": second, "a": first}, ["b", "a"]) == [second, first]
    many = {f"arr_{number}": number for number in range(12)}
    assert data.in_order(many, ["x"] * 12) == list(range(12))


def test_expected_outputs_of_another_shape_are_what_the_loaders_are_held_against(
    data: ModuleType,
) -> None:
    given = data.GivenArrays(None, {"y": np.zeros((2, 3))})
    (wanted,) = data.expected_outputs(given, [np.ones((2, 5))], {"outputs": ["y"]})
    assert wanted.shape == (2, 3)
    with pytest.raises(data.CannotFeed, match=r"batches of \[2\], the model gives \[4\]"):
        data.expected_outputs(given, [np.ones((4, 3))], {"outputs": ["y"]})


def test_objects_in_arrays_are_never_unpickled(data: ModuleType, tmp_path: Path) -> None:
    np.savez(tmp_path / "inputs.npz", x=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        data.given(str(tmp_path))


def test_given_arrays_go_to_the_inputs_of_their_names(data: ModuleType) -> None:
    arrays = {"in_1": np.zeros((2, 1)), "in_0": np.ones((2, 1))}
    ends = ([None, 1], "float32"), ([None, 1], "float32")
    inputs, _ = feed(data, Framework(lambda given: given[0]), model(*ends), arrays)
    assert [float(one[0, 0]) for one in inputs] == [1.0, 0.0]


def test_a_model_that_declares_nothing_gets_a_dict_by_the_names_of_the_arrays(
    data: ModuleType,
) -> None:
    arrays = {"b/c": np.zeros((2, 1)), "a": np.ones((2, 1))}
    inputs, _ = feed(data, Framework(lambda given: given[0]), SimpleNamespace(layers=[]), arrays)
    assert inputs.form == ["dict", {"a": ["dense", 0], "b": ["dict", {"c": ["dense", 1]}]}]


def test_row_splits_make_an_input_ragged(data: ModuleType) -> None:
    arrays = {"in_0": np.arange(5), "in_0.row_splits": np.array([0, 2, 5])}
    made = model(([None, None], "int64"))
    inputs, _ = feed(data, Framework(lambda given: given[0]), made, arrays)
    assert inputs.form == ["ragged", 0, 1]


def test_an_input_without_an_array_is_left_out(data: ModuleType) -> None:
    ends = ([None, 1], "float32"), ([None, 1], "float32")
    arrays = {"in_1": np.zeros((2, 1))}
    inputs, _ = feed(data, Framework(lambda given: given[0]), model(*ends), arrays)
    assert inputs.form == ["list", [["none", -1], ["dense", 0]]]


def test_an_open_last_size_is_that_of_a_kernel(data: ModuleType) -> None:
    dense = SimpleNamespace(kernel=np.zeros((5, 2)))
    made = model(([None, None], "float32"), layers=[dense])
    inputs, _ = feed(data, Framework(lambda given: given[0]), made)
    assert inputs[0].shape == (2, 5)


def test_a_model_that_was_never_called_is_fed_by_its_first_kernel(data: ModuleType) -> None:
    convolution = SimpleNamespace(kernel=np.zeros((3, 3, 4, 2)))
    made = SimpleNamespace(layers=[convolution])
    inputs, _ = feed(data, Framework(lambda given: given[0]), made)
    assert inputs[0].shape == (2, 8, 8, 4)


def test_without_a_model_the_names_of_the_arrays_say_how_it_is_fed(data: ModuleType) -> None:
    first, second = np.zeros((2, 3)), np.ones((2, 4))
    given = data.GivenArrays({"b": second, "a": first}, {"arr_1": second, "arr_0": first})
    known = data.without_model(given)
    assert known["inputs"].form == ["dict", {"a": ["dense", 0], "b": ["dense", 1]}]
    assert [len(one[0]) for one in known["inputs"]] == [3, 4]
    assert [len(one[0]) for one in known["outputs"]] == [3, 4]


def test_without_a_model_arrays_without_names_keep_their_order(data: ModuleType) -> None:
    arrays = {f"arr_{number}": np.full((1, 1), number) for number in range(11)}
    known = data.without_model(data.GivenArrays(arrays, {"arr_0": np.zeros((1, 1))}))
    assert known["inputs"].form[0] == "list"
    assert [int(one[0, 0]) for one in known["inputs"]] == list(range(11))
