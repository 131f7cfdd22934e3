"""Build a reference model, save it as its framework does, and record what it was.

Owns the order of a save job, and the bundle: `payload/<file or folder>` beside `expected.npz` and
`expected.json`.
"""

import os
import time

from crossload_probe.checks import (
    expectations,
    holdings,
    layer_outputs,
    noise,
    structure,
    training,
    usage,
)
from crossload_probe.formats import writing
from crossload_probe.models import samples

STEPS_AFTER = 2


def save(framework, job, folder, report):
    """Do a save job: fill `report` and the bundle in `folder`; raises the framework's errors."""
    name, seconds = job["model"], report["seconds"]
    bundle = os.path.join(folder, "bundle")
    payload = os.path.join(bundle, "payload", writing.PAYLOADS[job["format"]])
    os.makedirs(os.path.dirname(payload))

    # A fresh model for each format: in Keras 3 a save can change what the next one writes.
    clock = Clock(seconds)
    model = samples.build(framework, name)
    clock.stop("build")
    compiled = getattr(model, "optimizer", None) is not None
    if compiled:
        samples.train(framework, model, name, samples.TRAINED_STEPS)
    clock.stop("train")
    inputs = samples.make_inputs(name)
    outputs = framework.predict(model, inputs)
    clock.stop("predict")
    writing.write(framework, model, job["format"], payload)
    clock.stop("save")
    expectation = observe(framework, model, inputs, outputs)
    expectation["noise"] = noise.floor(framework, model, inputs, outputs)
    usage.record_predict(framework, model, expectation)
    clock.stop("observe")
    if compiled and writing.holds_compile_state(job["format"]):
        usage.record_metrics(framework, model, expectation, samples.make_targets(name))
        expectation["losses"] = samples.train(framework, model, name, STEPS_AFTER)
    clock.stop("step")
    expectation["saver"] = framework.versions()
    expectations.write(bundle, expectation)
    report.update(
        noise=expectation["noise"],
        payload=writing.PAYLOADS[job["format"]],
        holds=expectation["holds"],
    )


class Clock(object):
    """Records the time of each step."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.last = time.time()

    def stop(self, step):
        now = time.time()
        self.seconds[step] = round(now - self.last, 4)
        self.last = now


def observe(framework, model, inputs, outputs):
    """What a loader must find: structure, weights, compile state, optimizer state."""
    optimizer = training.optimizer_state(framework, model)
    layer_names, layers = layer_outputs.record(framework, model, inputs)
    expectation = {
        "inputs": inputs,
        "outputs": outputs,
        "layers": layer_outputs.compact(layers),
        "layer_names": layer_names,
        "weights": structure.layer_weights(model),
        "slots": optimizer.pop("slots") if optimizer else [],
        "optimizer": optimizer,
        "compile": training.compile_state(model),
        "structure": structure.summarise(model),
        "ends": structure.end_names(model),
        "holds": holdings.describe(model),
        "losses": [],
    }
    return expectation
