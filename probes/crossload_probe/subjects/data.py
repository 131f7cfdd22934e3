"""What a user's model is fed: the user's arrays, or arrays made for its inputs.

Owns making them, and the forms that the user's arrays are tried in. The numbers come
from `numpy.random.RandomState`, whose stream is the same in every version of NumPy.
"""

import json
import os
import re

import numpy

from crossload_probe import feeding
from crossload_probe.formats import serving
from crossload_probe.subjects import sizes
from crossload_probe.subjects.observing import guarded
from crossload_probe.subjects.weights import is_constant

BATCH = 2
SEED = 0
# Sizes for open dimensions, smallest first; images shrink on their way through a model.
OPEN_SIZES = (8, 32, 96, 224)
WORDS = ("the", "quick", "brown", "fox", "", "unseen")
MOST_LASTS = 4
SPLITS = ".row_splits"
UNNAMED = re.compile(r"arr_\d+$")  # as `numpy.savez` calls arrays without a name


class CannotFeed(Exception):
    """No inputs were given, and the model takes none of those made for it."""


class Given(object):
    """Takes the place of `reference.Data` for an existing array."""

    def __init__(self, array):
        self.array = array

    def draw(self, stream, batch):
        return self.array


class GivenArrays(object):
    """The user's inputs and expected outputs as {name: array}, or None."""

    def __init__(self, inputs, outputs):
        self.inputs = inputs
        self.outputs = outputs


def given(folder):
    return GivenArrays(read(folder, "inputs.npz"), read(folder, "outputs.npz"))


