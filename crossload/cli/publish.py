"""`crossload publish`: puts a finished run where others can read it, naming no machine.

Owns the files of the folder. All pages are drawn from the export, so that they show nothing that
the export hides; `reports.publish_facts` writes `published.json`, `reports.site` the other pages.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.output import add_output
from crossload.cli.options.runs import add_run
from crossload.cli.publish_branch import check_branch, commit_site
from crossload.cli.shared.collecting import without_collection
from crossload.reports.site.outdated import FACTS, outdated
from crossload.reports.writing import FILE_NAMES
from crossload.runner.errors import ExitCode, StorageError, UsageError
from crossload.runner.ledger import Ledger, RunState

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.runner.ledger import RunFacts
    from crossload.runner.provenance import MeasuredAlike

OUT = Path("reports") / "published"
EXPORT = "run.jsonl.xz"
PAGE = FILE_NAMES["html"]
_NAME_FOLDER = "name its folder: `crossload publish DIR`"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "site",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="write a whole static site here: pages per environment, model and cause, data, feed",
    )
    add_run(parser)
    add_output(
        parser, f"write page, export and facts alone here (default: {OUT})", "FOLDER", default=None
    )
    parser.add_argument(
        "--url", default="", metavar="URL", help="the site's address, for its sitemap and feed"
    )
    parser.add_argument(
        "--to",
        dest="branch",
        metavar="BRANCH",
        help="commit the site to this branch of the repository, such as gh-pages",
    )
    parser.add_argument("--push", action="store_true", help="push that branch to origin")
    parser.add_argument("--out", dest="output", type=Path, help=argparse.SUPPRESS)  # its old name


def run(args: argparse.Namespace, context: Context) -> int:
    """Write all files beside their places first; they appear together or not at all.

    Raises:
        UsageError: there is no such run, it did not finish, or the options contradict each other.
        LedgerError: the ledger holds no run, or cannot be read.
        StorageError: the folder cannot be written.
    """
    site = _site_of(args)
    if args.branch is not None:
        check_branch(args.branch)
    out: Path = args.site or args.output or OUT
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as staging:
            facts, alike = _export(args.run, Path(staging) / EXPORT, context)
            written = _draw(Path(staging), context, site, alike)
            out.mkdir(exist_ok=True)
            for old in outdated(out, [path.relative_to(staging).as_posix() for path in written]):
                old.unlink(missing_ok=True)
            # The facts come last: they hold the digests of what must be there by then.
            for path in sorted(written, key=lambda one: one.name == FACTS):
                target = out / path.relative_to(staging)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.chmod(0o644)
                path.replace(target)
    except OSError as error:
        raise StorageError(
            f"cannot publish into {str(out)!r}: {(error.strerror or str(error)).lower()}",
            "choose a folder that can be written with --output",
        ) from error
    if args.branch is not None:
        commit_site(out, args.branch, push=args.push)
    names = f"{len(written)} files, index.html first"
    if site is None:
        names = ", ".join(sorted(path.name for path in written))
    context.console.print(
        f"run {facts.id} is published in {out}: {names}", markup=False, soft_wrap=True
    )
    return int(ExitCode.OK)


@dataclass(frozen=True)
class Site:
    """A whole site: its folder, and its address, which may be empty."""

    folder: Path
    url: str


def _site_of(args: argparse.Namespace) -> Site | None:
    if args.site is None:
        if args.url:
            raise UsageError("--url belongs to a site", _NAME_FOLDER)
        if args.branch:
            raise UsageError("--to commits a site", _NAME_FOLDER)
        return None
    if args.push and args.branch is None:
        raise UsageError("--push belongs to --to", "name the branch: `--to gh-pages --push`")
    if args.output is not None:
        raise UsageError("DIR and --output both name a folder", "leave --output out for a site")
    if args.url and not args.url.startswith(("https://", "http://")):
        raise UsageError(f"{args.url!r} is not an address", "begin it with https://")
    return Site(args.site, f"{args.url.rstrip('/')}/" if args.url else "")


def _export(run_id: int | None, target: Path, context: Context) -> tuple[RunFacts, MeasuredAlike]:
    from crossload.runner.cases.library import find_cases
    from crossload.runner.provenance import digests_today, measured_alike

    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        known = {one.id: one for one in ledger.runs()}
        chosen = known.get(max(known, default=0) if run_id is None else run_id)
        if chosen is None and known:
            raise UsageError(
                f"the ledger {str(context.home.ledger)!r} has no run {run_id}",
                f"its runs are {min(known)} to {max(known)}; leave --run out for the latest",
            )
        if chosen is not None and chosen.state is not RunState.FINISHED:
            going_on = chosen.state is RunState.RUNNING
            how = "wait until it has finished" if going_on else "`crossload run` continues it"
            raise UsageError(
                f"run {chosen.id} is {chosen.state}: only a finished run is published",
                f"{how}; --run chooses another",
            )
        facts = ledger.export_run(target, run_id, context.hide)
        cases = find_cases(context.matrix_path, ()).good
        today = digests_today({name: case.scripts for name, case in cases.items()})
        return facts, measured_alike(ledger, facts.id, today)


def _draw(folder: Path, context: Context, site: Site | None, alike: MeasuredAlike) -> list[Path]:
    from crossload.cli.report import claims_of
    from crossload.reports.as_html import as_html
    from crossload.reports.gather import gather
    from crossload.reports.publish_facts import facts_text
    from crossload.reports.site.history import earlier
    from crossload.reports.site.write import write_site
    from crossload.reports.writing import write_whole
    from crossload.runner.environments.project import make_project
    from crossload.runner.ledger.importing import read_snapshot

    snapshot = read_snapshot(folder / EXPORT)
    with without_collection():
        report = gather(snapshot, claims_of(context))
        if site is None:
            write_whole(folder / PAGE, as_html(report))
        else:
            write_site(report, folder, earlier(site.folder), site.url)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    locks = make_project(context.matrix_path, context.home).lock_folders
    write_whole(folder / FACTS, facts_text(snapshot, report, folder, locks, alike))
    return [*files, folder / FACTS]
