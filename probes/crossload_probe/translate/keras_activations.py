"""Activations of TensorFlow and of Keras 2 that take more than a tensor, by operations of Keras 3.

Owns their arguments; `translate.keras_ops` finds them by name.
"""


def elu(ops, x, alpha=1.0):
    return ops.elu(x, alpha)


def relu(ops, features, alpha=0.0, max_value=None, threshold=0.0, negative_slope=None):
    """That of Keras 2, which takes more than TensorFlow's."""
    slope = alpha if negative_slope is None else negative_slope
    if not slope and max_value is None and not threshold:
        return ops.relu(features)
    below = ops.multiply(ops.subtract(features, threshold), slope)
    found = ops.where(ops.greater(features, threshold), features, below)
    return found if max_value is None else ops.minimum(found, max_value)


def leaky_relu(ops, features, alpha=0.2):
    return ops.leaky_relu(features, alpha)


def silu(ops, features, beta=1.0):
    if beta == 1:
        return ops.silu(features)
    return ops.multiply(features, ops.sigmoid(ops.multiply(features, beta)))


def hard_sigmoid(ops, x):
    """That of Keras 2, which is steeper than that of Keras 3."""
    return ops.minimum(ops.maximum(ops.add(ops.multiply(x, 0.2), 0.5), 0.0), 1.0)


FUNCTIONS = {
    "elu": elu,
    "gelu": lambda ops, features, approximate=False: ops.gelu(features, approximate),
    "hard_sigmoid": hard_sigmoid,
    "leaky_relu": leaky_relu,
    "relu": relu,
    "silu": silu,
    "swish": silu,
}