def read(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with numpy.load(path, allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def in_order(named, names):
    """Arrays in the order of the model's ends, or by their own names if the model has others.

    `numpy.savez(path, first, second)` calls them arr_0, arr_1.
    """
    if len(named) == len(names) and all(name in named for name in names):
        return [named[name] for name in names]
    return [named[name] for name in sorted(named, key=natural)]


def natural(name):
    digits = "".join(letter for letter in name if letter.isdigit())
    return (name.rstrip("0123456789"), int(digits) if digits else 0)


def feed(framework, model, given):
    """(inputs, outputs): `feeding.Inputs` and a list of arrays.

    Raises the model's errors about the user's arrays.
    """
    candidates = passed(model, given.inputs) if given.inputs is not None else made(model)
    first = found = None
    for inputs in candidates:
        try:
            outputs = framework.predict(model, inputs)
        except Exception as error:
            first = first or error
            continue
        if given.inputs is not None:
            return inputs, outputs
        if all(is_fine(array) for array in outputs):
            found = found or (inputs, outputs)
            if not all(is_constant(array) for array in outputs):
                return inputs, outputs
    if found is not None:
        return found  # its outputs are the same for any input
    if first is not None:
        raise first
    raise CannotFeed("the model's outputs for generated inputs are not finite; give inputs")


def without_model(given):
    """The expectation's inputs and outputs where no model tells how it is fed."""
    outputs = in_order(given.outputs, ())
    return {"inputs": next(passed(None, given.inputs)), "outputs": outputs}


def passed(model, named):
    """The user's arrays in the forms to try: the model's own, or what their names say."""
    splits = {name[: -len(SPLITS)] for name in named if name.endswith(SPLITS)}
    plain = [name for name in named if not name.endswith(SPLITS)]
    structure = feeding.structure_of(model)
    if structure is not None:
        form, tensors = feeding.form_of(structure)
        places = feeding.leaves_of(form)
        names = [[path, feeding.name_of(tensor)] for (path, _), tensor in zip(places, tensors)]
        chosen = [next((one for one in both if one in plain), None) for both in names]
        if not any(chosen):
            ordered = sorted(plain, key=natural)
            if len(ordered) != len(places):
                raise CannotFeed(
                    "the model has {} inputs, {} arrays were given".format(
                        len(places), len(ordered)
                    )
                )
            chosen = ordered
        yield bound(form, places, chosen, named, splits, [both[1] for both in names])
        return
    ordered = sorted(plain, key=natural)
    tree = {}
    for name in ordered:
        inner = tree
        for key in name.split("/")[:-1]:
            inner = inner.setdefault(key, {})
        inner[name.split("/")[-1]] = name
    flat = ordered if len(ordered) > 1 else ordered[0]
    numbered = all(UNNAMED.match(name) for name in ordered)
    for wanted in (flat, tree) if numbered or len(ordered) == 1 else (tree, flat):
        form, chosen = feeding.form_of(wanted)
        yield bound(form, feeding.leaves_of(form), chosen, named, splits, chosen)


def bound(form, places, chosen, named, splits, names):
    """`Inputs` of a form in whose leaves these arrays go; a leaf without one is left out."""
    arrays = []
    for (_, leaf), name in zip(places, chosen):
        kind = feeding.RAGGED if name in splits else leaf[0]
        if name is None:
            leaf[:] = [feeding.NONE, -1]
            continue
        leaf[:] = [kind, len(arrays)]
        arrays.append(named[name])
        if kind == feeding.RAGGED:
            leaf.append(len(arrays))
            arrays.append(named[name + SPLITS] if name in splits else None)
            if arrays[-1] is None:
                arrays[-2:] = ragged(named[name])
    return feeding.Inputs(arrays, form, names)


def ragged(padded, lengths=None):
    """(values, row splits) of an array, of whose rows only the first steps are kept."""
    lengths = [padded.shape[1]] * len(padded) if lengths is None else lengths
    values = numpy.concatenate([row[:length] for row, length in zip(padded, lengths)])
    return [values, numpy.cumsum([0] + list(lengths)).astype("int64")]


def is_fine(array):
    return array.dtype.kind not in "fc" or bool(numpy.isfinite(array).all())


def made(model):
    """`Inputs` to try, from what the model says about its inputs; the likeliest first."""
    structure = structure_of(model)
    if structure is None:
        raise CannotFeed("the model does not say what its inputs are; give some")
    form, ends = feeding.form_of(structure)
    limits = [limit_of(model, tensor) for tensor in ends]
    open_ends = any(None in shape_of(tensor)[1:] for tensor in ends)
    lasts = sizes.last_axes(model) if any(shape_of(tensor)[-1] is None for tensor in ends) else []
    for last in lasts[:MOST_LASTS] + [None]:
        for size in OPEN_SIZES if open_ends else OPEN_SIZES[:1]:
            yield draw_all(form, ends, limits, Sizes(size, last))
    if not any(limits):
        # A lookup of the inputs may hide behind another layer.
        least = Sizes(OPEN_SIZES[0], lasts[0] if lasts else None)
        yield draw_all(form, ends, [sizes.table(model) or 2 for _ in ends], least)
    # Outputs that are all alike (the zeros of a dead unit) would prove little.
    size = Sizes(OPEN_SIZES[1] if open_ends else OPEN_SIZES[0], lasts[0] if lasts else None)
    for seed in (SEED + 2, SEED + 3):
        inputs = draw_all(form, ends, limits, size, seed)
        yield feeding.with_form([spread(array) for array in inputs], inputs)


class Sizes(object):
    """The size of open axes, and of an open last axis where the weights tell it."""

    def __init__(self, inner, last=None):
        self.inner = inner
        self.last = last


def spread(array):
    """Floats in [0, 1) moved to [-2, 2); other arrays as they are."""
    return array * 4 - 2 if array.dtype.kind == "f" and array.max() <= 1 else array


class End(object):
    """An input of a model without declared inputs, from the record of its calls."""

    def __init__(self, shape, dtype="float32", like=None):
        self.shape = [None] + list(shape)[1:]
        self.dtype = dtype
        self.type_spec = like


def structure_of(model):
    """The inputs as tensors or the like; a subclassed model knows them from its calls."""
    declared = feeding.structure_of(model)
    if declared is not None:
        return declared
    called = guarded(lambda: model.save_spec()[0][0], None)
    if called is not None:
        return guarded(lambda: mapped(called, lambda one: End(shape_of(one), one.dtype, one)), None)
    shape = guarded(lambda: model.get_build_config()["input_shape"], None)
    if shape is None:
        shape = getattr(model, "_build_input_shape", None)
    if shape is not None:
        return guarded(lambda: mapped(shape, End, is_shape), None)
    return guarded(lambda: sizes.first_input(model, End), None)


def mapped(value, function, is_leaf=lambda value: False):
    """The structure with every leaf replaced."""
    if isinstance(value, dict):
        return {key: mapped(value[key], function, is_leaf) for key in value}
    if isinstance(value, (list, tuple)) and not is_leaf(value):
        return [mapped(item, function, is_leaf) for item in value]
    return function(value)


def is_shape(value):
    return all(size is None or isinstance(size, int) for size in value)


def draw_all(form, ends, limits, size, seed=SEED):
    """`Inputs` of this form, drawn for each of its ends."""
    form = json.loads(json.dumps(form))  # its leaves are numbered anew
    stream = numpy.random.RandomState(seed)
    arrays = []
    for (_, leaf), tensor, limit in zip(feeding.leaves_of(form), ends, limits):
        drawn = draw(stream, tensor, limit, size)
        leaf[1:] = [len(arrays)]
        if leaf[0] == feeding.RAGGED:
            steps = drawn.shape[1]
            drawn, splits = ragged(drawn, [steps - row % steps for row in range(len(drawn))])
            leaf.append(len(arrays) + 1)
            arrays += [drawn, splits]
        elif leaf[0] == feeding.SPARSE and drawn.dtype.kind in "fiu":
            arrays.append(drawn * (drawn > drawn.mean()))
        else:
            arrays.append(drawn)
    return feeding.Inputs(arrays, form, [feeding.name_of(tensor) for tensor in ends])


def draw(stream, tensor, limit, size):
    """An array for one input: [0, 1) for floats, [0, limit) for lookups."""
    shape = shape_of(tensor)
    if shape[-1] is None and len(shape) > 1:
        shape[-1] = size.last
    shape = [shape[0] or BATCH] + [side or size.inner for side in shape[1:]]
    values = stream.rand(*shape)
    kind = str(getattr(tensor.dtype, "name", tensor.dtype))
    if "string" in kind:
        return numpy.array(WORDS)[(values * len(WORDS)).astype(int)]
    if limit or "int" in kind:
        whole = numpy.floor(values * (limit or 2))
        return whole.astype(kind if "int" in kind else "float32")
    if "bool" in kind:
        return values > 0.5
    return values.astype(kind if kind in ("float16", "float64") else "float32")


def shape_of(tensor):
    """Sizes, batch first, None where open."""
    shape = tensor.shape
    # Theano's tensors have a symbol as their shape; its Keras keeps the sizes beside them.
    shape = getattr(tensor, "_keras_shape", None) or tensor.shape
    found = shape.as_list() if hasattr(shape, "as_list") else list(shape)
    found = [getattr(size, "value", size) for size in found]  # `Dimension` of TensorFlow 1
    return [None if size in (None, -1) else int(size) for size in found] or [None]


def limit_of(model, tensor):
    """The size of the table that an input is looked up in; 0 if there is none."""
    for layer in getattr(model, "layers", []):
        if type(layer).__name__ != "Embedding":
            continue
        source = guarded(lambda: layer.input, None)
        if source is tensor or same_name(source, tensor):
            return int(layer.input_dim)
    return 0


def same_name(one, other):
    names = [getattr(tensor, "name", None) for tensor in (one, other)]
    return names[0] is not None and names[0] == names[1]


def expected_outputs(given, outputs, ends):
    """The outputs that the user expects, or else the measured ones."""
    if given.outputs is None:
        return outputs
    wanted = in_order(given.outputs, ends["outputs"])
    # Another shape is another output, and what a lost argument of a layer looks like.
    sizes_of = [[len(array) for array in arrays if array.ndim] for arrays in (outputs, wanted)]
    if sizes_of[0] != sizes_of[1]:
        raise CannotFeed(
            "expected outputs are given for batches of {1}, the model gives {0}".format(*sizes_of)
        )
    return wanted


def feed_signature(framework, path, given):
    """(names, inputs, {name: array}) of a SavedModel's signature, called with these arrays."""
    if given.inputs is None:
        specs = signature_specs(framework.find_tensorflow(), path)
        names = sorted(specs)
        stream = numpy.random.RandomState(SEED)
        inputs = [draw(stream, specs[name], 0, Sizes(OPEN_SIZES[0])) for name in names]
    else:
        names = sorted(given.inputs)
        inputs = [given.inputs[name] for name in names]
    return names, inputs, serving.call_signature(framework, path, inputs, names, {})


def signature_specs(tensorflow, path):
    """{name: TensorSpec} of the serving signature."""
    loaded = tensorflow.saved_model.load(path)
    if serving.SIGNATURE not in loaded.signatures:
        raise serving.NoSignature("it has {}".format(sorted(loaded.signatures) or "no signature"))
    return loaded.signatures[serving.SIGNATURE].structured_input_signature[1]
