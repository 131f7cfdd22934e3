"""The subcommand `upgrade`: the gate before an upgrade.

Owns its options and the order "plan, run, judge, rule, tell". The run is `runner.workflow`'s, the
ruling `runner.gate`'s.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.command import STANDARD_OUTPUT
from crossload.cli.model_options import add_model_options, subjects_of
from crossload.cli.project import Project
from crossload.cli.run import add_measuring
from crossload.cli.session import open_session
from crossload.cli.upgrade_plan import (
    Pair,
    pair_of,
    specs_of,
    upgrade_plan,
    without_answers,
)
from crossload.runner.analysis import judge_run
from crossload.runner.analysis.thresholds import DEFAULT_THRESHOLD, THRESHOLDS
from crossload.runner.checking.verdicts import effective
from crossload.runner.gate import GateRequest, GateResult, Policy, Side, examine, gate, load_policy
from crossload.runner.gate.findings import one_line
from crossload.runner.home import exclusive_run
from crossload.runner.words import RunKind, Verdict

if TYPE_CHECKING:
    from crossload.cli.command import Context
    from crossload.runner.environments.model import Environment
    from crossload.runner.ledger.snapshot import RunSnapshot
    from crossload.runner.plan import Plan
    from crossload.runner.subjects.model import Subject


class UpgradeCommand:
    """`crossload upgrade`."""

    name = "upgrade"
    anywhere = True

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        _add_what(parser)
        add_model_options(parser)
        _add_gate(parser)
        add_measuring(parser)

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Measure the pair, rule on it, write every output.

        Raises:
            UsageError: an environment, a pattern or a model that is not there.
            ConfigurationError: the matrix or the policy has mistakes.
            EnvironmentsError: an environment cannot be used.
            StorageError: an output cannot be written.
            CrossloadError: whatever `workflow.run` raises.
        """
        from crossload.cli.upgrade_outputs import tell  # noqa: PLC0415 - pandas, which the help need not wait for

        project = Project.load(context)
        policy = load_policy(args.policy, context.folder / context.matrix_path.name)
        measured = _measure(project, args, context)
        result = _rule(measured, policy, Verdict(args.fail_on))
        tell(result, measured.snapshot.run.id, measured.subjects, args, context)
        return int(result.exit_code)


COMMAND = UpgradeCommand()


@dataclass(frozen=True)
class Measured:
    """A finished run of an upgrade."""

    snapshot: RunSnapshot
    pair: Pair
    subjects: tuple[Subject, ...] = ()


def _add_what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "models", nargs="*", type=Path, metavar="MODEL", help="models of your own, as for `check`"
    )
    parser.add_argument(
        "--from",
        dest="source",
        required=True,
        metavar="ENV",
        help="what you have: a version such as 2.15 or keras3.4, or an environment's name or id",
    )
    parser.add_argument(
        "--to", dest="target", required=True, metavar="ENV", help="what you want, in the same way"
    )
    for option, what in (
        ("--model", "reference models (default: all)"),
        ("--format", "formats (default: h5, keras, savedmodel)"),
    ):
        parser.add_argument(
            option,
            action="append",
            default=[],
            metavar="PATTERN",
            help=f"only these {what}; globs and {{a,b}} are allowed; may be repeated",
        )
    parser.add_argument(
        "--no-reference", action="store_true", help="measure no reference models, only MODEL"
    )


def _add_gate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="findings that are known and accepted "
        "(default: crossload-policy.yaml beside the matrix, if it is there)",
    )
    parser.add_argument(
        "--fail-on",
        choices=list(map(str, THRESHOLDS)),
        default=str(DEFAULT_THRESHOLD),
        help="the mildest verdict that fails the gate (default: %(default)s)",
    )
    for option, what in (
        ("--junit", "JUnit XML, a test case for each cell"),
        ("--markdown", "Markdown, for the summary of a CI job"),
        ("--sarif", "SARIF 2.1.0, for code scanning"),
    ):
        parser.add_argument(option, type=Path, metavar="FILE", help=f"write {what}")
    parser.add_argument(
        "--json",
        nargs="?",
        const=STANDARD_OUTPUT,
        metavar="FILE",
        help="write JSON into a file; without one, print it instead of the text",
    )
    parser.add_argument(
        "--annotations", action="store_true", help="print annotations for GitHub Actions too"
    )


def _measure(project: Project, args: argparse.Namespace, context: Context) -> Measured:
    """Run what is not known yet, and return all of the run."""
    specs = specs_of(project, args)
    context.home.prepare()
    with exclusive_run(context.home):
        if args.download_pythons:
            project = project.with_downloads(specs, context)
        subjects = subjects_of(args.models, args, project, context) if args.models else ()
        pair = pair_of(project, specs)
        plan = upgrade_plan(project, pair, args, subjects)

        def following(snapshot: RunSnapshot) -> Plan | None:
            """Where the old environment cannot load a file itself, both say why."""
            nonlocal subjects
            known, subjects = subjects, without_answers(subjects, snapshot)
            return None if subjects == known else upgrade_plan(project, pair, args, subjects)

        with open_session(project, args, context, kind=RunKind.UPGRADE) as session:
            return Measured(session.measure_rounds(plan, following), pair, subjects)


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
