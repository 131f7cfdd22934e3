"""Folders of a user's own model: their file and code, the answers, and scripts that use them."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from crossload.reports.document import AttemptRow, CellRow, Report
from crossload.reports.explain_lookup import Found
from crossload.reports.explain_own import Facts, OwnModel
from crossload.reports.reproduce.folder import Folder, Places, folder_of, write_folder
from crossload.reports.reproduce.own_readme import contents, told_size
from crossload.reports.reproduce.own_scripts import (
    OwnCode,
    OwnSubject,
    own_load_script,
    own_save_script,
)
from crossload.runner.analysis.judged import TryResult
from crossload.runner.artifacts.store import Artifact, ArtifactStore
from crossload.runner.errors import UsageError
from crossload.runner.records import JobReport, SaveOutcome
from crossload.runner.shipped import probes_folder
from crossload.runner.vendoring import vendored
from crossload.runner.words import Check, Format, JobStatus, Strategy, SubjectTask, Verdict
from tests.reports.reproduce.test_readme import (
    LOADER,
    NEW,
    OLD,
    PARTIAL,
    REFUSED,
    RUN,
    SAVER,
    SPECS,
    digest_of,
    locks,
)
from tests.reports.reproduce.test_scripts import SIDE, missing

__all__ = ["locks"]  # a fixture
COMMAND = "crossload check mine.h5 --custom-objects layers.py"
EXPECTATION = {
    "ends": {"inputs": ["in"], "outputs": ["out"]},
    "structure": ["Dense"],
    "optimizer": {"name": "adam"},
    "losses": [float("nan")],
    "targets": None,
}
CODE = "class Mine:\n    pass\n"
BUILD = "def build(keras):\n    return keras.Sequential()\n"


@dataclass(frozen=True)
class Kept:
    """What a check left: the store, what the saver kept, what the user gave."""

    artifact: Artifact
    bundle: Artifact
    folder: Path

    def own(self, task: SubjectTask, code: str | None = "layers") -> OwnModel:
        return OwnModel(
            "mine.h5" if task is not SubjectTask.BUILD else "mine.py",
            task,
            Strategy.PLAIN,
            "",
            self.folder / self.artifact.digest,
            self.folder / self.bundle.digest,
            Facts(code=code),
        )


def keep(store: ArtifactStore, scratch: Path, files: Mapping[str, bytes]) -> Artifact:
    for name, content in files.items():
        path = scratch / "bundle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (payload,) = (scratch / "bundle" / "payload").iterdir()
    return store.take(scratch / "bundle", payload.name, 10**6)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    store = ArtifactStore(tmp_path / "artifacts")
    store.prepare()
    arrays = tmp_path / "arrays.npz"
    np.savez(arrays, inputs_0=np.ones(2), outputs_0=np.zeros(3), slots_0=np.ones(1), weights_0=[7])
    artifact = keep(
        store,
        tmp_path / "a",
        {
            "payload/model.h5": b"a model",
            "expected.npz": arrays.read_bytes(),
            "expected.json": json.dumps(EXPECTATION).encode(),
        },
    )
    given = {"payload/model.h5": b"a model", "code.py": CODE.encode(), "inputs.npz": b"numbers"}
    return Kept(artifact, keep(store, tmp_path / "b", given), store.folder)


def cell(**changes: object) -> CellRow:
    row = CellRow(
        f"{OLD}/mine.h5/{NEW}", OLD, "mine", Format.H5, NEW, Verdict.FAILS, "a plain load failed.",
        tolerance=1e-5, error=REFUSED.error, attempts=(REFUSED,),
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]


def made(
    locks: Path,
    kept: Kept,
    own: OwnModel,
    row: CellRow | None = None,
    wanted: Strategy | None = None,
) -> Folder:
    row = row or cell()
    report = Report(RUN, (SAVER, LOADER), (row.model,), (row.format,), (row,))
    digests = {one.id: digest_of(locks, one) for one in (SAVER, LOADER)}
    places = Places(probes_folder(), (locks,), {}, SPECS, lambda text: text)
    save = SaveOutcome(
        JobReport(JobStatus.DONE), kept.artifact.digest, kept.artifact.payload_sha256
    )
    return folder_of(Found(row, save, report, digests, own, COMMAND), wanted, places)


def read(folder: Folder, target: Path) -> dict[str, bytes]:
    write_folder(target, folder.files)
    return {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file()
    }


def check(text: str) -> None:
    ast.parse(text, feature_version=(3, 6))
    assert missing(text) <= {"__builtins__"}
    assert "probe_" not in "".join(line for line in text.splitlines() if "import" in line)


def test_the_translator_comes_with_the_script_that_calls_it(
    locks: Path, kept: Kept, tmp_path: Path
) -> None:
    translated = AttemptRow(Strategy.TRANSLATED, TryResult.AGREES, JobStatus.DONE, 1.0)
    row = cell(attempts=(REFUSED, translated))
    own = kept.own(SubjectTask.ADOPT)
    files = read(made(locks, kept, own, row, Strategy.TRANSLATED), tmp_path / "it")
    assert files["crossload_load.py"] == vendored().encode()
    assert b"import crossload_load\n" in files["load.py"]
    assert b"`crossload_load.py` is crossload's translator as one file." in files["README.md"]


def test_the_file_itself_is_there_and_no_script_that_makes_it(
    locks: Path, kept: Kept, tmp_path: Path
) -> None:
    files = read(made(locks, kept, kept.own(SubjectTask.ADOPT)), tmp_path / "it")
    assert set(files) == {
        "README.md", "load.py", "saved/model.h5", "expected.npz", "code/layers.py",
        "requirements-save.txt", "requirements-load.txt",
    }  # fmt: skip
    assert files["saved/model.h5"] == b"a model"
    assert files["code/layers.py"] == CODE.encode()


def test_the_answers_are_those_that_were_kept_and_nothing_else(
    locks: Path, kept: Kept, tmp_path: Path
) -> None:
    read(made(locks, kept, kept.own(SubjectTask.ADOPT)), tmp_path / "it")
    with np.load(tmp_path / "it" / "expected.npz", allow_pickle=False) as arrays:
        assert set(arrays.files) == {"input_0", "output_0"}
        assert arrays["output_0"].tolist() == [0, 0, 0]


def test_what_was_lost_has_its_expectation(locks: Path, kept: Kept, tmp_path: Path) -> None:
    row = cell(attempts=(PARTIAL,), verdict=Verdict.PARTIAL, error=None)
    files = read(made(locks, kept, kept.own(SubjectTask.ADOPT), row), tmp_path / "it")
    noted = json.loads(files["expected.json"])
    assert noted["optimizer"] == {"name": "adam", "slots": 1.0}
    assert len(noted["step"]) == 1
    assert b'print("step is: ", next_losses(model))' in files["load.py"]


def test_the_readme_says_whose_file_it_is_and_warns(locks: Path, kept: Kept) -> None:
    text = str(made(locks, kept, kept.own(SubjectTask.ADOPT)).files["README.md"])
    sha256 = hashlib.sha256(b"a model").hexdigest()
    assert text.startswith(
        "# Keras 3.15.1 on torch does not load an HDF5 file that TensorFlow 2.15.1 (Keras 2.15.0) "
        "loads: ValueError"
    )
    assert "> **Before you send this:**" in text
    assert "`saved/model.h5` (7 bytes)" in text
    assert f"`code/layers.py` ({len(CODE)} bytes)" in text
    assert f"There is no `save.py`: `saved/model.h5` (sha256 `{sha256}`) was there before." in text
    assert "python save.py" not in text
    assert "env-load/bin/python load.py" in text
    assert "contains code" not in text


def test_the_readme_says_that_the_file_contains_code(locks: Path, kept: Kept) -> None:
    own = replace(kept.own(SubjectTask.ADOPT), facts=Facts(code="layers", unsafe=True))
    text = str(made(locks, kept, own).files["README.md"])
    assert "`saved/model.h5` contains code: `load.py` runs it with your permissions." in text


def test_a_file_that_nothing_loads_is_compared_with_nothing(locks: Path, kept: Kept) -> None:
    folder = made(locks, kept, kept.own(SubjectTask.BARE))
    assert "expected.npz" not in folder.files
    assert "requirements-save.txt" not in folder.files
    text = str(folder.files["README.md"])
    assert text.startswith("# Keras 3.15.1 on torch does not load an HDF5 file: ValueError")
    assert "| | loads |\n|---|---|\n" in text
    check(str(folder.files["load.py"]))


def test_a_script_is_run_by_save(locks: Path, kept: Kept, tmp_path: Path) -> None:
    store = ArtifactStore(kept.folder)
    given = {"payload/build.py": BUILD.encode(), "code.py": BUILD.encode(), "inputs.npz": b"1"}
    bundle = keep(store, tmp_path / "c", given)
    own = replace(kept, bundle=bundle).own(SubjectTask.BUILD, "mine")
    folder = made(locks, kept, own)
    files = read(folder, tmp_path / "it")
    assert files["code/mine.py"] == BUILD.encode()
    with np.load(tmp_path / "it" / "inputs.npz") as arrays:
        assert arrays.files == ["input_0"]
    assert "saved/model.h5" not in files
    check(files["save.py"].decode())
    told = files["README.md"].decode()
    assert "`save.py` builds the model by `build()` of `code/mine.py`." in told
    assert folder.parcel is not None
    made_up = f"inputs.npz ({len(files['inputs.npz'])} bytes)"
    assert contents(folder.parcel) == f"code/mine.py ({len(BUILD)} bytes), {made_up}"


def test_a_missing_artifact_is_reported_with_the_command_that_makes_it(
    locks: Path, kept: Kept
) -> None:
    own = replace(kept.own(SubjectTask.ADOPT), artifact=None)
    with pytest.raises(UsageError, match="are not in the artifact store") as raised:
        made(locks, kept, own)
    assert raised.value.advice == f"measure it again: {COMMAND}"


def test_a_damaged_artifact_is_not_handed_on(locks: Path, kept: Kept) -> None:
    path = kept.folder / kept.artifact.digest / "payload" / "model.h5"
    path.chmod(0o644)
    path.write_bytes(b"another")
    with pytest.raises(UsageError, match="is damaged"):
        made(locks, kept, kept.own(SubjectTask.ADOPT))


def test_arrays_that_swell_are_refused(locks: Path, kept: Kept, tmp_path: Path) -> None:
    swollen = tmp_path / "swollen.npz"
    np.savez_compressed(swollen, inputs_0=np.zeros(10**5), outputs_0=np.zeros(10**5))
    files = {
        "payload/model.h5": b"a model",
        "expected.npz": swollen.read_bytes(),
        "expected.json": json.dumps(EXPECTATION).encode(),
    }
    artifact = keep(ArtifactStore(kept.folder), tmp_path / "d", files)
    other = replace(kept, artifact=artifact)
    with pytest.raises(UsageError, match="cannot be read"):
        made(locks, other, other.own(SubjectTask.ADOPT))


@pytest.mark.parametrize("task", [SubjectTask.ADOPT, SubjectTask.CONVERT, SubjectTask.BUILD])
def test_a_save_that_left_nothing_is_reported(locks: Path, kept: Kept, task: SubjectTask) -> None:
    row = cell(attempts=(), verdict=Verdict.UNSAVED)
    own = replace(kept.own(task), artifact=None, bundle=None)
    report = Report(RUN, (SAVER, LOADER), (row.model,), (row.format,), (row,))
    digests = {one.id: digest_of(locks, one) for one in (SAVER, LOADER)}
    places = Places(probes_folder(), (locks,), {}, SPECS, lambda text: text)
    with pytest.raises(UsageError, match="nothing of it was kept") as raised:
        folder_of(Found(row, None, report, digests, own, COMMAND), None, places)
    assert f"crossload explain {row.id}" in raised.value.advice


CODED = OwnCode("mine")
BUILDING = OwnCode("mine", has_build=True, takes_keras=True)


@pytest.mark.parametrize(
    "subject",
    [
        OwnSubject(Format.KERAS, "model", Strategy.UNSAFE),
        OwnSubject(Format.H5, "model", Strategy.LEGACY, code=CODED),
        OwnSubject(Format.H5, "model", Strategy.REBUILD_WEIGHTS, code=BUILDING),
        OwnSubject(Format.KERAS, "model", Strategy.REBUILD_WEIGHTS, code=CODED),
        OwnSubject(Format.WEIGHTS_TF, "model", code=BUILDING),
        OwnSubject(Format.JSON_WEIGHTS, "model", Strategy.CUSTOM_OBJECTS, code=CODED),
        OwnSubject(Format.EXPORT, "model"),
        OwnSubject(Format.SAVEDMODEL, "model", Strategy.SERVING),
    ],
    ids=lambda one: f"{one.format}-{one.strategy}",
)
@pytest.mark.parametrize("inputs", [0, 1, 2], ids=["bare", "one", "two"])
def test_every_way_of_loading_becomes_a_script(subject: OwnSubject, inputs: int) -> None:
    check(own_load_script(replace(subject, inputs=inputs), SIDE))


def test_what_only_crossload_rebuilds_is_refused() -> None:
    subject = OwnSubject(Format.SAVEDMODEL, "model", Strategy.REBUILD_WEIGHTS)
    with pytest.raises(UsageError, match="cannot be rebuilt from a file of the format savedmodel"):
        own_load_script(subject, SIDE)


def test_plain_loading_reads_as_a_user_would_write_it() -> None:
    text = own_load_script(OwnSubject(Format.H5, "model.h5", code=CODED), SIDE)
    assert 'model = keras.models.load_model("saved/model.h5")' in text
    assert "runpy" not in text


def test_the_users_own_list_of_objects_is_used() -> None:
    listed = OwnCode("mine", lists_objects=True)
    subject = OwnSubject(Format.H5, "model.h5", Strategy.CUSTOM_OBJECTS, code=listed)
    text = own_load_script(subject, SIDE)
    check(text)
    assert 'custom_objects = code["custom_objects"]' in text


@pytest.mark.parametrize("watched", [(), (Check.STEP, Check.OPTIMIZER)], ids=["saved", "watched"])
def test_a_model_that_a_script_builds_is_saved(watched: tuple[Check, ...]) -> None:
    subject = OwnSubject(Format.KERAS, watched=watched, code=BUILDING, trains=bool(watched))
    text = own_save_script(subject, SIDE)
    check(text)
    assert 'code = runpy.run_path("code/mine.py", {"keras": keras}, "mine")' in text
    assert 'model = code["build"](keras)' in text


def test_a_model_that_was_never_saved_is_built_and_saved_only() -> None:
    text = own_save_script(OwnSubject(Format.KERAS, code=BUILDING, inputs=0, outputs=0), SIDE)
    check(text)
    assert 'model.save("model.keras")' in text
    assert "predict" not in text


@pytest.mark.parametrize(
    ("size", "told"), [(1, "1 byte"), (999, "999 bytes"), (1200, "1.2 kB"), (2 * 10**9, "2.0 GB")]
)
def test_sizes_are_readable(size: int, told: str) -> None:
    assert told_size(size) == told
