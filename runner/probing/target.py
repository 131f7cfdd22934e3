"""What probing needs to know of a built environment, and where a worker finds its folders.

Owns these two values only; how environments are built is `runner.environments`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.words import Api, Backend

if TYPE_CHECKING:
    from crossload.runner.environments.model import BuiltEnvironment

INSIDE_PROBES = Path("/probes")
INSIDE_ARTIFACTS = Path("/artifacts")
INSIDE_SCRATCH = Path("/scratch")


@dataclass(frozen=True)
class ProbeTarget:
    """One environment as a worker's home: its interpreter, and how it uses Keras.

    `variables` is the allow-list of environment variables that a probe gets; nothing else of the
    caller's environment reaches it. `readable` are folders outside of the environment that it
    needs: those of libraries of this machine. `import_seconds` only feeds estimates. `legacy`: it
    has tf-keras beside another Keras, and can load with either.
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

    @classmethod
    def of(
        cls,
        built: BuiltEnvironment,
        variables: Mapping[str, str],
        readable: tuple[Path, ...] = (),
    ) -> ProbeTarget:
        """Describe a built environment; `variables` are those of its probes."""
        return cls(
            id=built.environment.id,
            digest=built.digest,
            python=built.python,
            prefix=built.prefix,
            base_prefix=built.base_prefix,
            api=str(built.environment.spec.api),
            backend=str(built.environment.spec.backend),
            variables=tuple(variables.items()),
            import_seconds=built.import_seconds,
            readable=readable,
            legacy=_has_legacy_beside(built, variables),
        )


def _has_legacy_beside(built: BuiltEnvironment, variables: Mapping[str, str]) -> bool:
    """Whether tf-keras is installed and is not what the environment uses anyway."""
    spec = built.environment.spec
    uses_it = spec.api is Api.TF_KERAS or variables.get("TF_USE_LEGACY_KERAS") in {"1", "true"}
    return spec.backend is Backend.TENSORFLOW and not uses_it and "tf_keras" in dict(built.versions)


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
