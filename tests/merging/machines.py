"""Machines that each measured a part of a run, and the home that they are merged into.

The measurements are played; homes, ledgers and stores are real.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from crossload.runner.artifacts.store import tree_digest
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.merging.merging import Merged, merge
from crossload.runner.records import (
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentRecord,
    SaveKey,
)
from crossload.runner.words import Format, Strategy
from tests.ledger.examples import LOADED, LOADER_RECORD, SAVED, SAVER_RECORD, START
from tests.ledger.exports import text_of

MODELS = ("dense", "lstm", "lambda")
LOADERS = (SAVER_RECORD, LOADER_RECORD)


def as_is(text: str) -> str:
    return text


def stored(home: Home, text: str) -> str:
    """A bundle in the store of a home; its digest."""
    made = home.artifacts / "made"
    (made / "payload").mkdir(parents=True)
    (made / "payload" / "model.h5").write_text(text, encoding="ascii")
    digest = tree_digest(made)
    final = home.artifacts / digest
    shutil.rmtree(final, ignore_errors=True)
    made.rename(final)
    return digest


class Machine:
    """A home in which one run measures some models; `minute` is when it began."""

    def __init__(self, folder: Path, minute: int, command: str = "crossload run") -> None:
        self.home = Home(folder)
        self.home.prepare()
        self.start = replace(
            START, started=START.started + timedelta(minutes=minute), command=command
        )

    def measure(
        self,
        *models: str,
        outcome: AttemptOutcome = LOADED,
        saved_as: str = "",
        loaders: Sequence[EnvironmentRecord] = LOADERS,
        state: RunState = RunState.FINISHED,
        probe: str = "probe",
    ) -> Path:
        with Ledger.open(self.home.ledger) as ledger:
            run_id = ledger.begin_run(self.start)
            for record in LOADERS:
                ledger.record_environment(run_id, record)
            chosen = [one for one in LOADERS if one in loaders]
            ledger.plan_cells(
                run_id,
                [
                    Cell(SAVER_RECORD.id, model, Format.H5, one.id)
                    for model in models
                    for one in chosen
                ],
            )
            for model in models:
                artifact = stored(self.home, f"{model}{saved_as}")
                key = SaveKey(SAVER_RECORD.digest, model, Format.H5, probe, "options")
                ledger.record_save(run_id, key, replace(SAVED, artifact=artifact))
                for one in chosen:
                    load = AttemptKey(artifact, one.digest, Strategy.PLAIN, probe, "options")
                    ledger.record_attempt(run_id, load, outcome)
            if state is not RunState.RUNNING:
                ledger.finish_run(run_id, state)
        return self.home.root

    def exported(self, target: Path) -> Path:
        with Ledger.open(self.home.ledger, read_only=True) as ledger:
            ledger.export_run(target, None, as_is)
        return target


def merged(target: Home, *paths: Path) -> Merged:
    return merge(paths, target, as_is)


def content(home: Home, run_id: int) -> str:
    """Everything that a run of a home holds, as its export spells it."""
    file = home.root / "run.jsonl.xz"
    with Ledger.open(home.ledger, read_only=True) as ledger:
        ledger.export_run(file, run_id, as_is)
    return text_of(file)


Make = Callable[..., Machine]


def three(machine: Make) -> list[Path]:
    """Three machines, one model each, that began in the wrong order."""
    return [
        machine(model, minute, f"crossload run --shard {minute}/3").measure(model)
        for model, minute in zip(MODELS, (3, 1, 2), strict=True)
    ]


def tree_digest_of(text: str) -> str:
    digest = hashlib.sha256(f"payload/model.h5\0{len(text)}\0".encode())
    digest.update(text.encode())
    return digest.hexdigest()
