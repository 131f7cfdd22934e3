"""Each pattern of a secret is searched only where a text has one of its signs: every match must."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.untrusted.text import _SECRETS


@pytest.mark.parametrize(("signs", "pattern"), [one[:2] for one in _SECRETS], ids=lambda _: "")
def test_every_secret_has_a_sign(signs: tuple[str, ...], pattern: re.Pattern[str]) -> None:
    @given(st.from_regex(pattern))
    def check(text: str) -> None:
        assert any(sign.casefold() in text.casefold() for sign in signs)

    check()
