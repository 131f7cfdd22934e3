"""Load an artifact by one strategy, and report the result.

Owns the order of a load job, and which checks apply after which way of loading.
"""

import os
import shutil

from crossload_probe.checks import comparing, expectations, resaving
from crossload_probe.formats import loading, serving, writing
from crossload_probe.jobs.saving import Clock

COMPILE_CHECKS = ("compile", "optimizer", "metrics", "step")


class CannotPredict(Exception):
    """Loading raised no error, but did not return a model."""


def load(framework, job, folder, report):
    """Do a load job: fill `report`; raises the framework's errors."""
    clock = Clock(report["seconds"])
    job = dict(job, folder=folder, kind=writing.base(job["format"]))
    path = copy_payload(job["artifact"], folder)
    expected = expectations.read(job["artifact"])
    clock.stop("copy")

    if job["strategy"] == "serving" or job["kind"] == "export":
        report["checks"] = serve(framework, job, path, expected, report, clock)
        return
    framework, model = loading.load(framework, job, path, report)
    clock.stop("load")
    outputs = predict(framework, model, expected["inputs"])
    clock.stop("predict")
    if expected["losses"]:
        framework.run_eagerly(model)
    skipped = skip_checks(job, expected)
    report["checks"] = comparing.compare(framework, model, job, expected, outputs, skipped)
    clock.stop("checks")


def copy_payload(artifact, folder):
    """Path of a writable copy of the one file or folder in the artifact's payload.

    Some loaders unpack beside the file, and the artifact is read-only.
    """
    copy = os.path.join(folder, "payload")
    shutil.copytree(os.path.join(artifact, "payload"), copy, copy_function=shutil.copyfile)
    for inner, _, _ in os.walk(copy):  # folders keep the modes of their originals
        os.chmod(inner, 0o755)
    (name,) = os.listdir(copy)
    return os.path.join(copy, name)


def predict(framework, model, inputs):
    """Predictions of what was loaded, which may only look like a model."""
    if not hasattr(model, "predict"):
        kind = "{}.{}".format(type(model).__module__, type(model).__name__)
        raise CannotPredict("load_model returned {}, which is not a model".format(kind))
    return framework.predict(model, inputs)


def skip_checks(job, expected):
    """Which checks do not apply to this file or this way of loading, each with the reason."""
    skipped = {}
    if job["kind"].startswith("weights-"):
        reason = skipped["re-save"] = "the file holds weights only"
    elif job["strategy"] == "rebuild+weights":
        reason = skipped["re-save"] = "only the weights were loaded"
    elif job["kind"] == "json+weights":
        reason = "JSON holds no compile state"
    elif not writing.holds_compile_state(job["format"]):
        reason = "the model was saved without its optimizer"
    else:
        reason = ""
    if reason:
        skipped.update(dict.fromkeys(COMPILE_CHECKS, reason))
    if job["kind"] == "savedmodel":
        skipped.setdefault("re-save", resaving.TOO_DEAR)
    if expected.get("outputs_only"):
        unknown = [one for one in comparing.CHECKS if one not in ("outputs", "re-save")]
        skipped.update(dict.fromkeys(unknown, "nothing but the expected outputs is known"))
    return skipped


def serve(framework, job, path, expected, report, clock):
    """The checks of a SavedModel used without Keras, which has nothing but outputs."""
    function = serving.call_endpoint if job["strategy"] == "plain" else serving.predict
    outputs = function(framework, path, expected, report)
    clock.stop("load")
    skipped = dict.fromkeys(comparing.CHECKS, "a signature only gives outputs")
    del skipped["outputs"]
    checks = comparing.compare(framework, None, job, expected, outputs, skipped)
    if job["kind"] == "savedmodel":
        lost = ["re-save"]
        if expected["compile"] is not None and writing.holds_compile_state(job["format"]):
            lost += COMPILE_CHECKS
        checks = [comparing.lost(one) if one["check"] in lost else one for one in checks]
    clock.stop("checks")
    return checks
