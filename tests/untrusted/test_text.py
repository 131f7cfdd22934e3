"""Foreign text is shown, not obeyed; secrets and bulk do not get in."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.untrusted.text import LIMIT, clean

HOME = Path("/home/ada")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param("größer, 大きい, 🙂", "größer, 大きい, 🙂", id="other-scripts"),
        pytest.param("a\n\tb", "a\n\tb", id="line-feed-and-tab-stay"),
        pytest.param("a\r\nb", "a\nb", id="windows-line-end"),
        pytest.param("10 %\r20 %", "10 %\\u000d20 %", id="carriage-return"),
        pytest.param("\x1b[31m", "\\u001b[31m", id="ansi"),
        pytest.param("a\x00b", "a\\u0000b", id="nul"),
        pytest.param("\x9b1m", "\\u009b1m", id="c1-control"),
        pytest.param("a\u202eb", "a\\u202eb", id="bidi-override"),
        pytest.param("a\u2066b", "a\\u2066b", id="bidi-isolate"),
        pytest.param("a\u200bb", "a\\u200bb", id="zero-width"),
        pytest.param("a\u2028b", "a\\u2028b", id="line-separator"),
        pytest.param("a\udc80b", "a\\udc80b", id="lone-surrogate"),
        pytest.param("a\uffffb", "a\\uffffb", id="noncharacter"),
        pytest.param("a\U000e0041b", "a\\U000e0041b", id="tag"),
        pytest.param("a\ue000b\U0010fffdc", "a\\ue000b\\U0010fffdc", id="private-use"),
    ],
)
def test_what_could_act_is_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_every_control_format_and_separator_character_is_shown() -> None:
    acting = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    missed = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in acting
        and clean(f"a{chr(code)}b") == f"a{chr(code)}b"
        and chr(code) not in "\n\t"
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("ghp_" + "a1" * 18, "[redacted]", id="github-token"),
        pytest.param("x github_pat_" + "a" * 30, "x [redacted]", id="github-fine-token"),
        pytest.param("AKIA" + "A1" * 8, "[redacted]", id="aws-key"),
        pytest.param("hf_" + "a" * 34, "[redacted]", id="hugging-face-token"),
        pytest.param("pypi-" + "a" * 40, "[redacted]", id="pypi-token"),
        pytest.param(
            "GET https://ada:pass@index/simple", "GET https://[redacted]@index/simple", id="url"
        ),
        pytest.param("https://ada:p@ss@index/", "https://[redacted]@index/", id="url-with-at"),
        pytest.param("https://index/a:b@c", "https://index/a:b@c", id="url-without-password"),
        pytest.param("Bearer abcdefghijklmnopqrst", "Bearer [redacted]", id="authorization-header"),
        pytest.param(
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb",
            "a\n[redacted]\nb",
            id="pem",
        ),
        pytest.param("-----BEGIN PRIVATE KEY-----\nMII", "[redacted]", id="pem-cut-off"),
    ],
)
def test_secrets_are_redacted(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_secret_across_the_cap_is_redacted() -> None:
    assert "ghp_" not in clean("." * (LIMIT - 10) + "ghp_" + "a" * 36)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("/home/ada", "~", id="alone"),
        pytest.param('File "/home/ada/x.py"', 'File "~/x.py"', id="in-a-traceback"),
        pytest.param("file:///home/ada/x", "file://~/x", id="in-a-url"),
        pytest.param("/home/adalbert/x", "/home/adalbert/x", id="longer-name"),
        pytest.param("/data/home/ada/x", "/data/home/ada/x", id="inside-another-path"),
    ],
)
def test_the_home_folder_is_a_tilde(text: str, shown: str) -> None:
    assert clean(text, home=HOME) == shown


def test_a_home_at_the_root_hides_nothing() -> None:
    assert clean("/etc/x", home=Path("/")) == "/etc/x"


def test_the_users_own_home_is_the_default() -> None:
    assert clean(str(Path.home() / "model.h5")) == "~/model.h5"


def test_text_as_long_as_the_limit_stays() -> None:
    assert clean("x" * LIMIT) == "x" * LIMIT


def test_longer_text_ends_in_a_count() -> None:
    assert clean("x" * (LIMIT + 1)) == "x" * (LIMIT - 11) + "… [12 more]"


def test_five_megabytes_are_counted() -> None:
    shown = clean("y" * 5_000_000)
    assert shown.endswith(f"… [{5_000_000 - (LIMIT - 16)} more]")
    assert len(shown) == LIMIT


@given(st.text(st.characters(exclude_categories=()), max_size=300), st.integers(20, 60))
def test_cleaning_twice_changes_nothing_more(text: str, limit: int) -> None:
    once = clean(text, limit=limit)
    assert clean(once, limit=limit) == once


@given(st.text(st.characters(exclude_categories=()), max_size=300), st.integers(20, 60))
def test_the_limit_holds_and_utf8_can_write_it(text: str, limit: int) -> None:
    assert len(clean(text, limit=limit).encode().decode()) <= limit
