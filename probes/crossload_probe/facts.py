"""Report whether a framework imports in this environment, and which versions it finds.

Owns the check at the end of building an environment: `start.py facts --api tf.keras
--backend tensorflow --out FILE` writes {"python", "versions", "import_seconds"} and exits 0, or
writes {"error": {"type", "message", "traceback"}} and exits 3. No model is involved.
"""

import argparse
import os
import sys
import time

from crossload_probe import wire


def find_facts(api, backend):
    """(facts of the framework, exit code); a failed import is a fact too."""
    started = time.time()
    try:
        from crossload_probe import frameworks

        framework = frameworks.load(api, backend)
        seconds = time.time() - started
        return {
            "python": ".".join(str(part) for part in sys.version_info[:3]),
            "versions": framework.versions(),
            "import_seconds": round(seconds, 3),
        }, 0
    except BaseException as error:  # an import may also raise SystemExit
        return {"error": wire.describe_error(error)}, 3


def main(argv):
    parser = argparse.ArgumentParser(description="import a framework and write its versions")
    parser.add_argument("--api", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args(argv)
    facts, code = find_facts(options.api, options.backend)
    partial = "{}.partial".format(options.out)
    with open(partial, "w", encoding="ascii") as stream:
        stream.write(wire.encode(facts) + "\n")
    os.replace(partial, options.out)
    return code
