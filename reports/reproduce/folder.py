"""The folder of a cell: two scripts, two locks and a README, written whole or not at all.

Owns its files, and which attempt they repeat; the scripts are `scripts`'s and `case_scripts`'s, the
words of the README `readme`'s.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.document import AttemptRow, CellRow
from reports.explain_lookup import Found
from reports.reproduce.case_scripts import case_script
from reports.reproduce.hidden import Hide, hiding_paths
from reports.reproduce.mains import WATCHED
from reports.reproduce.readme import Story, readme
from reports.reproduce.scripts import Subject, load_script, save_script
from reports.reproduce.sides import Prepared, prepare
from runner.analysis.judged import TryResult
from runner.cases.model import Scripts
from runner.config.model import EnvironmentSpec
from runner.errors import StorageError, UsageError
from runner.probing.catalogue import read_catalogue
from runner.words import Check, Format, Strategy, Verdict

_TOLERANCE = 1e-5  # where nothing was measured


@dataclass(frozen=True)
class Places:
    """Where its parts come from.

    Attributes:
        probes: the probes' folder.
        locks: the folders of locks.
        cases: the scripts of cases by name.
        specs: the environments of the matrices at hand.
        hide: what hides the folders of this project in any text.
    """

    probes: Path
    locks: tuple[Path, ...]
    cases: Mapping[str, Scripts]
    specs: Sequence[EnvironmentSpec]
    hide: Hide


def files_of(found: Found, wanted: Strategy | None, places: Places) -> dict[str, str]:
    """The texts of the folder by file name.

    Args:
        found: the cell.
        wanted: the way of loading; None for the one that shows the verdict.
        places: where the parts come from.

    Raises:
        UsageError: nothing was measured of the cell, or not by that strategy; its model or the
            lock of one of its environments is not known here.
    """
    strategy = wanted or _telling(found.row)
    attempt = _attempt(found.row, strategy)
    saver, loader = (_prepared(found, one, places) for one in (found.row.saver, found.row.loader))
    watched = _watched(found.row, attempt)
    save, load = _scripts(found.row, strategy, places, (saver, loader))
    names = {found.row.saver: "env-save", found.row.loader: "env-load"}
    story = Story(
        row=found.row,
        run=found.report.run,
        saver=saver,
        loader=loader,
        attempt=attempt,
        watched=tuple(str(one) for one in watched),
        hide=hiding_paths(names, places.hide),
    )
    return {
        "README.md": readme(story),
        "save.py": save,
        "load.py": load,
        "requirements-save.txt": saver.lock.path.read_text(encoding="utf-8"),
        "requirements-load.txt": loader.lock.path.read_text(encoding="utf-8"),
    }


def _telling(row: CellRow) -> Strategy:
    """Plain loading; where outputs differ, the first way in which they do, for plain may raise."""
    if row.verdict is not Verdict.DIFFERS:
        return Strategy.PLAIN
    differing = (one.strategy for one in row.attempts if one.result is TryResult.DIFFERS)
    return next(differing, Strategy.PLAIN)


def _attempt(row: CellRow, strategy: Strategy) -> AttemptRow | None:
    """The attempt that is repeated; None where the saver already failed.

    Raises:
        UsageError: there is none to repeat.
    """
    attempt = next((one for one in row.attempts if one.strategy is strategy), None)
    if attempt is not None or (not row.attempts and row.error is not None):
        return attempt
    if row.attempts:
        tried = ", ".join(one.strategy for one in row.attempts)
        raise UsageError(
            f"{row.id} was not loaded by the strategy {strategy!r}", f"it was by {tried}"
        )
    raise UsageError(
        f"nothing was measured of {row.id}: {row.detail or row.verdict}",
        f"`crossload explain {row.id}` tells all that is known",
    )


def _watched(row: CellRow, attempt: AttemptRow | None) -> tuple[Check, ...]:
    """What was lost besides the outputs, and a script can show."""
    if attempt is None or row.format is Format.SCRIPT:
        return ()
    return tuple(one for one in WATCHED if str(one) in attempt.lost)


def _prepared(found: Found, name: str, places: Places) -> Prepared:
    one = found.environment(name)
    if one is None:
        raise UsageError(f"the run recorded no environment {name!r}", "measure the cell again")
    return prepare(one, found.digests.get(name, ""), places.specs, places.locks)


def _scripts(
    row: CellRow, strategy: Strategy, places: Places, sides: tuple[Prepared, Prepared]
) -> tuple[str, str]:
    saver, loader = (one.side for one in sides)
    tolerance = _TOLERANCE if row.tolerance is None else row.tolerance
    if row.format is Format.SCRIPT:
        scripts = places.cases.get(row.model)
        if scripts is None:
            raise UsageError(
                f"there is no scripted case {row.model!r} here",
                "name the matrix beside whose `cases` it is, with --matrix",
            )
        return (
            case_script(scripts.save, saver, loads=False),
            case_script(scripts.load, loader, loads=True, tolerance=tolerance),
        )
    traits = read_catalogue(places.probes).get(row.model)
    if traits is None:
        raise UsageError(f"this version of crossload has no reference model {row.model!r}")
    watched = _watched(row, _attempt(row, strategy))
    subject = Subject(row.model, traits.file, row.format, strategy, watched, tolerance)
    return save_script(places.probes, subject, saver), load_script(places.probes, subject, loader)


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files into a new or empty folder.

    Raises:
        UsageError: something is there already.
        StorageError: it cannot be written; nothing is left then.
    """
    temporary: Path | None = None
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                f"{str(folder)!r} is there and not an empty folder", "name another one with -o"
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for name, text in files.items():
            (temporary / name).write_text(text, encoding="utf-8")
        temporary.chmod(0o755)
        temporary.replace(folder)
    except OSError as error:
        raise StorageError(
            f"cannot write {str(folder)!r}: {error.strerror or error}", "choose another folder"
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(temporary)
