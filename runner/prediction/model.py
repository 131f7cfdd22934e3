"""The values of a prediction: its words, its reasons.

Owns shapes alone; what follows from what is in the modules beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossload.runner.words import Strategy, Word


class Outcome(Word):
    """What plain loading is predicted to do; `unknown` where a file alone cannot tell."""

    LOADS = "loads"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Rule(Word):
    """Every kind of reason that there is."""

    DAMAGED = "damaged"
    CONTAINER = "container-not-read"
    NEEDS_CODE = "needs-code"
    CUSTOM = "custom-object"
    CLASS = "class-unknown"
    MODULE = "module-unknown"
    KEY = "key-refused"
    VALUE = "value-refused"
    BYTE_CODE = "byte-code"
    KNOWN = "known-behaviour"


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way of loading.

    `cause` is an id of the catalogue where one fits. `subject` is the class, function or file that
    it is about, `key` a key of its configuration, `where` the place inside the file. `avoided_by`
    are the strategies that get around it, `evidence` the words in which the environment refused
    something like it when the atlas was made.
    """

    rule: Rule
    sentence: str
    cause: str | None = None
    subject: str = ""
    key: str = ""
    where: str = ""
    avoided_by: tuple[Strategy, ...] = ()
    evidence: str = ""

    def as_json(self) -> dict[str, Any]:
        """The reason as JSON."""
        return {
            "rule": str(self.rule),
            "sentence": self.sentence,
            "cause": self.cause,
            "subject": self.subject,
            "key": self.key,
            "where": self.where,
            "avoided_by": [str(one) for one in self.avoided_by],
            "evidence": self.evidence,
        }


@dataclass(frozen=True)
class Prediction:
    """What one environment is expected to make of a file, the first reason first."""

    environment: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()

    @property
    def avoided_by(self) -> tuple[Strategy, ...]:
        """Strategies that get around every reason."""
        if self.outcome is not Outcome.FAILS:
            return ()
        return tuple(
            one for one in Strategy if all(one in reason.avoided_by for reason in self.reasons)
        )

    def as_json(self) -> dict[str, Any]:
        """The prediction as JSON."""
        return {
            "environment": self.environment,
            "outcome": str(self.outcome),
            "avoided_by": [str(one) for one in self.avoided_by],
            "reasons": [one.as_json() for one in self.reasons],
        }
