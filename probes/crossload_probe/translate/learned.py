"""Put what preprocessing layers learned, and keep as weights, into the description of the layers.

Owns the boundaries of Discretization and the weights of TF-IDF. As arguments, every Keras accepts
them; as weights, their shapes depend on the data. SavedModels are left to `translate.saved_tables`.
"""

import numpy

from crossload_probe.formats import arrays, writing
from crossload_probe.formats.trees import snake
from crossload_probe.translate import containers, tables
from crossload_probe.translate.plain import NotTranslated, options_of, walk

DISCRETIZATION = "Discretization"
SUMMARY, IDF = "summary", "idf_weights"
WEIGHTED = ("tf_idf", "tf-idf")  # what the output modes are called


def give(description, container):
    """Give each such layer what it learned; changes the description.

    Returns:
        Whether there are such layers, so that what the file holds may be no weights here.
    """
    wanted = [item for item in walk(description) if lacks_boundaries(item) or lacks_weights(item)]
    if not wanted or not containers.is_file_of_weights(container):
        return False
    with containers.weights_file(container) as path:
        groups = arrays.read_hdf5(path) if writing.is_hdf5(path) else []
    for kind in {item["class_name"] for item in wanted}:
        same = [item for item in walk(description) if item["class_name"] == kind]
        for number, item in enumerate(same):
            if any(item is one for one in wanted):
                fill(item, entries_of(groups, item, number))
    return True


def lacks_boundaries(item):
    config = options_of(item)
    given = config.get("bin_boundaries") or config.get("bins")
    return item["class_name"] == DISCRETIZATION and not given


def lacks_vocabulary(item):
    return item["class_name"] in tables.VOCABULARIES and not options_of(item).get("vocabulary")


def lacks_weights(item):
    config = options_of(item)
    return config.get("output_mode") in WEIGHTED and not config.get(IDF)


def entries_of(groups, item, number):
    """[(name, array)] of a layer: by its name, else by its class and place among those."""
    key = snake(item["class_name"])
    names = [options_of(item).get("name"), "{}_{}".format(key, number) if number else key]
    found = dict(groups)
    return next((found[name] for name in names if name in found), [])


def fill(item, entries):
    config = item["config"]
    for name, array in entries:
        if lacks_boundaries(item) and array.ndim == 2 and len(array) == 2:
            set_boundaries(config, array)
        elif lacks_weights(item) and name.split("/")[-1].split(":")[0] == IDF:
            if len(config.get("vocabulary") or ()) == len(array):
                config[IDF] = [float(one) for one in array]


def set_boundaries(config, summary):
    """The argument that stands for a summary of what a Discretization has seen, and the number."""
    count = config.pop("num_bins", None)
    config["bin_boundaries"] = boundaries(summary, count) if count else []


def boundaries(summary, count):
    """Where the bins begin, as Keras computes it from the values and their weights."""
    share = 1.0 / count
    if summary.shape[1] * share >= 1:
        shares = share + numpy.arange(0.0, 1.0, share)
        weights = summary[1].cumsum()
        summary = [numpy.interp(shares, weights / weights[-1], summary[0]).astype("float32")]
    return [float(one) for one in summary[0][:-1]]


def check(name, config):
    """Raise `NotTranslated` for a preprocessing layer whose file does not hold what it learned."""
    missing = None
    item = {"class_name": name, "config": config}
    if lacks_vocabulary(item):
        missing = "vocabulary"
    elif lacks_boundaries(item):
        missing = "boundaries"
    if missing is not None:
        text = "the {} of the {} layer {!r} is not in the description of the model"
        text = text.replace("is not", "are not") if missing.endswith("s") else text
        raise NotTranslated(text.format(missing, name, config.get("name")))
