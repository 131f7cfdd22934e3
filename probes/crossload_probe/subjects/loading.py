"""Load a user's file by one strategy, and know which strategies are worth a try.

Owns that choice. Reading the file is `formats.reading`'s, a rebuilt model `formats.rebuilding`'s.
"""

from crossload_probe.formats import reading, rebuilding

WAYS = ("plain", "custom-objects", "no-compile", "unsafe", "legacy")


def load_by(subject, job, path, strategy):
    """(framework, model, concessions) of a file by one strategy; raises what the framework does."""
    framework = subject.framework
    if strategy == "legacy":
        framework = reading.legacy(framework)
    if strategy == "rebuild+weights":
        model, concessions = rebuilding.rebuild(framework, subject.name, job["kind"], path)
    else:
        model, concessions = reading.read(framework, dict(job, strategy=strategy), path)
    return framework, model, concessions


def ways(subject, kind):
    """Ways of loading a file, the plain one first; not by parts, which would prove nothing."""
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
