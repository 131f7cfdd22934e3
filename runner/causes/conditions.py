"""What a pattern asks for besides texts, in words: "the loader has Keras 3.0 to 3.8".

Owns that wording, for people who have an error and no run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from crossload.runner.causes.form import Order, Pattern, Relation
from crossload.runner.causes.values import Step
from crossload.runner.causes.wording import file_word
from crossload.runner.conditions import Facts
from crossload.runner.prose import joined
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import Format

_NAMES = {
    Relation.GENERATION: "generation of Keras",
    Relation.BACKEND: "backend",
    Relation.API: "package of Keras",
    Relation.PYTHON: "Python",
    Relation.KERAS: "version of Keras",
    Relation.TENSORFLOW: "version of TensorFlow",
    Relation.ENVIRONMENT: "environment",
}
_STEPS = {
    Step.ENVIRONMENT: "it happens while installing or importing",
    Step.SAVE: "it happens while saving",
}
_ORDERS = {
    Order.UPGRADE: "the loader has the newer Keras",
    Order.DOWNGRADE: "the loader has the older Keras",
}
_CALLS = re.compile(r"\b(save|load) (calls|names)\b")  # lines about scripts, not about a model
_ABOUT_CODE = "your code makes the calls that this is about"
_APIS: Mapping[str, str] = {"keras": "the keras package", "tf_keras": "tf-keras"}
_PACKAGES = {"keras": "Keras", "tensorflow": "TensorFlow", "python": "Python", "numpy": "NumPy"}


def conditions_of(pattern: Pattern) -> tuple[str, ...]:
    """The conditions that have to hold besides the texts, each a clause."""
    return tuple(_clauses(pattern))


def facts_in_words(facts: Facts) -> str:
    """Facts of an environment: "Keras 3", "the jax or torch backend", "TensorFlow >=2.16"."""
    words = [f"Keras {_either(facts.generation)}"] if facts.generation else []
    words += [_either(_APIS.get(one, one) for one in facts.api)] if facts.api else []
    words += [f"the {_either(facts.backend)} backend"] if facts.backend else []
    words += [
        f"{_PACKAGES.get(name, name)} {_range(getattr(facts, name))}" for name in facts.ranges
    ]
    return joined(words)


def _range(specifier: str) -> str:
    """A range in words: ">=3,<3.9" is "3 or newer, but before 3.9"."""
    parts = specifier.split(",")
    least = next((one[2:] for one in parts if one.startswith(">=")), "")
    before = next((one[1:] for one in parts if one[0] == "<" and one[1] != "="), "")
    if len(parts) != bool(least) + bool(before):
        return specifier
    if least and before:
        return f"{least} or newer, but before {before}"
    return f"{least} or newer" if least else f"before {before}"


def _clauses(pattern: Pattern) -> Iterator[str]:
    if pattern.step in _STEPS:
        yield _STEPS[pattern.step]
    files = dict.fromkeys(
        _with_article(file_word(one)) for one in pattern.formats if one is not Format.SCRIPT
    )
    if files:
        yield f"the file is {_either(files)}"
    for side, facts in (("saver", pattern.saver), ("loader", pattern.loader)):
        if facts is not None:
            yield f"the {side} has {facts_in_words(facts)}"
    if pattern.helped:
        yield f"it works if it {_either(STRATEGIES[one].loads for one in pattern.helped)}"
    for one in pattern.differ:
        yield f"saver and loader differ in their {_NAMES[one]}"
    for one in pattern.alike:
        yield f"saver and loader have the same {_NAMES[one]}"
    if pattern.order is not None:
        yield _ORDERS[pattern.order]
    if pattern.holds is not None:
        is_code = _CALLS.search(pattern.holds)
        yield _ABOUT_CODE if is_code else "the model has the layers or arguments that this is about"


def _with_article(word: str) -> str:
    return f"{'an' if word[0] in 'HEe' else 'a'} {word}"


def _either(words: Iterable[object]) -> str:
    return " or ".join(map(str, words))
