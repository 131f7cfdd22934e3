"""The catalogue as a page of the documentation; `python -m crossload.runner.causes.page` writes it.

Owns the wording around the entries. A test holds the page to the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from crossload.runner.causes.form import CauseForm, Facts, RemedyForm
from crossload.runner.causes.loading import Catalogue, shipped_catalogue
from crossload.runner.causes.values import FAMILY_TITLES, Family

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "causes.md"
_HEAD = """\
# Causes and remedies

Why a cell is not `same`. Each cause is recognised by what was measured: the exception, what a check
says, how the process ended, and the versions on both sides. The cell then says it in one sentence,
with the names of that very file, and what helps. No cause is a catch-all: what is not recognised
stays without one, and `crossload causes --run latest` lists it.

crossload looks for each remedy whether the run shows how it ends:

| state | meaning |
|---|---|
| `worked` | an attempt with that strategy agreed, or the cell it leads to is rid of the cause |
| `did-not-help` | that was tried and does not load, or loses the same |
| `not-tried` | the run has no such attempt or cell |
| `cannot-be-tried` | it is work by hand |

A cell that a remedy leads to loads plainly, without what was lost; or it needs a strategy for
another cause, and then the strategy is named. Where a strategy removes the first cause and fails
all the same, the cell also names what stands behind it. The catalogue is data:
`runner/causes/catalogue/`; this page is made from it.
"""


def as_page(catalogue: Catalogue) -> str:
    """Return the page: causes by family, each with its remedies and references."""
    lines = [_HEAD]
    for family in Family:
        causes = [one for one in catalogue.causes if one.family is family]
        lines.append(f"## {FAMILY_TITLES[family][0].upper()}{FAMILY_TITLES[family][1:]}\n")
        for one in sorted(causes, key=lambda one: one.id):
            lines += _cause(one, catalogue)
    return "\n".join(lines).rstrip("\n") + "\n"


def general_sentence(cause: CauseForm) -> str:
    """The sentence with its places left open: `<layer>`."""
    return re.sub(r"\{(\w+)\}", r"<\1>", cause.sentence)


def how_tried(remedy: RemedyForm) -> str:
    """In which attempts or cells crossload looks whether a remedy works."""
    if remedy.strategy is not None:
        return f"the strategy {remedy.strategy}"
    if remedy.format is not None:
        return f"the cell of the same pair as {remedy.format}"
    if remedy.loader is not None:
        return f"the cells of loaders with {_facts(remedy.loader)}, the nearest first"
    if remedy.saver is not None:
        return f"the cells of savers with {_facts(remedy.saver)}, the nearest first"
    if remedy.via is not None:
        there, format_ = _facts(remedy.via.environment), remedy.via.format
        return f"two cells over an environment with {there}, as {format_}"
    return "nothing: it is work by hand"


def _facts(facts: Facts) -> str:
    words = [*map(str, facts.api), *(f"the backend {one}" for one in facts.backend)]
    words += [f"Keras {one}" for one in facts.generation]
    words += [f"{name} {wanted}" for name, wanted in facts.ranges.items()]
    return ", ".join(words)


def _cause(cause: CauseForm, catalogue: Catalogue) -> Iterator[str]:
    yield f"### {cause.id}\n"
    sentence = re.sub(r"<(\w+)>", r"*\1*", general_sentence(cause))
    yield f"{sentence[0].upper()}{sentence[1:]}.\n"
    for remedy in catalogue.remedies_of(cause):
        yield f"* `{remedy.id}`: {remedy.sentence.replace('<', '&lt;')}"
    yield ""
    if cause.references:
        links = ", ".join(
            f"[{number}]({address})" for number, address in enumerate(cause.references, 1)
        )
        yield f"Published: {links}\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(as_page(shipped_catalogue()), encoding="utf-8")


if __name__ == "__main__":
    main()
