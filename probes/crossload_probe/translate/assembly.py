"""Assemble a model from a plain description: make the layers one by one, then call them as it says.

Owns the containers (Sequential and functional, nested too) and the connections between layers as
each version of Keras wrote them. Calling the layers again does not depend on how Keras would read
these connections. `translate.nodes` reads a single one.
"""

import inspect
import re

from crossload_probe.translate import (
    bilinear,
    causal,
    channels,
    held,
    local,
    meeting,
    norms,
    operations,
    renaming,
    starting,
    tables,
    timed,
)
from crossload_probe.translate.layers import Maker
from crossload_probe.translate.nodes import (
    as_reference,
    flat,
    is_nested,
    leaves,
    references,
    unpacked,
    without_mask,
)
from crossload_probe.translate.plain import (
    NotTranslated,
    class_names,
    is_container,
    is_object,
    plain,
    wrote_keras3,
)
from crossload_probe.translate.refusals import first_line

CONSTANT = "_CONSTANT_VALUE"


def build(framework, architecture, custom_objects, changes, unsafe):
    """The model of a description, rebuilt; fills `changes`.

    Raises:
        NotTranslated: something in it has no counterpart here.
    """
    from_keras3 = wrote_keras3(architecture)
    facts = {"keras_version": architecture.get("keras_version"), "from_keras3": from_keras3}
    maker = Maker(framework, facts, custom_objects, changes, unsafe)
    maker.model = container
    if from_keras3 != framework.is_keras3:
        eras = ("Keras 3", "Keras 2") if from_keras3 else ("Keras 2", "Keras 3")
        changes.note("layers and connections of {} rebuilt for {}".format(*eras))
        if framework.is_keras3:
            timed.check(architecture)
    item = plain(architecture)
    if "build_input_shape" in architecture and isinstance(item["config"], dict):
        item["config"].setdefault("build_input_shape", plain(architecture["build_input_shape"]))
    return container(maker, item)


def container(maker, item):
    """A Sequential or functional model from its plain form."""
    config = item["config"]
    config = {"layers": config} if isinstance(config, list) else config  # before Keras 2.2.3
    if not isinstance(config.get("layers"), list):
        return maker.layer(item)
    if "input_layers" in config:
        model = Graph(maker, config).model(item)
    else:
        model = sequential(maker, config, item)
    if config.get("trainable") is False:
        model.trainable = False
    return model


def sequential(maker, config, item):
    model = maker.keras.models.Sequential(name=config.get("name") or None)
    stored = list(config["layers"])
    shape = None
    if stored and stored[0]["class_name"] == "InputLayer":
        given = stored.pop(0)["config"]
        shape = given.get("batch_shape") or given.get("batch_input_shape")
        model.add(input_layer(maker, given))
    elif stored and not is_container(stored[0]):
        given = dict(stored[0]["config"])
        shape = given.get("batch_input_shape") or given.get("batch_shape")
        shape = shape or config.get("build_input_shape") or build_shape(item, stored[0])
        if shape is not None:
            model.add(input_layer(maker, {"batch_shape": shape, "dtype": dtype_of(given)}))
    for one in stored:
        part = shaped(maker, one)
        if part is not None:
            model.add(part.of(model.output_shape if model.layers else shape))
        else:
            model.add(container(maker, one) if is_container(one) else maker.layer(one))
    return model


def shaped(maker, item):
    """A `Shaped` for a layer that needs the shape of its input; None for other layers."""
    found = (one.find(maker, item) for one in (local, norms, bilinear, channels))
    return next((one for one in found if one is not None), None)


def build_shape(item, first):
    for holder in (item, first):
        shape = (holder.get("build_config") or {}).get("input_shape")
        if isinstance(shape, list):
            return shape
    return None


def dtype_of(config):
    """The input type of a first layer; its policy says what it computes in."""
    dtype = config.get("input_dtype") or config.get("dtype")
    return dtype if isinstance(dtype, str) and not dtype.startswith("mixed_") else None


def input_options(maker, config):
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    options = {
        "name": config.get("name"),
        "dtype": config.get("dtype") or config.get("input_dtype"),
    }
    if config.get("sparse"):
        options["sparse"] = True
    if config.get("ragged"):
        if not takes_ragged(maker.keras):
            raise NotTranslated("ragged=True of InputLayer: this Keras has no ragged inputs")
        options["ragged"] = True
    if config.get("optional"):
        maker.changes.note("left out optional=True of InputLayer")
    shape = tuple(shape) if isinstance(shape, (list, tuple)) else shape
    return shape, {key: value for key, value in options.items() if value is not None}


