"""Recipes that call a SavedModel through its serving signature or its endpoint, without Keras.

Owns these, and matching the tensors of a signature with the inputs and outputs of a model:
signatures order them by name, and some exports rename them.
"""

import collections
import os

import numpy

from crossload_probe.formats import recipes, writing
from crossload_probe.formats.recipes import FILE, call, quote
from crossload_probe.frameworks import flatten

SIGNATURE = "serving_default"
ENDPOINT = "serve"
TAG = "serve"
# Concessions: what replaced `tf.saved_model.load`.
BY_LAYER = "tfsm-layer"
BY_SESSION = "graph-session"

OPEN = 'tf.saved_model.load("{}")'.format(FILE)

# A tensor of a signature: its type by name ("float32"), and its sizes with the batch (None: open).
Spec = collections.namedtuple("Spec", "dtype shape")


class NoSignature(Exception):
    """The SavedModel cannot be called."""


def predict(framework, path, expected, report):
    """Outputs of the serving signature as arrays in the saver's order.

    Args:
        framework: the loader's.
        path: the SavedModel's folder.
        expected: the saver's expectation, of which inputs, names and shapes are used.
        report: gets "recipe" and "concessions".
    """
    inputs, names = expected["inputs"], expected["ends"]["inputs"]
    return in_order(call_signature(framework, path, inputs, names, report), expected)


def call_endpoint(framework, path, expected, report):
    """Outputs of an export the documented way: through its endpoint, called as the model was."""
    if not framework.find_tensorflow().executing_eagerly():
        raise NoSignature("an endpoint can only be called in the eager mode of TensorFlow 2")
    inputs = expected["inputs"]
    given = ["tf.constant({})".format(name) for name in places(inputs)]
    # Several inputs go in as a list, or one by one if the export expects that.
    ways = [given] if len(given) == 1 else [["[{}]".format(", ".join(given))], given]
    found = [
        recipes.make(framework, ["loaded = " + OPEN, call("loaded.serve", way, "outputs = ")])
        for way in ways
    ]
    answer = first_that_works(framework, found, path, inputs, report)
    if isinstance(answer, dict):
        return in_order({name: item.numpy() for name, item in answer.items()}, expected)
    return [tensor.numpy() for tensor in flatten(answer)]


def call_signature(framework, path, inputs, names, report):
    """{name: array} by the first recipe that works; raises the error of the first.

    A session reads only the graph, and does not fail on Python objects of another version that
    were saved beside it (such as the slots of a Keras 2 optimizer).

    `names` are the model's names for the inputs, which the signature may have changed; `report`
    gets "recipe" and "concessions".
    """
    specs = read_signature(framework, path)
    shapes = {name: spec.shape for name, spec in specs.items()}
    order = match(names, [array.shape for array in inputs], shapes)
    found = ways(framework, [(name, specs[name].dtype) for name in order], places(inputs))
    answer = first_that_works(framework, found, path, inputs, report)
    if not isinstance(answer, dict):
        answer = {"output_0": answer}
    return {name: to_array(framework, value) for name, value in answer.items()}


def ways(framework, ends, given):
    """The recipes that call a signature.

    `ends` is [(name, dtype)] of its inputs in the model's order, `given` the source of each.
    """
    session = recipes.make(framework, in_session([name for name, _ in ends], given))
    if not framework.find_tensorflow().executing_eagerly():
        return [session]
    found = [recipes.make(framework, by_name(ends, given))]
    if hasattr(framework.keras.layers, "TFSMLayer"):
        found.append(recipes.make(framework, by_layer(given), concessions=[BY_LAYER]))
    return found + [session._replace(concessions=[BY_SESSION])]


def by_name(ends, given):
    tensors = [
        (name, "tf.constant({}, tf.{})".format(place, dtype))
        for (name, dtype), place in zip(ends, given)
    ]
    if all(recipes.is_name(name) for name, _ in tensors):
        arguments = ["{}={}".format(*one) for one in tensors]
    else:
        items = ["{}: {}".format(quote(name), tensor) for name, tensor in tensors]
        arguments = ["**{" + ", ".join(items) + "}"]
    return [
        "loaded = " + OPEN,
        "predict = loaded.signatures[{}]".format(quote(SIGNATURE)),
        call("predict", arguments, "outputs = "),
    ]


def by_layer(given):
    """Through the layer that Keras 3 has for this."""
    arguments = [quote(FILE), "call_endpoint=" + quote(SIGNATURE)]
    passed = given[0] if len(given) == 1 else "list(inputs)"
    return [
        call("keras.layers.TFSMLayer", arguments, "predict = "),
        "outputs = predict({})".format(passed),
    ]


def in_session(names, given):
    """As in TensorFlow 1: a graph, a session, tensors by name."""
    feeds = [
        "signature.inputs[{}].name: {}".format(quote(name), place)
        for name, place in zip(names, given)
    ]
    load = ["session", '["{}"]'.format(TAG), quote(FILE)]
    return [
        "with tf.Graph().as_default(), tf.compat.v1.Session() as session:",
        recipes.indent(call("tf.compat.v1.saved_model.load", load, "graph = ")),
        "    signature = graph.signature_def[{}]".format(quote(SIGNATURE)),
        recipes.indent(recipes.wrap("feeds = ", feeds, "{", "}", always=True)),
        "    names = {name: one.name for name, one in signature.outputs.items()}",
        "    outputs = session.run(names, feeds)",
    ]


def places(inputs):
    """The source of each input: the global `inputs`, or its items where there are several."""
    if len(inputs) == 1:
        return ["inputs"]
    return ["inputs[{}]".format(index) for index in range(len(inputs))]


def first_that_works(framework, found, path, inputs, report):
    """The `outputs` of the first recipe that raises no error; else the first one's error."""
    first = None
    given = {"inputs": inputs[0] if len(inputs) == 1 else list(inputs)}
    for recipe in found:
        try:
            outputs = recipes.run(framework, recipe, path, names=given)["outputs"]
        except Exception as error:
            first = first or error
        else:
            report.update(recipe=recipe.text, concessions=recipe.concessions)
            return outputs
    report.update(recipe=found[0].text, concessions=[])
    raise first


def to_array(framework, value):
    return value if isinstance(value, numpy.ndarray) else framework.array(value)


def read_signature(framework, path):
    """{name: Spec} of the inputs of the serving signature; raises `NoSignature`."""
    tensorflow = framework.find_tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    found = saved_model_pb2.SavedModel()
    with open(os.path.join(path, writing.GRAPH), "rb") as stream:
        found.ParseFromString(stream.read())
    graphs = [one for one in found.meta_graphs if TAG in one.meta_info_def.tags]
    known = dict(graphs[0].signature_def) if graphs else {}
    if SIGNATURE not in known:
        raise NoSignature("it has {}".format(sorted(known) or "no signature"))
    return {
        name: Spec(tensorflow.as_dtype(info.dtype).name, sizes_of(info.tensor_shape))
        for name, info in known[SIGNATURE].inputs.items()
    }


def sizes_of(shape):
    return tuple(size.size if size.size >= 0 else None for size in shape.dim)


def in_order(named, expected):
    """The arrays of {name: array} in the saver's order."""
    shapes = [array.shape for array in expected["outputs"]]
    offered = {name: array.shape for name, array in named.items()}
    return [named[name] for name in match(expected["ends"]["outputs"], shapes, offered)]


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
