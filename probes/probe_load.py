"""Load an artifact with one strategy, and answer what came of it.

Owns the strategies that go through Keras' own `load_model`. Weights read into a rebuilt model are
`probe_rebuild`'s, signatures `probe_serving`'s, comparisons `probe_checks`'s.
"""

import os
import shutil

import probe_checks
import probe_expectation
import probe_models
import probe_rebuild
import probe_samples
import probe_serving
from probe_save import Clock

NO_COMPILE = "no-compile"
SCOPE = "custom-object-scope"
COMPILE_CHECKS = ("compile", "optimizer", "step")


class CannotPredict(Exception):
    """Loading raised nothing, but what it returned is of no use as a model."""


def run(framework, job, folder, report):
    """Do a load job: fill `report`; raises what the framework does."""
    clock = Clock(report["seconds"])
    path = copy_payload(job["artifact"], folder)
    expected = probe_expectation.read(job["artifact"])
    clock.stop("copy")

    if job["strategy"] == "serving":
        report["checks"], report["concessions"] = serve(framework, path, expected, clock)
        return
    model, concessions = load(framework, job, path)
    clock.stop("load")
    outputs = predict(framework, model, expected["inputs"])
    clock.stop("predict")
    if expected["losses"]:
        framework.run_eagerly(model)
    skipped = skip_checks(job, expected, concessions)
    report["checks"] = probe_checks.compare(
        framework, model, job["model"], expected, outputs, skipped
    )
    report["concessions"] = concessions
    clock.stop("checks")


def copy_payload(artifact, folder):
    """Path of a writable copy of the one file or folder in the artifact's payload.

    Some loaders unpack beside the file, and the artifact itself is read-only.
    """
    copy = os.path.join(folder, "payload")
    shutil.copytree(os.path.join(artifact, "payload"), copy, copy_function=shutil.copyfile)
    for inner, _, _ in os.walk(copy):  # folders keep the modes of their originals
        os.chmod(inner, 0o755)
    (name,) = os.listdir(copy)
    return os.path.join(copy, name)


def load(framework, job, path):
    """(model, concessions) by the job's strategy."""
    strategy = job["strategy"]
    custom_objects = probe_models.custom_objects(framework.keras, job["model"])
    if strategy == "rebuild+weights":
        return probe_rebuild.rebuild(framework, job["model"], job["format"], path)
    if job["format"] == "weights-h5":
        model = probe_samples.build(framework, job["model"], probe_samples.REBUILD_SEED)
        model.load_weights(path)
        return model, []
    if strategy == "plain":
        return framework.load_model(path), []
    if strategy == "no-compile":
        return framework.load_model(path, compile=False), []
    if strategy == "custom-objects":
        return load_conceding(framework, path, custom_objects)
    if strategy == "unsafe":
        return load_conceding(framework, path, custom_objects, safe_mode=False)
    raise ValueError("unknown strategy {!r}".format(strategy))


def load_conceding(framework, path, custom_objects, **options):
    """(model, concessions): as asked, else giving up one thing after the other.

    Keras 3.0 to 3.2 drop every option on their way to an HDF5 file, `custom_objects` among them;
    a scope reaches it all the same.
    """
    ways = [[], [NO_COMPILE]]
    if custom_objects:
        ways = [[], [SCOPE], [NO_COMPILE], [NO_COMPILE, SCOPE]]
    for number, concessions in enumerate(ways):
        given = dict(options, custom_objects=custom_objects)
        if NO_COMPILE in concessions:
            given["compile"] = False
        try:
            if SCOPE in concessions:
                with framework.keras.utils.custom_object_scope(custom_objects):
                    return framework.load_model(path, **given), concessions
            return framework.load_model(path, **given), concessions
        except Exception:
            if number == len(ways) - 1:
                raise
            framework.clear()


def predict(framework, model, inputs):
    """Predictions of what was loaded, which may be something that only looks like a model."""
    if not hasattr(model, "predict"):
        kind = "{}.{}".format(type(model).__module__, type(model).__name__)
        raise CannotPredict("load_model returned {}, which is not a model".format(kind))
    return framework.predict(model, inputs)


def skip_checks(job, expected, concessions):
    """Which checks mean nothing for this way of loading, each with the reason."""
    if job["format"] == "weights-h5":
        reason = "the file holds weights only"
    elif job["strategy"] == "rebuild+weights":
        reason = "only the weights were loaded"
    elif expected["compile"] is not None and NO_COMPILE in [job["strategy"]] + concessions:
        reason = "loaded without the compile state"
    else:
        return {}
    return dict.fromkeys(COMPILE_CHECKS, reason)


def serve(framework, path, expected, clock):
    """(checks, concessions) of a SavedModel used through its signature: there is nothing but outputs."""
    outputs, concessions = probe_serving.predict(
        framework, path, expected["inputs"], expected["ends"], expected
    )
    clock.stop("load")
    skipped = dict.fromkeys(probe_checks.CHECKS, "a signature only gives outputs")
    del skipped["outputs"]
    checks = probe_checks.compare(framework, None, "", expected, outputs, skipped)
    clock.stop("checks")
    return checks, concessions
