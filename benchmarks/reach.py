"""How far the translator reaches: files that a plain load refuses, and how many are translated.

    python benchmarks/reach.py HOME_OR_EXPORT [--loader PATTERN]

Owns what is counted and printed. Counted are files of whole models that a plain load refuses in a
loader of a run, and that need no class or function of the user's. Translated are those whose
outputs the translator reproduces there, whether or not another way helps as well.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crossload.runner.analysis import judge_run  # noqa: E402
from crossload.runner.analysis.causes import known_traits  # noqa: E402 - the path comes first
from crossload.runner.analysis.claim_facts import facts_of  # noqa: E402
from crossload.runner.analysis.judged import ENDINGS, JudgedCell, TryResult  # noqa: E402
from crossload.runner.config.selection import Selection  # noqa: E402
from crossload.runner.formats import FORMATS  # noqa: E402
from crossload.runner.home import Home  # noqa: E402
from crossload.runner.ledger import Ledger  # noqa: E402
from crossload.runner.ledger.importing import read_snapshot  # noqa: E402
from crossload.runner.ledger.snapshot import RunSnapshot  # noqa: E402
from crossload.runner.strategies import Part  # noqa: E402
from crossload.runner.words import Strategy  # noqa: E402

GOAL = 0.95
REFUSING = ENDINGS | {TryResult.REFUSED}
WHOLE = frozenset({Part.ARCHITECTURE, Part.WEIGHTS})


@dataclass
class Reach:
    """Counts of one run by (format, era), and the cells that were not translated."""

    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    translated: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[JudgedCell] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the refused cells, those that are translated; 1 where nothing was refused."""
        total = self.refused.total()
        return self.translated.total() / total if total else 1.0

    def rows(self) -> Iterator[tuple[str, str, int, int]]:
        """(format, era, refused, translated), in the order of formats and eras."""
        for form, era in sorted(self.refused):
            yield form, era, self.refused[form, era], self.translated[form, era]


def reach_of(snapshot: RunSnapshot, loaders: Selection) -> Reach:
    """Count the cells of a run whose loader is selected, by its name or its id.

    Those of models with own code or byte code are left out.
    """
    traits = known_traits({})
    keras = {one.id: keras_of(snapshot, one.id) for one in snapshot.environments}
    wanted = {one.id for one in snapshot.environments if loaders(one.name, one.id)}
    found = Reach()
    for judged in judge_run(snapshot):
        cell = judged.cell
        if cell.loader not in wanted:
            continue
        trait = traits.get(cell.model)
        if trait is None or trait.custom or trait.code or WHOLE - FORMATS[cell.format].parts:
            continue
        results = {one.strategy: one.result for one in judged.tried}
        if results.get(Strategy.PLAIN) not in REFUSING:
            continue
        key = str(cell.format), f"{keras[cell.saver]} → {keras[cell.loader]}"
        found.refused[key] += 1
        if results.get(Strategy.TRANSLATED) is TryResult.AGREES:
            found.translated[key] += 1
        else:
            found.missed.append(judged)
    return found


def keras_of(snapshot: RunSnapshot, environment: str) -> str:
    """The generation of Keras that an environment uses: "Keras 2" or "Keras 3", say."""
    record = snapshot.environment(environment)
    version = None if record is None else facts_of(record, scripted=False).versions.get("keras")
    return f"Keras {version.major}" if version else "Keras 2"  # inside TensorFlow up to 2.5


def show(found: Reach) -> None:
    """Print a table for the page on loading, then what was not translated."""
    print("| format | saved by → loaded with | refused plainly | translated | |")
    print("|---|---|---|---|---|")
    for form, era, refused, translated in found.rows():
        print(f"| `{form}` | {era} | {refused} | {translated} | {translated / refused:.1%} |")
    refused, translated = found.refused.total(), found.translated.total()
    print(f"| all | | {refused} | {translated} | {found.share:.1%} |")
    for one in found.missed:
        tried = next((t for t in one.tried if t.strategy is Strategy.TRANSLATED), None)
        error = tried.error.message.splitlines()[0][:150] if tried and tried.error else ""
        print(f"  missed {one.cell}: {tried.result if tried else 'not tried'} {error}")


def read(path: Path) -> RunSnapshot:
    """The newest run of a home, or the run in an exported file."""
    if path.is_file():
        return read_snapshot(path)
    with Ledger.open(Home(path).ledger, read_only=True) as ledger:
        return ledger.snapshot()


def main() -> int:
    """Print the table; exit code 1 if less than 95 % are translated."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, help="a home with a ledger, or an exported run")
    parser.add_argument(
        "--loader",
        action="append",
        default=[],
        metavar="PATTERN",
        help="count only loads in these environments, by name or id",
    )
    given = parser.parse_args()
    found = reach_of(read(given.run), Selection.parse(given.loader, option="--loader"))
    show(found)
    return int(found.share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
