"""Operations in the graph of a functional model, which each Keras wrote as its own kind of layer.

Owns finding the function behind one (TFOpLambda, SlicingOpLambda and TensorFlowOpLayer of Keras 2,
operations of Keras 3) and wrapping it as a Lambda layer, which every Keras has. Functions that only
differ by name are in `translate.functions`.
"""

import re

import numpy

from crossload_probe.translate.functions import OF_KERAS3, PYTHON, SHARED
from crossload_probe.translate.plain import NotTranslated, is_object

OF_KERAS2 = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
UNKNOWN_TO_KERAS3 = ("ClassMethod", "InstanceMethod", "InstanceProperty")


def is_operation(item):
    """Whether an entry among the layers is an operation."""
    module, config = item.get("module"), item.get("config")
    if item["class_name"] in OF_KERAS2 + UNKNOWN_TO_KERAS3:
        return True
    if module:
        return ".ops." in module + "."
    # HDF5 names no module; a layer of Keras 3 keeps more than a name and options.
    nodes = item.get("inbound_nodes")
    called = isinstance(nodes, list) and bool(nodes) and isinstance(nodes[0], dict)
    return (
        called and isinstance(config, dict) and "trainable" not in config and "dtype" not in config
    )


def find(maker, item):
    """A function to call instead of an operation's layer; None for a real layer.

    Raises:
        NotTranslated: the operation, named in the message, has no counterpart here.
    """
    if not is_operation(item) or maker.custom_class(item) is not None:
        return None
    name, config = item["class_name"], item["config"]
    if name == "TensorFlowOpLayer":
        function = raw_operation(maker, config)
    elif name == "SlicingOpLambda":
        function = slice_of
    elif name == "TFOpLambda":
        function = tensorflow_function(maker, config["function"])
    elif name in UNKNOWN_TO_KERAS3:
        raise NotTranslated(
            "the operation {} ({}) cannot be reproduced here".format(
                name, config.get("attr_name") or config.get("method_name") or ""
            )
        )
    else:
        function = keras3_function(maker, name, config)
    maker.changes.note("operation {} as a Lambda".format(config.get("function") or name))
    return Operation(maker, config["name"], function)


class Operation(object):
    """A function on tensors and other values, as a layer of the graph."""

    def __init__(self, maker, name, function):
        self.maker = maker
        self.name = name
        self.function = function

    def __call__(self, *args, **kwargs):
        tensors = []
        arguments = self.take(list(args), tensors), self.take(kwargs, tensors)

        def call(given):
            given = list(given) if isinstance(given, (list, tuple)) else [given]
            put = [self.put(one, given) for one in arguments]
            return self.function(*put[0], **put[1])

        options = {"name": self.name, "function": call, "autocast": False}
        layer = self.maker.construct(self.maker.keras.layers.Lambda, options, "Lambda")
        return layer(tensors[0] if len(tensors) == 1 else tensors)

    def take(self, value, tensors):
        """A structure with its tensors replaced by marks."""
        if isinstance(value, dict):
            return {key: self.take(item, tensors) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self.take(item, tensors) for item in value)
        if is_tensor(value):
            tensors.append(value)
            return Place(len(tensors) - 1)
        return value

    def put(self, value, tensors):
        if isinstance(value, dict):
            return {key: self.put(item, tensors) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self.put(item, tensors) for item in value)
        return tensors[value.number] if isinstance(value, Place) else value


class Place(object):
    """Where in the arguments a tensor was."""

    def __init__(self, number):
        self.number = number


def is_tensor(value):
    return (
        hasattr(value, "shape") and hasattr(value, "dtype") and not isinstance(value, numpy.ndarray)
    )


def literal(value):
    """A Python value; slices, `...` and arrays are objects in Keras 3."""
    if isinstance(value, dict) and is_object(value):
        name, config = value["class_name"], value.get("config")
        if name == "__slice__":
            return slice(*(literal(config[key]) for key in ("start", "stop", "step")))
        if name == "__ellipsis__":
            return Ellipsis
        if name in ("__numpy__", "__tensor__"):
            return numpy.array(config["value"], dtype=config["dtype"])
    return value


def slice_of(tensor, slice_spec):
    """The slice that Keras 2 wrote: numbers, `null`, and dicts of start, stop and step."""
    parts = slice_spec if isinstance(slice_spec, (list, tuple)) else [slice_spec]
    return tensor[tuple(slice_part(one) for one in parts)]


def slice_part(part):
    if isinstance(part, dict) and "start" in part:
        return slice(part["start"], part["stop"], part["step"])
    return literal(part)


