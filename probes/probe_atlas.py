"""Write down which part of the Keras API this environment has: `runner.atlas` is made of it.

Owns the command line: `python -I -B probe_atlas.py --api tf.keras --backend tensorflow --out FILE`
writes classes, names, arguments and formats; with `--keys FILE` (names and configurations of all
environments together) it writes which of them this environment accepts. Exit code 3 and {"error"}
where the framework cannot be imported. Nothing but the framework's own code is run.
"""

import sys

if sys.version_info < (3, 6):
    sys.stderr.write("crossload-probe: python 3.6 or newer is needed\n")
    sys.exit(79)

import argparse
import json
import os

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import probe_wire


def find_atlas(api, backend, keys):
    """What was found and the exit code; `keys` is None for the first pass."""
    try:
        import probe_frameworks

        framework = probe_frameworks.load(api, backend)
    except BaseException as error:  # an import may also raise SystemExit
        return {"error": probe_wire.describe_error(error)}, 3
    import probe_atlas_classes
    import probe_atlas_formats
    import probe_atlas_trials

    if keys is not None:
        return probe_atlas_trials.try_all(framework, keys), 0
    return {
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "family": family(framework),
        "keras": framework._keras_version_text(),
        "versions": framework.versions(),
        "classes": probe_atlas_classes.classes(framework),
        "formats": probe_atlas_formats.formats(framework),
        "seeds": probe_atlas_classes.seeds(),
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
        json.dump(probe_wire.plain(found), stream, allow_nan=False, sort_keys=True)
    os.replace(partial, options.out)
    return code


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # frameworks sometimes crash or hang in the interpreter's clean-up
