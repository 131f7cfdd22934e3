"""The folder of a cell of a user's own model: their file and code, its outputs, scripts.

Owns which files of the artifact store go there, and under which names. `own_scripts` writes the
scripts, `own_readme` what the README says of them.
"""

from __future__ import annotations

import ast
import json
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from crossload.reports.document import CellRow
from crossload.reports.explain_lookup import Found
from crossload.reports.explain_own import OwnModel
from crossload.reports.reproduce.expectations import Expectation, read_expectation
from crossload.reports.reproduce.own_readme import EXPECTED, Content
from crossload.reports.reproduce.own_scripts import (
    INPUTS,
    OwnCode,
    OwnSubject,
    own_load_script,
    own_save_script,
)
from crossload.reports.reproduce.templates import Side
from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.errors import UsageError
from crossload.runner.subjects.code import BUILD, read_code
from crossload.runner.words import Check, Strategy, SubjectTask

SAVED = "saved"


@dataclass(frozen=True)
class OwnScripts:
    """How the scripts of a cell load and compare.

    Attributes:
        strategy: the way of loading.
        concessions: what the measured attempt gave up.
        watched: what is compared besides the outputs.
        tolerance: how far those may be apart (relative).
        saver: the environment of `save.py`.
        loader: the environment of `load.py`.
    """

    strategy: Strategy
    concessions: tuple[str, ...]
    watched: tuple[Check, ...]
    tolerance: float
    saver: Side
    loader: Side


def own_files(found: Found, own: OwnModel, scripts: OwnScripts) -> dict[str, Content]:
    """The files of the folder besides its README and its locks, by their places in it.

    Raises:
        UsageError: what they are made of is not in the artifact store, or damaged there; or only
            crossload can rebuild the model.
    """
    row = found.row
    if own.task is SubjectTask.BUILD:
        return _of_script(found, own, scripts)
    if found.save is None or found.save.artifact is None:
        raise _nothing_kept(row, own)
    artifact = _intact(own.artifact, row, found.command)
    payload = next((artifact / "payload").iterdir())
    is_bare = own.task is SubjectTask.BARE
    expected = None if is_bare else _expectation(artifact, scripts.watched, found.command)
    subject = _subject(row, own, scripts, expected, payload.name)
    kept: dict[str, Content] = {f"{SAVED}/{payload.name}": payload}
    if expected is not None:
        steps = Check.STEP in scripts.watched
        kept[EXPECTED] = expected.arrays(outputs=True, targets=steps)
        if expected.noted:
            kept["expected.json"] = json.dumps(expected.noted)
    return {"load.py": own_load_script(subject, scripts.loader), **kept, **_code(own, subject)}


def _of_script(found: Found, own: OwnModel, scripts: OwnScripts) -> dict[str, Content]:
    is_saved = found.save is not None and found.save.artifact is not None
    if own.bundle is None and not is_saved:
        raise _nothing_kept(found.row, own)
    _intact(own.bundle, found.row, found.command)
    expected = None
    if is_saved:
        artifact = _intact(own.artifact, found.row, found.command)
        expected = _expectation(artifact, scripts.watched, found.command)
    subject = _subject(found.row, own, scripts, expected)
    given: dict[str, Content] = {}
    if expected is not None:
        given[INPUTS] = expected.arrays(outputs=False, targets=subject.trains)
    return {
        "save.py": own_save_script(subject, scripts.saver),
        "load.py": own_load_script(subject, scripts.loader),
        **_code(own, subject),
        **given,
    }


def _subject(
    row: CellRow,
    own: OwnModel,
    scripts: OwnScripts,
    expected: Expectation | None,
    payload: str = "",
) -> OwnSubject:
    return OwnSubject(
        format=row.format,
        payload=payload,
        strategy=scripts.strategy,
        concessions=scripts.concessions,
        watched=scripts.watched,
        tolerance=scripts.tolerance,
        code=_own_code(own),
        inputs=0 if expected is None else len(expected.inputs),
        outputs=0 if expected is None else len(expected.outputs),
        trains=expected is not None and bool(expected.targets),
    )


def _own_code(own: OwnModel) -> OwnCode | None:
    if own.code is None or own.facts.code is None:
        return None
    code = read_code(own.code)
    builds = [
        one
        for one in ast.parse(code.text).body
        if isinstance(one, ast.FunctionDef) and one.name == BUILD
    ]
    takes_keras = any(len(one.args.args) > len(one.args.defaults) for one in builds)
    lists_objects = "custom_objects =" in code.text or "def custom_objects(" in code.text
    return OwnCode(own.facts.code, code.has_build, takes_keras, lists_objects)


def _code(own: OwnModel, subject: OwnSubject) -> dict[str, Content]:
    return {} if own.code is None or subject.code is None else {subject.code.place: own.code}


def _nothing_kept(row: CellRow, own: OwnModel) -> UsageError:
    did = "save" if own.task is SubjectTask.BUILD else "load"
    return UsageError(
        f"{row.saver} did not {did} {own.file}, and nothing of it was kept for {row.id}",
        f"`crossload explain {row.id}` shows the error; cells of an environment that did {did} it "
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


def _expectation(artifact: Path, watched: Collection[Check], command: str) -> Expectation:
    try:
        return read_expectation(artifact, watched)
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile) as error:
        raise _damaged(artifact, f"its expectation cannot be read ({error})", command) from error
