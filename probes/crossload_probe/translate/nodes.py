"""References to tensors in the connections of a model, in the forms of Keras 2 and Keras 3.

Owns recognising and collecting them, in nested lists too; `translate.assembly` resolves them.
"""

from crossload_probe.translate.plain import Reference


def as_reference(value, names):
    """A leaf of the connections as a `Reference`; None if it is not one."""
    if isinstance(value, Reference):
        return value
    if not isinstance(value, (list, tuple)) or len(value) not in (3, 4):
        return None
    if isinstance(value[0], str) and value[0] in names and isinstance(value[1], int):
        return Reference(*value[:3])
    return None


def references(value, names):
    """Every reference to a tensor within a value, keyword arguments included."""
    found = as_reference(value, names)
    if found is not None:
        inner = value[3] if not isinstance(value, Reference) and len(value) > 3 else None
        return [found] + references(inner, names)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [one for item in value for one in references(item, names)]
    return []


def leaves(node, names):
    """The leaves of a Keras 2 connection: lists of a name, two numbers and arguments."""
    if isinstance(node, (list, tuple)) and node and isinstance(node[0], str):
        return [node]
    if isinstance(node, dict):
        node = list(node.values())
    return [one for item in node for one in leaves(item, names)] if node else []


def flat(value):
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [one for item in value for one in flat(item)]
    return [value]


def unpacked(value):
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def is_nested(value):
    """Whether the tensors are in nested lists."""
    items = value if isinstance(value, (list, tuple)) else []
    return isinstance(value, dict) or any(isinstance(one, (list, tuple, dict)) for one in items)


def without_mask(node):
    return dict(node, kwargs=dict(node["kwargs"], mask=None))
