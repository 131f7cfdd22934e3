"""The shape of a tensor as a value in a graph, as `tf.shape` gives it.

Owns what may be done with it: take sizes, and reshape by them. A size that is open while the graph
is built, such as the batch's, is a mark that nothing can compute with, so that no number is made
up for it.
"""


class OpenSize(object):
    """A size that is known only when the model computes."""

    def __repr__(self):
        return "an open size"


OPEN = OpenSize()


class Sizes(object):
    """The sizes of a tensor, open ones as `OPEN`; indexed as a tensor of one dimension is."""

    def __init__(self, sizes):
        self.sizes = tuple(OPEN if one is None else one for one in sizes)

    @property
    def shape(self):
        return (len(self.sizes),)

    def __getitem__(self, key):
        (key,) = key if isinstance(key, tuple) else (key,)
        found = self.sizes[key]
        return Sizes(found) if isinstance(found, tuple) else found


def joined(values):
    """The sizes in a list of sizes, shapes and numbers; None where there is anything else in it."""
    found = []
    for value in values:
        inner = value.sizes if isinstance(value, Sizes) else value
        found += list(inner) if isinstance(inner, (list, tuple)) else [inner]
    if not any(isinstance(one, (Sizes, OpenSize)) for one in list(values) + found):
        return None
    return Sizes(found) if all(isinstance(one, (int, OpenSize)) for one in found) else None


def as_target(shape):
    """A shape to reshape to, the one open size as -1.

    Raises:
        ValueError: more than one is open.
    """
    sizes = shape.sizes if isinstance(shape, Sizes) else shape
    if not isinstance(sizes, (list, tuple)):
        return sizes
    found = [-1 if one is OPEN else one for one in sizes]
    if sum(isinstance(one, int) and one == -1 for one in found) > 1:
        raise ValueError("more than one size is open")
    return found
