"""Digests that enter the keys of results: of the probe and of the options given to it.

Owns which modules of the probe a job depends on: the worker, what carries out that kind of job,
and all that those import. `sources` decides when a module is the same;
`runner.environments` computes the digest of an environment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from crossload.runner.models.traits import ModelTraits
from crossload.runner.probing.material import Bundle, Scripts
from crossload.runner.probing.sources import PACKAGE, Sources
from crossload.runner.records import ProbeDigests

_WORKER = ("start", f"{PACKAGE}.worker")
_SAVING = f"{PACKAGE}.jobs.saving"
_LOADING = f"{PACKAGE}.jobs.loading"
_TRANSLATOR = f"{PACKAGE}.translate"
_CASE = f"{PACKAGE}.jobs.scripts"
_SUBJECT = f"{PACKAGE}.subjects.tasks"


def digests_of(
    sources: Sources,
    models: Mapping[str, ModelTraits],
    cases: Mapping[str, Scripts],
    subjects: Mapping[str, Bundle],
) -> dict[str, ProbeDigests]:
    """The digests of everything that can be measured, by name; no name is in two of them."""
    return {
        **probe_digests(sources, models),
        **case_digests(sources, cases),
        **subject_digests(sources, subjects),
    }


def probe_digests(sources: Sources, models: Mapping[str, ModelTraits]) -> dict[str, ProbeDigests]:
    """Return for each reference model the sha256 over the modules that its jobs depend on.

    One of them is the module that builds the model: a change to it leaves the results of the
    models in other modules valid.
    """
    by_file = {
        file: _reference_digests(sources, f"{PACKAGE}.models.{file}")
        for file in {model.file for model in models.values()}
    }
    return {name: by_file[model.file] for name, model in models.items()}


def _reference_digests(sources: Sources, model: str) -> ProbeDigests:
    return ProbeDigests(
        saving=sources.digest(*_WORKER, _SAVING, model),
        loading=sources.digest(*_WORKER, _LOADING, model, without=_TRANSLATOR),
        translating=sources.digest(*_WORKER, _LOADING, model),
    )


def case_digests(sources: Sources, cases: Mapping[str, Scripts]) -> dict[str, ProbeDigests]:
    """Return for each case the sha256 over what runs its scripts, and over the scripts."""
    if not cases:
        return {}
    probe = sources.digest(*_WORKER, _CASE)
    return {name: _one(_sha256(probe, one.save, one.load)) for name, one in cases.items()}


def subject_digests(sources: Sources, subjects: Mapping[str, Bundle]) -> dict[str, ProbeDigests]:
    """Return for each subject the sha256 over the probe's modules, its files and its task."""
    if not subjects:
        return {}
    probe = sources.digest(*_WORKER, _SUBJECT)
    return {name: _one(_sha256(probe, *one.identity)) for name, one in subjects.items()}


def _one(digest: str) -> ProbeDigests:
    """Whatever is done depends on the same modules."""
    return ProbeDigests(digest, digest, digest)


def _sha256(*parts: str | None) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def options_digest(options: Mapping[str, str | int | float | bool | None]) -> str:
    """Return the sha256 of the options as canonical JSON; the order of keys does not matter."""
    text = json.dumps(dict(options), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
