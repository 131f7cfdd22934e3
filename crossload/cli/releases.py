"""`crossload releases`: compares the matrix with the package index, and adds the missing rows.

Owns the options and the wording. `runner.releases` asks, compares and adds; `crossload.cli.lock`
locks the new rows.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import Version
from rich.markup import escape

from crossload.cli.lock import make_locks
from crossload.cli.shared.project import Project
from crossload.runner.config.files import read_text
from crossload.runner.config.nearest import hint
from crossload.runner.config.selection import Selection
from crossload.runner.environments.frameworks import knowledge_file, load_frameworks
from crossload.runner.errors import ExitCode, PackageIndexError, UsageError
from crossload.runner.prose import counted
from crossload.runner.releases.change import NewText, new_data, new_matrix
from crossload.runner.releases.comparison import Comparison, Subject, all_subjects, compare, pins_of
from crossload.runner.releases.indexes import configured_indexes, files_of
from crossload.runner.releases.knowledge import new_knowledge
from crossload.runner.releases.offers import Offer, Release, make_offer
from crossload.runner.releases.rows import NewRow, Rows, missing_rows
from crossload.runner.shipped import is_installed, shipped_path

if TYPE_CHECKING:
    from crossload.cli.context import Context

_TENSORFLOW = "tensorflow"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "frameworks",
        nargs="*",
        metavar="FRAMEWORK",
        help="tensorflow, keras, tf-keras, a backend, or keras-jax and keras-torch (default: all)",
    )
    parser.add_argument(
        "--write", action="store_true", help="add the missing rows to the matrix and lock them"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what --write would change, as a diff"
    )
    parser.add_argument(
        "--newer",
        action="store_true",
        help="only versions above the newest one that the matrix has",
    )
    parser.add_argument("--pre", action="store_true", help="include pre-releases (2.22.0rc0)")
    parser.add_argument(
        "--check", action="store_true", help="exit with 1 if the matrix lacks a minor version"
    )
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON")


def run(args: argparse.Namespace, context: Context) -> int:
    """Ask, compare, print; then show or write the missing rows.

    Raises:
        PackageIndexError: an index does not answer; nothing is written then.
        UsageError: the options contradict each other.
        ConfigurationError: the matrix has mistakes, or nothing can be added to it.
    """
    is_change = args.write or args.dry_run
    if args.json and is_change:
        raise UsageError(
            "--json prints the comparison alone", "leave out --write and --dry-run, or --json"
        )
    if args.write and is_installed() and _is_shipped(context):
        raise UsageError(
            "the matrix of an installed crossload is not changed",
            "write your own with `crossload init`, and add rows to it",
        )
    if args.check and is_change:
        raise UsageError("--check changes nothing", "leave out --write and --dry-run, or --check")
    project = Project.load(context)
    chosen = _chosen(args.frameworks)
    offers = _ask(chosen)
    found = [_compared(one, offers[one.name], project, args) for one in chosen]
    lacking = sum(len(one.missing) for one in found)
    code = ExitCode.INCOMPATIBLE if args.check and lacking else ExitCode.OK
    if args.json:
        context.say(json.dumps([one.as_json() for one in found], indent=1))
        return int(code)
    for one in found:
        _print(one, context)
    if is_change:
        return _change(project, found, offers, args, context)
    if lacking:
        has = "has" if lacking == 1 else "have"
        context.say(
            f"{counted(lacking, 'minor version')} {has} no row; `--write` adds what is missing"
        )
    else:
        context.say("every minor version has a row")
    return int(code)


def _is_shipped(context: Context) -> bool:
    return context.matrix_path.resolve() == shipped_path("matrix.yaml").resolve()


def _chosen(names: list[str]) -> tuple[Subject, ...]:
    subjects = all_subjects(load_frameworks())
    known = [one.name for one in subjects]
    for name in names:
        if name not in known:
            raise UsageError(
                f"no framework is called {name!r}{hint(name, known)}",
                f"there are {', '.join(known)}",
            )
    return tuple(one for one in subjects if not names or one.name in names)


def _ask(chosen: tuple[Subject, ...]) -> dict[str, Offer]:
    """What the index has of the chosen ones, and of TensorFlow, which their rows may need."""
    indexes = configured_indexes()
    subjects = {one.name: one for one in chosen}
    if any(one.key for one in chosen):
        subjects |= {
            one.name: one for one in all_subjects(load_frameworks()) if one.key == _TENSORFLOW
        }
    projects = [project for one in subjects.values() for project in one.projects]
    with ThreadPoolExecutor(max_workers=4) as pool:  # it waits for the network mostly
        answers = pool.map(lambda project: files_of(project, indexes), projects)
        files = dict(zip(projects, answers, strict=True))
    offers = {
        name: make_offer([(project, files[project]) for project in one.projects])
        for name, one in subjects.items()
    }
    for name, one in subjects.items():
        if one.key and not offers[name].releases:
            raise PackageIndexError(
                f"the package index has no release of {name!r} for Linux x86-64",
                "name a complete index in the settings of uv or pip",
            )
    return offers


def _compared(
    subject: Subject, offer: Offer, project: Project, args: argparse.Namespace
) -> Comparison:
    specs = project.matrix.environments
    found = compare(subject, offer, specs, pre=args.pre)
    pins = [Version(pinned) for pinned in pins_of(subject, specs)]
    if not args.newer or not pins:
        return found
    return replace(found, missing=tuple(one for one in found.missing if one.version > max(pins)))


def _print(found: Comparison, context: Context) -> None:
    newest = f"newest {_described(found.newest)}" if found.newest else "not on the index"
    context.console.print(f"[bold]{escape(found.subject.name)}[/]: {newest}", soft_wrap=True)
    for release in found.missing:
        context.say(f"  no row: {_described(release)}")
    for patch in found.newer:
        rows = ", ".join(patch.rows)
        context.say(f"  newer patch: {_described(patch.newest)}; {patch.pinned} in {rows}")
    for one in found.withdrawn:
        what = "yanked" if one.yanked else "not on the index"
        context.say(f"  {what}: {one.pinned} in {', '.join(one.rows)}")


def _described(release: Release) -> str:
    parts = [str(release.day)] if release.day else []
    parts += [f"Python {', '.join(release.pythons)}"] if release.pythons else []
    return f"{release.version} ({'; '.join(parts)})" if parts else str(release.version)


def _change(
    project: Project,
    found: list[Comparison],
    offers: dict[str, Offer],
    args: argparse.Namespace,
    context: Context,
) -> int:
    """Show or write what is missing from the matrix and the data; lock the new rows."""
    text = read_text(context.matrix_path)
    rows = missing_rows(
        text, project.matrix.environments, found, offers.get(_TENSORFLOW, Offer(()))
    )
    for left in rows.left_out:
        context.say(f"left out: {left.what}: {left.why}")
    texts = _texts(text, rows, project, offers, context, args)
    if args.dry_run:
        for one in texts:
            context.say(one.diff())
        if not texts:
            context.say("nothing would change")
        return int(ExitCode.OK)
    for one in texts:
        one.write()
        context.say(f"wrote {one.path}")
    if not rows.new:
        context.say("no row was added")
        return int(ExitCode.OK)
    return _lock(rows.new, context)


def _texts(
    text: str,
    rows: Rows,
    project: Project,
    offers: dict[str, Offer],
    context: Context,
    args: argparse.Namespace,
) -> list[NewText]:
    """The files that change, the data first: the rows need it."""
    frameworks = load_frameworks()
    known = {one.name: one.key for one in all_subjects(frameworks) if one.key}
    by_key = {known[name]: offer for name, offer in offers.items() if name in known}
    additions = new_knowledge(frameworks, by_key, pre=args.pre)
    texts = []
    if additions:
        texts.append(new_data(knowledge_file(context.matrix_path), additions))
    if rows.new:
        added = [(row.spec, row.addition) for row in rows.new]
        texts.append(new_matrix(context.matrix_path, text, added, tuple(project.models)))
    return texts


def _lock(new: tuple[NewRow, ...], context: Context) -> int:
    project = Project.load(context)
    names = {row.spec.name for row in new}
    for name in (row.spec.name for row in new):
        taken = [
            key
            for key, one in project.matrix.profiles.items()
            if Selection.parse(one.environments)(name)
        ]
        profiles = f"profiles: {', '.join(taken)}" if taken else "it is in no profile"
        context.say(f"new row {name} ({profiles})")
    specs = [spec for spec in project.matrix.environments if spec.name in names]
    return make_locks(project.environments(specs), context)
