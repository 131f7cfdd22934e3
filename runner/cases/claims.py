"""Reads what is claimed: the lists `claims` of a `case.yaml`, and `claims.yaml` beside the cases.

Owns how a claim is written and how mistakes are reported. `runner.cases.claim_model` has the shape
of a claim that was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from crossload.runner.cases.claim_model import (
    Claim,
    Comparison,
    Condition,
    Expected,
    Extent,
    Relation,
    Where,
)
from crossload.runner.cases.forms import OneLine
from crossload.runner.cases.model import Case, RawClaims
from crossload.runner.causes.values import Family
from crossload.runner.config.fields import (
    NameText,
    as_list,
    fault,
    is_pin,
    read_word,
    text_of,
)
from crossload.runner.config.files import read_text
from crossload.runner.config.model import Form
from crossload.runner.config.problems import KeyPath, Problems, first_told, shown_path
from crossload.runner.config.reading import Reader
from crossload.runner.config.scalars import found
from crossload.runner.config.yaml_source import is_nothing, parse_yaml
from crossload.runner.errors import ConfigurationError
from crossload.runner.words import Api, Backend, Check, Format, Strategy, Word

CLAIMS_FILE = "claims.yaml"
WORDS: Mapping[str, type[Word]] = {"api": Api, "backend": Backend}
ENVIRONMENT = "environment"

_EXCEPTION = re.compile(r"[A-Za-z_]\w*")
_FACT = re.compile(r"[a-z0-9][a-z0-9_-]*")
_RAISING = {Expected.FAILS, Expected.NEEDS, Expected.UNSAVED}
_LOSING = {Expected.KEEPS, Expected.LOSES}


def _exception(value: object) -> str:
    return text_of(value, "the name of an exception", lambda text: bool(_EXCEPTION.fullmatch(text)))


def _reload(value: object) -> Expected:
    word = read_word(value, Expected)
    if word not in {Expected.LOADS, Expected.FAILS}:
        raise fault(f"found {found(value)}, expected 'loads' or 'fails'")
    return word


def _fact(name: object) -> str:
    return text_of(
        name,
        f"{ENVIRONMENT!r}, 'api', 'backend' or a package",
        lambda text: bool(_FACT.fullmatch(text)),
    )


def _conditions(value: object) -> tuple[Condition, ...]:
    if not isinstance(value, dict):
        raise fault(f"found {found(value)}, expected a mapping such as {{keras: '<3'}}")
    read = []
    for name, item in value.items():
        fact = _fact(name)
        if fact in WORDS:
            text = str(read_word(item, WORDS[fact]))
        elif fact == ENVIRONMENT:
            text = text_of(item, "the name of an environment or a pattern", bool)
        else:
            text = text_of(item, "a version such as '2.10' or a range such as '<3'", is_pin)
        read.append(Condition(fact, "".join(text.split())))
    return tuple(read)


def _comparisons(value: object) -> tuple[Comparison, ...]:
    if not isinstance(value, dict):
        raise fault(f"found {found(value)}, expected a mapping such as {{keras: different}}")
    read = []
    for name, item in value.items():
        fact, relation = _fact(name), read_word(item, Relation)
        ordered = fact not in WORDS and fact != ENVIRONMENT
        if not ordered and relation in {Relation.OLDER, Relation.NEWER}:
            raise fault(f"found {found(item)} for {fact!r}, expected 'same' or 'different'")
        read.append(Comparison(fact, relation))
    return tuple(read)


FormatWord = Annotated[Format, BeforeValidator(lambda value: read_word(value, Format))]
OneLines = Annotated[tuple[OneLine, ...], BeforeValidator(as_list)]
Conditions = Annotated[tuple[Any, ...], BeforeValidator(_conditions)]
Comparisons = Annotated[tuple[Any, ...], BeforeValidator(_comparisons)]


ExpectedOrNone = (
    Annotated[Expected, BeforeValidator(lambda value: read_word(value, Expected))] | None
)
StrategyOrNone = (
    Annotated[Strategy, BeforeValidator(lambda value: read_word(value, Strategy))] | None
)


class WhereForm(Form):
    """Which cells a claim is about."""

    models: OneLines = Field(default=(), description="Reference models and cases, as patterns.")
    formats: Annotated[tuple[FormatWord, ...], BeforeValidator(as_list)] = Field(
        default=(), description="Formats."
    )
    saver: Conditions = Field(default=(), description="What the saver must be.")
    loader: Conditions = Field(default=(), description="What the loader must be.")
    compare: Comparisons = Field(
        default=(), description="How the saver must compare with the loader."
    )
    own_reload: Annotated[Expected, BeforeValidator(_reload)] | None = Field(
        default=None, description="What the saver's own reload of the same file must have given."
    )
    control: OneLine = Field(
        default="", description="Another case, or model, that must load for the same pair."
    )


class ClaimForm(Form):
    """One claim."""

    nested: ClassVar[Mapping[str, type[Form]]] = {"where": WhereForm}

    id: NameText = Field(default="", description="Its name; no other claim has it.")
    says: OneLine = Field(default="", description="The claim in one sentence.")
    source: OneLine = Field(
        default="", description="Where the claim comes from; the case's own if left out."
    )
    expect: ExpectedOrNone = Field(default=None, description="What must be measured.")
    strategy: StrategyOrNone = Field(default=None, description="What works, for 'needs'.")
    checks: Annotated[
        tuple[Annotated[Check, BeforeValidator(lambda value: read_word(value, Check))], ...],
        BeforeValidator(as_list),
    ] = Field(default=(), description="What is kept or lost, for 'keeps' and 'loses'.")
    exceptions: Annotated[
        tuple[Annotated[str, BeforeValidator(_exception)], ...], BeforeValidator(as_list)
    ] = Field(default=(), description="Names of exceptions, any of which fits.")
    message: OneLine = Field(default="", description="A part of the exception's message.")
    causes: Annotated[
        tuple[Annotated[Family, BeforeValidator(lambda value: read_word(value, Family))], ...],
        BeforeValidator(as_list),
    ] = Field(default=(), description="Kinds of cause, any of which fits.")
    true_in: Annotated[Extent, BeforeValidator(lambda value: read_word(value, Extent))] = Field(
        default=Extent.EVERY, description="Whether every cell must fit, or some."
    )
    where: WhereForm = Field(default_factory=WhereForm, description="Which cells it is about.")
    unmeasurable: OneLine = Field(default="", description="Why no cell can test it.")


class ClaimsFileForm(Form):
    """What a `claims.yaml` may hold."""

    nested: ClassVar[Mapping[str, type[Form]]] = {"claims": ClaimForm}

    claims: tuple[Any, ...] = Field(default=(), description="The claims.")


def load_claims(cases: Iterable[Case], folders: Sequence[Path]) -> tuple[Claim, ...]:
    """Every claim: those of the cases in their order, then those of each folder's `claims.yaml`.

    Args:
        cases: as the library has them.
        folders: folders of cases; one without the file claims nothing more.

    Raises:
        ConfigurationError: with one line for each mistake in any of them.
    """
    reading = _Reading()
    for case in cases:
        reading.list(case.claims, case)
    for folder in folders:
        if (folder / CLAIMS_FILE).exists():
            reading.file(folder / CLAIMS_FILE)
    if reading.mistakes:
        raise ConfigurationError("\n".join(first_told(reading.mistakes)), "correct these claims")
    return tuple(reading.claims.values())


class _Reading:
    """One pass over all claims; an id counts once over all files."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}
        self.mistakes: list[str] = []

    def file(self, path: Path) -> None:
        """Read a `claims.yaml`."""
        problems = Problems(shown_path(path))
        tree = parse_yaml(read_text(path), problems)
        if tree is None or is_nothing(tree):
            problems.add((), "found nothing, expected a list 'claims'")
            self._keep(problems)
            return
        form = Reader(problems, ()).read(ClaimsFileForm, (), tree)
        self.list(RawClaims(form.claims if form else (), problems), None)

    def list(self, claims: RawClaims, case: Case | None) -> None:
        """Read a list of claims; `case` is the one that it stands in."""
        problems = claims.problems
        for position, node in enumerate(claims.nodes):
            path: KeyPath = (*claims.path, position)
            form = Reader(problems, ()).read(ClaimForm, path, node)
            if form is None:
                continue
            sentence = _contradiction(form, case)
            if sentence:
                problems.add(path, sentence)
            elif form.id in self.claims:
                problems.add(path, f"found the id {form.id!r} twice, expected every id once")
            else:
                self.claims[form.id] = _claim(form, case)
        self._keep(problems)

    def _keep(self, problems: Problems) -> None:
        told = [problem.told(problems.shown) for problem in sorted(problems.found)]
        self.mistakes += [line for line in told if line not in self.mistakes]


