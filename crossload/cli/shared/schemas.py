"""The JSON schemas of what commands print with `--json`, and of the report and the proof.

Owns these schemas and writing them to `docs/schemas`. Documents that have classes are described by
these, so that a key that is added there is described here as well.

    python -m crossload.cli.shared.schemas
"""

from __future__ import annotations

import json
import sys
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from crossload.cli.plan import PlanDocument
from crossload.reports.as_json import json_schema
from crossload.reports.check.helping import Help
from crossload.reports.document import CellRow
from crossload.reports.gate.as_json import GateDocument
from crossload.runner.inspection.model import Inspection, Risk
from crossload.runner.migration.model import Carried, Stage
from crossload.runner.prediction.model import Outcome
from crossload.runner.words import Format, Strategy, Verdict

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DIFFERENCE: Schema = {"type": ["number", "null"], "minimum": 0}
_PLAIN: Mapping[type, Schema] = {
    str: TEXT,
    bool: FLAG,
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
}


def schemas() -> dict[str, Schema]:
    """Every schema by the name of its file without `.schema.json`."""
    makers: dict[str, Callable[[], Schema]] = {
        "report": json_schema,
        "plan": lambda: PlanDocument.model_json_schema(mode="serialization", by_alias=True),
        "upgrade": lambda: GateDocument.model_json_schema(mode="serialization", by_alias=True),
        "inspect": _inspect,
        "check": _check,
        "migrate": _migrate,
        "proof": _proof,
    }
    return {
        name: {"$schema": DIALECT, "$id": f"{name}.schema.json", **make()}
        for name, make in makers.items()
    }


def text_of(schema: Schema) -> str:
    """The content of a schema's file."""
    return json.dumps(schema, indent=1, ensure_ascii=True) + "\n"


def _of(**properties: Schema) -> Schema:
    """An object that has all of these keys."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(words: type[Enum]) -> Schema:
    return {"enum": [one.value for one in words]}


def _optional(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _of_class(kind: Any) -> Schema:
    """The schema of a value of this annotation, as `runner.strict` writes it.

    Raises:
        TypeError: there is none for it.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _of_class(arguments[0])
    if origin in {typing.Union, types.UnionType}:
        return {"anyOf": [_of_class(one) for one in arguments]}
    if origin is tuple:
        items = [_of_class(one) for one in arguments if one is not Ellipsis]
        return (
            _listed(items[0]) if Ellipsis in arguments else {"type": "array", "prefixItems": items}
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _one_of(kind)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return _of(**{one.name: _of_class(hints[one.name]) for one in fields(kind)})
    if kind in _PLAIN:
        return _PLAIN[kind]
    raise TypeError(f"no schema for {kind!r}")


def _inspect() -> Schema:
    prediction = _of(
        measured=FLAG,
        environment=TEXT,
        outcome=_one_of(Outcome),
        avoided_by=_listed(_one_of(Strategy)),
        reasons=_listed({"type": "object"}),
    )
    facts = _of_class(Inspection)
    found = _of(path=TEXT, risk=_one_of(Risk), **facts["properties"])
    finding = found["properties"]["findings"]["items"]
    finding["properties"]["advisories"] = _listed({"type": "object"})
    finding["required"].append("advisories")
    found["properties"]["predictions"] = _listed(prediction)  # not with --no-predict
    found["properties"]["unwritten"] = _listed(TEXT)  # nor this
    return _of(schema={"const": 1}, models=_listed({"anyOf": [found, _of(path=TEXT, error=TEXT)]}))


def _check() -> Schema:
    row = {"$ref": "#/$defs/CellRow"}
    skipped = _listed(_of(path=TEXT, reason=TEXT))
    line = _of(
        id=TEXT,
        loader=TEXT,
        verdict=_one_of(Verdict),
        fine=_optional(FLAG),
        asked=FLAG,
        said=TEXT,
        self_reported=FLAG,
        predicted=TEXT,
        measured=row,
    )
    model = _of(
        name=TEXT,
        path=TEXT,
        told=TEXT,
        warnings=_listed(TEXT),
        baseline=TEXT,
        sentence=TEXT,
        refusals=_listed(_of(environment=TEXT, error=TEXT)),
        not_asked=COUNT,
        causes=_listed({"$ref": "#/$defs/Help"}),
        cells=_listed(line),
    )
    document = _of(
        schema={"const": 1},
        run=COUNT,
        exit_code=COUNT,
        environments=_listed({"$ref": "report.schema.json#/$defs/EnvironmentRow"}),
        models=_listed(model),
        left_out=skipped,
        refused=skipped,
        notes=_listed(TEXT),
    )
    _, shapes = TypeAdapter.json_schemas(
        [("cell", "validation", TypeAdapter(CellRow)), ("help", "validation", TypeAdapter(Help))]
    )
    return {**document, **shapes}


def _migrate() -> Schema:
    attempt = _of(
        path=_listed(_of(environment=TEXT, saved=_one_of(Format))),
        environment=TEXT,
        stage=_one_of(Stage),
        error=TEXT,
        cause=_optional(TEXT),
        weights_only=FLAG,
    )
    return _of(
        schema={"const": 1},
        exit_code=COUNT,
        model=TEXT,
        target=TEXT,
        baseline=_optional(TEXT),
        output=_optional(TEXT),
        proof_path=_optional(TEXT),
        proof=_optional({"$ref": "proof.schema.json"}),
        tried=_listed(attempt),
        refusals=_listed(_of(environment=TEXT, error=TEXT)),
        loads_unproved=_optional(_one_of(Strategy)),
        cause=_optional(TEXT),
        advice=_listed(TEXT),
    )


def _proof() -> Schema:
    environment = _of(id=TEXT, digest={**TEXT, "minLength": 1}, versions={"type": "object"})
    given = {"type": "object", "additionalProperties": _of(name=TEXT, sha256=SHA256)}
    step = _of(
        environment=environment,
        loaded=_one_of(Format),
        strategy=_optional(_one_of(Strategy)),
        saved=_one_of(Format),
        bundle_sha256=SHA256,
        sha256=SHA256,
        bytes=COUNT,
    )
    return _of(
        format={"const": "crossload-migration"},
        schema={"const": 2},
        crossload=TEXT,
        date=TEXT,
        source=_of(name=TEXT, format=_one_of(Format), sha256=SHA256, bytes=COUNT, given=given),
        proved=FLAG,
        unproved_because=TEXT,
        answers_from=_optional(environment),
        target=environment,
        result=_of(format=_one_of(Format), sha256=SHA256, bytes=COUNT, loads_with=TEXT),
        carried=_one_of(Carried),
        changes=_listed(TEXT),
        lost=_listed(TEXT),
        path={**_listed(step), "minItems": 1},
        verified=_of(
            environment=TEXT,
            strategy=_optional(_one_of(Strategy)),
            verdict=_one_of(Verdict),
            outputs_difference=DIFFERENCE,
            weights_difference=DIFFERENCE,
            tolerance=DIFFERENCE,
            noise=DIFFERENCE,
            checks=_listed(_of(check=TEXT, status=TEXT, difference=DIFFERENCE, detail=TEXT)),
        ),
    )


def main() -> int:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / f"{name}.schema.json").write_text(text_of(schema), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
