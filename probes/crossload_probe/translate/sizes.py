"""The shape of a tensor as a value in a graph, as `tf.shape` gives it.

Owns what may be done with it: take sizes, and reshape by them. A size that is open while the graph
is built, such as the batch's, is a mark that nothing can compute with, so that no number is made
up for it.
"""

from crossload_probe.translate import batches

UNKNOWN = "a size that is open until the model computes"


class OpenSize(object):
    """A size that is known only when the model computes."""

    def __repr__(self):
        return "an open size"


OPEN = OpenSize()
# The number of samples in the batch, where it is certain that it is that.
BATCH = OpenSize()


class Sizes(object):
    """The sizes of a tensor, open ones as marks; indexed as a tensor of one dimension is."""

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


def of(tensor):
    """The `Sizes` of a tensor of Keras 3."""
    found = list(tensor.shape)
    if found and found[0] is None and batches.come_first(tensor):
        found[0] = BATCH
    return Sizes(found)


def as_target(shape, tensor=None):
    """A shape to reshape a tensor to, the one open size as -1.

    Raises:
        ValueError: more than one is open.
    """
    sizes = shape.sizes if isinstance(shape, Sizes) else shape
    if not isinstance(sizes, (list, tuple)):
        return sizes
    found = [-1 if isinstance(one, OpenSize) else one for one in sizes]
    if sum(isinstance(one, int) and one == -1 for one in found) > 1:
        found = [-1] + without_open(sizes, tensor)
    return found


def without_open(sizes, tensor):
    """The sizes after that of the batch, with the one that is left to compute."""
    inner = [None] if tensor is None else list(tensor.shape)[1:]
    others = list(sizes[1:])
    fits = sizes[0] is BATCH and None not in inner and all(isinstance(one, int) for one in others)
    if not fits or others.count(-1) != 1 or not batches.come_first(tensor):
        raise ValueError("more than one size is open")
    known = product(one for one in others if one != -1)
    if known < 1 or product(inner) % known:
        raise ValueError("sizes that do not fit those of the tensor")
    others[others.index(-1)] = product(inner) // known
    return others


def product(numbers):
    found = 1
    for one in numbers:
        found *= one
    return found
