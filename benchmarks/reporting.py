"""What a report costs: CPU seconds and memory of its commands and steps, and of the page's thread.

    python benchmarks/reporting.py [RUN] [--cells 100000]
    python benchmarks/reporting.py [RUN] --site [--cells 1000000]

RUN is an exported run, by default the published reference: of that, `crossload report` draws all
formats but Markdown. The page is measured with as many cells as `--cells` says, for which models of
the run are taken several times. `--site` measures a site of a million cells instead, drawn as by
`crossload publish DIR`, but without exporting the ledger first; making these cells takes minutes.
Owns what is printed; `larger_run` makes the cells, `opened_page` measures the page. What is to be
reached stands beside.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.larger_run import write_larger  # noqa: E402 - path first
from benchmarks.opened_page import page_times  # noqa: E402
from crossload.cli.shared.collecting import without_collection  # noqa: E402
from crossload.reports.as_html import as_html  # noqa: E402
from crossload.reports.gather import gather_judged  # noqa: E402
from crossload.reports.site.write import write_site  # noqa: E402
from crossload.runner.analysis import judge_run  # noqa: E402
from crossload.runner.ledger.importing import read_snapshot  # noqa: E402

REFERENCE = ROOT / "reports" / "published" / "run.jsonl.xz"
# What is to be reached: seconds of CPU time, MB of memory, MB of a page, ms of the page's thread.
FORMATS_GOAL, CELLS_GOAL, MEMORY_GOAL, SIZE_GOAL = 20, 10, 1000, 5
OPENED_GOAL, FILTER_GOAL, SEARCH_GOAL = 1000, 100, 200
SITE_GOAL, SITE_MEMORY_GOAL = 90, 4000  # seconds of CPU time and MB for a million cells


@dataclass(frozen=True)
class Spent:
    """What a command used at most and in all."""

    seconds: float
    megabytes: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", default=REFERENCE)
    parser.add_argument("--cells", type=int, help="default: 100000, or a million of a site")
    parser.add_argument("--site", action="store_true")
    parser.add_argument("--steps", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.cells = options.cells or (1_000_000 if options.site else 100_000)
    if options.steps:
        steps(options.run, options.cells if options.site else None)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        larger = folder / "larger.jsonl.xz"
        again = [sys.executable, __file__, str(larger), "--steps", "--cells", str(options.cells)]
        if options.site:
            write_larger(options.run, larger, options.cells)
            subprocess.run([*again, "--site"], check=True)
            return
        formats = report(options.run, folder / "all", "html,json,csv")
        line("html, json, csv", formats.seconds, "s CPU", FORMATS_GOAL)
        line("", formats.megabytes, "MB of memory", MEMORY_GOAL)
        write_larger(options.run, larger, options.cells)
        page = folder / "larger" / "index.html"
        html = report(larger, page.parent, "html")
        scale = options.cells / 100_000
        line(f"{options.cells:,} cells: page", html.seconds, "s CPU", CELLS_GOAL * scale)
        line("", html.megabytes, "MB of memory", MEMORY_GOAL * scale)
        line("", page.stat().st_size / 1e6, "MB of HTML", SIZE_GOAL)
        subprocess.run(again, check=True)
        for what, milliseconds in page_times(page):
            line(f"  {what}", milliseconds, "ms CPU", goal_of(what))


def goal_of(what: str) -> int:
    """How long something may take in the browser."""
    if what == "opened":
        return OPENED_GOAL
    return SEARCH_GOAL if what.startswith("first") else FILTER_GOAL


def report(run: Path, folder: Path, formats: str) -> Spent:
    """What `crossload report` costs, from its start to its end."""
    command = [sys.executable, "-m", "crossload", "--home", str(folder / "home"), "report"]
    command += ["--from", str(run), "--format", formats, "--output", str(folder)]
    folder.mkdir()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def steps(run: Path, site_cells: int | None) -> None:
    """Print the seconds of each step of a page; with a number of cells, of a site of so many."""
    with without_collection():
        with timed("read"):
            snapshot = read_snapshot(run)
        with timed("judge"):
            judged = judge_run(snapshot)
        with timed("gather"):
            found = gather_judged(snapshot, judged)
        del snapshot, judged
        if site_cells is None:
            with timed("draw the page"):
                as_html(found)
            return
        with tempfile.TemporaryDirectory() as folder:
            with timed("draw the site"):
                write_site(found, Path(folder), ())
            site_line(site_cells, Path(folder))


def site_line(cells: int, folder: Path) -> None:
    """Print what this process used for the site in a folder, and how large that is."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    pages = [one.stat().st_size for one in folder.rglob("*.html")]
    line(f"{cells:,} cells: site", seconds, "s CPU", SITE_GOAL * cells / 1e6)
    line("", used.ru_maxrss / 1024, "MB of memory", SITE_MEMORY_GOAL)
    line("", (folder / "index.html").stat().st_size / 1e6, "MB of its first page", SIZE_GOAL)
    line("", max(pages) / 1e6, "MB of its largest page", SIZE_GOAL)
    line("", sum(pages) / 1e6, "MB of all pages")
    whole = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    line("", whole / 1e6, "MB of all files")


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print the CPU seconds of a step."""
    start = time.process_time()
    yield
    line(f"  {what}", time.process_time() - start, "s CPU")


def line(what: str, value: float, unit: str, goal: float | None = None) -> None:
    """Print one number, with what is to be reached."""
    shown = f"{value:10,.1f}" if value < 100 else f"{value:10,.0f}"
    wanted = "" if goal is None else f"   to be below {goal:,.0f}"
    print(f"{what:28}{shown} {unit}{wanted}", flush=True)


if __name__ == "__main__":
    main()
