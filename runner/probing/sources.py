"""The probe's modules: the digest of each, and which of the others it imports.

Owns reading them, and the cache of what was parsed. When two texts are the same module is decided
by `normal_form`, which modules a job depends on by `digests`.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from crossload.runner.errors import ConfigurationError
from crossload.runner.probing.normal_form import normal_form

PACKAGE = "crossload_probe"


class Source(BaseModel):
    """One module: the digest of its normal form, and the names of the modules it may import.

    `imports` also holds what is imported from a module: whether `a.b` is a module or a name in
    module `a`, only the folder knows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    digest: str
    imports: tuple[str, ...]


_TRIES = 5
_CACHE = TypeAdapter(dict[str, Source])  # by the sha256 of a file's bytes


class Sources:
    """All modules of a probes folder by their dotted names; a package is named as its folder."""

    def __init__(self, modules: Mapping[str, Source]) -> None:
        self._modules = modules
        self._imported: dict[str, tuple[str, ...]] = {}

    def digest(self, *entries: str, without: str = "") -> str:
        """Return the sha256 over these modules and all that they import, directly or not.

        Args:
            entries: dotted names.
            without: a package that the jobs in question never reach, though modules import it.

        Raises:
            ConfigurationError: there is no such module.
        """
        reached = self.reached(*entries, without=without)
        parts = (f"{name} {self._modules[name].digest}\n" for name in reached)
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    @property
    def whole(self) -> str:
        """The sha256 over all modules."""
        return self.digest(*self._modules)

    def reached(self, *entries: str, without: str = "") -> list[str]:
        """Return these modules and all that they import, directly or not, sorted.

        A package `without` counts as not imported, with all that only it imports.

        Raises:
            ConfigurationError: there is no such module.
        """
        reached: set[str] = set()
        waiting = list(entries)
        while waiting:
            name = waiting.pop()
            if name not in reached and not _lies_in(name, without):
                reached.add(name)
                waiting += self._imports(name)
        return sorted(reached)

    def _imports(self, name: str) -> tuple[str, ...]:
        """The modules that are imported with a module, its packages among them."""
        if name not in self._imported:
            if name not in self._modules:
                raise _broken(f"there is no module {name!r}")
            wanted = (name, *self._modules[name].imports)
            prefixes = (
                one for full in wanted for one in accumulate(full.split("."), "{}.{}".format)
            )
            found = dict.fromkeys(one for one in prefixes if one in self._modules and one != name)
            self._imported[name] = tuple(found)
        return self._imported[name]


def read_sources(folder: Path, cache: Path | None = None) -> Sources:
    """Read the probe's modules.

    Args:
        folder: the probes folder, which holds `start.py` and the package.
        cache: a file that keeps what was parsed, since parsing all of it takes 0.2 s; it is
            written when something is missing in it, and one that is damaged is replaced.

    Raises:
        ConfigurationError: a module cannot be read or is not Python.
    """
    known = _read_cache(cache) if cache else {}
    used: dict[str, Source] = {}
    modules: dict[str, Source] = {}
    for path in (folder / "start.py", *sorted((folder / PACKAGE).rglob("*.py"))):
        try:
            content = path.read_bytes()
            key = hashlib.sha256(content).hexdigest()
            used[key] = known.get(key) or parse_source(content)
        except (OSError, ValueError, SyntaxError) as error:
            raise _broken(f"{str(path)!r} cannot be read: {error}") from error
        modules[_dotted(path.relative_to(folder))] = used[key]
    if cache and used.keys() - known.keys():
        with suppress(OSError):  # it is read again then
            cache.write_bytes(_CACHE.dump_json(used))
    return Sources(modules)


def _read_cache(path: Path) -> dict[str, Source]:
    try:
        return _CACHE.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}


def _lies_in(name: str, package: str) -> bool:
    return bool(package) and f"{name}.".startswith(f"{package}.")


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _broken(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"the probe is damaged: {what}", "restore it from the release, or reinstall crossload"
    )


@lru_cache(maxsize=1000)
def parse_source(content: bytes) -> Source:
    """Return what a module's text comes to; raises SyntaxError, ValueError."""
    tree = _parsed(content)
    digest = hashlib.sha256(normal_form(tree).encode()).hexdigest()
    return Source(digest=digest, imports=tuple(sorted(set(_imported(tree)))))


def _parsed(content: bytes) -> ast.Module:
    # CPython before 3.13 counts the depth of nodes for all threads together. If another thread
    # parses at the same time (Dask's do), it may raise SystemError for a text that is right.
    for _ in range(_TRIES - 1):
        with suppress(SystemError):
            return ast.parse(content)
    return ast.parse(content)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(PACKAGE))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
