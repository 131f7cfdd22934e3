"""The page of a real run in a real browser."""

from __future__ import annotations

import pytest

from crossload.reports.links import cell_link
from crossload.reports.shown import shown
from tests.integration.conftest import Measured
from tests.reports.browser import Browser, find_browser

pytestmark = [pytest.mark.integration, pytest.mark.browser]


def test_every_cell_of_a_real_run_opens(
    measured: Measured, tmp_path_factory: pytest.TempPathFactory
) -> None:
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this machine: install 'chromium'")
    page = measured.home / "report" / "index.html"
    with Browser(program, tmp_path_factory.mktemp("profile")) as browser:
        browser.open(page)
        cells = shown(measured.report).cells
        assert browser.run("document.querySelectorAll('.cells td > a').length") == len(cells)
        for row in cells[::7]:
            browser.open(page, cell_link(row.id))
            assert browser.run("document.getElementById('panel').open"), row.id
            panel = browser.run("document.getElementById('panel').textContent")
            assert str(row.verdict) in panel
        assert browser.trouble == []
