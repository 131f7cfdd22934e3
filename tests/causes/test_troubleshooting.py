"""The page by message: in step with the catalogue, every message in it, each message recognised."""

from __future__ import annotations

import re

from crossload.runner.causes import shipped_catalogue
from crossload.runner.causes.by_error import OWN_TYPES
from crossload.runner.causes.samples import samples_of
from crossload.runner.causes.troubleshooting import PAGE, as_page, messages_of

CAUSES = shipped_catalogue().causes


def test_the_page_is_made_from_the_catalogue() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == as_page(shipped_catalogue()), (
        "run `python -m crossload.runner.causes.troubleshooting`"
    )


def test_every_message_of_a_cause_is_on_the_page() -> None:
    page = set(PAGE.read_text(encoding="utf-8").splitlines())
    for cause, pattern in [(one.id, pattern) for one in CAUSES for pattern in one.when]:
        found = messages_of(pattern)
        own = pattern.type is not None and any(one in pattern.type for one in OWN_TYPES)
        assert found or own or pattern.message is None, cause
        assert set(found) <= page, cause


def test_a_sample_of_an_expression_is_found_by_it() -> None:
    expressions = [one.message for cause in CAUSES for one in cause.when if one.message]
    for expression in expressions:
        for sample in samples_of(expression):
            assert re.search(expression, sample.matching, re.DOTALL), expression


def test_alternatives_are_shown_apart_and_names_by_their_group() -> None:
    found = samples_of(r"Unknown (layer|object):? ?['\"]?(?P<name>[\w>]+).{0,9}\d+")
    assert [one.shown for one in found] == ["Unknown layer: '<name>……", "Unknown object: '<name>……"]
