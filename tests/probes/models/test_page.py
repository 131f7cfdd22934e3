"""The page of reference models never goes stale, and leads to the published breakages."""

from __future__ import annotations

from tests.probes.models_page import PAGE, link, make_page


def test_the_page_is_the_one_that_the_builders_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), (
        "run `python -m tests.probes.models_page`"
    )


def test_references_are_short_and_whole() -> None:
    threads = "https://github.com/keras-team/keras"
    assert link(f"{threads}/issues/19330") == f"[keras#19330]({threads}/issues/19330)"
    assert link(f"{threads}/commit/20c67d6bc2") == f"[keras@20c67d6]({threads}/commit/20c67d6bc2)"
    assert link("https://example.org/a/b") == "[example.org](https://example.org/a/b)"
