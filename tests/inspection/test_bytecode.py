"""Which Python made a piece of byte code, from its first bytes; and where code may stand."""

from __future__ import annotations

import base64
import marshal
import struct
import sys

import pytest

from crossload.runner.inspection.bytecode import codes_of, python_of, pythons
from tests.inspection.making import CODE, new_lambda, old_lambda


def code(numbers: int, instructions: bytes) -> bytes:
    """The beginning of a code object with so many numbers before its instructions."""
    head = b"\xe3" + struct.pack(f"<{numbers}i", *([1] * numbers))
    return head + b"s" + struct.pack("<i", len(instructions)) + instructions + b")" * 12


WORDS = bytes(
    (124, 0, 100, 1, 20, 0, 83, 0)
)  # LOAD_FAST, LOAD_CONST, BINARY_MULTIPLY, RETURN_VALUE


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (code(4, WORDS), "2.7"),
        (code(5, b"|\0\0d\x01\0\x14S"), "3.5 or older"),
        (code(5, WORDS), "3.6 to 3.7"),
        (code(6, WORDS), "3.8 to 3.10"),
        (code(5, bytes((151, 0)) + WORDS), "3.11 to 3.12"),
        (code(5, bytes((149, 0)) + WORDS), "3.13"),
        (b"\xe3" + b"\x01" * 60, None),
        (b"", None),
        (b"no code at all, but long enough to look at", None),
    ],
)
def test_python_is_recognised_by_the_first_bytes(text: bytes, versions: str | None) -> None:
    assert python_of(text) == versions


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="its byte code is not in the list yet")
def test_this_python_is_recognised() -> None:
    closed_over = 3
    made = marshal.dumps((lambda x: x * closed_over).__code__)
    minor = sys.version_info.minor
    expected = {10: "3.8 to 3.10", 11: "3.11 to 3.12", 12: "3.11 to 3.12", 13: "3.13"}[minor]
    assert python_of(made) == expected


RAW = base64.b64decode(CODE).decode("latin-1")


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (old_lambda()["config"], ["function"]),
        (new_lambda()["config"]["function"], [""]),
        ({"function": {"class_name": "__tuple__", "items": [CODE, None, None]}}, ["function"]),
        ({"output_shape": [CODE, None, None], "output_shape_type": "lambda"}, ["output_shape"]),
        ({"function": RAW, "function_type": "lambda"}, ["function"]),
        ({"mode": CODE, "mode_type": "lambda"}, ["mode"]),  # a Merge layer of Keras 1
        ({"function": "a_function_with_a_long_name", "function_type": "function"}, []),
        ({"output_shape": [None, 10]}, []),
        ({"names": ["the first of some long texts", "the second"]}, []),
        ({"class_name": "__tuple__", "items": [CODE]}, []),  # looked at where it stands
    ],
)
def test_code_is_found_in_every_form(value: dict[str, object], keys: list[str]) -> None:
    assert [key for key, _ in codes_of(value)] == keys  # type: ignore[arg-type]


def test_pythons_of_a_whole_configuration() -> None:
    tree = {"layers": [old_lambda(), {"config": [new_lambda()]}]}
    assert len(list(pythons(tree))) == (0 if sys.version_info >= (3, 14) else 2)  # type: ignore[arg-type]
