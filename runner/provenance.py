"""Which cells of a run the probes of this crossload would measure in the same way again.

Owns the comparison of digests: of the modules of a probe that carried out a save or an attempt,
and of the same modules today. A result of other probes is still a result; it is an older one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossload.runner.ledger import Ledger
from crossload.runner.ledger.provenance import CellProbes
from crossload.runner.models.listing import read_models
from crossload.runner.probing.digests import digests_of
from crossload.runner.probing.material import Scripts
from crossload.runner.probing.sources import read_sources
from crossload.runner.records import Cell, ProbeDigests
from crossload.runner.shipped import probes_folder
from crossload.runner.strategies import STRATEGIES


@dataclass(frozen=True)
class MeasuredAlike:
    """The cells of a run that today's probes measured, and how many cells were measured at all."""

    cells: frozenset[Cell]
    measured: int


def digests_today(cases: Mapping[str, Scripts]) -> dict[str, ProbeDigests]:
    """The digests of today's probes for every reference model, and for these cases.

    Raises:
        ConfigurationError: a module of the probes cannot be read or is not Python.
    """
    probes = probes_folder()
    return digests_of(read_sources(probes), read_models(probes), cases, {})


def measured_alike(ledger: Ledger, run_id: int, today: Mapping[str, ProbeDigests]) -> MeasuredAlike:
    """Compare the probes that measured a run with `today`, by model.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    known = ledger.probes(run_id)
    alike = frozenset(
        cell
        for cell, probes in known.items()
        if cell.model in today and _are(probes, today[cell.model])
    )
    return MeasuredAlike(alike, len(known))


def _are(probes: CellProbes, today: ProbeDigests) -> bool:
    return probes.saving == {today.saving} and all(
        digest == (today.translating if STRATEGIES[strategy].rewrites else today.loading)
        for strategy, digest in probes.loading
    )
