"""Recognise descriptions that a Keras reads without an error, but wrongly or without end.

Such descriptions are translated instead.
"""

from crossload_probe.translate import (
    augmenting,
    bilinear,
    channels,
    held,
    lambdas,
    learned,
    meeting,
    operations,
    tables,
    timed,
    turned,
)
from crossload_probe.translate.nodes import leaves
from crossload_probe.translate.plain import is_container, options_of, walk, wrote_keras3

NEVER_RETURNS = "some versions of Keras 3 never finish reading a nested model of Keras 2"


def find_trap(framework, architecture):
    """Why this Keras must not read a description unchanged, even if it raises nothing; or None.

    The reason is a clause that can follow "because".
    """
    from_keras3 = wrote_keras3(architecture)
    items = list(walk(architecture))
    if any(lambdas.holds_byte_code(item) for item in items):
        return "a Lambda holds byte code, which only runs in the Python version that wrote it"
    if any(options_of(item).get("salt") == tables.NO_SALT for item in items):
        return "a Hashing layer names a salt that it was not computed with"
    found = find_crossing_trap(items, from_keras3) if from_keras3 != framework.is_keras3 else None
    if found is None and meeting.concerns(framework, architecture, items, from_keras3):
        found = meeting.REASON
    found = found or find_backend_trap(framework, architecture, items)
    if found is not None:
        return found
    for item in items:
        absent = tables.ABSENT.get(item["class_name"], {})
        if not from_keras3 and set(absent) - set(options_of(item)):
            return "{} leaves {} unset, and the default has changed since".format(
                item["class_name"], " and ".join(sorted(absent))
            )
    if framework.is_keras3 and "module" not in architecture:
        return find_own_trap(items) if from_keras3 else find_keras3_trap(items)
    return None


def find_own_trap(items):
    """The same of what Keras 3 misreads in HDF5 that Keras 3 wrote."""
    for item in items:
        if "module" not in item and loses_axis(item):
            return "some versions of Keras 3 ignore the axis of a {} in HDF5".format(
                item["class_name"]
            )
    return None


def loses_axis(item):
    """Whether an axis is another than the one that Keras takes where it finds none."""
    axis = options_of(item).get("axis")
    if isinstance(axis, (list, tuple)):
        return len(axis) > 1
    return axis is not None and (axis != -1 or operations.is_operation(item))


def find_crossing_trap(items, from_keras3):
    """The same of what the other side of Keras 3 computes or stores differently."""
    if any("hard_sigmoid" in options_of(item).values() for item in items):
        return "hard_sigmoid has a different formula in Keras 2 and in Keras 3"
    if not from_keras3 and any(learned.lacks_boundaries(item) for item in items):
        return "Keras 3 does not read the boundaries that a Discretization of Keras 2 has learned"
    if from_keras3:
        return None
    if any(map(held.concerns, items)):
        return held.REASON
    return augmenting.REASON if any(map(augmenting.crosses, items)) else timed.find_reason(items)


def find_keras3_trap(items):
    """The same of what Keras 3 misreads in descriptions of early Keras 2."""
    if sum(is_container(item) for item in items) > 1:
        return NEVER_RETURNS
    if any(starts_with_shape(item) for item in items):
        return "Keras 3 misreads an input shape stored in the first layer of a Sequential"
    if any(takes_lists(item) for item in items):
        return "some versions of Keras 3 do not read tensors among the options of a call"
    for item in items:
        if misread(item):
            text = "some versions of Keras 3 ignore the axis of a {} of Keras 2"
            return text.format(item["class_name"])
    return None


def find_backend_trap(framework, architecture, items):
    """The same of what depends on the backends, and the standalone Keras, of the saver and here."""
    if any(bilinear.concerns(framework, architecture.get("keras_version"), item) for item in items):
        return bilinear.REASON
    if turned.is_trap(
        framework, architecture.get("backend"), [item["class_name"] for item in items]
    ):
        return "Theano turns the kernels of convolutions, and this Keras may not flip them"
    if any(channels.needs_gpu(framework, item) for item in items):
        return "TensorFlow runs layers with channels_first only on a GPU"
    return None


def takes_lists(item):
    """Whether a call of Keras 2 has tensors among its options, such as a mask or weights."""
    options = [
        leaf[3]
        for leaf in leaves(item.get("inbound_nodes") or [], ())
        if len(leaf) > 3 and isinstance(leaf[3], dict)
    ]
    values = [value for one in options for value in one.values()]
    return any(isinstance(one, list) and one and is_tensors(one) for one in values)


def is_tensors(value):
    """Whether an option is a list of lists, or names a tensor: a layer and two numbers."""
    names_one = len(value) > 2 and isinstance(value[0], str) and isinstance(value[1], int)
    return names_one or isinstance(value[0], list)


def misread(item):
    if "axis" not in options_of(item):
        return False
    axis = item["config"]["axis"]
    several = item["class_name"] == "Normalization" and isinstance(axis, list) and len(axis) != 1
    return several or item["class_name"] in tables.MISREAD_AXES


def starts_with_shape(item):
    """Whether a Sequential's first layer holds its input shape, batch included."""
    if item["class_name"] != "Sequential" or not is_container(item):
        return False
    layers = item["config"] if isinstance(item["config"], list) else item["config"]["layers"]
    first = layers[0] if layers else {"class_name": "InputLayer"}
    return first["class_name"] != "InputLayer" and "batch_input_shape" in options_of(first)
