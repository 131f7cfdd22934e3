"""Subjects, environments and runs for the tests of checks; nothing is built or loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import Environment, Interpreter
from crossload.runner.inspection.model import Contents, Inspection, Origin, Training
from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import Cell, JobReport, ProbeError, SaveOutcome
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Container, Format, JobStatus, SubjectTask

# Names that the shipped atlas knows.
NAMES = {
    "tf1.15": "3.7",
    "tf2.6": "3.9",
    "tf2.10": "3.10",
    "tf2.15": "3.11",
    "tf2.21": "3.13",
    "keras2.2.4-theano": "3.7",
}
SAVED = SaveOutcome(JobReport(JobStatus.DONE), artifact="a" * 64, noise=0.0)
REFUSED = SaveOutcome(JobReport(JobStatus.REFUSED, ProbeError("ValueError", "Unknown layer: Mine")))


def environment(name: str) -> Environment:
    python = NAMES[name]
    major, minor = (int(part) for part in python.split("."))
    spec = EnvironmentSpec(name=name, tensorflow="2.15.1", python=python)
    interpreter = Interpreter((major, minor, 0), Path("/python"), Path("/prefix"))
    return Environment(f"{name}-py{python}", spec, python, interpreter)


EVERY = tuple(environment(name) for name in NAMES)
TF115, TF26, TF210, TF215, TF221, THEANO = EVERY


def inspection(
    keras: str | None = "2.15.0", generation: int | None = 2, backend: str | None = "tensorflow"
) -> Inspection:
    return Inspection(
        container=Container.HDF5,
        contents=Contents.WHOLE,
        format=Format.H5,
        generation=generation,
        origin=Origin(keras=keras, backend=backend),
        model_class="Sequential",
        training=Training(compiled=True),
    )


def subject(name: str = "mine", *, custom: bool = False, **origin: Any) -> Subject:
    """A file of the user's; `origin` are arguments of `inspection`."""
    return Subject(
        name=name,
        path=Path(f"{name}.h5"),
        traits=ModelTraits(name=name, own=True, adopted=True, compiled=True, custom=custom),
        artifact="b" * 64,
        format=Format.H5,
        inspection=inspection(**origin),
    )


def script(name: str = "script") -> Subject:
    """A script of the user's."""
    one = subject(name)
    traits = replace(one.traits, adopted=False, custom=True)
    return replace(one, format=None, task=SubjectTask.BUILD, inspection=None, traits=traits)


def cell(saver: Environment, loader: Environment, name: str = "mine") -> Cell:
    return Cell(saver.id, name, Format.H5, loader.id)
