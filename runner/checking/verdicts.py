"""Which verdict on a user's model fails a gate.

Owns that threshold. A verdict says what was measured; whether it is good enough is the user's word.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.checking.running import Checked
from crossload.runner.errors import ExitCode
from crossload.runner.strategies import STRATEGIES
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Verdict


def effective(judged: JudgedCell, subject: Subject) -> Verdict:
    """The verdict for a user who has the model's code and passes it.

    Loading with the custom objects that the user gave is what they call plain loading, so where a
    plain load is right and theirs gives different outputs, it differs. A file whose given saver
    cannot load it was not loaded anywhere else: there is nothing to compare with, as where it was
    loaded, in whatever way, and its correct outputs are not known.
    """
    if judged.verdict is Verdict.FAILS and judged.unproved is not None:
        return Verdict.NOT_RUN
    if judged.verdict is Verdict.UNSAVED and not subject.is_script:
        own = judged.cell.saver == judged.cell.loader
        return Verdict.FAILS if own else Verdict.NOT_RUN
    given = (one for one in judged.tried if STRATEGIES[one.strategy].gives_code)
    passed = next(given, None) if subject.traits.custom else None
    if passed is None:
        return judged.verdict
    if judged.verdict.loads_plainly and passed.result is TryResult.DIFFERS:
        return Verdict.DIFFERS
    if judged.verdict not in {Verdict.PARTIAL, Verdict.ASSISTED} or not _is_plain_use(passed):
        return judged.verdict
    return Verdict.PARTIAL if passed.lost else Verdict.SAME


def _is_plain_use(passed: Tried) -> bool:
    """Whether passing the custom objects is all it takes."""
    conceded = set(passed.concessions) - {"custom-object-scope"}
    return passed.result is TryResult.AGREES and not conceded


def is_fine(verdict: Verdict, fail_on: Verdict) -> bool:
    """Whether a measured verdict is below the threshold."""
    return fail_on.is_worse_than(verdict)


def _may_be_fine(judged: JudgedCell, fail_on: Verdict) -> bool:
    """Whether an unknown verdict can turn out to be below the threshold."""
    return judged.unproved is None or is_fine(STRATEGIES[judged.unproved].verdict, fail_on)


def unsavable(checked: Checked) -> tuple[str, ...]:
    """The savers in which a script's model could not be saved in any format."""
    if not checked.subject.is_script:
        return ()
    savers: dict[str, bool] = {}
    for one in checked.cells:
        if not one.verdict.is_unknown:
            saved = one.verdict is not Verdict.UNSAVED
            savers[one.cell.saver] = savers.get(one.cell.saver, False) or saved
    return tuple(name for name, saved in savers.items() if not saved)


def counted(checked: Checked) -> tuple[JudgedCell, ...]:
    """The cells that the user asked for, and those where a given saver does not load its file."""
    return tuple(
        one
        for one in checked.cells
        if one.cell in checked.asked
        or (one.verdict is Verdict.UNSAVED and one.cell.saver == one.cell.loader)
    )


def exit_code(
    checked: Sequence[Checked],
    fail_on: Verdict,
    *,
    left_out: bool = False,
    refused: bool = False,
) -> ExitCode:
    """0 where all is fine, 1 where something is not, 9 or 4 where that could not be found out.

    `left_out` says that a model of a folder could not be measured at all, `refused` that one was
    not loaded because it can run code.
    """
    code = ExitCode.ENVIRONMENTS if left_out else ExitCode.OK
    for one in checked:
        if unsavable(one) or not one.cells:
            return ExitCode.INCOMPATIBLE
        for cell in counted(one):
            verdict = effective(cell, one.subject)
            if verdict.is_unknown and _may_be_fine(cell, fail_on):
                code = ExitCode.ENVIRONMENTS
            elif verdict is not Verdict.UNSAVED and not is_fine(verdict, fail_on):
                return ExitCode.INCOMPATIBLE
    return ExitCode.UNTRUSTED if refused else code
