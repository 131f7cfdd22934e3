"""Load a user's file by one strategy, and choose the strategies worth trying."""

import os
import shutil

from crossload_probe.formats import loading
from crossload_probe.jobs.loading import copy_payload

WAYS = ("plain", "custom-objects", "no-compile", "unsafe", "renamed", "legacy")


def load_by(subject, job, path, strategy, report=None):
    """(framework, model) by one strategy; raises the framework's errors."""
    report = {} if report is None else report
    return loading.load(subject.framework, dict(job, strategy=strategy), path, report)


def load_copy(subject, job, bundle, folder, way):
    """(framework, model) of a new copy of a bundle's file, as in a new program."""
    subject.framework.clear()
    shutil.rmtree(os.path.join(folder, "payload"), ignore_errors=True)
    return load_by(subject, job, copy_payload(bundle, folder), way)


def ways(subject, kind):
    """Ways of loading the whole file, the plain one first."""
    if kind.startswith("weights-"):
        return ["plain"]
    wanted = {
        "custom-objects": subject.facts["code"] is not None,
        "no-compile": kind != "json+weights",
        "unsafe": subject.facts["unsafe"],
        "legacy": subject.framework.is_keras3 and has_legacy(),
    }
    return [way for way in WAYS if wanted.get(way, True)]


def has_legacy():
    from crossload_probe.frameworks import installed_version

    return installed_version("tf_keras") is not None
