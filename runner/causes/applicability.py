"""Whether a remedy is any change at all for a file and its two environments, and possible there.

Owns that question from facts alone; `runner.analysis.remedies` looks up what a run measured.
"""

from __future__ import annotations

from crossload.runner.causes.form import RemedyForm
from crossload.runner.conditions import EnvironmentFacts
from crossload.runner.words import Format


def applies(
    remedy: RemedyForm, saver: EnvironmentFacts, loader: EnvironmentFacts, file_format: Format
) -> bool:
    """False where it is so already (a `.keras` saved as `.keras`), or cannot be done there."""
    if remedy.format is not None and remedy.format in {file_format, file_format.base}:
        return False
    if remedy.loader is not None and loader.fulfils(remedy.loader):
        return False
    if remedy.saver is not None and saver.fulfils(remedy.saver):
        return False
    if remedy.saver_has is not None and not saver.fulfils(remedy.saver_has):
        return False
    if remedy.loader_has is not None and not loader.fulfils(remedy.loader_has):
        return False
    return not remedy.formats or file_format in remedy.formats or file_format.base in remedy.formats
