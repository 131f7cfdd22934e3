"""TensorFlow's functions that pick, order and count the numbers of a tensor, by those of Keras 3.

Owns what they refuse: what Keras 3 computes differently. `translate.keras_ops` finds them by name.
"""

import numpy

from crossload_probe.translate import sizes

WHOLE = (float("inf"), numpy.inf, "inf")


def as_axis(axis):
    return tuple(axis) if isinstance(axis, (list, tuple)) else axis


def array(value, like=None):
    """A list of numbers as an array, of the type of the tensor that it is used with."""
    if not isinstance(value, (list, tuple, numpy.ndarray)):
        return value
    found = numpy.asarray(value)
    if found.dtype == object:  # tensors
        return value
    name = dtype_name(like)
    if found.dtype.kind == "i" or (found.dtype.kind == "f" and name.startswith("float")):
        return found.astype(name or "int32")
    return found.astype("float32") if found.dtype == "float64" else found


def dtype_name(tensor):
    """The type of a tensor's numbers that NumPy has as well; "" of what is no tensor."""
    dtype = getattr(tensor, "dtype", "")
    name = str(getattr(dtype, "name", dtype))
    return "float32" if name == "bfloat16" else name


def running(name, neutral):
    """A sum or product of all numbers so far."""

    def call(ops, x, axis=0, exclusive=False, reverse=False):
        found = ops.flip(x, axis) if reverse else x
        found = getattr(ops, name)(found, axis)
        if exclusive:
            places = [(0, 0)] * len(x.shape)
            places[axis] = (1, 0)
            found = ops.pad(found, places, "constant", constant_values=neutral)
            found = ops.take(found, list(range(x.shape[axis])), axis)
        return ops.flip(found, axis) if reverse else found

    return call


def ordered(name):
    def call(ops, values, axis=-1, direction="ASCENDING", stable=False):
        if direction != "ASCENDING" and name == "argsort":
            raise ValueError("argsort in descending order")  # that of equal numbers would differ
        found = getattr(ops, name)(values, axis)
        return found if direction == "ASCENDING" else ops.flip(found, axis)

    return call


def slice_of(ops, input_, begin, size):
    """A part by its first places and its sizes; -1 is all that is left."""
    if not all(isinstance(one, int) for one in list(begin) + list(size)):
        raise ValueError("slice by tensors")
    ends = [None if many == -1 else start + many for start, many in zip(begin, size)]
    return input_[tuple(slice(start, end) for start, end in zip(begin, ends))]


def gather(ops, params, indices, axis=None, batch_dims=0, validate_indices=None):
    axis = batch_dims if axis is None else axis
    if not batch_dims:
        return ops.take(params, array(indices), axis)
    shape = indices.shape
    rank = len(params.shape)
    if len(shape) != batch_dims + 1 or axis % rank != batch_dims or batch_dims < 0:
        raise ValueError("gather with batch_dims={}".format(batch_dims))
    for _ in range(rank - len(shape)):
        indices = ops.expand_dims(indices, -1)
    return ops.take_along_axis(params, indices, batch_dims)


def norm(ops, tensor, ord="euclidean", axis=None, keepdims=None):
    axis, keepdims = as_axis(axis), bool(keepdims)
    if ord == "euclidean" or (ord in (2, 2.0) and not isinstance(axis, tuple)):
        return ops.sqrt(ops.sum(ops.square(tensor), axis, keepdims=keepdims))
    if ord in (1, 1.0) and not isinstance(axis, tuple):
        return ops.sum(ops.absolute(tensor), axis, keepdims=keepdims)
    if ord in WHOLE and not isinstance(axis, tuple):
        return ops.max(ops.absolute(tensor), axis, keepdims=keepdims)
    raise ValueError("norm of order {!r}".format(ord))


def one_hot(ops, indices, depth, on_value=None, off_value=None, **others):
    on, off = 1 if on_value is None else on_value, 0 if off_value is None else off_value
    axis, dtype = others.get("axis"), others.get("dtype")
    axis = -1 if axis is None else axis
    is_whole = isinstance(on_value, int) or isinstance(off_value, int)
    found = ops.one_hot(indices, depth, axis, dtype or ("int32" if is_whole else "float32"))
    return found if (on, off) == (1, 0) else ops.add(ops.multiply(found, on - off), off)


def count_nonzero(ops, input, axis=None, keepdims=None, dtype="int64"):
    many = ops.cast(ops.not_equal(input, 0), dtype)
    return ops.sum(many, as_axis(axis), keepdims=bool(keepdims))


def alike(name):
    """Zeros or ones of the shape of a tensor, and of its type where no other is given."""

    def call(ops, input, dtype=None, **others):
        function = getattr(ops, name)
        return function(input) if dtype is None else function(input, dtype=dtype)

    return call


def zero_safe(function):
    """A function of two tensors that is zero wherever the first one is."""

    def call(ops, x, y):
        none = ops.equal(x, 0)
        found = function(ops, x, ops.where(none, ops.ones_like(y), y))
        return ops.where(none, ops.zeros_like(found), found)

    return call


def broadcast_to(ops, input, shape):
    found = shape.sizes if isinstance(shape, sizes.Sizes) else shape
    if not all(isinstance(one, int) for one in found):
        raise ValueError(sizes.UNKNOWN)
    return ops.broadcast_to(input, tuple(found))


def tile(ops, input, multiples):
    found = multiples.sizes if isinstance(multiples, sizes.Sizes) else multiples
    if any(isinstance(one, sizes.OpenSize) for one in found):
        raise ValueError(sizes.UNKNOWN)
    return ops.tile(input, tuple(found))


def invert(ops, x):
    return ops.logical_not(x) if dtype_name(x) == "bool" else ops.subtract(ops.negative(x), 1)


FUNCTIONS = {
    "argsort": ordered("argsort"),
    "atan2": lambda ops, y, x: ops.arctan2(y, x),
    "broadcast_to": broadcast_to,
    "count_nonzero": count_nonzero,
    "cumprod": running("cumprod", 1),
    "cumsum": running("cumsum", 0),
    "embedding_lookup": lambda ops, params, ids, **others: ops.take(array(params), ids, 0),
    "ensure_shape": lambda ops, x, shape: x,
    "gather": gather,
    "invert": invert,
    "multiply_no_nan": lambda ops, x, y: zero_safe(lambda ops, y, x: ops.multiply(x, y))(ops, y, x),
    "norm": norm,
    "one_hot": one_hot,
    "ones_like": alike("ones_like"),
    "slice": slice_of,
    "sort": ordered("sort"),
    "tile": tile,
    "xdivy": zero_safe(lambda ops, x, y: ops.divide(x, y)),
    "xlogy": zero_safe(lambda ops, x, y: ops.multiply(x, ops.log(y))),
    "zeros_like": alike("zeros_like"),
}
