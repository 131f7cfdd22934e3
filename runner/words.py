"""The project's closed vocabularies, as enums; the same words in code, ledger, CLI, page and docs.

Owns only words. What a verdict follows from is in `runner.analysis`; how a format is written is
in `probes`.
"""

from __future__ import annotations

from enum import Enum


class Word(str, Enum):
    """A member is its text: it prints, compares and serialises as that text."""

    __str__ = str.__str__
    __hash__ = str.__hash__  # equal to its text, so with the same hash; and fast


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
    """How a model was written to disk: a format, or one with options (`<format>+<option>`).

    With `+no-optimizer` it was saved without the optimizer's state; with `+save-format` the format
    was named in `save_format`, under a file name that says otherwise.
    """

    H5 = "h5"
    H5_NO_OPTIMIZER = "h5+no-optimizer"
    H5_SAVE_FORMAT = "h5+save-format"
    SAVEDMODEL = "savedmodel"
    SAVEDMODEL_NO_OPTIMIZER = "savedmodel+no-optimizer"
    SAVEDMODEL_SAVE_FORMAT = "savedmodel+save-format"
    KERAS = "keras"
    WEIGHTS_H5 = "weights-h5"
    WEIGHTS_TF = "weights-tf"
    JSON_WEIGHTS = "json+weights"
    EXPORT = "export"
    SCRIPT = "script"  # whatever the scripts of a case agree on

    @property
    def base(self) -> Format:
        """The format without its option, as a loader meets it."""
        name, _, option = self.partition("+")
        return Format(name) if option in _FORMAT_OPTIONS else self

    @property
    def drops_optimizer(self) -> bool:
        """Whether the saver was asked to leave the optimizer's state out."""
        return self.endswith(f"+{_NO_OPTIMIZER}")

    @property
    def is_script(self) -> bool:
        """Whether the scripts of a case write and read it."""
        return self is Format.SCRIPT


_NO_OPTIMIZER = "no-optimizer"
_FORMAT_OPTIONS = frozenset({_NO_OPTIMIZER, "save-format"})
# What reference models are saved in; a scripted case writes what it likes.
MODEL_FORMATS = tuple(word for word in Format if not word.is_script)


class Container(Word):
    """What the bytes are, whatever the name of the file says."""

    HDF5 = "hdf5"
    KERAS_ZIP = "keras-zip"
    KERAS_FOLDER = "keras-folder"  # a `.keras` archive that somebody unpacked
    SAVEDMODEL = "savedmodel"
    CHECKPOINT = "checkpoint"
    ARCHITECTURE = "architecture"  # JSON or YAML
    WEIGHTS_LIST = "weights-list"  # JSON that names the files of sharded weights
    UNKNOWN = "unknown"


class Strategy(Word):
    """How a file was loaded; in the order in which they are tried."""

    PLAIN = "plain"
    NO_COMPILE = "no-compile"
    CUSTOM_OBJECTS = "custom-objects"
    UNSAFE = "unsafe"
    RENAMED = "renamed"  # after those that load the file under its own name
    LEGACY = "legacy"
    TRANSLATED = "translated"
    REBUILD_WEIGHTS = "rebuild+weights"
    SERVING = "serving"

    @property
    def is_plain(self) -> bool:
        """Whether the file is loaded as it is; all other strategies are measured against it."""
        return self is Strategy.PLAIN


class RunKind(Word):
    """The command that a run belongs to."""

    RUN = "run"
    CHECK = "check"
    UPGRADE = "upgrade"
    BISECT = "bisect"
    MIGRATE = "migrate"


class SubjectTask(Word):
    """What a saver does with a user's model.

    `adopt`: load the user's file and record its outputs. `bare`: keep the file only, since no
    saver could load it. `build`: build the model by the user's script and save it. `convert`: load
    an artifact in one format and save it in another.
    """

    ADOPT = "adopt"
    BARE = "bare"
    BUILD = "build"
    CONVERT = "convert"


class Check(Word):
    """One thing compared after loading."""

    STRUCTURE = "structure"
    WEIGHTS = "weights"
    OUTPUTS = "outputs"
    LAYERS = "layers"
    COMPILE = "compile"
    OPTIMIZER = "optimizer"
    METRICS = "metrics"
    STEP = "step"
    RE_SAVE = "re-save"

    @property
    def meaning(self) -> str:
        """What was compared, as a sentence calls it when it was lost."""
        return _CHECK_MEANINGS[self]


_CHECK_MEANINGS = {
    Check.STRUCTURE: "the structure",
    Check.WEIGHTS: "the weights",
    Check.OUTPUTS: "the outputs",
    Check.LAYERS: "the outputs of its layers",
    Check.COMPILE: "the training configuration",
    Check.OPTIMIZER: "the optimizer's state",
    Check.METRICS: "the metrics",
    Check.STEP: "the next training step",
    Check.RE_SAVE: "saving it again",
}


