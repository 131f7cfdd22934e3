"""Write down which part of the Keras API this environment has, for `runner.atlas`.

Owns the command line: `start.py atlas --api tf.keras --backend tensorflow --out FILE` writes
classes, names, arguments and formats; with `--keys FILE` (names and configurations of all
environments together) it writes which of them this environment accepts. Exits 3 with {"error"} if
the framework cannot be imported. Nothing but the framework's own code runs.
"""

import argparse
import json
import os
import sys

from crossload_probe import wire


def find_atlas(api, backend, keys):
    """(what was found, exit code); `keys` is None in the first pass."""
    try:
        from crossload_probe import frameworks

        framework = frameworks.load(api, backend)
    except BaseException as error:  # an import may also raise SystemExit
        return {"error": wire.describe_error(error)}, 3
    from crossload_probe.atlas import classes, formats, trials

    if keys is not None:
        return trials.try_all(framework, keys), 0
    return {
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "family": family(framework),
        "keras": framework._keras_version_text(),  # noqa: SLF001 - of the Keras that works here
        "versions": framework.versions(),
        "classes": classes.classes(framework),
        "formats": formats.formats(framework),
        "seeds": classes.seeds(),
    }, 0


def family(framework):
    """The line of versions that this Keras belongs to."""
    if framework.is_keras3:
        return "Keras 3"
    if framework.keras.models.Model.__module__.startswith("tf_keras"):
        return "tf-keras"
    return "tf.keras" if framework.api == "tf.keras" else "Keras 2"


def main(argv):
    parser = argparse.ArgumentParser(description="write down the API of a framework")
    parser.add_argument("--api", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--keys")
    options = parser.parse_args(argv)
    keys = None
    if options.keys:
        with open(options.keys, encoding="utf-8") as stream:
            keys = json.load(stream)
    found, code = find_atlas(options.api, options.backend, keys)
    partial = "{}.partial".format(options.out)
    with open(partial, "w", encoding="ascii") as stream:
        json.dump(wire.plain(found), stream, allow_nan=False, sort_keys=True)
    os.replace(partial, options.out)
    return code
