"""What a user's model is fed and trained on: the user's arrays, or arrays made for its inputs.

Owns making them, and drawing weights for a fresh model whose weights are all alike. The numbers
come from `numpy.random.RandomState`, whose stream is the same in every version of NumPy.
"""

import os

import numpy

from crossload_probe.checks import structure
from crossload_probe.formats import serving
from crossload_probe.models import samples
from crossload_probe.subjects.observing import guarded, is_trainable, losses_of

BATCH = 2
SEED = 0
# Sizes for open dimensions, smallest first; images shrink on their way through a model.
OPEN_SIZES = (8, 32, 96, 224)
WORDS = ("the", "quick", "brown", "fox", "", "unseen")
ZEROS, CLASSES, ONE_HOT = "zeros", "classes", "one-hot"
KINDS = (ONE_HOT, CLASSES, ZEROS)


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
    """(inputs, outputs): lists of arrays; raises the model's errors about the user's arrays."""
    if given.inputs is not None:
        names = guarded(lambda: structure.end_names(model)["inputs"], [])
        inputs = in_order(given.inputs, names)
        return inputs, framework.predict(model, inputs)
    first = found = None
    for inputs in made(model):
        try:
            outputs = framework.predict(model, inputs)
        except Exception as error:
            first = first or error
            continue
        if all(is_fine(array) for array in outputs):
            found = found or (inputs, outputs)
            if not all(is_constant(array) for array in outputs):
                return inputs, outputs
    if found is not None:
        return found  # its outputs are the same for any input
    if first is not None:
        raise first
    raise CannotFeed("the model's outputs for generated inputs are not finite; give inputs")


def is_fine(array):
    return array.dtype.kind not in "fc" or bool(numpy.isfinite(array).all())


def made(model):
    """Lists of inputs to try, from what the model says about its inputs; the likeliest first."""
    ends = ends_of(model)
    if not ends:
        raise CannotFeed("the model does not say what its inputs are; give some")
    limits = [limit_of(model, tensor) for tensor in ends]
    open_ends = any(None in shape_of(tensor)[1:] for tensor in ends)
    for size in OPEN_SIZES if open_ends else OPEN_SIZES[:1]:
        yield draw_all(ends, limits, size)
    if not any(limits):
        # A lookup of the inputs may hide behind another layer.
        yield draw_all(ends, [2 for _ in ends], OPEN_SIZES[0])
    # Outputs that are all alike (the zeros of a dead unit) would prove little.
    size = OPEN_SIZES[1] if open_ends else OPEN_SIZES[0]
    for seed in (SEED + 2, SEED + 3):
        yield [spread(array) for array in draw_all(ends, limits, size, seed)]


def spread(array):
    """Floats in [0, 1) moved to [-2, 2); other arrays as they are."""
    return array * 4 - 2 if array.dtype.kind == "f" and array.max() <= 1 else array


class End(object):
    """An input of a model without declared inputs, from the record of its calls."""

    def __init__(self, shape, dtype="float32"):
        self.shape = [None] + list(shape)[1:]
        self.dtype = dtype


def ends_of(model):
    """The inputs as tensors or the like; a subclassed model knows them from its calls."""
    ends = getattr(model, "inputs", None)
    if ends:
        return ends
    called = guarded(lambda: model.save_spec()[0][0], None)
    if called is not None:
        specs = called if isinstance(called, (list, tuple)) else [called]
        return guarded(lambda: [End(shape_of(one), one.dtype) for one in specs], None)
    shape = guarded(lambda: model.get_build_config()["input_shape"], None)
    if shape is None:
        shape = getattr(model, "_build_input_shape", None)
    return None if shape is None else guarded(lambda: [End(shape)], None)


def draw_all(ends, limits, size, seed=SEED):
    stream = numpy.random.RandomState(seed)
    return [draw(stream, tensor, limit, size) for tensor, limit in zip(ends, limits)]


def draw(stream, tensor, limit, size):
    """An array for one input: [0, 1) for floats, [0, limit) for lookups."""
    shape = shape_of(tensor)
    shape = [shape[0] or BATCH] + [side or size for side in shape[1:]]
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
    sizes = shape.as_list() if hasattr(shape, "as_list") else list(shape)
    sizes = [getattr(size, "value", size) for size in sizes]  # `Dimension` of TensorFlow 1
    return [None if size in (None, -1) else int(size) for size in sizes] or [None]


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
    shapes = [array.shape for array in outputs], [array.shape for array in wanted]
    if shapes[0] != shapes[1]:
        raise CannotFeed(
            "the expected outputs have shapes {1}, the model's are {0}".format(*shapes)
        )
    return wanted


def kind_of_targets(framework, model, inputs, outputs):
    """What the model can be trained on repeatably: a word for `targets`, or None.

    It is the first kind that the model's loss accepts; trying this changes the model.
    """
    if not is_trainable(model):
        return None
    for kind in KINDS:
        try:
            losses = losses_of(framework, model, inputs, targets(kind, outputs), 1)
        except Exception:
            continue
        if numpy.isfinite(losses).all():
            return kind
    return None


def targets(kind, outputs):
    """Arrays to train on, one for each output; None without a kind."""
    if kind is None:
        return []
    if kind == CLASSES:
        return [numpy.zeros(array.shape[:-1] + (1,), "float32") for array in outputs]
    arrays = [numpy.zeros(array.shape, "float32") for array in outputs]
    if kind == ONE_HOT:
        for array in arrays:
            array[..., :1] = 1.0
    return arrays


def feed_signature(framework, path, given):
    """(names, inputs, {name: array}) of a SavedModel's signature, called with these arrays."""
    if given.inputs is None:
        specs = signature_specs(framework.find_tensorflow(), path)
        names = sorted(specs)
        stream = numpy.random.RandomState(SEED)
        inputs = [draw(stream, specs[name], 0, OPEN_SIZES[0]) for name in names]
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


def fill(framework, model, stream):
    """Draw the weights of every layer that accepts drawn ones."""
    for layer in model.layers:
        guarded(lambda: fill_layer(layer, stream), None)


def fill_layer(layer, stream, wanted=lambda array: True):
    arrays, names = layer.get_weights(), samples.weight_names(layer)
    if len(names) != len(arrays):
        return
    drawn = [
        samples.draw_weight(stream, name, array) if wanted(array) else array
        for name, array in zip(names, arrays)
    ]
    if any(ours is not theirs for ours, theirs in zip(drawn, arrays)):
        layer.set_weights(drawn)


def draw_constants(framework, model):
    """Draw the weights that are all alike, such as zeros, among which lost ones would not show."""
    stream = numpy.random.RandomState(SEED + 1)
    for layer in model.layers:
        guarded(lambda: fill_layer(layer, stream, is_constant), None)


def is_constant(array):
    return array.size > 0 and bool((array == array.flat[0]).all())


def make_repeatable(framework):
    """Make initialisers draw the same numbers in every run."""
    numpy.random.seed(SEED)
    utils = framework.keras.utils
    if hasattr(utils, "set_random_seed"):
        utils.set_random_seed(SEED)
    elif framework.tensorflow is not None:
        seed = getattr(framework.tensorflow.random, "set_seed", None)
        if seed is not None:
            seed(SEED)
