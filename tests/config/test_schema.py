"""The shipped schema is the generated one, and agrees with the loader."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from crossload.runner.config.form import MatrixForm
from crossload.runner.config.load import load_matrix, matrix_schema
from crossload.runner.config.model import EnvironmentSpec, Form, Matrix
from crossload.runner.config.schema import SCHEMA_FILE, schema_text
from crossload.runner.models.listing import MODELS_FILE
from tests.config.test_load import FULL


def _described(schema: dict[str, Any]) -> dict[str, dict[str, str]]:
    forms = {**schema["$defs"], "": schema}
    return {
        name: {key: field["description"] for key, field in form.get("properties", {}).items()}
        for name, form in forms.items()
    }


def test_shipped_schema_describes_the_same_keys() -> None:
    shipped = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert _described(shipped) == _described(matrix_schema()), (
        "python -m crossload.runner.config.schema"
    )


def test_shipped_schema_is_up_to_date() -> None:
    shipped = SCHEMA_FILE.read_text(encoding="utf-8")
    if json.loads(shipped)["$comment"] != matrix_schema()["$comment"]:
        pytest.skip("written with another pydantic, which spells it differently")
    assert shipped == schema_text(), "run: python -m crossload.runner.config.schema"


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(matrix_schema())


def test_schema_accepts_what_the_loader_accepts() -> None:
    document = yaml.safe_load(FULL.replace("1e-6", "1.0e-6"))
    jsonschema.validate(document, matrix_schema())


def test_shipped_matrix_fits_schema_and_loader() -> None:
    path = SCHEMA_FILE.with_name("matrix.yaml")
    models = json.loads((path.parent / "probes" / MODELS_FILE).read_text("utf-8"))["models"]
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), matrix_schema())
    assert load_matrix(path, known_models=[model["name"] for model in models]).environments


@pytest.mark.parametrize(
    "text",
    [
        "enviroments: {}",
        "environments: {a: {tensorflow: 2.10}}",
        "environments: {A: {tensorflow: '2.10'}}",
        "environments: {a: {tensorflow: '2.10', python: 3.10}}",
        "axes: {a: {tensorflow: [2.10]}}",
        "profiles: {p: {formats: [h6]}}",
        "profiles: {p: {pairs: [[a]]}}",
        "limits: {cpu_seconds: 0}",
    ],
)
def test_schema_refuses_common_mistakes(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), matrix_schema())


def _forms(form: type[Form]) -> list[type[Form]]:
    return [form, *(inner for child in form.__subclasses__() for inner in _forms(child))]


def test_every_field_is_described() -> None:
    forms = _forms(Form)
    assert {Matrix, MatrixForm, EnvironmentSpec} <= set(forms)
    for form in forms:
        for name, field in form.model_fields.items():
            assert field.description, f"{form.__name__}.{name}"
