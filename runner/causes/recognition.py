"""Recognises the cause of what was measured; pure, and never raises whatever a text says.

Owns the matching of patterns. `runner.analysis.symptoms` gathers the symptoms of a cell. Every text
is searched once per catalogue, however many cells have it: that keeps tens of thousands of cells a
matter of seconds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crossload.runner.causes.facts import order_of, relation_holds
from crossload.runner.causes.form import CauseForm, Pattern
from crossload.runner.causes.known_names import is_known
from crossload.runner.causes.literals import required_literals
from crossload.runner.causes.loading import Catalogue
from crossload.runner.causes.values import Cause, Step
from crossload.runner.causes.wording import cell_names, filled
from crossload.runner.conditions import EnvironmentFacts, Facts
from crossload.runner.records import ProbeError
from crossload.runner.words import Check, EnvironmentCause, Format, JobStatus, Strategy, Verdict

_LONGEST_NAME = 80
_LONGEST_TEXT = 6_000  # of a message; the cause is at its head or its tail, which are both kept
Groups = Mapping[str, str | None]


@dataclass(frozen=True)
class Symptoms:
    """Everything that bears on the cause of one cell, of the attempt that its verdict rests on.

    `holds` has the lines in which the saver described the model, `code_python` which Python wrote
    the byte code in it, where that is not the saver's, `adopted` that it
    existed before. No name that a user chose is among these.
    """

    step: Step
    verdict: Verdict
    format: Format
    saver: EnvironmentFacts
    loader: EnvironmentFacts
    strategy: Strategy | None = None
    helped: tuple[Strategy, ...] = ()
    status: JobStatus | None = None
    error: ProbeError | None = None
    ended: str = ""
    output: str = ""
    warning: str = ""
    lost: tuple[Check, ...] = ()
    details: Mapping[Check, str] = field(default_factory=dict)
    own: Verdict | None = None
    environment: EnvironmentCause | None = None
    holds: str = ""
    code_python: str = ""
    adopted: bool = False

    def text(self, name: str) -> str:
        """The text that a pattern's field of that name is searched in."""
        if name in {"type", "message", "traceback"}:
            return "" if self.error is None else str(getattr(self.error, name))
        return str(getattr(self, name))


@dataclass(frozen=True)
class _Candidate:
    rank: int
    entry: CauseForm
    pattern: Pattern


@dataclass(frozen=True)
class _Expression:
    """One pattern's expression; a text without any of `literals` cannot match."""

    rank: int
    literals: tuple[str, ...]
    compiled: re.Pattern[str]

    def may_match(self, text: str) -> bool:
        return any(one in text for one in self.literals)

    @classmethod
    def of(cls, rank: int, expression: str) -> _Expression:
        return cls(rank, required_literals(expression), re.compile(expression, re.DOTALL))


