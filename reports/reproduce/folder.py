"""The folder of a cell: two scripts, two locks and a README, written whole or not at all.

Owns its files and the words of the README; the scripts are `scripts`'s.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.document import AttemptRow, CellRow, EnvironmentRow
from reports.explain_lookup import Found
from reports.reproduce.scripts import Side, Subject, case_script, load_script, save_script
from runner.cases.model import Scripts
from runner.config.model import EnvironmentSpec
from runner.environments.locking import locked_source, read_lock
from runner.environments.variables import probe_variables
from runner.errors import StorageError, UsageError
from runner.probing.catalogue import read_catalogue
from runner.words import Api, Backend, Format, Strategy

_OF_A_MACHINE = frozenset({"PATH", "LANG", "LC_ALL", "TZ"})


@dataclass(frozen=True)
class Places:
    """Where its parts come from: the probes' folder, the folders of locks, the cases' scripts."""

    probes: Path
    locks: tuple[Path, ...]
    cases: Mapping[str, Scripts]


def files_of(found: Found, strategy: Strategy, places: Places) -> dict[str, str]:
    """The texts of the folder by file name.

    Raises:
        UsageError: the cell's model or the lock of one of its environments is not known here.
    """
    row = found.row
    saver, loader = (_environment(found, one) for one in (row.saver, row.loader))
    locks = [_lock(one, places.locks) for one in (saver, loader)]
    save, load = _scripts(row, strategy, places, _side(saver), _side(loader))
    return {
        "save.py": save,
        "load.py": load,
        "requirements-save.txt": locks[0].read_text(encoding="utf-8"),
        "requirements-load.txt": locks[1].read_text(encoding="utf-8"),
        "README.md": _readme(row, strategy, (saver, loader), locks),
    }


def _environment(found: Found, name: str) -> EnvironmentRow:
    one = found.environment(name)
    if one is None:
        raise UsageError(f"the run recorded no environment {name!r}", "measure the cell again")
    return one


def _lock(environment: EnvironmentRow, folders: Sequence[Path]) -> Path:
    for folder in folders:
        path = folder / environment.platform / f"{environment.id}.txt"
        if read_lock(path) is not None:
            return path
    raise UsageError(
        f"there is no lock of {environment.id!r} for {environment.platform}",
        "make it with `crossload lock` where the matrix has that environment",
    )


def _side(environment: EnvironmentRow) -> Side:
    spec = EnvironmentSpec.model_construct(
        name=environment.id,
        api=Api(environment.api),
        backend=Backend(environment.backend),
        variables={},
        libraries=(),
    )
    variables = probe_variables(spec)
    kept = {name: value for name, value in variables.items() if name not in _OF_A_MACHINE}
    return Side(environment.api, environment.backend, kept)


def _scripts(
    row: CellRow, strategy: Strategy, places: Places, saver: Side, loader: Side
) -> tuple[str, str]:
    if row.format is Format.SCRIPT:
        scripts = places.cases.get(row.model)
        if scripts is None:
            raise UsageError(f"there is no scripted case {row.model!r} here")
        return (
            case_script(scripts.save, saver, loads=False),
            case_script(scripts.load, loader, loads=True),
        )
    traits = read_catalogue(places.probes).get(row.model)
    if traits is None:
        raise UsageError(f"this version of crossload has no reference model {row.model!r}")
    subject = Subject(row.model, traits.file, row.format, strategy)
    return save_script(places.probes, subject, saver), load_script(places.probes, subject, loader)


def _readme(
    row: CellRow,
    strategy: Strategy,
    environments: tuple[EnvironmentRow, EnvironmentRow],
    locks: Sequence[Path],
) -> str:
    saver, loader = environments
    return "\n".join(
        [
            f"# `{row.model}` saved as `{row.format}` in {saver.id}, loaded in {loader.id}",
            "",
            f"Measured by crossload as `{row.verdict}`"
            + (f": {row.detail}" if row.detail else "."),
            "",
            *_table(saver, loader),
            "",
            "Two environments, two scripts. With uv:",
            "",
            *_commands(environments, locks, with_uv=True),
            "",
            "With venv and pip, where the two Pythons are installed:",
            "",
            *_commands(environments, locks, with_uv=False),
            "",
            "## Expected",
            "",
            "`load.py` prints the outputs that `save.py` printed, but for rounding.",
            "",
            "## Seen",
            "",
            *_seen(row, strategy),
            "",
        ]
    )


def _table(saver: EnvironmentRow, loader: EnvironmentRow) -> list[str]:
    names = dict.fromkeys(name for one in (saver, loader) for name, _ in one.versions)
    lines = ["| | saves | loads |", "|---|---|---|"]
    lines.append(f"| Keras through | {saver.api} | {loader.api} |")
    lines += [
        f"| {name} | {saver.version(name) or '-'} | {loader.version(name) or '-'} |"
        for name in names
    ]
    return lines


def _commands(
    environments: Sequence[EnvironmentRow], locks: Sequence[Path], *, with_uv: bool
) -> list[str]:
    lines = ["```shell"]
    for verb, one, lock in zip(("save", "load"), environments, locks, strict=True):
        python = ".".join(one.python.split(".")[:2])
        wanted = f"--no-deps --require-hashes -r requirements-{verb}.txt"
        if with_uv:
            lines.append(f"uv venv --python {python} env-{verb}")
            lines.append(f"uv pip install --python env-{verb} {wanted}")
        else:
            lines.append(f"python{python} -m venv env-{verb}")
            lines.append(f"env-{verb}/bin/python -m pip install {wanted}")
        if locked_source(lock):
            lines.append(f"# built from source: {' '.join(locked_source(lock))}")
    lines += [f"env-{verb}/bin/python {verb}.py" for verb in ("save", "load")]
    return [*lines, "```"]


def _seen(row: CellRow, strategy: Strategy) -> list[str]:
    attempt = next((one for one in row.attempts if one.strategy is strategy), None)
    error = row.error if attempt is None else attempt.error
    if error is not None:
        said = f"{error.type}: {error.message}"
        fence = "`" * max(3, *(len(run) + 1 for run in said.split() if set(run) == {"`"}), 3)
        verb = "load.py" if attempt is not None else "save.py"
        return [f"`{verb}` raises", "", f"{fence}text", said, fence]
    if attempt is None:
        return [f"Nothing was measured with the strategy `{strategy}`."]
    return _numbers(attempt)


def _numbers(attempt: AttemptRow) -> list[str]:
    lines = [f"Loading with the strategy `{attempt.strategy}`: {attempt.result}.", ""]
    if attempt.detail:
        lines += [attempt.detail, ""]
    for check in attempt.checks:
        number = "" if check.difference is None else f", relative difference {check.difference:.3g}"
        told = f": {check.detail}" if check.detail else ""
        lines.append(f"- {check.check}: {check.status}{number}{told}")
    return lines


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
