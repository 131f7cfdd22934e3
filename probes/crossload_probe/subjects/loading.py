"""Load a user's file by one strategy, and choose the strategies worth trying."""

from crossload_probe.formats import loading

WAYS = ("plain", "custom-objects", "no-compile", "unsafe", "renamed", "legacy")


def load_by(subject, job, path, strategy, report=None):
    """(framework, model) by one strategy; raises the framework's errors."""
    report = {} if report is None else report
    return loading.load(subject.framework, dict(job, strategy=strategy), path, report)


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
