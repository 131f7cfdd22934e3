"""Finds out once how well this machine can contain a worker, and builds the worker's command.

Owns the choice of level and the self test. `bubblewrap` has the arguments of that program,
`guardian` is the fallback without it, `containers` is for images; `runner.probing.process` starts
and kills.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.records import Finding, Limits
from crossload.runner.sandbox import bubblewrap, findings, seccomp
from crossload.runner.sandbox.bubblewrap import Tools
from crossload.runner.sandbox.containers import Container
from crossload.runner.sandbox.starting import (
    Containment,
    Descriptors,
    guarded,
    worker_command,
)
from crossload.runner.sandbox.target import (
    INSIDE_ARTIFACTS,
    INSIDE_PROBES,
    INSIDE_SCRATCH,
    Place,
    ProbeTarget,
    own_interpreter,
)
from crossload.runner.untrusted.evidence import clean_tail
from crossload.runner.words import Word

_WANTED_OPTIONS = ("--size", "--disable-userns")
_SELF_TEST_SECONDS = 20
_SELF_TEST = "echo seen > /scratch/seen && cat /scratch/seen"


class SandboxLevel(Word):
    """How a worker is contained."""

    BUBBLEWRAP = "bubblewrap"  # mode A: the caller is a normal user
    BUBBLEWRAP_AS_ROOT = "bubblewrap-as-root"  # mode B: mounts as root, then a private user id
    NONE = "none"  # limits and a clean end only


@dataclass(frozen=True)
class Sandbox:
    """The level in use; `tools` is None without bubblewrap."""

    level: SandboxLevel
    tools: Tools | None = None
    filtered: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def contained(self) -> bool:
        """Whether a hostile model is kept from this machine's files and network."""
        return self.level is not SandboxLevel.NONE

    @property
    def guarded(self) -> bool:
        """Whether a guardian starts the worker, and ends it when its lifeline closes."""
        return not self.contained

    @property
    def is_remote(self) -> bool:
        """Whether a service runs the worker: no, it is a process below this one."""
        return False

    def owner(self, slot: int) -> int | None:
        """Return the user id that must own a worker's scratch folder, if not the caller's."""
        return bubblewrap.user_id(slot) if self.tools and self.tools.setpriv else None

    def inside(self, place: Place) -> Place:
        """Return the folders as the worker sees them."""
        if not self.contained:
            return place
        return Place(INSIDE_PROBES, INSIDE_ARTIFACTS, INSIDE_SCRATCH, place.log, place.slot)

    def command(
        self,
        target: ProbeTarget,
        place: Place,
        limits: Limits,
        descriptors: Descriptors,
        script: str,
    ) -> tuple[list[str], dict[str, str]]:
        """Return the argument list and the environment that start the worker `script`."""
        pipes = (descriptors.jobs, descriptors.answers)
        worker = worker_command(target, self.inside(place), script, pipes)
        if self.tools is None:
            return _guarded(target, place, limits, descriptors, worker)
        command = bubblewrap.wrap(self.tools, target, place, descriptors.extra)
        command += ["--info-fd", str(descriptors.info), "--"]
        # The environment is empty because bubblewrap's own can be read at /proc/1/environ inside.
        return [*command, *bubblewrap.confine(self.tools, place, limits), *worker], {}


def containment_of(target: ProbeTarget, sandbox: Sandbox) -> Containment:
    """Return what contains a worker of this target: its image's container, else the sandbox."""
    return sandbox if target.image is None else Container(target.image)


def detect_sandbox() -> Sandbox:
    """Look for bubblewrap, try it, and return the best level that works; takes about 30 ms."""
    if sys.platform != "linux":
        return _none(findings.not_linux(platform.system()))
    as_root = os.geteuid() == 0
    found = {name: shutil.which(name) or "" for name in ("bwrap", "prlimit", "setpriv")}
    needed = ("bwrap", "prlimit", "setpriv") if as_root else ("bwrap", "prlimit")
    for name in needed:
        if not found[name]:
            return _none(findings.missing(name))
    options = bubblewrap.known_options(_output(found["bwrap"], "--help"))
    setpriv = found["setpriv"] if as_root else ""
    tools = Tools(found["bwrap"], found["prlimit"], setpriv, options)
    complaint = _self_test(tools)
    if complaint is not None:
        return _none(findings.refused(complaint))
    version = _output(found["bwrap"], "--version").strip() or "bubblewrap"
    notes = [findings.contained(version, as_root=as_root)]
    lacking = tuple(option for option in _WANTED_OPTIONS if option not in options)
    if lacking:
        notes.append(findings.old_bubblewrap(version, lacking))
    if not seccomp.supported():
        notes.append(findings.no_filter(platform.machine()))
    level = SandboxLevel.BUBBLEWRAP_AS_ROOT if as_root else SandboxLevel.BUBBLEWRAP
    return Sandbox(level, tools, seccomp.supported(), tuple(notes))


def uncontained() -> Sandbox:
    """Return the level without any containment, as chosen by the caller."""
    return Sandbox(SandboxLevel.NONE)


def _none(finding: Finding) -> Sandbox:
    return Sandbox(SandboxLevel.NONE, findings=(finding,))


def _guarded(
    target: ProbeTarget,
    place: Place,
    limits: Limits,
    descriptors: Descriptors,
    worker: list[str],
) -> tuple[list[str], dict[str, str]]:
    command = guarded(descriptors, bubblewrap.resource_limits(limits), worker)
    # An empty home and temporary folder of its own, inside what is measured and removed.
    home = str(place.scratch)
    return command, bubblewrap.variables(target, home, home)


def _self_test(tools: Tools) -> str | None:
    """Run a command in the very sandbox that workers get; return a complaint, or None."""
    here = own_interpreter("self-test")
    with tempfile.TemporaryDirectory(prefix="crossload-") as folder:
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        place = Place(Path(folder), Path(folder), scratch, Path(folder) / "log")
        if tools.setpriv:
            os.chown(scratch, bubblewrap.user_id(0), bubblewrap.user_id(0))
        reading = seccomp.filter_pipe() if seccomp.supported() else None
        command = bubblewrap.wrap(tools, here, place, reading)
        command += ["--", *bubblewrap.confine(tools, place, Limits())]
        try:
            done = subprocess.run(
                [*command, "/bin/sh", "-c", _SELF_TEST],
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SELF_TEST_SECONDS,
                check=False,
                pass_fds=() if reading is None else (reading,),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        finally:
            if reading is not None:
                os.close(reading)
    if done.returncode == 0 and done.stdout == b"seen\n":
        return None
    return clean_tail(done.stderr, 300) or f"exit status {done.returncode}"


def _output(*command: str) -> str:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=10
    )
    return done.stdout.decode("utf-8", "replace")
