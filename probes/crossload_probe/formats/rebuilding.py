"""Recipes that build a model by its code and fill it with the weights of a file.

Owns their order for each format: Keras' own call first, then crossload's translator, which finds
weights by their own names. Also the last step that some versions of Keras leave out.
"""

from crossload_probe.formats import normalizing, recipes, renaming, writing
from crossload_probe.formats.reading import built
from crossload_probe.formats.recipes import FILE, call, quote

ZIP_WEIGHTS = "model.weights.h5"
BY_NAME = "weights-by-name"
RENAMED = "renamed"
FINALIZED = "finalize-state"
NOTHING = "no weight was found in the file, and none was missed"


class NothingLoaded(Exception):
    """Loading the weights raised no error, but changed nothing."""


def rebuilt(framework, kind, path, own):
    """The recipes, Keras' own way of reading the weights first."""
    ways = own_ways(kind, path)
    if not kind.startswith("weights-"):  # there the first is the plain load
        found = [recipes.make(framework, built(own) + lines, own, gives) for lines, gives in ways]
    else:
        found = []
    line = "crossload.load_weights(model, {})".format(quote(FILE))
    return found + [recipes.make(framework, built(own) + [line], own, [BY_NAME])]


def own_ways(kind, path):
    """[(lines, concessions)] of Keras' own calls, by what the file is."""
    if kind == "savedmodel":
        return [([filling(FILE + "/variables/variables")], [])]
    place = renaming.place(kind)
    suffix = "" if kind == "weights-tf" else renaming.suffix_wanted(place.replace(FILE, path))
    ways = [([filling(place)], [])]
    if suffix:
        copied = [renaming.copying(place, suffix), filling(place + suffix)]
        ways.append((copied, [RENAMED]))
    elif kind == "keras" and not writing.is_hdf5(path):
        ways.append((unpacking(), []))
    return ways


def filling(place):
    return "model.load_weights({})".format(quote(place))


def unpacking():
    """Lines that take the weights out of a zip, for a Keras that does not look into it."""
    extract = call("archive.extract", [quote(ZIP_WEIGHTS), quote(FILE + ".unpacked")], "weights = ")
    opening = "with zipfile.ZipFile({}) as archive:".format(quote(FILE))
    return [opening, recipes.indent(extract), "model.load_weights(weights)"]


def unchanged(before, after):
    """Whether no weight has changed; a model without weights has lost none."""
    return bool(before) and all((ours == theirs).all() for ours, theirs in zip(before, after))


def finalizing(model, place="model"):
    """Lines that make normalisation layers compute with their new weights; none where they do.

    The layers are left as the lines leave them.
    """
    lines = []
    for layer in getattr(model, "layers", ()):
        here = "{}.get_layer({})".format(place, quote(layer.name))
        lines += [here + ".finalize_state()"] if normalizing.refresh(layer) else []
        lines += finalizing(layer, here)
    return lines
