"""The project's closed vocabularies, as enums; the same words in code, ledger, CLI, page and docs.

Owns only words. What a verdict follows from is in `runner.analysis`; how a format is written is
in `probes`.
"""

from __future__ import annotations

from enum import Enum


class Word(str, Enum):
    """A member is its text: it prints, compares and serialises as that text."""

    def __str__(self) -> str:
        return str(self.value)


class Api(Word):
    """The import through which an environment uses Keras."""

    TF_DOT_KERAS = "tf.keras"
    KERAS = "keras"
    TF_KERAS = "tf_keras"


class Backend(Word):
    """What computes below Keras."""

    TENSORFLOW = "tensorflow"
    THEANO = "theano"
    CNTK = "cntk"
    JAX = "jax"
    TORCH = "torch"


class Format(Word):
    """How a model was written to disk."""

    H5 = "h5"
    SAVEDMODEL = "savedmodel"
    KERAS = "keras"
    WEIGHTS_H5 = "weights-h5"


class Strategy(Word):
    """How a file was loaded; in the order in which they are tried."""

    PLAIN = "plain"
    NO_COMPILE = "no-compile"
    CUSTOM_OBJECTS = "custom-objects"
    UNSAFE = "unsafe"
    REBUILD_WEIGHTS = "rebuild+weights"
    SERVING = "serving"


class Check(Word):
    """One thing compared after loading."""

    STRUCTURE = "structure"
    WEIGHTS = "weights"
    OUTPUTS = "outputs"
    COMPILE = "compile"
    OPTIMIZER = "optimizer"
    STEP = "step"


class CheckStatus(Word):
    """What a probe says of one check; `measured` leaves the judgement to the tolerance."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    MEASURED = "measured"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"


class JobStatus(Word):
    """How one save or one attempt at loading ended.

    `done` and `refused` are the probe's own words (it worked / the framework raised); the others
    are the supervisor's about a probe that gave no valid answer.
    """

    DONE = "done"
    REFUSED = "refused"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"
    BAD_ANSWER = "bad-answer"


class Verdict(Word):
    """What a cell says, worst last; then, apart, why there is no measurement."""

    SAME = "same"
    PARTIAL = "partial"
    ASSISTED = "assisted"
    DIFFERS = "differs"
    FAILS = "fails"
    CRASHES = "crashes"
    TIMES_OUT = "times-out"
    UNSAVED = "unsaved"
    UNAVAILABLE = "unavailable"
    NOT_RUN = "not-run"
    IMPOSSIBLE = "impossible"


class EnvironmentState(Word):
    """Whether an environment can be used."""

    READY = "ready"
    UNAVAILABLE = "unavailable"
    IMPOSSIBLE = "impossible"


class EnvironmentCause(Word):
    """Why an environment cannot be used."""

    MISSING_INTERPRETER = "missing-interpreter"
    NO_WHEEL = "no-wheel"
    RESOLVE_FAILED = "resolve-failed"
    INSTALL_FAILED = "install-failed"
    HASH_MISMATCH = "hash-mismatch"
    IMPORT_FAILED = "import-failed"
    DISK_FULL = "disk-full"
    PROBE_FAILED = "probe-failed"
