"""A claim once it was read: a statement about loading, as data that cells can confirm or refute.

Owns the shapes and the words of a claim. `runner.cases.claims` reads them, `runner.analysis.claims`
decides whether they hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from crossload.runner.causes.values import Family
from crossload.runner.words import Format, Strategy, Word


class Expected(Word):
    """What a claim says of the cells it is about."""

    LOADS = "loads"  # a plain load gives outputs that agree
    KEEPS = "keeps"  # the same, and nothing of `checks` (of anything, without it) was lost
    LOSES = "loses"  # the same, and something of `checks` (of anything, without it) was lost
    DIFFERS = "differs"  # a plain load raises nothing, and its outputs are others
    FAILS = "fails"  # a plain load raises, crashes, or gives a model that cannot predict
    NEEDS = "needs"  # a plain load fails, and `strategy` works
    SAVES = "saves"  # the saver can write the file
    UNSAVED = "unsaved"  # the saver cannot


class Extent(Word):
    """In how many of its cells a claim must be true."""

    EVERY = "every"
    SOME = "some"  # for what "may" happen: one cell is enough


class Relation(Word):
    """How the saver's value compares with the loader's."""

    SAME = "same"
    DIFFERENT = "different"
    OLDER = "older"  # the saver's version is the older one
    NEWER = "newer"


@dataclass(frozen=True)
class Condition:
    """One fact of an environment and what it must be.

    `fact` is `environment`, `api`, `backend` or a package; `text` a pattern, a word or a specifier
    of versions accordingly.
    """

    fact: str
    text: str

    def allows_version(self, version: Version) -> bool:
        """Whether a package's version fulfils it; a bare version stands for all that begin so."""
        return _specifiers(self.text).contains(version, prereleases=True)


@dataclass(frozen=True)
class Comparison:
    """One fact of both environments and how the saver's compares with the loader's."""

    fact: str
    relation: Relation


@dataclass(frozen=True)
class Where:
    """Which cells a claim is about; an empty part selects everything.

    `models` are patterns of reference models and cases. `own_reload` asks what the saver's own
    reload of the same file came to: `loads` or `fails`. `control` is another case, or model, that
    must load plainly for the same pair: what fails beside it fails for what is different in it.
    """

    models: tuple[str, ...] = ()
    formats: tuple[Format, ...] = ()
    saver: tuple[Condition, ...] = ()
    loader: tuple[Condition, ...] = ()
    compare: tuple[Comparison, ...] = ()
    own_reload: Expected | None = None
    control: str = ""


@dataclass(frozen=True)
class Claim:
    """A statement, where it was made, and what must be measured for it to be true.

    `case` is the scripted case in whose file it stands, empty for a general one. `exceptions` are
    names of classes, any of which fits; `message` is a part of the message. `causes`
    are the kinds of cause it is about: a failure of another kind, or of an unknown one, says
    nothing of it. Where `unmeasurable` says why no cell can tell, `expected` is None.
    """

    id: str
    says: str
    source: str
    case: str = ""
    expected: Expected | None = None
    strategy: Strategy | None = None
    checks: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    message: str = ""
    causes: tuple[Family, ...] = ()
    extent: Extent = Extent.EVERY
    where: Where = field(default_factory=Where)
    unmeasurable: str = ""


@lru_cache(maxsize=1000)
def _specifiers(text: str) -> SpecifierSet:
    return SpecifierSet(f"=={text}.*" if text[0].isdigit() else text)
