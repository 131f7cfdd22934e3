"""The values of a profile: patterns, models, formats and pairs, each of which may be `all`.

Owns how one entry of a profile is read; whether a pattern names an environment is known only once
all of them are (`runner.config.load`).
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationInfo, WithJsonSchema

from crossload.runner.config import fields
from crossload.runner.config.exclusion import EXPECTED, read_exclusion
from crossload.runner.config.fields import fault
from crossload.runner.config.nearest import hint
from crossload.runner.config.scalars import Scalar, found
from crossload.runner.words import MODEL_FORMATS, Format

ALL = "all"
UPGRADE = "upgrade"
NONE = "none"


def _known_models(info: ValidationInfo) -> tuple[str, ...]:
    return tuple((info.context or {}).get("known_models", ()))


def read_model(value: Any, info: ValidationInfo) -> str:
    """One of the known models; without a context (no file is read) any name."""
    known = _known_models(info)
    text = value.text if isinstance(value, Scalar) else value
    if isinstance(text, str) and (text in known or info.context is None):
        return text
    close = hint(text, known) if isinstance(text, str) else ""
    raise fault(f"found {found(value)}, expected {fields.one_of(known)}{close}")


def _is(value: Any, word: str) -> bool:
    text = value.text if isinstance(value, Scalar) else value
    return bool(text == word) or value == (word,)


def _is_all(value: Any) -> bool:
    return _is(value, ALL)


def read_models(value: Any, info: ValidationInfo) -> Any:
    """`all` as the known models in their order, `none` as none; one name as a list of one."""
    if _is_all(value):
        return _known_models(info) or (ALL,)
    return () if _is(value, NONE) or value == () else fields.as_list(value)


def read_formats(value: Any) -> Any:
    """`all` as every format of models."""
    return MODEL_FORMATS if _is_all(value) else fields.as_list(value)


def read_format(value: Any) -> Format:
    """A format that models are saved in."""
    if _is(value, str(Format.SCRIPT)):
        raise fault(
            f"found {found(value)}, which is the format of scripted cases, "
            "expected their names under the key 'cases'"
        )
    return fields.read_word(value, Format, MODEL_FORMATS)


def read_cases(value: Any) -> Any:
    """`all` as the pattern that matches every name, `none` as none."""
    if _is_all(value):
        return ("*",)
    return () if _is(value, NONE) or value == () else fields.as_list(value)


def read_case(value: Any) -> str:
    """A name or pattern of scripted cases, not yet compared with them."""
    return fields.text_of(value, "the name of a scripted case or a pattern", bool)


def read_excludes(value: Any) -> Any:
    """A list of patterns; one stands for a list of one."""
    return () if value == () else fields.as_list(value)


def read_exclude(value: Any) -> str:
    """A pattern of files or cells, not yet compared with them."""
    return fields.text_of(value, EXPECTED, lambda text: read_exclusion(text) is not None)


def read_patterns(value: Any) -> Any:
    """`all` as the pattern that matches every name."""
    return ("*",) if _is_all(value) else fields.as_list(value)


def read_variants(value: Any) -> Any:
    """The same, and `none` as none."""
    return () if _is(value, NONE) or value == () else read_patterns(value)


def read_pattern(value: Any) -> str:
    """A name or pattern of environments, not yet compared with them."""
    return fields.text_of(value, "the name of an environment or a pattern", bool)


def read_pairs(value: Any) -> Any:
    """`all`, `upgrade`, or a list whose entries `read_pair` reads."""
    text = value.text if isinstance(value, Scalar) else value
    if isinstance(text, str) and text in {ALL, UPGRADE}:
        return text
    if not isinstance(value, (list, tuple)) or not value:
        close = hint(text, (ALL, UPGRADE)) if isinstance(text, str) else ""
        raise fault(f"found {found(value)}, expected 'all', 'upgrade' or a list of pairs{close}")
    return tuple(value)


def read_pair(value: Any) -> tuple[str, str]:
    """Saver and loader, from `[saver, loader]` or `{saver: ..., loader: ...}`."""
    if isinstance(value, dict) and set(value) == {"saver", "loader"}:
        value = [value["saver"], value["loader"]]
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise fault(f"found {found(value)}, expected [saver, loader]")
    return read_pattern(value[0]), read_pattern(value[1])


def or_all(schema: dict[str, Any], *, none: bool = False) -> WithJsonSchema:
    """The schema for `all`, one value, or a list of them; `none` too, if it may be written."""
    words = {"enum": [ALL, NONE]} if none else {"const": ALL}
    return WithJsonSchema({"anyOf": [words, *_one_or_many(schema)]})


def one_or_many(schema: dict[str, Any]) -> WithJsonSchema:
    """The schema for one value or a list of them."""
    return WithJsonSchema({"anyOf": _one_or_many(schema)})


def _one_or_many(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, {"type": "array", "items": schema, "minItems": 1}]


STRING = {"type": "string", "minLength": 1}
PAIR = {
    "anyOf": [
        {"type": "array", "items": STRING, "minItems": 2, "maxItems": 2},
        {
            "type": "object",
            "properties": {"saver": STRING, "loader": STRING},
            "required": ["saver", "loader"],
            "additionalProperties": False,
        },
    ]
}
