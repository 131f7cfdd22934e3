"""Recognise descriptions that a Keras reads without an error, but wrongly or without end.

Such descriptions are translated instead.
"""

from crossload_probe.translate import channels, lambdas, tables, turned
from crossload_probe.translate.plain import is_container, options_of, walk, wrote_keras3

NEVER_RETURNS = "read layer by layer: this Keras may never end reading a nested model as it is"


def find_trap(framework, architecture):  # noqa: PLR0911 - one reason after the other
    """Why this Keras must not read a description unchanged, even if it raises nothing; or None."""
    from_keras3 = wrote_keras3(architecture)
    crossing = from_keras3 != framework.is_keras3
    items = list(walk(architecture))
    if any(lambdas.holds_byte_code(item) for item in items):
        return "byte code of a Lambda read here, and not by Keras"
    if crossing and any("hard_sigmoid" in options_of(item).values() for item in items):
        return "hard_sigmoid is another formula on the other side of Keras 3"
    other_backend = find_backend_trap(framework, architecture.get("backend"), items)
    if other_backend is not None:
        return other_backend
    for item in items:
        absent = tables.ABSENT.get(item["class_name"], {})
        if not from_keras3 and set(absent) - set(options_of(item)):
            return "{} without {}: the default of its time".format(
                item["class_name"], ", ".join(sorted(absent))
            )
    if framework.is_keras3 and not from_keras3 and "module" not in architecture:
        if sum(is_container(item) for item in items) > 1:
            return NEVER_RETURNS
        if any(starts_with_shape(item) for item in items):
            return "shape of the first layer as an InputLayer: Keras 3 takes it for a wrong one"
        if any(misread(item) for item in items):
            return "axis of layers read from Keras 2: some versions of Keras 3 forget it"
    return None


def find_backend_trap(framework, backend, items):
    """The same of what depends on the backends of the saver and here."""
    if turned.concerns(framework, backend, [item["class_name"] for item in items]):
        return "kernels trained on Theano: this Keras may not turn them"
    if any(channels.needs_gpu(framework, item) for item in items):
        return "channels first: TensorFlow computes such layers on a GPU alone"
    return None


def misread(item):
    return item["class_name"] in tables.MISREAD_AXES and "axis" in options_of(item)


def starts_with_shape(item):
    """Whether a Sequential's first layer holds its input shape, batch included."""
    if item["class_name"] != "Sequential" or not is_container(item):
        return False
    layers = item["config"] if isinstance(item["config"], list) else item["config"]["layers"]
    first = layers[0] if layers else {"class_name": "InputLayer"}
    return first["class_name"] != "InputLayer" and "batch_input_shape" in options_of(first)
