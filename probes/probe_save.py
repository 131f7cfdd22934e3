"""Build a reference model, save it as its framework does, and write down what it was.

Owns the way each era writes each format, and the bundle: `payload/<file or folder>` beside
`expected.npz` and `expected.json`. The expectation is read by `probe_expectation`.
"""

import os
import time

import probe_checks
import probe_compiled
import probe_expectation
import probe_samples
import probe_structure
from probe_frameworks import accepts

PAYLOADS = {
    "h5": "model.h5",
    "keras": "model.keras",
    "savedmodel": "model",
    "weights-h5": "model.weights.h5",
}
STEPS_AFTER = 2


class NotWritten(Exception):
    """This framework does not write that format, although it did not say so itself."""


def run(framework, job, folder, report):
    """Do a save job: fill `report`, leave the bundle in `folder`; raises what the framework does."""
    name, seconds = job["model"], report["seconds"]
    bundle = os.path.join(folder, "bundle")
    payload = os.path.join(bundle, "payload", PAYLOADS[job["format"]])
    os.makedirs(os.path.dirname(payload))

    # A fresh model for each format: in Keras 3 one save can change what the next one writes.
    clock = Clock(seconds)
    model = probe_samples.build(framework, name)
    clock.stop("build")
    compiled = getattr(model, "optimizer", None) is not None
    if compiled:
        probe_samples.train(framework, model, name, probe_samples.TRAINED_STEPS)
    clock.stop("train")
    inputs = probe_samples.make_inputs(name)
    outputs = framework.predict(model, inputs)
    noise = probe_checks.largest_difference(framework.predict(model, inputs), outputs)[0]
    clock.stop("predict")
    write_model(framework, model, job["format"], payload)
    clock.stop("save")
    expectation = observe(framework, model, inputs, outputs)
    expectation["noise"] = noise
    if compiled:
        expectation["losses"] = probe_samples.train(framework, model, name, STEPS_AFTER)
    clock.stop("step")
    expectation["saver"] = framework.versions()
    probe_expectation.write(bundle, expectation)
    report.update(noise=noise, payload=PAYLOADS[job["format"]])


class Clock(object):
    """Names the time since the last stop."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.last = time.time()

    def stop(self, step):
        now = time.time()
        self.seconds[step] = round(now - self.last, 4)
        self.last = now


def observe(framework, model, inputs, outputs):
    """What a loader must find again: structure, weights, compile state, optimizer state."""
    optimizer = probe_compiled.optimizer_state(framework, model)
    expectation = {
        "inputs": inputs,
        "outputs": outputs,
        "weights": probe_structure.layer_weights(model),
        "slots": optimizer.pop("slots") if optimizer else [],
        "optimizer": optimizer,
        "compile": probe_compiled.compile_state(model),
        "structure": probe_structure.summarise(model),
        "ends": probe_structure.end_names(model),
        "losses": [],
    }
    return expectation


def write_model(framework, model, file_format, path):
    """Save in that format, or raise."""
    if file_format == "weights-h5":
        model.save_weights(path)
    elif file_format == "savedmodel":
        write_savedmodel(framework, model, path)
    elif file_format == "keras" and not knows_keras_suffix(framework):
        raise NotWritten("this Keras does not know the suffix .keras, it would write plain HDF5")
    else:
        model.save(path)
    check_written(file_format, path)


def write_savedmodel(framework, model, path):
    if framework.is_keras3:
        model.save(path)  # refuses a path without a suffix, in its own words
    elif accepts(type(model).save, "save_format"):
        model.save(path, save_format="tf")
    else:
        raise NotWritten("this Keras saves HDF5 only")


def knows_keras_suffix(framework):
    """Standalone Keras before 2.4 writes HDF5 under whatever name it is given."""
    return framework.api != "keras" or framework.keras_version >= (2, 4)


def check_written(file_format, path):
    """Refuse what a framework only seemed to write."""
    marker = os.path.join(path, "saved_model.pb") if file_format == "savedmodel" else path
    if not os.path.isfile(marker):
        raise NotWritten("saving raised nothing, but wrote no {}".format(os.path.basename(marker)))
