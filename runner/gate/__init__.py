"""The gate before an upgrade: what it breaks, and what of that is known and accepted.

Owns findings, the policy and the ruling between them, as pure functions of values.
`runner.workflow` measures, `reports.gate` draws.
"""

from crossload.runner.gate.findings import Examined, Finding, Kind, examine
from crossload.runner.gate.gating import (
    EntryState,
    GateRequest,
    GateResult,
    RuledEntry,
    Ruling,
    Side,
    Standing,
    gate,
)
from crossload.runner.gate.policy import Policy, PolicyEntry, load_policy

__all__ = [
    "EntryState",
    "Examined",
    "Finding",
    "GateRequest",
    "GateResult",
    "Kind",
    "Policy",
    "PolicyEntry",
    "RuledEntry",
    "Ruling",
    "Side",
    "Standing",
    "examine",
    "gate",
    "load_policy",
]
