"""Functions and graph operations of TensorFlow by operations of Keras 3, with NumPy for those."""

from __future__ import annotations

import base64
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
X = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]], "float32")


class Ops:
    """NumPy under the names that Keras 3 has for the same."""

    rsqrt = staticmethod(lambda x: 1 / np.sqrt(x))
    cast = staticmethod(lambda x, dtype: np.asarray(x).astype(dtype))
    relu = staticmethod(lambda x: np.maximum(x, 0))

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "wanted"),
    [
        ("math.abs", (X,), {}, np.abs(X)),
        ("nn.relu", (X,), {}, np.maximum(X, 0)),
        ("nn.relu", (), {"features": X}, np.maximum(X, 0)),
        ("math.truediv", (X, 2), {}, X / 2),
        ("__operators__.rsub", (X, 1), {}, 1 - X),
        ("math.multiply", (), {"x": [1.0, 2.0, 3.0], "y": X}, X * [1, 2, 3]),
        ("math.reduce_mean", (X,), {"axis": [1], "keepdims": True}, X.mean(1, keepdims=True)),
        ("math.reduce_sum", (X,), {"reduction_indices": 0}, X.sum(0)),
        ("concat", ([X, X],), {"axis": -1}, np.concatenate([X, X], -1)),
        ("compat.v1.transpose", (X,), {"perm": [1, 0], "conjugate": False}, X.T),
        ("compat.v1.squeeze", (X[None, :, None],), {"axis": [0, 2]}, X),
        ("linalg.matmul", (X,), {"b": X, "transpose_b": True}, X @ X.T),
        ("clip_by_value", (X, 0, 1), {}, np.clip(X, 0, 1)),
        ("where", (X > 0,), {"x": X, "y": 0.0}, np.where(X > 0, X, 0)),
        ("math.argmax", (X,), {"axis": 1, "output_type": "int64"}, [2, 0]),
        ("identity", (X,), {}, X),
        ("math.divide_no_nan", (X, np.abs(X)), {}, np.sign(X)),
        ("math.divide_no_nan", (1.0,), {"y": X}, [[1, -0.5, np.float32(1 / 3)], [2, 0, -1]]),
        ("image.flip_left_right", (X[None, :, :, None],), {}, X[None, :, ::-1, None]),
        ("image.flip_up_down", (X[None, :, :, None],), {}, X[None, ::-1, :, None]),
        ("reshape", (X,), {"shape": (3, 2)}, X.reshape(3, 2)),
    ],
)
def test_a_function_computes_what_tensorflow_computes(
    probe: Probe, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], wanted: Any
) -> None:
    function = probe("translate.keras_ops").find(Ops(), name)
    np.testing.assert_array_equal(function(*args, **kwargs), np.asarray(wanted, None))


def test_parts_of_a_split_are_given_by_size_or_by_number(probe: Probe) -> None:
    split = probe("translate.keras_ops").find(Ops(), "split")
    shapes = [one.shape for one in split(X, [1, -1], axis=1)]
    assert shapes == [(2, 1), (2, 2)]
    assert [one.shape for one in split(X, 2)] == [(1, 3), (1, 3)]


def test_blocks_of_depth_become_pixels_and_pixels_blocks_again(probe: Probe) -> None:
    find = probe("translate.keras_ops").find
    image = np.arange(16.0).reshape((1, 2, 2, 4))
    pixels = find(Ops(), "nn.depth_to_space")(image, 2)
    assert pixels[0, :2, :, 0].tolist() == [[0, 1, 4, 5], [2, 3, 6, 7]]
    assert (find(Ops(), "nn.space_to_depth")(pixels, 2) == image).all()


@pytest.mark.parametrize("name", ["signal.fft", "io.write_file", "keras.utils.get_file", "print"])
def test_what_is_not_known_to_compute_alone_is_not_found(probe: Probe, name: str) -> None:
    assert probe("translate.keras_ops").find(Ops(), name) is None


def test_constants_take_the_type_of_the_tensor_but_keep_their_fractions(probe: Probe) -> None:
    array = probe("translate.keras_ops").array
    assert array([1, 2], X.astype("float16")).dtype == "float16"
    assert array([0.5], X.astype("int32")).tolist() == [0.5]
    assert array([0.5]).dtype == "float32"
    assert array(0.5, X) == 0.5