class CheckStatus(Word):
    """What a probe says of one check; `measured` leaves the judgement to the tolerance."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    MEASURED = "measured"
    NOT_APPLICABLE = "not-applicable"
    LOST = "lost"  # this way of loading cannot give it, though the file may hold it
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
    """What a cell says, worst last; then, apart, why no load was measured."""

    SAME = "same"
    PARTIAL = "partial"
    ASSISTED = "assisted"
    TRANSLATED = "translated"
    REBUILT = "rebuilt"
    PREDICTS = "predicts"
    DIFFERS = "differs"
    FAILS = "fails"
    CRASHES = "crashes"
    TIMES_OUT = "times-out"
    UNSAVED = "unsaved"
    UNAVAILABLE = "unavailable"
    NOT_RUN = "not-run"
    IMPOSSIBLE = "impossible"

    @property
    def is_measured(self) -> bool:
        """Whether a load was measured. `unsaved` has no file to load: the cell does not exist."""
        return self not in _NO_LOAD

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known yet; of `unsaved` it is known that there is no file."""
        return self in _NO_LOAD and self is not Verdict.UNSAVED

    @property
    def lacks_environment(self) -> bool:
        """Whether the saver or the loader cannot be used."""
        return self in _NO_ENVIRONMENT

    @property
    def loads_plainly(self) -> bool:
        """Whether the file loads as it is and gives the same outputs."""
        return self in _PLAIN

    @property
    def works(self) -> bool:
        """Whether the same outputs can be had from the file, with help if need be."""
        return self in _PLAIN or self in _HELPED

    @property
    def needs_help(self) -> bool:
        """Whether a plain load fails and another strategy gives the same outputs."""
        return self in _HELPED

    @property
    def is_whole(self) -> bool:
        """Whether the file alone gives the whole model, with help if need be."""
        return self in _WHOLE

    @property
    def usability(self) -> Usability | None:
        """What a user can do with the file; None where no load was measured."""
        return _USABILITY.get(self)

    @property
    def needs_cause(self) -> bool:
        """Whether there is something to explain."""
        return self not in _NOTHING_TO_EXPLAIN

    def is_worse_than(self, other: Verdict) -> bool:
        """Whether this verdict comes after the other: `fails` after `assisted`."""
        return _RANKS[self] > _RANKS[other]


_RANKS = {one: rank for rank, one in enumerate(Verdict)}


class Usability(Word):
    """Whether a user can use the file there, and what it takes; summaries count in these words."""

    AS_IT_IS = "as it is"
    ONE_LINE = "with one line"
    TRANSLATED = "translated by crossload"
    NEEDS_CODE = "needs your model's code"
    PREDICTION = "prediction only"
    SILENT = "silently different"
    NOT_AT_ALL = "not at all"


_HELPED = frozenset({Verdict.ASSISTED, Verdict.TRANSLATED, Verdict.REBUILT, Verdict.PREDICTS})
_USABILITY = {
    Verdict.SAME: Usability.AS_IT_IS,
    Verdict.PARTIAL: Usability.AS_IT_IS,
    Verdict.ASSISTED: Usability.ONE_LINE,
    Verdict.TRANSLATED: Usability.TRANSLATED,
    Verdict.REBUILT: Usability.NEEDS_CODE,
    Verdict.PREDICTS: Usability.PREDICTION,
    Verdict.DIFFERS: Usability.SILENT,
    Verdict.FAILS: Usability.NOT_AT_ALL,
    Verdict.CRASHES: Usability.NOT_AT_ALL,
    Verdict.TIMES_OUT: Usability.NOT_AT_ALL,
}
_PLAIN = frozenset({Verdict.SAME, Verdict.PARTIAL})
_WHOLE = _PLAIN | {Verdict.ASSISTED, Verdict.TRANSLATED}
_NOTHING_TO_EXPLAIN = frozenset({Verdict.SAME, Verdict.NOT_RUN})
_NO_ENVIRONMENT = frozenset({Verdict.UNAVAILABLE, Verdict.IMPOSSIBLE})
_NO_LOAD = frozenset({Verdict.UNSAVED, Verdict.UNAVAILABLE, Verdict.NOT_RUN, Verdict.IMPOSSIBLE})


class EnvironmentState(Word):
    """Whether an environment can be used."""

    READY = "ready"
    UNAVAILABLE = "unavailable"
    IMPOSSIBLE = "impossible"


class EnvironmentCause(Word):
    """Why an environment cannot be used."""

    MISSING_INTERPRETER = "missing-interpreter"
    MISSING_LIBRARY = "missing-library"
    MISSING_TOOL = "missing-tool"
    NO_WHEEL = "no-wheel"
    RESOLVE_FAILED = "resolve-failed"
    INSTALL_FAILED = "install-failed"
    HASH_MISMATCH = "hash-mismatch"
    IMPORT_FAILED = "import-failed"
    DISK_FULL = "disk-full"
    PROBE_FAILED = "probe-failed"
