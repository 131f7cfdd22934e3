"""Operations in the graph of a functional model, which each Keras wrote as its own kind of layer.

Owns finding the function behind one (TFOpLambda, SlicingOpLambda and TensorFlowOpLayer of Keras 2,
operations of Keras 3) and calling it on the tensors of a graph. Keras makes a layer of its own of
such a call, which it can save; older ones need a Lambda around it. The functions are in
`translate.keras_ops` (TensorFlow's in Keras 3), `translate.tensorflow_ops` (Keras 3's in
TensorFlow), `translate.functions` and `translate.graph_operations`.
"""

import re

import numpy

from crossload_probe.translate import graph_operations, keras_ops, older_ops, tensorflow_ops
from crossload_probe.translate.functions import PYTHON
from crossload_probe.translate.plain import NotTranslated, is_object
from crossload_probe.translate.refusals import first_line
from crossload_probe.translate.turned import THEANO

OF_KERAS2 = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
# Where else Keras 3 has operations.
OF_OPS = ("image", "linalg", "nn", "numpy")
# Keras 3.0 to 3.4 may save the key of a slice in a form that they do not read.
KEEPS_SLICES = (3, 5)
# Operations of Keras 3 with an argument `dtype`. What else keeps one is a layer, even where it does
# not keep whether it is trained, as Discretization and SpatialDropout1D do not.
TAKING_DTYPE = (
    "Cast",
    "ConvertToTensor",
    "Cumprod",
    "Cumsum",
    "EmptyLike",
    "FullLike",
    "MultiHot",
    "Nancumprod",
    "Nancumsum",
    "OneHot",
    "OnesLike",
    "Prod",
    "SaturateCast",
    "View",
    "ZerosLike",
)
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
    if not called or not isinstance(config, dict) or "trainable" in config:
        return False
    return "dtype" not in config or item["class_name"] in TAKING_DTYPE


def find(maker, item):
    """A function to call instead of an operation's layer; None for a real layer.

    Raises:
        NotTranslated: the operation, named in the message with its layer, has no counterpart here.
    """
    if not is_operation(item) or maker.custom_class(item) is not None:
        return None
    try:
        label, function = function_of(maker, item["class_name"], item["config"])
    except NotTranslated as error:
        raise NotTranslated("layer {!r}: {}".format(item["config"]["name"], error))
    return Operation(maker, item["config"]["name"], label, function)


def function_of(maker, name, config):
    """(what the file calls an operation, the function that computes it here)."""
    if name == "TensorFlowOpLayer":
        function = graph_operations.raw_operation(maker, config)
    elif name == "SlicingOpLambda":
        function = slicing(maker)
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
    return config.get("function") or (config.get("node_def") or {}).get("op") or name, function


class Operation(object):
    """A function on tensors and other values, to be called where a layer of the graph was.

    Attributes:
        label: what the file calls the function.
    """

    def __init__(self, maker, name, label, function):
        self.maker = maker
        self.name = name
        self.label = label
        self.function = function

    def __call__(self, *args, **kwargs):
        kwargs.pop("name", None)
        if not self.makes_layers():
            return self.by_lambda(args, kwargs)
        try:
            found = self.function(*args, **kwargs)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise NotTranslated(
                "layer {!r}: the operation {} cannot be computed as the file has it: {}".format(
                    self.name, self.label, first_line(error)
                )
            )
        if self.maker.from_keras3 != self.maker.framework.is_keras3:
            self.maker.changes.note("operation {} replaced by this Keras' one".format(self.label))
        return found

    def makes_layers(self):
        """Whether this Keras makes layers of calls on tensors; not where it stands alone."""
        framework = self.maker.framework
        return framework.api != "keras" or framework.keras_version >= (2, 4)

    def by_lambda(self, args, kwargs):
        """By a Lambda around the function, which this Keras cannot save."""
        self.maker.changes.note("operation {} as a Lambda".format(self.label))
        tensors = []
        arguments = self.take(list(args), tensors), self.take(kwargs, tensors)

        def call(given):
            given = list(given) if isinstance(given, (list, tuple)) else [given]
            put = [self.put(one, given) for one in arguments]
            return self.function(*put[0], **put[1])

        options = {"name": self.name, "function": call}
        if self.maker.framework.backend == THEANO:  # there, a Lambda does not find its shape
            options["output_shape"] = lambda shapes: shape_by(call, shapes)
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


def shape_by(call, shapes):
    """The shape of what a function returns, from one call with zeros of these shapes."""
    many = shapes if isinstance(shapes, list) else [shapes]
    found = call([numpy.zeros([size or 1 for size in shape], "float32") for shape in many])
    if hasattr(found, "eval"):  # Theano's functions return symbols, even of arrays
        found = found.eval()
    return (many[0][0],) + found.shape[1:]


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


