"""What a user names becomes subjects, or one message with every mistake in it."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.errors import UsageError
from crossload.runner.subjects.reading import Given, Reading, read_subjects
from crossload.runner.words import Format, SubjectTask
from tests.inspection import making

Read = Callable[..., Reading]
CODE = "class Mine:\n    pass\n"
BUILD = "def build(keras):\n    return None\n"
DENSE = making.sequential(making.dense())


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read paths into a store below the test's folder."""

    def read_paths(*paths: Path, taken: tuple[str, ...] = (), **given: Path) -> Reading:
        store = ArtifactStore(tmp_path / "artifacts")
        return read_subjects(paths, Given(**given), taken, store, tmp_path / "scratch")

    return read_paths


def complaint(read: Read, *paths: Path, **given: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read(*paths, **given)
    return str(caught.value)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def bundle(tmp_path: Path, digest: str) -> Path:
    return tmp_path / "artifacts" / digest


def test_a_file_becomes_a_subject_with_its_own_facts(read: Read, tmp_path: Path) -> None:
    path = making.write_h5(tmp_path / "a.h5", DENSE, making.TRAINING)
    (subject,) = read(path).subjects
    assert (subject.name, subject.format, subject.task) == ("a", Format.H5, SubjectTask.ADOPT)
    assert subject.traits.compiled
    assert subject.traits.adopted
    traits = subject.traits
    assert (traits.code, traits.custom, traits.keras_1) == (False, False, False)
    assert subject.bytes == path.stat().st_size
    stored = bundle(tmp_path, subject.artifact)
    assert (stored / "payload" / "model.h5").read_bytes() == path.read_bytes()


def test_byte_code_and_the_first_keras_are_noted(read: Read, tmp_path: Path) -> None:
    model = making.sequential(making.old_lambda())
    unsafe = making.write_h5(tmp_path / "a.h5", model)
    old = making.write_h5(tmp_path / "b.h5", DENSE, version="1.2.2")
    subjects = read(unsafe, old).subjects
    assert [one.traits.code for one in subjects] == [True, False]
    assert [one.traits.keras_1 for one in subjects] == [False, True]
    here = subjects[0].inspection
    assert here is not None
    assert here.origin.python is not None
    assert [one.traits.code_python for one in subjects] == [here.origin.python, ""]


def test_a_folder_means_the_models_in_it(read: Read, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    making.write_h5(folder / "b.h5", DENSE)
    making.write_keras(folder / "a.keras")
    making.write_savedmodel(folder / "s")
    written(folder / "README.md", "text")
    written(folder / "facts.json", "{}")
    (folder / "empty").mkdir()
    found = read(folder)
    assert [one.name for one in found.subjects] == ["a", "b", "s"]
    assert found.left_out == ()


def test_unusable_files_in_a_folder_are_skipped_and_reported(read: Read, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    making.write_h5(folder / "good.h5", DENSE)
    making.write_h5(folder / "weights.h5")
    (folder / "empty.h5").touch()
    os.mkfifo(folder / "pipe.keras")
    found = read(folder)
    assert [one.name for one in found.subjects] == ["good"]
    reasons = {one.path.name: one.reason for one in found.left_out}
    assert "is empty" in reasons["empty.h5"]
    assert "neither a file nor a folder" in reasons["pipe.keras"]
    assert "weights only" in reasons["weights.h5"]


def test_a_folder_without_one_usable_model_is_a_mistake(read: Read, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    assert "neither a model nor a folder with models" in complaint(read, folder)
    (folder / "empty.h5").touch()
    assert "is empty" in complaint(read, folder)


def test_all_mistakes_are_reported_together(read: Read, tmp_path: Path) -> None:
    text = complaint(
        read,
        tmp_path / "missing.h5",
        written(tmp_path / "notes.txt", "text"),
        written(tmp_path / "nothing.py", "x = 1\n"),
        custom_objects=written(tmp_path / "bad code.py", "class\n"),
        inputs=written(tmp_path / "inputs.npz", "no zip"),
        weights=tmp_path / "no-weights.h5",
    )
    assert len(text.splitlines()) == 6
    for part in (
        "missing.h5",
        "notes.txt",
        "nothing.py",
        "bad code.py:1",
        "inputs.npz",
        "--weights",
    ):
        assert part in text


def test_one_file_named_twice_is_one_subject(read: Read, tmp_path: Path) -> None:
    path = making.write_h5(tmp_path / "a.h5", DENSE)
    assert len(read(path, tmp_path / "." / "a.h5", path).subjects) == 1


def test_names_are_distinct_and_fit_into_ids(read: Read, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    paths = [
        making.write_h5(tmp_path / "dense.h5", DENSE),
        making.write_h5(tmp_path / "x" / "mine.h5", DENSE),
        making.write_keras(tmp_path / "mine.keras"),
        making.write_h5(tmp_path / "my model (1).h5", DENSE),
        making.write_h5(tmp_path / "модель.h5", DENSE),
        making.write_savedmodel(tmp_path / "saved") / "saved_model.pb",
    ]
    names = [one.name for one in read(*paths, taken=("dense",)).subjects]
    assert names == ["own-dense", "mine", "mine-2", "my-model-1", "model", "saved"]


def test_weights_need_code_that_builds_the_model(read: Read, tmp_path: Path) -> None:
    path = making.write_h5(tmp_path / "weights.h5")
    assert "a function build()" in complaint(read, path)
    code = written(tmp_path / "code.py", CODE)
    assert "a function build()" in complaint(read, path, custom_objects=code)
    code = written(tmp_path / "code.py", BUILD)
    (subject,) = read(path, custom_objects=code).subjects
    assert subject.format is Format.WEIGHTS_H5


def test_a_checkpoint_keeps_the_suffixes_of_its_files(read: Read, tmp_path: Path) -> None:
    index = making.write_checkpoint(tmp_path / "my.ckpt-7", making.VARIABLES)
    code = written(tmp_path / "code.py", BUILD)
    (subject,) = read(index, custom_objects=code).subjects
    inner = bundle(tmp_path, subject.artifact) / "payload" / "weights"
    assert {one.name for one in inner.iterdir()} == {
        "weights.index",
        "weights.data-00000-of-00001",
    }


def test_an_architecture_needs_its_weights(read: Read, tmp_path: Path) -> None:
    path = written(tmp_path / "model.json", json.dumps(DENSE))
    assert "--weights" in complaint(read, path)
    weights = making.write_h5(tmp_path / "w.h5")
    (subject,) = read(path, weights=weights).subjects
    assert subject.format is Format.JSON_WEIGHTS
    inner = bundle(tmp_path, subject.artifact) / "payload" / "model"
    assert {one.name for one in inner.iterdir()} == {"architecture.json", "model.weights.h5"}


def test_a_script_is_saved_in_every_format(read: Read, tmp_path: Path) -> None:
    script = written(tmp_path / "make it.py", BUILD)
    (subject,) = read(script).subjects
    assert subject.is_script
    assert subject.task is SubjectTask.BUILD
    facts = json.loads((bundle(tmp_path, subject.artifact) / "subject.json").read_text())
    assert facts == {"code": "make_it", "unsafe": False}
    assert "has its own code" in complaint(read, script, custom_objects=script)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"def build(:\n    pass\n", "code.py:1: this is not Python"),
        (b"x = 1\n\ndef f(\n", "code.py:3: this is not Python"),
        (b"x = '\xff'\n", "not text in UTF-8 (byte 5)"),
        (b"x = 1\0\n", "this is not Python"),
        (b"(" * 5000, "this is not Python"),
    ],
)
def test_a_mistake_in_the_users_code_is_reported_with_its_line(
    read: Read, tmp_path: Path, content: bytes, told: str
) -> None:
    code = tmp_path / "code.py"
    code.write_bytes(content)
    model = making.write_h5(tmp_path / "a.h5", DENSE)
    text = complaint(read, model, custom_objects=code)
    assert text.startswith("--custom-objects: ")
    assert told in text


def test_a_subject_names_the_files_given_with_it_as_they_were_typed(
    read: Read, tmp_path: Path
) -> None:
    model = making.write_h5(tmp_path / "m.h5", DENSE)
    code = written(tmp_path / "own.py", "x = 1\n")
    (subject,) = read(model, custom_objects=code).subjects
    assert subject.given == (("custom-objects", str(code)),)
    assert read(model).subjects[0].given == ()


def test_code_of_an_unknown_kind_of_file_is_refused(read: Read, tmp_path: Path) -> None:
    model = making.write_h5(tmp_path / "a.h5", DENSE)
    assert "is not a file" in complaint(read, model, custom_objects=tmp_path)
    assert "does not exist" in complaint(read, model, custom_objects=tmp_path / "no.py")


def test_a_truncated_file_is_for_its_loaders_to_judge(read: Read, tmp_path: Path) -> None:
    path = making.write_h5(tmp_path / "cut.h5", DENSE)
    path.write_bytes(path.read_bytes()[:900])
    (subject,) = read(path).subjects
    assert subject.format is Format.H5
    assert subject.inspection is not None
    assert subject.inspection.findings


def test_a_wrong_suffix_is_taken_for_what_the_content_is(read: Read, tmp_path: Path) -> None:
    path = making.write_h5(tmp_path / "a.keras", DENSE)
    (subject,) = read(path).subjects
    assert subject.format in {Format.H5, Format.KERAS}
    assert (bundle(tmp_path, subject.artifact) / "payload" / "model.keras").is_file()


def test_a_huge_file_with_nothing_in_it_is_not_copied(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "huge.h5"
    with path.open("wb") as stream:
        stream.truncate(3_000_000_000)
    text = complaint(read, path)
    assert "3.0 GB" in text
    assert not (tmp_path / "artifacts").exists()


def test_an_unreadable_file_is_a_mistake_of_its_own(read: Read, tmp_path: Path) -> None:
    path = making.write_h5(tmp_path / "a.h5", DENSE)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "Permission denied" in complaint(read, path)


def test_a_link_out_of_a_model_is_refused_and_one_inside_is_not(read: Read, tmp_path: Path) -> None:
    folder = making.write_savedmodel(tmp_path / "s")
    (folder / "assets").mkdir()
    (folder / "assets" / "again").symlink_to(folder / "saved_model.pb")
    assert len(read(folder).subjects) == 1
    secret = written(tmp_path / "secret", "mine alone")
    (folder / "assets" / "words").symlink_to(secret)
    assert "links to a place outside the model's folder" in complaint(read, folder)


def test_a_pipe_in_a_model_is_refused_at_once(read: Read, tmp_path: Path) -> None:
    folder = making.write_savedmodel(tmp_path / "s")
    os.mkfifo(folder / "pipe")
    assert "is not a regular file" in complaint(read, folder)


def npz(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_arrays_are_kept_with_the_model(read: Read, tmp_path: Path) -> None:
    model = making.write_h5(tmp_path / "a.h5", DENSE)
    inputs = npz(tmp_path / "in.npz", x=np.zeros((2, 4), "float32"), words=np.array(["a", "b"]))
    (subject,) = read(model, inputs=inputs).subjects
    assert (bundle(tmp_path, subject.artifact) / "inputs.npz").read_bytes() == inputs.read_bytes()


def test_arrays_that_no_model_takes_are_reported(read: Read, tmp_path: Path) -> None:
    model = making.write_h5(tmp_path / "a.h5", DENSE)
    objects = npz(tmp_path / "objects.npz", x=np.array([{}], dtype=object))
    assert "array 'x' holds Python objects" in complaint(read, model, inputs=objects)
    single = tmp_path / "one.npz"
    with single.open("wb") as stream:
        np.save(stream, np.zeros(3))
    assert "holds one array, expected an .npz file" in complaint(read, model, inputs=single)
    empty = npz(tmp_path / "none.npz")
    assert "holds no array" in complaint(read, model, outputs=empty)


def test_numbers_that_fit_no_memory_are_not_read(read: Read, tmp_path: Path) -> None:
    model = making.write_h5(tmp_path / "a.h5", DENSE)
    bomb = tmp_path / "bomb.npz"
    with zipfile.ZipFile(bomb, "w") as archive, archive.open("x.npy", "w") as stream:
        header = {"descr": "<f4", "fortran_order": False, "shape": (10**12,)}
        np.lib.format.write_array_header_1_0(stream, header)
    assert "declares 4,000,000,000,000 bytes" in complaint(read, model, inputs=bomb)
