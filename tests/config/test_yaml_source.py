"""What of YAML is refused, each in one line that names the place."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.config import yaml_source
from crossload.runner.config.problems import Problems
from crossload.runner.config.scalars import Kind, Scalar
from crossload.runner.config.yaml_source import MAX_NODES, Tree, parse_yaml


def parse(text: str) -> tuple[Tree | None, list[str]]:
    problems = Problems("m.yaml")
    tree = parse_yaml(text, problems)
    return tree, [problem.told("m.yaml") for problem in sorted(problems.found)]


def test_scalars_keep_their_text() -> None:
    assert parse("a: 2.10")[0] == {"a": Scalar("2.10", Kind.FLOAT)}


def test_quoted_scalars_are_text() -> None:
    assert parse("a: '2.10'")[0] == {"a": Scalar("2.10", Kind.TEXT, quoted=True)}


def test_keys_keep_their_text() -> None:
    tree, _ = parse("on: x\n2.10: y")
    assert isinstance(tree, dict)
    assert list(tree) == ["on", "2.10"]


def test_lines_of_key_paths_are_known() -> None:
    problems = Problems("m.yaml")
    parse_yaml("a:\n  b:\n    - x\n    - y\n", problems)
    assert problems.lines == {(): 1, ("a",): 1, ("a", "b"): 2, ("a", "b", 0): 3, ("a", "b", 1): 4}


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_line_endings_do_not_matter(ending: str) -> None:
    tree, told = parse(ending.join(["a:", "  b: x", "c: y", ""]))
    assert tree == {"a": {"b": Scalar("x", Kind.TEXT)}, "c": Scalar("y", Kind.TEXT)}
    assert told == []


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_text_is_not_a_tree(text: str) -> None:
    assert parse(text) == (None, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "a: &x 1\nb: *x",
            [
                "m.yaml:1: a: found the anchor '&x', expected a plain value",
                "m.yaml:2: b: found the alias '*x', expected the value itself",
            ],
            id="alias",
        ),
        pytest.param(
            "a: &a [*a]",
            [
                "m.yaml:1: a: found the anchor '&a', expected a plain value",
                "m.yaml:1: a[0]: found the alias '*a', expected the value itself",
            ],
            id="cycle",
        ),
        pytest.param(
            "a: 1\nb: 2\n\na: 3",
            ["m.yaml:4: a: found this key twice, on lines 1 and 4, expected once"],
            id="repeated-key",
        ),
        pytest.param(
            "a: !!python/object/apply:os.system [ls]",
            [
                (
                    "m.yaml:1: a: found the tag '!!python/object/apply:os.system', "
                    "expected a plain value"
                )
            ],
            id="python-tag",
        ),
        pytest.param(
            "a: !own x", ["m.yaml:1: a: found the tag '!own', expected a plain value"], id="tag"
        ),
        pytest.param(
            "a:\n  <<: {b: c}",
            ["m.yaml:2: a: found the merge key '<<', expected the keys themselves"],
            id="merge",
        ),
        pytest.param(
            "? [a]\n: b",
            ["m.yaml:1: found a list or a mapping as a key, expected a name"],
            id="list-as-key",
        ),
        pytest.param(
            "a:\n\tb: c",
            ["m.yaml:2: found a tab in the indentation, expected spaces"],
            id="tab",
        ),
        pytest.param(
            "a: b\nc: \0",
            ["m.yaml:2: found the control character U+0000, expected text"],
            id="nul",
        ),
        pytest.param(
            'a: "\\0"',
            ["m.yaml:1: a: found the control character U+0000, expected text"],
            id="escaped-nul",
        ),
        pytest.param(
            'a: "\\ud800"',
            ["m.yaml:1: a: found half a character (a lone surrogate), expected text"],
            id="surrogate",
        ),
        pytest.param(
            'a: "\\UFFFFFFFF"',
            ["m.yaml:1: not valid YAML: an escape or number is out of range"],
            id="escape-out-of-range",
        ),
        pytest.param(
            "a: b\n---\nc: d",
            ["m.yaml:2: found a second document, expected one"],
            id="second-document",
        ),
        pytest.param(
            "a: b\nc: d: e",
            ["m.yaml:2:5: not valid YAML: mapping values are not allowed here"],
            id="syntax",
        ),
        pytest.param(
            "[" * 5000, ["m.yaml:1: nested too deep, expected at most 50 levels"], id="deep"
        ),
        pytest.param(
            "a: [" + "1," * (MAX_NODES + 1) + "]",
            [f"m.yaml:1: found more than {MAX_NODES} values, expected fewer"],
            id="nodes",
        ),
    ],
)
def test_refused_with_one_clear_line(text: str, expected: list[str]) -> None:
    assert parse(text)[1] == expected


def test_fifty_levels_are_allowed() -> None:
    assert parse("[" * 50 + "]" * 50)[1] == []


def _laughs() -> str:
    lines = ["a0: &a0 lol"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "hostile",
    [_laughs, lambda: "{" * 300_000, lambda: "- " * 300_000, lambda: "a: [" * 100_000],
    ids=["billion-laughs", "braces", "dashes", "brackets"],
)
def test_hostile_text_is_refused_within_a_second(hostile: Callable[[], str]) -> None:
    start = time.process_time()
    assert parse(hostile())[1]
    assert time.process_time() - start < 1


PIECES = st.sampled_from(
    [
        *"ab1:-,[]{}'\"#&*!|>%@? \n\t\r",
        *("a: ", "b: ", "- ", "\n  ", "---\n", "|#", "é", "\ufeff", "\x85"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_quick_parser_reads_what_the_exact_one_reads(text: str) -> None:
    quick, exact = Problems("f"), Problems("f")
    tree = parse_yaml(text, quick)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_source, "_quickly", lambda *_: (False, None))
        assert parse_yaml(text, exact) == tree
    assert (quick.found, quick.lines) == (exact.found, exact.lines)
