"""Adds entries to the text of a YAML file and leaves every other character as it was.

Owns where an entry goes and how it is indented; not what it means. The caller that adds one parses
the new text and compares: a place that is found wrongly must never be written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import yaml
from packaging.version import Version

from crossload.runner.versions import is_version

Value: TypeAlias = "str | int | list[str] | dict[str, Value]"

_WIDTH = 100  # columns after which a list goes on in the next line
_STEP = 2


class EditError(Exception):
    """The text is written in a way to which nothing can be added safely; says which."""


@dataclass(frozen=True)
class Entry:
    """A key and its value, to be added to the mapping at `path`; `flow` writes it on one line."""

    path: tuple[str, ...]
    key: str
    value: Value
    flow: bool = False


@dataclass(frozen=True)
class Item:
    """A version, to be added to the list at `path`, among its versions in order."""

    path: tuple[str, ...]
    value: str


def add(text: str, addition: Entry | Item) -> str:
    """The text with one addition.

    Raises:
        EditError: there is no place for it.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(addition, Item):
        return _add_item(text, _walk(root, addition.path), addition, newline)
    return _add_entry(text, root, addition, newline)


def _walk(root: yaml.Node | None, path: Sequence[str]) -> yaml.Node | None:
    node = root
    for key in path:
        node = _children(node).get(key) if isinstance(node, yaml.MappingNode) else None
    return node


def _children(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value}


def _add_entry(text: str, root: yaml.Node | None, entry: Entry, newline: str) -> str:
    path, key, value = entry.path, entry.key, entry.value
    node = _walk(root, path)
    while path and (node is None or _is_blank(node)):  # what is not there yet is written with it
        blank = node
        path, key, value = path[:-1], path[-1], {key: value}
        node = _walk(root, path)
        if blank is not None:
            return _fill_blank(text, root, (*path, key), value, entry, newline)
    if node is None or (not path and _is_blank(node)):
        return _append(text, _lines(key, value, 0, entry), newline)
    if not isinstance(node, yaml.MappingNode):
        raise EditError(f"'{'.'.join(path)}' is not a mapping")
    if node.flow_style:
        return _into_flow(text, node, f"{_scalar(key)}: {_flow(value)}")
    indent = node.value[0][0].start_mark.column
    return _into_block(text, node, key, _lines(key, value, indent, entry), newline)


def _is_blank(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value == "" and node.style is None


def _fill_blank(
    text: str,
    root: yaml.Node | None,
    path: tuple[str, ...],
    value: Value,
    entry: Entry,
    newline: str,
) -> str:
    """Write a mapping under a key that has nothing behind it."""
    parent = _walk(root, path[:-1])
    assert isinstance(parent, yaml.MappingNode)
    if parent.flow_style or not isinstance(value, dict):
        raise EditError(f"'{'.'.join(path)}' has no value")
    key = next(key for key, _ in parent.value if key.value == path[-1])
    inner = [
        line
        for name, each in value.items()
        for line in _lines(name, each, key.start_mark.column + _STEP, entry)
    ]
    return _insert_lines(text, _line_end(text, key.end_mark.index), inner, newline)


def _into_block(
    text: str, node: yaml.MappingNode, key: str, lines: Sequence[str], newline: str
) -> str:
    position = _place(key, [each.value for each, _ in node.value])
    if position == 0:
        first = node.value[0][0].start_mark
        return _insert_lines(text, first.index - first.column, lines, newline)
    before_key, before = node.value[position - 1]
    end = _end(before) if not _is_blank(before) else before_key.end_mark.index
    return _insert_lines(text, _line_end(text, end), lines, newline)


def _insert_lines(text: str, at: int, lines: Sequence[str], newline: str) -> str:
    """The lines, at the beginning of a line or at the end of the text."""
    head = text[:at]
    if head and not head.endswith("\n"):
        head += newline
    return head + "".join(f"{line}{newline}" for line in lines) + text[at:]


def _append(text: str, lines: Sequence[str], newline: str) -> str:
    return _insert_lines(text, len(text), lines, newline)


def _line_end(text: str, index: int) -> int:
    """Where the line after the one with this index begins; a comment behind a value stays there."""
    if index and text[index - 1] == "\n":
        return index  # the end of a text over several lines
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _end(node: yaml.Node) -> int:
    """Where a node's own text ends; a block's own mark is behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, value = last if isinstance(last, tuple) else (last, last)
        return int(key.end_mark.index) if _is_blank(value) else _end(value)
    return int(node.end_mark.index)


def _into_flow(text: str, node: yaml.CollectionNode, addition: str) -> str:
    """Behind the last part of what stands in brackets."""
    if not node.value:
        at = node.start_mark.index + 1
        return text[:at] + addition + text[at:]
    last = node.value[-1]
    at = _end(last[1] if isinstance(last, tuple) else last)
    return f"{text[:at]}, {addition}{text[at:]}"


def _add_item(text: str, node: yaml.Node | None, item: Item, newline: str) -> str:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise EditError(f"'{'.'.join(item.path)}' is not a list with values")
    position = _place(item.value, [each.value for each in node.value])
    if not node.flow_style:
        return _into_block_list(text, node, position, item, newline)
    if position == 0:
        at = node.value[0].start_mark.index
        return f"{text[:at]}{_scalar(item.value)}, {text[at:]}"
    at = _end(node.value[position - 1])
    added = f", {_scalar(item.value)}"
    start = text.rfind("\n", 0, at) + 1
    if at - start + len(added) + 1 > _WIDTH:
        added = f",{newline}{' ' * node.value[0].start_mark.column}{_scalar(item.value)}"
    return text[:at] + added + text[at:]


def _into_block_list(
    text: str, node: yaml.SequenceNode, position: int, item: Item, newline: str
) -> str:
    column = node.start_mark.column
    line = f"{' ' * column}- {_scalar(item.value)}"
    if position == 0:
        return _insert_lines(text, node.start_mark.index - column, [line], newline)
    at = _line_end(text, _end(node.value[position - 1]))
    return _insert_lines(text, at, [line], newline)


def _place(new: str, known: Sequence[object]) -> int:
    """Behind the last smaller version; at the end where not all are versions."""
    if not all(is_version(str(each)) for each in (new, *known)):
        return len(known)
    smaller = [at for at, each in enumerate(known) if Version(str(each)) < Version(new)]
    return smaller[-1] + 1 if smaller else 0


def _lines(key: str, value: Value, indent: int, entry: Entry) -> list[str]:
    """An entry as lines of block style; with `flow`, its own value stays on one."""
    start = f"{' ' * indent}{_scalar(key)}:"
    if isinstance(value, dict) and not (entry.flow and key == entry.key):
        inner = (
            line
            for name, each in value.items()
            for line in _lines(name, each, indent + _STEP, entry)
        )
        return [start, *inner]
    return [f"{start} {_flow(value)}"]


def _flow(value: Value) -> str:
    if isinstance(value, dict):
        parts = (f"{_scalar(key)}: {_flow(each)}" for key, each in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    return str(value) if isinstance(value, int) else _scalar(value)


def _scalar(text: str) -> str:
    """A word as it is; what YAML could take for something else in quotes."""
    plain = text.replace("-", "").replace("_", "").replace(".", "").isalnum()
    is_word = plain and text[0].isalpha() and text[-1] != "."
    try:
        means_itself = is_word and yaml.safe_load(text) == text
    except yaml.YAMLError:
        means_itself = False
    return text if means_itself else json.dumps(text)
