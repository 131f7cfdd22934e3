"""Find the architecture in a model file, and build that model with another Keras.

Owns where each format keeps Keras' description of the model, the attempt to let this Keras read it
unchanged, and when that attempt would be wrong or endless. `translate.assembly` translates a
description; weights are assigned by `translate.weights`.
"""

import collections
import json
import os
import zipfile

from crossload_probe.formats import writing
from crossload_probe.formats.safe_mode import unsafe_scope
from crossload_probe.translate import (
    assembly,
    containers,
    learned,
    plain,
    saved_objects,
    saved_tables,
    slopes,
    traps,
    vocabularies,
    weights,
)
from crossload_probe.translate.messages import Damaged
from crossload_probe.translate.plain import NotTranslated

OLDEST = (2, 0)  # the first Keras that is built for
CONFIG, METADATA = "config.json", "metadata.json"
# What Keras 2 writes for a class without `get_config`.
UNDESCRIBED = "layer was saved without config"
# How a model was trained is not part of its architecture.
TRAINING = ("compile_config", "training_config")
KEPT = ("class_name", "config", "keras_version", "build_input_shape", "training_config")

# A model, the changes to its description, what of it was lost, and a function to call with the
# model once it has the weights of the file.
Built = collections.namedtuple("Built", "model changes lost finish")


class NoArchitecture(Exception):
    """The file holds no description of a model."""


def read(kind, path):
    """The description of the model in a payload: "class_name", "config" and what Keras adds.

    "keras_version" is always present: the version in the file, or None.

    Args:
        kind: "h5", "keras", "savedmodel" or "json+weights".
        path: the payload, a file or a folder.

    Raises:
        NoArchitecture: there is none; the message says why.
    """
    if kind == "savedmodel":
        return checked(read_savedmodel(path))
    if kind == "json+weights":
        with open(os.path.join(path, writing.ARCHITECTURE), encoding="utf-8") as stream:
            return checked(parse(stream.read()))
    if kind not in ("h5", "keras"):
        raise NoArchitecture("a file of the format {} holds no architecture".format(kind))
    if writing.is_hdf5(path):
        return checked(read_hdf5(path))
    return checked(read_zip(path))


def read_container(container):
    """The same of a `containers.Container`."""
    if container.description is None:
        return read(container.kind, container.path)
    with open(container.description, encoding="utf-8") as stream:
        return checked(parse(stream.read()))


def checked(found):
    """A description with its version, checked to describe a model."""
    config = found.get("config")
    if not isinstance(found.get("class_name"), str) or not isinstance(config, (dict, list)):
        raise NoArchitecture("what the file holds of the architecture names no class and no layers")
    if (
        isinstance(config, dict)
        and "layers" not in config
        and (not config or UNDESCRIBED in config)
    ):
        raise NoArchitecture(
            "the model is of the class {}, whose layers only its code knows".format(
                found["class_name"]
            )
        )
    found.setdefault("keras_version", None)
    return found


def parse(text):
    """Keras' JSON, text or bytes, as a dict."""
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    try:
        found = json.loads(str(text))
    except ValueError:
        raise NoArchitecture("the description of the model in the file is no JSON")
    if not isinstance(found, dict):
        raise NoArchitecture("the description of the model in the file is no object")
    return found


def read_hdf5(path):
    import h5py

    with h5py.File(path, "r") as file:
        if "model_config" not in file.attrs:
            raise NoArchitecture("the file holds weights alone, and no architecture")
        found = parse(file.attrs["model_config"])
        version = file.attrs.get("keras_version")
        if version is None and "model_weights" in file:
            version = file["model_weights"].attrs.get("keras_version")
        backend = weights.backend_of(file)
        if backend is not None:
            found["backend"] = backend
        if "training_config" in file.attrs:
            found["training_config"] = parse(file.attrs["training_config"])
    if isinstance(version, bytes):
        version = version.decode("utf-8")
    found["keras_version"] = None if version is None else str(version)
    return found


