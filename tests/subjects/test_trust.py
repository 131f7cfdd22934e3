"""Which files are refused where no sandbox contains them, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.errors import UntrustedError
from crossload.runner.inspection.model import Finding, FindingKind
from crossload.runner.sandbox import findings
from crossload.runner.sandbox.containment import Sandbox, SandboxLevel, uncontained
from crossload.runner.subjects.model import Subject
from crossload.runner.subjects.reading import Reading
from crossload.runner.subjects.trust import runs_code, trusted_only, would_run
from tests.checking.examples import script, subject

CONTAINED = Sandbox(SandboxLevel.BUBBLEWRAP)
WITHOUT = replace(uncontained(), findings=(findings.missing("bwrap"),))


def with_findings(name: str, *kinds: FindingKind) -> Subject:
    one = subject(name)
    assert one.inspection is not None
    found = tuple(Finding(kind=kind, text=f"text of {kind.name}") for kind in kinds)
    return replace(one, path=Path(f"{name}.h5"), inspection=replace(one.inspection, findings=found))


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        (FindingKind.CODE, True),
        (FindingKind.IMPORTS, True),
        (FindingKind.WRITES_FILES, True),
        (FindingKind.READS_FILES, True),
        (FindingKind.UNSAFE_NAME, True),
        (FindingKind.DAMAGED, True),
        (FindingKind.FAILED, True),
        (FindingKind.OVERSIZED, False),
        (FindingKind.MISSING, False),
        (FindingKind.NEEDS_CLASS, False),
        (FindingKind.ODD, False),
    ],
)
def test_a_file_that_reaches_out_is_refused(kind: FindingKind, *, refused: bool) -> None:
    one, other = with_findings("one", kind), subject("other")
    left = trusted_only(Reading((one, other)), WITHOUT)
    assert left.subjects == ((other,) if refused else (one, other))
    assert [each.path for each in left.refused] == ([one.path] if refused else [])


def test_a_sandbox_lets_every_file_through() -> None:
    reading = Reading((with_findings("one", FindingKind.CODE),))
    assert trusted_only(reading, CONTAINED) is reading


def test_the_users_own_script_is_not_a_model_file() -> None:
    reading = Reading((script(),))
    assert trusted_only(reading, WITHOUT).subjects == reading.subjects


def test_the_refusal_says_what_would_run_and_how_to_get_a_sandbox() -> None:
    kinds = (FindingKind.CODE, FindingKind.WRITES_FILES)
    with pytest.raises(UntrustedError) as caught:
        trusted_only(Reading((with_findings("one", *kinds),)), WITHOUT)
    said = "contains code: text of CODE; writes files: text of WRITES_FILES"
    assert str(caught.value).splitlines() == [
        f"one.h5 is not loaded without a sandbox: {said}",
        "sandbox: none: bubblewrap is not installed; files that can run code are refused",
    ]
    assert "apt install bubblewrap" in caught.value.advice
    assert caught.value.advice.endswith("--trust loads the file with your permissions")


def test_a_sandbox_that_was_switched_off_is_named() -> None:
    with pytest.raises(UntrustedError, match="switched off by --no-sandbox") as caught:
        trusted_only(Reading((with_findings("one", FindingKind.CODE),)), uncontained())
    assert caught.value.advice.startswith("leave --no-sandbox out")


def test_only_so_many_findings_are_listed() -> None:
    one = with_findings("one", FindingKind.CODE)
    assert one.inspection is not None
    many = tuple(Finding(kind=FindingKind.CODE, text=f"text {each}") for each in range(5))
    said = would_run(replace(one.inspection, findings=many))
    assert said == (*(f"contains code: text {each}" for each in range(3)), "and 2 more")


def test_code_alone_can_forge_results() -> None:
    assert runs_code(with_findings("one", FindingKind.CODE).inspection)
    assert not runs_code(with_findings("one", FindingKind.READS_FILES).inspection)
    assert not runs_code(None)
