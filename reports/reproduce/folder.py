"""The folder of a cell: two scripts, two locks and a README, written whole or not at all.

Owns its files, and which attempt they repeat; `scripts` and `case_scripts` write the scripts,
`readme` the README.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossload.reports.document import AttemptRow, CellRow
from crossload.reports.explain_lookup import Found
from crossload.reports.reproduce.case_scripts import case_script
from crossload.reports.reproduce.hidden import Hide, hiding_paths
from crossload.reports.reproduce.own_folder import OwnScripts, own_files
from crossload.reports.reproduce.own_readme import Content, Parcel, parcel_of
from crossload.reports.reproduce.readme import Story, readme
from crossload.reports.reproduce.scripts import Subject, load_script, save_script
from crossload.reports.reproduce.sides import Prepared, prepare
from crossload.reports.reproduce.templates import WATCHED
from crossload.runner.analysis.judged import TryResult
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.errors import StorageError, UsageError
from crossload.runner.models.listing import read_models
from crossload.runner.probing.material import Scripts
from crossload.runner.records import Tolerances
from crossload.runner.vendoring import FILE_NAME, vendored
from crossload.runner.words import Check, Strategy, Verdict

_TOLERANCE = Tolerances.relative  # where nothing was measured
_NOT_WRITTEN = "NotWritten"  # what a probe raises where the framework is silent


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


@dataclass(frozen=True)
class Folder:
    """What is written: contents by their places, and what of it is the user's own, if anything."""

    files: Mapping[str, Content]
    parcel: Parcel | None = None


def folder_of(found: Found, wanted: Strategy | None, places: Places) -> Folder:
    """What is in the folder of a cell.

    Args:
        found: the cell.
        wanted: the way of loading; None for the one that shows the verdict.
        places: where the parts come from.

    Raises:
        UsageError: nothing was measured of the cell, or not by that strategy; its model, the files
            of a model of the user's own, or the lock of one of its environments is not known here.
    """
    row, own = found.row, found.own
    strategy = wanted or _telling(row)
    attempt = _attempt(row, strategy)
    saver, loader = (_prepared(found, one, places) for one in (row.saver, row.loader))
    watched = _watched(row, attempt)
    scripts: Mapping[str, Content]
    parcel = None
    if own is None:
        scripts = dict(
            zip(
                ("save.py", "load.py"),
                _scripts(row, strategy, places, (saver, loader)),
                strict=True,
            )
        )
    else:
        tolerance = _TOLERANCE if row.tolerance is None else row.tolerance
        conceded = () if attempt is None else attempt.concessions
        how = OwnScripts(strategy, conceded, watched, tolerance, saver.side, loader.side)
        scripts = own_files(found, own, how)
        parcel = parcel_of(own, scripts, found.save)
    names = {row.saver: "env-save", row.loader: "env-load"}
    story = Story(
        row=row,
        run=found.report.run,
        saver=saver,
        loader=loader,
        attempt=attempt,
        watched=tuple(str(one) for one in watched),
        hide=hiding_paths(names, places.hide),
        parcel=parcel,
    )
    locks = {"save": saver, "load": loader}
    if parcel is not None and not parcel.is_compared:
        del locks["save"]  # it only kept the file
    files = {
        "README.md": readme(story),
        **scripts,
        **({FILE_NAME: vendored()} if strategy is Strategy.TRANSLATED else {}),
        **{
            f"requirements-{verb}.txt": one.lock.path.read_text(encoding="utf-8")
            for verb, one in locks.items()
        },
    }
    return Folder(files, parcel)


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
            f"{row.id} was not loaded by the strategy {str(strategy)!r}", f"it was by {tried}"
        )
    raise UsageError(
        f"nothing was measured for {row.id}: {row.detail or row.verdict}",
        f"`crossload explain {row.id}` shows all that is known",
    )


def _watched(row: CellRow, attempt: AttemptRow | None) -> tuple[Check, ...]:
    """What was lost besides the outputs, and a script can show."""
    if attempt is None or row.format.is_script:
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
    if row.format.is_script:
        scripts = places.cases.get(row.model)
        if scripts is None:
            raise UsageError(
                f"there is no scripted case {row.model!r} here",
                "with --matrix, name the matrix next to its `cases` folder",
            )
        return (
            case_script(scripts.save, saver, loads=False),
            case_script(scripts.load, loader, loads=True, tolerance=tolerance),
        )
    traits = read_models(places.probes).get(row.model)
    if traits is None:
        raise UsageError(f"this version of crossload has no reference model {row.model!r}")
    attempt = _attempt(row, strategy)
    subject = Subject(
        model=row.model,
        module=f"crossload_probe.models.{traits.file}",
        format=row.format,
        strategy=strategy,
        concessions=() if attempt is None else attempt.concessions,
        watched=_watched(row, attempt),
        tolerance=tolerance,
        unwritten=row.error is not None and row.error.type == _NOT_WRITTEN,
    )
    return save_script(places.probes, subject, saver), load_script(places.probes, subject, loader)


def write_folder(folder: Path, files: Mapping[str, Content]) -> None:
    """Write the files into a new or empty folder.

    Raises:
        UsageError: something is there already.
        StorageError: it cannot be written; nothing is left then.
    """
    temporary: Path | None = None
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                f"{str(folder)!r} already exists and is not an empty folder",
                "name another one with -o",
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for name, content in files.items():
            _write(temporary / name, content)
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


def _write(path: Path, content: Content) -> None:
    path.parent.mkdir(exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif content.is_dir():
        shutil.copytree(content, path, copy_function=shutil.copyfile)
        for inner in (path, *path.rglob("*")):  # folders keep the modes of their originals
            if inner.is_dir():
                inner.chmod(0o755)
    else:
        shutil.copyfile(content, path)
