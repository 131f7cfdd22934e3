"""A model of the user's own instead of a reference model: adopt it, build it, carry it over, load it.

Owns these tasks and what the reference behind the model's name then is. The user's code is
`probe_subject_code`'s, what the model is fed `probe_subject_data`'s, the architecture that a file
itself holds `probe_architecture`'s; loading and comparing are the same as for every model.

Contract. `job["subject"]` is a folder: `subject.json` (facts), `payload/` (the user's file or folder,
or the script that builds the model), and, where the user gave them, `code.py`, `inputs.npz` and
`outputs.npz`. `job["task"]` says what a save job is to do:

adopt    load the file by the first way that works, keep what it answers as the expectation
bare     keep the file without an expectation: nobody could load it, and the loaders shall say why
build    build the model by the script, save it in the job's format
convert  load `job["source"]` (a bundle, in `job["source_format"]`) by `job["strategy"]`, or by the
         first way whose answers agree, save it in the job's format, keep the source's expectation

The step `load:<strategy>` among the seconds of an answer says which way it was.
"""

import json
import os
import shutil

import probe_checks
import probe_expectation
import probe_formats
import probe_load
import probe_models
import probe_serving
import probe_subject_code
import probe_subject_data
from probe_reference import Reference
from probe_save import Clock
from probe_subject_loading import load_by, ways
from probe_subject_observing import guarded, losses_of, nothing_known, observe

FACTS = "subject.json"
MOST_CHANGES = 12
# Outputs this far apart are worth going on with; the last file on the way is judged by the runner.
AGREES = 1e-3


class OtherAnswers(Exception):
    """A file was loaded for another to be made of it, and is not the model that it should be."""


class NothingToCompare(Exception):
    """The file was loaded, but nobody could say what it ought to answer."""


class Subject(object):
    """What a job says of the user's model, and the reference that stands for it.

    Attributes:
        facts: what the runner wrote down: `code` (name of the user's module, or None), `unsafe`
            (whether the file holds byte code), `payload` (name of the user's file).
        changes, finish: of the model that its file was built from, as `probe_architecture.Built`.
    """

    def __init__(self, framework, job):
        self.framework = framework
        self.name = job["model"]
        self.folder = job["subject"]
        with open(os.path.join(self.folder, FACTS), "r", encoding="utf-8") as stream:
            self.facts = json.load(stream)
        self.changes, self.finish = [], None
        self._objects = None

    def register(self, kind, path, inputs=(), targets=()):
        """Let the model's name stand for this: shared probes then work as for a reference model.

        Args:
            kind: the format of the file, from which the architecture is taken.
            path: the file or folder.
            inputs: arrays that the model is fed.
            targets: arrays that it is trained on.
        """
        given = probe_subject_data.Given
        probe_models.register(
            self.name,
            Reference(
                lambda keras, framework: self.build(framework, kind, path),
                [given(array) for array in inputs],
                [given(array) for array in targets],
                lambda keras: self.custom_objects(),
                probe_subject_data.fill,
                lambda framework, model: self.finish and self.finish(model),
            ),
        )

    def module(self):
        """The user's code, run in this process; None where there is none."""
        if self.facts["code"] is None:
            return None
        return probe_subject_code.run(
            os.path.join(self.folder, "code.py"), self.facts["code"], self.framework
        )

    def custom_objects(self):
        if self._objects is None:
            module = self.module()
            self._objects = {} if module is None else probe_subject_code.objects_of(module)
        return self._objects

    def build(self, framework, kind, path):
        """The model without the file's weights: by the user's code, else by what the file holds."""
        module = self.module()
        if module is not None and hasattr(module, probe_subject_code.BUILD):
            return probe_subject_code.build(module, framework)
        import probe_architecture  # most loads need no other architecture than the framework's

        architecture = probe_architecture.read(kind, path)
        model, self.changes, self.finish = probe_architecture.build(
            framework, architecture, self.custom_objects(), unsafe=self.facts["unsafe"]
        )
        return model


def save(framework, job, folder, report):
    """Do a save job of a user's model: fill `report`, leave the bundle in `folder`."""
    subject = Subject(framework, job)
    bundle = os.path.join(folder, "bundle")
    os.makedirs(os.path.join(bundle, "payload"))
    expectation, name = TASKS[job["task"]](subject, job, folder, Clock(report["seconds"]))
    # Results go by the digest of the bundle: two subjects that are alike must not share theirs.
    expectation["subject"] = job["model"]
    expectation["origin"] = origin(job)
    probe_expectation.write(bundle, expectation)
    report.update(noise=expectation.get("noise"), payload=name)


