"""The objects of a SavedModel: which layer each variable and table of it belongs to.

Owns the graph of objects in a checkpoint, the descriptions that Keras keeps beside it, and giving
layers the variables of the layer of the same name. `translate.checkpoints` reads the arrays.
"""

import json
import os

from crossload_probe.formats import arrays, layouts, trees, writing
from crossload_probe.translate import checkpoints
from crossload_probe.translate.messages import Damaged, first, integer, messages, text

GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
METADATA = "keras_metadata.pb"
# Fields of Keras' SavedMetadata, and of TensorFlow's SavedModel / MetaGraphDef / SavedObjectGraph.
NODES, NODE_ID, IDENTIFIER, BODY = 1, 2, 4, 5
META_GRAPHS, OBJECT_GRAPH, OBJECTS, USER_OBJECT, USER_IDENTIFIER, USER_BODY = 2, 7, 1, 4, 1, 3
# Fields of a TrackableObjectGraph.
CHILDREN, ATTRIBUTES = 1, 2
VALUE = "VARIABLE_VALUE"
OF_KERAS = "_tf_keras"


def metadata(path):
    """[(number of the node, description as bytes)] of what Keras describes in a SavedModel.

    TensorFlow 2.0 to 2.4 kept the descriptions in the graph of objects.
    """
    found = []
    for name, read in ((METADATA, in_metadata), (writing.GRAPH, in_user_objects)):
        file = os.path.join(path, name)
        if os.path.isfile(file) and not found:
            with open(file, "rb") as stream:
                found = list(read(memoryview(stream.read())))
    return found


def in_metadata(data):
    for node in messages(data, NODES):
        if text(node, IDENTIFIER).startswith(OF_KERAS):
            yield integer(node, NODE_ID), first(node, BODY)


def in_user_objects(data):
    for graph in messages(data, META_GRAPHS):
        for objects in messages(graph, OBJECT_GRAPH):
            for number, node in enumerate(messages(objects, OBJECTS)):
                user = first(node, USER_OBJECT)
                body = first(user, USER_BODY)
                if text(user, USER_IDENTIFIER).startswith(OF_KERAS) and body:
                    yield number, body


class Node(object):
    """An object of a checkpoint.

    Attributes:
        inner: {name: number of the object}.
        keys: {attribute: key of its array}.
        names: what its arrays were called.
    """

    def __init__(self, data):
        self.inner = {text(one, 2): integer(one, 1) for one in messages(data, CHILDREN)}
        self.keys = {text(one, 1): text(one, 3) for one in messages(data, ATTRIBUTES)}
        self.names = [text(one, 2) for one in messages(data, ATTRIBUTES)]


class Objects(object):
    """All objects of a checkpoint, the model first.

    Attributes:
        names: {number of the object: name of the layer}.
        arrays: {number of the variable: array} of those that were read.
    """

    def __init__(self, prefix, names):
        self.reader = checkpoints.Reader(prefix)
        if GRAPH_KEY not in self.reader.entries:
            raise Damaged("the checkpoint does not say which objects its arrays belong to")
        graph = memoryview(self.reader.get_tensor(GRAPH_KEY).item())
        self.nodes = [Node(one) for one in messages(graph, 1)]
        self.names = names
        self.arrays = {}

    def node(self, number):
        if not 0 <= number < len(self.nodes):
            raise Damaged("the graph of objects of the checkpoint is damaged")
        return self.nodes[number]

    def at(self, number, *path):
        """The number of the object at a path of names; None if there is none."""
        for name in path:
            number = None if number is None else self.node(number).inner.get(name)
        return number

    def listed(self, number):
        """The numbers of the objects in a list; empty without a list."""
        inner = {} if number is None else self.node(number).inner
        return [inner[key] for key in sorted(inner, key=arrays.natural) if key.isdigit()]

    def layers(self, number):
        """The numbers of the layers of a model, each once, in its order."""
        inner = self.node(number).inner
        keys = sorted((key for key in inner if key.startswith("layer-")), key=arrays.natural)
        return list(dict.fromkeys(inner[key] for key in keys))

    def numbers(self):
        """{key of an array: number of the variable}."""
        keys = ((one.keys.get(VALUE), number) for number, one in enumerate(self.nodes))
        return {key: number for key, number in keys if key is not None}

    def array(self, number):
        """The value of a variable; None of anything else."""
        key = None if number is None else self.node(number).keys.get(VALUE)
        if key is not None and number not in self.arrays:
            self.arrays[number] = self.reader.get_tensor(key)
        return self.arrays.get(number)

    def variables(self, number):
        """[(name, array)] of all variables of a layer, in the order of its `weights`."""
        found = []
        for one in self.listed(self.at(number, "variables")):
            array = self.array(one)
            if array is not None:
                found.append((self.node(one).names[0], array))
        return found


