"""Operations of Keras 3 by functions of TensorFlow, for a Keras 2.

Owns the tables: names as the classes of the operations, arguments as those classes keep them and
are called with. `translate.operations` looks them up. The first argument is TensorFlow.
"""

import math

from crossload_probe.translate import tensorflow_images
from crossload_probe.translate.keras_arrays import dtype_name

# Of one tensor: where TensorFlow has the function.
UNARY = {
    "Abs": "abs", "Absolute": "abs", "Arccos": "acos", "Arccosh": "math.acosh", "Arcsin": "asin",
    "Arcsinh": "math.asinh", "Arctan": "atan", "Arctanh": "math.atanh", "Ceil": "math.ceil",
    "Conj": "math.conj", "Conjugate": "math.conj", "Copy": "identity", "Cos": "cos",
    "Cosh": "cosh", "Erf": "math.erf", "Exp": "exp", "Expm1": "math.expm1", "Floor": "floor",
    "Imag": "math.imag", "Isfinite": "math.is_finite", "Isinf": "math.is_inf",
    "Isnan": "math.is_nan", "Log": "math.log", "Log1p": "math.log1p",
    "LogSigmoid": "math.log_sigmoid", "LogicalNot": "logical_not", "Negative": "negative",
    "Real": "math.real", "Reciprocal": "math.reciprocal", "Relu": "nn.relu", "Relu6": "nn.relu6",
    "Rsqrt": "math.rsqrt", "Selu": "nn.selu", "Sigmoid": "sigmoid", "Sign": "sign", "Sin": "sin",
    "Sinh": "sinh", "Softplus": "math.softplus", "Softsign": "nn.softsign", "Sqrt": "sqrt",
    "Square": "square", "StopGradient": "stop_gradient", "Tan": "tan", "Tanh": "tanh",
}  # fmt: skip
# Of two, which may be a number.
BINARY = {
    "Arctan2": "atan2", "DivideNoNan": "math.divide_no_nan", "Greater": "greater",
    "GreaterEqual": "greater_equal", "Less": "less", "LessEqual": "less_equal",
    "LogicalAnd": "logical_and", "LogicalOr": "logical_or", "LogicalXor": "math.logical_xor",
    "Maximum": "maximum", "Minimum": "minimum",
}  # fmt: skip
# Of a tensor, an axis and `keepdims`.
REDUCING = {
    "All": "reduce_all", "Amax": "reduce_max", "Amin": "reduce_min", "Any": "reduce_any",
    "Logsumexp": "reduce_logsumexp", "Max": "reduce_max",
    "Min": "reduce_min", "Prod": "reduce_prod", "Std": "math.reduce_std", "Sum": "reduce_sum",
    "Var": "math.reduce_variance",
}  # fmt: skip
ROOT_OF_TWO_PI = math.sqrt(2.0 / math.pi)


def at(tf, path):
    for part in path.split("."):
        tf = getattr(tf, part)
    return tf


def axes(axis):
    return list(axis) if isinstance(axis, (list, tuple)) else axis


def known_rank(x):
    return len(x.shape)


def places(x, axis):
    return [one % known_rank(x) for one in (axis if isinstance(axis, (list, tuple)) else [axis])]


def moved(tf, x, source, destination):
    source, destination = places(x, source), places(x, destination)
    order = [one for one in range(known_rank(x)) if one not in source]
    for to, one in sorted(zip(destination, source)):
        order.insert(to, one)
    return tf.transpose(x, order)


def swapped(tf, x, axis1, axis2):
    order = list(range(known_rank(x)))
    one, other = places(x, [axis1, axis2])
    order[one], order[other] = order[other], order[one]
    return tf.transpose(x, order)


def arg(name):
    def call(tf, x, axis=None, keepdims=False):
        if axis is None:
            raise ValueError("{} over all axes".format(name))
        found = at(tf, name)(x, axis=axis, output_type="int32")
        return tf.expand_dims(found, axis) if keepdims else found

    return call


def cumulative(name):
    def call(tf, x, axis=None, dtype=None):
        if axis is None:
            raise ValueError("{} over all axes".format(name))
        return at(tf, name)(x if dtype is None else tf.cast(x, dtype), axis=axis)

    return call


def dot(tf, x1, x2):
    return tf.tensordot(x1, x2, [[-1], [-1 if len(x2.shape) == 1 else -2]])


def elu(tf, x, alpha=1.0):
    return tf.nn.elu(x) if alpha == 1.0 else tf.where(x > 0, x, alpha * tf.math.expm1(x))


