"""Which model files must not be loaded where no sandbox contains them, and what would run.

Owns that decision and its words. `runner.inspection` found out what is in a file without loading
it; `runner.sandbox` knows whether there is a sandbox. A user's own Python file is no model file:
it was named to be run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crossload.runner.config.problems import shown_path
from crossload.runner.errors import UntrustedError
from crossload.runner.inspection.model import FindingKind, Inspection
from crossload.runner.sandbox.containment import Sandbox, detect_sandbox, uncontained
from crossload.runner.subjects.model import Subject
from crossload.runner.subjects.reading import LeftOut, Reading
from crossload.runner.untrusted.text import clean

# A file of which a part could not be read may hold anything there, and a loader may read it.
REACHING_OUT = frozenset(
    {
        FindingKind.CODE,
        FindingKind.IMPORTS,
        FindingKind.WRITES_FILES,
        FindingKind.READS_FILES,
        FindingKind.UNSAFE_NAME,
        FindingKind.DAMAGED,
        FindingKind.FAILED,
    }
)
_SHOWN = 3
_TRUST = "--trust loads the file with your permissions"


def would_run(inspection: Inspection | None) -> tuple[str, ...]:
    """What loading a file can do besides building a model; nothing for a harmless one."""
    if inspection is None:
        return ()
    found = [one for one in inspection.findings if one.kind in REACHING_OUT]
    said = [clean(f"{one.kind}: {one.text}") for one in found[:_SHOWN]]
    more = len(found) - _SHOWN
    return (*said, f"and {more} more") if more > 0 else tuple(said)


def runs_code(inspection: Inspection | None) -> bool:
    """Whether code from a file can run in the process that loads it, and forge what it reports."""
    return inspection is not None and any(
        one.kind is FindingKind.CODE for one in inspection.findings
    )


def sandbox_for(subjects: Sequence[Subject], *, wanted: bool) -> Sandbox | None:
    """The sandbox that the models would be loaded in; None where none of them needs any."""
    if not any(would_run(one.inspection) for one in subjects):
        return None
    return detect_sandbox() if wanted else uncontained()


def trusted_only(reading: Reading, sandbox: Sandbox | None) -> Reading:
    """The same models without those that need a sandbox, where there is none.

    Raises:
        UntrustedError: not one is left.
    """
    if sandbox is None or sandbox.contained:
        return reading
    refused = tuple(one for one in reading.subjects if would_run(one.inspection))
    kept = tuple(one for one in reading.subjects if not would_run(one.inspection))
    reasons = tuple(LeftOut(one.path, _reason(one)) for one in refused)
    if not kept:
        lines = [one.reason for one in reasons]
        raise UntrustedError("\n".join([*lines, _lack(sandbox)]), how_to_load(sandbox))
    return replace(reading, subjects=kept, refused=reasons)


def how_to_load(sandbox: Sandbox) -> str:
    """What to do about a refused file."""
    advice = [one.advice for one in sandbox.findings if one.advice]
    return "; ".join([*(advice or ["leave --no-sandbox out"]), _TRUST])


def _reason(subject: Subject) -> str:
    said = "; ".join(would_run(subject.inspection))
    return f"{shown_path(subject.path)} is not loaded without a sandbox: {said}"


def _lack(sandbox: Sandbox) -> str:
    found = sandbox.findings[0].found if sandbox.findings else "switched off by --no-sandbox"
    return f"sandbox: {found}"
