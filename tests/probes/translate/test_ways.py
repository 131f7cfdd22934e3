"""Which way of loading is taken for a file, with a stand-in for Keras' own loader."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
KERNEL = np.full((2, 3), 5.0, "float32")
PLAIN_DENSE: dict[str, Any] = {"class_name": "Dense", "config": {"name": "dense", "units": 3}}
LAMBDA: dict[str, Any] = {
    "class_name": "Lambda",
    "config": {"name": "half", "function": ["4wA=", None, None]},
}


class Model:
    def __init__(self, kernel: Any = KERNEL) -> None:
        layer = SimpleNamespace(name="dense", weights=[], get_weights=lambda: [kernel])
        self.layers = [layer]

    def predict(self) -> None: ...

    def get_weights(self) -> None: ...


class Framework:
    """A Keras whose `load_model` answers as it is told, and notes what it was called with."""

    is_keras3 = False
    keras = SimpleNamespace()

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def load_model(self, path: str, **options: Any) -> Any:
        self.calls.append((path, options))
        return self.answer(path)


def saved(path: Path, *layers: Any) -> Path:
    description = {"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(description)
        file.attrs["keras_version"] = "2.15.0"
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense"]
        group.create_group("dense").attrs["weight_names"] = [b"kernel"]
        group["dense/kernel"] = KERNEL
    return path


def load(probe: Probe, framework: Framework, path: Path, **options: Any) -> Any:
    ways = probe("translate.ways")
    given = {"custom_objects": None, "compile": True, "safe_mode": True, **options}
    request = ways.Request(framework, path, **given)
    return ways.load(request)


def test_a_file_that_keras_loads_is_loaded_by_keras(probe: Probe, tmp_path: Path) -> None:
    framework, path = Framework(lambda _: Model()), saved(tmp_path / "m.h5", PLAIN_DENSE)
    model = load(probe, framework, path, compile=False)
    assert str(model.crossload_report) == f"{path} (h5): plain"
    assert framework.calls == [(str(path), {"custom_objects": None, "compile": False})]


def test_a_model_without_its_number_of_steps_predicts(probe: Probe, tmp_path: Path) -> None:
    made = Model()
    made.steps_per_execution = None  # type: ignore[attr-defined]  # as Keras 3 reads it of Keras 2
    path = saved(tmp_path / "m.h5", PLAIN_DENSE)
    found = load(probe, Framework(lambda _: made), path, compile=False)
    assert found.steps_per_execution == 1


def test_a_file_under_a_wrong_name_is_given_under_a_right_one(probe: Probe, tmp_path: Path) -> None:
    def by_suffix(path: str) -> Model:
        if not path.endswith(".h5"):
            raise OSError("no SavedModel")
        return Model()

    framework, path = Framework(by_suffix), saved(tmp_path / "m.keras", PLAIN_DENSE)
    report = load(probe, framework, path).crossload_report
    assert (report.way, report.tried) == ("renamed", [("plain", "failed: OSError: no SavedModel")])
    assert report.changes == ["read under a name that ends in .h5"]
    assert [one.name for one in tmp_path.iterdir()] == ["m.keras"]
    assert not Path(framework.calls[1][0]).exists()


def test_byte_code_is_not_given_to_keras_unless_allowed(probe: Probe, tmp_path: Path) -> None:
    framework, path = Framework(lambda _: Model()), saved(tmp_path / "m.h5", PLAIN_DENSE, LAMBDA)
    with pytest.raises(AttributeError):  # the stand-in has no layers to translate with
        load(probe, framework, path)
    assert framework.calls == []


def test_what_is_no_model_is_not_taken(probe: Probe, tmp_path: Path) -> None:
    framework, path = Framework(lambda _: object()), saved(tmp_path / "m.h5", PLAIN_DENSE)
    request = probe("translate.ways").Request(framework, path, None, True, True)  # noqa: FBT003 - Keras' own
    with pytest.raises(AttributeError):
        probe("translate.ways").load(request)
    assert request.report.tried[0] == (
        "plain",
        "failed: Refused: Keras returned a builtins.object, not a model",
    )


def test_weights_that_are_not_the_files_are_reported_where_nothing_is_better(
    probe: Probe, tmp_path: Path
) -> None:
    framework = Framework(lambda _: Model(KERNEL * 2))
    report = load(probe, framework, saved(tmp_path / "m.h5", PLAIN_DENSE)).crossload_report
    assert report.way == "plain"
    assert report.changes == [
        "some weights are stored in another form, which Keras converted",
    ]


def test_one_error_says_what_is_in_the_way(
    probe: Probe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facade = probe("translate.facade")
    for name in ("keras", "tf_keras", "tensorflow"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(facade.LoadError, match=r"^no Keras can be imported here: keras: "):
        facade.load_model(saved(tmp_path / "m.h5", PLAIN_DENSE))


@pytest.mark.parametrize(
    ("modules", "wanted"),
    [
        (["tensorflow.python.keras.layers", "builtins"], "tensorflow"),
        (["keras.src.layers", "builtins"], "keras"),
        (["tf_keras.src.layers", "builtins"], "tf_keras"),
        (["mine", "builtins"], None),
    ],
)
def test_a_users_class_says_which_keras_is_in_use(
    probe: Probe, modules: list[str], wanted: str | None
) -> None:
    base = type("Layer", (), {"__module__": modules[0]})
    own = type("Own", (base,), {"__module__": "mine"})
    assert probe("translate.using").package_of(own) == wanted
    assert probe("translate.using").package_of(own()) == wanted
