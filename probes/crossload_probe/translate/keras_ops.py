"""TensorFlow's functions by operations of Keras 3, so that a model can be saved again.

Owns the table: names as TFOpLambda keeps them, arguments as TensorFlow calls them. The operations
of TensorFlow's graph are in `translate.graph_operations`; `translate.operations` looks both up.
"""

import numpy

from crossload_probe.translate import keras_activations, keras_arrays, keras_images, sizes
from crossload_probe.translate.keras_arrays import array, as_axis, dtype_name
from crossload_probe.translate.keras_names import BINARY, REDUCING, REVERSED, UNARY

# What a function of one tensor may be given besides, and what changes nothing.
IDLE = ("layout", "name", "optimize")


def divide_no_nan(ops, x, y):
    x, y = array(x, y), array(y, x)
    none = ops.equal(y, 0)
    return ops.where(none, ops.zeros_like(y), ops.divide(x, ops.where(none, ops.ones_like(y), y)))


def squeeze(ops, input, axis=None, squeeze_dims=None):
    axis = squeeze_dims if axis in (None, []) else axis
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    rank = len(input.shape)
    for one in sorted(axes, key=lambda number: number % rank if number is not None else 0)[::-1]:
        input = ops.squeeze(input, one)
    return input


def concat(ops, values, axis):
    found = sizes.joined(values)
    return found or ops.concatenate([array(one) for one in values], axis)


def split(ops, value, num_or_size_splits, axis=0, num=None):
    if isinstance(num_or_size_splits, (list, tuple)):
        parts = list(num_or_size_splits)
        if -1 in parts:
            parts[parts.index(-1)] = value.shape[axis] - sum(parts) - 1
        num_or_size_splits = [int(one) for one in numpy.cumsum(parts)[:-1]]
    return ops.split(value, num_or_size_splits, axis)


def stack(ops, values, axis=0):
    return sizes.joined(values) or ops.stack([array(one) for one in values], axis)


def unstack(ops, value, num=None, axis=0):
    if isinstance(value, sizes.Sizes):
        return list(value.sizes)
    return [ops.take(value, at, axis) for at in range(value.shape[axis])]


def where(ops, condition, x, y):
    return ops.where(condition, array(x), array(y))


def clip(ops, t, clip_value_min, clip_value_max):
    return ops.minimum(ops.maximum(t, array(clip_value_min, t)), array(clip_value_max, t))


def matmul(ops, a, b, transpose_a=False, transpose_b=False, **others):
    a, b = array(a), array(b)
    return ops.matmul(turned(ops, a) if transpose_a else a, turned(ops, b) if transpose_b else b)


def turned(ops, matrix):
    return ops.swapaxes(matrix, -1, -2)


def pad(ops, tensor, paddings, mode="CONSTANT", constant_values=0):
    if mode.upper() == "CONSTANT":
        return ops.pad(tensor, paddings, "constant", constant_values)
    return ops.pad(tensor, paddings, mode.lower())


def l2_normalize(ops, x, axis=None, epsilon=1e-12, dim=None):
    axis = as_axis(dim if axis is None else axis)
    total = ops.sum(ops.square(x), axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(total, epsilon))


def add_n(ops, inputs):
    total = inputs[0]
    for one in inputs[1:]:
        total = ops.add(total, one)
    return total


def tensordot(ops, a, b, axes):
    return ops.tensordot(array(a), array(b), axes)


def top_k(ops, input, k=1, sorted=True):
    return list(ops.top_k(input, k, sorted))


def softmax(ops, logits, axis=-1, dim=None):
    return ops.softmax(logits, (-1 if axis is None else axis) if dim is None else dim)


def log_softmax(ops, logits, axis=-1):
    return ops.log_softmax(logits, -1 if axis is None else axis)


def transpose(ops, a, perm=None, conjugate=False):
    return ops.transpose(a, perm)


def bias_add(ops, value, bias, data_format=None):
    return ops.add(value, array(bias, value))


def argument(name):
    """The place of the largest or smallest; the type of whole numbers is left to Keras."""

    def call(ops, input, axis=0, dimension=None, output_type=None):
        return getattr(ops, name)(input, axis if dimension is None else dimension)

    return call


