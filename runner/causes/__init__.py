"""The catalogue of causes: why a model does not load as it was saved, and what helps.

Owns the catalogue's data, its form and the recognition; `runner.analysis` applies it to a run.
Everything others need is named here.
"""

from crossload.runner.causes.facts import facts_of
from crossload.runner.causes.form import CauseForm, RemedyForm
from crossload.runner.causes.loading import Catalogue, load_catalogue, shipped_catalogue
from crossload.runner.causes.recognition import Fitting, Recogniser, Symptoms
from crossload.runner.causes.values import (
    FAMILY_TITLES,
    Cause,
    CellRemedy,
    Family,
    RemedyState,
    Step,
)
from crossload.runner.conditions import EnvironmentFacts

__all__ = [
    "FAMILY_TITLES",
    "Catalogue",
    "Cause",
    "CauseForm",
    "CellRemedy",
    "EnvironmentFacts",
    "Family",
    "Fitting",
    "Recogniser",
    "RemedyForm",
    "RemedyState",
    "Step",
    "Symptoms",
    "facts_of",
    "load_catalogue",
    "shipped_catalogue",
]
