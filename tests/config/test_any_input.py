"""Whatever a file holds, it is a matrix or a complaint: never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.config.load import load_matrix
from crossload.runner.config.model import Matrix
from crossload.runner.errors import ConfigurationError
from tests.config.conftest import MODELS
from tests.config.test_load import FULL

_PIECES = st.sampled_from(
    [
        *"{}[]:,-&*!|>'\"%@`#?\n\t \r",
        "a: ",
        "\n  ",
        "<<",
        "!!str",
        "axes",
        "environments",
        "2.10",
        "tensorflow: '2.4.1'",
        "\\U",
        "---\n",
        "on",
        "~",
        "012",
        "1:30:00",
        "\ufeff",
        "\u2028",
        "=",
        "include",
        "packages: {h5py: ",
        "profiles",
        "pairs: [[",
    ]
)

_CHARACTERS = st.sampled_from([*"\0\x1b\x85\xe9\ud800\u202e\U0001f600", "xyz", "9" * 5000])


@st.composite
def damaged_matrices(draw: st.DrawFn) -> bytes:
    text = FULL
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 20))
        text = text[:start] + draw(_PIECES | _CHARACTERS) + text[end:]
    return text.encode("utf-8", "surrogatepass")


@given(
    st.binary(max_size=200)
    | st.lists(_PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode())
    | damaged_matrices()
)
def test_any_bytes_are_a_matrix_or_a_configuration_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    try:
        matrix = load_matrix(path, known_models=MODELS)
    except ConfigurationError as error:
        complaint = str(error)
    else:
        assert isinstance(matrix, Matrix)
        return
    assert complaint.encode("utf-8")  # no half characters, which could not be printed
    assert all(line.isprintable() for line in complaint.split("\n"))
