"""The headings of grids: every environment's id and, in a few characters, which Keras it has.

Owns these words; each grid chooses its own environments.
"""

from __future__ import annotations

from crossload.reports.document import EnvironmentRow, Report


def axis_notes(report: Report) -> dict[str, str]:
    """Every environment on the grids' axes, in their order, with its note."""
    known = {row.id: row for row in report.environments}
    return {one: environment_note(known.get(one)) for one in report.axis}


def environment_note(row: EnvironmentRow | None) -> str:
    """Return in a few characters which Keras it has; it matters more than TensorFlow's."""
    if row is None:
        return ""
    if row.problem:
        return str(row.state)
    package = "tf_keras" if row.api == "tf_keras" else "keras"
    keras = row.version("keras_in_use") or row.version(package)
    return f"Keras {keras}" if keras else ""
