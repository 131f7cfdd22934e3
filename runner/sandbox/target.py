"""The environment that a contained process runs in, and where it finds its folders.

Owns these values only; `runner.bridge` makes a target of a built environment.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.words import Word

INSIDE_PROBES = Path("/probes")
INSIDE_ARTIFACTS = Path("/artifacts")
INSIDE_SCRATCH = Path("/scratch")


class Engine(Word):
    """What runs container images."""

    DOCKER = "docker"
    PODMAN = "podman"
    APPTAINER = "apptainer"


@dataclass(frozen=True)
class Image:
    """A container image: the engine that has it, with its executable, and what the engine calls it.

    `reference` never means another image later: it is the image's ID, or the path of a file.
    """

    engine: Engine
    program: str
    reference: str


@dataclass(frozen=True)
class ProbeTarget:
    """One environment as a worker's home: its interpreter, and how it uses Keras.

    `variables` is the allow-list of environment variables that a probe gets; nothing else of the
    caller's environment reaches it. `readable` are folders outside of the environment that it
    needs: those of libraries of this machine. `import_seconds` only feeds estimates. `legacy`: it
    has tf-keras beside another Keras, and can load with either. With an `image`, the paths of the
    interpreter are those inside.
    """

    id: str
    digest: str
    python: Path
    prefix: Path
    base_prefix: Path
    api: str
    backend: str
    variables: tuple[tuple[str, str], ...] = ()
    import_seconds: float = 3.0
    readable: tuple[Path, ...] = ()
    legacy: bool = False
    image: Image | None = None


def own_interpreter(name: str, readable: tuple[Path, ...] = ()) -> ProbeTarget:
    """This program's own interpreter and packages, for what is contained but no environment.

    Args:
        name: its id.
        readable: folders outside of the interpreter's that it needs.
    """
    return ProbeTarget(
        id=name,
        digest="",
        python=Path(sys.executable),
        prefix=Path(sys.prefix),
        base_prefix=Path(sys.base_prefix),
        api="",
        backend="",
        readable=readable,
    )


@dataclass(frozen=True)
class Place:
    """The folders of one worker, as the host sees them; `slot` numbers workers that live at once.

    `scratch` is the only one a worker may write; `log` takes what is said before the worker
    redirects its own output (the sandbox's complaints, above all).
    """

    probes: Path
    artifacts: Path
    scratch: Path
    log: Path
    slot: int = 0
