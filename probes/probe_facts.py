"""Say whether a framework imports in this environment, and which versions it finds there.

Owns the check at the end of building an environment: `python -I -B probe_facts.py --api tf.keras
--backend tensorflow --out FILE` writes {"python", "versions", "import_seconds"} and exits 0, or
writes {"error": {"type", "message", "traceback"}} and exits 3. Does nothing with models.
"""

import sys

if sys.version_info < (3, 6):
    sys.stderr.write("crossload-probe: python 3.6 or newer is needed\n")
    sys.exit(79)

import argparse
import os
import time

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import probe_wire


def find_facts(api, backend):
    """Facts of the framework and exit code; an import that fails is a fact too."""
    started = time.time()
    try:
        import probe_frameworks

        framework = probe_frameworks.load(api, backend)
        seconds = time.time() - started
        return {
            "python": ".".join(str(part) for part in sys.version_info[:3]),
            "versions": framework.versions(),
            "import_seconds": round(seconds, 3),
        }, 0
    except BaseException as error:  # an import may also raise SystemExit
        return {"error": probe_wire.describe_error(error)}, 3


def main(argv):
    parser = argparse.ArgumentParser(description="import a framework and write its versions")
    parser.add_argument("--api", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args(argv)
    facts, code = find_facts(options.api, options.backend)
    partial = "{}.partial".format(options.out)
    with open(partial, "w", encoding="ascii") as stream:
        stream.write(probe_wire.encode(facts) + "\n")
    os.replace(partial, options.out)
    return code


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # frameworks sometimes crash or hang in the interpreter's clean-up
