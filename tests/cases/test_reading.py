"""What a case's folder says, and every complaint about a wrong one, word for word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crossload.runner.cases.model import Case
from crossload.runner.cases.reading import read_folder
from crossload.runner.cases.scripts import MAX_SCRIPT
from crossload.runner.config.scalars import Scalar
from crossload.runner.probing.material import Scripts
from tests.cases.conftest import WriteCase

FULL = """\
title: A model with everything
source: https://example.org/a-page
savers: [tf2.6, "tf2.1{0,5}*"]
loaders: tf2.21
claims:
  - text: it loads
"""


def mistakes_of(folder: Path) -> list[str]:
    mistakes: list[str] = []
    assert [one.case for one in read_folder(folder, mistakes).found if one.case] == []
    return mistakes


def read(folder: Path) -> Case:
    mistakes: list[str] = []
    (found,) = read_folder(folder, mistakes).found
    assert mistakes == []
    assert found.case is not None
    return found.case


def test_a_case_is_what_its_three_files_say(write_case: WriteCase) -> None:
    case = read(write_case("all-of-it", FULL, "outputs = 1\r\n", "\ufeffoutputs = 'é'\n"))
    assert (case.name, case.title) == ("all-of-it", "A model with everything")
    assert case.source == "https://example.org/a-page"
    assert case.savers == ("tf2.6", "tf2.1{0,5}*")
    assert case.loaders == ("tf2.21",)
    assert case.scripts == Scripts("outputs = 1\r\n", "outputs = 'é'\n")


def test_its_claims_are_handed_on_with_their_lines(write_case: WriteCase) -> None:
    claims = read(write_case("all-of-it", FULL)).claims
    (node,) = claims.nodes
    assert isinstance(node, dict)
    text = node["text"]
    assert isinstance(text, Scalar)
    assert text.text == "it loads"
    assert claims.problems.lines["claims", 0, "text"] == 6
    assert read(write_case("none")).claims.nodes == ()


def test_environments_are_chosen_by_name_or_id(write_case: WriteCase) -> None:
    case = read(write_case("all-of-it", FULL))
    assert case.saved_in("tf2.10-today", "tf2.10-today-py3.10")
    assert not case.saved_in("tf2.12", "tf2.12-py3.11")
    assert case.loaded_in("tf2.21", "tf2.21-py3.13")
    assert read(write_case("none")).saved_in("anything")


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        pytest.param(
            "source: a page", "1: found no title, expected one line on what the case shows", id="no"
        ),
        pytest.param("", "1: found nothing, expected at least a title", id="empty"),
        pytest.param("title: [a]", "1: title: found a list, expected text on one line", id="list"),
        pytest.param(
            "title: a\nsavres: [x]",
            "2: savres: found an unknown key, expected one of claims, load, loaders, save, "
            "savers, source, title, variants; did you mean 'savers'",
            id="unknown-key",
        ),
        pytest.param(
            "title: a\nloaders: []",
            "2: loaders: found an empty list, expected at least one value",
            id="no-loader",
        ),
        pytest.param(
            "title: a\nsavers:\n- tf2.6\n- 2.10",
            "4: savers[1]: 2.10 was read as the number 2.1; write '2.10'",
            id="number",
        ),
        pytest.param(
            "title: a\nsavers: '" + "{a,b}" * 12 + "'",
            "2: savers: '" + "{a,b}" * 12 + "' stands for more than 1000 patterns",
            id="braces",
        ),
        pytest.param(
            "title: a\nclaims: it loads",
            "2: claims: found 'it loads', expected a list of claims",
            id="claims",
        ),
        pytest.param("title: a\ntitle: b", "2: title: found this key twice", id="twice"),
        pytest.param("title: 'a", "1:10: not valid YAML", id="no-yaml"),
    ],
)
def test_one_mistake_is_one_line(write_case: WriteCase, yaml: str, expected: str) -> None:
    (told,) = mistakes_of(write_case("wrong", yaml))
    assert told.startswith("cases/wrong/case.yaml:")
    assert told.removeprefix("cases/wrong/case.yaml:").startswith(expected)


def test_all_mistakes_of_a_case_are_reported_together(write_case: WriteCase) -> None:
    folder = write_case("Wrong", "titel: a\nsavers: {}", save=None, load="outputs = '\0'")
    assert mistakes_of(folder) == [
        (
            "cases/Wrong: found the name 'Wrong', expected lower case letters, digits and '.', "
            "'_', '-', '+', beginning with a letter or digit"
        ),
        (
            "cases/Wrong/case.yaml:1: titel: found an unknown key, expected one of claims, "
            "load, loaders, save, savers, source, title, variants; did you mean 'title'"
        ),
        "cases/Wrong/case.yaml:2: savers: found a mapping, expected a value or a list of values",
        (
            "cases/Wrong/save.py: there is no such file, expected case.yaml, save.py and load.py "
            "in the folder of a case"
        ),
        "cases/Wrong/load.py:1: found the control character U+0000, expected text",
    ]


def test_a_script_has_a_limit(write_case: WriteCase) -> None:
    read(write_case("just", save="#" * MAX_SCRIPT))
    assert mistakes_of(write_case("over", save="#" * (MAX_SCRIPT + 1))) == [
        "cases/over/save.py: holds 200001 bytes, expected at most 200000"
    ]


def test_a_script_that_is_not_a_regular_file_does_not_hang(write_case: WriteCase) -> None:
    folder = write_case("pipe", save=None)
    os.mkfifo(folder / "save.py")
    assert mistakes_of(folder) == ["'cases/pipe/save.py' is a pipe, expected a file"]
