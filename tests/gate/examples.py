"""Small upgrades for the tests of the gate: a few cells with their verdicts, and the ruling."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from datetime import date
from typing import Any

from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.causes.values import Cause, CellRemedy, Family, RemedyState
from crossload.runner.gate import Examined, GateRequest, GateResult, Policy, Side, examine, gate
from crossload.runner.gate.policy import parse_policy
from crossload.runner.records import Cell
from crossload.runner.words import Format, Verdict
from tests.reports.samples import judged_cell

OLD, NEW = "tf2.15-py3.11", "tf2.16-py3.12"
BEFORE = Side(OLD, "tf2.15", (("tensorflow", "2.15.1"), ("keras", "2.15.0")))
AFTER = Side(NEW, "tf2.16", (("tensorflow", "2.16.1"), ("keras", "3.1.1")))
TODAY = date(2026, 11, 21)
CAUSE = Cause(
    "loss-by-text-in-hdf5",
    Family.TRAINING_STATE,
    "HDF5 keeps the loss as text",
    ("https://example.invalid/1",),
)
REMEDY = CellRemedy(
    "no-compile", "load with compile=False", "load(compile=False)", RemedyState.WORKED
)


def judged(
    model: str, verdict: Verdict, own: Verdict = Verdict.SAME, form: Format = Format.H5, **more: Any
) -> tuple[JudgedCell, JudgedCell]:
    """A file's cell in the new environment, and the old environment's own reload of it."""
    here = judged_cell(Cell(OLD, model, form, NEW), verdict)
    there = judged_cell(Cell(OLD, model, form, OLD), own)
    return (replace(here, baseline=own, **more), replace(there, baseline=own))


def examined(*files: tuple[JudgedCell, JudgedCell]) -> Examined:
    return examine([cell for file in files for cell in file], OLD, NEW)


def policy(text: str) -> Policy:
    """A policy with these entries, written as a list."""
    return parse_policy(f"accepted:\n{textwrap.indent(textwrap.dedent(text), '  ')}", "policy.yaml")


def result(
    *files: tuple[JudgedCell, JudgedCell],
    entries: str = "",
    threshold: Verdict = Verdict.ASSISTED,
    today: date = TODAY,
) -> GateResult:
    """The ruling on these files."""
    chosen = policy(entries) if entries else Policy()
    return gate(examined(*files), GateRequest(BEFORE, AFTER, chosen, today, threshold))


def everything() -> GateResult:
    """One of each: every kind, every standing, every state of an entry."""
    return result(
        judged("dense", Verdict.FAILS, cause=CAUSE, remedies=(REMEDY,)),
        judged("lstm", Verdict.DIFFERS),
        judged("conv-bn", Verdict.ASSISTED),
        judged("twin-dense", Verdict.PARTIAL),
        judged("custom-layer", Verdict.NOT_RUN),
        judged("lambda", Verdict.FAILS),
        judged("merges", Verdict.CRASHES),
        judged("nested", Verdict.FAILS),
        judged("large", Verdict.PARTIAL, own=Verdict.PARTIAL),
        judged("operators", Verdict.SAME),
        judged("gru", Verdict.UNSAVED),
        entries="""\
        - {cell: lambda.h5, verdict: fails, reason: rebuilt in code, link: "https://example.invalid/2"}
        - {cell: merges.*, verdict: fails, reason: known}
        - {cell: "*/nested.h5/tf2.16", verdict: fails, reason: later, expires: 2026-11-21}
        - {cell: operators.h5, verdict: fails, reason: old}
        - {cell: nothing.h5, verdict: fails, reason: misspelt}
        - {cell: "*/dense.h5/tf2.18", verdict: fails, reason: another}
        """,
    )
