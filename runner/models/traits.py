"""The traits of a model: what decides which ways of loading it make sense.

Owns the shape only; `listing` reads those of the reference models, `runner.subjects` those of a
user's model, `runner.analysis.causes` those of the shipped cases.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelTraits:
    """What decides which ways of loading make sense for a model.

    `file` is the module of the probe's `models` that builds it. `own` marks a user's model: the
    code at hand is tried before anything is left out. `adopted` means that the file existed before
    any saver, so that "saving" it is loading it; `keras_1` that Keras 1 wrote it. `code_python`
    are the Pythons whose byte code the file holds ("3.6 to 3.7"), as far as that shows. `builds`
    says whether there is code that builds the model. `calls` are the lines of `runner.cases.calls`
    about the scripts of a case.
    """

    name: str
    file: str = ""
    title: str = ""
    compiled: bool = False
    custom: bool = False
    code: bool = False
    own: bool = False
    adopted: bool = False
    keras_1: bool = False
    builds: bool = True
    code_python: str = ""
    calls: str = ""

    @property
    def writes_code(self) -> str:
        """Who wrote the byte code of a file that existed before; empty for a saver's file."""
        if not self.adopted:
            return ""
        return f"Python {self.code_python}" if self.code_python else "another version of Python"
