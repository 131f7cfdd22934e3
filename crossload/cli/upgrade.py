"""`crossload upgrade`: the gate before an upgrade.

Owns the options and the order "plan, run, judge, rule, report". `runner.gate` rules.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.context import STANDARD_OUTPUT
from crossload.cli.options.measuring import add_measuring, add_trust
from crossload.cli.options.models import (
    MODEL_KINDS,
    add_environment,
    add_fail_on,
    add_model_options,
)
from crossload.cli.options.selection import add_pattern
from crossload.cli.shared.brought import with_named
from crossload.cli.shared.models import reading_of
from crossload.cli.shared.project import Project
from crossload.cli.shared.session import open_session
from crossload.cli.upgrade_plan import (
    Pair,
    pair_of,
    specs_of,
    upgrade_plan,
    without_answers,
)
from crossload.reports.cleaning import clean_line
from crossload.runner.analysis import judge_run
from crossload.runner.checking.verdicts import effective
from crossload.runner.errors import ExitCode
from crossload.runner.formats import WHOLE_FORMATS
from crossload.runner.gate import GateRequest, GateResult, Policy, Side, examine, gate, load_policy
from crossload.runner.gate.findings import one_line
from crossload.runner.home import exclusive_run
from crossload.runner.ledger.hiding import hidden_snapshot
from crossload.runner.subjects.reading import Reading
from crossload.runner.words import RunKind, Verdict

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.runner.environments.model import Environment
    from crossload.runner.ledger.snapshot import RunSnapshot
    from crossload.runner.plan import Plan
    from crossload.runner.subjects.model import Subject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    _add_what(parser)
    add_model_options(parser)
    _add_gate(parser)
    add_measuring(parser)
    add_trust(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Measure the pair, rule on it, write every output.

    Raises:
        UsageError: an environment, a pattern or a model that is not there.
        ConfigurationError: the matrix or the policy has mistakes.
        UntrustedError: every MODEL can run code, and there is no sandbox.
        EnvironmentsError: an environment cannot be used.
        StorageError: an output cannot be written.
        CrossloadError: whatever `workflow.run` raises.
    """
    from crossload.cli.upgrade_outputs import write_outputs

    project = with_named(Project.load(context), args)
    policy = load_policy(args.policy, context.folder / context.matrix_path.name)
    measured = _measure(project, args, context)
    result = _rule(measured, policy, args.fail_on)
    write_outputs(result, measured.snapshot.run.id, measured.subjects, args, context)
    code = result.exit_code
    return int(measured.code if code is ExitCode.OK else code)


@dataclass(frozen=True)
class Measured:
    """A finished run of an upgrade; `code` says whether every MODEL was measured."""

    snapshot: RunSnapshot
    pair: Pair
    subjects: tuple[Subject, ...] = ()
    code: ExitCode = ExitCode.OK


def _add_what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "models", nargs="*", type=Path, metavar="MODEL", help=f"your own models: {MODEL_KINDS}"
    )
    add_environment(parser, "--from", "the environment you have", "source", required=True)
    add_environment(parser, "--to", "the environment you want", "target", required=True)
    add_pattern(parser, "--model", "these reference models (default: all)")
    formats = ", ".join(WHOLE_FORMATS)
    add_pattern(parser, "--format", f"these formats (default: {formats})")
    parser.add_argument(
        "--no-reference", action="store_true", help="measure no reference models, only MODEL"
    )


def _add_gate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="findings that are known and accepted "
        "(default: crossload-policy.yaml next to the matrix, if it exists)",
    )
    add_fail_on(parser, "fail the gate")
    for option, what in (
        ("--junit", "JUnit XML with a test case for each cell"),
        ("--markdown", "Markdown for the summary of a CI job"),
        ("--sarif", "SARIF 2.1.0 for code scanning"),
    ):
        parser.add_argument(option, type=Path, metavar="FILE", help=f"write {what}")
    parser.add_argument(
        "--json",
        nargs="?",
        const=STANDARD_OUTPUT,
        metavar="FILE",
        help="write JSON to a file; without FILE, print it instead of the text",
    )
    parser.add_argument(
        "--annotations", action="store_true", help="also print annotations for GitHub Actions"
    )


def _measure(project: Project, args: argparse.Namespace, context: Context) -> Measured:
    """Run what is not known yet, and return all of the run."""
    specs = specs_of(project, args)
    context.home.prepare()
    with exclusive_run(context.home):
        if args.download_pythons:
            project = project.with_downloads(specs, context)
        reading = Reading(())
        if args.models:
            reading = reading_of(args.models, args, project, context)
        code = _skipped(reading, context)
        subjects = reading.subjects
        pair = pair_of(project, specs)
        plan = upgrade_plan(project, pair, args, subjects)

        def following(snapshot: RunSnapshot) -> Plan | None:
            """Where the old environment cannot load a file itself, both say why."""
            nonlocal subjects
            known, subjects = subjects, without_answers(subjects, snapshot)
            return None if subjects == known else upgrade_plan(project, pair, args, subjects)

        with open_session(project, args, context, kind=RunKind.UPGRADE) as session:
            snapshot = session.measure_rounds(plan, following)
    return Measured(hidden_snapshot(snapshot, context.hide), pair, subjects, code)


def _skipped(reading: Reading, context: Context) -> ExitCode:
    """Say which of the user's files are not measured; 0 if all of them are."""
    for one in (*reading.left_out, *reading.refused):
        context.log.print(f"skipped: {clean_line(one.reason)}", markup=False, soft_wrap=True)
    if reading.refused:
        context.log.print("  `crossload doctor` shows how to get a sandbox", markup=False)
        return ExitCode.UNTRUSTED
    return ExitCode.ENVIRONMENTS if reading.left_out else ExitCode.OK


def _rule(measured: Measured, policy: Policy, threshold: Verdict) -> GateResult:
    snapshot, pair = measured.snapshot, measured.pair
    request = GateRequest(
        before=_side(pair.before, snapshot),
        after=_side(pair.after, snapshot),
        policy=policy,
        today=date.today(),  # noqa: DTZ011 - the user's day
        threshold=threshold,
    )
    own = {one.name: one for one in measured.subjects}
    judged = [
        replace(one, verdict=effective(one, own[one.cell.model])) if one.cell.model in own else one
        for one in judge_run(snapshot, {name: one.traits for name, one in own.items()})
    ]
    return gate(examine(judged, pair.before.id, pair.after.id), request)


def _side(environment: Environment, snapshot: RunSnapshot) -> Side:
    side = Side(environment.id, environment.spec.name)
    record = snapshot.environment(environment.id)
    if record is None:
        return side
    problem = record.problem
    return Side(
        id=side.id,
        name=side.name,
        versions=tuple((one_line(name), one_line(version)) for name, version in record.versions),
        problem=one_line(problem.message) if problem else "",
        advice=one_line(problem.advice) if problem else "",
    )
