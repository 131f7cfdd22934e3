"""The catalogue by message, for people who have an error and no file.

Owns docs/troubleshooting.md; `python -m crossload.runner.causes.troubleshooting` writes it, and a
test keeps it in step with the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossload.runner.causes.by_error import OWN_TYPES
from crossload.runner.causes.conditions import conditions_of
from crossload.runner.causes.form import CauseForm, Pattern
from crossload.runner.causes.loading import Catalogue, shipped_catalogue
from crossload.runner.causes.page import general_sentence
from crossload.runner.causes.samples import samples_of
from crossload.runner.causes.values import FAMILY_TITLES, Family

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "troubleshooting.md"
_HEAD = """\
# Troubleshooting by error message

Search this page for the part of your message that is not a name or a number. `…` stands for any
text, `<name>` for a name of yours. The command line does the search for you, and sorts what fits:

```shell
crossload causes --error "Unknown layer: 'TFOpLambda'"
python load.py 2>&1 | crossload causes --error -
```

Each message is followed by what it means, what decides if several meanings are possible, and what
to do, the first remedy first. [Causes](causes.md) lists the same by cause, with the silent ones;
`crossload check FILE` measures which remedy works for your file.
"""


def messages_of(pattern: Pattern) -> tuple[str, ...]:
    """The messages that a pattern recognises, as a reader sees them; none of crossload's own."""
    if pattern.type is not None and any(name in pattern.type for name in OWN_TYPES):
        return ()
    searched = ("message", "warning", "output")
    expressions = [pattern.texts[name] for name in searched if name in pattern.texts]
    shown = (one.shown.strip() for text in expressions for one in samples_of(text))
    return tuple(dict.fromkeys(" ".join(one.split()) for one in shown))


def as_page(catalogue: Catalogue) -> str:
    """Return the page: messages by family and cause."""
    lines = [_HEAD]
    for family in Family:
        causes = [one for one in catalogue.causes if one.family is family]
        entries = [list(_entry(one, catalogue)) for one in sorted(causes, key=lambda one: one.id)]
        if any(entries):
            title = FAMILY_TITLES[family]
            lines.append(f"## {title[0].upper()}{title[1:]}\n")
            lines += [line for entry in entries for line in entry]
    return "\n".join(lines).rstrip("\n") + "\n"


def _entry(cause: CauseForm, catalogue: Catalogue) -> Iterator[str]:
    by_condition: dict[str, dict[str, None]] = {}
    for pattern in cause.when:
        told = by_condition.setdefault(" and ".join(conditions_of(pattern)), {})
        told |= dict.fromkeys(messages_of(pattern))
    if not any(by_condition.values()):
        return
    yield f"### {cause.id}\n"
    for condition, messages in by_condition.items():
        if messages:
            if condition:
                yield f"If {condition}:\n"
            yield "```text\n" + "\n".join(messages) + "\n```\n"
    sentence = general_sentence(cause).replace("<", "&lt;")
    yield f"{sentence[0].upper()}{sentence[1:]}.\n"
    for remedy in catalogue.remedies_of(cause):
        yield f"* {remedy.said.replace('<', '&lt;')}"
    yield ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(as_page(shipped_catalogue()), encoding="utf-8")


if __name__ == "__main__":
    main()