OTHERS = {
    "add_n": add_n,
    "argmax": argument("argmax"),
    "argmin": argument("argmin"),
    "avg_pool": keras_images.pooled("average_pool"),
    "avg_pool2d": keras_images.pooled("average_pool"),
    "bias_add": bias_add,
    "cast": lambda ops, x, dtype: ops.cast(x, dtype),
    "clip_by_value": clip,
    "concat": concat,
    "convert_to_tensor": lambda ops, value, **others: value,
    "depth_to_space": keras_images.depth_to_space,
    "divide_no_nan": divide_no_nan,
    "einsum": lambda ops, equation, *inputs, operands=(): ops.einsum(
        equation, *(inputs or operands)
    ),
    "expand_dims": lambda ops, input, axis=None, dim=None: ops.expand_dims(
        input, dim if axis is None else axis
    ),
    "flip_left_right": lambda ops, image: ops.flip(image, -2),
    "flip_up_down": lambda ops, image: ops.flip(image, -3),
    "l2_normalize": l2_normalize,
    "log_softmax": log_softmax,
    "matmul": matmul,
    "max_pool": keras_images.pooled("max_pool"),
    "max_pool2d": keras_images.pooled("max_pool"),
    "pad": pad,
    "repeat": lambda ops, input, repeats, axis=None: ops.repeat(input, repeats, axis),
    "reshape": lambda ops, tensor, shape: ops.reshape(tensor, sizes.as_target(shape, tensor)),
    "resize": keras_images.resize,
    "reverse": lambda ops, tensor, axis: ops.flip(tensor, as_axis(axis)),
    "roll": lambda ops, input, shift, axis: ops.roll(input, shift, axis),
    "shape": lambda ops, input, out_type=None: sizes.of(input),
    "softmax": softmax,
    "space_to_depth": keras_images.space_to_depth,
    "split": split,
    "squared_difference": lambda ops, x, y: ops.square(ops.subtract(x, array(y, x))),
    "squeeze": squeeze,
    "stack": stack,
    "tensordot": tensordot,
    "top_k": top_k,
    "transpose": transpose,
    "unstack": unstack,
    "where": where,
}
OTHERS.update(keras_activations.FUNCTIONS)
OTHERS.update(keras_arrays.FUNCTIONS)
# Where TensorFlow keeps these functions; any other module has others of the same names.
PLACES = ("", "math", "nn", "linalg", "image", "__operators__", "compat.v1", "compat.v1.nn")
PLACES += ("compat.v1.math", "compat.v1.image", "keras.activations", "bitwise")


# Modules of TensorFlow in which every function only computes.
PURE = ("math", "nn", "linalg", "signal", "bitwise", "strings", "sparse", "ragged")


def knows(name):
    """Whether a function of TensorFlow is known to compute and do nothing else."""
    place, _, last = name.rpartition(".")
    known = any(last in table for table in (UNARY, BINARY, REDUCING, OTHERS))
    return place in PURE or (place in PLACES and known)


def find(ops, name):
    """The function of TensorFlow of that full name by operations of Keras 3; None if unknown."""
    place, _, last = name.rpartition(".")
    if place not in PLACES:
        return None
    if last in OTHERS:
        function = OTHERS[last]
        return lambda *args, **kwargs: function(ops, *args, **kwargs)
    if last in UNARY:
        return unary(ops, UNARY[last])
    if last in BINARY or (place == "__operators__" and last in REVERSED):
        turn = last not in BINARY
        return binary(ops, REVERSED[last] if turn else BINARY[last], turn)
    if last in REDUCING:
        return reducing(ops, REDUCING[last])
    return None


def unary(ops, name):
    function = getattr(ops, name, None) if name else lambda value: value
    if function is None:
        return None

    def call(*args, **kwargs):
        given = list(args) + [kwargs[key] for key in kwargs if key not in IDLE]
        if any(one is not None for one in given[1:]):
            raise ValueError("more arguments than a tensor")
        return function(given[0])

    return call


def binary(ops, name, turn):
    function = getattr(ops, name)

    def call(x, y):
        first, second = (y, x) if turn else (x, y)
        if isinstance(first, sizes.OpenSize) or isinstance(second, sizes.OpenSize):
            raise TypeError(sizes.UNKNOWN)
        if isinstance(first, int) and isinstance(second, int) and hasattr(numpy, name):
            return getattr(numpy, name)(first, second).item()  # sizes, which stay numbers
        return function(array(first, second), array(second, first))

    return call


def reducing(ops, name):
    function = getattr(ops, name)

    def call(input_tensor, axis=None, keepdims=False, **older):
        axis = older.get("reduction_indices") if axis is None else axis
        found = function(input_tensor, axis=as_axis(axis), keepdims=bool(keepdims))
        whole = dtype_name(input_tensor)
        # TensorFlow's mean of whole numbers is one itself.
        return ops.cast(found, whole) if name == "mean" and "int" in whole else found

    return call
