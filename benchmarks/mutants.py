"""Changes the code that decides, a little at a time, and counts the changes that no test notices.

    python benchmarks/mutants.py [--sample N] [--seconds N] [--seed N] [MODULE...]

Owns the sample, the runs and what is printed. `cosmic-ray` makes the changes. Each is tried in a
copy of the repository, so the working tree stays as it is. Exit code 1: the tests fail unchanged.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parent.parent
# The modules that decide, and the tests that know them.
TESTS = {
    "runner/analysis/judge.py": tuple(
        f"tests/analysis/test_{name}.py"
        for name in (
            "verdicts",
            "judge_run",
            "properties",
            "unmeasured",
            "sentences",
            "code_notes",
            "causes",
        )
    ),
    "runner/causes/recognition.py": (
        "tests/causes/test_matching.py",
        "tests/causes/test_recognition.py",
    ),
    "runner/gate/gating.py": ("tests/gate/test_gating.py", "tests/gate/test_policy.py"),
    "runner/migration/routes.py": (
        "tests/migration/test_costs.py",
        "tests/migration/test_routes.py",
    ),
}
# `==` and `is` are the same for the words (enums) and for None, of which these modules are full.
SAME_MEANING = ("Eq_Is", "NotEq_IsNot", "Is_Eq", "IsNot_NotEq")
# A change may make a loop endless: its tests get this many times what they take unchanged.
PATIENCE = 5


@dataclass(frozen=True)
class Mutant:
    """One change of one module: its operator, and the module's whole new text."""

    module: str
    operator: str
    text: str

    def difference(self, before: str) -> str:
        """The changed lines, with the number of the first."""
        lines = list(difflib.unified_diff(before.splitlines(), self.text.splitlines(), n=0))[2:]
        first = lines[0].split()[1].lstrip("-").partition(",")[0]
        changed = "\n".join(f"    {line}" for line in lines if not line.startswith("@@"))
        return f"{self.module}:{first} {self.operator}\n{changed}"


def meaning(text: str) -> str:
    """The syntax tree without annotations, which no code reads here."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def changes_of(module: str) -> Iterator[tuple[str, str, int]]:
    """Every place for every operator: module, operator and number of the place."""
    nodes = list(ast_nodes(get_ast((ROOT / module).read_text(encoding="utf-8"))))
    for name in plugins.operator_names():
        operator = plugins.get_operator(name)
        if name.endswith(SAME_MEANING) or operator.arguments():
            continue
        places = sum(len(list(operator().mutation_positions(node))) for node in nodes)
        yield from ((module, name, number) for number in range(places))


def mutants(changes: Iterable[tuple[str, str, int]]) -> Iterator[Mutant]:
    """The changes that change the meaning, each meaning once."""
    texts = {module: (ROOT / module).read_text(encoding="utf-8") for module in TESTS}
    seen = {meaning(text) for text in texts.values()}
    for module, name, number in changes:
        changed = mutate_code(texts[module], plugins.get_operator(name)(), number)
        try:
            different = meaning(changed)
        except SyntaxError:
            continue
        if different not in seen:
            seen.add(different)
            yield Mutant(module, name.removeprefix("core/"), changed)


def copy_of_repository(folder: Path) -> Path:
    """A copy of the tracked files, compiled, in which modules can be changed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    parts = ("crossload", "runner", "reports", "tests")
    subprocess.run([sys.executable, "-m", "compileall", "-q", *parts], cwd=folder, check=True)
    return folder


def survives(copy: Path, module: str, text: str, timeout: float | None = None) -> bool:
    """Whether the module's tests pass in the copy with this text, within so many seconds."""
    path = copy / module
    before, status = path.read_text(encoding="utf-8"), path.stat()
    path.write_text(text, encoding="utf-8")
    if text != before:
        os.utime(path, (1, 1))  # so that the compiled file is out of date
    options = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *TESTS[module]],
            cwd=copy,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(before, encoding="utf-8")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return done.returncode == 0


def unchanged_seconds(copy: Path, modules: list[str]) -> dict[str, float]:
    """How long the tests of each module take without a change; empty if any of them fails."""
    found = {}
    for module in modules:
        started = time.monotonic()
        if not survives(copy, module, (ROOT / module).read_text(encoding="utf-8")):
            print(f"the tests of {module} fail without any change", file=sys.stderr)
            return {}
        found[module] = time.monotonic() - started
    return found


def run(
    sample: list[Mutant], copies: list[Path], usual: dict[str, float], end: float
) -> dict[Mutant, bool]:
    """Try the mutants in that order until the time `end`; True for those that survive."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def attempt(mutant: Mutant) -> bool | None:
        if time.monotonic() > end:
            return None
        copy = free.get()
        try:
            return survives(copy, mutant.module, mutant.text, PATIENCE * usual[mutant.module])
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        found = zip(sample, pool.map(attempt, sample), strict=True)
        return {mutant: survived for mutant, survived in found if survived is not None}


def show(results: dict[Mutant, bool]) -> None:
    """Print the survivors, then the score of each module and of all."""
    survivors = sorted((one for one in results if results[one]), key=lambda one: one.module)
    for one in survivors:
        print(one.difference((ROOT / one.module).read_text(encoding="utf-8")))
    tried, lived = Counter(one.module for one in results), Counter(one.module for one in survivors)
    for module, count in sorted(tried.items()):
        print(f"{module}: {count - lived[module]} of {count} killed")
    killed = len(results) - len(survivors)
    share = f"{killed / len(results):.0%}" if results else "none"
    print(f"score: {share} ({killed} of {len(results)} killed)")


def main() -> int:
    """Try a sample of the mutants and print the score."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", default=list(TESTS), metavar="MODULE")
    parser.add_argument("--sample", type=int, default=200, help="how many are tried at most")
    parser.add_argument("--seconds", type=float, default=540, help="none is begun after these")
    parser.add_argument("--seed", type=int, default=8, help="of the choice")
    args = parser.parse_args()
    end = time.monotonic() + args.seconds
    changes = [change for module in args.modules for change in changes_of(module)]
    random.Random(args.seed).shuffle(changes)
    sample = list(islice(mutants(changes), args.sample))
    with tempfile.TemporaryDirectory(prefix="crossload-mutants-") as folder:
        count = min(os.cpu_count() or 1, 8)
        copies = [copy_of_repository(Path(folder, str(number))) for number in range(count)]
        usual = unchanged_seconds(copies[0], args.modules)
        if not usual:
            return 1
        show(run(sample, copies, usual, end))
    return 0


if __name__ == "__main__":
    sys.exit(main())
