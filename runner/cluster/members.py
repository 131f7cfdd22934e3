"""The machines of a cluster that take part in a run.

Owns their coming and going, the sentences about it, and how long a run waits for what is gone.
`building` and `executor` use them.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.cluster import remote
from crossload.runner.cluster.link import DaskWorker, Link, Patience, Present, Remote
from crossload.runner.cluster.orders import BuildOrder, Membership, Version
from crossload.runner.cluster.store import SharedStore
from crossload.runner.errors import ClusterError, CrossloadError
from crossload.runner.home import Home
from crossload.runner.probing.executor import Host, HostLostError

T = TypeVar("T")
_MOST_MEMORY_MB = 8000.0
_SLOW_SECONDS = 30.0
_KEPT = "everything recorded is kept, and the same command continues"


class Members:
    """A run's machines; `say` is given a sentence whenever a user should know of something."""

    def __init__(
        self,
        address: str,
        store: SharedStore,
        home: Home,
        say: Callable[[str], None],
        patience: Patience | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self.run = f"run-{secrets.token_hex(6)}"
        self.store = store
        self.local = ArtifactStore(home.artifacts)
        self.orders: dict[str, BuildOrder] = {}
        self.disk = ThreadPoolExecutor(2, thread_name_prefix="crossload-store")
        self.changed: Callable[[], None] = _nothing
        self._link = Link(address, self.patience)
        self._say = say
        self._version: Version = remote.own_version()
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}
        self._known: dict[str, DaskWorker] = {}
        self._refusals: dict[str, str] = {}
        self._shared: set[str] = set()
        self._broken = False
        self._closing = False
        self._said_slow = False
        self._empty_since: float | None = None

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Those that can be used now."""
        return tuple(self._hosts.values())

    def open(self) -> None:
        """Connect, and let whoever is there join.

        Raises:
            ClusterError: Dask or the store cannot be used from here.
        """
        self.store.check()
        self._link.open(self._seen, self._is_broken)

    def close(self) -> None:
        """Have all machines end what they do for this run, and hang up."""
        self._closing = True
        self._link.notify(remote.leave, self.run).result()
        self._link.close()
        self.disk.shutdown(cancel_futures=True)

    def call(self, host: Host, function: Remote[T], *args: object) -> Future[T]:
        """Have a machine do something for this run; raises `HostLostError` if it is gone."""
        return self._link.call(host.name, function, self.run, *args)

    def notify(self, host: Host, function: Remote[None], *args: object) -> Future[None]:
        """Have a machine do something at once, besides its jobs."""
        return self._link.notify(function, self.run, *args, worker=host.name)

    def hear(self) -> None:
        """Let all machines know that the run goes on."""
        self._link.notify(remote.hear, self.run)

    def share(self, digest: str) -> None:
        """See that an artifact of this machine is in the store; blocks.

        Raises:
            StorageError: the store does not take it.
        """
        if digest not in self._shared:
            self.store.put(self.local, digest)
            self._shared.add(digest)

    def fetch(self, digest: str) -> None:
        """See that an artifact of the store is on this machine; blocks.

        Raises:
            StorageError: the store does not give it.
        """
        self.store.fetch(self.local, digest)
        self._shared.add(digest)

    def note_wait(self, seconds: float) -> None:
        """Say once that the store is slow, if a request to it took this long."""
        if seconds > _SLOW_SECONDS and not self._said_slow:
            self._said_slow = True
            self._say(f"the store {self.store} is slow: one request took {seconds:.0f} s")

    def check(self) -> None:
        """Wait no longer than a run is willing to for a machine that can be used.

        Raises:
            ClusterError: there has been none for too long.
        """
        if self._hosts:
            self._empty_since = None
            return
        if self._empty_since is None:
            self._empty_since = time.monotonic()
            if not self._broken:
                self._say(
                    f"no Dask worker can be used yet; waiting {self.patience.workers:g} s for one"
                )
        waited = time.monotonic() - self._empty_since
        if self._broken and waited > self.patience.scheduler:
            raise ClusterError(
                f"the Dask scheduler at {self._link.address!r} has not answered for "
                f"{self.patience.scheduler:g} s",
                _KEPT,
            )
        if waited > self.patience.workers:
            reason = "".join(f": {one}" for one in list(self._refusals.values())[-1:])
            raise ClusterError(
                f"no Dask worker at {self._link.address!r} can be used{reason}",
                f"start workers with `dask worker {self._link.address}`; {_KEPT}",
            )

    def _seen(self, present: Present) -> None:
        with self._lock:
            gone = {one for one, worker in self._known.items() if present.get(one) != worker}
            for name in gone:
                del self._known[name]
                self._refusals.pop(name, None)
            lost = gone & self._hosts.keys()
            self._hosts = {name: one for name, one in self._hosts.items() if name not in gone}
            new = [one for one in present.values() if one.address not in self._known]
            self._known.update((one.address, one) for one in new)
        for name in sorted(lost) if not (self._closing or self._broken) else ():
            self._say(f"the Dask worker {name} is gone; its work is done elsewhere")
        membership = Membership(self.run, self.store)
        for one in new:
            joined = self._link.call(one.address, remote.join, membership)
            joined.add_done_callback(partial(self._joined, one))
        self.changed()

    def _joined(self, worker: DaskWorker, answer: Future[tuple[Version, int]]) -> None:
        try:
            version, memory = answer.result()
        except HostLostError:
            return
        except CrossloadError as error:
            self._refuse(worker, str(error))
            return
        except Exception as error:  # noqa: BLE001 - what a foreign installation raises
            self._refuse(worker, f"{type(error).__name__}: {error}")
            return
        if version != self._version:
            self._refuse(worker, f"it has {version}, and this machine {self._version}")
            return
        megabytes = (worker.memory or 0) / 1_000_000
        budget = megabytes or min(_MOST_MEMORY_MB, memory / 2 / 1_000_000)
        host = Host(worker.address, worker.threads, budget, built=set())
        with self._lock:
            if self._known.get(worker.address) == worker:
                self._hosts = {**self._hosts, worker.address: host}
        self.changed()

    def _refuse(self, worker: DaskWorker, reason: str) -> None:
        self._refusals[worker.address] = reason
        self._say(f"the Dask worker {worker.address} is not used: {reason}")

    def _is_broken(self, how: str) -> None:
        self._broken = bool(how)
        if self._closing:
            return
        if how:
            self._say(
                f"the Dask scheduler at {self._link.address!r} is gone; waiting "
                f"{self.patience.scheduler:g} s for it to come back"
            )
        else:
            self._say("the Dask scheduler is back")


def _nothing() -> None:
    """Nobody wants to know."""