def takes_ragged(keras):
    """Whether this Keras has ragged inputs: Keras 2 in TensorFlow does, and a late Keras 3."""
    return "ragged" in inspect.signature(keras.layers.Input).parameters


def input_layer(maker, config):
    shape, options = input_options(maker, config)
    key = "batch_shape" if maker.framework.is_keras3 else "batch_input_shape"
    return maker.keras.layers.InputLayer(**dict(options, **{key: shape}))


class Graph(object):
    """The layers of one functional model, and the tensors that each call returned."""

    def __init__(self, maker, config):
        self.maker = maker
        self.config = config
        self.items = {item["name"]: item for item in config["layers"]}
        if len(self.items) < len(config["layers"]):
            raise NotTranslated("two layers have one name, so that their connections are unclear")
        self.layers, self.tensors = {}, {}

    def model(self, item):
        needed = {name for name, _ in self.needed()}
        for name, one in self.items.items():
            if name not in needed and self.is_lost(one):
                self.maker.changes.lose("{} {!r}".format(one["class_name"], name))
            elif name in needed or not operations.is_operation(one):
                self.layers[name] = self.make(name, one)
        self.call_all()
        if self.maker.framework.is_keras3:
            renaming.make_unique(flat(list(self.tensors.values())), self.layers.values())
        keras = self.maker.keras
        inputs = self.map(self.config["input_layers"], outside=True)
        outputs = self.map(self.config["output_layers"], outside=True)
        names = {"name": self.safe(self.config["name"])} if self.config.get("name") else {}
        cls = self.maker.custom_class(item) or keras.models.Model
        try:
            return cls(inputs=unpacked(inputs), outputs=unpacked(outputs), **names)
        except (TypeError, ValueError):
            if cls is not keras.models.Model:
                self.maker.changes.note("class {} as a plain Model".format(class_names(item)[-1]))
            elif not is_nested(inputs) and not is_nested(outputs):
                raise
            else:
                self.maker.changes.note("nested inputs or outputs as one list")
        return keras.models.Model(
            inputs=unpacked(flat(inputs)), outputs=unpacked(flat(outputs)), **names
        )

    def is_lost(self, item):
        """Whether it adds a loss or metric of the model to a Keras that has no such layer."""
        kind = item["class_name"]
        return kind in tables.ADDING and self.maker.find_layer_class(kind) is None

    def make(self, name, item):
        """The layer of that name, a nested model, or a function that stands for an operation."""
        safe = self.safe(name)
        if item["class_name"] == "InputLayer":
            shape, options = input_options(self.maker, dict(item["config"], name=safe))
            self.tensors[name, 0] = [self.maker.keras.layers.Input(batch_shape=shape, **options)]
            return None
        config = item["config"]
        if isinstance(config, dict):
            item = causal.without_argument(dict(item, config=dict(config, name=safe)))
        if is_container(item):
            return container(self.maker, item)
        found = operations.find(self.maker, item) or shaped(self.maker, item)
        return found if found is not None else self.maker.layer(item)

    def safe(self, name):
        if not self.maker.framework.is_keras3 or "/" not in name:
            return name
        self.maker.changes.note("'/' in the names of layers as '_'")
        return renaming.without_slashes(name, self.items)

    def needed(self):
        """The calls that the outputs depend on, without masks that operations computed."""
        found, left = set(), references(self.config["output_layers"], self.items)
        left = [self.key(one, outside=True) for one in left]
        while left:
            name, number = left.pop()
            nodes = self.items[name].get("inbound_nodes") or ()
            if (name, number) not in found and number < len(nodes):
                node = nodes[number]
                if self.is_computed_mask(node):
                    node = without_mask(node)
                left += [self.key(one) for one in references(node, self.items)]
            found.add((name, number))
        return found

    def call_all(self):
        """Call every layer as often as the description does, once its inputs are there.

        Masks that Keras 3 computes by operations are left to the layers; operations that nothing
        else needs were not made.
        """
        for name, layer in self.layers.items():
            held.keep(self.maker, layer, self.items[name])
        waiting = [
            (name, number, node)
            for name, item in self.items.items()
            for number, node in enumerate(item.get("inbound_nodes") or ())
            if self.layers.get(name) is not None
        ]
        while waiting:
            left = []
            for name, number, node in waiting:
                if self.is_computed_mask(node):
                    node = without_mask(node)
                    self.maker.changes.note("masks taken from the layers, not from operations")
                if not all(self.known(one) for one in references(node, self.items)):
                    left.append((name, number, node))
                    continue
                args, kwargs = self.arguments(name, node)
                found = self.call(name, args, kwargs)
                self.tensors[name, number] = flat(found)
            if len(left) == len(waiting):
                raise NotTranslated("the connections of layer {!r} lead nowhere".format(left[0][0]))
            waiting = left

    def known(self, reference):
        return self.key(reference) in self.tensors

    def key(self, reference, outside=False):
        """(layer, number of the call); some versions count calls of nested models from one."""
        name, number = reference.layer, reference.node
        item = self.items.get(name)
        if item is None:
            raise NotTranslated("a connection names layer {!r}, which is not there".format(name))
        if is_container(item) and number > 0:
            functional = "input_layers" in item["config"]
            calls = len(item.get("inbound_nodes") or ())
            from_one = functional and outside if self.maker.from_keras3 else True
            if (from_one and not self.counts_from_zero(name)) or number >= calls:
                number -= 1
        return name, number

    def counts_from_zero(self, name):
        """Whether a connection to a nested model has the number zero."""
        if self.maker.from_keras3:
            return False
        places = [item.get("inbound_nodes") or () for item in self.items.values()]
        places.append(self.config["output_layers"])
        found = [one for place in places for one in references(place, self.items)]
        return any(one.layer == name and one.node == 0 for one in found)

    def tensor(self, reference, outside=False):
        found = self.tensors[self.key(reference, outside)]
        if reference.tensor >= len(found):
            text = "layer {!r} has fewer outputs here than in the file ({})"
            raise NotTranslated(text.format(reference.layer, len(found)))
        return found[reference.tensor]

    def map(self, value, outside=False):
        """A structure with its references replaced by tensors."""
        found = as_reference(value, self.items)
        if found is not None:
            return self.tensor(found, outside)
        if isinstance(value, dict) and not is_object(value):
            return {key: self.map(item, outside) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            if value and value[0] == CONSTANT:
                return value[2]
            return [self.map(item, outside) for item in value]
        return operations.literal(value)

    def arguments(self, name, node):
        """(args, kwargs) of a call, as any Keras wrote it."""
        if isinstance(node, dict) and set(node) == {"args", "kwargs"}:
            args = [self.map(value) for value in node["args"]]
            kwargs = {key: self.map(value) for key, value in node["kwargs"].items()}
            # The file holds what it was once called with; Keras 3 puts the model's value there.
            kwargs.pop("training", None)
        else:
            args, kwargs = [unpacked(self.map(node))], {}
            for leaf in leaves(node, self.items):
                if len(leaf) > 3 and leaf[3]:
                    kwargs = {key: self.map(value) for key, value in leaf[3].items()}
        return args, {key: value for key, value in kwargs.items() if value is not None}

    def is_computed_mask(self, node):
        mask = node["kwargs"].get("mask") if isinstance(node, dict) and "kwargs" in node else None
        return any(
            operations.is_operation(self.items[one.layer]) for one in references(mask, self.items)
        )

    def call(self, name, args, kwargs):
        layer = self.layers[name]
        kind = type(layer).__name__
        kwargs = causal.adapt(layer, self.items[name], kwargs)
        args, kwargs = starting.adapt(self.maker, layer, args, kwargs)
        meeting.keep(self.maker, layer, args)
        while True:
            try:
                return layer(*args, **kwargs)
            except (TypeError, ValueError, NotImplementedError) as error:
                match = re.search(r"unexpected keyword argument '(\w+)'", str(error))
                if not match or match.group(1) not in ("training", "mask"):
                    raise NotTranslated(
                        "layer {!r} ({}) cannot be called as the file has it: {}".format(
                            name, kind, first_line(error)
                        )
                    )
                kwargs = {key: kwargs[key] for key in kwargs if key != match.group(1)}
                self.maker.changes.note("left out {} of a call of {}".format(match.group(1), kind))