def expand(tf, x, axis):
    for one in sorted(axis) if isinstance(axis, (list, tuple)) else [axis]:
        x = tf.expand_dims(x, one)
    return x


def flip(tf, x, axis=None):
    axis = list(range(known_rank(x))) if axis is None else axis
    return tf.reverse(x, places(x, axis))


def gelu(tf, x, approximate=True):
    if approximate:
        return 0.5 * x * (1.0 + tf.tanh(ROOT_OF_TWO_PI * (x + 0.044715 * x * x * x)))
    return 0.5 * x * (1.0 + tf.math.erf(x / math.sqrt(2.0)))


def hard_sigmoid(tf, x):
    return tf.nn.relu6(x + 3.0) / 6.0


def log_add_exp(tf, x1, x2):
    return tf.maximum(x1, x2) + tf.math.log1p(tf.exp(-tf.abs(x1 - x2)))


def norm(tf, x, ord=None, axis=None, keepdims=False):
    return tf.norm(x, "euclidean" if ord is None else ord, axes(axis), keepdims)


def normalize(tf, x, axis=-1, order=2, epsilon=None):
    if order != 2:
        raise ValueError("normalize of the order {}".format(order))
    total = tf.reduce_sum(tf.square(x), axes(axis), keepdims=True)
    return x * tf.minimum(tf.math.rsqrt(total), 1.0 / (epsilon or 1e-7))


def pad(tf, x, pad_width, mode="constant", constant_values=None):
    return tf.pad(x, pad_width, mode.upper(), constant_values or 0)


def rounded(tf, x, decimals=0):
    if decimals:
        raise ValueError("round to {} decimals".format(decimals))
    return tf.round(x)


def split(tf, x, indices_or_sections, axis=0):
    if isinstance(indices_or_sections, int):
        return tf.split(x, indices_or_sections, axis)
    ends = list(indices_or_sections) + [x.shape[axis]]
    return tf.split(x, [end - start for start, end in zip([0] + ends, ends)], axis)


def mean(tf, x, axis=None, keepdims=False):
    """Of whole numbers too, whose mean is whole in TensorFlow."""
    found = tf.cast(x, "float32") if "int" in dtype_name(x) else x
    return tf.reduce_mean(found, axis=axes(axis), keepdims=keepdims)


def take(tf, x, indices, axis=None):
    if axis is None:
        raise ValueError("take from all axes")
    if isinstance(indices, (int, list, tuple)) and x.shape[axis] is not None:
        size = int(x.shape[axis])
        one = isinstance(indices, int)
        indices = indices % size if one else [number % size for number in indices]
    return tf.gather(x, indices, axis=axis)


def tile(tf, x, repeats):
    repeats = list(repeats) if isinstance(repeats, (list, tuple)) else [repeats]
    return tf.tile(x, [1] * (known_rank(x) - len(repeats)) + repeats)


def where(tf, condition, x1=None, x2=None):
    if x1 is None:
        raise ValueError("where without values")
    return tf.where(condition, x1, x2)


