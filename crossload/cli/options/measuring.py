"""The options of commands that build environments or measure in them."""

from __future__ import annotations

import argparse
import math
import os
import re

_MOST_JOBS = 1000
_MOST_MINUTES = 10_000
_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(MB|GB|TB)", re.ASCII)


def add_building(parser: argparse.ArgumentParser) -> None:
    """Declare `--jobs` and `--download-pythons`."""
    add_jobs(parser, "how many builds, and how many probes, to run at a time")
    parser.add_argument(
        "--download-pythons",
        action="store_true",
        help="let uv download missing Python interpreters",
    )


def add_measuring(parser: argparse.ArgumentParser) -> None:
    """Declare the options of building, and `--no-sandbox`."""
    add_building(parser)
    parser.add_argument(
        "--no-sandbox",
        action="store_true",
        help="do not use bubblewrap even if it is installed",
    )


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Declare `--trust`, for commands that load model files."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="load files that can run code even without a sandbox, with your permissions",
    )


def add_minutes(parser: argparse.ArgumentParser) -> None:
    """Declare `--minutes`, for a run that continues another time."""
    parser.add_argument(
        "--minutes",
        type=_minutes,
        metavar="N",
        help="begin no further save or load after N minutes; the same command continues from there",
    )


def add_keep_envs(parser: argparse.ArgumentParser) -> None:
    """Declare `--keep-envs`; its value is a number of bytes."""
    parser.add_argument(
        "--keep-envs",
        type=_size,
        metavar="SIZE",
        help="keep at most so much of the run's environments on the disk, such as 30GB: each is "
        "removed once others need its room, and built again where it has more to load",
    )


def _size(text: str) -> int:
    found = _SIZE.fullmatch(text.upper())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 30GB or 800MB")
    return int(float(found[1]) * _UNITS[found[2]])


def add_jobs(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare `--jobs`, explained by `what`."""
    parser.add_argument(
        "--jobs",
        "-j",
        type=_job_count,
        default=os.cpu_count() or 1,
        metavar="N",
        help=f"{what} (default: the number of processors)",
    )


def _job_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST_JOBS}")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes <= _MOST_MINUTES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of minutes, above 0 and at most {_MOST_MINUTES}"
        )
    return minutes
