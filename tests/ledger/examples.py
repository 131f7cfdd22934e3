"""Values that the ledger's tests record: ordinary ones, each changed in one place by a test."""

from __future__ import annotations

import os
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone

from crossload.runner.ledger import Ledger, RunStart, outcomes
from crossload.runner.ledger.outcomes import Rows
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    Cell,
    CheckOutcome,
    EnvironmentProblem,
    EnvironmentRecord,
    JobReport,
    Limits,
    LoadKey,
    ProbeDigests,
    ProbeError,
    SaveKey,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
)

LIMITS = Limits(cpu_seconds=60, wall_seconds=240, memory_mb=4000, scratch_mb=512, processes=256)
SAVER = "digest-of-saver"
LOADER = "digest-of-loader"
ARTIFACT = "a" * 64
CELL = Cell("tf2.10-py3.9", "dense", Format.H5, "tf2.15-py3.11")
OWN_CELL = CELL._replace(loader=CELL.saver)

START = RunStart(
    command="crossload run",
    profile="default",
    started=datetime.now(timezone.utc).replace(microsecond=0),
    host=socket.gethostname(),
    pid=os.getpid(),
    crossload="0.1.0",
    tolerances=Tolerances(),
    limits=LIMITS,
)

SAVER_RECORD = EnvironmentRecord(
    id=CELL.saver,
    name="tf2.10",
    digest=SAVER,
    api="tf.keras",
    backend="tensorflow",
    python="3.9",
    platform="linux-x86_64",
    resolve="period",
    versions=(("python", "3.9.18"), ("tensorflow", "2.10.1")),
    import_seconds=4.25,
)
LOADER_RECORD = replace(
    SAVER_RECORD, id=CELL.loader, name="tf2.15", digest=LOADER, python="3.11", versions=()
)
PROBLEM = EnvironmentProblem(
    state=EnvironmentState.UNAVAILABLE,
    cause=EnvironmentCause.MISSING_INTERPRETER,
    message="there is no Python 3.7 here",
    advice="install it with 'pyenv install 3.7'",
    log_tail="line 1\nline 2",
)

REPORT = JobReport(
    status=JobStatus.DONE,
    output_tail="some words of the framework",
    warnings=("first warning", "second warning"),
    seconds=(("build", 0.5), ("save", 0.25)),
    limits=LIMITS,
)
REFUSED = JobReport(
    status=JobStatus.REFUSED,
    error=ProbeError("ValueError", "unknown layer: 'Mine'", "Traceback:\n  line"),
    limits=LIMITS,
)
TIMED_OUT = JobReport(status=JobStatus.TIMED_OUT, detail="60 s of CPU time", limits=LIMITS)

SAVE_KEY = SaveKey(SAVER, "dense", Format.H5, "probe", "options")
SAVED = SaveOutcome(
    report=REPORT,
    artifact=ARTIFACT,
    payload_sha256="b" * 64,
    payload_bytes=12345,
    payload_name="model.h5",
    noise=1e-8,
    holds="layer Dense units=4\nloss mse",
)
LOAD = LoadKey(ARTIFACT, LOADER, ProbeDigests("saving", "loading", "translating"), "options")
ATTEMPT_KEY = LOAD.attempt(Strategy.PLAIN)
OUTPUTS = CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 3e-8)
RECIPE = 'import keras\n\nmodel = keras.models.load_model("$FILE")\n'
LOADED = AttemptOutcome(
    report=REPORT,
    checks=(
        CheckOutcome(Check.STRUCTURE, CheckStatus.AGREES),
        OUTPUTS,
        CheckOutcome(Check.STEP, CheckStatus.ERROR, None, "no optimizer"),
    ),
    concessions=("no-compile",),
    recipe=RECIPE,
)


def find_save(ledger: Ledger, key: SaveKey, limits: Limits = LIMITS) -> SaveOutcome | None:
    """What a save came to, if that holds under `limits` too."""
    with closing(sqlite3.connect(ledger.path)) as connection:
        ids = outcomes.usable_saves(connection, [key], limits).values()
        found = outcomes.saves(connection, Rows.of_ids(ids)).values()
        return next((outcome for _, outcome in found), None)


def find_attempts(ledger: Ledger, load: LoadKey, limits: Limits = LIMITS) -> tuple[Attempt, ...]:
    """What each attempt at a load came to, of those that hold under `limits` too."""
    with closing(sqlite3.connect(ledger.path)) as connection:
        known = outcomes.usable_attempts(connection, [load], limits).get(load, ())
        found = outcomes.attempts(connection, Rows.of_ids(row_id for row_id, _ in known))
        return found.get((load.artifact, load.loader), ())
