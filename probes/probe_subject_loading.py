"""Load a user's file by one strategy, and know which strategies are worth a try.

Owns that choice. Reading the file is `probe_read`'s, a rebuilt model `probe_rebuild`'s.
"""

import probe_read
import probe_rebuild

WAYS = ("plain", "custom-objects", "no-compile", "unsafe", "legacy")


def load_by(subject, job, path, strategy):
    """(framework, model, concessions) of a file by one strategy; raises what the framework does."""
    framework = subject.framework
    if strategy == "legacy":
        framework = probe_read.legacy(framework)
    if strategy == "rebuild+weights":
        model, concessions = probe_rebuild.rebuild(framework, subject.name, job["kind"], path)
    else:
        model, concessions = probe_read.read(framework, dict(job, strategy=strategy), path)
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
    from probe_frameworks import installed_version

    return installed_version("tf_keras") is not None
