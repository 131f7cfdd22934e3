"""The README of a reproduction: its title, its steps, what it quotes, and which locks it brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.reports.document import (
    AttemptRow,
    CellRow,
    EnvironmentRow,
    Report,
    RunRow,
)
from crossload.reports.explain_lookup import Found
from crossload.reports.reproduce.folder import Places, folder_of
from crossload.reports.reproduce.hidden import hiding_paths
from crossload.runner.analysis.judged import TryResult
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.locking import read_lock
from crossload.runner.environments.marker import environment_digest
from crossload.runner.environments.model import Environment, Interpreter
from crossload.runner.errors import UsageError
from crossload.runner.records import CheckOutcome, ProbeError
from crossload.runner.shipped import probes_folder
from crossload.runner.words import (
    Api,
    Backend,
    Check,
    CheckStatus,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
    Verdict,
)

SPECS = (
    EnvironmentSpec(name="old", tensorflow="2.15.1", python="3.11", variables={"MINE": "a b"}),
    EnvironmentSpec(
        name="new", keras="3.15.1", api=Api.KERAS, backend=Backend.TORCH, python="3.13",
        libraries={"libmpi.so.12": "libmpi.so.40"},
        variables={"LD_LIBRARY_PATH": "/opt/some where"},
    ),
)  # fmt: skip
OLD, NEW = "old-py3.11", "new-py3.13"
LOCK = (
    "# crossload lock, format 1; made by `crossload lock`, not by hand\n"
    "# built from source: pyyaml\n"
    "numpy==1.26.4 \\\n    --hash=sha256:00\n"
)
ERROR = ProbeError(
    "ValueError",
    "cannot read /scratch/18/payload/model.h5\nmore",
    "Traceback (most recent call last):\n"
    '  File "/probes/crossload_probe/formats/reading.py", line 3, in read\n'
    "    keras.models.load_model(path)\n"
    f'  File "/home/me/x/envs/{NEW}/lib/python3.13/site-packages/keras/a.py", line 7, in b\n'
    "    raise ValueError(text)\n"
    "ValueError: cannot read /scratch/18/payload/model.h5",
)
REFUSED = AttemptRow(Strategy.PLAIN, TryResult.REFUSED, JobStatus.REFUSED, 0.0, error=ERROR)
DIFFERS = AttemptRow(
    Strategy.PLAIN, TryResult.DIFFERS, JobStatus.DONE, 0.0, 0.2,
    checks=(CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 0.2),),
)  # fmt: skip
PARTIAL = AttemptRow(
    Strategy.PLAIN, TryResult.AGREES, JobStatus.DONE, 0.0, 0.0, (Check.OPTIMIZER, Check.STEP),
    checks=(
        CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 0.0),
        CheckOutcome(Check.OPTIMIZER, CheckStatus.DISAGREES, None, "iterations was 2 | is 0"),
        CheckOutcome(Check.LAYERS, CheckStatus.NOT_APPLICABLE, None, "the outputs agree"),
    ),
)  # fmt: skip


def environment(name: str, python: str, versions: Mapping[str, str]) -> EnvironmentRow:
    spec = SPECS[name == NEW]
    return EnvironmentRow(
        id=name, api=str(spec.api), backend=str(spec.backend), python=python,
        platform="linux-x86_64", resolve="period", state=EnvironmentState.READY,
        versions=(("python", python), *versions.items()),
    )  # fmt: skip


SAVER = environment(OLD, "3.11.7", {"tensorflow": "2.15.1", "keras": "2.15.0"})
LOADER = environment(NEW, "3.13.0", {"keras": "3.15.1", "torch": "2.13.0"})
SAVED = "an HDF5 file saved by TensorFlow 2.15.1 (Keras 2.15.0)"
RUN = RunRow(7, "finished", "full", "2026-11-21", None, "0.1.0", 1e-5, 4.0, 1e-2)
ROW = CellRow(
    f"{OLD}/dense.h5/{NEW}", OLD, "dense", Format.H5, NEW, Verdict.FAILS,
    "a plain load was refused.", tolerance=1e-5, error=ERROR, attempts=(REFUSED,),
)  # fmt: skip


def digest_of(folder: Path, row: EnvironmentRow) -> str:
    lock = read_lock(folder / row.platform / f"{row.id}.txt")
    assert lock is not None
    version = tuple(int(part) for part in row.python.split("."))
    interpreter = Interpreter((version[0], version[1], version[2]), Path(), Path())
    spec = SPECS[row.id == NEW]
    made = Environment(row.id, spec, row.python.rpartition(".")[0], interpreter)
    return environment_digest(made, lock, platform="linux-x86_64")


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    folder = tmp_path / "locks"
    (folder / "linux-x86_64").mkdir(parents=True)
    for name in (OLD, NEW):
        (folder / "linux-x86_64" / f"{name}.txt").write_text(LOCK, encoding="utf-8")
    return folder


def files(
    locks: Path, row: CellRow = ROW, specs: Sequence[EnvironmentSpec] = SPECS
) -> dict[str, str]:
    report = Report(RUN, (SAVER, LOADER), (row.model,), (row.format,), (row,))
    digests = {one.id: digest_of(locks, one) for one in (SAVER, LOADER)}
    places = Places(probes_folder(), (locks,), {}, specs, lambda text: text)
    made = folder_of(Found(row, None, report, digests), None, places).files
    return {name: text for name, text in made.items() if isinstance(text, str)}


def attempted(attempt: AttemptRow, verdict: Verdict) -> CellRow:
    return replace(ROW, attempts=(attempt,), verdict=verdict, error=None)


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (ROW, f"does not load {SAVED}: ValueError: cannot read model.h5"),
        (
            attempted(DIFFERS, Verdict.DIFFERS),
            f"loads {SAVED} without an error but gives different outputs",
        ),
        (
            attempted(PARTIAL, Verdict.PARTIAL),
            f"loads {SAVED}, but not all of it: optimizer and step",
        ),
    ],
    ids=["fails", "differs", "partial"],
)
def test_the_title_is_that_of_a_report(locks: Path, row: CellRow, title: str) -> None:
    assert files(locks, row)["README.md"].splitlines()[0] == f"# Keras 3.15.1 on torch {title}"


def test_a_refused_save_is_titled_by_the_saver(locks: Path) -> None:
    row = replace(ROW, attempts=(), verdict=Verdict.UNSAVED)
    text = files(locks, row)["README.md"]
    assert text.startswith(
        "# TensorFlow 2.15.1 (Keras 2.15.0) does not save the model `dense` as an HDF5 file: "
    )
    assert "`save.py` raises `ValueError`" in text


def test_it_names_no_folder_of_the_machine(locks: Path) -> None:
    text = files(locks)["README.md"]
    assert "/home/me" not in text
    assert "/scratch" not in text
    assert "ValueError: cannot read model.h5\nmore\n```" in text


def test_the_traceback_begins_with_the_framework(locks: Path) -> None:
    text = files(locks)["README.md"]
    assert "crossload_probe" not in text
    assert (
        '```text\n  File "env-load/lib/python3.13/site-packages/keras/a.py", line 7, in b\n'
        "    raise ValueError(text)\nValueError: "
    ) in text


def test_the_steps_name_what_the_locks_do_not(locks: Path) -> None:
    text = files(locks)["README.md"]
    assert (
        "uv pip install --python env-save --no-deps --require-hashes --only-binary :all: " in text
    )
    assert "--no-binary pyyaml -r requirements-save.txt" in text
    assert "--find-links https://download.pytorch.org/" in text
    assert "libraries-load/libmpi.so.12" in text
    assert "LD_LIBRARY_PATH=\"$PWD/libraries-load\":'/opt/some where' env-load/bin/python" in text


def test_the_variables_of_a_row_are_set_and_listed(locks: Path) -> None:
    made = files(locks)
    assert '"MINE": "a b",' in made["save.py"]
    assert "MINE" not in made["load.py"]
    assert "LD_LIBRARY_PATH" not in made["load.py"]  # too late in a script: it is in the steps
    assert "`save.py` sets the variables of this environment: `MINE=a b`." in made["README.md"]


def test_the_measured_lock_is_copied_without_a_word(locks: Path) -> None:
    made = files(locks)
    assert made["requirements-save.txt"] == LOCK
    assert "Not the measured lock" not in made["README.md"]


def test_a_changed_lock_or_row_is_reported(locks: Path) -> None:
    changed = (SPECS[0].model_copy(update={"variables": {"MINE": "c"}}), SPECS[1])
    text = files(locks, specs=changed)["README.md"]
    assert text.count("**Not the measured lock:**") == 1
    assert "`requirements-save.txt` is a lock of `old-py3.11`" in text


def test_the_loss_is_shown_by_the_scripts_and_in_the_table(locks: Path) -> None:
    made = files(locks, attempted(PARTIAL, Verdict.PARTIAL))
    assert 'print("optimizer is: ", optimizer_state(model))' in made["load.py"]
    assert 'print("step is: ", next_losses(model))' in made["load.py"]
    assert "compile_state" not in made["load.py"]
    assert "| optimizer | disagrees | **yes** | iterations was 2 \\| is 0 |" in made["README.md"]
    assert "| layers |" not in made["README.md"]


@pytest.mark.parametrize(
    ("attempt", "verdict", "heading"),
    [
        (REFUSED, Verdict.FAILS, "## What happens instead"),
        (PARTIAL, Verdict.PARTIAL, "## What happens instead"),
        (replace(PARTIAL, lost=()), Verdict.SAME, "## What happens"),
    ],
    ids=["fails", "loses something", "as expected"],
)
def test_what_happens_is_not_instead_where_it_is_expected(
    locks: Path, attempt: AttemptRow, verdict: Verdict, heading: str
) -> None:
    assert heading in files(locks, attempted(attempt, verdict))["README.md"].splitlines()


@pytest.mark.parametrize("verdict", [Verdict.UNAVAILABLE, Verdict.NOT_RUN, Verdict.IMPOSSIBLE])
def test_nothing_is_written_of_what_was_not_measured(locks: Path, verdict: Verdict) -> None:
    row = replace(ROW, attempts=(), error=None, verdict=verdict)
    with pytest.raises(UsageError, match="nothing was measured for old"):
        files(locks, row)


def test_a_way_that_was_not_tried_is_answered_with_those_that_were(locks: Path) -> None:
    row = replace(ROW, attempts=(replace(REFUSED, strategy=Strategy.UNSAFE),))
    with pytest.raises(UsageError) as raised:
        files(locks, row)
    assert raised.value.advice == "it was by unsafe"


def test_different_outputs_are_shown_by_the_strategy_that_gives_them(locks: Path) -> None:
    other = replace(DIFFERS, strategy=Strategy.REBUILD_WEIGHTS)
    row = replace(ROW, attempts=(REFUSED, other), verdict=Verdict.DIFFERS)
    made = files(locks, row)
    assert (
        "`load.py`, by the strategy `rebuild+weights`: no error, and the outputs differ."
        in (made["README.md"])
    )
    assert "load_weights" in made["load.py"]


def test_a_missing_lock_is_reported(tmp_path: Path, locks: Path) -> None:
    (locks / "linux-x86_64" / f"{OLD}.txt").rename(tmp_path / "elsewhere")
    report = Report(RUN, (SAVER, LOADER), ("dense",), (Format.H5,), (ROW,))
    places = Places(probes_folder(), (locks,), {}, SPECS, lambda text: text)
    with pytest.raises(UsageError, match=r"there is no lock of 'old-py3\.11' for linux-x86_64"):
        folder_of(Found(ROW, None, report, {}), Strategy.PLAIN, places)


HIDE = hiding_paths({OLD: "env-save", NEW: "env-load"})


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"at /a/b/.crossload/envs/{OLD}/lib/python3.11/site-packages/k.py:3",
         "at env-save/lib/python3.11/site-packages/k.py:3"),
        (f"'<home>/envs/{NEW}/lib/x.py'", "'env-load/lib/x.py'"),
        ("/a/envs/third-py3.9/lib/x", "<environments>/third-py3.9/lib/x"),
        ("filepath=/scratch/18/payload/model.h5.", "filepath=model.h5."),
        ("/tmp/x/bundle/payload/model", "model"),
        ("/tmp/crossload-1/again/m.h5 is there", "<tmp> is there"),
        ("/opt/py/3.11.7/lib/python3.11/json/a.py", "<python>/lib/python3.11/json/a.py"),
        ("/home/me/models/a.h5", "~/models/a.h5"),
        ("https://keras.io/api/home/x, 1/2 or a/b", "https://keras.io/api/home/x, 1/2 or a/b"),
        ("layer 'dense/kernel:0'", "layer 'dense/kernel:0'"),
    ],
)  # fmt: skip
def test_paths_have_short_names(text: str, hidden: str) -> None:
    assert HIDE(text) == hidden
