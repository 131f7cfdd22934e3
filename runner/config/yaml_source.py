"""Reads YAML as plain nested mappings, lists and scalars that remember their text and line.

Owns what of YAML is allowed: one document, no aliases, anchors, tags, merge keys or repeated keys,
bounded depth and size. Nothing is constructed: whether a scalar fits is for the forms to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from crossload.runner.config.problems import KeyPath, Problems, shortened
from crossload.runner.config.scalars import Kind, Scalar, kind_of

Tree: TypeAlias = "Scalar | list[Tree] | dict[str, Tree]"

MAX_DEPTH = 50
MAX_NODES = 100_000

_STANDARD_TAG = "tag:yaml.org,2002:"


class _StoppedError(Exception):
    """Reading cannot go on; the reason is noted already."""


class _TooDeepError(Exception):
    """Brackets are nested too deep; its argument is the line."""


def parse_yaml(text: str, problems: Problems) -> Tree | None:
    """Parse one YAML document; mistakes and the line of every key path go to `problems`.

    Returns:
        The tree, without the parts that are not allowed; None if there is none to go on with.
    """
    problems.lines[()] = 1
    if _has_tab_indent(text, problems):
        return None
    right, tree = _quickly(text, problems)
    if right:
        return tree
    try:
        return _Builder(_Loader(text), problems).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        what = error.problem or error.context or "it ends too early"
        problems.at(line, (), f"not valid YAML: {_one_line(what)}", column)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        character = f"U+{ord(text[error.position]):04X}"
        problems.at(line, (), f"found the control character {character}, expected text")
    except _TooDeepError as error:
        problems.at(error.args[0], (), f"nested too deep, expected at most {MAX_DEPTH} levels")
    except _StoppedError:
        return None
    except RecursionError:  # no way to it is known: the depth is bounded
        problems.at(1, (), "nested too deep")
    except (ValueError, OverflowError):  # PyYAML: "\UFFFFFFFF" and numbers of 5000 digits
        problems.at(1, (), "not valid YAML: an escape or number is out of range")
    return None


def _quickly(text: str, problems: Problems) -> tuple[bool, Tree | None]:
    """Whether nothing is wrong with the text, and its tree, by the parser in C if there is one.

    Only PyYAML's own parser says what is wrong in words that do not depend on the machine.
    """
    if _READ_DIFFERENTLY.search(text):
        return False, None
    scratch = Problems(problems.shown)
    try:
        tree = _Builder(_QuickLoader(text), scratch).document()
    except (yaml.YAMLError, _StoppedError, _TooDeepError, RecursionError, ValueError):
        return False, None
    if scratch.found:
        return False, None
    problems.lines.update(scratch.lines)
    return True, tree


def _has_tab_indent(text: str, problems: Problems) -> bool:
    tabs = False
    for number, line in enumerate(text.split("\n"), 1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip() and not line.lstrip().startswith("#"):
            problems.at(number, (), "found a tab in the indentation, expected spaces")
            tabs = True
    return tabs


def _one_line(text: str) -> str:
    return shortened(" ".join(text.split()), 200).replace("\\t", "tab")


class _Loader(yaml.SafeLoader):
    """Stops at brackets nested too deep while it looks ahead, which takes it seconds otherwise."""

    def fetch_flow_collection_start(self, token_class: type[yaml.Token]) -> None:
        if self.flow_level > MAX_DEPTH:
            raise _TooDeepError(self.line + 1)
        super().fetch_flow_collection_start(token_class)


# What the two parsers do not agree on.
_READ_DIFFERENTLY = re.compile("[\t\ufeff\x85\u2028\u2029]|[|>]#")
_QuickLoader = getattr(yaml, "CSafeLoader", _Loader)


@dataclass
class _Builder:
    """Turns PyYAML's events into a tree, and refuses as it goes: no part is ever held twice."""

    loader: yaml.SafeLoader
    problems: Problems
    nodes: int = 0

    def document(self) -> Tree | None:
        self._next()  # the start of the stream
        if self.loader.check_event(yaml.StreamEndEvent):
            return None
        self._next()  # the start of the document
        tree = self._node(())
        self._next()  # its end
        if not self.loader.check_event(yaml.StreamEndEvent):
            line = self._line()
            self.problems.at(line, (), "found a second document, expected one")
        return tree

    def _next(self) -> yaml.Event:
        event: yaml.Event = self.loader.get_event()  # type: ignore[no-untyped-call] # PyYAML's stubs
        return event

    def _line(self) -> int:
        """The line, from 1, on which the next event begins."""
        event: yaml.Event = self.loader.peek_event()  # type: ignore[no-untyped-call] # as in _next
        assert event.start_mark is not None  # events of a parser have one
        return int(event.start_mark.line) + 1

    def _node(self, path: KeyPath) -> Tree | None:
        """The node that begins here, None if it is not allowed (and noted)."""
        line = self._line()
        event = self._next()
        self._count(line, path)
        if isinstance(event, yaml.AliasEvent):
            text = f"found the alias '*{event.anchor}', expected the value itself"
            self.problems.at(line, path, text)
            return None
        assert isinstance(event, yaml.NodeEvent)  # the callers checked for the ends
        allowed = self._undecorated(event, line, path)
        tree: Tree
        if isinstance(event, yaml.ScalarEvent):
            tree = self._scalar(event, line, path)
        elif isinstance(event, yaml.SequenceStartEvent):
            tree = self._list(path)
        else:
            tree = self._mapping(path)
        return tree if allowed else None

    def _count(self, line: int, path: KeyPath) -> None:
        self.nodes += 1
        if len(path) > MAX_DEPTH:
            self.problems.at(line, (), f"nested too deep, expected at most {MAX_DEPTH} levels")
            raise _StoppedError
        if self.nodes > MAX_NODES:
            self.problems.at(line, (), f"found more than {MAX_NODES} values, expected fewer")
            raise _StoppedError

    def _undecorated(self, event: yaml.NodeEvent, line: int, path: KeyPath) -> bool:
        """Note an anchor or a tag; False for a tag, whose value means something else."""
        if event.anchor is not None:
            text = f"found the anchor '&{event.anchor}', expected a plain value"
            self.problems.at(line, path, text)
        tag = getattr(event, "tag", None)
        if tag is None:
            return True
        short = f"!!{tag[len(_STANDARD_TAG) :]}" if tag.startswith(_STANDARD_TAG) else tag
        text = f"found the tag {shortened(short)!r}, expected a plain value"
        self.problems.at(line, path, text)
        return False

    def _scalar(self, event: yaml.ScalarEvent, line: int, path: KeyPath) -> Scalar:
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            self.problems.at(line, path, "found half a character (a lone surrogate), expected text")
        if "\0" in event.value:
            self.problems.at(line, path, "found the control character U+0000, expected text")
        tag: str = self.loader.resolve(  # type: ignore[no-untyped-call] # as in _next
            yaml.ScalarNode, event.value, event.implicit
        )
        return Scalar(event.value, kind_of(tag), quoted=bool(event.style))

    def _list(self, path: KeyPath) -> list[Tree]:
        items: list[Tree] = []
        while not self.loader.check_event(yaml.SequenceEndEvent):
            inner = (*path, len(items))
            self.problems.lines[inner] = self._line()
            item = self._node(inner)
            if item is not None:
                items.append(item)
        self._next()
        return items

    def _mapping(self, path: KeyPath) -> dict[str, Tree]:
        entries: dict[str, Tree] = {}
        first_lines: dict[str, int] = {}
        while not self.loader.check_event(yaml.MappingEndEvent):
            line = self._line()
            key = self._key(path, line)
            if key is None:
                self._skip(path)
                continue
            inner = (*path, key)
            if key in first_lines:
                text = (
                    f"found this key twice, on lines {first_lines[key]} and {line}, expected once"
                )
                self.problems.at(line, inner, text)
                self._skip(path)
                continue
            first_lines[key] = self.problems.lines[inner] = line
            value = self._node(inner)
            if value is not None:
                entries[key] = value
        self._next()
        return entries

    def _key(self, path: KeyPath, line: int) -> str | None:
        plain = self.loader.check_event(yaml.ScalarEvent)
        key = self._node(path)
        if isinstance(key, Scalar):
            if key.text == "<<" and not key.quoted:
                text = "found the merge key '<<', expected the keys themselves"
                self.problems.at(line, path, text)
                return None
            return key.text
        if not plain and key is not None:
            self.problems.at(line, path, "found a list or a mapping as a key, expected a name")
        return None

    def _skip(self, path: KeyPath) -> None:
        """Read over a value, noting what is wrong inside it."""
        self._node((*path, "?"))


def is_nothing(tree: Tree | None) -> bool:
    """Whether a value is absent or YAML's null."""
    return tree is None or (isinstance(tree, Scalar) and tree.kind is Kind.NOTHING)
