"""What the tests of sites draw."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.reports.document import Report
from crossload.runner.causes.values import Cause, Family


@pytest.fixture(scope="module")
def explained(report: Report) -> Report:
    """The made-up run, its errors with a cause."""
    cause = Cause("made-up", Family.WEIGHT_LAYOUT, "the layers are in another order", ())
    cells = tuple(replace(row, cause=cause) if row.error else row for row in report.cells)
    return replace(report, cells=cells)
