"""What the page's template receives: one frozen dataclass with a docstring per field.

Owns the page's shapes. `reports.page_model` fills them; how they look is the templates'. A test
asserts that the templates use exactly these fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from crossload.reports.causes import CauseSummary
from crossload.reports.claims_view import ClaimGroup
from crossload.reports.coverage import CoverageRow
from crossload.reports.document import ChangeRow, EnvironmentRow, RunRow
from crossload.reports.findings import Finding
from crossload.reports.loads import FirstScreen
from crossload.runner.words import Verdict


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar: `start` and `size` in cells."""

    verdict: Verdict
    start: int
    size: int


@dataclass(frozen=True)
class VerdictView:
    """One line of the legend, and the filter of the same cells; `label` is its name.

    Where these cells are not on the page, `link` leads to what is said of them.
    """

    word: Verdict | Literal["damaged"]
    label: str
    symbol: str
    meaning: str
    count: int
    link: str = ""


@dataclass(frozen=True)
class Axis:
    """A row's or column's heading: the environment's id and, in small print, its Keras."""

    id: str
    note: str


@dataclass(frozen=True)
class CellView:
    """One cell of a grid: `link` is `#` and the cell's id; `own` is the saver's own reload.

    `label` is the verdict in a user's words; `note` says in a word or two what was lost, or which
    strategy helps; `ended` marks a plain load that crashed or hung.
    """

    verdict: Verdict
    symbol: str
    label: str
    note: str
    link: str
    own: bool
    ended: bool


@dataclass(frozen=True)
class GridRow:
    """One saver's row of a grid; None if no cell is planned."""

    saver: Axis
    cells: tuple[CellView | None, ...]


@dataclass(frozen=True)
class GridView:
    """The cells of one model and format. `open` says whether it starts expanded.

    Where the script draws the grids, `rows` is empty, and `plain` has a saver and the symbols of
    its cells for browsers without scripts: one per loader, or one for all if nothing was saved.
    """

    model: str
    format: str
    same: int
    measured: int
    total: int
    bar: tuple[Segment, ...]
    loaders: tuple[Axis, ...]
    rows: tuple[GridRow, ...]
    plain: tuple[tuple[str, str], ...]
    open: bool


@dataclass(frozen=True)
class FindingView:
    """A finding with its symbol and label, links to the first cells (id, link) and to all."""

    finding: Finding
    symbol: str
    label: str
    links: tuple[tuple[str, str], ...]
    more: int
    all: str


@dataclass(frozen=True)
class CauseView:
    """A cause with its counts, and the link to the filter for its cells."""

    summary: CauseSummary
    link: str


@dataclass(frozen=True)
class Facet:
    """One filter over names: `key` is its name in the page's address, `options` (name, count)."""

    key: str
    label: str
    options: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ChangeView:
    """The changed cells of one kind; the link of a cell that is gone is empty."""

    kind: str
    meaning: str
    rows: tuple[tuple[ChangeRow, str], ...]


@dataclass(frozen=True)
class PageContext:
    """Everything that `page.html.j2` may use."""

    title: str
    """The title in the browser's tab."""
    headline: str
    """The fact of the run in one sentence."""
    counted: str
    """How many loads work, in one sentence; empty if that is the headline."""
    first: FirstScreen
    """What loads where, the safest format, the upgrades, and what the pickers offer."""
    notes: tuple[str, ...]
    """What the headline leaves out: plain loads that ended the process, damaged files."""
    lead: str
    """What was measured, when, with how many environments."""
    run: RunRow
    """The run: id, state, times, tolerances."""
    unfinished: str
    """What is to be known of a run that did not finish, so that cells are missing."""
    verdicts: tuple[VerdictView, ...]
    """Every verdict in order, worst last, with its count; then the loads of damaged files."""
    bar: tuple[Segment, ...]
    """The counts of the cells on the page as one stacked bar."""
    total: int
    """Number of cells in that bar."""
    environments: tuple[EnvironmentRow, ...]
    """In the order of the matrix."""
    environment_links: Mapping[str, str]
    """The link of each environment, by id."""
    changes: tuple[ChangeView, ...]
    """What changed since another run, by kind; empty if none was compared."""
    changed: str
    """The same as a sentence."""
    findings: tuple[FindingView, ...]
    """What to look at first."""
    hidden_findings: int
    """How many findings are not listed."""
    causes: tuple[CauseView, ...]
    """Every cause that occurs but for damaged files, the most frequent first."""
    damaged: tuple[CauseView, ...]
    """The causes of damaged files, the most frequent first."""
    damaged_counted: str
    """How many loads of how many damaged files there are."""
    explained: str
    """How many of the cells that are not the same have a known cause, as a sentence."""
    claims: tuple[ClaimGroup, ...]
    """Claims by source; empty if no case of the run has claims."""
    claims_counted: str
    """A tally of all claims, in a few words."""
    grids: tuple[GridView, ...]
    """One per model and format; none on a page that has no cells."""
    coverage: tuple[CoverageRow, ...]
    """How many of the planned cells were measured, and why the others were not."""
    facets: tuple[Facet, ...]
    """The filters over names."""
    text_limit: int
    """Characters of a long text that the page keeps; the JSON report keeps more."""
    style: str
    """The style sheet, inlined verbatim; its digest is in the policy."""
    style_digest: str
    """sha256 of `style`, base64."""
    script: str
    """The script, inlined verbatim."""
    script_digest: str
    """sha256 of `script`, base64."""
    in_site: bool
    """Whether the pages of `reports.site` stand beside this one."""
    packed: bool
    """Whether there are so many cells that `data` is compressed and the script draws the grids."""
    data: str
    """The details of all cells, JSON or packed, without `<`, `>`, `&` or non-ASCII characters."""
