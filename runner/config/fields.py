"""The kinds of value that a matrix holds: what each accepts, and how a wrong one is reported.

Owns single values (a version, a pin, a name); `runner.config.model` groups them. Every reader takes
a `Scalar` of the file as well as a plain Python value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, TypeVar

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import BeforeValidator, GetJsonSchemaHandler, JsonValue, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

from crossload.runner.config.nearest import hint
from crossload.runner.config.scalars import Kind, Scalar, found
from crossload.runner.versions import is_version
from crossload.runner.words import Api, Backend, Word

BUNDLED = "bundled"  # the Keras that TensorFlow itself brings
MAX_NAME = 80

_A_VERSION = "a version such as '2.15.1'"
_A_PYTHON = "'auto' or a version such as '3.11'"
_A_RESOLVE = "'period', 'latest' or a day such as '2024-03-01'"
_A_PIN = "a version such as '2.10.0' or a range such as '<3'"
_A_NAME = "lower case letters, digits and '.', '_', '-', '+', beginning with a letter or digit"
_NAME = re.compile(r"[a-z0-9][a-z0-9._+-]*")
_PYTHON = re.compile(r"3\.(0|[1-9]\d?)")  # the probes are Python 3
_PACKAGE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIBRARY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*\.so(\.\d+)*")
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*")
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{0,20})?([eE][+-]?\d{1,3})?")
_OWN_KEYS = {"tensorflow", "keras", "tf-keras"}

WordType = TypeVar("WordType", bound=Word)


def fault(sentence: str) -> PydanticCustomError:
    """A mistake in the words that the user will read."""
    return PydanticCustomError("fault", "{sentence}", {"sentence": sentence})


def text_of(value: object, expected: str, is_valid: Callable[[str], bool]) -> str:
    """The text of a value that must be text.

    Raises:
        PydanticCustomError: if it is not valid; with the cure if only its quotes are missing.
    """
    if isinstance(value, str) and is_valid(value):
        return value
    if isinstance(value, Scalar) and value.kind is not Kind.NOTHING and is_valid(value.text):
        if value.kind is not Kind.TEXT:
            raise fault(f"{value.text} was read as {value.meaning}; write '{value.text}'")
        return value.text
    raise fault(f"found {found(value)}, expected {expected}")


def is_pin(text: str) -> bool:
    """Whether it is one version, or a range of them."""
    try:
        return is_version(text) or bool(str(SpecifierSet(text)))
    except InvalidSpecifier:
        return False


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _read_version(value: object) -> str:
    return text_of(value, _A_VERSION, is_version).strip()


def _read_keras(value: object) -> str:
    expected = f"{BUNDLED!r} or {_A_VERSION}"
    return text_of(value, expected, lambda text: text == BUNDLED or is_version(text)).strip()


def _read_keras_or_none(value: object) -> str | None:
    keras = BUNDLED if value is None else _read_keras(value)
    return None if keras == BUNDLED else keras


def _read_python(value: object) -> str:
    text = value.text if isinstance(value, Scalar) else value
    if isinstance(text, str) and (full := re.fullmatch(r"(3\.\d{1,2})\.\d{1,3}", text)):
        raise fault(f"found {text!r}, expected {_A_PYTHON}; did you mean {full[1]!r}")
    return text_of(value, _A_PYTHON, lambda text: text == "auto" or bool(_PYTHON.fullmatch(text)))


def _read_resolve(value: object) -> str:
    if isinstance(value, Scalar) and value.kind is Kind.DATE and _is_day(value.text):
        return value.text  # YAML's own notion of a day is the one that is meant
    return text_of(value, _A_RESOLVE, lambda text: text in {"period", "latest"} or _is_day(text))


def _read_pin(value: object) -> str:
    return "".join(text_of(value, _A_PIN, is_pin).split())


def _read_variable_value(value: object) -> str:
    return text_of(value, "text on one line", lambda text: text.isprintable())


def _read_package(value: object) -> str:
    name = text_of(value, "the name of a package", lambda text: bool(_PACKAGE.fullmatch(text)))
    if name.lower().replace("_", "-") in _OWN_KEYS:
        raise fault(f"found the package {name!r}, expected it as a key next to 'packages'")
    return name


def _read_variable(value: object) -> str:
    name = text_of(value, "the name of a variable", lambda text: bool(_VARIABLE.fullmatch(text)))
    if name == "KERAS_BACKEND":
        raise fault("found the variable 'KERAS_BACKEND', expected it as the key 'backend'")
    return name


def _read_path(value: object) -> str:
    return text_of(value, "a path", lambda text: bool(text) and text.isprintable())


def is_image_file(text: str) -> bool:
    """Whether the name of an image is that of a file, which apptainer runs."""
    return text.endswith(".sif")


def _read_image(value: object) -> str:
    expected = "the name of an image such as 'tensorflow/tensorflow:2.15.0', or a .sif file"
    return text_of(
        value,
        expected,
        lambda text: bool(_IMAGE.fullmatch(text)) or (is_image_file(text) and text.isprintable()),
    )


def _read_library(value: object) -> str:
    expected = "the file name of a library such as 'libmpi.so.40'"
    return text_of(value, expected, lambda text: bool(_LIBRARY.fullmatch(text)))


def read_name(value: object) -> str:
    """The name of an environment or a profile: usable as an id and as part of a file name."""
    text = value.text if isinstance(value, Scalar) else value
    if not isinstance(text, str) or not _NAME.fullmatch(text) or ".." in text:
        raise fault(f"found the name {found(value)}, expected {_A_NAME}")
    if len(text) > MAX_NAME:
        raise fault(f"found a name of {len(text)} characters, expected at most {MAX_NAME}")
    return text


def read_word(
    value: object, words: type[WordType], allowed: Iterable[WordType] | None = None
) -> WordType:
    """A member of a closed vocabulary (or of a part of it), else a hint at the nearest one."""
    known = [str(word) for word in (words if allowed is None else allowed)]
    text = value.text if isinstance(value, Scalar) else value
    if isinstance(text, str) and text in known:
        return words(text)
    close = hint(text, known) if isinstance(text, str) else ""
    raise fault(f"found {found(value)}, expected {one_of(known)}{close}")


def one_of(words: Iterable[str]) -> str:
    """`one of 'a', 'b', 'c'`."""
    return f"one of {', '.join(map(repr, words))}"


def _read_integer(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Scalar) and value.kind is Kind.INTEGER:
        digits = value.text.replace("_", "")
        if _INTEGER.fullmatch(digits):
            return int(digits)
    raise fault(f"found {found(value)}, expected a whole number")


def _read_number(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    # YAML 1.1 takes 1e-5 (no point) for text: unquoted, it is a number to everybody else.
    if isinstance(value, Scalar) and not value.quoted and _NUMBER.fullmatch(value.text):
        return float(value.text)
    raise fault(f"found {found(value)}, expected a number")


def as_list(value: object) -> object:
    """One value stands for a list of one; an empty list is refused."""
    if isinstance(value, (list, tuple)):
        if not value:
            raise fault("found an empty list, expected at least one value")
        return value
    if isinstance(value, dict):
        raise fault("found a mapping, expected a value or a list of values")
    return [value]


class OneOrMany:
    """Marks a tuple that may be written as its single item; read by `as_list`."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = {**handler(core_schema), "minItems": 1}
        return {"anyOf": [many["items"], many]}


