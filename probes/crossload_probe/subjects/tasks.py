"""Jobs for a user's model instead of a reference model: adopt it, build it, convert it, load it.

Owns these tasks, and the reference that the model's name then stands for. `subjects.code` runs the
user's code, `subjects.data` feeds the model; loading and comparing are the same as for reference
models.

Contract. `job["subject"]` is a folder: `subject.json` (facts), `payload/` (the user's file or
folder, or the script that builds the model), and, if given, `code.py`, `inputs.npz` and
`outputs.npz`. `job["task"]` says what a save job does:

adopt    load the file, and keep its outputs as the expectation (`subjects.adopting`)
bare     keep the file although no saver could load it: the loaders say why, or are compared with
         the user's outputs where those and the inputs were given
build    build the model by the script, and save it in the job's format
convert  load `job["source"]` (a bundle, in `job["source_format"]`) by `job["strategy"]`, or by the
         first way whose outputs agree, save it in the job's format, keep the source's expectation;
         where that is bare, what was loaded becomes the expectation

The step `load:<strategy>` among the seconds of an answer names the way that was used.
"""

import json
import os

from crossload_probe import feeding
from crossload_probe.checks import comparing, expectations, results
from crossload_probe.formats import own_code, writing
from crossload_probe.jobs import loading
from crossload_probe.jobs.saving import Clock
from crossload_probe.models import registry
from crossload_probe.models.reference import Reference
from crossload_probe.subjects import adopting, code, data, expecting, training_data, weights
from crossload_probe.subjects.loading import load_by, load_copy, ways
from crossload_probe.subjects.observing import nothing_known

FACTS = "subject.json"


class DifferentOutputs(Exception):
    """The source of a conversion was loaded, but its outputs differ."""


class NothingToCompare(Exception):
    """The file was loaded, but no outputs are known to compare with."""


class Subject(object):
    """A job's facts about the user's model, and the reference that stands for it.

    Attributes:
        facts: from the runner: `code` (name of the user's module, or None), `unsafe` (whether
            the file holds byte code), `payload` (name of the user's file).
    """

    def __init__(self, framework, job):
        self.framework = framework
        self.name = job["model"]
        self.folder = job["subject"]
        with open(os.path.join(self.folder, FACTS), "r", encoding="utf-8") as stream:
            self.facts = json.load(stream)
        self._objects = None

    def register(self, path, inputs=(), targets=()):
        """Register the model under its name; shared code then treats it as a reference model.

        Args:
            path: the file or folder that is loaded.
            inputs: arrays to feed the model with.
            targets: arrays to train it on.
        """
        given = data.Given
        registry.register(
            self.name,
            Reference(
                lambda keras, framework: code.build(self.module(), framework),
                feeding.with_form([given(array) for array in inputs], inputs),
                [given(array) for array in targets],
                fill=weights.fill,
                own=lambda framework: self.own_code(framework, path),
            ),
        )

    def module(self):
        """The module of the user's code, or None."""
        if self.facts["code"] is None:
            return None
        return code.run(os.path.join(self.folder, "code.py"), self.facts["code"], self.framework)

    def own_code(self, framework, path):
        """What recipes can take from the user's code, of which the file may need a part."""
        module = self.module()
        if module is None:
            return own_code.OwnCode({})
        own = code.own_code(module, path)
        own.registers = code.registers(module, self.framework)
        if hasattr(module, code.BUILD):
            own.add_builder(framework, self.name, code.BUILD, code.call_of_build(module))
        return own


def save(framework, job, folder, report):
    """Do a save job of a user's model: fill `report`, leave the bundle in `folder`."""
    subject = Subject(framework, job)
    bundle = os.path.join(folder, "bundle")
    os.makedirs(os.path.join(bundle, "payload"))
    expectation, name = TASKS[job["task"]](subject, job, folder, Clock(report["seconds"]))
    # Results are keyed by the bundle's digest: two equal subjects must not share them.
    expectation["subject"] = job["model"]
    expectation["origin"] = origin(job)
    expectations.write(bundle, expectation)
    report.update(
        noise=expectation.get("noise"), payload=name, holds=expectation.get("holds") or ""
    )


def origin(job):
    """Where the file comes from: the task, and the digests of the bundles used."""
    told = {"task": job["task"], "bundle": os.path.basename(job["subject"])}
    if "source" in job:
        told.update(source=os.path.basename(job["source"]), source_format=job["source_format"])
    return told