OTHERS = {
    "Argmax": arg("argmax"),
    "Argmin": arg("argmin"),
    "Argsort": lambda tf, x, axis=-1: tf.argsort(x, axis=axis),
    "BroadcastTo": lambda tf, x, shape: tf.broadcast_to(x, shape),
    "Cast": lambda tf, x, dtype: tf.cast(x, dtype),
    "Celu": lambda tf, x, alpha=1.0: (
        tf.maximum(x, 0.0) + alpha * tf.math.expm1(tf.minimum(x, 0.0) / alpha)
    ),
    "Clip": lambda tf, x, x_min, x_max: tf.clip_by_value(x, x_min, x_max),
    "Concatenate": lambda tf, xs, axis=0: tf.concat(xs, axis),
    "CountNonzero": lambda tf, x, axis=None: tf.math.count_nonzero(x, axis, dtype="int32"),
    "Cumprod": cumulative("math.cumprod"),
    "Cumsum": cumulative("math.cumsum"),
    "Dot": dot,
    "Einsum": lambda tf, *operands, subscripts: tf.einsum(subscripts, *operands),
    "Elu": elu,
    "Equal": lambda tf, x1, x2: tf.equal(x1, tf.cast(x2, x1.dtype)),
    "Exp2": lambda tf, x: tf.pow(2.0, x),
    "ExpandDims": expand,
    "Flip": flip,
    "FloorDivide": lambda tf, x1, x2: x1 // x2,
    "Gelu": gelu,
    "HardSigmoid": hard_sigmoid,
    "HardSilu": lambda tf, x: x * hard_sigmoid(tf, x),
    "HardTanh": lambda tf, x: tf.clip_by_value(x, -1.0, 1.0),
    "LeakyRelu": lambda tf, x, negative_slope=0.2: tf.nn.leaky_relu(x, negative_slope),
    "Log10": lambda tf, x: tf.math.log(x) / math.log(10.0),
    "Log2": lambda tf, x: tf.math.log(x) / math.log(2.0),
    "LogSoftmax": lambda tf, x, axis=-1: tf.nn.log_softmax(x, axis=axis),
    "Logaddexp": log_add_exp,
    "Mean": mean,
    "Mod": lambda tf, x1, x2: x1 % x2,
    "Moveaxis": moved,
    "Norm": norm,
    "Normalize": normalize,
    "NotEqual": lambda tf, x1, x2: tf.not_equal(x1, tf.cast(x2, x1.dtype)),
    "OneHot": lambda tf, x, num_classes, axis=-1, dtype=None: tf.one_hot(
        tf.cast(x, "int32"), num_classes, axis=axis, dtype=dtype or "float32"
    ),
    "OnesLike": lambda tf, x, dtype=None: tf.ones_like(x, dtype),
    "Pad": pad,
    "Repeat": lambda tf, x, repeats, axis=None: tf.repeat(x, repeats, axis),
    "Reshape": lambda tf, x, newshape: tf.reshape(x, [-1 if n is None else n for n in newshape]),
    "Roll": lambda tf, x, shift, axis: tf.roll(x, axes(shift), axes(axis)),
    "Round": rounded,
    "Silu": lambda tf, x: x * tf.sigmoid(x),
    "Slice": lambda tf, inputs, start_indices, shape: tf.slice(inputs, start_indices, shape),
    "Softmax": lambda tf, x, axis=-1: tf.nn.softmax(x, axis=axis),
    "Sort": lambda tf, x, axis=-1: tf.sort(x, axis=axis),
    "Split": split,
    "Squareplus": lambda tf, x, b=4: (x + tf.sqrt(tf.square(x) + float(b))) / 2.0,
    "Squeeze": lambda tf, x, axis=None: tf.squeeze(x, axes(axis)),
    "Stack": lambda tf, xs, axis=0: tf.stack(xs, axis=axis),
    "Swapaxes": swapped,
    "Take": take,
    "TanhShrink": lambda tf, x: x - tf.tanh(x),
    "Tensordot": lambda tf, x1, x2, axes=2: tf.tensordot(x1, x2, axes),
    "Tile": tile,
    "TopK": lambda tf, x, k, sorted=True: list(tf.math.top_k(x, k, sorted)),
    "Transpose": lambda tf, x, axes=None: tf.transpose(x, axes),
    "Tril": lambda tf, x, k=0: tf.linalg.band_part(x, -1, k),
    "Triu": lambda tf, x, k=0: tf.linalg.band_part(x, -k, -1),
    "Unstack": lambda tf, x, num=None, axis=0: tf.unstack(x, num, axis),
    "Where": where,
    "ZerosLike": lambda tf, x, dtype=None: tf.zeros_like(x, dtype),
}
OTHERS.update(tensorflow_images.TABLE)
# What a class keeps and the functions do not take, with the values that change nothing.
NEUTRAL = {"initial": None, "sparse": False, "dtype": None, "ragged": None}


def find(tf, name, options):
    """The function for an operation of that class which keeps these arguments; None if unknown.

    Raises:
        ValueError: an argument changes what it computes, and the function has no such argument.
    """
    function = function_of(name)
    if function is None:
        return None
    given = dict(options)
    names = function.__code__.co_varnames if hasattr(function, "__code__") else ()
    for key, value in NEUTRAL.items():
        if key in given and key not in names and given.pop(key) != value:
            raise ValueError("{}={!r}".format(key, options[key]))

    def call(*args, **kwargs):
        return function(tf, *args, **dict(given, **kwargs))

    return call


def function_of(name):
    if name in UNARY:
        return lambda tf, x: at(tf, UNARY[name])(x)
    if name in BINARY:
        return lambda tf, x1, x2: at(tf, BINARY[name])(x1, x2)
    if name in REDUCING:
        return lambda tf, x, axis=None, keepdims=False: at(tf, REDUCING[name])(
            x, axis=axes(axis), keepdims=keepdims
        )
    return OTHERS.get(name)
