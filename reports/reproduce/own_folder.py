"""The folder of a cell of a user's own model: their file and code, what it answers, scripts.

Owns which files of the artifact store go there, and under which names; the scripts are
`own_scripts`'s, the words of the README `own_readme`'s.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossload.reports.document import CellRow
from crossload.reports.explain_lookup import Found
from crossload.reports.explain_own import OwnModel
from crossload.reports.reproduce.own_readme import EXPECTED, Content
from crossload.reports.reproduce.own_scripts import OwnSubject, own_load_script, own_save_script
from crossload.reports.reproduce.scripts import Side, payload_name
from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.errors import UsageError
from crossload.runner.subjects.code import read_code
from crossload.runner.words import Check, Strategy, SubjectTask

SAVED = "saved"
_GIVEN = ("inputs.npz", "outputs.npz")
_ARRAY = re.compile(r"(input|output|slot)s(_\d+\.npy)")
_STATE = {
    Check.STRUCTURE: ("structure",),
    Check.COMPILE: ("compile",),
    Check.OPTIMIZER: ("optimizer",),
    Check.STEP: ("losses", "targets"),
}
_GROUPS = ("inputs", "outputs")


@dataclass(frozen=True)
class OwnScripts:
    """How the scripts of a cell load and compare.

    `strategy` is the way of loading, `watched` what is compared besides the outputs, `tolerance`
    how far those may be apart (relative); `saver` and `loader` are the environments.
    """

    strategy: Strategy
    watched: tuple[Check, ...]
    tolerance: float
    saver: Side
    loader: Side


def own_files(found: Found, own: OwnModel, scripts: OwnScripts, probes: Path) -> dict[str, Content]:
    """The files of the folder besides its README and its locks, by their places in it.

    Raises:
        UsageError: what they are made of is not in the artifact store, or damaged there.
    """
    row = found.row
    if own.task is SubjectTask.BUILD:
        return _of_script(found, own, scripts, probes)
    if found.save is None or found.save.artifact is None:
        raise _nothing_kept(row, own)
    artifact = _intact(own.artifact, row, found.command)
    payload = next((artifact / "payload").iterdir())
    subject = _subject(row, own, scripts, payload.name)
    kept: dict[str, Content] = {f"{SAVED}/{payload.name}": payload}
    if own.task is not SubjectTask.BARE:
        kept |= _expected(artifact, scripts.watched, found.command)
    return {
        "load.py": own_load_script(probes, subject, scripts.loader),
        **kept,
        **_code(own, subject),
    }


def _of_script(
    found: Found, own: OwnModel, scripts: OwnScripts, probes: Path
) -> dict[str, Content]:
    if own.bundle is None and (found.save is None or found.save.artifact is None):
        raise _nothing_kept(found.row, own)
    bundle = _intact(own.bundle, found.row, found.command)
    subject = _subject(found.row, own, scripts, payload_name(probes, found.row.format))
    return {
        "save.py": own_save_script(probes, subject, scripts.saver),
        "load.py": own_load_script(probes, subject, scripts.loader),
        **_code(own, subject),
        **{name: bundle / name for name in _GIVEN if (bundle / name).is_file()},
    }


def _subject(row: CellRow, own: OwnModel, scripts: OwnScripts, payload: str) -> OwnSubject:
    return OwnSubject(
        model=row.model,
        format=row.format,
        payload=payload,
        strategy=scripts.strategy,
        watched=scripts.watched,
        tolerance=scripts.tolerance,
        module=None if own.code is None else own.facts.code,
        has_build=own.code is not None and read_code(own.code).has_build,
        unsafe=own.facts.unsafe,
        bare=own.task is SubjectTask.BARE,
    )


def _code(own: OwnModel, subject: OwnSubject) -> dict[str, Content]:
    return {} if own.code is None else {subject.code: own.code}


def _nothing_kept(row: CellRow, own: OwnModel) -> UsageError:
    did = "save" if own.task is SubjectTask.BUILD else "load"
    return UsageError(
        f"{row.saver} did not {did} {own.file}, and nothing of it was kept for {row.id}",
        f"`crossload explain {row.id}` tells the error; cells of an environment that did {did} it "
        "can be reproduced",
    )


def _intact(bundle: Path | None, row: CellRow, command: str) -> Path:
    """The bundle, if it is there as it was taken.

    Raises:
        UsageError: it is not.
    """
    if bundle is None:
        raise UsageError(
            f"the files of {row.id} are not in the artifact store of this home",
            f"measure it again: {command}",
        )
    damage = ArtifactStore(bundle.parent).damage(bundle.name)
    if damage is not None:
        raise _damaged(bundle, damage, command)
    return bundle


def _damaged(bundle: Path, why: str, command: str) -> UsageError:
    return UsageError(
        f"the artifact {bundle.name} is damaged: {why}", f"measure it again: {command}"
    )


def _expected(artifact: Path, watched: Collection[Check], command: str) -> dict[str, Content]:
    """What the model was fed and what it answered, as `save.py` of a reference model leaves it."""
    try:
        facts = json.loads((artifact / "expected.json").read_bytes())
        names = {group: [str(one) for one in facts["ends"][group]] for group in _GROUPS}
        arrays = _arrays(artifact / "expected.npz", names, slots=Check.OPTIMIZER in watched)
        keys = [key for check in watched for key in _STATE.get(check, ())]
        state = json.dumps({key: facts[key] for key in keys})
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile) as error:
        raise _damaged(artifact, f"its expectation cannot be read ({error})", command) from error
    return {EXPECTED: arrays, **({"expected.json": state} if keys else {})}


def _arrays(path: Path, names: Mapping[str, list[str]], *, slots: bool) -> bytes:
    """The arrays of an expectation that a script compares, under the names that it knows."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as kept, zipfile.ZipFile(made, "w") as target:
        for member in kept.namelist():
            match = _ARRAY.fullmatch(member)
            if match is not None and (slots or match[1] != "slot"):
                if kept.getinfo(member).compress_type != zipfile.ZIP_STORED:
                    raise ValueError(f"{member} is compressed, which numpy.savez never does")
                target.writestr(match[1] + match[2], kept.read(member))
        for group, texts in names.items():
            with target.open(f"names_of_{group}.npy", "w") as stream:
                np.lib.format.write_array(stream, np.array(texts, dtype=str), allow_pickle=False)
    return made.getvalue()
