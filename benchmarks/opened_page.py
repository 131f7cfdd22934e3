"""How long a page keeps the main thread of a browser busy: opened, searched, filtered, switched.

Owns these measurements, in milliseconds of CPU time of the page's thread, which a busy machine
disturbs less than the clock. Each lasts until two frames after it are drawn.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.reports.browser import Browser, find_browser

_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_CHOOSE = """(() => { const one = document.getElementById("measure"); one.value = %s;
    one.dispatchEvent(new Event("change")); })()"""
_GO = "history.pushState(null, '', %s); dispatchEvent(new Event('hashchange'))"
_CLICK = "document.querySelector(%s).click()"
_ERROR = "ValueError: Unknown layer: 'Custom'. Please ensure you are using a custom_object_scope."


def page_times(path: Path) -> Iterator[tuple[str, float]]:
    """Yield what was done with the page and how long it took; nothing without a Chromium."""
    program = find_browser()
    if program is None:
        return
    with tempfile.TemporaryDirectory() as profile, Browser(program, Path(profile)) as browser:
        browser.shape(1360, 1000)
        browser.call("Performance.enable", timeDomain="threadTicks")
        before = _busy(browser)
        browser.open(path)
        yield "opened", _busy(browser) - before
        for name, script in _actions():
            before = _busy(browser)
            browser.run(f"(() => {{ {script} }})()")
            browser.run(_FRAMES)
            yield name, _busy(browser) - before


def _actions() -> Iterator[tuple[str, str]]:
    # The first ones come before the page has been idle, so that nothing was prepared for them.
    yield "first search", _GO % json.dumps("#?search=lambda")
    yield "another search", _GO % json.dumps("#?search=custom%20object")
    yield "first pasted error", _GO % f"'#?error=' + encodeURIComponent({json.dumps(_ERROR)})"
    yield "filter taken away", _CLICK % json.dumps("#reset")
    yield "filter by verdict", _CLICK % json.dumps("#verdict-chips button[data-verdict=fails]")
    yield "filter by model", _CLICK % json.dumps(".facet input")
    yield "filters taken away", _CLICK % json.dumps("#reset")
    for measure in ("difference", "seconds", ""):
        yield f"table of {measure or 'shares'}", _CHOOSE % json.dumps(measure)


def _busy(browser: Browser) -> float:
    """Milliseconds of CPU time that the page's thread has used so far."""
    metrics = browser.call("Performance.getMetrics")["metrics"]
    return 1000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))
