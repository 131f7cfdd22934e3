"""`crossload doctor`: what this machine has, what it is missing, and what to do about it.

Owns the order and the printing. Each finding comes from the package that knows about it.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from crossload.cli.options.selection import add_profile
from crossload.cli.shared.project import Project
from crossload.runner.environments.doctor import (
    disk_finding,
    interpreter_findings,
    lock_findings,
    tool_findings,
)
from crossload.runner.environments.project import make_project
from crossload.runner.errors import ConfigurationError, ExitCode
from crossload.runner.records import Finding, FindingState
from crossload.runner.sandbox.containment import detect_sandbox

if TYPE_CHECKING:
    from crossload.cli.context import Context

_STYLES = {FindingState.OK: "green", FindingState.WARNING: "yellow", FindingState.MISSING: "red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_profile(parser, "only what this profile needs (default: all of the matrix)")


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the findings; exit code 1 if something that a run needs is missing."""
    findings = [*tool_findings(), *detect_sandbox().findings]
    try:
        project = Project.load(context)
    except ConfigurationError as error:
        findings.append(_matrix_finding(error))
    else:
        specs = project.matrix.environments
        if args.profile:
            specs = project.specs_of(project.profile(args.profile))
        environments = project.environments(specs)
        where = make_project(context.matrix_path, context.home)
        findings.append(disk_finding(environments, where))
        findings += interpreter_findings(environments)
        findings += lock_findings(environments, where)
    _print(findings, context)
    missing = any(one.state is FindingState.MISSING for one in findings)
    return int(ExitCode.INCOMPATIBLE if missing else ExitCode.OK)


def _matrix_finding(error: ConfigurationError) -> Finding:
    first, *others = str(error).splitlines()
    if not others:
        return Finding("matrix", FindingState.MISSING, first, error.advice)
    return Finding(
        "matrix",
        FindingState.MISSING,
        f"{len(others) + 1} mistakes, the first: {first}",
        "`crossload plan` lists them all",
    )


def _print(findings: list[Finding], context: Context) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for one in findings:
        state = f"[{_STYLES[one.state]}]{one.state}[/]"
        table.add_row(state, escape(one.subject), escape(one.found))
        if one.state is not FindingState.OK and one.advice:
            table.add_row("", "", f"[dim]{escape(one.advice)}[/]")
    context.console.print(table)
    counts = {state: sum(one.state is state for one in findings) for state in FindingState}
    context.console.print(
        f"{counts[FindingState.OK]} ok, {counts[FindingState.WARNING]} warnings, "
        f"{counts[FindingState.MISSING]} missing"
    )
