"""What the catalogue of causes recognises in a message, for the script of the page.

Owns its form there: regular expressions as JavaScript reads them, and what each cause says and
advises. `runner.causes.by_error` does the same search for the command line, and `assets/errors.js`
repeats it line by line: a test demands the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from crossload.reports.page_data import inert_json
from crossload.runner.atlas import Atlas, Kind
from crossload.runner.causes.by_error import CONDITION, searched_texts
from crossload.runner.causes.conditions import conditions_of
from crossload.runner.causes.form import CauseForm, Pattern
from crossload.runner.causes.loading import Catalogue, shipped_catalogue
from crossload.runner.causes.values import Step
from crossload.runner.causes.wording import cell_names

_REMEDIES = 2  # as many as one weighs before one looks at the cells


@lru_cache(maxsize=1)
def error_patterns() -> str:
    """Return the shipped catalogue as inert JSON.

    `known` has the names of Keras, `names` what a sentence says where nothing is known of a cell,
    `saving` what it says instead if saving fails, `causes` the entries in the order in which a run
    takes the first. What they repeat stands once in `texts`, and what is empty is left out.
    """
    catalogue, atlas = shipped_catalogue(), Atlas.load()
    names, saving = (cell_names(None, None, None, saving=one) for one in (False, True))
    texts = {"": 0}  # a place of 0 would be left out as empty
    causes = list(_causes(catalogue, texts))
    return inert_json(
        {
            "known": " ".join(sorted({name for kind in Kind for name in atlas.names(kind)})),
            "names": names,
            "saving": {name: text for name, text in saving.items() if text != names[name]},
            "causes": causes,
            "texts": list(texts),
        }
    )


def as_javascript(expression: str) -> tuple[str, str]:
    """An expression of Python as JavaScript reads it, and its flags: the source and "s" or "si"."""
    ignores_case = re.search(r"\(\?i[:)]", expression) is not None
    source = re.sub(r"\(\?i\)", "", expression).replace("(?i:", "(?:")
    source = re.sub(r"\(\?P=(\w+)\)", r"\\k<\1>", source.replace("(?P<", "(?<"))
    return source.replace("\\A", "^").replace("\\Z", "$"), "si" if ignores_case else "s"


def _causes(catalogue: Catalogue, texts: dict[str, int]) -> Iterator[dict[str, object]]:
    """The entries; the places of their remedies and conditions in `texts`, which grows."""
    for entry in catalogue.causes:
        patterns = [_pattern(entry, one, texts) for one in entry.when if searched_texts(one)]
        if patterns:
            remedies = [one.said for one in catalogue.remedies_of(entry)[:_REMEDIES]]
            yield _given(
                id=entry.id,
                sentence=entry.sentence,
                otherwise=dict(entry.otherwise),
                remedies=[texts.setdefault(one, len(texts)) for one in remedies],
                patterns=patterns,
            )


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, False, {}, [], ())}


def _pattern(entry: CauseForm, pattern: Pattern, texts: dict[str, int]) -> dict[str, object]:
    conditions = conditions_of(pattern)
    decides = " and ".join(conditions)
    return _given(
        searched=[(name, *as_javascript(one)) for name, one in searched_texts(pattern).items()],
        known=pattern.known,
        unknown=pattern.unknown,
        cost=CONDITION * len(conditions) - entry.priority,
        decides=texts.setdefault(decides, len(texts)) if decides else None,
        loads=pattern.step is Step.LOAD,
        saves=pattern.step is Step.SAVE,
    )
