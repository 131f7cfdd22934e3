"""What is accepted from a worker, and what is refused with which words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossload.runner.probing.protocol import (
    MAX_LINE,
    BadAnswerError,
    Hello,
    Loaded,
    LoadJob,
    Saved,
    SaveJob,
    StartFailure,
    read_answer,
    read_hello,
)
from crossload.runner.records import CheckOutcome, ProbeError
from crossload.runner.words import Check, CheckStatus, Format, Strategy

SAVE = SaveJob("17", "dense", Format.H5)
LOAD = LoadJob("18", "dense", Format.KERAS, Strategy.NO_COMPILE, "abc")
SAVED = {
    "kind": "saved",
    "id": "17",
    "status": "done",
    "error": None,
    "bundle": "17/bundle",
    "noise": 1e-8,
    "payload": "model.h5",
    "seconds": {"save": 0.1},
    "warnings": ["deprecated"],
    "rss_mb": 512,
}
CHECK = {"check": "outputs", "status": "measured", "difference": 1e-8, "detail": ""}
LOADED = {
    "kind": "loaded",
    "id": "18",
    "status": "done",
    "error": None,
    "concessions": [],
    "checks": [CHECK],
    "seconds": {"load": 0.1},
    "warnings": [],
    "rss_mb": 512,
}


def line(value: object) -> bytes:
    return json.dumps(value).encode()


def test_jobs_are_one_line_of_ascii_each() -> None:
    inside = Path("/artifacts")
    assert SAVE.line(60, inside) == (
        b'{"kind":"save","id":"17","model":"dense","format":"h5","cpu_seconds":60,'
        b'"tolerances":{"relative":1e-05,"noise_factor":4.0}}\n'
    )
    assert LOAD.line(60, inside) == (
        b'{"kind":"load","id":"18","model":"dense","format":"keras","strategy":"no-compile",'
        b'"artifact":"/artifacts/abc","cpu_seconds":60,'
        b'"tolerances":{"relative":1e-05,"noise_factor":4.0}}\n'
    )


def test_a_save_is_understood() -> None:
    answer = read_answer(line(SAVED), SAVE)
    assert isinstance(answer, Saved)
    assert (answer.payload, answer.noise, answer.seconds) == ("model.h5", 1e-8, {"save": 0.1})


def test_a_load_is_understood() -> None:
    answer = read_answer(line(LOADED), LOAD)
    assert answer.kind == "loaded"
    (check,) = answer.checks
    assert (check.check, check.status) == (Check.OUTPUTS, CheckStatus.MEASURED)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "18"}, "answers job '18', asked was '17'"),
        ({"id": 17}, "id: input should be a valid string"),
        ({"kind": "loaded"}, "kind: input should be 'saved'"),
        ({"status": "same"}, "status: input should be 'done' or 'refused'"),
        ({"status": "refused"}, "status 'refused' contradicts its error field"),
        ({"verdict": "same"}, "verdict: extra inputs are not permitted"),
        ({"noise": float("nan")}, "noise: input should be a finite number"),
        ({"noise": -1.0}, "noise: input should be greater than or equal to 0"),
        ({"noise": "0"}, "noise: input should be a valid number"),
        ({"rss_mb": float("inf")}, "rss_mb: input should be a finite number"),
        ({"bundle": "17/../../etc"}, "bundle is '17/../../etc', expected '17/bundle'"),
        ({"payload": "a/b"}, "payload name 'a/b' is not a plain file name"),
        ({"payload": None}, "payload name None is not a plain file name"),
        ({"warnings": ["w"] * 201}, "warnings: tuple should have at most 200 items *"),
        ({"bundle": "x" * 301}, "bundle: string should have at most 300 characters"),
    ],
    ids=str,
)
def test_a_wrong_answer_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadAnswerError) as caught:
        read_answer(line({**SAVED, **change}), SAVE)
    assert str(caught.value).startswith(message.rstrip("*"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"check": "speed"}, "checks.0.check: input should be "),
        ({"status": "fine"}, "checks.0.status: input should be "),
        ({"difference": -1.0}, "checks.0: value error, a difference is negative"),
        ({"difference": float("nan")}, "checks.0.difference: input should be a finite number"),
        ({"difference": "0"}, "checks.0.difference: input should be a valid number"),
        ({"detail": 1}, "checks.0.detail: input should be a valid string"),
        ({"verdict": "same"}, "checks.0.verdict: unexpected keyword argument"),
    ],
    ids=str,
)
def test_a_wrong_check_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadAnswerError) as caught:
        read_answer(line({**LOADED, "checks": [{**CHECK, **change}]}), LOAD)
    assert str(caught.value).startswith(message)


def test_text_of_a_worker_is_cleaned_and_cut_as_it_is_read() -> None:
    hostile = "a\x1b[31mb\u202ec\x00"
    check = {**CHECK, "detail": hostile}
    told = {"checks": [check], "concessions": [hostile], "warnings": [hostile * 1000]}
    answer = read_answer(line({**LOADED, **told, "seconds": {hostile: 1.0}}), LOAD)
    assert isinstance(answer, Loaded)
    clean = "ab\\u202ec\\u0000"
    assert answer.checks == (CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 1e-8, clean),)
    assert (answer.concessions, answer.seconds) == ((clean,), {clean: 1.0})
    (warning,) = answer.warnings
    assert warning.isprintable()
    assert len(warning) < 1100
    error = {"type": hostile, "message": hostile, "traceback": hostile}
    refused = read_answer(line({**LOADED, "status": "refused", "error": error}), LOAD)
    assert isinstance(refused, Loaded)
    assert refused.error == ProbeError(clean, clean, clean)


def test_a_check_may_be_named_once() -> None:
    with pytest.raises(BadAnswerError, match="names a check twice"):
        read_answer(line({**LOADED, "checks": [CHECK, CHECK]}), LOAD)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line: invalid json: eof while parsing a value"),
        (b"Epoch 1/2", "line: invalid json: expected value"),
        (b"\xff", "line holds bytes that are not ASCII"),
        (b"[]", "line: input should be an object"),
        (b"[" * 5000, "line: invalid json: recursion limit exceeded"),
        (b" " * (MAX_LINE + 1), "line of 1000001 bytes, at most 1000000 are allowed"),
    ],
    ids=["empty", "chatter", "binary", "list", "deep", "long"],
)
def test_what_is_not_an_object_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(BadAnswerError) as caught:
        read_answer(data, SAVE)
    assert str(caught.value).startswith(message)


def test_a_greeting_is_understood() -> None:
    hello = {"kind": "hello", "protocol": 1, "pid": 5, "versions": {"keras": None}}
    parsed = read_hello(line({**hello, "python": "3.11.7", "import_seconds": 1.5}))
    assert isinstance(parsed, Hello)
    assert parsed.import_seconds == 1.5


def test_a_failed_start_is_understood() -> None:
    error = {"type": "ImportError", "message": 'numpy says "hello"', "traceback": ""}
    parsed = read_hello(line({"kind": "failed", "error": {**error, "message": "x" * 300}}))
    assert isinstance(parsed, StartFailure)
    assert parsed.error.type == "ImportError"


def test_another_protocol_is_refused() -> None:
    hello = {"kind": "hello", "protocol": 2, "pid": 5, "versions": {}, "import_seconds": 1}
    with pytest.raises(BadAnswerError, match="speaks protocol 2, expected 1"):
        read_hello(line(hello))
