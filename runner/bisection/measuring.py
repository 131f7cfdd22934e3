"""What one version makes of a model, as the search asks it.

Owns the translation between the search and a check. The environment that says what the model
answers is found once, and stays the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.analysis import judge_run
from runner.bisection.searching import Answer
from runner.checking.planning import Standing, Wanted, plan_round
from runner.checking.running import Session, check
from runner.checking.verdicts import effective, is_fine, is_measured
from runner.environments.model import Environment
from runner.subjects.model import Subject
from runner.words import Format, Verdict


class Measuring:
    """Measures one model in some environments at a time."""

    def __init__(
        self,
        subject: Subject,
        file_format: Format,
        session: Session,
        fail_on: Verdict,
    ) -> None:
        self._subject = subject
        self._format = file_format
        self._session = session
        self._fail_on = fail_on
        self.saver: Environment | None = None

    def find_saver(self, likely: Sequence[Environment]) -> Environment | None:
        """The environment whose answers count; None where nothing loads the file.

        A script's model is saved in the first of those that are likely.
        """
        if self._subject.is_script:
            self.saver = likely[0]
            return self.saver
        pairs = tuple((one, one) for one in likely[:1])
        wanted = Wanted(pairs, savers_are_given=False, formats=(self._format,))
        checked = check([self._subject], wanted, self._session).checked[0]
        name = checked.baseline
        self.saver = next((one for one in self._session.every if one.id == name), None)
        return self.saver

    def measure(self, environments: Sequence[Environment]) -> list[Answer]:
        """What each environment makes of the model, in their order."""
        assert self.saver is not None
        pairs = tuple((self.saver, one) for one in environments)
        wanted = Wanted(pairs, savers_are_given=True, formats=(self._format,))
        standing = Standing(self._subject, (self.saver,))
        plan = plan_round([standing], wanted, self._session.every, self._session.profile)
        judged = {one.cell.loader: one for one in judge_run(self._session.measure(plan))}
        answers = []
        for one in environments:
            cell = judged[one.id]
            verdict = effective(cell, self._subject)
            known = is_measured(verdict) and verdict is not Verdict.UNSAVED
            works = is_fine(verdict, self._fail_on) if known else None
            answers.append(Answer(one, works, cell))
        return answers
