"""Which published vulnerabilities of Keras a finding may be a use of.

Owns the form and the reading of `advisories.yaml`. A finding is found by `scanning` and the
readers; that it belongs to an advisory says nothing of the version that will load the file.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from crossload.runner.causes.form import Range, Sentence, Several
from crossload.runner.inspection.model import Finding, FindingKind, Inspection
from crossload.runner.words import Container

FILE = Path(__file__).with_name("advisories.yaml")
_LINK = "https://nvd.nist.gov/vuln/detail/{id}"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Sign(_Form):
    """What a finding must be like; one of each list. `where` is a regular expression."""

    kind: Annotated[Several[FindingKind], Field(min_length=1)]
    says: Annotated[Several[str], Field(min_length=1)]
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


class Advisory(_Form):
    """One vulnerability: the versions of Keras that have it, and what it lets a file do."""

    id: Annotated[str, Field(pattern=r"^CVE-\d{4}-\d{4,}$")]
    keras: Annotated[Several[Range], Field(min_length=1)]
    sentence: Sentence
    finding: Sign

    @property
    def link(self) -> str:
        return _LINK.format(id=self.id)

    @property
    def versions(self) -> str:
        """The affected versions in a few words."""
        return " or ".join(self.keras)

    def as_json(self) -> dict[str, Any]:
        """What `inspect --json` says of it."""
        return {
            "id": self.id,
            "keras": list(self.keras),
            "sentence": self.sentence,
            "link": self.link,
        }


class _AdvisoriesFile(_Form):
    advisories: Annotated[tuple[Advisory, ...], Field(min_length=1)]


@lru_cache(maxsize=1)
def known_advisories() -> tuple[Advisory, ...]:
    """Those shipped with the program, by id."""
    tree = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return _AdvisoriesFile.model_validate(tree).advisories


def advisories_of(container: Container, finding: Finding) -> tuple[Advisory, ...]:
    """Those that a finding may be a use of."""
    return tuple(one for one in known_advisories() if one.finding.fits(container, finding))


def advisories_in(inspection: Inspection) -> tuple[Advisory, ...]:
    """Those of all findings of a file, each once, in the order of the findings."""
    found = (advisories_of(inspection.container, one) for one in inspection.findings)
    return tuple(dict.fromkeys(one for several in found for one in several))
