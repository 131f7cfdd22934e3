"""Causes for an error alone: a message or a traceback, without a file, a run or versions.

Owns the reading of such a text and the order of what fits. Nothing but the text is known, so what
else a pattern asks for (versions, the format) is returned as what decides between the causes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from crossload.runner.causes.conditions import conditions_of
from crossload.runner.causes.form import CauseForm, Pattern, RemedyForm
from crossload.runner.causes.loading import Catalogue
from crossload.runner.causes.recognition import cause_of, names_fit
from crossload.runner.causes.values import Cause, Step
from crossload.runner.causes.wording import cell_names

# Exceptions of the probes, which no user of a framework meets.
OWN_TYPES = frozenset({"OwnCodeFails", "NoSignature"})
_RAISED = re.compile(
    r"^(?:[a-z_]\w*\.)*(?P<type>[A-Z]\w*|[a-z]\w*\.error): (?P<message>.*)", re.DOTALL
)
_FRAME = re.compile(r"^(Traceback \(most recent call last\):|  File \")", re.MULTILINE)
_LONGEST = 200_000  # characters; of a longer text the end counts


@dataclass(frozen=True)
class ErrorText:
    """An error as a user has it: the type where the text names one, the message, the whole."""

    type: str
    message: str
    whole: str

    @cached_property
    def is_traceback(self) -> bool:
        """Whether the text has more than the message, so that a missing frame says something."""
        return _FRAME.search(self.whole) is not None

    @cached_property
    def is_of_loading(self) -> bool:
        """Whether the frames show that a model was being loaded."""
        return re.search(r"\bin load_(model|weights)\b", self.whole) is not None

    def text(self, name: str) -> str | None:
        """What a pattern's field is searched in; None where the text says nothing of it."""
        if name == "type":
            return self.type or None
        return self.message if name in {"message", "output", "warning"} else self.whole


@dataclass(frozen=True)
class Fit:
    """A cause that fits an error, what must be true for it besides, and what to do."""

    cause: Cause
    decides: str  # in words; empty where the text alone is enough
    remedies: tuple[RemedyForm, ...]


def read_error(text: str) -> ErrorText:
    """Read a traceback (of several, the last) or a message, with or without its type."""
    whole = text.replace("\r\n", "\n").strip()[-_LONGEST:]
    last = ""
    if _FRAME.search(whole):
        lines = whole.split("\n")
        starts = [at for at, line in enumerate(lines) if _RAISED.match(line)]
        frames = [at for at, line in enumerate(lines) if line.startswith("  ")]
        after = [at for at in starts if not frames or at > frames[-1]] or starts[-1:]
        last = "\n".join(lines[after[0] :]) if after else ""
    raised = _RAISED.match(last or whole)
    if raised is None:
        return ErrorText("", whole, whole)
    # The rest of a traceback belongs to the message: its cause may stand further up.
    message = raised["message"] if not last else f"{raised['message']}\n{whole}"
    return ErrorText(raised["type"].rpartition(".")[2], message, whole)


def causes_of_error(catalogue: Catalogue, text: str) -> tuple[Fit, ...]:
    """The causes that fit a text, the most likely first; empty where none does."""
    error = read_error(text)
    found: dict[str, tuple[tuple[int, int], Fit]] = {}
    for rank, entry in enumerate(catalogue.causes):
        fits = sorted(_fits(catalogue, entry, error), key=lambda one: one[0])
        if fits:
            conditions, fit = fits[0]
            found[entry.id] = ((-entry.priority + conditions, rank), fit)
    return tuple(fit for _, fit in sorted(found.values(), key=lambda one: one[0]))


def _fits(catalogue: Catalogue, entry: CauseForm, error: ErrorText) -> Iterator[tuple[int, Fit]]:
    for pattern in entry.when:
        groups = match_text(pattern, error)
        if groups is not None:
            cause = cause_of(entry, groups, cell_names(None, None, None))
            words = conditions_of(pattern)
            yield len(words), Fit(cause, " and ".join(words), catalogue.remedies_of(entry))


def match_text(pattern: Pattern, error: ErrorText) -> Mapping[str, str | None] | None:
    """The groups of a match of everything that a pattern searches in an error; else None."""
    texts = {name: one for name, one in pattern.texts.items() if name not in {"holds", "ended"}}
    saving = pattern.step is Step.SAVE and error.is_of_loading
    if set(texts) <= {"type"} or pattern.details or saving:
        return None
    groups: dict[str, str | None] = {}
    matched = False
    for name, expression in texts.items():
        text = error.text(name)
        if text is None or (name == "traceback" and not error.is_traceback):
            continue  # what the text does not have, it does not contradict
        found = re.search(expression, text, re.DOTALL)
        if found is None:
            return None
        matched = matched or name != "type"
        groups |= found.groupdict()
    return groups if matched and names_fit(pattern, groups) else None
