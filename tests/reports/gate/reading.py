"""What others read of the gate's outputs, checked while it is parsed."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from crossload.reports.gate.as_junit import as_junit
from crossload.reports.gate.as_sarif import as_sarif
from crossload.reports.gate.places import Places
from crossload.runner.gate import GateResult

PLACES = Places(("matrix.yaml", 12), {"lstm": "models/my model.h5"})


def junit(found: GateResult) -> ET.Element:
    text = as_junit(found)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text)
    return ET.fromstring(text.encode("utf-8"))


def outcomes(found: GateResult) -> dict[str, str]:
    return {
        case.attrib["name"].rpartition(".")[0]: case[0].tag if len(case) else "passes"
        for case in junit(found).iter("testcase")
    }


def sarif(found: GateResult) -> dict[str, Any]:
    log = json.loads(as_sarif(found, PLACES))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run
