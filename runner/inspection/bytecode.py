"""Python byte code in a configuration: where it stands, and which Pythons can read it.

Owns the forms in which each Keras writes a function's code. Nothing is ever unmarshalled.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from crossload.runner.inspection.configuration import Json, walk

_INSTRUCTIONS = ord("s")
_RESUME_311, _RESUME_313 = 151, 149
_RETURN_VALUE = b"S"
_SHORTEST = 20  # characters; no function is shorter


def codes_of(value: dict[str, Json]) -> Iterator[tuple[str, bytes]]:
    """(key, code) of every function that an object of a configuration holds as byte code.

    Keras 3 writes `{"class_name": "__lambda__", "config": {"code": ...}}`. Before, the code stood
    in a list of three (code, defaults, closure), the list sometimes inside a `__tuple__`, and a
    key ending in `_type` beside it said `lambda`; Keras 1 did so in its Merge layers too.
    """
    if value.get("class_name") == "__lambda__" or "__lambda__" in value:
        inner = value.get("config", value.get("__lambda__"))
        found = inner.get("code") if isinstance(inner, dict) else None
        yield "", _bytes(found) if isinstance(found, str) else b""
        return
    if value.get("class_name") == "__tuple__":
        return  # looked at where it stands for a function
    for key, item in value.items():
        declared = value.get(f"{key}_type") == "lambda"
        text = _first_text(item)
        if text is None or (isinstance(item, str) and not declared):
            continue
        code = _bytes(text)
        if declared or _is_code(code):
            yield key, code


def _first_text(value: Json) -> str | None:
    """The first text of a function's triple, in whichever form it is written."""
    if isinstance(value, dict) and value.get("class_name") == "__tuple__":
        value = value.get("items")
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) and len(value) >= _SHORTEST else None


def _bytes(text: str) -> bytes:
    if "\0" in text:  # Keras 1 and early 2 wrote the bytes themselves, one character for each
        return text.encode("latin-1", "replace")
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace")


def _is_code(code: bytes) -> bool:
    """Whether it begins as a marshalled code object does: a type byte, then small numbers."""
    return len(code) >= 30 and code[0] & 0x7F == ord("c") and code[3:5] == b"\0\0"


def python_of(code: bytes) -> str | None:
    """The Pythons that share the byte code which begins so, None where it is not recognised.

    A code object is marshalled as a type byte, then numbers of four bytes: four in Python 2, five
    up to 3.7, six (positional-only arguments came) up to 3.10, five again (the count of locals
    went) since. The instructions follow. Up to 3.5 their lengths differed, so that the last one,
    RETURN_VALUE, was one byte long. From 3.11 on they begin with RESUME, which 3.13 renumbered.
    """
    if len(code) < 30 or code[0] & 0x7F != ord("c"):
        return None
    # The highest bit of a type byte marks an object that is referred to again.
    place = next((at for at in (21, 25, 17) if code[at] & 0x7F == _INSTRUCTIONS), None)
    if place != 21:
        return {25: "3.8 to 3.10", 17: "2.7"}.get(place or 0)
    end = 26 + int.from_bytes(code[22:26], "little")
    if code[end - 1 : end] == _RETURN_VALUE:
        return "3.5 or older"
    opcodes = set(code[26:40:2])  # cells and free variables are set up before RESUME
    if _RESUME_311 in opcodes:
        return "3.11 to 3.12"
    return "3.13" if _RESUME_313 in opcodes else "3.6 to 3.7"


def pythons(tree: Json) -> Iterator[str]:
    """The Pythons of every piece of byte code in a configuration that can be recognised."""
    for node in walk(tree):
        if isinstance(node.value, dict):
            for _, code in codes_of(node.value):
                era = python_of(code)
                if era is not None:
                    yield era
