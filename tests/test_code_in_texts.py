"""No code that loads a model is written down for users: what they are shown was executed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOADS = re.compile(
    r"(load_model|load_weights|model_from_json|load_checkpoint)\(\s*[\"'{f]|\.load\(\""
)
# Scripts of `reproduce`, and examples of `vendor` in the names of its own file: tests execute both.
EXECUTED = (
    ROOT / "reports" / "reproduce",
    ROOT / "runner" / "vendoring.py",
    ROOT / "crossload" / "cli" / "vendor.py",
)


def texts(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_no_module_holds_code_that_loads_a_model() -> None:
    files = [
        path
        for folder in ("crossload", "runner", "reports")
        for path in (ROOT / folder).rglob("*.py")
        if not path.is_symlink() and not {path, *path.parents} & set(EXECUTED)
    ]
    named = {
        str(path.relative_to(ROOT)) for path in files for text in texts(path) if LOADS.search(text)
    }
    assert named == set()


def test_no_remedy_holds_code_that_loads_a_model() -> None:
    for path in (ROOT / "runner" / "causes" / "catalogue").glob("*.yaml"):
        assert not LOADS.search(path.read_text(encoding="utf-8")), path
