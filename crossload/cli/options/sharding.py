"""The options that divide a run among machines."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from crossload.runner.sharding.split import Shard

MOST_SHARDS = 256  # what GitHub allows in one matrix
_SHARD = re.compile(r"([1-9][0-9]{0,2})/([1-9][0-9]{0,2})", re.ASCII)


def add_shard(parser: argparse.ArgumentParser) -> None:
    """Declare `--shard` and `--durations`; the value of `--shard` is a `Shard`."""
    parser.add_argument(
        "--shard",
        type=_shard,
        metavar="K/N",
        help="only the K-th of N parts, such as 2/8; `crossload merge` puts them together again",
    )
    parser.add_argument(
        "--durations",
        type=Path,
        metavar="FILE",
        help="balance shards by what this exported run took (default: an estimate); every shard "
        "of a run needs the same file",
    )


def add_shards(parser: argparse.ArgumentParser) -> None:
    """Declare `--shards` and `--github-matrix`, for a look at all parts."""
    parser.add_argument(
        "--shards",
        type=_count,
        metavar="N",
        help="show what each of N shards would do, and what work they repeat",
    )
    parser.add_argument(
        "--github-matrix",
        action="store_true",
        help="print the shards as JSON for GitHub's strategy.matrix (default for --shards: as many "
        "as it takes for half an hour of measuring each)",
    )


def _shard(text: str) -> Shard:
    found = _SHARD.fullmatch(text)
    number, count = (int(one) for one in found.groups()) if found else (0, 0)
    if not 1 <= number <= count <= MOST_SHARDS:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a shard such as 2/8: K/N with K up to N, and N up to {MOST_SHARDS}"
        )
    return Shard(number, count)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_SHARDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_SHARDS}")
    return int(text)
