"""Selection of ids by patterns, for every option that names environments, models or cells.

Owns the pattern language (shell globs, case sensitive, with `{a,b}`), not where the ids come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from crossload.runner.config.nearest import hint
from crossload.runner.errors import UsageError
from crossload.runner.prose import joined

MAX_ALTERNATIVES = 1000  # `{a,b}{a,b}...` doubles with each pair of braces
_SPECIAL = re.compile(r"[*?{}\[\]]")


@dataclass(frozen=True)
class Selection:
    """Says of an id whether it is selected; one without patterns selects everything.

    `*` in a pattern matches any text, `/` too, so that `*/tf2.15-py3.11` selects cells by loader.
    """

    patterns: tuple[str, ...] = ()

    @classmethod
    def parse(cls, patterns: Iterable[str], *, option: str = "") -> Selection:
        """Expand the braces of what a user wrote.

        Args:
            patterns: globs such as `tf2.1?-py3.{10,11}`.
            option: what the user wrote them behind, e.g. `--environment`, for messages.

        Raises:
            UsageError: if braces expand to too many patterns.
        """
        expanded: list[str] = []
        for pattern in patterns:
            found = expand_braces(pattern)
            if found is None:
                raise UsageError(
                    f"{_where(option)}{pattern!r} stands for more than {MAX_ALTERNATIVES} patterns",
                    "use '*' or '?' instead of braces",
                )
            expanded += found
        return cls(tuple(dict.fromkeys(expanded)))

    def __call__(self, *names: str) -> bool:
        """Whether an item is selected, by its id or by any other name of it."""
        return not self.patterns or any(
            fnmatchcase(name, pattern) for pattern in self.patterns for name in names
        )


def choose(
    patterns: Sequence[str],
    ids: Sequence[str],
    *,
    option: str,
    names: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """The ids that the patterns select, in the order of `ids`; all of them without patterns.

    Args:
        patterns: globs with braces; every one must select something.
        ids: what there is to choose from.
        option: what the user wrote the patterns behind, e.g. `--environment`.
        names: another name for some ids, which selects them as well.

    Raises:
        UsageError: for a pattern that selects nothing, with the nearest id.
    """
    other = names or {}
    for pattern in patterns:
        selection = Selection.parse([pattern], option=option)
        if not any(selection(each, other.get(each, each)) for each in ids):
            known = [*ids, *other.values()]
            raise UsageError(
                f"{_where(option)}{pattern!r} matches nothing{pattern_hint(pattern, known)}",
                _advice(ids),
            )
    selection = Selection.parse(patterns, option=option)
    return tuple(each for each in ids if selection(each, other.get(each, each)))


def pattern_hint(pattern: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'` for a pattern, its wildcards disregarded."""
    return hint(_SPECIAL.sub("", pattern), known)


def expand_braces(pattern: str) -> tuple[str, ...] | None:
    """`a{b,c}` as `ab` and `ac`, nested ones too; None if they are more than `MAX_ALTERNATIVES`.

    Braces without a comma or without their partner stand for themselves.
    """
    pending, done = [pattern], list[str]()
    while pending:
        if len(pending) + len(done) > MAX_ALTERNATIVES:
            return None
        each = pending.pop()
        group = re.search(r"\{([^{}]*,[^{}]*)\}", each)  # an innermost one
        if group is None:
            done.append(each)
            continue
        head, tail = each[: group.start()], each[group.end() :]
        pending += [f"{head}{choice}{tail}" for choice in reversed(group[1].split(","))]
    return tuple(dict.fromkeys(done))


def _where(option: str) -> str:
    return f"{option} " if option else ""


def _advice(ids: Sequence[str]) -> str:
    if not ids:
        return "there is nothing to choose from"
    return f"choose from {joined(ids, 10)}"
