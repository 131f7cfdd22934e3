"""Recognises the cause of what was measured; pure, and never raises whatever a text says.

Owns the matching of patterns; `runner.causes.searching` searches the texts, and
`runner.analysis.symptoms` gathers the symptoms of a cell. Symptoms that differ only in the
environments are matched once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crossload.runner.causes.expressions import compiled
from crossload.runner.causes.facts import order_of, relation_holds
from crossload.runner.causes.form import CauseForm, Pattern
from crossload.runner.causes.known_names import had_by, is_known
from crossload.runner.causes.loading import Catalogue
from crossload.runner.causes.searching import Groups, TextSearch
from crossload.runner.causes.values import Cause, Step
from crossload.runner.causes.wording import cell_names, filled
from crossload.runner.conditions import EnvironmentFacts, Facts
from crossload.runner.records import ProbeError
from crossload.runner.words import Check, EnvironmentCause, Format, JobStatus, Strategy, Verdict

_LONGEST_NAME = 80


@dataclass(frozen=True)
class Symptoms:
    """Everything that bears on the cause of one cell, of the attempt that its verdict rests on.

    `holds` has the lines in which the saver described the model, of a case those that say what its
    scripts call; `code_python` which Python wrote the byte code in it, where that is not the
    saver's; `adopted` that it existed before. No name that a user chose is among these.
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

    @property
    def words(self) -> tuple[object, ...]:
        """What patterns compare without searching a text."""
        return (
            *(self.step, self.verdict, self.format, self.strategy, self.helped, self.status),
            *(self.lost, self.own, self.environment, self.adopted),
        )

    def text(self, name: str) -> str:
        """The text that a pattern's field of that name is searched in."""
        if name in {"type", "message", "traceback"}:
            return "" if self.error is None else str(getattr(self.error, name))
        return str(getattr(self, name))


@dataclass(frozen=True)
class _Candidate:
    entry: CauseForm
    pattern: Pattern
    rank: int


@dataclass(frozen=True, eq=False)
class Fitting:
    """The patterns that fit symptoms in whatever environments, in order, with the groups they name.

    Symptoms that differ in their environments alone have the same one.
    """

    patterns: tuple[tuple[_Candidate, Groups], ...]


class Recogniser:
    """Finds causes in one catalogue; keeps what it has found already."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._silent: dict[Step, list[int]] = defaultdict(list)
        self._silent_fitting: dict[tuple[object, ...], list[int]] = {}
        self._fitting: dict[tuple[object, ...], Fitting] = {}
        self._fulfilled: dict[tuple[int, EnvironmentFacts], bool] = {}
        self._leads: dict[str, set[int]] = defaultdict(set)
        patterns = ((entry, one) for entry in catalogue.causes for one in entry.when)
        self._candidates = [
            _Candidate(entry, pattern, rank) for rank, (entry, pattern) in enumerate(patterns)
        ]
        searched: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for one in self._candidates:
            texts = one.pattern.texts
            if not texts:
                self._silent[one.pattern.step].append(one.rank)
                continue
            self._leads[_most_telling(texts)].add(one.rank)
            for name, expression in texts.items():
                searched[name].append((one.rank, expression))
        self._searches = {name: TextSearch(one) for name, one in searched.items()}

    def recognise(self, symptoms: Symptoms) -> Cause | None:
        """The cause that fits best, its sentence filled in; None where the catalogue has none."""
        return self.choose(self.fitting(symptoms), symptoms)

    def fitting(self, symptoms: Symptoms) -> Fitting:
        """What fits, the environments aside."""
        results = (id(one.search(symptoms.text(name))) for name, one in self._searches.items())
        key = (symptoms.words, *results, *symptoms.details.items())
        if key not in self._fitting:
            self._fitting[key] = Fitting(tuple(self._fitting_patterns(symptoms)))
        return self._fitting[key]

    def choose(self, fitting: Fitting, symptoms: Symptoms) -> Cause | None:
        """The first cause of those that fit whose facts are those of the two environments."""
        for candidate, groups in fitting.patterns:
            if self._facts_fit(candidate.pattern, symptoms):
                return _filled(candidate.entry, groups, symptoms)
        return None

    def _fitting_patterns(self, symptoms: Symptoms) -> Iterator[tuple[_Candidate, Groups]]:
        """The patterns that fit in whatever environments, in order, with the groups they name."""
        ranks = list(self._silent_ranks(symptoms))
        for name, leading in self._leads.items():
            ranks += self._searches[name].search(symptoms.text(name)).keys() & leading
        for rank in sorted(ranks):
            candidate = self._candidates[rank]
            groups = self._match(candidate, symptoms)
            if groups is not None:
                yield candidate, groups

    def _silent_ranks(self, symptoms: Symptoms) -> list[int]:
        """The patterns without texts whose words fit; few sets of words occur in a run."""
        key = symptoms.words
        if key not in self._silent_fitting:
            self._silent_fitting[key] = [
                rank
                for rank in self._silent[symptoms.step]
                if _words_fit(self._candidates[rank].pattern, symptoms)
            ]
        return self._silent_fitting[key]

    def _match(self, candidate: _Candidate, symptoms: Symptoms) -> Groups | None:
        pattern = candidate.pattern
        if not _words_fit(pattern, symptoms):
            return None
        groups: dict[str, str | None] = {}
        for name in pattern.texts:
            found = self._searches[name].search(symptoms.text(name)).get(candidate.rank)
            if found is None:
                return None
            groups.update(found)
        for check, expression in pattern.details.items():
            match = compiled(expression).search(symptoms.details.get(check, ""))
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


def _most_telling(texts: Iterable[str]) -> str:
    """The text that fewest patterns fit: a message says more than a type."""
    order = ("message", "ended", "warning", "output", "traceback", "holds", "type")
    return min(texts, key=order.index)


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
    if "{" not in entry.sentence:
        return cause_of(entry, {}, {})
    names = cell_names(
        symptoms.saver,
        symptoms.loader,
        symptoms.format,
        symptoms.code_python,
        adopted=symptoms.adopted,
        saving=symptoms.step is Step.SAVE,
    )
    return cause_of(entry, groups, names)


def cause_of(entry: CauseForm, groups: Groups, names: Mapping[str, str]) -> Cause:
    """The cause with its sentence filled in: by the groups of a match, then by a cell's names."""
    found = {name: shortened(text) for name, text in groups.items() if text}
    if "{had_by}" in entry.sentence:
        found["had_by"] = had_by(found.get("name", ""))
    sentence = filled(entry.sentence, {**names, **entry.otherwise, **found})
    return Cause(entry.id, entry.family, sentence, entry.references)


def shortened(text: str) -> str:
    """A name from a message on one line, cut to the length of a name."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
