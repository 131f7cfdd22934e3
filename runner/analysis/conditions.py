"""For which pairs something is true, in words: `saver's Keras < 3 and loader's Keras >= 3`.

Owns the search for the shortest rule that separates the pairs that confirm from those that refute,
and its wording. It only describes what was measured and explains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, combinations, compress, pairwise
from operator import or_
from typing import TypeAlias

from packaging.version import Version

from crossload.runner.analysis.claim_facts import Facts, relation_of
from crossload.runner.analysis.judged import JudgedCell, Tried
from crossload.runner.cases.claim_model import Expected, Relation
from crossload.runner.prose import joined
from crossload.runner.records import ProbeError

_FRAMEWORK = (("keras", "Keras"), ("tensorflow", "TensorFlow"))
_PACKAGES = (
    *_FRAMEWORK,
    ("h5py", "h5py"),
    ("numpy", "NumPy"),
    ("protobuf", "protobuf"),
    ("python", "Python"),
)
_WORDS = (("backend", "backend"), ("api", "API"))
_RELATIONS = (
    (Relation.SAME, "the same {} on both sides"),
    (Relation.OLDER, "saver's {0} older than loader's {0}"),
    (Relation.NEWER, "saver's {0} newer than loader's {0}"),
)
_RULES = 3  # more alternatives are no shorter than a list
_GROUPS = 4
_NAMES = 4
_OTHERS = "all others"
_SOME_FILES = "some models or formats from "
_Test = tuple[str, list[bool]]
_Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Seen:
    """A judged cell, what its plain load came to, and the facts of its two environments.

    `error` is that of the plain load, or of the save where there is no file.
    """

    judged: JudgedCell
    saver: Facts
    loader: Facts
    outcome: Expected | None = None
    plain: Tried | None = None
    error: ProbeError | None = None


_Groups: TypeAlias = tuple[tuple[Seen, int], ...]


@dataclass(frozen=True)
class _Atom:
    """A simple condition; bit i of `mask` says whether the i-th kind of cell fulfils it."""

    text: str
    mask: int


def conditions_of(
    confirming: Sequence[Seen], refuting: Sequence[Seen], *, of_savers: bool = False
) -> tuple[str, str]:
    """Which pairs confirm and which refute, in words; both empty where only one of them is there.

    Where no short rule separates them, pairs are listed.

    Args:
        confirming: the cells that are as was said.
        refuting: the cells that are not.
        of_savers: whether it was about saving, so that the loaders mean nothing.
    """
    if not confirming or not refuting:
        return "", ""
    with_file = not _keys(confirming, with_file=False).isdisjoint(_keys(refuting, with_file=False))
    yes = {_key(one, with_file=with_file): one for one in confirming}
    no = {_key(one, with_file=with_file): one for one in refuting}
    kinds = (*yes.values(), *no.values())
    wanted, every = (1 << len(yes)) - 1, (1 << len(kinds)) - 1
    pairs = _grouped(kinds, _pair)
    files = _grouped(kinds, _file) if with_file else ()
    for packages in (_FRAMEWORK, _PACKAGES):  # what decides most often is looked at first
        atoms = _atoms(pairs, files, packages, every, of_savers=of_savers)
        rules = _rule(atoms, wanted, every), _rule(atoms, every & ~wanted, every)
        if any(rules):
            return rules[0] or _OTHERS, rules[1] or _OTHERS
    listed = _savers if of_savers else _pairs
    some = _SOME_FILES if with_file else ""
    return some + listed(tuple(yes.values())), some + listed(tuple(no.values()))


def _keys(cells: Iterable[Seen], *, with_file: bool) -> frozenset[tuple[str, ...]]:
    return frozenset(_key(one, with_file=with_file) for one in cells)


def _key(one: Seen, *, with_file: bool) -> tuple[str, ...]:
    """What cells have in common that count as one: the pair, and the file where pairs are mixed."""
    cell = one.judged.cell
    return (*_pair(one), *_file(one)) if with_file else (cell.saver, cell.loader)


def _pair(one: Seen) -> tuple[str, str]:
    return one.judged.cell.saver, one.judged.cell.loader


def _file(one: Seen) -> tuple[str, str]:
    return one.judged.cell.model, str(one.judged.cell.format)


def _atoms(
    pairs: _Groups, files: _Groups, packages: _Facts, every: int, *, of_savers: bool
) -> tuple[_Atom, ...]:
    """Every simple condition that some kinds fulfil and others do not; the first of equal ones."""
    tests = _side_tests("saver", [one.saver for one, _ in pairs], packages)
    if not of_savers:
        tests = chain(tests, _pair_tests([one for one, _ in pairs], packages))
    atoms: dict[int, _Atom] = {}
    for atom in chain(
        _masked(tests, [mask for _, mask in pairs]),
        _masked(_file_tests([one for one, _ in files]), [mask for _, mask in files]),
    ):
        if atom.mask and atom.mask != every:
            atoms.setdefault(atom.mask, atom)
    return tuple(atoms.values())


def _grouped(kinds: Sequence[Seen], key: Callable[[Seen], tuple[str, str]]) -> _Groups:
    """One example of each key, and which kinds have that key: tests need no more than these."""
    examples: dict[tuple[str, str], Seen] = {}
    places: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(kinds):
        name = key(one)
        examples.setdefault(name, one)
        places.setdefault(name, []).append(index)
    return tuple((one, _mask(places[name], len(kinds))) for name, one in examples.items())


def _mask(places: Iterable[int], length: int) -> int:
    digits = bytearray(b"0" * length)
    for place in places:
        digits[length - 1 - place] = ord("1")
    return int(digits, 2)


def _masked(tests: Iterable[_Test], masks: Sequence[int]) -> Iterator[_Atom]:
    for text, fulfilled in tests:
        yield _Atom(text, reduce(or_, compress(masks, fulfilled), 0))


def _pair_tests(cells: Sequence[Seen], packages: _Facts) -> Iterator[_Test]:
    yield from _side_tests("loader", [one.loader for one in cells], packages)
    for fact, title in (("environment", "environment"), *_WORDS, *packages):
        relations = [relation_of(fact, one.saver, one.loader) for one in cells]
        for relation, words in _RELATIONS:
            yield words.format(title), [one is relation for one in relations]
        yield (
            f"not the same {title} on both sides",
            [one not in {None, Relation.SAME} for one in relations],
        )


def _file_tests(cells: Sequence[Seen]) -> Iterator[_Test]:
    yield from _values("model", [one.judged.cell.model for one in cells])
    yield from _values("format", [str(one.judged.cell.format) for one in cells])


def _side_tests(side: str, facts: Sequence[Facts], packages: _Facts) -> Iterator[_Test]:
    for package, title in packages:
        yield from _thresholds(f"{side}'s {title}", [one.versions.get(package) for one in facts])
    for word, title in _WORDS:
        yield from _values(f"{side}'s {title}", [one.words[word] for one in facts])


def _thresholds(title: str, versions: Sequence[Version | None]) -> Iterator[_Test]:
    known = sorted({one for one in versions if one is not None})
    ranks = {one: rank for rank, one in enumerate(known)}
    ranked = [-1 if one is None else ranks[one] for one in versions]
    for rank, (below, above) in enumerate(pairwise(known), 1):
        border = _short(below, above)
        yield f"{title} < {border}", [0 <= one < rank for one in ranked]
        yield f"{title} >= {border}", [one >= rank for one in ranked]


def _short(below: Version, above: Version) -> str:
    """The fewest numbers of `above` that still lie above `below`: 3 for 2.15.1 and 3.0.5."""
    for length in range(1, len(above.release) + 1):
        short = ".".join(map(str, above.release[:length]))
        if below < Version(short) <= above:
            return short
    return str(above)


def _values(title: str, values: Sequence[str]) -> Iterator[_Test]:
    different = sorted(set(values))
    for value in different:
        yield f"{title} {value}", [one == value for one in values]
    for value in different:
        yield f"{title} other than {value}", [one != value for one in values]


def _rule(atoms: Sequence[_Atom], wanted: int, every: int) -> str:
    """Up to three alternatives, each of one or two conditions, that are exactly `wanted`; or ''."""
    unwanted = every & ~wanted
    singles = [one for one in atoms if not one.mask & unwanted]
    # With another condition, one that needs none would only say less.
    others = [one for one in atoms if one.mask & unwanted]
    options: list[tuple[int, tuple[_Atom, ...]]] = [(one.mask, (one,)) for one in singles]
    for one, other in combinations(others, 2):
        mask = one.mask & other.mask
        if mask and not mask & unwanted:
            options.append((mask, (one, other)))
    chosen: list[str] = []
    missing = wanted
    while missing and len(chosen) < _RULES:
        mask, best = max(
            options, key=lambda option: (option[0] & missing).bit_count(), default=(0, ())
        )
        if not mask & missing:
            return ""
        chosen.append(" and ".join(one.text for one in best))
        missing &= ~mask
    return "; or ".join(chosen) if not missing else ""


def _pairs(cells: Sequence[Seen]) -> str:
    """Savers with the same loaders as one group: `a, b to c, d; e to f`."""
    loaders: dict[str, dict[str, None]] = {}
    for one in cells:
        loaders.setdefault(one.judged.cell.saver, {})[one.judged.cell.loader] = None
    groups: dict[tuple[str, ...], list[str]] = {}
    for saver, names in loaders.items():
        groups.setdefault(tuple(names), []).append(saver)
    largest = sorted(groups.items(), key=lambda item: -len(item[0]) * len(item[1]))
    shown = [f"{_names(savers)} to {_names(names)}" for names, savers in largest[:_GROUPS]]
    more = len(largest) - _GROUPS
    return "; ".join(shown) + (f"; and {more} more groups of pairs" if more > 0 else "")


def _savers(cells: Sequence[Seen]) -> str:
    return _names(tuple(dict.fromkeys(one.judged.cell.saver for one in cells)))


def _names(names: Sequence[str]) -> str:
    return joined(names, _NAMES)
