"""Names that are apart from all others of a model, as Keras 3 demands.

Owns those of the operations that Keras 3 makes between layers, which it counts by class whatever
the layers of the file are called, and those without the slashes that it refuses.
"""


def without_slashes(name, others):
    """A name that Keras 3 takes and that no other layer of the file has."""
    name = name.replace("/", "_")
    while name in others:
        name += "_"
    return name


def make_unique(tensors, own):
    """Rename the operations behind tensors that have a name of others.

    Args:
        tensors: of Keras 3, of all calls of a model.
        own: layers whose names are those of the file.
    """
    own = {id(layer) for layer in own}
    found = behind(tensors)
    taken = {one.name for one in found if id(one) in own or is_input(one)}
    for one in found:
        if id(one) in own or is_input(one):
            continue
        name, number = one.name, 1
        while name in taken:
            name = "{}_{}".format(one.name, number)
            number += 1
        if name != one.name:
            one.name = name
        taken.add(name)


def is_input(operation):
    return type(operation).__name__ == "InputLayer"


def calls_of(operation):
    """Its calls so far, as Keras 3 keeps them; it has no public name for them."""
    return getattr(operation, "_inbound_nodes", ())


def behind(tensors):
    """Every operation and layer that tensors come from, in the order in which they were made."""
    found, seen, left = [], set(), list(tensors)[::-1]
    while left:
        history = getattr(left.pop(), "_keras_history", None)
        operation = getattr(history, "operation", None)
        if operation is None or id(operation) in seen:
            continue
        seen.add(id(operation))
        found.append(operation)
        for node in calls_of(operation):
            left += list(node.input_tensors)
    return found
