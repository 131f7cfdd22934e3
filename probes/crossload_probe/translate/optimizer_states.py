"""The state of an optimizer as a file holds it: its step counter and its arrays.

Owns where HDF5, `.keras` archives and checkpoints keep them. What the arrays are is decided in
`translate.optimizer_slots`.
"""

import collections
import re

import numpy

from crossload_probe.formats import trees
from crossload_probe.formats.arrays import CHECKPOINT_SUFFIX, natural, text
from crossload_probe.translate import containers, loss_scaling, saved_objects

# iterations: the step counter, or None. rate: the learning rate where it is stored beside that, or
# None. entries: [(name or "", array)] without the scalars, in stored order. whole: the same with
# them, for weights that are scalars; the counter and the rate come first. keyed: [(legacy name of
# the slot, the weight's value, its number among the objects or None, array)] of checkpoints that
# store slots beside their weights.
# reached: `loss_scaling.Reached`, or None. places: {id of a weight of the model: its number}, which
# the caller may add.
State = collections.namedtuple("State", "iterations rate entries whole keyed reached places")

LEGACY_GROUP = "optimizer_weights"
COUNTERS = ("iter", "iteration", "iterations")
BESIDE = re.compile(r"^(.*)/\.OPTIMIZER_SLOT/optimizer/([^/]+)$")
LISTED = re.compile(r"^optimizer/_variables/\d+$")
COUNTED = ("optimizer/iter", "optimizer/_iterations")
SCALE = tuple("optimizer/loss_scale/" + name for name in ("current_loss_scale", "good_steps"))


def read(framework, container):
    """The `State` in a `containers.Container`; None where it holds none, or that of no step."""
    state = find(framework, container)
    untouched = state is not None and not (state.iterations or state.entries or state.keyed)
    return None if untouched and state.rate is None else state


def find(framework, container):
    if container.kind == "savedmodel":
        return in_checkpoint(saved_objects.read(container.path, container.weights))
    if container.kind not in ("h5", "keras"):
        return None
    import h5py

    with containers.weights_file(container) as path, h5py.File(path, "r") as file:
        entries = in_group(file) if LEGACY_GROUP in file else in_tree(file)
    return of_entries(entries)


def in_group(file):
    group = file[LEGACY_GROUP]
    names = [text(name) for name in group.attrs["weight_names"]]
    return [(name, numpy.asarray(group[name])) for name in names]


def in_tree(file):
    """The variables of a tree have numbers for names."""
    found = {}

    def visit(path, item):
        parts = trees.SEPARATOR.split(path)
        is_state = parts[0] in trees.OPTIMIZERS and parts[1:-1] == [trees.ARRAYS]
        if is_state and hasattr(item, "shape"):
            found[parts[-1]] = numpy.asarray(item)

    file.visititems(visit)
    return [("", found[key]) for key in sorted(found, key=natural)]


def of_entries(entries):
    if not entries:
        return None
    entries, reached = loss_scaling.split(entries)
    counters = [array for name, array in entries if is_counter(name, array)]
    arrays = [(name, array) for name, array in entries if array.ndim > 0]
    second = entries[1][1] if counters and len(entries) > 1 else numpy.zeros(1)
    rate = float(second) if second.ndim == 0 and second.dtype.kind == "f" else None
    return State(int(counters[0]) if counters else None, rate, arrays, entries, [], reached, None)


def is_counter(name, array):
    known = not name or name.split("/")[-1].split(":")[0] in COUNTERS
    return array.ndim == 0 and array.dtype.kind in "iu" and known


def in_checkpoint(objects):
    reader = objects.reader
    keys = [key for key in reader.get_variable_to_shape_map() if key.endswith(CHECKPOINT_SUFFIX)]
    keys = {key[: -len(CHECKPOINT_SUFFIX)]: key for key in keys}
    counters = [reader.get_tensor(keys[name]) for name in COUNTED if name in keys]
    listed = [reader.get_tensor(keys[name]) for name in sorted(keys, key=natural) if listing(name)]
    beside, numbers = [], objects.numbers()
    for name in sorted(keys, key=natural):
        match = BESIDE.match(name)
        if match and match.group(1) in keys:
            weight = keys[match.group(1)]
            found = reader.get_tensor(weight), numbers.get(weight), reader.get_tensor(keys[name])
            beside.append((match.group(2),) + found)
    if not counters:
        return None
    whole = [("", array) for array in listed]
    entries = [(name, array) for name, array in whole if array.ndim > 0]
    reached = None
    if all(name in keys for name in SCALE):
        reached = loss_scaling.Reached(*[reader.get_tensor(keys[name]) for name in SCALE])
    return State(int(counters[0]), None, entries, whole, beside, reached, None)


def listing(name):
    return LISTED.match(name) is not None
