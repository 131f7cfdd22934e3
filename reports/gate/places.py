"""Where a finding stands in the user's own files: a model file, or the matrix's row.

Owns that choice. Code scanning and annotations need a file and a line; a cell has none by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crossload.runner.config.files import read_text
from crossload.runner.config.problems import Problems, shown_path
from crossload.runner.config.yaml_source import parse_yaml
from crossload.runner.errors import ConfigurationError
from crossload.runner.gate import Finding

Place = tuple[str, int]


@dataclass(frozen=True)
class Places:
    """`matrix` is the new environment's row; `models` has the files of the user's own models."""

    matrix: Place
    models: Mapping[str, str] = field(default_factory=dict)

    def of(self, finding: Finding) -> Place:
        """The file and the line, from 1, of a finding."""
        model = self.models.get(finding.cell.model)
        return self.matrix if model is None else (model, 1)


def find_places(matrix: Path, environment: str, models: Mapping[str, Path]) -> Places:
    """The places of an upgrade to `environment`, by its name; paths as messages show them."""
    return Places(
        (_relative(matrix), _row_line(matrix, environment)),
        {name: _relative(path) for name, path in models.items()},
    )


def _relative(path: Path) -> str:
    """The path below the working folder, or the name of what lies outside it."""
    shown = Path(shown_path(path.absolute()))
    return shown.name if shown.is_absolute() else shown.as_posix()


def _row_line(matrix: Path, environment: str) -> int:
    """The line of the environment's row; of the axes, where it comes from one; else the first."""
    problems = Problems("")
    try:
        parse_yaml(read_text(matrix), problems)
    except ConfigurationError:
        return 1  # it was read before, and is gone since
    row = ("environments", environment)
    return problems.lines.get(row) or problems.lines.get(("axes",), 1)