def read_zip(path):
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if CONFIG not in names:
                raise NoArchitecture("there is no {} in the file".format(CONFIG))
            found = parse(archive.read(CONFIG))
            vocabularies.give(found, archive)
            if METADATA in names:
                found["keras_version"] = parse(archive.read(METADATA)).get("keras_version")
    except (zipfile.BadZipFile, OSError):
        raise NoArchitecture("the file is neither HDF5 nor a zip archive")
    return found


def read_savedmodel(path):
    """The first node that Keras describes, which is the model; its layers follow."""
    try:
        bodies = [body for _, body in saved_objects.metadata(path)]
    except Damaged as error:
        raise NoArchitecture("the description of the model cannot be read: {}".format(error))
    if not bodies:
        raise NoArchitecture("the graph is there without Keras' description of the model")
    node = parse(bodies[0])
    inner = node.get("model_config")
    config = node.get("config")
    if not (isinstance(config, dict) and "layers" in config) and isinstance(inner, dict):
        outer = {key: node[key] for key in ("keras_version", "build_input_shape") if node.get(key)}
        node = dict(inner, **outer)
    found = {key: value for key, value in node.items() if key in KEPT}
    if plain.is_object(found) and plain.is_container(found):
        saved_tables.give(found, path, os.path.join(path, containers.VARIABLES))
    return found


def build(framework, architecture, custom_objects, unsafe=False, as_is=True):
    """The model of a description as `Built`: uncompiled, with fresh weights.

    Args:
        framework: `frameworks.Framework`.
        architecture: what `read` returned.
        custom_objects: classes and functions by their names in the description.
        unsafe: run the byte code of Lambda layers in the description.
        as_is: let this Keras read the description first; it is translated if this is false, if
            Keras raises, or if Keras is known to read it wrongly.

    Raises:
        NotTranslated: something in it, named in the message, has no counterpart here.
        Exception: what this Keras raised when the translated layers were put together.
    """
    if framework.keras_version < OLDEST:
        raise NotTranslated("Keras before 2.0 is not supported as the loader")
    architecture = {key: value for key, value in architecture.items() if key not in TRAINING}
    as_is = as_is and not any(learned.lacks_vocabulary(item) for item in plain.walk(architecture))
    trap = traps.find_trap(framework, architecture)
    if as_is and trap is None:
        try:
            model = build_as_is(framework, architecture, custom_objects, unsafe)
        except Exception:
            framework.clear()
        else:
            if is_built(model):
                return Built(model, [], [], lambda filled: None)
            framework.clear()
    changes = plain.Changes()
    if trap is not None:
        changes.note("built layer by layer, because {}".format(trap))
    with unsafe_scope(framework, unsafe), framework.keras.utils.custom_object_scope(custom_objects):
        model = assembly.build(framework, architecture, custom_objects, changes, unsafe)
    return Built(model, changes.texts(), changes.lost, finisher(framework, architecture))


def finisher(framework, architecture):
    """What to do with a translated model once it has its weights."""
    from_keras3 = plain.wrote_keras3(architecture)
    if from_keras3 == framework.is_keras3:
        return lambda model: None
    factor = slopes.ratio(from_keras3)
    return lambda model: slopes.scale(framework.keras, model, factor)


def build_as_is(framework, architecture, custom_objects, unsafe):
    """The model as this Keras reads the description, from a copy, since Keras takes it apart."""
    given = json.loads(json.dumps(architecture))
    version = given.pop("keras_version", None)
    keras = framework.keras
    with unsafe_scope(framework, unsafe), keras.utils.custom_object_scope(custom_objects):
        if not framework.is_keras3 or "module" in given:
            text = json.dumps(dict(given, keras_version=version))
            return keras.models.model_from_json(text, custom_objects or None)
        known = {"Sequential": keras.Sequential, "Functional": keras.Model, "Model": keras.Model}
        owner = custom_objects.get(given["class_name"]) or known[given["class_name"]]
        return owner.from_config(given["config"], custom_objects=custom_objects or None)


def is_built(model):
    """Whether the model has weights; a Sequential without an input shape has none yet."""
    try:
        model.count_params()
        return bool(model.layers)
    except (ValueError, AttributeError):
        return False