class Recogniser:
    """Finds causes in one catalogue; keeps what it has searched already."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._silent: dict[Step, list[int]] = defaultdict(list)
        self._searched: dict[str, list[_Expression]] = defaultdict(list)
        self._found: dict[tuple[str, str], dict[int, Groups]] = {}
        self._fulfilled: dict[tuple[int, EnvironmentFacts], bool] = {}
        self._by_rank: dict[int, _Candidate] = {}
        self._leads: dict[str, set[int]] = defaultdict(set)
        patterns = ((entry, one) for entry in catalogue.causes for one in entry.when)
        for rank, (entry, pattern) in enumerate(patterns):
            candidate = _Candidate(rank, entry, pattern)
            self._by_rank[rank] = candidate
            if not pattern.texts:
                self._silent[pattern.step].append(rank)
                continue
            self._leads[next(iter(_rarest_first(pattern.texts)))].add(rank)
            for name, expression in pattern.texts.items():
                self._searched[name].append(_Expression.of(rank, expression))

    def recognise(self, symptoms: Symptoms) -> Cause | None:
        """The cause that fits best, its sentence filled in; None where the catalogue has none."""
        for rank in self._candidates(symptoms):
            candidate = self._by_rank[rank]
            groups = self._match(candidate.pattern, rank, symptoms)
            if groups is not None:
                return _filled(candidate.entry, groups, symptoms)
        return None

    def _candidates(self, symptoms: Symptoms) -> list[int]:
        """The ranks of the patterns that may fit, in order."""
        ranks = list(self._silent[symptoms.step])
        for name, leading in self._leads.items():
            if text := symptoms.text(name):
                ranks += self._search(name, text).keys() & leading
        return sorted(ranks)

    def _search(self, name: str, text: str) -> dict[int, Groups]:
        """Which patterns find something in this text, by rank, with the groups they name."""
        if not text:
            return {}
        key = (name, text)
        if key not in self._found:
            half = _LONGEST_TEXT // 2
            short = text if len(text) <= _LONGEST_TEXT else f"{text[:half]}\n{text[-half:]}"
            self._found[key] = {
                one.rank: match.groupdict()
                for one in self._searched[name]
                if one.may_match(short) and (match := one.compiled.search(short))
            }
        return self._found[key]

    def _match(self, pattern: Pattern, rank: int, symptoms: Symptoms) -> Groups | None:
        if not _words_fit(pattern, symptoms) or not self._facts_fit(pattern, symptoms):
            return None
        groups: dict[str, str | None] = {}
        for name in pattern.texts:
            found = self._search(name, symptoms.text(name)).get(rank)
            if found is None:
                return None
            groups.update(found)
        for check, expression in pattern.details.items():
            match = re.search(expression, symptoms.details.get(check, ""), re.DOTALL)
            if match is None or check not in symptoms.details:
                return None
            groups.update(match.groupdict())
        return groups if names_fit(pattern, groups) else None

    def _facts_fit(self, pattern: Pattern, symptoms: Symptoms) -> bool:
        saver, loader = symptoms.saver, symptoms.loader
        if pattern.saver and not self._fulfils(saver, pattern.saver):
            return False
        if pattern.loader and not self._fulfils(loader, pattern.loader):
            return False
        if any(relation_holds(one, saver, loader) for one in pattern.differ):
            return False
        if not all(relation_holds(one, saver, loader) for one in pattern.alike):
            return False
        return pattern.order is None or pattern.order is order_of(saver, loader)

    def _fulfils(self, facts: EnvironmentFacts, wanted: Facts) -> bool:
        key = (id(wanted), facts)
        if key not in self._fulfilled:
            self._fulfilled[key] = facts.fulfils(wanted)
        return self._fulfilled[key]


def _rarest_first(texts: Iterable[str]) -> list[str]:
    """The text that tells most comes first: a message says more than a type."""
    order = ("message", "ended", "warning", "output", "traceback", "holds", "type")
    return sorted(texts, key=order.index)


def _words_fit(pattern: Pattern, symptoms: Symptoms) -> bool:
    return (
        pattern.step is symptoms.step
        and (not pattern.verdicts or symptoms.verdict in pattern.verdicts)
        and (not pattern.statuses or symptoms.status in pattern.statuses)
        and (not pattern.strategies or symptoms.strategy in pattern.strategies)
        and (not pattern.helped or any(one in symptoms.helped for one in pattern.helped))
        and (not pattern.own or symptoms.own in pattern.own)
        and pattern.adopted in {None, symptoms.adopted}
        and (not pattern.environment or symptoms.environment in pattern.environment)
        and (not pattern.lost or any(one in symptoms.lost for one in pattern.lost))
        and not any(one in symptoms.lost for one in pattern.kept)
        and (
            not pattern.formats
            or symptoms.format in pattern.formats
            or symptoms.format.base in pattern.formats
        )
    )


def names_fit(pattern: Pattern, groups: Groups) -> bool:
    """Whether the class that a match names is one of Keras, or is none, as the pattern wants."""
    known = pattern.known is None or is_known(groups.get(pattern.known) or "")
    return known and (pattern.unknown is None or not is_known(groups.get(pattern.unknown) or ""))


def _filled(entry: CauseForm, groups: Groups, symptoms: Symptoms) -> Cause:
    names = cell_names(
        symptoms.saver,
        symptoms.loader,
        symptoms.format,
        symptoms.code_python,
        adopted=symptoms.adopted,
    )
    # Where saving failed, the saver is where it happened.
    side = "saver" if symptoms.step is Step.SAVE else "loader"
    return cause_of(entry, groups, {**names, "backend": names[f"{side}_backend"]})


def cause_of(entry: CauseForm, groups: Groups, names: Mapping[str, str]) -> Cause:
    """The cause with its sentence filled in: by the groups of a match, then by a cell's names."""
    found = {name: shortened(text) for name, text in groups.items() if text}
    sentence = filled(entry.sentence, {**names, **entry.otherwise, **found})
    return Cause(entry.id, entry.family, sentence, entry.references)


def shortened(text: str) -> str:
    """A name from a message on one line, cut to the length of a name."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
