"""The expectation of a user's model that was loaded or built: what loaders are compared with.

Owns its contents. How the model is fed is in `subjects.data`, which loads are trusted in
`subjects.adopting`.
"""

from crossload_probe.checks import noise, usage
from crossload_probe.subjects import data, training_data
from crossload_probe.subjects.observing import losses_of, observe


def expect(framework, model, given, clock, way):
    """(expectation, its own outputs) of a model; with `--outputs` the expected ones differ."""
    inputs, outputs = data.feed(framework, model, given)
    clock.stop("predict")
    expectation = observe(framework, model, inputs, outputs)
    expectation["noise"] = noise.floor(framework, model, inputs, outputs)
    expectation["saver"] = framework.versions()
    expectation["way"] = way
    usage.record_predict(framework, model, expectation)
    expectation["outputs"] = data.expected_outputs(given, outputs, expectation["ends"])
    clock.stop("observe")
    return expectation, outputs


def train_on(framework, model, expectation, kind):
    """Record the losses of the next steps, from the state in which the model was saved."""
    targets = training_data.targets(kind, expectation["outputs"])
    expectation["targets"] = kind
    judged = training_data.half_right(kind, expectation["outputs"])
    usage.record_metrics(framework, model, expectation, judged)
    expectation["losses"] = losses_of(framework, model, expectation["inputs"], targets)
