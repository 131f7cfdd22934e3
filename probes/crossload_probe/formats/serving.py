"""Call a SavedModel through its serving signature or its endpoint, without Keras.

Owns matching the tensors of a signature with the inputs and outputs of a model: signatures order
them by name, and some exports rename them.
"""

import numpy

from crossload_probe.frameworks import flatten

SIGNATURE = "serving_default"
ENDPOINT = "serve"
TAG = "serve"
# Concessions: what replaced `tf.saved_model.load`.
BY_LAYER = "tfsm-layer"
BY_SESSION = "graph-session"


class NoSignature(Exception):
    """The SavedModel cannot be called."""


def predict(framework, path, expected):
    """(outputs, concessions): arrays in the saver's order.

    Args:
        framework: the loader's.
        path: the SavedModel's folder.
        expected: the saver's expectation, of which inputs, names and shapes are used.
    """
    tensorflow = find_tensorflow(framework)
    named, concessions = call_signature(
        framework, tensorflow, path, expected["inputs"], expected["ends"]["inputs"]
    )
    return in_order(named, expected), concessions


def call_endpoint(framework, path, expected):
    """Outputs of an export the documented way: through its endpoint, called as the model was."""
    tensorflow = find_tensorflow(framework)
    if not tensorflow.executing_eagerly():
        raise NoSignature("an endpoint can only be called in the eager mode of TensorFlow 2")
    loaded = tensorflow.saved_model.load(path)  # an endpoint is void once this is collected
    if not hasattr(loaded, ENDPOINT):
        raise NoSignature("it has no endpoint {!r}".format(ENDPOINT))
    tensors = [tensorflow.constant(array) for array in expected["inputs"]]
    if len(tensors) == 1:
        answer = loaded.serve(tensors[0])
    else:
        answer = call_with_several(loaded.serve, tensors)
    if isinstance(answer, dict):
        return in_order({name: item.numpy() for name, item in answer.items()}, expected)
    return [tensor.numpy() for tensor in flatten(answer)]


def call_with_several(function, tensors):
    """Pass several inputs as a list, or one by one if the export expects that."""
    try:
        return function(tensors)
    except (TypeError, ValueError):
        try:
            return function(*tensors)
        except (TypeError, ValueError):
            pass
        raise


def find_tensorflow(framework):
    """TensorFlow, whatever backend Keras uses; raises ImportError if it is missing."""
    if framework.tensorflow is not None:
        return framework.tensorflow
    import tensorflow

    return tensorflow


def in_order(named, expected):
    """The arrays of {name: array} in the saver's order."""
    shapes = [array.shape for array in expected["outputs"]]
    offered = {name: array.shape for name, array in named.items()}
    return [named[name] for name in match(expected["ends"]["outputs"], shapes, offered)]


def call_signature(framework, tensorflow, path, inputs, names):
    """({name: array}, concessions) by the first way that works; raises the error of the first.

    A session reads only the graph, and does not fail on Python objects of another version that
    were saved beside it (such as the slots of a Keras 2 optimizer).
    """
    if not tensorflow.executing_eagerly():
        return predict_in_session(tensorflow, path, inputs, names), []
    try:
        return predict_eagerly(tensorflow, path, inputs, names), []
    except NoSignature:
        raise
    except Exception:
        if hasattr(framework.keras.layers, "TFSMLayer"):
            try:
                return predict_by_layer(framework, path, inputs), [BY_LAYER]
            except Exception:
                pass
        try:
            return predict_in_session(tensorflow, path, inputs, names), [BY_SESSION]
        except Exception:
            pass
        raise


def predict_eagerly(tensorflow, path, inputs, names):
    loaded = tensorflow.saved_model.load(path)  # a signature is void once this is collected
    if SIGNATURE not in loaded.signatures:
        raise NoSignature("it has {}".format(sorted(loaded.signatures) or "no signature"))
    function = loaded.signatures[SIGNATURE]
    specs = function.structured_input_signature[1]
    shapes = {name: tuple(spec.shape.as_list()) for name, spec in specs.items()}
    order = match(names, [array.shape for array in inputs], shapes)
    given = {
        name: tensorflow.constant(array, dtype=specs[name].dtype)
        for name, array in zip(order, inputs)
    }
    return {name: tensor.numpy() for name, tensor in function(**given).items()}


def predict_by_layer(framework, path, inputs):
    """Through the layer that Keras 3 has for this."""
    layer = framework.keras.layers.TFSMLayer(path, call_endpoint=SIGNATURE)
    answer = layer(inputs[0] if len(inputs) == 1 else list(inputs))
    if not isinstance(answer, dict):
        answer = {"output_0": answer}
    return {name: framework.array(tensor) for name, tensor in answer.items()}


def predict_in_session(tensorflow, path, inputs, names):
    """As in TensorFlow 1: a graph, a session, tensors by name."""
    with tensorflow.Graph().as_default(), tensorflow.compat.v1.Session() as session:
        graph = tensorflow.compat.v1.saved_model.load(session, [TAG], path)
        if SIGNATURE not in graph.signature_def:
            raise NoSignature("it has {}".format(sorted(graph.signature_def) or "no signature"))
        signature = graph.signature_def[SIGNATURE]
        shapes = {
            name: tuple(size.size if size.size >= 0 else None for size in info.tensor_shape.dim)
            for name, info in signature.inputs.items()
        }
        order = match(names, [array.shape for array in inputs], shapes)
        feeds = {signature.inputs[name].name: array for name, array in zip(order, inputs)}
        fetches = {name: info.name for name, info in signature.outputs.items()}
        return {name: numpy.asarray(value) for name, value in session.run(fetches, feeds).items()}


def match(names, shapes, offered):
    """Names of the offered tensors in the wanted order: by name, else by shape, else sorted.

    Args:
        names: wanted names, in order.
        shapes: wanted shapes with the batch, in order.
        offered: name -> shape with the batch (None for an open size).
    """
    left, chosen = sorted(offered), [None] * len(shapes)
    if len(left) != len(shapes):
        raise NoSignature("it has {} tensors instead of {}".format(len(left), len(shapes)))
    rules = (
        lambda index, name: index < len(names) and names[index] == name,
        lambda index, name: same_shape(shapes[index], offered[name]),
        lambda index, name: True,
    )
    for rule in rules:
        for index in range(len(shapes)):
            for name in [name for name in left if chosen[index] is None and rule(index, name)][:1]:
                chosen[index] = name
                left.remove(name)
    return chosen


def same_shape(wanted, offered):
    """Whether the sizes after the batch are equal; an open size equals any."""
    return len(wanted) == len(offered) and all(
        theirs is None or ours == theirs for ours, theirs in zip(wanted[1:], offered[1:])
    )
