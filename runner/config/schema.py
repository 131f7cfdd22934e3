"""The JSON schema of `matrix.yaml`, for editors; `python -m runner.config.schema` rewrites it.

Owns the generated file. The schema says less than the loader: names across sections are not in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from runner.config.form import MatrixForm

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "matrix.schema.json"


def matrix_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the file's form."""
    schema = MatrixForm.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "crossload matrix"
    return schema


def schema_text() -> str:
    """The schema as the file holds it."""
    return json.dumps(matrix_schema(), indent=2, sort_keys=True) + "\n"


def main() -> int:
    """Write the schema beside `matrix.yaml`."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    sys.stdout.write(f"wrote {SCHEMA_FILE}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
