"""Additions to YAML texts: in their place, and nothing else changed."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.releases.edits import EditError, Entry, Item, add

ROW = Entry(("environments",), "tf2.22", {"tensorflow": "2.22.0"}, flow=True)
WORDS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
COMMENTS = st.from_regex(r"[a-z ,:#]{0,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "environments:\n  a: {x: y}  # why\n\n# next\nprofiles: {}\n",
            '  a: {x: y}  # why\n  tf2.22: {tensorflow: "2.22.0"}\n\n# next\n',
        ),
        ("environments: {a: {x: y}}\n", '{a: {x: y}, tf2.22: {tensorflow: "2.22.0"}}\n'),
        ("environments: {}\n", 'environments: {tf2.22: {tensorflow: "2.22.0"}}\n'),
        ("environments:  # none\nlimits: {}\n", '# none\n  tf2.22: {tensorflow: "2.22.0"}\nlimits'),
        ("a: 1", 'a: 1\nenvironments:\n  tf2.22: {tensorflow: "2.22.0"}\n'),
        ("", 'environments:\n  tf2.22: {tensorflow: "2.22.0"}\n'),
        ("environments:\n    a:\n        b:\n", '        b:\n    tf2.22: {tensorflow: "2.22.0"}\n'),
        ("environments:\r\n  a: {x: y}\r\n", '\r\n  tf2.22: {tensorflow: "2.22.0"}\r\n'),
    ],
)
def test_an_entry_comes_last_in_its_mapping(before: str, after: str) -> None:
    assert after in add(before, ROW)


def test_versions_come_in_order() -> None:
    text = 'r:\n  "2.9": a\n  "2.11": b  # eleven\n'
    assert (
        add(text, Entry(("r",), "2.10", "c"))
        == 'r:\n  "2.9": a\n  "2.10": c\n  "2.11": b  # eleven\n'
    )
    assert add(text, Entry(("r",), "1.0", "c")).startswith('r:\n  "1.0": c\n  "2.9"')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('v: ["2.9", "2.11"]\n', 'v: ["2.9", "2.10", "2.11"]\n'),
        ('v: ["2.11",\n    "2.12"]\n', 'v: ["2.10", "2.11",\n    "2.12"]\n'),
        ('v: ["2.8", "2.9",]  # all\n', 'v: ["2.8", "2.9", "2.10",]  # all\n'),
        ('v:\n- "2.9"  # old\n- "2.11"\n', 'v:\n- "2.9"  # old\n- "2.10"\n- "2.11"\n'),
    ],
)
def test_an_item_goes_to_its_place(before: str, after: str) -> None:
    assert add(before, Item(("v",), "2.10")) == after


def test_a_long_list_goes_on_in_the_next_line() -> None:
    numbers = ", ".join(['"1.0"'] * 14)
    text = f"v: [{numbers}]\n"
    assert add(text, Item(("v",), "2.10")).endswith(',\n    "2.10"]\n')


@pytest.mark.parametrize("text", ["v: 1\n", "v: []\n", "w: []\n", ""])
def test_without_a_list_there_is_no_place(text: str) -> None:
    with pytest.raises(EditError, match="'v' is not a list"):
        add(text, Item(("v",), "2.10"))


def test_no_mapping_is_no_place() -> None:
    with pytest.raises(EditError, match="'environments' is not a mapping"):
        add("environments: [a]\n", ROW)


@given(st.dictionaries(WORDS, st.tuples(WORDS, COMMENTS), min_size=1), st.booleans())
def test_everything_else_stays(
    rows: dict[str, tuple[str, str]],
    at_end: bool,  # noqa: FBT001  (drawn)
) -> None:
    lines = [
        line for key, (word, note) in rows.items() for line in (f"  # {note}", f'  {key}: "{word}"')
    ]
    text = (
        "\n".join(["environments:", *lines, *(() if at_end else ("# end", 'limits: "x"'))]) + "\n"
    )
    new = add(text, ROW)
    added = [line for line in new.splitlines() if line not in text.splitlines()]
    assert added == ['  tf2.22: {tensorflow: "2.22.0"}']
    assert "".join(f"{line}\n" for line in new.splitlines() if line not in added) == text
    expected = yaml.safe_load(text)
    expected["environments"]["tf2.22"] = {"tensorflow": "2.22.0"}
    assert yaml.safe_load(new) == expected