def origin(job):
    """What the file was made of, for whoever finds it later: digests of bundles, and the task."""
    told = {"task": job["task"], "bundle": os.path.basename(job["subject"])}
    if "source" in job:
        told.update(source=os.path.basename(job["source"]), source_format=job["source_format"])
    return told


def load(framework, job, folder, report):
    """Do a load job of a user's model."""
    subject = Subject(framework, job)
    expected = probe_expectation.read(job["artifact"])
    payload = os.path.join(job["artifact"], "payload")
    (name,) = os.listdir(payload)
    kind = probe_formats.base(job["format"])
    targets = probe_subject_data.targets(expected.get("targets"), expected["outputs"])
    subject.register(kind, os.path.join(payload, name), expected["inputs"], targets)
    if expected.get("bare"):
        read_only(subject, job, folder, kind)
    probe_load.run(framework, job, folder, report)
    report["concessions"] = report["concessions"] + subject.changes[:MOST_CHANGES]


def read_only(subject, job, folder, kind):
    """Load, or raise what the framework does about it; there is nothing that could be compared."""
    path = probe_load.copy_payload(job["artifact"], folder)
    if job["strategy"] == "serving" or kind == "export":
        probe_serving.find_tensorflow(subject.framework).saved_model.load(path)
    else:
        load_by(subject, dict(job, kind=kind), path, job["strategy"])
    raise NothingToCompare(
        "it loads, but no environment could say what it answers; give inputs and expected outputs"
    )


def adopt(subject, job, folder, clock):
    """(expectation, payload's name) of the user's file as this environment understands it."""
    name = keep_payload(subject, folder)
    kind = probe_formats.base(job["format"])
    given = probe_subject_data.given(subject.folder)
    if kind == "export":
        return adopt_signature(subject, folder, given, clock), name
    subject.register(kind, os.path.join(subject.folder, "payload", name))
    job = dict(job, kind=kind)
    first = None
    for way in ways(subject, kind):
        subject.framework.clear()
        shutil.rmtree(os.path.join(folder, "payload"), ignore_errors=True)
        path = probe_load.copy_payload(subject.folder, folder)
        try:
            framework, model, _ = load_by(subject, job, path, way)
            clock.stop("load:" + way)
            expectation = expect(framework, model, given, clock, way)
            guarded(lambda: learn(subject, job, folder, expectation, way), None)
            clock.stop("step")
            return expectation, name
        except Exception as error:
            # With the user's code at hand, what is said with it says more.
            if first is None or (first[0] == "plain" and way == "custom-objects"):
                first = (way, error)
    raise first[1]


def learn(subject, job, folder, expectation, way):
    """Find out by one load what the model can be trained on, and train another one on it."""
    kind = None
    for _ in range(2):
        subject.framework.clear()
        shutil.rmtree(os.path.join(folder, "payload"), ignore_errors=True)
        path = probe_load.copy_payload(subject.folder, folder)
        framework, model, _ = load_by(subject, job, path, way)
        inputs, outputs = expectation["inputs"], expectation["outputs"]
        framework.predict(model, inputs)
        if kind is not None:
            train_on(framework, model, expectation, kind)
            return
        kind = probe_subject_data.kind_of_targets(framework, model, inputs, outputs)
        if kind is None:
            return


def expect(framework, model, given, clock, way):
    """The expectation of a model that was loaded or built."""
    inputs, outputs = probe_subject_data.feed(framework, model, given)
    clock.stop("predict")
    again = framework.predict(model, inputs)
    noise = probe_checks.largest_difference(again, outputs)[0]
    expectation = observe(framework, model, inputs, outputs)
    expectation["noise"] = max(noise, expectation.pop("rounding"))
    expectation["outputs"] = probe_subject_data.expected_outputs(
        given, outputs, expectation["ends"]
    )
    expectation["saver"] = framework.versions()
    expectation["way"] = way
    clock.stop("observe")
    return expectation


def train_on(framework, model, expectation, kind):
    """Note the losses of the next steps, from the state in which the model was saved."""
    targets = probe_subject_data.targets(kind, expectation["outputs"])
    expectation["targets"] = kind
    expectation["losses"] = losses_of(framework, model, expectation["inputs"], targets)


