"""The policy file: what it accepts, and how all of its mistakes are told at once."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest

from crossload.runner.errors import ConfigurationError
from crossload.runner.gate.policy import POLICY_NAME, EntryForm, Policy, load_policy, parse_policy
from crossload.runner.records import Cell
from crossload.runner.words import Format, Verdict

SAVER, LOADER = ("tf2.15", "tf2.15-py3.11"), ("tf2.16", "tf2.16-py3.12")
CELL = Cell(SAVER[1], "lambda-arguments", Format.H5, LOADER[1])
ENTRY = "accepted:\n  - {cell: lambda.h5, verdict: fails, reason: known}\n"


def complaints(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse_policy(textwrap.dedent(text), "policy.yaml")
    return str(caught.value).split("\n")


def entry_complaint(line: str) -> str:
    """The one complaint about a line of an entry that is right otherwise."""
    key = line.partition(":")[0]
    right = {"cell": "cell: a.h5", "verdict": "verdict: fails", "reason": "reason: known"}
    lines = [line, *(text for name, text in right.items() if name != key)]
    (told,) = complaints("accepted:\n  - " + "\n    ".join(lines))
    return told


def test_an_entry_with_everything() -> None:
    read = parse_policy(
        textwrap.dedent(
            """\
            # what we know
            accepted:
              - cell: "*/lambda*.{h5,keras}/tf2.16"
                verdict: fails
                reason: >
                  models with a Lambda
                  are rebuilt in code
                link: https://example.invalid/12
                expires: 2027-03-31
            """
        ),
        "policy.yaml",
    )
    (entry,) = read.entries
    assert entry.verdict is Verdict.FAILS
    assert entry.reason == "models with a Lambda are rebuilt in code"
    assert entry.link == "https://example.invalid/12"
    assert entry.expires == date(2027, 3, 31)
    assert read.place(entry) == "policy.yaml:3"
    assert entry.takes(CELL, SAVER, LOADER)


@pytest.mark.parametrize(
    ("pattern", "takes"),
    [
        ("lambda*.h5", True),
        ("*", True),
        ("lambda-arguments.{h5,keras}", True),
        ("tf2.15/lambda*.*/tf2.16", True),
        ("tf2.15-py3.11/lambda*.*/tf2.16-py3.12", True),
        ("*/*.h5/tf2.1?", True),
        ("lambda.h5", False),
        ("lambda*.keras", False),
        ("*/lambda*.h5/tf2.18", False),
        ("tf2.10/lambda*.h5/*", False),
    ],
)
def test_a_pattern_takes_cells(pattern: str, *, takes: bool) -> None:
    text = f'accepted: [{{cell: "{pattern}", verdict: fails, reason: known}}]'
    (entry,) = parse_policy(text, "policy.yaml").entries
    assert entry.takes(CELL, SAVER, LOADER) is takes


@pytest.mark.parametrize("day", ["2027-03-31", '"2027-03-31"', "'2027-03-31'"])
def test_a_day_needs_no_quotes(day: str) -> None:
    text = f"accepted: [{{cell: a.h5, verdict: fails, reason: known, expires: {day}}}]"
    assert parse_policy(text, "policy.yaml").entries[0].expires == date(2027, 3, 31)


def test_it_expires_on_its_day() -> None:
    text = "accepted: [{cell: a.h5, verdict: fails, reason: known, expires: 2027-03-31}]"
    (entry,) = parse_policy(text, "policy.yaml").entries
    assert not entry.has_expired(date(2027, 3, 30))
    assert entry.has_expired(date(2027, 3, 31))


def test_all_mistakes_are_reported_together_with_their_lines() -> None:
    told = complaints(
        """\
        accepted:
          - cell: 2.10
            verdict: fail
            reason: no
            link: example.invalid
            expires: 2027-02-30
          - cell: a/b
            verdikt: fails
        acepted: 1
        """
    )
    assert told == [
        "policy.yaml:2: accepted[0].cell: 2.10 was read as the number 2.1; write '2.10'",
        (
            "policy.yaml:3: accepted[0].verdict: found 'fail', expected one of 'partial', "
            "'assisted', 'translated', 'rebuilt', 'predicts', 'differs', 'fails', 'crashes', "
            "'times-out'; did you mean 'fails'"
        ),
        "policy.yaml:4: accepted[0].reason: no was read as the truth value false; write 'no'",
        (
            "policy.yaml:5: accepted[0].link: found 'example.invalid', expected an address that "
            "begins with https:// or http://"
        ),
        ("policy.yaml:6: accepted[0].expires: found '2027-02-30', which is not a calendar day"),
        "policy.yaml:7: accepted[1]: found no 'reason', expected why it is accepted",
        (
            "policy.yaml:7: accepted[1]: found no 'verdict', expected the worst verdict that is "
            "accepted"
        ),
        (
            "policy.yaml:7: accepted[1].cell: found 'a/b', expected a pattern 'model.format' or "
            "'saver/model.format/loader'"
        ),
        (
            "policy.yaml:8: accepted[1].verdikt: found an unknown key, expected one of cell, "
            "expires, link, reason, verdict; did you mean 'verdict'"
        ),
        (
            "policy.yaml:9: acepted: found an unknown key, expected one of accepted; did you mean "
            "'accepted'"
        ),
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("expires: 20270331", "found 20270331 (read as the number 20270331), expected a day"),
        ("expires: 2027-3-1", "found '2027-3-1', expected a day such as 2027-03-31"),
        ("expires: 2027-03-31 10:00:00", "expected a day such as 2027-03-31"),
        ("expires: soon", "found 'soon', expected a day"),
        ("verdict: same", "found 'same', expected one of 'partial'"),
        ("verdict: unsaved", "found 'unsaved', expected one of 'partial'"),
        ("verdict: [fails]", "found a list, expected one of 'partial'"),
        ("reason: '  '", "found '  ', expected why it is accepted, in words"),
        ("reason: 12", "12 was read as the number 12; write '12'"),
        ("cell: {}", "found a mapping, expected a pattern"),
        ("cell: a//b", "found 'a//b', expected a pattern"),
        ("cell: '" + "{a,b}" * 12 + "'", "expected a pattern 'model.format'"),
        ("link: ftp://example.invalid", "expected an address"),
    ],
)
def test_a_wrong_value_is_reported(line: str, complaint: str) -> None:
    assert complaint in entry_complaint(line)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "policy.yaml:1: found nothing, expected a list 'accepted'"),
        ("# only a comment", "policy.yaml:1: found nothing, expected a list 'accepted'"),
        ("[]", "policy.yaml:1: found a list, expected a mapping"),
        ("accepted: x", "policy.yaml:1: accepted: found 'x', expected a list of entries"),
        ("accepted: [x]", "policy.yaml:1: accepted[0]: found 'x', expected a mapping"),
        (
            "accepted: [{cell: a.h5, verdict: fails, reason:}]",
            "policy.yaml:1: accepted[0]: found no 'reason', expected why it is accepted",
        ),
        ("accepted: &a []", "policy.yaml:1: accepted: found the anchor '&a'"),
    ],
)
def test_a_file_of_another_shape_is_reported(text: str, complaint: str) -> None:
    assert complaints(text)[0].startswith(complaint)


def test_an_empty_list_accepts_nothing() -> None:
    assert parse_policy("accepted: []", "policy.yaml") == Policy((), "policy.yaml")
    assert parse_policy("accepted:", "policy.yaml") == Policy((), "policy.yaml")


def test_the_policy_next_to_the_matrix_is_found(tmp_path: Path) -> None:
    matrix = tmp_path / "matrix.yaml"
    assert load_policy(None, matrix) == Policy()
    (tmp_path / POLICY_NAME).write_text(ENTRY, encoding="utf-8")
    assert [one.cell for one in load_policy(None, matrix).entries] == ["lambda.h5"]
    (tmp_path / "other.yaml").write_text("accepted: []", encoding="utf-8")
    assert load_policy(tmp_path / "other.yaml", matrix).entries == ()


def test_a_policy_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_policy(tmp_path / "none.yaml", tmp_path / "matrix.yaml")
    assert str(caught.value).startswith("there is no policy file ")
    assert "--policy" in caught.value.advice


def test_many_mistakes_are_cut() -> None:
    told = complaints("accepted:\n" + "  - x\n" * 300)
    assert len(told) == 101
    assert told[-1] == "... and 200 more"


def test_every_key_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "upgrade.md").read_text(encoding="utf-8")
    for key in EntryForm.model_fields:
        assert f"| `{key}` |" in text
