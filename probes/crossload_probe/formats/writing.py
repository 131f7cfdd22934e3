"""What each format is called on disk, what it holds, and how each version of Keras writes it.

Owns the names of payloads and the calls that write them. A format with an option
(`h5+no-optimizer`) is the same call with one more argument.
"""

import os

from crossload_probe.frameworks import accepts

PAYLOADS = {
    "h5": "model.h5",
    "h5+no-optimizer": "model.h5",
    "h5+save-format": "model",
    "savedmodel": "model",
    "savedmodel+no-optimizer": "model",
    "savedmodel+save-format": "model.h5",
    "keras": "model.keras",
    "weights-h5": "model.weights.h5",
    "weights-tf": "weights",
    "json+weights": "model",
    "export": "model",
}
OPTIONS = {
    "h5+no-optimizer": {"include_optimizer": False},
    "h5+save-format": {"save_format": "h5"},
    "savedmodel+no-optimizer": {"include_optimizer": False},
}
# Files in a payload that is a folder.
CHECKPOINT = "weights"
ARCHITECTURE = "architecture.json"
WEIGHTS = "model.weights.h5"
GRAPH = "saved_model.pb"

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
# Formats of a whole model as Keras itself loads it.
WHOLE = ("h5", "keras", "savedmodel")


class NotWritten(Exception):
    """The framework raised no error, but did not write that format."""


def base(file_format):
    """The format without its option; the `+` of `json+weights` is none."""
    return file_format if file_format == "json+weights" else file_format.split("+")[0]


def holds_compile_state(file_format):
    """Whether a file of this format can hold loss, optimizer and its slots."""
    return base(file_format) in WHOLE and not file_format.endswith("+no-optimizer")


def write(framework, model, file_format, path):
    """Save in that format; raises what the framework raises, or `NotWritten` if it is silent."""
    kind = base(file_format)
    if kind == "savedmodel":
        write_savedmodel(framework, model, file_format, path)
    elif kind == "weights-h5":
        model.save_weights(path)
    elif kind == "weights-tf":
        write_checkpoint(model, path)
    elif kind == "json+weights":
        write_json(model, path)
    elif kind == "export":
        write_export(model, path)
    elif kind == "keras" and not knows_keras_suffix(framework):
        raise NotWritten("this Keras does not know the suffix .keras, it would write plain HDF5")
    else:
        model.save(path, **OPTIONS.get(file_format, {}))
    check_written(kind, path)


def write_savedmodel(framework, model, file_format, path):
    options = OPTIONS.get(file_format, {})
    if framework.is_keras3:
        if file_format == "savedmodel+save-format":
            options = {"save_format": "tf"}
        model.save(path, **options)  # refuses a path without a suffix with its own error
    elif accepts(type(model).save, "save_format"):
        model.save(path, save_format="tf", **options)
    else:
        raise NotWritten("this Keras saves HDF5 only")


def write_checkpoint(model, path):
    os.makedirs(path)
    model.save_weights(os.path.join(path, CHECKPOINT), save_format="tf")


def write_json(model, path):
    os.makedirs(path)
    text = model.to_json()
    with open(os.path.join(path, ARCHITECTURE), "w", encoding="utf-8") as stream:
        stream.write(text)
    model.save_weights(os.path.join(path, WEIGHTS))


def write_export(model, path):
    if not hasattr(model, "export"):
        raise NotWritten("this Keras has no model.export")
    model.export(path)


def knows_keras_suffix(framework):
    """Standalone Keras before 2.4 writes HDF5 under any name."""
    return framework.api != "keras" or framework.keras_version >= (2, 4)


def check_written(kind, path):
    """Raise `NotWritten` if the file is missing or in another format."""
    if kind in ("savedmodel", "export"):
        if is_hdf5(path):
            raise NotWritten("saving raised nothing, but wrote HDF5: the file's name won")
        marker = os.path.join(path, GRAPH)
    elif kind == "weights-tf":
        marker = os.path.join(path, CHECKPOINT + ".index")
    elif kind == "json+weights":
        marker = os.path.join(path, WEIGHTS)
    else:
        marker = path
    if not os.path.isfile(marker):
        raise NotWritten("saving raised nothing, but wrote no {}".format(os.path.basename(marker)))


def is_hdf5(path):
    """Whether there is a file with the signature of HDF5."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as stream:
        return stream.read(len(HDF5_MAGIC)) == HDF5_MAGIC