def load(framework, job, folder, report):
    """Do a load job of a user's model."""
    subject = Subject(framework, job)
    expected = expectations.read(job["artifact"])
    payload = os.path.join(job["artifact"], "payload")
    (name,) = os.listdir(payload)
    kind = writing.base(job["format"])
    targets = training_data.targets(expected.get("targets"), expected["outputs"])
    subject.register(os.path.join(payload, name), expected["inputs"], targets)
    if expected.get("bare"):
        read_only(subject, job, folder, kind, report)
    loading.load(framework, job, folder, report)


def read_only(subject, job, folder, kind, report):
    """Load a file without an expectation; raises the framework's error or `NothingToCompare`."""
    path = loading.copy_payload(job["artifact"], folder)
    if job["strategy"] == "serving" or kind == "export":
        subject.framework.find_tensorflow().saved_model.load(path)
    else:
        load_by(subject, dict(job, kind=kind), path, job["strategy"], report)
    raise NothingToCompare(
        "it loads, but there are no outputs to compare with; give inputs and expected outputs"
    )


def bare(subject, job, folder, clock):
    """(expectation, payload's name) of a file that no saver loads."""
    given = data.given(subject.folder)
    expectation = nothing_known()
    expectation["saver"] = subject.framework.versions()
    if given.inputs is None or given.outputs is None:
        expectation["bare"] = True
    else:
        expectation.update(data.without_model(given), outputs_only=True)
    return expectation, adopting.keep_payload(subject, folder)


def build(subject, job, folder, clock):
    """(expectation, payload's name) of the model that the user's script builds."""
    framework = subject.framework
    subject.register("")
    weights.make_repeatable(framework)
    model = code.build(subject.module(), framework)
    clock.stop("build")
    given = data.given(subject.folder)
    inputs, outputs = data.feed(framework, model, given)
    weights.draw_constants(framework, model)
    kind = training_data.kind_of_targets(framework, model, inputs, outputs)
    clock.stop("train")
    name = write(framework, model, job["format"], folder)
    clock.stop("save")
    expectation, _ = expecting.expect(framework, model, given, clock, "built")
    if kind is not None and writing.holds_compile_state(job["format"]):
        expecting.train_on(framework, model, expectation, kind)
        clock.stop("step")
    return expectation, name


def convert(subject, job, folder, clock):
    """(expectation, payload's name): the source's expectation, and a file written here."""
    expectation = expectations.read(job["source"])
    (original,) = os.listdir(os.path.join(job["source"], "payload"))
    kind = writing.base(job["source_format"])
    targets = training_data.targets(expectation.get("targets"), expectation["outputs"])
    original = os.path.join(job["source"], "payload", original)
    subject.register(original, expectation["inputs"], targets)
    source = dict(job, kind=kind, format=job["source_format"])
    # A file that tf-keras beside this Keras would write is no step towards this Keras.
    able = [way for way in ways(subject, kind) if way != "legacy"] + ["translated"]
    wanted = [job["strategy"]] if job.get("strategy") else able
    framework, model, way = load_agreeing(subject, source, folder, expectation, wanted)
    clock.stop("load:" + way)
    if expectation.get("bare"):
        given = data.given(subject.folder)
        expectation, _ = expecting.expect(framework, model, given, clock, way)
    name = write(framework, model, job["format"], folder)
    clock.stop("save")
    return expectation, name


def load_agreeing(subject, job, folder, expectation, wanted):
    """(framework, model, way) by the first way whose outputs agree with the expectation, if known.

    Raises the error of the first way, or `DifferentOutputs`.
    """
    first = None
    for way in wanted:
        try:
            framework, model = load_copy(subject, job, job["source"], folder, way)
            if expectation.get("bare"):
                return framework, model, way
            outputs = framework.predict(model, expectation["inputs"])
            gap, problem = results.largest_difference(outputs, expectation["outputs"])
            if gap <= max(adopting.AGREES, comparing.tolerance(job, expectation)):
                return framework, model, way
            raise DifferentOutputs(problem or "outputs differ by {:.1e}".format(gap))
        except Exception as error:
            first = first or error
    raise first


def write(framework, model, file_format, folder):
    name = writing.PAYLOADS[file_format]
    writing.write(framework, model, file_format, os.path.join(folder, "bundle", "payload", name))
    return name


TASKS = {"adopt": adopting.adopt, "bare": bare, "build": build, "convert": convert}