def node(name: str, constants: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    return {"node_def": {"op": name, "attr": attributes}, "constants": constants or {}}


def integer(value: int) -> dict[str, Any]:
    return {"i": str(value)}


@pytest.mark.parametrize(
    ("config", "given", "wanted"),
    [
        (node("Mul", {"1": 2.0}), X, X * 2),
        (node("Sub", {"0": 1.0}), X, 1 - X),
        (node("DivNoNan", {"1": 2.0}), X, X / 2),
        (node("Slice", {"1": [0, 1], "2": [-1, 2]}), X, X[:, 1:]),
        (node("Mean", {"1": [1]}, keep_dims={"b": True}), X, X.mean(1, keepdims=True)),
        (node("ConcatV2", {"2": 1}, N=integer(2)), [X, X], np.concatenate([X, X], 1)),
        (node("Cast", DstT={"type": "DT_INT32"}), X, X.astype("int32")),
        (node("Squeeze", squeeze_dims={"list": {"i": ["0"]}}), X[None], X),
        (
            node(
                "StridedSlice",
                {"1": [0, 1], "2": [0, 2], "3": [1, 1]},
                begin_mask=integer(1),
                end_mask=integer(1),
                shrink_axis_mask=integer(2),
            ),
            X,
            X[:, 1],
        ),
        (node("Relu", T={"type": "DT_FLOAT"}), X, np.maximum(X, 0)),
    ],
    ids=lambda one: one["node_def"]["op"] if isinstance(one, dict) else "",
)
def test_a_node_of_the_graph_takes_its_constants_and_attributes(
    probe: Probe, config: dict[str, Any], given: Any, wanted: Any
) -> None:
    maker = SimpleNamespace(
        framework=SimpleNamespace(is_keras3=True), keras=SimpleNamespace(ops=Ops())
    )
    function = probe("translate.graph_operations").raw_operation(maker, config)
    np.testing.assert_array_equal(function(given), wanted)


@pytest.mark.parametrize(
    "config",
    [
        node("WriteFile"),
        node("ResizeBilinear", {"1": [4, 4]}, align_corners={"b": True}),
        {"node_def": "bytes"},
    ],
    ids=["writes", "other pixels", "unread"],
)
def test_a_node_without_a_counterpart_is_refused(probe: Probe, config: dict[str, Any]) -> None:
    maker = SimpleNamespace(
        framework=SimpleNamespace(is_keras3=True), keras=SimpleNamespace(ops=Ops())
    )
    with pytest.raises(probe("translate.plain").NotTranslated):
        probe("translate.graph_operations").raw_operation(maker, config)


def test_texts_and_types_of_attributes_are_read_from_their_messages(probe: Probe) -> None:
    attribute = probe("translate.graph_operations").attribute
    assert attribute({"s": base64.b64encode(b"SAME").decode()}) == "SAME"
    assert [attribute({"type": one}) for one in ("DT_FLOAT", "DT_INT64")] == ["float32", "int64"]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (["Ellipsis", 1], np.s_[..., 1]),
        ([{"start": None, "stop": None, "step": 2}, 0], np.s_[::2, 0]),
        ([1, None, {"start": 1, "stop": None, "step": None}], np.s_[1, None, 1:]),
        ([0, {"start": None, "stop": None, "step": -1}, "Ellipsis"], np.s_[0, ::-1]),
    ],
)
@pytest.mark.parametrize("version", [(3, 1), (3, 12), (2, 15)])
def test_a_slice_is_taken_whole_or_axis_by_axis(
    probe: Probe, spec: list[Any], wanted: Any, version: tuple[int, int]
) -> None:
    framework = SimpleNamespace(is_keras3=version >= (3, 0), keras_version=version)
    maker = SimpleNamespace(framework=framework, keras=SimpleNamespace(ops=Ops()))
    cube = np.arange(24).reshape((2, 3, 4))
    found = probe("translate.operations").slicing(maker)(cube, spec)
    assert found.tolist() == cube[wanted].tolist()


def test_dots_in_a_slice_are_written_out(probe: Probe) -> None:
    written = probe("translate.operations").written_out([None, Ellipsis, slice(1, 2)], 3)
    assert written == [None, slice(None), slice(None), slice(1, 2)]


@pytest.mark.parametrize(
    ("sizes", "wanted"), [(3, 3), ([1, 2, 2, 1], 2), ([2, 3], (2, 3)), ([1, 2, 3, 1], (2, 3))]
)
def test_sizes_of_images_are_those_of_their_places(
    probe: Probe, sizes: Any, wanted: int | tuple[int, int]
) -> None:
    assert probe("translate.keras_images").inner(sizes, 2) == wanted


def test_operations_of_the_graph_are_found_however_they_are_spelled(probe: Probe) -> None:
    known = probe("translate.graph_operations").UNARY
    names = {name: known[name.lower()] for name in ("ZerosLike", "IsNan", "Relu6", "Expm1")}
    assert names == {
        "ZerosLike": "zeros_like",
        "IsNan": "is_nan",
        "Relu6": "relu6",
        "Expm1": "expm1",
    }
