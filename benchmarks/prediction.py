"""How good predictions are: precision and recall for "fails", against what was measured.

    python benchmarks/prediction.py [--home .crossload] [--wild FOLDER] [--cache FILE]

Owns the comparison. The truth is each plain attempt of a home's ledger at a file that holds a whole
model, and what `measured.json` says of a folder of files of others. The files of a home are read
in this process, without the walls of `crossload inspect`: probes of this project wrote them.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from runner.atlas import Atlas  # noqa: E402 - the path comes first
from runner.inspection.inspecting import inspect  # noqa: E402
from runner.inspection.model import Inspection  # noqa: E402
from runner.inspection.reading import read  # noqa: E402
from runner.prediction import Outcome, Prediction, Predictor  # noqa: E402

FORMATS = ("h5", "h5+no-optimizer", "h5+save-format", "keras", "savedmodel",
           "savedmodel+no-optimizer", "savedmodel+save-format")  # fmt: skip
ATTEMPTS = """
    SELECT saver_of.id, loader_of.id, save.model, save.format, save.artifact, job.status,
           coalesce(job.error_type, job.status)
    FROM attempt JOIN job ON job.id = attempt.job_id
    JOIN save ON save.artifact = attempt.artifact AND save.live
    JOIN environment AS saver ON saver.digest = save.saver
    JOIN environment AS loader ON loader.digest = attempt.loader
    JOIN run_environment AS saver_of ON saver_of.environment_id = saver.id
         AND saver_of.run_id = (SELECT max(id) FROM run)
    JOIN run_environment AS loader_of ON loader_of.environment_id = loader.id
         AND loader_of.run_id = (SELECT max(id) FROM run)
    WHERE attempt.live AND attempt.strategy = 'plain'
"""
# The environments of `measured.json` by the atlas's environment of the same Keras. TensorFlow 2.2
# has none there; 2.4 brings the Keras of 2.3.
ALIKE = {"tf115": "tf1.15", "tf24": "tf2.3-h5py2", "tf26": "tf2.6", "tf210x": "tf2.10",
         "tf213": "tf2.13", "tf215": "tf2.15", "tf216": "tf2.16-newest",
         "tf221": "tf2.21"}  # fmt: skip


@dataclass
class Score:
    """Counts of (measured to fail, predicted to fail), and what was wrong."""

    counts: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    unknown: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def add(self, fails: bool, prediction: Prediction, what: str) -> None:  # noqa: FBT001 - the truth
        if prediction.outcome is Outcome.UNKNOWN:
            self.unknown += 1
            return
        said = prediction.outcome is Outcome.FAILS
        self.counts[fails, said] += 1
        if said:
            first = prediction.reasons[0]
            (self.right if fails else self.wrong)[f"{first.rule}: {first.sentence}"[:110]] += 1
        elif fails:
            self.missed[what] += 1

    @property
    def precision(self) -> float:
        said = self.counts[True, True] + self.counts[False, True]
        return self.counts[True, True] / said if said else 1.0

    @property
    def recall(self) -> float:
        fails = self.counts[True, True] + self.counts[True, False]
        return self.counts[True, True] / fails if fails else 1.0

    def show(self, title: str) -> None:
        count = self.counts
        print(f"\n{title}: precision {self.precision:.3f}, recall {self.recall:.3f} for fails")
        print(f"  fails, predicted so {count[True, True]}, missed {count[True, False]}")
        print(f"  loads, predicted so {count[False, False]}, wrongly not {count[False, True]}")
        print(f"  not predicted: {self.unknown}")
        for name, what in (("worst rules", self.wrong), ("most missed", self.missed)):
            for text, number in what.most_common(8):
                print(f"  {name}: {number} x {text}")


def score_home(home: Path, cache: Path, predictor: Predictor) -> Score:
    """Every plain attempt of a home's ledger whose loader is in the atlas."""
    score = Score()
    known = dict(_cached(cache))
    connection = sqlite3.connect(f"file:{home / 'ledger.sqlite'}?mode=ro", uri=True)
    loaders = {one.id for one in predictor.atlas.environments}
    with cache.open("a", encoding="utf-8") as out:
        for _, loader, model, form, artifact, status, error in connection.execute(ATTEMPTS):
            if form not in FORMATS or loader not in loaders:
                continue
            if artifact not in known:
                path = _payload(home, artifact)
                if path is None:
                    continue
                known[artifact] = (path.suffix, read(path))
                line = [artifact, path.suffix, known[artifact][1].model_dump(mode="json")]
                out.write(json.dumps(line) + "\n")
            suffix, inspection = known[artifact]
            prediction = predictor.predict(inspection, loader, suffix)
            score.add(status != "done", prediction, f"{model}.{form} in {loader}: {error}")
    connection.close()
    return score


def _cached(cache: Path) -> Iterator[tuple[str, tuple[str, Inspection]]]:
    if cache.is_file():
        for line in cache.read_text(encoding="utf-8").splitlines():
            artifact, suffix, facts = json.loads(line)
            yield artifact, (suffix, Inspection.model_validate_json(json.dumps(facts)))


def _payload(home: Path, artifact: str) -> Path | None:
    folder = home / "artifacts" / artifact / "payload"
    return next(iter(folder.iterdir()), None) if folder.is_dir() else None


def score_wild(folder: Path, predictor: Predictor) -> Score:
    """Every file and environment of `measured.json` that the atlas has the Keras of."""
    score = Score()
    measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    for name, facts in measured["files"].items():
        path = folder / name
        inspection = inspect(path)
        for environment, found in facts["measured"].items():
            if environment not in ALIKE:
                continue
            first = found["attempts"][0]
            prediction = predictor.predict(inspection, ALIKE[environment], path.suffix)
            what = f"{name} in {environment}: {first.get('type', '')}"
            score.add(first["outcome"] != "ok", prediction, what)
    return score


def main() -> int:
    """Print both scores; exit code 1 if one is below 0.95."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, default=ROOT / ".crossload")
    parser.add_argument("--wild", type=Path, help="a folder of files with measured.json")
    parser.add_argument("--cache", type=Path, help="keeps the inspections of the home's files")
    args = parser.parse_args()
    predictor = Predictor(Atlas.load())
    scores = []
    started = time.perf_counter()
    if (args.home / "ledger.sqlite").is_file():
        cache = args.cache or args.home / "cache" / "inspections.jsonl"
        scores.append((f"reference files of {args.home}", score_home(args.home, cache, predictor)))
    if args.wild is not None:
        scores.append((f"files of others in {args.wild}", score_wild(args.wild, predictor)))
    for title, score in scores:
        score.show(title)
    print(f"\n{time.perf_counter() - started:.0f} s")
    return int(any(min(one.precision, one.recall) < 0.95 for _, one in scores))


if __name__ == "__main__":
    sys.exit(main())
