"""Digests that enter the keys of results: of the probe scripts and of the options given to them.

Owns what counts as "the same probe"; the digest of an environment is `runner.environments`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from crossload.runner.cases.model import Scripts
from crossload.runner.probing.catalogue import ModelTraits
from crossload.runner.subjects.model import Subject

_MODEL_FILES = "probe_models_*.py"
_SCRIPT_FILE = "probe_script.py"  # runs the scripts of cases; no model depends on it
# What only models of the user's own need.
_SUBJECT_FILES = ("probe_subject*.py", "probe_architecture.py", "probe_translate*.py")
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


def subject_digests(folder: Path, subjects: Iterable[Subject]) -> dict[str, str]:
    """Return for each subject the sha256 over the probe scripts, its files and its task."""
    wanted = tuple(subjects)
    if not wanted:
        return {}
    probe = _digest(folder, _shared(folder) | _subject_files(folder))
    return {one.name: _subject_digest(probe, one) for one in wanted}


def _subject_digest(probe: str, subject: Subject) -> str:
    return hashlib.sha256(json.dumps([probe, *subject.identity]).encode()).hexdigest()


def _subject_files(folder: Path) -> set[str]:
    return {path.name for pattern in _SUBJECT_FILES for path in folder.glob(pattern)}


def _case_digest(probe: str, scripts: Scripts) -> str:
    text = json.dumps([probe, scripts.save, scripts.load])
    return hashlib.sha256(text.encode()).hexdigest()


def _families(folder: Path) -> set[str]:
    return {path.name for path in folder.glob(_MODEL_FILES)}


def _shared(folder: Path) -> set[str]:
    atlas = {path.name for path in folder.glob(_ATLAS_FILES)}
    apart = _families(folder) | _APART | atlas | _subject_files(folder)
    return {path.name for path in folder.glob("*.py")} - apart


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
