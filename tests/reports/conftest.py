"""What the report's tests share: made-up documents, and one browser for those that need it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crossload.reports.document import Report
from crossload.reports.gather import gather_judged
from tests.reports.browser import Browser, find_browser
from tests.reports.samples import hostile_run, sample_run


@pytest.fixture(scope="session")
def report() -> Report:
    sample = sample_run(6)
    return gather_judged(sample.snapshot, sample.judged)


@pytest.fixture(scope="session")
def hostile_report() -> Report:
    sample = hostile_run()
    return gather_judged(sample.snapshot, sample.judged)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this machine: install 'chromium'")
    with Browser(program, tmp_path_factory.mktemp("profile")) as browser:
        browser.shape(1360, 1000)
        yield browser
