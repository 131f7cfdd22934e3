"""What the report's tests share: made-up documents, and one browser for those that need it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crossload.reports.as_html import as_html
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
def page(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the friendly report; a test that needs another one has a fixture of its own."""
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(as_html(report), encoding="utf-8")
    return path


@pytest.fixture
def no_trouble(browser: Browser) -> None:
    """Forget what the browser has complained about in earlier tests."""
    browser.trouble.clear()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this machine: install 'chromium'")
    with Browser(program, tmp_path_factory.mktemp("profile")) as browser:
        browser.shape(1360, 1000)
        yield browser