def tensorflow_function(maker, name):
    """The function of TensorFlow by name, else its equivalent in Python or `keras.ops`."""
    prefix, _, last = name.rpartition(".")
    tensorflow = maker.framework.tensorflow
    if prefix in ("__operators__", "math") and last in PYTHON:
        return unnamed(PYTHON[last])
    if name == "__operators__.getitem":
        return slice_of
    if tensorflow is not None:
        found = tensorflow
        for part in name.split("."):
            found = getattr(found, part, None)
        if callable(found) and not prefix.startswith(("io", "py_function", "compat")):
            return found
    elif maker.framework.is_keras3 and name in SHARED:
        ops, shared = maker.keras.ops, SHARED[name]
        return unnamed(lambda *args, **kwargs: shared(ops, *args, **kwargs))
    raise NotTranslated("the operation tf.{} cannot be reproduced here".format(name))


def unnamed(function):
    """Arguments without the `name` that TensorFlow's functions take."""

    def call(*args, **kwargs):
        kwargs.pop("name", None)
        return function(*args, **kwargs)

    return call


def raw_operation(maker, config):
    """An operation of TensorFlow's graph, as Keras in TensorFlow 1.15 to 2.3 stored it."""
    node = config["node_def"]
    if not isinstance(node, dict):
        raise NotTranslated("an operation of the graph is kept in a form that is not read")
    tensorflow = maker.framework.tensorflow
    name = node.get("op", "")
    function = getattr(getattr(tensorflow, "raw_ops", None), name, None)
    if function is None or name in ("PyFunc", "EagerPyFunc", "ReadFile", "WriteFile"):
        raise NotTranslated("the operation {} cannot be reproduced here".format(name))
    attributes = {key: attribute(tensorflow, value) for key, value in node["attr"].items()}
    constants = {int(key): value for key, value in (config.get("constants") or {}).items()}
    order = signature(tensorflow, name)

    def call(given):
        left = list(given) if isinstance(given, (list, tuple)) else [given]
        for index in sorted(constants):
            left.insert(index, constants[index])
        return function(**place(order, left, attributes, name))

    return call


def signature(tensorflow, name):
    """(tensor arguments, whether each is a list, names of given attributes)."""
    from tensorflow.python.framework import op_def_registry

    find = getattr(op_def_registry, "get", None)
    definition = find(name) if find else op_def_registry.get_registered_ops()[name]
    inputs = [
        (one.name, bool(one.number_attr or one.type_list_attr)) for one in definition.input_arg
    ]
    inferred = {
        key
        for one in definition.input_arg
        for key in (one.type_attr, one.number_attr, one.type_list_attr)
    }
    return inputs, [one.name for one in definition.attr if one.name not in inferred]


def place(order, tensors, attributes, name):
    """The tensors by the names of the operation's inputs, and its attributes."""
    inputs, wanted = order
    found = {key: attributes[key] for key in wanted if key in attributes}
    lists = [key for key, many in inputs if many]
    if len(lists) > 1:
        raise NotTranslated("the operation {} takes several lists of tensors".format(name))
    spare = len(tensors) - len(inputs) + 1
    left = list(tensors)
    for key, many in inputs:
        found[key] = left[:spare] if many else left[0]
        left = left[spare if many else 1 :]
    return found


def attribute(tensorflow, value):
    """The value of an attribute from its message in JSON."""
    ((kind, stored),) = value.items() or [("", None)]
    if kind == "type":
        return tensorflow.dtypes.as_dtype(stored.replace("DT_", "").lower())
    if kind == "i":
        return int(stored)
    if kind == "list":
        return [int(one) for one in stored.get("i", ())]
    if kind == "s":
        import base64

        return base64.b64decode(stored).decode("utf-8")
    return stored


def keras3_function(maker, name, config):
    """An operation of Keras 3, from its class and its stored arguments."""
    options = {key: value for key, value in config.items() if key not in ("name", "dtype")}
    tensorflow = maker.framework.tensorflow
    if name == "GetItem":
        return lambda x, key: x[key if not isinstance(key, list) else tuple(key)]
    plain_name = {"TrueDivide": "truediv", "Power": "pow"}.get(name, name.lower())
    if plain_name in PYTHON:
        return PYTHON[plain_name]
    if maker.framework.is_keras3:
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        own = getattr(maker.keras.ops, snake, None)
        if own is not None:
            return lambda *args, **kwargs: own(*args, **dict(options, **kwargs))
    elif tensorflow is not None and name in OF_KERAS3:
        function = OF_KERAS3[name]
        return lambda *args, **kwargs: function(tensorflow, *args, **dict(options, **kwargs))
    raise NotTranslated("the operation {} of Keras 3 has no counterpart here".format(name))
