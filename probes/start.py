"""Start a part of the probe in this interpreter: the worker, the import check or the atlas.

    python -I -B probes/start.py {worker,facts,atlas} ...

Owns the version gate and where the package `crossload_probe` is found. Options and exit codes are
those of the part, whose `main` gets the rest of the command line. Exit 79: this Python is too old.

This file must parse on every Python, so that an old one is reported and does not fail with a
SyntaxError: no f-strings, no annotations, and nothing but `sys` imported before the gate.
"""

import sys

if sys.version_info < (3, 6):
    sys.stderr.write("crossload-probe: python 3.6 or newer is needed\n")
    sys.exit(79)

import importlib
import os

PARTS = {"worker": "worker", "facts": "facts", "atlas": "atlas.harvest"}


def main(argv):
    # Appended, so that nothing beside this file can shadow a module that a framework imports.
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    part = importlib.import_module("crossload_probe." + PARTS[argv[0]])
    return part.main(argv[1:])


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # frameworks sometimes crash or hang in the interpreter's clean-up
