"""Give the optimizer of a loaded model the state that a file holds of the saver's.

Owns which array belongs to which slot of which weight. The order of the weights is that of the
layers in the file's description, the order of the slots that of the optimizer's class; shapes and
names must agree with both. Nothing is assigned unless everything fits.
"""

import numpy

from crossload_probe.formats.trees import shape_of
from crossload_probe.frameworks import version_tuple
from crossload_probe.translate import optimizer_tables as tables
from crossload_probe.translate import optimizer_variables as variables

# Last parts of the names of weights that all versions share: two different ones are a mistake.
WEIGHT_NAMES = ("kernel", "recurrent_kernel", "bias", "gamma", "beta", "embeddings")

# Before that, the arrays are in the order of names that HDF5 does not hold.
IN_ORDER = (2, 1)


class Unsure(Exception):
    """What an array of the state belongs to is not certain; the message says why."""


def restore(framework, model, optimizer, origin, state, description):
    """Assign an `optimizer_states.State`.

    Args:
        framework: `frameworks.Framework`.
        model: compiled with the optimizer, and with the weights of the file.
        optimizer: of this Keras.
        origin: the `optimizers.Origin` that the optimizer was made from.
        state: of the saver's optimizer.
        description: what `architectures.read` returned.

    Raises:
        Unsure: nothing was assigned.
    """
    if origin.name not in tables.GROUPS:
        raise Unsure("the order of the arrays of {} is not known".format(origin.name))
    is_old = origin.legacy and not state.keyed
    if is_old and version_tuple(str(description["keras_version"])) < IN_ORDER:
        raise Unsure("Keras before 2.1 does not say which weights the arrays belong to")
    weights = weights_in_order(model, description)
    if not variables.create(framework, optimizer, trainable(model)):
        raise Unsure("this Keras makes the slots of an optimizer while it trains")
    if state.keyed:
        found = keyed(framework, weights, origin, state)
    else:
        found = listed(weights, origin, state)
    places = [
        (variables.find(optimizer, weights[number], one), array) for one, number, array in found
    ]
    for variable, array in places:
        if shape_of(variable) != array.shape:
            raise Unsure("an array of the file has another shape than the slot here")
    for variable, array in places:
        framework.assign(variable, array)
    if state.rate is not None and "learning_rate" not in origin.config:
        framework.assign(optimizer.learning_rate, state.rate)  # `compile` was given a name alone
    if state.iterations is not None:
        variables.set_counter(framework, optimizer, origin.config, state.iterations)


def is_untouched(state):
    """Whether the file was saved before the first step, and holds no arrays."""
    return not (state.entries or state.keyed or state.iterations)


def keeps_nothing(origin):
    """Whether an optimizer needs no slots; SGD without momentum may store some all the same."""
    return origin.name in tables.GROUPS and not tables.slots_of(origin.name, origin.config)


def trainable(model):
    name = "trainable_variables" if hasattr(model, "trainable_variables") else "trainable_weights"
    return list(getattr(model, name))


def weights_in_order(model, description):
    """The trainable weights in the order of the layers in a description.

    Raises:
        Unsure: the description does not lead to each of them.
    """
    found = []
    gather(model, description.get("config"), found)
    wanted = {id(weight) for weight in trainable(model)}
    if {id(weight) for weight in found} != wanted:
        raise Unsure("the layers in the file do not lead to all weights of the model")
    return found


def gather(model, config, found):
    items = config.get("layers", ()) if isinstance(config, dict) else config
    named = {layer.name: layer for layer in model.layers}
    for item in items:
        inner = item.get("config")
        name = item.get("name") or (isinstance(inner, dict) and inner.get("name"))
        layer = named.get(name) or named.get(str(name).replace("/", "_"))
        if layer is None:
            continue
        if hasattr(layer, "layers") and isinstance(inner, (dict, list)):
            gather(layer, inner, found)
        known = {id(weight) for weight in found}
        found += [one for one in layer.trainable_weights if id(one) not in known]


def listed(weights, origin, state):
    """[(slot, number of the weight, array)] of arrays that are stored in order."""
    order = tables.layout(origin.name, origin.config, len(weights), origin.legacy)
    if not order or is_untouched(state):
        return []
    always = tables.ALWAYS_STORED.get(origin.name)
    if always and not origin.legacy and len(state.entries) != len(order):
        order = tables.layout(origin.name, dict(origin.config, **{always: 1}), len(weights), False)
    entries = without_placeholders(state.entries, len(order))
    if any(not shape_of(weight) for weight in weights):
        entries = state.whole[-len(order) :]
    if len(entries) != len(order):
        raise Unsure("the file has {} arrays for {} slots".format(len(entries), len(order)))
    found = []
    for (one, number), (name, array) in zip(order, entries):
        if shape_of(weights[number]) != array.shape:
            raise Unsure("the arrays in the file do not have the shapes of the weights")
        if name:
            check_name(name, one, origin, weights[number])
        if tables.is_kept(one, origin.config):
            found.append((one, number, array))
    return found


def without_placeholders(entries, count):
    """Keras before it was of TensorFlow stores one zero for each slot that it does not use."""
    kept = entries[:count]
    left = entries[count:]
    return kept if all(array.shape == (1,) and not array.any() for _, array in left) else entries


def check_name(name, one, origin, weight):
    """Raise `Unsure` where a name in the file says something else than its position."""
    slots = tables.slots_of(origin.name, origin.config)
    meant = [other for other in slots if is_called(name, other)]
    if meant and one not in meant:
        raise Unsure("{} is stored where {} is expected".format(name, one.legacy))
    parts = name.split(":")[0].split("/")
    ours = getattr(weight, "name", "").split(":")[0].split("/")[-1]
    theirs = [part for part in parts if part in WEIGHT_NAMES]
    if theirs and ours in WEIGHT_NAMES and ours != theirs[-1]:
        raise Unsure("{} is stored where {} is expected".format(name, ours))


def is_called(name, one):
    """Whether the name of a variable in HDF5 says that it is that slot, in any generation."""
    parts = name.split(":")[0].split("/")
    return any(word in parts or parts[-1].endswith("_" + word) for word in one.words)


def keyed(framework, weights, origin, state):
    """The same for slots that are stored beside their weights: by number, else by value."""
    slots = {one.legacy: one for one in tables.slots_of(origin.name, origin.config)}
    values = framework.values(weights) if weights else []
    found = []
    for number, value in enumerate(values):
        place = (state.places or {}).get(id(weights[number]))
        for name, one in slots.items():
            same = [
                array
                for key, weight, at, array in state.keyed
                if key == name and (at == place if place else numpy.array_equal(weight, value))
            ]
            if not same or any(not numpy.array_equal(same[0], other) for other in same):
                raise Unsure("the slots of {!r} are not clear".format(weights[number].name))
            found.append((one, number, same[0]))
    return found
