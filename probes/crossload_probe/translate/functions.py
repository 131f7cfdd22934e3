"""Functions on tensors that have different names in TensorFlow, Keras 3 and Python.

Owns these tables; `translate.operations` looks operations up in them.
"""

PYTHON = {
    "add": lambda x, y: x + y,
    "radd": lambda x, y: y + x,
    "subtract": lambda x, y: x - y,
    "rsub": lambda x, y: y - x,
    "multiply": lambda x, y: x * y,
    "mul": lambda x, y: x * y,
    "rmul": lambda x, y: y * x,
    "truediv": lambda x, y: x / y,
    "rtruediv": lambda x, y: y / x,
    "divide": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "rpow": lambda x, y: y**x,
    "neg": lambda x: -x,
    "negative": lambda x: -x,
    "matmul": lambda x, y: x @ y,
    "sub": lambda x, y: x - y,
}
# Operations of Keras 3 by functions of TensorFlow, with the arguments that their classes keep.
OF_KERAS3 = {
    "Abs": lambda tf, x: tf.abs(x),
    "Absolute": lambda tf, x: tf.abs(x),
    "Any": lambda tf, x, axis=None, keepdims=False: tf.reduce_any(x, axis=axis, keepdims=keepdims),
    "Cast": lambda tf, x, dtype=None: tf.cast(x, dtype),
    "Concatenate": lambda tf, xs, axis=0: tf.concat(xs, axis),
    "Equal": lambda tf, x1, x2: tf.equal(x1, tf.cast(x2, x1.dtype)),
    "Exp": lambda tf, x: tf.exp(x),
    "ExpandDims": lambda tf, x, axis=0: tf.expand_dims(x, axis),
    "Log": lambda tf, x: tf.math.log(x),
    "Max": lambda tf, x, axis=None, keepdims=False, initial=None: tf.reduce_max(
        x, axis=axis, keepdims=keepdims
    ),
    "Maximum": lambda tf, x1, x2: tf.maximum(x1, x2),
    "Mean": lambda tf, x, axis=None, keepdims=False: tf.reduce_mean(
        x, axis=axis, keepdims=keepdims
    ),
    "Minimum": lambda tf, x1, x2: tf.minimum(x1, x2),
    "NotEqual": lambda tf, x1, x2: tf.not_equal(x1, tf.cast(x2, x1.dtype)),
    "Relu": lambda tf, x: tf.nn.relu(x),
    "Reshape": lambda tf, x, newshape=None: tf.reshape(
        x, [-1 if n is None else n for n in newshape]
    ),
    "Sigmoid": lambda tf, x: tf.sigmoid(x),
    "Softmax": lambda tf, x, axis=-1: tf.nn.softmax(x, axis=axis),
    "Sqrt": lambda tf, x: tf.sqrt(x),
    "Square": lambda tf, x: tf.square(x),
    "Squeeze": lambda tf, x, axis=None: tf.squeeze(x, axis=axis),
    "Stack": lambda tf, xs, axis=0: tf.stack(xs, axis=axis),
    "Sum": lambda tf, x, axis=None, keepdims=False: tf.reduce_sum(x, axis=axis, keepdims=keepdims),
    "Tanh": lambda tf, x: tf.tanh(x),
    "Transpose": lambda tf, x, axes=None: tf.transpose(x, axes),
}
