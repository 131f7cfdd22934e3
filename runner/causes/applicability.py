"""Whether a remedy is any change at all for a file and its two environments, and possible there.

Owns that question from facts alone; `runner.analysis.remedies` looks up what a run measured.
"""

from __future__ import annotations

from crossload.runner.causes.form import RemedyForm
from crossload.runner.conditions import EnvironmentFacts
from crossload.runner.formats import FORMATS
from crossload.runner.strategies import STRATEGIES, Part
from crossload.runner.words import Container, Format

# A strategy finds these beside the file.
_BESIDE = frozenset({Part.BUILDER, Part.OWN_CLASSES, Part.TF_KERAS})


def applies(
    remedy: RemedyForm, saver: EnvironmentFacts, loader: EnvironmentFacts, file_format: Format
) -> bool:
    """False where it is so already (a `.keras` saved as `.keras`), or cannot be done there."""
    if not _fits(remedy, file_format):
        return False
    if remedy.loader is not None and loader.fulfils(remedy.loader):
        return False
    if remedy.saver is not None and saver.fulfils(remedy.saver):
        return False
    if remedy.saver_has is not None and not saver.fulfils(remedy.saver_has):
        return False
    return remedy.loader_has is None or loader.fulfils(remedy.loader_has)


def _fits(remedy: RemedyForm, file_format: Format) -> bool:
    """Whether it can be done with such a file; a case's own file may be any."""
    alike = {file_format, file_format.base}
    if remedy.format in alike or (remedy.formats and alike.isdisjoint(remedy.formats)):
        return False
    if remedy.strategy is None or file_format is Format.SCRIPT:
        return True
    parts = FORMATS[file_format].parts | _BESIDE
    if Container.HDF5 in FORMATS[file_format].containers:  # a user's may have any name
        parts |= {Part.NAME}
    return STRATEGIES[remedy.strategy].needs <= parts
