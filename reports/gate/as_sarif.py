"""The gate's result as SARIF 2.1.0, for code scanning.

Owns the mapping: rules are causes, results are cells, what the policy accepts is suppressed with
its reason, and an environment that could not be used is a notification of the tool. What is none of
the upgrade's doing is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crossload import __version__
from crossload.reports.gate.grouping import Group, grouped
from crossload.reports.gate.places import Places
from crossload.reports.gate.wording import MEANINGS, TITLES, headline, problems, ruled_by
from crossload.runner.causes.values import FAMILY_TITLES
from crossload.runner.gate import GateResult, Ruling, Standing
from crossload.runner.gate.gating import FAILING

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"
_SHOWN = (*FAILING, Standing.BELOW, Standing.KNOWN)
_ROOT = "%SRCROOT%"


def as_sarif(result: GateResult, places: Places) -> str:
    """The log, as text that ends with a line feed."""
    rulings = result.standing(*_SHOWN)
    groups = _by_rule(grouped(rulings))
    index = {rule: position for position, rule in enumerate(groups)}
    results = [
        _result(ruling, group.rule, index[group.rule], result, places)
        for group in grouped(rulings)
        for ruling in group.rulings
    ]
    run = {
        "tool": {
            "driver": {
                "name": "crossload",
                "version": __version__,
                "rules": [_rule(rule, group) for rule, group in groups.items()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(result)],
        "results": results,
        "properties": {"headline": headline(result), "threshold": str(result.threshold)},
    }
    log = {"$schema": SCHEMA, "version": VERSION, "runs": [run]}
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _by_rule(groups: Iterable[Group]) -> dict[str, Group]:
    """The biggest group of each rule, since one cause may have several verdicts."""
    found: dict[str, Group] = {}
    for one in groups:
        if one.rule not in found or len(one.rulings) > len(found[one.rule].rulings):
            found[one.rule] = one
    return found


def _rule(rule: str, group: Group) -> dict[str, Any]:
    cause = group.cause
    short = FAMILY_TITLES[cause.family] if cause else MEANINGS[group.kind]
    described: dict[str, Any] = {
        "id": rule,
        "shortDescription": {"text": short},
        "fullDescription": {"text": group.sentence},
        "help": _help(group),
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["compatibility", *([str(cause.family)] if cause else [])]},
    }
    if cause is not None and cause.references:
        described["helpUri"] = cause.references[0]
    return described


def _help(group: Group) -> dict[str, str]:
    if not group.helps:
        return {"text": "nothing that was tried helps"}
    lines = [f"helps: {one.sentence}" for one in group.helps]
    blocks = []
    for line, one in zip(lines, group.helps, strict=True):
        # A fence longer than any that the code may hold.
        fence = "`" * max(3, 1 + max((len(run) for run in _ticks(one.code)), default=0))
        blocks.append(f"{line}\n\n{fence}python\n{one.code}\n{fence}" if one.code else line)
    return {"text": "\n".join(lines), "markdown": "\n\n".join(blocks)}


def _ticks(text: str) -> list[str]:
    """The runs of backticks in a text."""
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]


def _result(
    ruling: Ruling, rule: str, index: int, result: GateResult, places: Places
) -> dict[str, Any]:
    finding = ruling.finding
    said = f"{TITLES[finding.kind]}: {finding.cell.model} as {finding.cell.format}"
    cause = f" Cause: {finding.cause.sentence}." if finding.cause else ""
    path, line = places.of(finding)
    made: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": "error" if ruling.standing in FAILING else "note",
        "message": {"text": f"{said}: {finding.sentence}.{cause}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _location(path),
                    "region": {"startLine": line},
                },
                "logicalLocations": [{"fullyQualifiedName": str(finding.cell), "kind": "cell"}],
            }
        ],
        "partialFingerprints": {"crossloadCell/v1": _digest(f"{rule} {finding.cell}")},
        "properties": {
            "cell": str(finding.cell),
            "verdict": str(finding.verdict),
            "standing": str(ruling.standing),
        },
    }
    if ruling.standing is Standing.KNOWN:
        made["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": ruled_by(ruling, result),
            }
        ]
    return made


def _location(path: str) -> dict[str, str]:
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path), "uriBaseId": _ROOT}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _invocation(result: GateResult) -> dict[str, Any]:
    told = [
        {"level": "error", "message": {"text": f"{said}. {advice}".strip()}}
        for said, advice in problems(result)
    ]
    unknown = result.standing(Standing.NOT_MEASURED)
    if unknown and not told:
        told = [
            {"level": "error", "message": {"text": f"{group.files}: {group.sentence}"}}
            for group in grouped(unknown)
        ]
    invocation: dict[str, Any] = {"executionSuccessful": not told}
    if told:
        invocation["toolExecutionNotifications"] = told
    return invocation
