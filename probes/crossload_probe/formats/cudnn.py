"""Convert the weights of CuDNNLSTM and CuDNNGRU to those of LSTM and GRU, which compute the same.

Owns that layout, converted as Keras 2 does it: the kernel of each gate is stored in the other
memory order, recurrent kernels are transposed, and there are two biases. Only unmistakable arrays
are converted.
"""

import numpy

GATES = {"LSTM": 4, "GRU": 3}


def plain(entries):
    """[(name, array)] with each such three of kernel, recurrent kernel and bias converted."""
    found = list(entries)
    for at in range(len(found) - 2):
        three = [array for _, array in found[at : at + 3]]
        gates = gates_of(*(array.shape for array in three))
        if gates is not None:
            names = [name for name, _ in found[at : at + 3]]
            found[at : at + 3] = zip(names, converted(gates, *three))
    return found


def gates_of(kernel, recurrent, bias):
    """How many gates three arrays of these shapes have, where they are a CuDNN layer's; or None."""
    for gates in GATES.values():
        wide = gates * recurrent[0] if len(recurrent) == 2 else None
        if wide and recurrent[1:] == kernel[1:] == (wide,) and bias == (2 * wide,):
            return gates
    return None


def converted(gates, kernel, recurrent, bias):
    kernels = [part.T.reshape(part.shape, order="F") for part in numpy.hsplit(kernel, gates)]
    recurrents = [part.T for part in numpy.hsplit(recurrent, gates)]
    halves = bias.reshape(2, -1)
    bias = halves.sum(axis=0) if gates == GATES["LSTM"] else halves
    return numpy.hstack(kernels), numpy.hstack(recurrents), bias
