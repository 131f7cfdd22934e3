"""A small atlas made of what three made-up versions answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.atlas import Atlas, AtlasEnvironment, Family, Kind
from crossload.runner.atlas.answers import ClassFacts, FirstPass, Harvested, SecondPass
from crossload.runner.atlas.harvest import Harvest
from crossload.runner.atlas.store import write
from crossload.runner.atlas.union import make_union

NEVER = "unknown_key_of_the_future"
FORMATS = {
    "writes": {".h5": "hdf5", ".tf": "savedmodel"},
    "reads": {"hdf5 .h5": True, "hdf5 .keras": False},
    "weights": {".h5": "hdf5"},
    "load_arguments": ["filepath", "safe_mode"],
    "save_arguments": ["filepath"],
    "functions": ["models.model_from_json"],
    "byte_code": "3.8-3.10",
}
SEEDS = {
    "names": {"layers": ["Merge"]},
    "modules": [["models", "keras.src.models.functional", "Functional"]],
    "keys": {"layers": {NEVER: [1]}},
    "values": {"LSTM": {"axis": [[3], 3]}},
    "old_keys": {"output_dim": ["units", 2]},
}


def layer(config: dict[str, object], **more: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "public": ["LSTM"],
        "places": ["layers"],
        "function": False,
        "arguments": ["units", "seed"],
        "required": ["units"],
        "open": True,
        "module": "keras.layers",
        "config": config,
    }
    return {**facts, **more}


def first_pass(**classes: dict[str, object]) -> FirstPass:
    return FirstPass.model_validate(
        {
            "python": "3.10.0",
            "family": "Keras 3",
            "keras": "3.1.0",
            "versions": {"keras": "3.1.0"},
            "classes": {"layers": classes, "losses": {}},
            "formats": FORMATS,
            "seeds": SEEDS,
        }
    )


def second_pass(
    names: dict[str, object], modules: list[bool] | None, **layers: object
) -> SecondPass:
    return SecondPass.model_validate(
        {
            "names": {**{str(kind): {} for kind in Kind}, **names},
            "modules": modules,
            "keys": {"layers": layers},
        }
    )


MSE = {
    "public": ["MSE", "mean_squared_error", "mse"],
    "places": ["losses"],
    "function": True,
    "arguments": ["y_true", "y_pred"],
    "required": ["y_true", "y_pred"],
    "open": False,
}


def environment(name: str, family: Family, version: str) -> AtlasEnvironment:
    versions = {"tensorflow": version, "keras": version}
    return AtlasEnvironment(
        id=f"{name}-py3.10",
        name=name,
        api="keras",
        backend="tensorflow",
        python="3.10.0",
        family=family,
        keras=version,
        versions=versions,
        digest=f"digest of {name}",
    )


def made() -> Harvest:
    """Three versions of LSTM: an old one, one without `time_major`, one with another default."""
    old = first_pass(LSTM=layer({"units": 2, "time_major": False, "init": "uniform"}))
    old.classes[Kind.LOSSES]["mean_squared_error"] = ClassFacts.model_validate(MSE)
    new = first_pass(LSTM=layer({"units": 2, "seed": None, "init": {"class_name": "U"}}))
    union = make_union([old, new])
    error = ("ValueError", "Unrecognized keyword arguments passed to LSTM: {'time_major': False}")
    unknown = ("TypeError", "what is that?")
    taken = second_pass(
        names={
            "layers": {"LSTM": ["class"], "Merge": ["class"]},
            "losses": {name: ["string"] for name in ("mse", "MSE", "mean_squared_error")},
        },
        modules=None,
        LSTM={"time_major": [["kept"]], "seed": [["dropped"]], NEVER: [[unknown]]},
    )
    refused = second_pass(
        names={"layers": {"LSTM": ["class"]}},
        modules=[True] * len(union.modules),
        LSTM={
            "time_major": [[error]],
            "init": [["kept", unknown], [unknown, "changed"]],
            "units": [["kept"]],
            NEVER: [[unknown]],
        },
    )
    return Harvest(
        environments=(
            Harvested(environment("old", Family.TF_DOT_KERAS, "2.3.0"), old, taken),
            Harvested(environment("middle", Family.KERAS_3, "3.1.0"), new, refused),
            Harvested(environment("new", Family.KERAS_3, "3.15.1"), new, refused),
        ),
        union=union,
    )


@pytest.fixture
def harvested() -> Harvest:
    return made()


@pytest.fixture
def atlas_file(tmp_path: Path, harvested: Harvest) -> Path:
    write(tmp_path / "atlas.jsonl.xz", harvested)
    return tmp_path / "atlas.jsonl.xz"


@pytest.fixture
def atlas(atlas_file: Path) -> Atlas:
    return Atlas.load(atlas_file)
