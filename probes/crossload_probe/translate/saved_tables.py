"""Put what the preprocessing layers of a SavedModel learned into the description of the layers.

Owns finding their vocabularies. A lookup layer that learned its vocabulary keeps it as constants
that a table is initialized with, as a text file of the SavedModel, or as the content of a table in
its checkpoint.
"""

import os

import numpy

from crossload_probe.translate import learned, saved_objects, tables
from crossload_probe.translate.checkpoints import STRING, TYPES
from crossload_probe.translate.messages import (
    Damaged,
    fields,
    first,
    integer,
    messages,
    text,
    varint,
)
from crossload_probe.translate.plain import is_container, options_of, walk

# Fields of MetaGraphDef, SavedObjectGraph and its nodes, of functions and of tensors.
GRAPH_DEF, ASSETS, FUNCTIONS = 2, 6, 2
ASSET, FUNCTION, CONSTANT = 5, 6, 9
BOUND = 2
NODE, NAME, ATTRIBUTES = 1, 1, 5
TENSOR, CONTENT, INTS, STRINGS, INTS64 = 8, 4, 7, 8, 10
# What a layer calls the table of its vocabulary, and the layer within it that has one.
TABLES = ("lookup_table", "_table", "table")
WITHIN = ("_lookup_layer", "_index_lookup_layer")


def give(description, path, prefix):
    """Give each layer without its vocabulary or boundaries the stored ones; changes `description`.

    What cannot be read is left as it is: the translation names the layers that lack theirs.
    """
    if not any(lacks(item) or learned.lacks_boundaries(item) for item in walk(description)):
        return
    try:
        objects = saved_objects.read(path, prefix)
        fill(description, objects, 0, Graph(path))
    except (Damaged, OSError, ValueError, KeyError, IndexError):
        return


def lacks(item):
    """Whether a layer's vocabulary is not in its description; a text is the name of a file."""
    vocabulary = options_of(item).get("vocabulary")
    is_lookup = item["class_name"].split(">")[-1] in tables.VOCABULARIES
    return is_lookup and (not vocabulary or isinstance(vocabulary, str))


def fill(model, objects, number, graph):
    """Go through the layers of a model and the objects of the same names."""
    stored = {objects.names.get(one): one for one in objects.layers(number)}
    config = model["config"]
    for item in config["layers"] if isinstance(config, dict) else config:
        one = stored.get(options_of(item).get("name"))
        if one is None:
            continue
        if is_container(item):
            fill(item, objects, one, graph)
        elif lacks(item):
            fill_layer(item["config"], objects, one, graph)
        elif learned.lacks_boundaries(item):
            summary = objects.array(objects.at(one, learned.SUMMARY))
            learned.fill(item, [] if summary is None else [(learned.SUMMARY, summary)])


def fill_layer(config, objects, number, graph):
    inner = next((objects.at(number, name) for name in WITHIN if objects.at(number, name)), number)
    found = None
    for name in TABLES:
        table = objects.at(inner, name)
        if table is not None:
            found = in_checkpoint(objects, table) or graph.table(table)
    if not found:
        return
    keys, values = found
    if config.get("invert"):
        keys, values = values, keys
    words = [word_of(key) for key, _ in sorted(zip(keys, values), key=lambda pair: int(pair[1]))]
    if config.get("output_mode") in learned.WEIGHTED:
        weights = objects.array(objects.at(inner, learned.IDF))
        if weights is None:
            return
        # Its first words stand for all unknown ones.
        unknown = config.get("oov_token", "[UNK]")
        words = [unknown] * config.get("num_oov_indices", 1) + words
        config[learned.IDF] = [float(one) for one in weights[: len(words)]]
    config["vocabulary"] = words
    config.pop("has_input_vocabulary", None)
    config.pop("vocabulary_size", None)


def word_of(key):
    return key.decode("utf-8") if isinstance(key, bytes) else int(key)


def in_checkpoint(objects, table):
    """(keys, values) of a table whose content is in the checkpoint; None where it is empty."""
    prefix = objects.node(table).keys.get("table")
    keys = [one for one in (prefix, "{}/.ATTRIBUTES/table".format(prefix)) if one]
    for one in keys:
        if one + "-keys" in objects.reader.entries:
            found = [objects.reader.get_tensor(one + end) for end in ("-keys", "-values")]
            return found if len(found[0]) else None
    return None


class Graph(object):
    """The graph of a SavedModel, as far as tables are initialized in it."""

    def __init__(self, path):
        self.path = path
        with open(os.path.join(path, "saved_model.pb"), "rb") as stream:
            data = memoryview(stream.read())
        self.meta = next(messages(data, saved_objects.META_GRAPHS))
        graph = memoryview(first(self.meta, saved_objects.OBJECT_GRAPH))
        self.nodes = list(messages(graph, saved_objects.OBJECTS))
        self.functions = {text(one, 1): first(one, 2) for one in messages(graph, FUNCTIONS)}

    def table(self, number):
        """(keys, values) that a table is initialized with; None where they are not found."""
        inner = messages(self.nodes[number], saved_objects.CHILDREN)
        found = [integer(one, 1) for one in inner if text(one, 2) == "_initialize"]
        if not found:
            return None
        (initialize,) = found
        name = text(first(self.nodes[initialize], FUNCTION), 1)
        bound = [one for one in numbers(self.functions.get(name, b""), BOUND) if one != number]
        nodes = [self.nodes[one] for one in bound]
        constants = [first(one, CONSTANT) for one in nodes]
        if len(nodes) == 2 and all(constants):
            return [self.constant(text(one, 1)) for one in constants]
        files = [one for node in nodes for one in messages(node, ASSET)]
        return self.words(integer(files[0], 1)) if files else None

    def constant(self, name):
        """The array of a constant of the graph."""
        for node in messages(memoryview(first(self.meta, GRAPH_DEF)), NODE):
            if text(node, NAME) == name:
                for attribute in messages(node, ATTRIBUTES):
                    tensor = first(attribute, 2, TENSOR)
                    if text(attribute, 1) == "value" and tensor:
                        return array_of(tensor)
        raise Damaged("the graph has no constant {}".format(name))

    def words(self, number):
        """(words, their numbers) of a text file."""
        name = text(list(messages(self.meta, ASSETS))[number], 2)
        file = os.path.join(self.path, "assets", os.path.basename(name))
        with open(file, "rb") as stream:
            found = stream.read().decode("utf-8").split("\n")
        found = found[:-1] if found and not found[-1] else found
        return [one.encode("utf-8") for one in found], list(range(len(found)))


def numbers(data, number):
    """Repeated numbers of a message, one by one or packed."""
    found = []
    for key, value in fields(data):
        if key == number and isinstance(value, int):
            found.append(value)
        elif key == number:
            at = 0
            while at < len(value):
                one, at = varint(value, at)
                found.append(one)
    return found


def array_of(tensor):
    kind = integer(tensor, 1)
    if kind == STRING:
        return [bytes(one) for one in messages(tensor, STRINGS)]
    content = first(tensor, CONTENT)
    if content:
        return numpy.frombuffer(content, TYPES[kind]).tolist()
    found = numbers(tensor, INTS64) or numbers(tensor, INTS)
    return [one - 2**64 if one >= 2**63 else one for one in found]
