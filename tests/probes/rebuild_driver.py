"""Save reference models in one environment and rebuild them from their files in another.

Run by the interpreter of an environment: `rebuild_driver.py TASK FOLDER FORMAT MODEL...`, where the
task is `save` or `load`. The last line printed is JSON: what became of each model.
"""

import json
import os
import sys

import numpy

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "probes"))

import probe_architecture
import probe_formats
import probe_frameworks
import probe_models
import probe_rebuild
import probe_samples
import probe_structure


def save(framework, folder, file_format, name):
    model = probe_samples.build(framework, name)
    path = os.path.join(folder, name)
    os.makedirs(path)
    outputs = framework.predict(model, probe_samples.make_inputs(name))
    numpy.savez(os.path.join(path, "outputs.npz"), *outputs)
    probe_formats.write(
        framework, model, file_format, os.path.join(path, probe_formats.PAYLOADS[file_format])
    )
    return {}


def load(framework, folder, file_format, name):
    path = os.path.join(folder, name, probe_formats.PAYLOADS[file_format])
    objects = probe_models.find(name).custom_objects(framework.keras)
    found = probe_architecture.read(file_format, path)
    model, changes = probe_architecture.build(framework, found, objects)
    fill(framework, model, file_format, path)
    with numpy.load(os.path.join(folder, name, "outputs.npz")) as stored:
        wanted = [stored[key] for key in stored.files]
    outputs = framework.predict(model, probe_samples.make_inputs(name))
    shapes = [array.shape for array in outputs] == [array.shape for array in wanted]
    far = [float(numpy.max(numpy.abs(a - b))) for a, b in zip(outputs, wanted)] if shapes else []
    return {"difference": max(far) if far else None, "changes": changes}


def fill(framework, model, file_format, path):
    """Weights by the ways that rebuilding from code has, in their order."""
    before = probe_structure.layer_weights(model)
    for way in probe_rebuild.find_ways(file_format, path):
        try:
            way(framework, model, path)
        except Exception as error:
            reason = error
            continue
        if not probe_rebuild.unchanged(before, probe_structure.layer_weights(model)):
            return
        reason = probe_rebuild.NothingLoaded(way.__name__)
    raise reason


def main(task, folder, file_format, *names):
    framework = probe_frameworks.load("tf.keras", "tensorflow")
    answers = {}
    for name in names:
        framework.clear()
        try:
            answers[name] = {"save": save, "load": load}[task](framework, folder, file_format, name)
        except Exception as error:
            answers[name] = {"error": "{}: {}".format(type(error).__name__, error)}
    print(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
