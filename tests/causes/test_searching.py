"""Many expressions searched in one text."""

from __future__ import annotations

import json
import re
from pathlib import Path

from crossload.runner.causes import shipped_catalogue
from crossload.runner.causes.searching import TextSearch

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))


def test_every_match_is_found_with_its_groups() -> None:
    expressions = [
        pattern.message
        for cause in shipped_catalogue().causes
        for pattern in cause.when
        if pattern.message is not None
    ]
    search = TextSearch(enumerate(expressions)).search
    messages = {one["message"] for one in RECORDED} - {""}
    assert messages
    for message in messages:
        matches = {rank: re.search(one, message, re.DOTALL) for rank, one in enumerate(expressions)}
        assert search(message) == {
            rank: match.groupdict() for rank, match in matches.items() if match is not None
        }


def test_case_counts_where_the_expression_says_so() -> None:
    search = TextSearch([(1, "Unknown layer"), (2, "(?i)unknown layer"), (3, "Unknown layer")])
    assert list(search.search("unknown layer")) == [2]
    assert list(search.search("an Unknown layer")) == [1, 3, 2]


def test_the_middle_of_a_very_long_text_is_left_out() -> None:
    search = TextSearch([(0, "start"), (1, "middle"), (2, "end")])
    assert list(search.search(f"start{'x' * 4000}middle{'x' * 4000}end")) == [0, 2]


def test_nothing_matches_an_empty_text() -> None:
    assert TextSearch([(0, "x*")]).search("") == {}
