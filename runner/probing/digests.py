"""Digests that enter the keys of results: of the probe scripts and of the options given to them.

Owns what counts as "the same probe"; the digest of an environment is `runner.environments`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from runner.cases.model import Scripts
from runner.probing.catalogue import ModelTraits

_MODEL_FILES = "probe_models_*.py"
_SCRIPT_FILE = "probe_script.py"  # runs the scripts of cases; no model depends on it
# These run by themselves: no job depends on them.
_APART = frozenset({"probe_facts.py", _SCRIPT_FILE})
_ATLAS_FILES = "probe_atlas*.py"


def probe_digests(folder: Path, catalogue: Mapping[str, ModelTraits]) -> dict[str, str]:
    """Return for each reference model the sha256 over the probe scripts that its jobs depend on.

    Those are the shared scripts and the file that builds the model, by name and content: a change
    to one file of models leaves the results of the others valid. Equal scripts give equal digests
    wherever they lie; caches and data files do not count.
    """
    families = _families(folder)
    shared = _shared(folder)
    by_file = {
        file: _digest(folder, shared | ({file} & families))
        for file in {f"{model.file}.py" for model in catalogue.values()}
    }
    return {name: by_file[f"{model.file}.py"] for name, model in catalogue.items()}


def case_digests(folder: Path, cases: Mapping[str, Scripts]) -> dict[str, str]:
    """Return for each case the sha256 over the shared probe scripts and its own two scripts."""
    if not cases:
        return {}
    probe = _digest(folder, _shared(folder) | {_SCRIPT_FILE})
    return {name: _case_digest(probe, scripts) for name, scripts in cases.items()}


def _case_digest(probe: str, scripts: Scripts) -> str:
    text = json.dumps([probe, scripts.save, scripts.load])
    return hashlib.sha256(text.encode()).hexdigest()


def _families(folder: Path) -> set[str]:
    return {path.name for path in folder.glob(_MODEL_FILES)}


def _shared(folder: Path) -> set[str]:
    atlas = {path.name for path in folder.glob(_ATLAS_FILES)}
    return {path.name for path in folder.glob("*.py")} - _families(folder) - _APART - atlas


def _digest(folder: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(names):
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def options_digest(options: Mapping[str, str | int | float | bool | None]) -> str:
    """Return the sha256 of the options as canonical JSON; the order of keys does not matter."""
    text = json.dumps(dict(options), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
