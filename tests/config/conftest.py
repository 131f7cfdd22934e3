"""What the tests of the configuration share: reading a matrix from text, and its complaints."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TypeAlias

import pytest

from crossload.runner.config.load import parse_matrix
from crossload.runner.config.model import Matrix
from crossload.runner.errors import ConfigurationError

MODELS = ("dense", "lstm", "lambda")

Read: TypeAlias = Callable[[str], Matrix]
Complaints: TypeAlias = Callable[[str], list[str]]


@pytest.fixture
def read() -> Read:
    """Reads the text of a matrix that is expected to be right."""

    def reading(text: str) -> Matrix:
        return parse_matrix(textwrap.dedent(text), shown="matrix.yaml", known_models=MODELS)

    return reading


@pytest.fixture
def complaints(read: Read) -> Complaints:
    """Reads the text of a matrix that is expected to be wrong; the lines of the message."""

    def reading(text: str) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            read(text)
        return str(caught.value).split("\n")

    return reading