def _text(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


_VERSION_PATTERN = r"^v?\d[0-9A-Za-z.+!_-]*$"

VersionText = Annotated[str, BeforeValidator(_read_version), _text(_VERSION_PATTERN, "2.15.1")]
KerasText = Annotated[
    str, BeforeValidator(_read_keras), _text(rf"{_VERSION_PATTERN}|^bundled$", "3.0.5", BUNDLED)
]
KerasOrNone = Annotated[
    "str | None",
    BeforeValidator(_read_keras_or_none),
    _text(rf"{_VERSION_PATTERN}|^bundled$", "3.0.5", BUNDLED),
]
PythonText = Annotated[
    str, BeforeValidator(_read_python), _text(r"^(auto|3\.\d{1,2})$", "auto", "3.11")
]
ResolveText = Annotated[
    str,
    BeforeValidator(_read_resolve),
    _text(r"^(period|latest|\d{4}-\d{2}-\d{2})$", "period", "latest", "2024-03-01"),
]
PinText = Annotated[str, BeforeValidator(_read_pin), _text(r"^[^\s].*$", "<3", "2.10.0")]
PackageName = Annotated[str, BeforeValidator(_read_package)]
VariableName = Annotated[str, BeforeValidator(_read_variable)]
LibraryName = Annotated[
    str, BeforeValidator(_read_library), _text(rf"^{_LIBRARY.pattern}$", "libmpi.so.40")
]
VariableText = Annotated[str, BeforeValidator(_read_variable_value)]
PathText = Annotated[str, BeforeValidator(_read_path)]
ImageText = Annotated[str, BeforeValidator(_read_image)]
NameText = Annotated[str, BeforeValidator(read_name), _text(rf"^{_NAME.pattern}$", "tf2.15")]
# pydantic describes the keys of a mapping only where it checks their pattern itself
NAMES_AS_KEYS: dict[str, JsonValue] = {"propertyNames": {"pattern": rf"^{_NAME.pattern}$"}}
ApiWord = Annotated[Api, BeforeValidator(lambda value: read_word(value, Api))]
BackendWord = Annotated[Backend, BeforeValidator(lambda value: read_word(value, Backend))]
Integer = Annotated[int, BeforeValidator(_read_integer)]
Number = Annotated[float, BeforeValidator(_read_number)]