def _contradiction(form: ClaimForm, case: Case | None) -> str:
    """What of a claim is missing or does not fit together, or nothing."""
    where = form.where
    wrong = {
        "found no id, expected a name": not form.id,
        "found nothing under 'says', expected the claim in one sentence": not form.says,
        "found no source, expected where the claim comes from": not (
            form.source or (case and case.source)
        ),
        "found 'expect' and 'unmeasurable', expected one of them": (
            form.expect and form.unmeasurable
        ),
        "found neither 'expect' nor 'unmeasurable', expected one of them": (
            not form.expect and not form.unmeasurable
        ),
        "found 'strategy' or 'expect: needs' alone, expected both or neither": (
            (form.strategy is not None) != (form.expect is Expected.NEEDS)
        ),
        "found 'checks', expected them with 'expect: keeps' or 'expect: loses'": (
            form.checks and form.expect not in _LOSING
        ),
        "found an exception, expected it with something that raises: 'fails', 'needs', 'unsaved'": (
            (form.exceptions or form.message or form.causes) and form.expect not in _RAISING
        ),
        "found 'expect: fails' alone, expected evidence that it fails for this claim's reason: "
        "'causes', 'exceptions', 'message' or a 'control'": (
            form.expect is Expected.FAILS
            and not (form.causes or form.exceptions or form.message or where.control)
        ),
        "found no 'models' and no 'formats' in 'where', expected one of them": (
            form.expect and case is None and not (where.models or where.formats)
        ),
    }
    return next((sentence for sentence, is_wrong in wrong.items() if is_wrong), "")


def _claim(form: ClaimForm, case: Case | None) -> Claim:
    where = form.where
    own = (case.name,) if case else ()
    formats: tuple[Format, ...] = where.formats
    if case and not where.models and not formats:
        formats = (Format.SCRIPT,)
    return Claim(
        id=form.id,
        says=form.says,
        source=form.source or (case.source if case else ""),
        case=case.name if case else "",
        expected=form.expect,
        strategy=form.strategy,
        checks=tuple(map(str, form.checks)),
        exceptions=form.exceptions,
        message=form.message,
        causes=form.causes,
        extent=form.true_in,
        where=Where(
            models=where.models or own,
            formats=formats,
            saver=where.saver,
            loader=where.loader,
            compare=where.compare,
            own_reload=where.own_reload,
            control=where.control,
        ),
        unmeasurable=form.unmeasurable,
    )
