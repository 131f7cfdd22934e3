"""Functions on tensors that Python has operators for.

Owns their names in TensorFlow and in Keras 3; `translate.operations` looks operations up here.
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
