"""Read a model from a payload through Keras' own functions, by one of the strategies.

Owns what each strategy passes to Keras, what it gives up where that is refused (its concessions),
and the Keras 2 that may be installed beside Keras 3.
"""

import contextlib
import os
import sys

from crossload_probe.formats import writing
from crossload_probe.frameworks import Framework
from crossload_probe.models import registry, samples

NO_COMPILE = "no-compile"
SCOPE = "custom-object-scope"
UNSAFE = "unsafe"


def read(framework, job, path):
    """(model, concessions) by the job's strategy; raises what the framework raises."""
    strategy = job["strategy"]
    if job["kind"] in ("weights-h5", "weights-tf"):
        model = samples.build(framework, job["model"], samples.REBUILD_SEED)
        inner = os.path.join(path, writing.CHECKPOINT)
        model.load_weights(inner if job["kind"] == "weights-tf" else path)
        return model, []

    def load(**options):
        if job["kind"] == "json+weights":
            return load_json(framework, path, **options)
        return framework.load_model(path, **options)

    if strategy == "plain":
        return load(), []
    if strategy == "no-compile":
        return load(compile=False), []
    if strategy not in ("custom-objects", "unsafe", "legacy"):
        raise ValueError("unknown strategy {!r}".format(strategy))
    custom_objects = registry.find(job["model"]).custom_objects(framework.keras)
    return load_conceding(framework, load, strategy, custom_objects)


def load_conceding(framework, load, strategy, custom_objects):
    """(model, concessions): as asked, else with one concession after the other.

    Keras 3.0 to 3.2 ignore every option for an HDF5 file, `custom_objects` too; a scope works
    there. tf-keras may run the code in a file only if it refuses the file otherwise.
    """
    ways = [[], [NO_COMPILE]]
    if strategy == "legacy":
        ways += [[UNSAFE], [NO_COMPILE, UNSAFE]]
    elif custom_objects:
        ways = [[], [SCOPE], [NO_COMPILE], [NO_COMPILE, SCOPE]]
    for number, concessions in enumerate(ways):
        given = {"custom_objects": custom_objects}
        if strategy == "unsafe" or UNSAFE in concessions:
            given["safe_mode"] = False
        if NO_COMPILE in concessions:
            given["compile"] = False
        try:
            if SCOPE in concessions:
                with framework.keras.utils.custom_object_scope(custom_objects):
                    return load(**given), concessions
            return load(**given), concessions
        except Exception:
            if number == len(ways) - 1:
                raise
            framework.clear()


def load_json(framework, path, custom_objects=None, safe_mode=True, compile=True):
    """A model from its architecture in JSON and its weights; never compiled."""
    with open(os.path.join(path, writing.ARCHITECTURE), encoding="utf-8") as stream:
        text = stream.read()
    with unsafe_scope(framework, not safe_mode):
        model = framework.keras.models.model_from_json(text, custom_objects or None)
    model.load_weights(os.path.join(path, writing.WEIGHTS))
    return model


@contextlib.contextmanager
def unsafe_scope(framework, wanted):
    """Let the code in a file run; a Keras without such a switch always does.

    The public switch cannot be turned off again, so this uses Keras' own scope.
    """
    layers = sys.modules[framework.keras.layers.deserialize.__module__]
    scope = getattr(getattr(layers, "serialization_lib", None), "SafeModeScope", None)
    if wanted and scope is not None:
        with scope(False):
            yield
    else:
        yield


def legacy(framework):
    """tf-keras as a second framework beside the Keras of this process."""
    import tensorflow
    import tf_keras

    beside = Framework("tf_keras", "tensorflow", tf_keras, tensorflow)
    beside.clear()
    framework.undo_at_clear(beside.clear)
    return beside
