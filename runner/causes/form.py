"""The form of the catalogue's YAML files: what an entry may say, checked on loading.

Owns the fields of one entry and their meaning; `runner.causes.loading` checks across entries. Where
a field takes several words, a single word stands for a list of one.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from crossload.runner.causes.expressions import compiled
from crossload.runner.causes.values import Family, Step
from crossload.runner.causes.wording import CELL_NAMES, remedy_sentence
from crossload.runner.conditions import Facts, Identifier, Sentence
from crossload.runner.words import (
    Check,
    EnvironmentCause,
    Format,
    JobStatus,
    Strategy,
    Verdict,
    Word,
)

TEXTS = ("type", "message", "traceback", "ended", "output", "warning", "holds")
# Messages that have nothing in common: who recognises two of them recognises everything.
UNRELATED = (
    "division by zero",
    "Unknown layer: 'Mine'",
    "[Errno 28] No space left on device",
    "maximum recursion depth exceeded",
    "Unable to open file (file signature not found)",
    "bad marshal data (unknown type code)",
    "Shapes (3, 4) and (4, 3) are incompatible",
    "'dict' object is not callable",
    "",
)

Item = TypeVar("Item")


def _several(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)


def _regex(text: str) -> str:
    pattern = compiled(text)
    if sum(pattern.search(one) is not None for one in UNRELATED) > 1:
        raise ValueError(f"the pattern {text!r} matches messages that have nothing in common")
    return text


Several = Annotated[tuple[Item, ...], BeforeValidator(_several)]
Regex = Annotated[str, AfterValidator(_regex)]
Address = Annotated[str, Field(pattern=r"^https://\S+$")]


class Relation(Word):
    """What saver and loader have in common, or not."""

    GENERATION = "generation"
    BACKEND = "backend"
    API = "api"
    PYTHON = "python"
    KERAS = "keras"
    TENSORFLOW = "tensorflow"
    ENVIRONMENT = "environment"


class Order(Word):
    """Which of the two has the newer Keras."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Pattern(_Form):
    """One way of recognising a cause: everything that is given must hold.

    Texts are regular expressions that are searched for, and may name groups for the sentence:
    `type`, `message` and `traceback` of the exception, `ended` what the supervisor says of an
    attempt that gave no answer, `output` the last lines printed, `warning` any warning, `holds`
    the lines in which the saver described the model ("layer LSTM units=4"), of a case those that
    say what its scripts call ("load calls load_weights .h5 by_name=True"). There is no way to ask
    for the name of a model, a case or a file: a name is no evidence.
    `known` and `unknown` name the group of a match whose class some version of Keras has, or none.
    `details` are those of checks that do not agree; `lost` holds where one of these was lost,
    `kept` where none of them was;
    `own` is the verdict of the saver's reload of its own file; `adopted` says that the file existed
    before, so that the saver only stands in for what wrote it; `helped` are strategies of which one
    gives the right outputs.
    """

    step: Step = Step.LOAD
    verdicts: Several[Verdict] = ()
    statuses: Several[JobStatus] = ()
    strategies: Several[Strategy] = ()
    helped: Several[Strategy] = ()
    formats: Several[Format] = ()
    type: Regex | None = None
    message: Regex | None = None
    traceback: Regex | None = None
    ended: Regex | None = None
    output: Regex | None = None
    warning: Regex | None = None
    holds: Regex | None = None
    known: str | None = None
    unknown: str | None = None
    details: Mapping[Check, Regex] = {}
    lost: Several[Check] = ()
    kept: Several[Check] = ()
    own: Several[Verdict] = ()
    adopted: bool | None = None
    environment: Several[EnvironmentCause] = ()
    saver: Facts | None = None
    loader: Facts | None = None
    differ: Several[Relation] = ()
    alike: Several[Relation] = ()
    order: Order | None = None

    @model_validator(mode="after")
    def _is_specific(self) -> Pattern:
        ended = set(self.statuses) - {JobStatus.DONE, JobStatus.REFUSED}
        about = self.saver or self.loader or self.differ or self.formats
        says = self.texts or self.details or self.environment
        if not says and not ((ended or self.lost or self.verdicts) and about):
            raise ValueError("a pattern needs a text, or an outcome together with facts")
        silent = {Verdict.DIFFERS, Verdict.PARTIAL, Verdict.CRASHES, Verdict.TIMES_OUT}
        if not says and not ended and not self.lost and not set(self.verdicts) <= silent:
            raise ValueError("a pattern for an exception needs a text of it")
        if not {self.known, self.unknown} - {None} <= self.groups:
            raise ValueError("known and unknown each need a group of that name")
        if set(self.texts) == {"holds"} and not (self.verdicts or self.statuses):
            raise ValueError("what a model holds is not a cause without an outcome")
        if set(self.texts) == {"type"} and not about:
            raise ValueError("the type of an exception alone is not a cause")
        return self

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The expressions by the text that they are searched in."""
        given = ((name, getattr(self, name)) for name in TEXTS)
        return {name: text for name, text in given if text is not None}

    @cached_property
    def groups(self) -> frozenset[str]:
        """The names that a match gives to the sentence."""
        expressions = (*self.texts.values(), *self.details.values())
        return frozenset(name for text in expressions for name in compiled(text).groupindex)


class Via(_Form):
    """A third environment that reads the file and can save the model again, as `format`."""

    environment: Facts
    format: Format


class RemedyForm(_Form):
    """A remedy and how crossload tries it; exactly one of the fields that say how.

    `strategy`: an attempt of the same cell; `format`: the same pair with the model in another
    format; `loader`, `saver`: another environment of the run in that place; `via`: saved again
    by a third one; `manual`: nothing that crossload could try. A strategy has no `code` here.
    `formats`, `saver_has` and `loader_has` say where it is possible at all.
    """

    id: Identifier
    sentence: Sentence
    code: str = ""
    strategy: Strategy | None = None
    format: Format | None = None
    loader: Facts | None = None
    saver: Facts | None = None
    via: Via | None = None
    manual: bool = False
    formats: Several[Format] = ()
    saver_has: Facts | None = None
    loader_has: Facts | None = None

    @model_validator(mode="after")
    def _has_one_way(self) -> RemedyForm:
        ways = (self.strategy, self.format, self.loader, self.saver, self.via, self.manual or None)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("a remedy names exactly one way to try it")
        if self.strategy is not None and self.code:
            raise ValueError("the code of a strategy is what an attempt executed")
        return self

    @property
    def needs_file(self) -> bool:
        """Whether it is done with a file that was saved already."""
        return any(way is not None for way in (self.strategy, self.loader, self.via))

    @cached_property
    def said(self) -> str:
        """The sentence for a file of any format."""
        return remedy_sentence(self.sentence)


class CauseForm(_Form):
    """One cause: how it is recognised, what is said of it, what helps.

    `otherwise` has words for groups that a match may leave out. Of two entries that fit, the one
    with the higher `priority` is taken, then the one that stands first.
    """

    id: Identifier
    family: Family
    sentence: Sentence
    when: Several[Pattern] = Field(min_length=1)
    otherwise: Mapping[str, str] = {}
    priority: int = Field(default=0, ge=-10, le=10)
    remedies: Several[Identifier] = ()
    references: Several[Address] = ()

    @model_validator(mode="after")
    def _can_be_said(self) -> CauseForm:
        fields = {name for _, name, _, _ in string.Formatter().parse(self.sentence) if name}
        wanted = fields - CELL_NAMES - set(self.otherwise)
        for pattern in self.when:
            if missing := wanted - pattern.groups:
                raise ValueError(f"a pattern does not name {', '.join(sorted(missing))}")
        return self


class CatalogueFile(_Form):
    """One file of the catalogue; causes are ordered, remedies are shared by all files."""

    causes: tuple[CauseForm, ...] = ()
    remedies: tuple[RemedyForm, ...] = ()
