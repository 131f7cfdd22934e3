"""Causes for an error alone: a message or a traceback, without a file, a run or versions.

Owns the reading of such a text, which people paste with broken lines, quotes and fences, and the
order of what fits. Nothing but the text is known, so what else a pattern asks for (versions, the
format) is returned as what decides between the causes; a cause that the text alone is enough for
comes before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from crossload.runner.causes.conditions import conditions_of
from crossload.runner.causes.expressions import compiled
from crossload.runner.causes.form import CauseForm, Pattern, RemedyForm
from crossload.runner.causes.loading import Catalogue
from crossload.runner.causes.recognition import cause_of, names_fit
from crossload.runner.causes.values import Cause, Step
from crossload.runner.causes.wording import cell_names

# A line with an exception of the usual name, in a text without frames that are known as such.
_NAMED = re.compile(r"^\s*(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Interrupt): ")
# Exceptions of the probes, which no user of a framework meets.
OWN_TYPES = frozenset({"OwnCodeFails", "NoSignature"})
_RAISED = re.compile(
    r"^(?:[a-z_]\w*\.)*(?P<type>[A-Z]\w*|[a-z]\w*\.error): (?P<message>.*)", re.DOTALL
)
# A text that begins in the middle of a traceback has lost the indentation of its first line.
_FRAME = re.compile(r"^(Traceback \(most recent call last\):|  File \")|\AFile \"", re.MULTILINE)
_LONGEST = 200_000  # characters; of a longer text the end counts
_LONGEST_JOINED = 20_000
_PASTED = re.compile(r"^(?:> ?|E   |```\w*$)", re.MULTILINE)  # quoted, from pytest, in a fence
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
CONDITION = 5  # how many steps of priority what has to be true besides costs


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

    def texts(self, name: str) -> tuple[str, ...]:
        """What a pattern's field is searched in, in turn; empty where the text has none of it."""
        if name == "type":
            return (self.type,) if self.type else ()
        if name == "traceback":
            return (self.whole,) if self.is_traceback else ()
        return self._messages

    @cached_property
    def _messages(self) -> tuple[str, ...]:
        """The message as it is, then with its lines joined, then with plain quotes."""
        joined = " ".join(self.message[-_LONGEST_JOINED:].split())
        plain = joined.replace("\\'", "'").replace('\\"', '"')
        return tuple(dict.fromkeys((self.message, joined, plain, plain.replace("`", "'"))))


@dataclass(frozen=True)
class Fit:
    """A cause that fits an error, what must be true for it besides, and what to do."""

    cause: Cause
    decides: str  # in words; empty where the text alone is enough
    remedies: tuple[RemedyForm, ...]


def read_error(text: str) -> ErrorText:
    """Read a traceback (of several, the last) or a message, with or without its type."""
    pasted = _PASTED.sub("", text[-_LONGEST:].replace("\r\n", "\n").translate(_QUOTES))
    whole = re.sub(r"\A`+([^`].*?)`+\Z", r"\1", pasted.strip(), flags=re.DOTALL).strip()
    last = _last_error(whole)
    raised = _RAISED.match(last or whole)
    if raised is None:
        return ErrorText("", whole, whole)
    # The rest of a traceback belongs to the message: its cause may stand further up.
    message = raised["message"] if not last else f"{raised['message']}\n{whole}"
    return ErrorText(raised["type"].rpartition(".")[2], message, whole)


def _last_error(whole: str) -> str:
    """The last exception of a text that does not begin with it; empty where there is none."""
    lines = whole.split("\n")
    if _FRAME.search(whole):
        starts = [at for at, line in enumerate(lines) if _RAISED.match(line)]
        frames = [at for at, line in enumerate(lines) if line.startswith("  ")]
        after = [at for at in starts if not frames or at > frames[-1]] or starts[-1:]
    elif _RAISED.match(whole):
        after = []
    else:  # of a notebook, of a log
        after = [at for at, line in enumerate(lines) if _NAMED.match(line)][-1:]
    return "\n".join(lines[after[0] :]).lstrip() if after else ""


def causes_of_error(catalogue: Catalogue, text: str) -> tuple[Fit, ...]:
    """The causes that fit a text, the most likely first; empty where none does."""
    error = read_error(text)
    found: list[tuple[tuple[int, int], Fit]] = []
    settled = False
    for rank, entry in enumerate(catalogue.causes):  # in the order in which a run takes the first
        fits = sorted(_fits(catalogue, entry, error, settled=settled), key=lambda one: one[0])
        if not fits:
            continue
        conditions, fit, certain = fits[0]
        found.append(((-entry.priority + CONDITION * conditions, rank), fit))
        settled = settled or certain
    return tuple(fit for _, fit in sorted(found, key=lambda one: one[0]))


def _fits(
    catalogue: Catalogue, entry: CauseForm, error: ErrorText, *, settled: bool
) -> Iterator[tuple[int, Fit, bool]]:
    """Each match: how much has to be true besides, the fit, and whether the text is all it needs.

    `settled`: such a one came before, so that loading cannot have any other cause.
    """
    for pattern in entry.when:
        if settled and pattern.step is Step.LOAD:
            continue
        groups = match_text(pattern, error)
        if groups is not None:
            saving = pattern.step is Step.SAVE
            cause = cause_of(entry, groups, cell_names(None, None, None, saving=saving))
            words = conditions_of(pattern)
            fit = Fit(cause, " and ".join(words), catalogue.remedies_of(entry))
            yield len(words), fit, not words and _has_all(pattern, error)


def _has_all(pattern: Pattern, error: ErrorText) -> bool:
    """Whether the text has everything that the pattern looks into."""
    return all(error.texts(name) for name in pattern.texts)


def searched_texts(pattern: Pattern) -> Mapping[str, str]:
    """The expressions that an error alone is searched for; none where one is not enough."""
    texts = {name: one for name, one in pattern.texts.items() if name not in {"holds", "ended"}}
    return {} if set(texts) <= {"type"} or pattern.details or pattern.environment else texts


def match_text(pattern: Pattern, error: ErrorText) -> Mapping[str, str | None] | None:
    """The groups of a match of everything that a pattern searches in an error; else None."""
    texts = searched_texts(pattern)
    if not texts or (pattern.step is Step.SAVE and error.is_of_loading):
        return None
    groups: dict[str, str | None] = {}
    matched = False
    for name, expression in texts.items():
        searched = error.texts(name)
        if not searched:
            continue  # what the text does not have, it does not contradict
        every = (compiled(expression).search(one) for one in searched)
        found = next((one for one in every if one is not None), None)
        if found is None:
            return None
        matched = matched or name != "type"
        groups |= found.groupdict()
    return groups if matched and names_fit(pattern, groups) else None
