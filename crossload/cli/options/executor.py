"""The options that say which machines build and measure."""

from __future__ import annotations

import argparse

LOCAL, DASK = "local", "dask"


def add_executor(parser: argparse.ArgumentParser) -> None:
    """Declare `--executor`, `--scheduler` and `--store`."""
    parser.add_argument(
        "--executor",
        choices=(LOCAL, DASK),
        default=LOCAL,
        help="where to build and measure: on this machine (the default), or on the workers of a "
        "Dask cluster",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="with --executor dask: the address of the Dask scheduler, such as tcp://10.0.0.1:8786",
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        help="with --executor dask: where the machines exchange saved files, such as "
        "s3://bucket/folder or file:///shared/folder",
    )