def read(path, prefix):
    """The `Objects` of a SavedModel.

    Raises:
        Damaged, OSError: it cannot be read; the message says why.
    """
    found = {}
    for number, body in metadata(path):
        try:
            found[number] = json.loads(body.decode("utf-8"))
        except ValueError:
            continue
    objects = Objects(prefix, {number: name_of(one) for number, one in found.items()})
    known = {name_of(one) for one in (config_of(found.get(0)).get("layers") or ())}
    named = {objects.names.get(one) for one in objects.layers(0)}
    if known and not named <= known:
        raise Damaged("the descriptions of the layers are those of other objects")
    return objects


def config_of(described):
    config = described.get("config") if isinstance(described, dict) else None
    return config if isinstance(config, dict) else {}


def name_of(described):
    """The name of a layer in its description; None if it says none."""
    if not isinstance(described, dict):
        return None
    return described.get("name") or config_of(described).get("name")


def assign(model, objects):
    """Give every layer the variables of the layer of its name, nested models included.

    Raises:
        arrays.NoFit: the objects are those of another model; no weight is assigned.
    """
    for layer, ordered in list(pairs(model, objects, 0)):
        layer.set_weights(ordered)


def places(model, objects):
    """{id of a weight: number of the variable that it has the value of}, as far as that is known.

    Raises:
        arrays.NoFit: the objects are those of another model.
    """
    found = {}
    for layer, ordered in pairs(model, objects, 0):
        numbers = {id(array): number for number, array in objects.arrays.items()}
        for weight, array in zip(layer.weights, ordered):
            if id(array) in numbers:
                found[id(weight)] = numbers[id(array)]
    return found


def pairs(model, objects, number):
    """(layer, arrays in the order of its weights) of every layer of a model that has weights."""
    stored = {safe(objects.names.get(one)): one for one in objects.layers(number)}
    for layer in model.layers:
        one = stored.pop(safe(layer.name), None)
        if not trees.is_filled(layer):
            continue
        if one is None:
            raise arrays.NoFit("the file has no weights for layer {!r}".format(layer.name))
        if objects.layers(one) and hasattr(layer, "layers"):
            for pair in pairs(layer, objects, one):
                yield pair
            continue
        yield layer, fitting(layer, objects.variables(one))
    left = [name for name, one in sorted(stored.items()) if objects.variables(one)]
    if left:
        raise arrays.NoFit("the model has no layer {!r} for weights of the file".format(left[0]))


def safe(name):
    """A name as Keras 3 takes it."""
    return str(name).replace("/", "_")


def fitting(layer, entries):
    """The arrays of a layer in the order of its weights, in the layout that fits them."""
    shapes = [one.shape for one in layer.get_weights()]
    for given in layouts.of(entries, layer):
        if arrays.fits(given, shapes):
            return arrays.order_arrays(layer, given, shapes)
    text = "the weights of layer {!r} have other shapes in the file: {} instead of {}"
    raise arrays.NoFit(text.format(layer.name, [array.shape for _, array in entries], shapes))
