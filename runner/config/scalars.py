"""A single value of a YAML file, with the text that stands in the file.

Owns how YAML reads it (`2.10` is the number 2.1) and the words for that; not what it should be.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

import yaml

from crossload.runner.config.problems import shortened


class Kind(Enum):
    """What YAML takes a value for."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    TRUTH = "truth"
    DATE = "date"
    NOTHING = "nothing"


_TAGS = {
    "tag:yaml.org,2002:int": Kind.INTEGER,
    "tag:yaml.org,2002:float": Kind.FLOAT,
    "tag:yaml.org,2002:bool": Kind.TRUTH,
    "tag:yaml.org,2002:timestamp": Kind.DATE,
    "tag:yaml.org,2002:null": Kind.NOTHING,
}


def kind_of(tag: str) -> Kind:
    """The kind for a tag that PyYAML's resolver gave."""
    return _TAGS.get(tag, Kind.TEXT)


@dataclass(frozen=True)
class Scalar:
    """The original text (without quotes), what YAML takes it for, and whether it was quoted."""

    text: str
    kind: Kind
    quoted: bool = False

    @property
    def meaning(self) -> str:
        """What YAML makes of it, e.g. `the number 2.1`."""
        if self.kind is Kind.TEXT:
            return "text"
        if self.kind is Kind.NOTHING:
            return "nothing"
        return _meaning(self.text, self.kind)


def found(value: object) -> str:
    """How a message calls a value of the file, after the word `found`."""
    if isinstance(value, Scalar):
        if value.kind is Kind.NOTHING:
            return "nothing"
        if value.kind is Kind.TEXT:
            return repr(shortened(value.text))
        return f"{shortened(value.text)} (read as {value.meaning})"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return shortened(repr(value))


def _meaning(text: str, kind: Kind) -> str:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, OverflowError):  # a month 13; 5000 digits
        return "a date" if kind is Kind.DATE else "a number"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, dt.date):
        return f"the date {value}"
    return f"the number {value}"
