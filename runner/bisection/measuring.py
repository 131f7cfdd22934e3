"""What one version does with a model, as the search needs it.

Owns the translation between the search and a check. The environment that provides the model's
outputs is found once, and stays the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.analysis import judge_run
from crossload.runner.atlas import Atlas
from crossload.runner.bisection.searching import Answer
from crossload.runner.checking.planning import Standing, Wanted, plan_round
from crossload.runner.checking.running import Session, check
from crossload.runner.checking.verdicts import effective, is_fine
from crossload.runner.environments.model import Environment
from crossload.runner.errors import CrossloadError, EnvironmentsError, ExitCode
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.migration.wording import refused_told
from crossload.runner.prediction import Outcome, Predictor
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, Verdict


class NoAnswerError(CrossloadError):
    """The model's outputs are unknown, so there is nothing to compare with."""

    exit_code = ExitCode.INCOMPATIBLE


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
        self._format = subject.format or file_format
        self._session = session
        self._fail_on = fail_on
        self.saver: Environment | None = None

    @property
    def is_script(self) -> bool:
        return self._subject.is_script

    def find_saver(self, needed: Environment) -> Environment:
        """The environment whose outputs for a file count; it becomes the `saver`.

        Args:
            needed: one that the search measures anyway; it is loaded in at once.

        Raises:
            NoAnswerError: nothing loads the file.
            CrossloadError: whatever a run raises.
        """
        wanted = Wanted(((needed, needed),), savers_are_given=False, formats=(self._format,))
        (checked,) = check([self._subject], wanted, self._session).checked
        for one in self._session.every:
            if one.id == checked.baseline:
                self.saver = one
                return one
        told = {refused_told(one.outcome): one.environment for one in checked.refusals}
        said = "; ".join(f"{name} says {text}" for text, name in list(told.items())[:2])
        raise NoAnswerError(
            "no environment could load the model as it is, so there is nothing to compare with"
            + (f" ({said})" if said else ""),
            "`crossload check` shows the error of each; pass your own classes with "
            "--custom-objects",
        )

    def measure(self, environments: Sequence[Environment]) -> list[Answer]:
        """What each environment does with the model, in their order.

        Raises:
            EnvironmentsError: the environment whose outputs count cannot be used.
            NoAnswerError: it cannot save the model of a script.
            CrossloadError: whatever a run raises.
        """
        assert self.saver is not None
        pairs = tuple((self.saver, one) for one in environments)
        wanted = Wanted(pairs, savers_are_given=True, formats=(self._format,))
        standing = Standing(self._subject, (self.saver,))
        plan = plan_round([standing], wanted, self._session.every, self._session.profile)
        snapshot = self._session.measure(plan)
        self._check_saver(self.saver, snapshot)
        traits = {self._subject.name: self._subject.traits}
        judged = {one.cell.loader: one for one in judge_run(snapshot, traits)}
        answers = []
        for one in environments:
            cell = judged[one.id]
            verdict = effective(cell, self._subject)
            works = is_fine(verdict, self._fail_on) if verdict.is_measured else None
            answers.append(Answer(one, works, cell, verdict))
        return answers

    def predicted_to_fail(self, line: Sequence[Environment]) -> tuple[int, ...]:
        """The places at which the file is predicted to fail, one of each run of neighbours.

        None for a script, of which no file is known before it is saved.
        """
        inspection = self._subject.inspection
        if inspection is None:
            return ()
        atlas = Atlas.load()
        predictor = Predictor(atlas)
        ids = {one.name: one.id for one in atlas.environments}
        suffix = self._subject.path.suffix
        failing = [
            place
            for place, one in enumerate(line)
            if one.spec.name in ids
            and predictor.predict(inspection, ids[one.spec.name], suffix).outcome is Outcome.FAILS
        ]
        return tuple(place for place in failing if place - 1 not in failing)

    def _check_saver(self, saver: Environment, snapshot: RunSnapshot) -> None:
        """Raise where every version would have nothing to be compared with."""
        record = snapshot.environment(saver.id)
        if record is not None and record.problem is not None:
            raise EnvironmentsError(
                f"{saver.id} cannot be used: {record.problem.message}",
                record.problem.advice or "name another one with --good",
            )
        save = snapshot.saves.get(SavedFile(saver.id, self._subject.name, self._format))
        if self._subject.is_script and (save is None or save.artifact is None):
            raise NoAnswerError(
                f"{saver.id} cannot build and save the model as {self._format}: "
                f"{refused_told(save)}",
                "name an environment that can with --good, or another --format",
            )
