"""Adopt a user's file: load it, and take its outputs as what other loaders are compared with.

Owns which way of loading is trusted. The user's own classes are passed first, because a class that
Keras finds by itself may be another one; a way that gives the outputs that the user expects wins;
a way that leaves weights at random is none.
"""

import os
import shutil

from crossload_probe.checks import comparing, results
from crossload_probe.formats import writing
from crossload_probe.jobs import loading
from crossload_probe.subjects import data, expecting, stored_training, training_data
from crossload_probe.subjects.loading import load_copy, ways
from crossload_probe.subjects.observing import guarded, nothing_known

# Outputs this far apart are still those of the same model.
AGREES = 1e-3
GIVEN_CODE = "custom-objects"


class WeightsAtRandom(Exception):
    """Loading a file twice gives two models."""


def adopt(subject, job, folder, clock):
    """(expectation, payload's name) of the user's file as this environment loads it.

    Raises the error of the first way of loading where none works.
    """
    name = keep_payload(subject, folder)
    kind = writing.base(job["format"])
    given = data.given(subject.folder)
    if kind == "export":
        return adopt_signature(subject, folder, given, clock), name
    subject.register(os.path.join(subject.folder, "payload", name))
    job = dict(job, kind=kind)
    first = fallback = None
    for way in sorted(ways(subject, kind), key=lambda one: one != GIVEN_CODE):
        try:
            expectation, outputs = adopt_by(subject, job, folder, given, clock, way)
        except Exception as error:
            first = first or error
            continue
        if are_alike(job, expectation, outputs, expectation["outputs"]):
            return expectation, name
        fallback = fallback or expectation
    if fallback is None:
        raise first
    return fallback, name


def are_alike(job, expectation, found, wanted):
    """Whether outputs are those of one model, which may round in another order."""
    limit = max(AGREES, comparing.tolerance(job, expectation))
    return results.largest_difference(found, wanted)[0] <= limit


def adopt_by(subject, job, folder, given, clock, way):
    """(expectation, outputs) of the user's file as one way loads it; raises what loading raises."""
    framework, model = load_copy(subject, job, subject.folder, folder, way)
    clock.stop("load:" + way)
    expectation, outputs = expecting.expect(framework, model, given, clock, way)
    (name,) = os.listdir(os.path.join(subject.folder, "payload"))
    original = os.path.join(subject.folder, "payload", name)
    expectation["held"] = stored_training.held(subject.framework, job["kind"], original)
    second = load_twice(subject, job, folder, expectation, outputs)
    guarded(lambda: learn(subject, job, folder, expectation, second), None)
    clock.stop("step")
    return expectation, outputs


def load_twice(subject, job, folder, expectation, outputs):
    """The (framework, model) of a second load.

    Raises:
        WeightsAtRandom: its outputs are not those of the first one.
    """
    framework, model = load_copy(subject, job, subject.folder, folder, expectation["way"])
    again = framework.predict(model, expectation["inputs"])
    if not are_alike(job, expectation, again, outputs):
        raise WeightsAtRandom(
            "loading it twice gives different outputs: not all weights come from the file"
        )
    return framework, model


def learn(subject, job, folder, expectation, second):
    """Find by that load what the model can be trained on, and train a third one on it."""
    inputs = expectation["inputs"]
    kind = training_data.kind_of_targets(*second, inputs, expectation["outputs"])
    if kind is not None:
        framework, model = load_copy(subject, job, subject.folder, folder, expectation["way"])
        framework.predict(model, inputs)
        expecting.train_on(framework, model, expectation, kind)


def adopt_signature(subject, folder, given, clock):
    """The expectation of a SavedModel without Keras: the outputs of its signature."""
    path = loading.copy_payload(subject.folder, folder)
    names, inputs, named = data.feed_signature(subject.framework, path, given)
    clock.stop("predict")
    ends = {"inputs": names, "outputs": sorted(named)}
    outputs = [named[name] for name in ends["outputs"]]
    expectation = nothing_known()
    expectation.update(inputs=inputs, ends=ends, noise=0.0, way="serving")
    expectation["outputs"] = data.expected_outputs(given, outputs, ends)
    expectation["saver"] = subject.framework.versions()
    return expectation


def keep_payload(subject, folder):
    """Copy the user's file into the bundle; returns its name."""
    target = os.path.join(folder, "bundle", "payload")
    os.rmdir(target)
    shutil.copytree(os.path.join(subject.folder, "payload"), target, copy_function=shutil.copyfile)
    (name,) = os.listdir(target)
    for inner, _, _ in os.walk(target):  # folders keep the modes of their originals
        os.chmod(inner, 0o755)
    return name
