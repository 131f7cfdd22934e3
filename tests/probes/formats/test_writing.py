"""How files are written, what they hold, and what is made of a model's layers, in theory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from crossload.runner.words import Format

Probe = Callable[[str], ModuleType]
HDF5 = b"\x89HDF\r\n\x1a\nand so on"
MODEL_FORMATS = [one for one in Format if one is not Format.SCRIPT]


class Model:
    """A model that writes what it is told to, and remembers how it was called."""

    def __init__(self, content: bytes | None = HDF5, *, folder: bool = False) -> None:
        self.content, self.folder = content, folder
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def save(self, path: str, save_format: str | None = None, **options: object) -> None:
        given = {"save_format": save_format} if save_format else {}
        self.calls.append((Path(path).name, {**given, **options}))
        if self.folder:
            Path(path).mkdir()
            (Path(path) / "saved_model.pb").write_bytes(b"")
        elif self.content is not None:
            Path(path).write_bytes(self.content)

    def save_weights(self, path: str, **options: object) -> None:
        self.calls.append((Path(path).name, options))
        target = f"{path}.index" if options else path
        Path(target).write_bytes(HDF5)

    def to_json(self) -> str:
        return '{"é": 1}'


def framework(*, is_keras3: bool = False) -> Any:
    return SimpleNamespace(is_keras3=is_keras3, api="tf.keras", keras_version=(2, 10))


def write(probe: Probe, model: Any, file_format: str, folder: Path, **options: bool) -> list[Any]:
    module = probe("formats.writing")
    path = folder / module.PAYLOADS[file_format]
    module.write(framework(**options), model, file_format, str(path))
    calls: list[Any] = model.calls
    return calls


@pytest.mark.parametrize("file_format", MODEL_FORMATS)
def test_probes_and_runner_know_the_same_formats(probe: Probe, file_format: Format) -> None:
    module = probe("formats.writing")
    assert file_format.value in module.PAYLOADS
    assert module.base(file_format.value) == file_format.base.value


@pytest.mark.parametrize("file_format", MODEL_FORMATS)
def test_probes_and_runner_agree_on_who_holds_an_optimizer(
    probe: Probe, file_format: Format
) -> None:
    holds = probe("formats.writing").holds_compile_state(file_format.value)
    whole = file_format.base in {Format.H5, Format.KERAS, Format.SAVEDMODEL}
    assert holds is (whole and not file_format.drops_optimizer)


@pytest.mark.parametrize(
    ("file_format", "name", "options"),
    [
        ("h5", "model.h5", {}),
        ("h5+no-optimizer", "model.h5", {"include_optimizer": False}),
        ("h5+save-format", "model", {"save_format": "h5"}),
        ("keras", "model.keras", {}),
        ("weights-h5", "model.weights.h5", {}),
        ("weights-tf", "weights", {"save_format": "tf"}),
        ("json+weights", "model.weights.h5", {}),
    ],
)
def test_a_format_is_one_call(
    probe: Probe, tmp_path: Path, file_format: str, name: str, options: dict[str, object]
) -> None:
    assert write(probe, Model(), file_format, tmp_path) == [(name, options)]


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("savedmodel", {"save_format": "tf"}),
        ("savedmodel+no-optimizer", {"save_format": "tf", "include_optimizer": False}),
        ("savedmodel+save-format", {"save_format": "tf"}),
    ],
)
def test_a_saved_model_is_a_folder(
    probe: Probe, tmp_path: Path, file_format: str, options: dict[str, object]
) -> None:
    ((_, given),) = write(probe, Model(folder=True), file_format, tmp_path)
    assert given == options


def test_json_is_kept_next_to_its_weights(probe: Probe, tmp_path: Path) -> None:
    write(probe, Model(), "json+weights", tmp_path)
    assert (tmp_path / "model" / "architecture.json").read_text(encoding="utf-8") == '{"é": 1}'


@pytest.mark.parametrize(
    ("model", "file_format", "message"),
    [
        (Model(), "savedmodel+save-format", "but wrote HDF5: the file's name won"),
        (Model(None), "h5", "but wrote no model.h5"),
        (Model(None), "savedmodel", "but wrote no saved_model.pb"),
        (Model(), "export", "this Keras has no model.export"),
    ],
    ids=["name-wins", "nothing", "no-folder", "no-export"],
)
def test_what_was_not_written_is_reported(
    probe: Probe, tmp_path: Path, model: Model, file_format: str, message: str
) -> None:
    with pytest.raises(probe("formats.writing").NotWritten, match=message):
        write(probe, model, file_format, tmp_path)


def test_keras_3_gets_a_format_argument_only_where_it_needs_one(
    probe: Probe, tmp_path: Path
) -> None:
    calls = write(probe, Model(folder=True), "savedmodel", tmp_path, is_keras3=True)
    assert calls == [("model", {})]


@pytest.mark.parametrize(
    ("is_keras3", "broken", "expected"),
    [
        (True, set(), "h5"),
        (True, {"model.h5"}, "keras"),
        (True, {"model.h5", "model.keras"}, OSError),
        (False, {"model.h5"}, OSError),
    ],
    ids=["same", "native", "neither", "nothing-else"],
)
def test_a_model_is_saved_again_as_it_was_or_as_keras_likes_it(
    probe: Probe, tmp_path: Path, *, is_keras3: bool, broken: set[str], expected: Any
) -> None:
    class Picky(Model):
        def save(self, path: str, save_format: str | None = None, **options: object) -> None:
            if Path(path).name in broken:
                raise OSError(f"cannot write {Path(path).name}")
            super().save(path, save_format, **options)

    def again() -> str:
        written: str = probe("checks.resaving").write_again(
            framework(is_keras3=is_keras3), Picky(), "h5", str(tmp_path)
        )
        return written

    if isinstance(expected, str):
        assert again() == expected
    else:
        with pytest.raises(expected, match=r"cannot write model\.h5"):
            again()
    assert list(tmp_path.iterdir()) == []


def array(*values: float) -> np.ndarray[Any, Any]:
    return np.array([values], dtype="float32")


JOB = {"tolerances": {"relative": 1e-5, "noise_factor": 4.0}}
NAMES = [["Dense", "dense"], ["GRU", "second"], ["Dense", "dense"]]
SAVED = [array(1, 2), array(3, 4), array(5, 6)]


def begins(probe: Probe, monkeypatch: pytest.MonkeyPatch, names: Any, arrays: Any) -> Any:
    """The check of the layers of a loaded model that gives these arrays."""
    monkeypatch.setattr(probe("checks.layer_outputs"), "record", lambda *_: (names, arrays))
    expected = {"noise": 0.0, "inputs": [], "outputs": [array(9)]}
    expected.update(layer_names=NAMES, layers=SAVED)
    return probe("checks.comparing").check_layers(None, None, JOB, expected, [array(8)])


def test_a_difference_begins_at_the_first_layer_that_differs(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = begins(probe, monkeypatch, NAMES, [SAVED[0], array(3, 5), array(0, 0)])
    assert result["detail"] == "begins at layer 'second' (GRU), 2 of 3: 2.5e-01"
    assert (result["status"], result["difference"]) == ("measured", 0.25)


def test_layers_are_paired_by_name_and_order(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [["Dense", "dense"], ["Dense", "dense"]]
    result = begins(probe, monkeypatch, names, [SAVED[0], array(5, 7)])
    assert result["detail"] == "begins at layer 'dense' (Dense), 2 of 2: 1.7e-01"


def test_a_layer_that_gives_no_number_differs(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = begins(probe, monkeypatch, NAMES, [array(1, float("nan")), *SAVED[1:]])
    assert result["status"] == "disagrees"
    assert result["detail"] == "begins at layer 'dense' (Dense), 1 of 3: not finite"


@pytest.mark.parametrize(
    ("names", "arrays", "status"),
    [(NAMES, SAVED, "agrees"), ([], [], "not-applicable")],
    ids=["all-agree", "nothing-to-compare"],
)
def test_where_no_layer_differs_none_is_named(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, names: Any, arrays: Any, status: str
) -> None:
    assert begins(probe, monkeypatch, names, arrays)["status"] == status


@pytest.mark.parametrize(
    ("noise", "relative", "factor", "gap", "agrees"),
    [
        (0.0, 0.25, 4.0, 0.25, True),
        (0.0, 0.25, 4.0, 0.5, False),
        (None, 0.25, 4.0, 0.25, True),
        (0.125, 0.25, 4.0, 0.5, True),  # four times the noise
        (0.125, 0.25, 4.0, 0.5625, False),
        (0.125, 0.25, 1.0, 0.25, True),  # the wider of the two
        (0.125, 0.25, 1.0, 0.28125, False),
    ],
)
def test_layers_are_looked_at_once_the_outputs_are_beyond_the_jobs_tolerances(
    probe: Probe,
    monkeypatch: pytest.MonkeyPatch,
    noise: float | None,
    relative: float,
    factor: float,
    gap: float,
    *,
    agrees: bool,
) -> None:
    monkeypatch.setattr(probe("checks.layer_outputs"), "record", lambda *_: ([], []))
    expected = {"noise": noise, "inputs": [], "outputs": [array(1.0)]}
    expected.update(layer_names=[], layers=[])
    job = {"tolerances": {"relative": relative, "noise_factor": factor}}
    found = [array(1.0 + gap)]
    result = probe("checks.comparing").check_layers(None, None, job, expected, found)
    looked = "no layer of this model can be observed on both sides"
    assert result["detail"] == ("the outputs agree" if agrees else looked)


def test_big_layers_are_kept_in_part(probe: Probe) -> None:
    compact = probe("checks.layer_outputs").compact
    big = np.zeros((8, 100_000), dtype="float32")
    assert [one.shape for one in compact([big, array(1)])] == [(2, 100_000), (1, 1)]
    assert compact(SAVED) == SAVED


def test_a_model_that_cannot_be_taken_apart_has_no_layers(probe: Probe) -> None:
    assert probe("checks.layer_outputs").record(None, object(), []) == ([], [])
