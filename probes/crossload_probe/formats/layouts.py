"""The layouts that the weights of one layer may have in a file, and in a layer that replaces it.

Owns the list of conversions; only unmistakable arrays are converted. That of CuDNN layers is in
`formats.cudnn`.
"""

from crossload_probe.formats import cudnn

# What a layer that replaces another one may have: a function that converts that one's entries.
OWN = "_crossload_layout"


def of(entries, layer):
    """[(name, array)] as stored, then in each other layout that they may be in for that layer."""
    convert = getattr(layer, OWN, None)
    own = [] if convert is None else [convert(entries)]
    return [entries, cudnn.plain(entries), flat_positions(entries)] + own


def flat_positions(entries):
    """The bias of a LocallyConnected2D with its positions in one axis, as in its kernel."""
    if [array.ndim for _, array in entries] != [3, 3]:
        return entries
    for at, (name, bias) in enumerate(entries):
        positions, _, filters = entries[1 - at][1].shape
        if bias.shape[-1] == filters and bias.size == positions * filters:
            found = list(entries)
            found[at] = (name, bias.reshape(positions, filters))
            return found
    return entries
