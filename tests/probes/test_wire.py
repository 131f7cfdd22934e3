"""Answers are plain, bounded ASCII, whatever a framework raises."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from types import ModuleType

import pytest

Probe = Callable[[str], ModuleType]


def test_an_answer_is_one_ascii_line_without_nan_or_lone_surrogates(probe: Probe) -> None:
    text = probe("wire").encode({"a": float("nan"), "b": [float("inf")], "c": "é\ud800\0\n"})
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text) == {"a": None, "b": [None], "c": "é\\ud800\\x00\n"}


def test_values_that_json_does_not_know_become_text(probe: Probe) -> None:
    assert json.loads(probe("wire").encode({1: (2, {3})})) == {"1": [2, "{3}"]}


def test_a_long_message_keeps_its_head_its_tail_and_its_innermost_cause(probe: Probe) -> None:
    message = "HEAD" + "x" * 20000 + "Exception encountered: THE CAUSE" + "y" * 20000 + "TAIL"
    text = probe("wire").describe_message(message)
    assert text.startswith("HEAD")
    assert "TAIL" in text
    assert "Exception encountered: THE CAUSE" in text
    assert len(text) < 5000


def test_a_short_message_is_left_alone(probe: Probe) -> None:
    text = "Exception encountered: it is all here"
    assert probe("wire").describe_message(text) == text


def test_the_cause_appears_once_if_the_cut_keeps_it(probe: Probe) -> None:
    text = probe("wire").describe_message("x" * 9000 + "Exception encountered: late")
    assert text.count("Exception encountered: late") == 1


def test_an_exception_names_its_module_unless_it_is_builtin(probe: Probe) -> None:
    describe = probe("wire").describe_error
    assert describe(KeyError("a"))["type"] == "KeyError"
    assert describe(json.JSONDecodeError("m", "d", 0))["type"] == "json.decoder.JSONDecodeError"


def test_an_exception_without_a_readable_message_is_described_all_the_same(probe: Probe) -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    told = probe("wire").describe_error(SilentError())
    assert told["message"] == "(its message cannot be read: RuntimeError)"


def test_a_deep_traceback_keeps_its_innermost_frames(probe: Probe) -> None:
    def dive(depth: int) -> None:
        if depth == 0:
            raise ValueError("deep")
        dive(depth - 1)

    with pytest.raises(ValueError, match="deep") as caught:
        dive(100)
    trace = probe("wire").describe_error(caught.value)["traceback"]
    assert len(trace) <= 4000
    assert 'raise ValueError("deep")' in trace


def test_warnings_are_reported_once_and_capped(probe: Probe) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for number in [0, 0, *range(100)]:
            warnings.warn(f"number {number}", UserWarning, stacklevel=1)
    texts = probe("wire").describe_warnings(caught)
    assert texts[:2] == ["UserWarning: number 0", "UserWarning: number 1"]
    assert len(texts) == 20


def test_an_answer_over_the_limit_loses_details_and_keeps_its_result(probe: Probe) -> None:
    wire = probe("wire")
    checks = [{"check": "outputs", "status": "agrees", "detail": "x" * 2_000_000}]
    text = wire.encode({"status": "done", "checks": checks})
    assert len(text) < wire.LINE_LIMIT
    assert json.loads(text)["checks"] == [{"check": "outputs", "status": "agrees", "detail": ""}]
