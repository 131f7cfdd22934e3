"""The published schemas are the generated ones, are valid, and describe what is written."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from crossload.cli.shared.schemas import FOLDER, schemas, text_of
from tests.schemas import read, validate

NAMES = sorted(schemas())


def test_each_is_published_and_no_other() -> None:
    published = {path.name.removesuffix(".schema.json") for path in FOLDER.iterdir()}
    assert published == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_published_is_what_is_generated(name: str) -> None:
    published = (FOLDER / f"{name}.schema.json").read_text(encoding="ascii")
    assert json.loads(published) == json.loads(text_of(schemas()[name])), (
        "run `python -m crossload.cli.shared.schemas`"
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(read(f"{name}.schema.json"))


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_document_is_none_of_them(name: str) -> None:
    with pytest.raises(ValidationError):
        validate(name, {})


def test_a_key_that_no_schema_describes_is_found() -> None:
    document = {"schema": 1, "models": [{"path": "a.h5", "error": "no"}]}
    validate("inspect", document)
    with pytest.raises(ValidationError):
        validate("inspect", {**document, "more": 1})
    with pytest.raises(ValidationError):
        validate("inspect", {**document, "models": [{"path": "a.h5", "error": "no", "more": 1}]})
