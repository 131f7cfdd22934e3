"""The gate's result as JUnit XML: one test case for each cell, for the test views of CI systems.

Owns the mapping of a standing to a test's outcome, and XML that every reader takes: elements and
attributes of the common schema, characters that XML 1.0 allows.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from crossload.reports.gate.grouping import helps_of, rule_id
from crossload.reports.gate.wording import TITLES, headline, ruled_by
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.gate import GateResult, Ruling, Standing
from crossload.runner.gate.findings import one_line
from crossload.runner.gate.gating import FAILING
from crossload.runner.records import Cell

# XML 1.0 has no way of writing any other character.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_FILE = "the saver cannot write this model in this format"


def as_junit(result: GateResult) -> str:
    """The document, as text that ends with a line feed."""
    cases = [
        *(_ruled(one, result) for one in result.rulings),
        *(_case(one.cell) for one in result.same),
        *(_unsaved(one) for one in result.unsaved),
    ]
    counts = {
        "tests": len(cases),
        "failures": sum(one.find("failure") is not None for one in cases),
        "errors": sum(one.find("error") is not None for one in cases),
    }
    skipped = sum(one.find("skipped") is not None for one in cases)
    attributes = {name: str(count) for name, count in counts.items()}
    suites = ET.Element("testsuites", {"name": "crossload upgrade", **attributes})
    suite = ET.SubElement(
        suites,
        "testsuite",
        {"name": _xml(_title(result)), **attributes, "skipped": str(skipped)},
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _facts(result):
        ET.SubElement(properties, "property", {"name": _xml(name), "value": _xml(value)})
    suite.extend(cases)
    ET.indent(suites, " ")
    text = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _title(result: GateResult) -> str:
    return f"{result.before.id} to {result.after.id}"


def _facts(result: GateResult) -> list[tuple[str, str]]:
    facts = [("headline", headline(result)), ("threshold", str(result.threshold))]
    for side, where in ((result.before, "from"), (result.after, "to")):
        facts += [(f"{where}.{name}", version) for name, version in side.versions]
    return facts


def _case(cell: Cell) -> ET.Element:
    return ET.Element(
        "testcase",
        {
            "name": _xml(f"{cell.model}.{cell.format}"),
            "classname": _xml(f"{cell.saver} to {cell.loader}"),
        },
    )


def _unsaved(judged: JudgedCell) -> ET.Element:
    case = _case(judged.cell)
    said = one_line(judged.detail)
    ET.SubElement(case, "skipped", {"message": _xml(f"{_NO_FILE}: {said}" if said else _NO_FILE)})
    return case


def _ruled(ruling: Ruling, result: GateResult) -> ET.Element:
    finding = ruling.finding
    case = _case(finding.cell)
    message = _message(ruling, result)
    if ruling.standing in FAILING:
        failure = ET.SubElement(case, "failure", {"message": message, "type": rule_id(finding)})
        failure.text = _xml(_details(ruling))
    elif ruling.standing is Standing.NOT_MEASURED:
        ET.SubElement(case, "error", {"message": message, "type": str(finding.verdict)})
    elif ruling.standing is Standing.KNOWN:
        ET.SubElement(case, "skipped", {"message": message})
    else:  # passes: below the threshold, or none of the upgrade's doing
        ET.SubElement(case, "system-out").text = _xml(f"{ruling.standing}: {finding.sentence}")
    return case


def _message(ruling: Ruling, result: GateResult) -> str:
    finding = ruling.finding
    by_policy = ruled_by(ruling, result)
    if ruling.standing is Standing.KNOWN:
        return _xml(f"known: {finding.verdict}; {by_policy}")
    title = TITLES[finding.kind].lower()
    return _xml(f"{title}: {finding.sentence}" + (f"; {by_policy}" if by_policy else ""))


def _details(ruling: Ruling) -> str:
    """The cell's id, its cause and what helps, for whoever opens the failed test."""
    finding = ruling.finding
    lines = [f"cell: {finding.cell}", f"verdict: {finding.verdict}"]
    if finding.cause is not None:
        lines.append(f"cause: {finding.cause.sentence} ({finding.cause.id})")
        lines += [f"see: {one}" for one in finding.cause.references]
    if finding.behind is not None:
        lines.append(f"behind it: {finding.behind.sentence} ({finding.behind.id})")
    for one in helps_of(finding):
        lines.append(f"helps: {one.sentence}")
        lines += [f"    {line}" for line in one.code.splitlines()]
    return "\n".join(lines)


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
