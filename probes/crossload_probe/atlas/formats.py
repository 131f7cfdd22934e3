"""Which file formats a framework writes and reads, found by writing and reading a tiny model.

Owns the formats in the atlas. A format is named by its content on disk (hdf5, zip, savedmodel,
weights-hdf5, checkpoint), not by its suffix.
"""

import inspect
import os
import shutil
import sys
import tempfile
import warnings

from crossload_probe.atlas import classes

SUFFIXES = (".h5", ".hdf5", ".keras", ".tf", "")
WEIGHTS_SUFFIXES = (".weights.h5", ".h5", "", ".ckpt")
# What some versions write only when asked: container, `save_format`, file name.
ASKED_FOR = (("savedmodel", "tf", "asked-for"), ("zip", "keras_v3", "asked-for.keras"))
MAGIC = ((b"\x89HDF", "hdf5"), (b"PK\x03\x04", "zip"))
# Within a group, byte code that one Python marshalled can be loaded by another.
BYTE_CODE_GROUPS = (
    ((3, 6), (3, 7), "3.6-3.7"),
    ((3, 8), (3, 10), "3.8-3.10"),
    ((3, 11), (3, 12), "3.11-3.12"),
)


def formats(framework):
    """{"writes", "reads", "weights", "load_arguments", ...}; see each function."""
    folder = tempfile.mkdtemp(prefix="crossload-atlas-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            writes, files = written(framework, folder)
            return {
                "writes": writes,
                "reads": readable(framework, folder, files),
                "weights": weights(framework, folder),
                "load_arguments": parameters(framework.keras.models.load_model),
                "save_arguments": parameters(framework.keras.models.Model.save),
                "functions": functions(framework),
                "byte_code": byte_code(),
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tiny(framework):
    keras = framework.keras
    layer = keras.layers.Input(shape=(2,))
    model = keras.models.Model(layer, keras.layers.Dense(2)(layer))
    return model


def written(framework, folder):
    """{suffix: container or error type} of `model.save`, and {container: path} of what it wrote."""
    writes, files = {}, {}
    for suffix in SUFFIXES:
        path = os.path.join(folder, "model" + suffix)
        try:
            tiny(framework).save(path)
            writes[suffix] = sniff(path)
            files.setdefault(writes[suffix], path)
        except Exception as error:
            writes[suffix] = type(error).__name__
        framework.clear()
    for container, save_format, name in ASKED_FOR:
        if container in files:
            continue
        path = os.path.join(folder, name)
        asked = "save_format={}".format(save_format)
        try:
            tiny(framework).save(path, save_format=save_format)
            writes[asked] = sniff(path)
            files.setdefault(writes[asked], path)
        except Exception as error:
            writes[asked] = type(error).__name__
        framework.clear()
    return writes, files


def readable(framework, folder, files):
    """{"container suffix": whether `load_model` takes it}, for every container written here."""
    answers = {}
    for container in sorted(files):
        for suffix in SUFFIXES:
            path = os.path.join(folder, "read", container + suffix)
            copy_to(files[container], path)
            try:
                framework.keras.models.load_model(path)
                answers["{} {}".format(container, suffix).strip()] = True
            except Exception:
                answers["{} {}".format(container, suffix).strip()] = False
            framework.clear()
    return answers


def weights(framework, folder):
    """{suffix: what `save_weights` writes, or its error type}."""
    answers = {}
    for suffix in WEIGHTS_SUFFIXES:
        place = tempfile.mkdtemp(dir=folder)
        path = os.path.join(place, "only" + suffix)
        try:
            tiny(framework).save_weights(path)
            answers[suffix] = sniff(path) if os.path.exists(path) else "checkpoint"
        except Exception as error:
            answers[suffix] = type(error).__name__
        framework.clear()
    return answers


def copy_to(source, target):
    if os.path.isdir(source):
        shutil.copytree(source, target)
        return
    parent = os.path.dirname(target)
    if not os.path.isdir(parent):
        os.makedirs(parent)
    shutil.copyfile(source, target)


def sniff(path):
    """The container at a path, by its content."""
    if os.path.isdir(path):
        inside = os.listdir(path)
        return "savedmodel" if "saved_model.pb" in inside else "folder"
    with open(path, "rb") as stream:
        head = stream.read(8)
    for magic, name in MAGIC:
        if head.startswith(magic):
            return name
    return "unknown"


def parameters(function):
    try:
        return sorted(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def functions(framework):
    """Which of the functions that a remedy may need are there."""
    paths = (
        "models.model_from_json", "models.model_from_yaml", "models.Model.export",
        "models.Model.save_weights", "saving.load_model", "config.enable_unsafe_deserialization",
        "layers.TFSMLayer", "saving.KerasFileEditor",
    )  # fmt: skip
    keras = classes.root(framework)
    return [path for path in paths if classes.place(keras, path) is not None]


def byte_code():
    """The group of Pythons whose marshalled functions this one can read."""
    version = tuple(sys.version_info[:2])
    for first, last, name in BYTE_CODE_GROUPS:
        if first <= version <= last:
            return name
    return "{}.{}".format(*version)
