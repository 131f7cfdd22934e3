"""Which published vulnerabilities of Keras a finding may be a use of.

Owns the form and the reading of `advisories.yaml`. A finding is found by `scanning` and the
readers; that it belongs to an advisory says nothing of the version that will load the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from crossload.runner.conditions import Range, Sentence
from crossload.runner.data import read_yaml
from crossload.runner.inspection.model import Finding, FindingKind, Inspection
from crossload.runner.strict import Matches, Several, Strict
from crossload.runner.words import Container

FILE = Path(__file__).with_name("advisories.yaml")
_LINK = "https://nvd.nist.gov/vuln/detail/{id}"


@dataclass(frozen=True)
class Sign(Strict):
    """What a finding must be like; one of each list. `where` is a regular expression."""

    kind: Several[FindingKind]
    says: Several[str]
    container: Several[Container] = ()
    where: str = ""

    @cached_property
    def _place(self) -> re.Pattern[str]:
        return re.compile(self.where)

    def fits(self, container: Container, finding: Finding) -> bool:
        return (
            finding.kind in self.kind
            and any(one in finding.text for one in self.says)
            and (not self.container or container in self.container)
            and self._place.search(finding.where) is not None
        )


@dataclass(frozen=True)
class Advisory(Strict):
    """One vulnerability: the versions of Keras that have it, and what it lets a file do."""

    id: Annotated[str, Matches(r"^CVE-\d{4}-\d{4,}$")]
    keras: Several[Range]
    sentence: Sentence
    finding: Sign

    @property
    def link(self) -> str:
        return _LINK.format(id=self.id)

    @property
    def versions(self) -> str:
        """The affected versions in a few words."""
        return " or ".join(self.keras)

    def summary(self) -> dict[str, Any]:
        """What `inspect --json` says of it."""
        return {
            "id": self.id,
            "keras": list(self.keras),
            "sentence": self.sentence,
            "link": self.link,
        }


@dataclass(frozen=True)
class _AdvisoriesFile(Strict):
    advisories: tuple[Advisory, ...]


@lru_cache(maxsize=1)
def known_advisories() -> tuple[Advisory, ...]:
    """Those shipped with the program, by id."""
    return _AdvisoriesFile.read(read_yaml(FILE)).advisories


def advisories_of(container: Container, finding: Finding) -> tuple[Advisory, ...]:
    """Those that a finding may be a use of."""
    return tuple(one for one in known_advisories() if one.finding.fits(container, finding))


def advisories_in(inspection: Inspection) -> tuple[Advisory, ...]:
    """Those of all findings of a file, each once, in the order of the findings."""
    found = (advisories_of(inspection.container, one) for one in inspection.findings)
    return tuple(dict.fromkeys(one for several in found for one in several))
