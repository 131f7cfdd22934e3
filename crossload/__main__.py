"""Runs the command line for `python -m crossload`."""

import sys

from crossload.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
