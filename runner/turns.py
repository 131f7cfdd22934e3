"""What of a plan can be measured while only some of its environments are on the disk.

Owns that part. A file is in the artifact store once it is saved, so its saver need not be there
when others load it: each environment takes a turn in which it saves its files and loads those that
exist, and another for the files that were saved later.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from crossload.runner.plan import Plan, PlannedSave


def plan_of_turn(plan: Plan, ids: Collection[str]) -> Plan:
    """What these environments save and load; the environments stay all of them."""
    cells = tuple(one for one in plan.cells if one.loader in ids)
    needed = {PlannedSave(one.saver, one.model, one.format) for one in cells}
    return replace(
        plan,
        cells=cells,
        saves=tuple(one for one in plan.saves if one.saver in ids or one in needed),
    )
