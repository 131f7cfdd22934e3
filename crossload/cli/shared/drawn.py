"""What was drawn of the last run, so that a run with the same results need not be drawn again.

Owns the key by which results, program and terminal count as the same, and the file in the home's
cache. The file is only ever a copy: without it, or with a damaged one, everything is drawn.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.shipped import package_folders, shipped_path

if TYPE_CHECKING:
    from crossload.cli.context import Context

_FILE = "drawn.json"


@dataclass(frozen=True)
class Drawn:
    """A page and the table that was printed with it; `page` is the digest of the page's bytes."""

    key: str
    page: str
    table: str


def key_of(contents: str, context: Context) -> str:
    """What the page and the table depend on.

    Args:
        contents: the digest of the run's results, from the ledger.
        context: its matrix and its terminal.
    """
    console = context.console
    terminal = (*console.size, console.is_terminal, console.encoding, str(console.color_system))
    beside = context.matrix_path.absolute().parent
    roots = (*package_folders(), shipped_path("cases"), context.matrix_path, beside / "cases")
    return _digest([contents, *map(str, terminal), *_stamps(roots)])


def last(context: Context, page: Path, key: str) -> Drawn | None:
    """What was drawn for this key, if the page is still as it was written."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        drawn = Drawn(**json.loads((context.home.cache / _FILE).read_text(encoding="utf-8")))
        if drawn.key == key and drawn.page == _page_digest(page):
            return drawn
    return None


def keep(context: Context, page: Path, key: str, table: str) -> Drawn:
    """Remember what was drawn; where that fails, it is drawn again the next time."""
    drawn = Drawn(key, _page_digest(page), table)
    with contextlib.suppress(OSError):
        text = json.dumps(asdict(drawn), ensure_ascii=True)
        (context.home.cache / _FILE).write_text(text, encoding="utf-8")
    return drawn


def _page_digest(page: Path) -> str:
    return hashlib.sha256(page.read_bytes()).hexdigest()


def _stamps(roots: Iterable[Path]) -> Iterator[str]:
    """Size and time of every file: whatever of the program or the matrix was changed shows here."""
    for root in roots:
        for path in sorted(root.rglob("*")) if root.is_dir() else (root,):
            if path.suffix == ".pyc" or not path.is_file():
                continue
            status = path.stat()
            yield f"{path}:{status.st_size}:{status.st_mtime_ns}"


def _digest(parts: Iterable[str]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode("utf-8", "surrogateescape") + b"\0")
    return found.hexdigest()
