"""The policy file: findings that are known and accepted, until when, and why.

Owns what it may contain and how its mistakes are reported. `runner.gate.gating` applies its entries
to findings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from crossload.runner.config.exclusion import EXPECTED, Exclusion, read_exclusion
from crossload.runner.config.fields import fault, read_word, text_of
from crossload.runner.config.files import read_text
from crossload.runner.config.model import Form
from crossload.runner.config.problems import KeyPath, Problems, shown_path
from crossload.runner.config.reading import Reader
from crossload.runner.config.scalars import Kind, Scalar, found
from crossload.runner.config.yaml_source import Tree, is_nothing, parse_yaml
from crossload.runner.errors import ConfigurationError
from crossload.runner.records import Cell
from crossload.runner.words import Verdict

POLICY_NAME = "crossload-policy.yaml"
ACCEPTABLE = tuple(one for one in Verdict if one.is_measured and one is not Verdict.SAME)
_SECTION = "accepted"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_A_DAY = "a day such as 2027-03-31"
_REQUIRED = ("cell", "verdict", "reason")


@dataclass(frozen=True)
class PolicyEntry:
    """One accepted finding, or several.

    `verdict` is the worst that is accepted. `expires` is the first day on which it no longer is.
    `line` is where the entry begins in its file.
    """

    cell: str
    patterns: tuple[Exclusion, ...]
    verdict: Verdict
    reason: str
    link: str = ""
    expires: date | None = None
    line: int = 1

    def is_for(self, saver: Sequence[str], loader: Sequence[str]) -> bool:
        """Whether it is about this pair, each given by its names."""
        return any(one.takes_saver(*saver) and one.takes_loader(*loader) for one in self.patterns)

    def takes(self, cell: Cell, saver: Sequence[str], loader: Sequence[str]) -> bool:
        """Whether it is about this cell, whose environments have these names."""
        file = f"{cell.model}.{cell.format}"
        return any(
            one.takes_file(file) and one.takes_saver(*saver) and one.takes_loader(*loader)
            for one in self.patterns
        )

    def has_expired(self, today: date) -> bool:
        return self.expires is not None and self.expires <= today


@dataclass(frozen=True)
class Policy:
    """A policy once it was read; `shown` is what messages call its file, empty without one."""

    entries: tuple[PolicyEntry, ...] = ()
    shown: str = ""

    def place(self, entry: PolicyEntry) -> str:
        """Where an entry stands: `crossload-policy.yaml:12`."""
        return f"{self.shown}:{entry.line}" if self.shown else ""


def load_policy(given: Path | None, matrix: Path) -> Policy:
    """The policy of this file, or of the one beside the matrix if there is one.

    Raises:
        ConfigurationError: it cannot be read, or one line for each of its mistakes.
    """
    path = given or matrix.absolute().parent / POLICY_NAME
    if given is None and not path.exists():
        return Policy()
    if not path.exists():
        raise ConfigurationError(
            f"there is no policy file {shown_path(path)!r}",
            "give the path of a file with --policy, or leave it out",
        )
    return parse_policy(read_text(path), shown_path(path))


def parse_policy(text: str, shown: str) -> Policy:
    """Read the text of a policy; `shown` is what messages call the file.

    Raises:
        ConfigurationError: one line for each mistake.
    """
    problems = Problems(shown)
    tree = parse_yaml(text, problems)
    entries: list[PolicyEntry] = []
    if tree is None or is_nothing(tree):
        if not problems.found:
            problems.add((), f"found nothing, expected a list {_SECTION!r}")
    else:
        Reader(problems, ()).read(PolicyForm, (), tree)
        entries = _read_entries(tree, problems)
    problems.raise_any(
        f"an entry of {_SECTION!r} has 'cell', 'verdict', 'reason' and may have 'link' and "
        "'expires'"
    )
    return Policy(tuple(entries), shown)


def _read_entries(tree: Tree, problems: Problems) -> list[PolicyEntry]:
    """Those entries that are right; a mistake elsewhere in the file hides no mistake in them."""
    nodes = tree.get(_SECTION) if isinstance(tree, dict) else None
    entries = []
    for position, node in enumerate(nodes if isinstance(nodes, list) else ()):
        path: KeyPath = (_SECTION, position)
        form = Reader(problems, ()).read(EntryForm, path, node)
        if not isinstance(node, dict):
            continue
        missing = [key for key in _REQUIRED if is_nothing(node.get(key))]
        for key in missing:
            problems.add(path, f"found no {key!r}, expected {_EXPECTED[key]}")
        if form is None or missing:
            continue
        assert form.verdict is not None  # it is not among the missing
        entries.append(
            PolicyEntry(
                cell=form.cell,
                patterns=read_exclusion(form.cell) or (),
                verdict=form.verdict,
                reason=form.reason,
                link=form.link,
                expires=form.expires,
                line=problems.line(path),
            )
        )
    return entries


_EXPECTED = {
    "cell": f"a pattern {EXPECTED}",
    "verdict": "the worst verdict that is accepted",
    "reason": "why it is accepted",
}


def _read_cell(value: object) -> str:
    pattern = text_of(value, _EXPECTED["cell"], bool)
    if read_exclusion(pattern) is None:
        raise fault(f"found {found(value)}, expected {_EXPECTED['cell']}")
    return pattern


def _read_verdict(value: object) -> Verdict:
    return read_word(value, Verdict, ACCEPTABLE)


def _read_reason(value: object) -> str:
    reason = text_of(value, "why it is accepted, in words", lambda text: bool(text.strip()))
    return " ".join(reason.split())


def _read_link(value: object) -> str:
    return text_of(
        value,
        "an address that begins with https:// or http://",
        lambda text: bool(re.fullmatch(r"https?://\S+", text)),
    )


def _read_day(value: object) -> date:
    """A day, with quotes or without: YAML and everybody else mean the same by it."""
    text = value.text if isinstance(value, Scalar) else value
    is_number = isinstance(value, Scalar) and value.kind not in {Kind.DATE, Kind.TEXT}
    if isinstance(text, str) and _DAY.fullmatch(text) and not is_number:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise fault(f"found {text!r}, which is not a calendar day") from None
    raise fault(f"found {found(value)}, expected {_A_DAY}")


def _read_list(value: object) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise fault(f"found {found(value)}, expected a list of entries")
    return tuple(value)


class EntryForm(Form):
    """One entry, as the file has it; what is required is looked for afterwards."""

    cell: Annotated[str, BeforeValidator(_read_cell)] = Field(
        default="", description=f"Which cells: {EXPECTED}, with names or ids of environments."
    )
    verdict: Annotated[Verdict, BeforeValidator(_read_verdict)] | None = Field(
        default=None, description="The worst verdict that is accepted there."
    )
    reason: Annotated[str, BeforeValidator(_read_reason)] = Field(
        default="", description="Why, in words; every output shows it."
    )
    link: Annotated[str, BeforeValidator(_read_link)] = Field(
        default="", description="An address with more about it."
    )
    expires: Annotated[date, BeforeValidator(_read_day)] | None = Field(
        default=None, description="The first day on which it no longer counts."
    )


class PolicyForm(Form):
    """The whole file."""

    accepted: Annotated[tuple[Any, ...], BeforeValidator(_read_list)] = Field(
        default=(), description="The findings that are known and accepted."
    )
