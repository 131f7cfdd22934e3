"""How often a file of one environment loads in another as a whole, from the published reference.

Owns `edges.json`, in which these shares are, and making it. They order the ways that are tried;
none of them is taken for a result.

    python -m crossload.runner.migration.edges reports/published/run.jsonl.xz
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from crossload.runner.errors import ConfigurationError
from crossload.runner.formats import WRITTEN_FORMATS
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import Format

SHIPPED = Path(__file__).with_name("edges.json")
_Table = dict[str, dict[str, dict[str, tuple[int, int]]]]
# Of a pair that nobody measured little is known, and one cell is no proof: counts begin here.
_PRIOR = (0.5, 2.0)


@dataclass(frozen=True)
class Edges:
    """Counts of (cells that load, cells measured) by saver, format and loader, by name.

    What loads with help counts too, where the whole model is loaded.
    """

    table: Mapping[str, Mapping[str, Mapping[str, tuple[int, int]]]]

    def share(self, saver: str, file_format: Format, loader: str) -> float:
        """The share of reference models that take this way, between 0 and 1 and never either."""
        counts = self.table.get(saver, {}).get(str(file_format), {}).get(loader, (0, 0))
        return (counts[0] + _PRIOR[0]) / (counts[1] + _PRIOR[1])

    def writes(self, saver: str, file_format: Format) -> bool:
        """Whether the environment was seen to write this format; True where it is unknown."""
        known = self.table.get(saver)
        return known is None or str(file_format) in known


@lru_cache(maxsize=1)
def shipped_edges() -> Edges:
    """The edges that travel with the program.

    Raises:
        ConfigurationError: the file is missing or damaged.
    """
    try:
        return Edges(TypeAdapter(_Table).validate_json(SHIPPED.read_bytes(), strict=False))
    except (OSError, ValidationError) as error:
        raise ConfigurationError(
            f"{str(SHIPPED)!r} cannot be read: {error}", "reinstall crossload"
        ) from error


def make(source: Path) -> _Table:
    """Count the cells of an exported run.

    Raises:
        LedgerError: the file is not one.
    """
    from crossload.runner.analysis import judge_run  # noqa: PLC0415 - only when the file is made
    from crossload.runner.ledger.importing import read_snapshot  # noqa: PLC0415 - same

    snapshot = read_snapshot(source)
    names = {one.id: one.name for one in snapshot.environments}
    table: _Table = {}
    for judged in judge_run(snapshot):
        cell = judged.cell
        if cell.format not in WRITTEN_FORMATS or not judged.verdict.is_measured:
            continue
        formats = table.setdefault(names[cell.saver], {}).setdefault(str(cell.format), {})
        loads, measured = formats.get(names[cell.loader], (0, 0))
        strategy = judged.strategy if judged.verdict.works else None
        whole = strategy is not None and STRATEGIES[strategy].is_whole
        formats[names[cell.loader]] = (loads + whole, measured + 1)
    return table


def main(arguments: list[str]) -> int:
    """Write `edges.json` anew."""
    text = json.dumps(make(Path(arguments[0])), sort_keys=True, separators=(",", ":"))
    SHIPPED.write_text(text.replace('},"', '},\n"') + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
