"""The published JSON schemas, as tests use them: no key may be missing, none may be undescribed."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from crossload.cli.shared.schemas import FOLDER


def validate(name: str, document: object) -> None:
    """Raise unless the document has exactly the keys and values that the schema describes."""
    validator(name).validate(document)


@cache
def validator(name: str) -> Draft202012Validator:
    found = {path.name: closed(read(path.name)) for path in FOLDER.glob("*.schema.json")}
    known = Registry().with_resources(
        (file, Resource.from_contents(schema)) for file, schema in found.items()
    )
    return Draft202012Validator(found[f"{name}.schema.json"], registry=known)


def read(file: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((FOLDER / file).read_text(encoding="ascii"))
    return schema


def closed(schema: Any) -> Any:
    """The same schema, in which an object has no other keys than those described."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in deepcopy(schema).items()}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found