def slicing(maker):
    """A function that takes a part of a tensor, so that this Keras can save it."""
    framework = maker.framework
    by_steps = framework.is_keras3 and framework.keras_version < KEEPS_SLICES

    def call(tensor, slice_spec):
        parts = slice_spec if isinstance(slice_spec, (list, tuple)) else [slice_spec]
        parts = written_out([slice_part(one) for one in parts], rank_of(tensor))
        if framework.is_keras3:
            tensor, parts = turned_forwards(maker.keras.ops, tensor, parts)
        return taken(maker.keras.ops, tensor, parts) if by_steps else tensor[tuple(parts)]

    return call


def rank_of(tensor):
    """How many axes a tensor has; the shape of Theano's is a tensor itself."""
    rank = getattr(tensor, "ndim", None)
    return len(tensor.shape) if rank is None else rank


def written_out(parts, rank):
    """The parts with `...` as full slices: some versions of Keras cannot save it."""
    if not any(one is Ellipsis for one in parts):
        return parts
    at = next(index for index, one in enumerate(parts) if one is Ellipsis)
    named = sum(one is not None and one is not Ellipsis for one in parts)
    return parts[:at] + [slice(None)] * (rank - named) + parts[at + 1 :]


def turned_forwards(ops, tensor, parts):
    """A tensor and parts of it without the backward steps of `x[::-1]`, which PyTorch lacks."""
    parts = list(parts)
    places = [place for place, one in enumerate(parts) if one is not None]
    for axis, place in enumerate(places):
        if is_backwards(parts[place]):
            tensor = ops.flip(tensor, axis)
            parts[place] = slice(None, None, -parts[place].step)
    return tensor, parts


def is_backwards(part):
    """Whether a part is a whole axis from its end; bounds and steps may be tensors as well."""
    if not isinstance(part, slice) or not isinstance(part.step, int):
        return False
    return part.step < 0 and part.start is None and part.stop is None


def taken(ops, tensor, parts):
    """The same part of a tensor by one operation for each axis."""
    axis = 0
    for part in parts:
        if part is None:
            tensor = ops.expand_dims(tensor, axis)
        elif not isinstance(part, slice):
            tensor = ops.take(tensor, from_beginning(part, tensor.shape[axis]), axis)
            continue
        elif part != slice(None):
            size = tensor.shape[axis]
            if size is None:
                raise ValueError("a slice of an axis of unknown size")
            tensor = ops.take(tensor, list(range(*part.indices(size))), axis)
        axis += 1
    return tensor


def from_beginning(part, size):
    """An index that does not count from the end, which gives zeros in older versions of Keras 3."""
    if not isinstance(part, int) or part >= 0:
        return part
    if size is None:
        raise ValueError("an index from the end of an axis of unknown size")
    return part + size


def slice_part(part):
    if isinstance(part, dict) and "start" in part:
        return slice(part["start"], part["stop"], part["step"])
    return Ellipsis if part == "Ellipsis" else literal(part)


def tensorflow_function(maker, name):
    """A function of TensorFlow that does nothing but compute, or its like in this Keras."""
    if name == "__operators__.getitem":
        return slicing(maker)
    if maker.framework.is_keras3:
        found = keras_ops.find(maker.keras.ops, name)
    else:
        found = of_tensorflow(maker.framework.tensorflow, name)
    if found is None:
        raise NotTranslated("the operation tf.{} cannot be reproduced here".format(name))
    return found


def of_tensorflow(tensorflow, name):
    prefix, _, last = name.rpartition(".")
    if prefix in ("__operators__", "math") and last in PYTHON:
        return PYTHON[last]
    if tensorflow is None or not keras_ops.knows(name):
        return None
    # TensorFlow 2 wrote these names; some functions of TensorFlow 1 compute something else.
    found = getattr(getattr(tensorflow, "compat", None), "v2", tensorflow)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if callable(found) else None


def with_dtype(config):
    """The arguments of an operation; its `dtype` is one where it is the name of numbers."""
    found = {key: value for key, value in config.items() if key != "name"}
    if not isinstance(found.get("dtype"), str):
        found.pop("dtype", None)
    return found


def keras3_function(maker, name, config):
    """An operation of Keras 3, from its class and its stored arguments."""
    options = with_dtype(config)
    tensorflow = maker.framework.tensorflow
    if name == "GetItem":
        return slicing(maker)
    if maker.framework.is_keras3:
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        places = [maker.keras.ops] + [getattr(maker.keras.ops, one, None) for one in OF_OPS]
        own = next((getattr(one, snake) for one in places if hasattr(one, snake)), None)
        if own is not None:
            return older_ops.adapted(own, name, options, maker.framework.keras_version)
    plain_name = {"TrueDivide": "truediv", "Power": "pow"}.get(name, name.lower())
    if plain_name in PYTHON:
        return PYTHON[plain_name]
    if tensorflow is not None and not maker.framework.is_keras3:
        try:
            found = tensorflow_ops.find(tensorflow, name, options)
        except ValueError as error:
            raise NotTranslated("the operation {} with {}".format(name, error))
        if found is not None:
            if name == "Einsum":
                maker.changes.note("operation Einsum, which Keras 2 does not load once it is saved")
            return found
    raise NotTranslated("the operation {} of Keras 3 has no counterpart here".format(name))
