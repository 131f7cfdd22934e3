"""Whether the first axis of a tensor of Keras 3 is the samples of the batch of its model.

Owns which layers and operations keep them there. What is not known to do so is taken not to.
"""

from crossload_probe.translate.renaming import calls_of, is_input

# Operations on numbers at the same place, and those along other axes than the first.
ALONE = (
    "Absolute Add Cast Divide Elu Erf Exp Gelu LeakyRelu Log Log1p LogSoftmax Maximum Minimum "
    "Multiply Negative Power Relu Relu6 Rsqrt Sigmoid Sign Silu Softmax Softplus Sqrt Square "
    "Subtract Tanh TrueDivide"
).split()
MATMUL, RESHAPE, TRANSPOSE = "Matmul", "Reshape", "Transpose"


def come_first(tensor):
    """Whether every way back to the inputs of the model keeps the samples first."""
    left, seen = [tensor], set()
    while left:
        one = left.pop()
        operation, node = made_by(one)
        if operation is None:
            return False
        if id(one) in seen or is_input(operation):
            continue
        seen.add(id(one))
        inputs = list(node.input_tensors)
        if not inputs or not keeps(operation, inputs, one):
            return False
        left += inputs
    return True


def made_by(tensor):
    """(operation, its call) that made a tensor; (None, None) of what no model made."""
    history = getattr(tensor, "_keras_history", None)
    operation = getattr(history, "operation", None)
    if operation is None:
        return None, None
    return operation, calls_of(operation)[history.node_index]


def keeps(operation, inputs, found):
    """Whether one call leaves the samples where they are."""
    name, rank = type(operation).__name__, len(found.shape)
    if hasattr(operation, "trainable_weights"):
        return is_of_keras(operation) and name != "Lambda"
    if name == RESHAPE:
        sizes = [list(one.shape)[1:] for one in (inputs[0], found)]
        return None not in sizes[0] + sizes[1] and numbers(sizes[0]) == numbers(sizes[1])
    if name == TRANSPOSE:
        axes = getattr(operation, "axes", None)
        return bool(axes) and axes[0] == 0
    if name == MATMUL:
        return rank > 2 and all(len(one.shape) == rank for one in inputs)
    return name in ALONE and all(len(one.shape) == rank for one in inputs)


def numbers(sizes):
    found = 1
    for one in sizes:
        found *= one
    return found


def is_of_keras(layer):
    return type(layer).__module__.split(".")[0] == "keras"
