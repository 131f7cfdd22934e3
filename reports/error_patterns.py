"""What the catalogue of causes recognises in a message, for the script of the page.

Owns its form there: regular expressions as JavaScript reads them, and what each cause says and
advises. `runner.causes.by_error` does the same search for the command line; `assets/errors.js`
follows it, but has only the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from crossload.reports.page_data import inert_json
from crossload.runner.atlas import Atlas, Kind
from crossload.runner.causes.by_error import CONDITION, OWN_TYPES
from crossload.runner.causes.conditions import conditions_of
from crossload.runner.causes.form import CauseForm, Pattern
from crossload.runner.causes.loading import Catalogue, shipped_catalogue
from crossload.runner.causes.values import Step
from crossload.runner.causes.wording import UNKNOWN, cell_names

_IN_MESSAGE = ("message", "warning", "output")
_REMEDIES = 2  # as many as one weighs before one looks at the cells


@lru_cache(maxsize=1)
def error_patterns() -> str:
    """Return the shipped catalogue as inert JSON.

    `known` has the names of Keras, `names` what a sentence says where nothing is known of a cell,
    `causes` the entries in the order in which a run takes the first. What they repeat stands once
    in `texts`, and what is empty is left out.
    """
    catalogue, atlas = shipped_catalogue(), Atlas.load()
    names = cell_names(None, None, None)
    texts: dict[str, int] = {}
    causes = list(_causes(catalogue, texts))
    return inert_json(
        {
            "known": " ".join(sorted({name for kind in Kind for name in atlas.names(kind)})),
            "names": {name: text for name, text in names.items() if text != UNKNOWN},
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
        patterns = [_pattern(entry, one, texts) for one in entry.when if _is_searched(one)]
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


def _is_searched(pattern: Pattern) -> bool:
    """Whether a message can match, as in `by_error`; a traceback alone is not enough here."""
    own = pattern.type is not None and any(name in pattern.type for name in OWN_TYPES)
    searched = any(name in pattern.texts for name in _IN_MESSAGE)
    return searched and not (own or pattern.details or pattern.environment)


def _pattern(entry: CauseForm, pattern: Pattern, texts: dict[str, int]) -> dict[str, object]:
    conditions = conditions_of(pattern)
    given = pattern.texts
    decides = " and ".join(conditions)
    return _given(
        type=None if pattern.type is None else as_javascript(pattern.type),
        message=[as_javascript(given[name]) for name in _IN_MESSAGE if name in given],
        known=pattern.known,
        unknown=pattern.unknown,
        cost=CONDITION * len(conditions) - entry.priority,
        decides=texts.setdefault(decides, len(texts)) if decides else None,
        loads=pattern.step is Step.LOAD,
        certain=not conditions and "traceback" not in given,
    )
