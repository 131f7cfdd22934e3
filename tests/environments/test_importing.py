"""The import check, with scripts that answer as the real one does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from crossload.runner.environments import importing
from crossload.runner.environments.importing import ImportCheckStoppedError, check_import
from crossload.runner.environments.marker import Facts
from crossload.runner.words import EnvironmentCause
from tests.environments.conftest import MakeEnvironment, problem_of

Check: TypeAlias = Callable[..., Facts]
HEAD = "import json, os, signal, sys\nout = sys.argv[sys.argv.index('--out') + 1]\n"


@pytest.fixture
def check(tmp_path: Path, make_environment: MakeEnvironment) -> Check:
    def checking(body: str, **values: object) -> Facts:
        script = tmp_path / "facts.py"
        script.write_text(HEAD + body)
        return check_import(make_environment(**values), Path(sys.executable), script)

    return checking


def test_versions_and_seconds_are_taken_over(check: Check) -> None:
    facts = check(
        "json.dump({'python': '3.11.7', 'versions': {'keras': '2.15.0', 'hdf5': None},"
        " 'import_seconds': 1.25}, open(out, 'w'))"
    )
    assert facts.problem is None
    assert facts.versions == {"python": "3.11.7", "keras": "2.15.0"}
    assert facts.import_seconds == 1.25


def test_it_sees_the_variables_of_a_probe_and_an_empty_home(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    facts = check(
        "seen = {k: os.environ.get(k, '') for k in ('SECRET', 'EXTRA', 'KERAS_BACKEND')}\n"
        "assert not os.listdir(os.environ['HOME'])\n"
        "json.dump({'python': '', 'versions': seen, 'import_seconds': 1}, open(out, 'w'))",
        variables={"EXTRA": "1"},
    )
    assert facts.versions == {"python": "", "EXTRA": "1", "KERAS_BACKEND": "tensorflow"}


def test_an_import_error_is_a_result_with_its_message(check: Check) -> None:
    facts = check(
        "print('A module that was compiled using NumPy 1.x')\n"
        "json.dump({'error': {'type': 'TypeError', 'message': 'Unable to convert\\n\\t() -> h',"
        " 'traceback': 'T'}}, open(out, 'w'))\nsys.exit(3)"
    )
    assert problem_of(facts.problem).cause is EnvironmentCause.IMPORT_FAILED
    assert problem_of(facts.problem).message.endswith(
        "imported: TypeError: Unable to convert () -> h"
    )
    assert problem_of(facts.problem).log_tail.startswith(
        "A module that was compiled using NumPy 1.x\nT"
    )


def test_a_long_message_is_cut_between_words_and_whole_in_the_log(check: Check) -> None:
    facts = check(
        "json.dump({'error': {'type': 'TypeError', 'message': 'word ' * 99}}, open(out, 'w'))"
    )
    problem = problem_of(facts.problem)
    assert problem.message.endswith("word word ...")
    assert problem.message.count("word") < 50
    assert "word " * 40 in problem.log_tail


def test_a_crash_is_a_result(check: Check) -> None:
    facts = check("os.kill(os.getpid(), signal.SIGSEGV)")
    assert problem_of(facts.problem).message.endswith("cannot be imported: signal 11")


def test_silence_is_a_result(check: Check) -> None:
    assert problem_of(check("").problem).message.endswith("imported: exit code 0 without an answer")


def test_hanging_is_a_result(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_TIMEOUT_SECONDS", 0.3)
    assert problem_of(check("import time; time.sleep(60)").problem).message.endswith(
        "end within 0 s"
    )


def test_being_killed_proves_nothing(check: Check) -> None:
    with pytest.raises(ImportCheckStoppedError):
        check("os.kill(os.getpid(), signal.SIGKILL)")
