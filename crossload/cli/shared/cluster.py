"""The cluster that a command line means, if it means one.

Owns the checks of `--executor`, `--scheduler` and `--store`; `runner.cluster` does the work.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from crossload.cli.options.executor import DASK
from crossload.runner.errors import UsageError

if TYPE_CHECKING:
    from crossload.runner.home import Home
    from crossload.runner.request import Cluster


def check_executor(args: argparse.Namespace) -> None:
    """See that the options fit together.

    Raises:
        UsageError: they do not.
    """
    if args.executor != DASK:
        for option in ("scheduler", "store"):
            if getattr(args, option) is not None:
                raise UsageError(
                    f"--{option} needs --executor dask", "add it, or leave the option out"
                )
        return
    for option in ("scheduler", "store"):
        if not getattr(args, option):
            raise UsageError(
                f"--executor dask needs --{option}", "`crossload run --help` has an example"
            )
    if args.keep_envs is not None:
        raise UsageError(
            "--keep-envs does not apply to the machines of a cluster",
            "leave it out: each machine builds only the environments that it works for",
        )


@contextlib.contextmanager
def chosen_cluster(
    args: argparse.Namespace, home: Home, say: Callable[[str], None]
) -> Iterator[Cluster | None]:
    """The cluster of `--executor dask`, connected; None for this machine.

    Raises:
        ClusterError: Dask, the scheduler or the store cannot be used.
    """
    if args.executor != DASK:
        yield None
        return
    from crossload.runner.cluster.running import dask_cluster
    from crossload.runner.cluster.store import SharedStore

    with dask_cluster(args.scheduler, SharedStore(args.store), home, say) as cluster:
        yield cluster