def adopt_signature(subject, folder, given, clock):
    """The expectation of a SavedModel that Keras knows nothing of: what its signature answers."""
    path = probe_load.copy_payload(subject.folder, folder)
    names, inputs, named = probe_subject_data.feed_signature(subject.framework, path, given)
    clock.stop("predict")
    ends = {"inputs": names, "outputs": sorted(named)}
    outputs = [named[name] for name in ends["outputs"]]
    expectation = nothing_known()
    expectation.update(inputs=inputs, ends=ends, noise=0.0, way="serving")
    expectation["outputs"] = probe_subject_data.expected_outputs(given, outputs, ends)
    expectation["saver"] = subject.framework.versions()
    return expectation


def keep_payload(subject, folder):
    """Copy the user's file into the bundle; its name."""
    target = os.path.join(folder, "bundle", "payload")
    os.rmdir(target)
    shutil.copytree(os.path.join(subject.folder, "payload"), target, copy_function=shutil.copyfile)
    (name,) = os.listdir(target)
    for inner, _, _ in os.walk(target):  # folders keep the modes of their originals
        os.chmod(inner, 0o755)
    return name


def bare(subject, job, folder, clock):
    expectation = nothing_known()
    expectation.update(bare=True, saver=subject.framework.versions())
    return expectation, keep_payload(subject, folder)


def build(subject, job, folder, clock):
    """(expectation, payload's name) of the model that the user's script builds."""
    framework = subject.framework
    subject.register(job["format"], "")
    probe_subject_data.make_repeatable(framework)
    model = probe_subject_code.build(subject.module(), framework)
    clock.stop("build")
    given = probe_subject_data.given(subject.folder)
    inputs, outputs = probe_subject_data.feed(framework, model, given)
    probe_subject_data.draw_constants(framework, model)
    kind = probe_subject_data.kind_of_targets(framework, model, inputs, outputs)
    clock.stop("train")
    name = write(framework, model, job["format"], folder)
    clock.stop("save")
    expectation = expect(framework, model, given, clock, "built")
    if kind is not None and probe_formats.holds_compile_state(job["format"]):
        train_on(framework, model, expectation, kind)
        clock.stop("step")
    return expectation, name


def convert(subject, job, folder, clock):
    """(expectation, payload's name): the source's expectation, and a file that was written here."""
    expectation = probe_expectation.read(job["source"])
    (original,) = os.listdir(os.path.join(job["source"], "payload"))
    kind = probe_formats.base(job["source_format"])
    targets = probe_subject_data.targets(expectation.get("targets"), expectation["outputs"])
    original = os.path.join(job["source"], "payload", original)
    subject.register(kind, original, expectation["inputs"], targets)
    source = dict(job, kind=kind, format=job["source_format"])
    # A file that another Keras wrote, which lies beside this one, is no step towards this one.
    able = [way for way in ways(subject, kind) if way != "legacy"]
    wanted = [job["strategy"]] if job.get("strategy") else able
    framework, model, way = load_agreeing(subject, source, folder, expectation, wanted)
    clock.stop("load:" + way)
    name = write(framework, model, job["format"], folder)
    clock.stop("save")
    return expectation, name


def load_agreeing(subject, job, folder, expectation, wanted):
    """(framework, model, way) by the first way whose answers are those of the expectation.

    Raises what the first way raised, or that its answers are others.
    """
    first = None
    for way in wanted:
        subject.framework.clear()
        shutil.rmtree(os.path.join(folder, "payload"), ignore_errors=True)
        path = probe_load.copy_payload(job["source"], folder)
        try:
            framework, model, _ = load_by(subject, job, path, way)
            outputs = framework.predict(model, expectation["inputs"])
            gap, problem = probe_checks.largest_difference(outputs, expectation["outputs"])
            if gap <= max(AGREES, probe_checks.NOISE_FACTOR * (expectation["noise"] or 0.0)):
                return framework, model, way
            raise OtherAnswers(problem or "outputs differ by {:.1e}".format(gap))
        except Exception as error:
            first = first or error
    raise first


def write(framework, model, file_format, folder):
    name = probe_formats.PAYLOADS[file_format]
    probe_formats.write(
        framework, model, file_format, os.path.join(folder, "bundle", "payload", name)
    )
    return name


TASKS = {"adopt": adopt, "bare": bare, "build": build, "convert": convert}
