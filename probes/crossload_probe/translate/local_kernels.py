"""The kernels of LocallyConnected layers with `implementation` 2 and 3, as the one of 1.

Owns which number of such a kernel belongs to which position of the output, place in the window and
channel. `implementation=2` stores one for each pair of input and output, and masks most of them;
`implementation=3` stores those that are used, ordered by output, then by input.
"""

import collections
import itertools

import numpy

# How a layer stores its kernel; first: whether the channels come first.
Stored = collections.namedtuple("Stored", "implementation channels filters first")


class Geometry(object):
    """Where a layer looks at its input.

    Attributes:
        sizes: of the output, without channels.
        before: how far the windows reach beyond the input at its beginning, by axis.
        after: the same at its end.
    """

    def __init__(self, lengths, window, strides, padding):
        self.lengths, self.window, self.strides = lengths, window, strides
        same = padding == "same"
        self.before = tuple(k // 2 if same else 0 for k in window)
        self.sizes = tuple(
            (n + s - 1) // s if same else (n - k) // s + 1
            for n, k, s in zip(lengths, window, strides)
        )
        self.after = tuple(
            max(0, (size - 1) * s + k - front - n)
            for n, k, s, size, front in zip(lengths, window, strides, self.sizes, self.before)
        )

    @property
    def count(self):
        """The number of positions of the output."""
        return int(numpy.prod(self.sizes))

    def inputs(self):
        """(position of the output, place in the window) -> flat position of the input, or -1."""
        rows = []
        for position in itertools.product(*map(range, self.sizes)):
            starts = [at * s - front for at, s, front in zip(position, self.strides, self.before)]
            row = []
            for place in itertools.product(*map(range, self.window)):
                point = [start + step for start, step in zip(starts, place)]
                inside = all(0 <= at < n for at, n in zip(point, self.lengths))
                row.append(numpy.ravel_multi_index(point, self.lengths) if inside else -1)
            rows.append(row)
        return numpy.array(rows)


def converter(geometry, stored):
    """A function that turns the [(name, array)] of such a layer into those of implementation 1."""
    inputs = geometry.inputs()
    count = int((inputs >= 0).sum()) * stored.channels * stored.filters
    sizes, channels, filters = geometry.sizes, (stored.channels,), (stored.filters,)
    masked = geometry.lengths + channels + sizes + filters
    if stored.first:
        masked = channels + geometry.lengths + filters + sizes

    def convert(entries):
        return [(name, one(array)) for name, array in entries]

    def one(array):
        if stored.implementation == 2 and array.shape == masked:
            if stored.first:
                array = array.reshape(stored.channels, -1, stored.filters, geometry.count)
                array = array.transpose(1, 0, 3, 2)
            array = array.reshape(-1, stored.channels, geometry.count, stored.filters)
            return of_pairs(array, inputs)
        if stored.implementation == 3 and array.shape == (count,):
            return of_list(array, inputs, stored)
        if array.shape == sizes + filters:  # the bias
            shape = (geometry.count, stored.filters)
            return array.reshape(shape[::-1] if stored.first else shape)
        return array

    return convert


def of_pairs(kernel, inputs):
    """The kernel (position, place and channel, filter) of one for each pair.

    Args:
        kernel: (input, channel, output, filter).
        inputs: what `Geometry.inputs` returned.
    """
    outputs = numpy.arange(len(inputs))[:, None]
    found = kernel[numpy.maximum(inputs, 0), :, outputs, :]
    found = found * (inputs >= 0)[:, :, None, None].astype(kernel.dtype)
    return found.reshape(len(inputs), -1, kernel.shape[-1])


def of_list(kernel, inputs, stored):
    """The same of the list of those that are used."""
    (positions, places), channels, filters = inputs.shape, stored.channels, stored.filters
    used = inputs >= 0
    if stored.first:
        shape = (filters, positions, channels, places)
        used, order = used[None, :, None, :], (1, 3, 2, 0)
    else:
        shape = (positions, filters, places, channels)
        used, order = used[:, None, :, None], (0, 2, 3, 1)
    found = numpy.zeros(shape, kernel.dtype)
    found[numpy.broadcast_to(used, shape)] = kernel
    return found.transpose(order).reshape(positions, -1, filters)
