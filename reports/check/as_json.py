"""A check as JSON, for programs.

Owns the keys; `schema` increases with every change that would break a reader.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from crossload.reports.check.document import CheckDocument, Part

SCHEMA = 1


def as_json(document: CheckDocument) -> str:
    """The whole check, in ASCII and in the order it is shown."""
    content = {
        "schema": SCHEMA,
        "run": document.run,
        "exit_code": int(document.code),
        "environments": [asdict(one) for one in document.report.environments],
        "models": [_part(part) for part in document.parts],
        "left_out": [{"path": path, "reason": why} for path, why in document.left_out],
        "refused": [{"path": path, "reason": why} for path, why in document.refused],
        "notes": list(document.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=True)


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "path": part.path,
        "told": part.description,
        "warnings": list(part.warnings),
        "baseline": part.baseline,
        "sentence": part.sentence,
        "refusals": [{"environment": where, "error": said} for where, said in part.refusals],
        "not_asked": part.beyond,
        "causes": [asdict(one) for one in part.help],
        "cells": [
            {
                "id": line.row.id,
                "loader": line.row.loader,
                "verdict": str(line.verdict),
                "fine": line.fine,
                "asked": line.asked,
                "said": line.said,
                "self_reported": line.self_reported,
                "predicted": line.predicted,
                "measured": asdict(line.row),
            }
            for line in part.lines
        ],
    }
