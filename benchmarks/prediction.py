"""How good predictions are: precision and recall for "fails", against what was measured.

    python benchmarks/prediction.py [--wild FOLDER]

Owns what is printed. The truth is each plain attempt of the published run at a file that holds a
whole model, whose inspections lie beside it, and what `measured.json` says of a folder of files
of others.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crossload.runner.atlas import Atlas  # noqa: E402 - the path comes first
from crossload.runner.inspection.inspecting import inspect  # noqa: E402
from crossload.runner.ledger.importing import read_snapshot  # noqa: E402
from crossload.runner.prediction import Predictor, recorded  # noqa: E402
from crossload.runner.prediction.scoring import Compared, Judged, compare, score_of  # noqa: E402
from crossload.runner.records import Cell  # noqa: E402
from crossload.runner.words import Format  # noqa: E402

PUBLISHED = ROOT / "reports" / "published"
RUN, INSPECTIONS = PUBLISHED / "run.jsonl.xz", PUBLISHED / "inspections.jsonl.xz"
BOUND = 0.95
SHOWN = 8
# The environments of `measured.json` by the atlas's environment of the same Keras.
ALIKE = {"tf115": "tf1.15", "tf22": "tf2.2", "tf24": "tf2.4", "tf26": "tf2.6", "tf210x": "tf2.10",
         "tf213": "tf2.13", "tf215": "tf2.15", "tf216": "tf2.16-newest",
         "tf221": "tf2.21"}  # fmt: skip
FORMATS = {"keras": Format.KERAS, "savedmodel": Format.SAVEDMODEL}


def compare_published(predictor: Predictor) -> Compared:
    """Every plain attempt of the published run."""
    return compare(read_snapshot(RUN), recorded.read(INSPECTIONS), predictor)


def compare_wild(folder: Path, predictor: Predictor) -> Compared:
    """Every file and environment of `measured.json` that the atlas has the Keras of."""
    compared = Compared()
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    for name, facts in measured["files"].items():
        path = folder / name
        inspection = inspect(path)
        form = FORMATS.get(str(inspection.format), Format.H5)
        for environment, found in facts["measured"].items():
            if environment not in ALIKE:
                compared.left_out["the atlas has no such loader"] += 1
                continue
            first = found["attempts"][0]
            prediction = predictor.predict(inspection, ALIKE[environment], path.suffix)
            cell = Cell("others", name, form, environment)
            fails = first["outcome"] != "ok"
            compared.judged.append(Judged(cell, fails, prediction, str(first.get("type", ""))))
    return compared


def show(title: str, compared: Compared, predictor: Predictor) -> None:
    """Print the numbers, then those by format and by Keras, then the worst."""
    score = compared.score
    print(f"\n{title}: {score.total} attempts")
    print(f"  precision {score.precision:.4f}, recall {score.recall:.4f} for fails")
    print(f"  fails: predicted {len(score.right_fails)}, missed {len(score.missed)}")
    print(f"  loads: predicted {len(score.right_loads)}, false alarms {len(score.false_alarms)}")
    for reason, count in compared.left_out.items():
        print(f"  left out: {count}, {reason}")
    if score.unknown:
        print(f"  not predicted: {score.unknown}")
    _show_parts("format", compared, lambda one: str(one.cell.format))
    atlas = predictor.atlas
    _show_parts("Keras that loads", compared, lambda one: _family(atlas, one.cell.loader))
    _show_worst(
        "missed", score.missed, lambda one: f"{one.cell.model}.{one.cell.format}: {one.error}"
    )
    _show_worst("false alarm", score.false_alarms, lambda one: one.because)


def _family(atlas: Atlas, loader: str) -> str:
    return str(atlas.environment(ALIKE.get(loader, loader)).family)


def _show_parts(what: str, compared: Compared, key: Callable[[Judged], str]) -> None:
    parts: dict[str, list[Judged]] = {}
    for one in compared.judged:
        parts.setdefault(key(one), []).append(one)
    print(f"  by {what}:")
    for name, judged in sorted(parts.items()):
        score = score_of(judged)
        print(
            f"    {name:24} precision {score.precision:.4f}, recall {score.recall:.4f}, "
            f"{score.total} attempts, {len(score.missed)} missed, "
            f"{len(score.false_alarms)} false alarms"
        )


def _show_worst(what: str, judged: list[Judged], key: Callable[[Judged], str]) -> None:
    groups = Counter(key(one) for one in judged)
    for text, count in groups.most_common(SHOWN):
        example = next(one for one in judged if key(one) == text)
        print(f"  {what}: {count} x {text[:130]} (e.g. {example.cell})")


def main() -> int:
    """Print the scores; exit code 1 if one is below 0.95."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--wild", type=Path, help="a folder of files of others, with measured.json")
    args = parser.parse_args()
    started = time.perf_counter()
    predictor = Predictor(Atlas.load())
    compared = [("reference files of the published run", compare_published(predictor))]
    if args.wild is not None:
        compared.append(("files of others", compare_wild(args.wild, predictor)))
    for title, one in compared:
        show(title, one, predictor)
    print(f"\n{time.perf_counter() - started:.0f} s")
    scores = [one.score for _, one in compared]
    return int(any(min(one.precision, one.recall) < BOUND for one in scores))


if __name__ == "__main__":
    sys.exit(main())
