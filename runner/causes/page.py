"""The catalogue as a page of the documentation; `python -m crossload.runner.causes.page` writes it.

Owns the wording around the entries. A test keeps the page in step with the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from crossload.runner.causes.form import CauseForm, RemedyForm
from crossload.runner.causes.loading import Catalogue, shipped_catalogue
from crossload.runner.causes.values import FAMILY_TITLES, Family
from crossload.runner.conditions import Facts

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "causes.md"
KINDS = Path(__file__).with_name("kinds.md")  # what was published, and how far the causes go
_HEAD = """\
# Causes and remedies

Why a cell is not `same`, and what to do about it. crossload recognises a cause from the
measurements: the exception, the checks, how the process ended, and the versions on both sides. The
cell then shows one sentence, with the names from its own file, and the remedies. No cause is a
catch-all: a cell that is not recognised has none, and `crossload causes --run latest` lists it.

For each remedy, crossload looks in the run for a measurement that shows its result:

| state | meaning |
|---|---|
| `worked` | an attempt with that strategy, or a cell with that change, does not have the cause |
| `needs-code` | the cell with that change needs the code that built the model |
| `unproved` | it loads, but no outputs are known to compare with |
| `did-not-help` | it was tried, and the model fails to load or loses the same things |
| `not-tried` | the run has no such attempt or cell |
| `cannot-be-tried` | it has to be done by hand |

The cell with the change loads plainly and loses nothing, or it needs a strategy because of another
cause, which is then named. If a strategy avoids the first cause but fails anyway, the cell also
shows the next obstacle. The catalogue is data, in `runner/causes/catalogue/`; this page is
generated from it.
"""


def as_page(catalogue: Catalogue) -> str:
    """Return the page: causes by family, each with its remedies and references."""
    lines = [_HEAD]
    for family in Family:
        causes = [one for one in catalogue.causes if one.family is family]
        lines.append(f"## {FAMILY_TITLES[family][0].upper()}{FAMILY_TITLES[family][1:]}\n")
        for one in sorted(causes, key=lambda one: one.id):
            lines += _cause(one, catalogue)
    lines.append(KINDS.read_text(encoding="utf-8"))
    return "\n".join(lines).rstrip("\n") + "\n"


def general_sentence(cause: CauseForm) -> str:
    """The sentence with its placeholders left open: `<layer>`."""
    return re.sub(r"\{(\w+)\}", r"<\1>", cause.sentence.replace("{had_by}", ""))


def how_tried(remedy: RemedyForm) -> str:
    """The attempts or cells in which crossload checks whether a remedy works."""
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
        return f"two cells via an environment with {there}, as {format_}"
    return "nothing: it has to be done by hand"


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
        yield f"* `{remedy.id}`: {remedy.said.replace('<', '&lt;')}"
    yield ""
    if cause.references:
        links = ", ".join(
            f"[{number}]({address})" for number, address in enumerate(cause.references, 1)
        )
        yield f"Published reports: {links}\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(as_page(shipped_catalogue()), encoding="utf-8")


if __name__ == "__main__":
    main()
