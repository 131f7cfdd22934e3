"""Find the Keras that a program uses, and stand for it without changing anything.

Owns the choice between several: what the user's own classes or model are made of, else what is
imported, else what can be imported. Probes import a Keras by its name instead, in `frameworks`.
"""

import importlib
import os
import sys

from crossload_probe.frameworks import Framework, version_tuple

LEGACY = "TF_USE_LEGACY_KERAS"
KERAS, TF_KERAS, TENSORFLOW = "keras", "tf_keras", "tensorflow"


class NoKeras(Exception):
    """No Keras can be imported here."""


class Guest(Framework):
    """A Keras in a user's process: its session, names and threads are not ours to clear."""

    def clear(self):
        pass

    def use_one_thread(self):
        pass


def find(given=()):
    """The Keras in use as a `Guest`.

    Args:
        given: classes or a model of the user, which say which Keras they belong to.

    Raises:
        NoKeras: none is imported, and none can be.
    """
    name = next((found for found in map(package_of, given) if found), None)
    if name is None:
        name = imported() or importable()
    return guest(name)


def package_of(thing):
    """The Keras that a class or an object descends from; None if it does not."""
    kind = thing if isinstance(thing, type) else type(thing)
    for one in kind.__mro__:
        parts = (one.__module__ or "").split(".")
        if parts[0] in (KERAS, TF_KERAS):
            return parts[0]
        if parts[0] in (TENSORFLOW, "tensorflow_core") and KERAS in parts:
            return TENSORFLOW
    return None


def imported():
    """TensorFlow imports a Keras of its own: tf-keras is there only if somebody asked for it."""
    for name in (TF_KERAS, KERAS, TENSORFLOW):
        if is_imported(name):
            return name
    return None


def is_imported(name):
    module = sys.modules.get(name)
    if name == KERAS and TENSORFLOW in sys.modules and is_legacy():
        return False  # `tf.keras` is tf-keras then, and not imported before it is used
    return module is not None and (name == TENSORFLOW or hasattr(module, "models"))


def is_legacy():
    return os.environ.get(LEGACY, "").lower() in ("1", "true")


def importable():
    reasons = []
    for name in (TENSORFLOW,) if is_legacy() else (KERAS, TENSORFLOW, TF_KERAS):
        try:
            importlib.import_module(name)
        except Exception as error:
            reasons.append("{}: {}".format(name, str(error).strip().split("\n")[-1][:200]))
        else:
            return name
    raise NoKeras("no Keras can be imported here: {}".format("; ".join(reasons)))


def guest(name):
    module = importlib.import_module(name)
    tensorflow = sys.modules.get(TENSORFLOW)
    if name == KERAS and is_of_tensorflow(module):
        name, module = TENSORFLOW, importlib.import_module(TENSORFLOW)
    if name == TENSORFLOW:
        return Guest("tf.keras", TENSORFLOW, module.keras, module)
    backend = backend_of(module)
    if backend == TENSORFLOW and tensorflow is None:
        tensorflow = importlib.import_module(TENSORFLOW)
    return Guest(name, backend, module, tensorflow if backend == TENSORFLOW else None)


def is_of_tensorflow(keras):
    """Keras 2.4 to 2.15 is what `tf.keras` is made of; the others stand alone."""
    version = version_tuple(getattr(keras, "__version__", "2.0"))
    return (2, 4) <= version < (3, 0)


def backend_of(keras):
    for place in (getattr(keras, "config", None), getattr(keras, "backend", None)):
        if hasattr(place, "backend"):
            return place.backend()
    return TENSORFLOW
