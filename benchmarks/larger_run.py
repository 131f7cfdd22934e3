"""Makes a run of as many cells as wanted out of an exported one, by measuring its models again.

Owns the copies. A copy of a model has another name, other files and other differences, so that none
of its attempts equals that of the original; texts are the same, as errors of two models often are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from crossload.runner.ledger import spelling
from crossload.runner.ledger.exported import Line, lines, written_whole

_MODEL, _ARTIFACT = 2, 7  # where the line of a save has them; a cell has its model there, too
_CHECKS = 7  # where the line of an attempt has them; its artifact stands first


def write_larger(source: Path, target: Path, cells: int) -> None:
    """Write a run with at least so many cells; it is less than a model larger.

    Raises:
        ExportError: the source cannot be used.
        StorageError: the target cannot be written.
    """
    copies = _copies(source, cells)
    models: dict[str, str] = {}  # by artifact
    with written_whole(target) as writer:
        for _, line in lines(source):
            writer.write(line)
            for number in range(copies[_model_of(line, models)]):
                writer.write(_copied(line, number + 2))


def _copies(source: Path, cells: int) -> Counter[str]:
    """How many copies each model needs; the largest first, as long as they are needed."""
    sizes = Counter(line[_MODEL] for _, line in lines(source) if line[0] == spelling.CELL)
    copies: Counter[str] = Counter()
    total = sizes.total()
    while sizes and total < cells:
        for model, size in sizes.most_common():
            if total < cells:
                copies[model] += 1
                total += size
    return copies


def _model_of(line: Line, models: dict[str, str]) -> str:
    """The model that a line tells of; empty if it tells of none."""
    kind = line[0]
    if kind == spelling.SAVE and line[_ARTIFACT] is not None:
        models[line[_ARTIFACT]] = line[_MODEL]
    if kind in {spelling.CELL, spelling.SAVE}:
        return str(line[_MODEL])
    return models.get(line[1], "") if kind == spelling.ATTEMPT else ""


def _copied(line: Line, number: int) -> Line:
    copy = list(line)
    if line[0] == spelling.ATTEMPT:
        copy[1] = _digest(line[1], number)
        copy[_CHECKS] = list(_other_checks(line[_CHECKS], 1 + number / 1000))
        return copy
    copy[_MODEL] = f"{line[_MODEL]}-{number}"
    if line[0] == spelling.SAVE and line[_ARTIFACT] is not None:
        copy[_ARTIFACT] = _digest(line[_ARTIFACT], number)
    return copy


def _digest(digest: str, number: int) -> str:
    return f"{number:06x}{digest[6:]}"


def _other_checks(checks: list[Line], factor: float) -> Iterator[Line]:
    for name, status, difference, detail in checks:
        other = difference * factor if isinstance(difference, float) else difference
        yield [name, status, other, detail]
