"""What is known of each strategy, the one place for it: what it needs, its words, its advice.

Owns these records and their texts. How a strategy loads a file is the probe's business; whether it
is worth trying is decided in `runner.probing.strategies`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossload.runner.words import Strategy, Verdict, Word


class Part(Word):
    """What a strategy needs: a part of the file, or something beside it."""

    ARCHITECTURE = "architecture"
    WEIGHTS = "weights"
    TRAINING = "training"  # the training configuration
    CODE = "code"  # Python byte code
    SIGNATURE = "signature"  # a serving signature
    NAME = "name"  # a name that may say something else than the content
    BUILDER = "builder"  # code that builds the model
    OWN_CLASSES = "own-classes"  # the code of the model's own classes
    TF_KERAS = "tf-keras"  # installed beside the loader's Keras 3


@dataclass(frozen=True)
class StrategySpec:
    """One way of loading.

    `how` completes "loads …"; `done` says in `explain` what was called; `advice` is the sentence
    above the recipe that did it. `needs` lists the parts without which it makes no sense.
    `beside` names its use where a plain load works too.
    `takes` names what the call needs besides the file, and `avoids` says that this avoids a
    predicted error. `verdict` is that of a cell where only this gives the same outputs,
    and `label` says so in two or three words.
    """

    how: str
    done: str
    advice: str
    needs: frozenset[Part] = frozenset()
    takes: str = ""
    avoids: str = ""
    beside: str = ""
    verdict: Verdict = Verdict.ASSISTED
    label: str = ""

    @property
    def loads(self) -> str:
        """What it does, as a predicate: `loads with custom objects`."""
        return f"loads {self.how}".rstrip()

    @property
    def rebuilds(self) -> bool:
        """Whether code builds the model, and only weights come from the file."""
        return Part.BUILDER in self.needs

    @property
    def rewrites(self) -> bool:
        """Whether the architecture is another than the file's, filled with the file's weights.

        Only such a strategy may call the translator, whose modules its results depend on.
        """
        return Part.WEIGHTS in self.needs

    @property
    def is_whole(self) -> bool:
        """Whether it gives the file's whole model, which can be saved again."""
        return not self.needs & {Part.BUILDER, Part.SIGNATURE}

    @property
    def gives_code(self) -> bool:
        """Whether it passes the model's own classes and gives up nothing."""
        return Part.OWN_CLASSES in self.needs

    @property
    def runs_code(self) -> bool:
        """Whether it lets Python code in the file run."""
        return Part.CODE in self.needs


STRATEGIES: Mapping[Strategy, StrategySpec] = {
    Strategy.PLAIN: StrategySpec(
        how="",
        done="load_model(path) and nothing else",
        advice="load the file as it is",
        verdict=Verdict.SAME,
    ),
    Strategy.NO_COMPILE: StrategySpec(
        how="without its training configuration",
        done="load_model(path, compile=False)",
        advice="load with compile=False, then compile again",
        needs=frozenset({Part.TRAINING}),
        avoids="compile=False avoids it",
        label="needs a flag",
    ),
    Strategy.CUSTOM_OBJECTS: StrategySpec(
        how="with custom objects",
        done="the model's own classes given as custom_objects",
        advice="define or import your own classes, and name them in custom_objects",
        needs=frozenset({Part.ARCHITECTURE, Part.OWN_CLASSES}),
        takes="custom objects",
        avoids="custom_objects avoids it",
        beside="passing its classes as custom_objects",
        label="needs your class",
    ),
    Strategy.UNSAFE: StrategySpec(
        how="with unsafe deserialization allowed",
        done="safe_mode=False, so that code in the file may run",
        advice="only if you trust the file: allow it to run the Python code it contains",
        needs=frozenset({Part.CODE}),
        takes="safe_mode=False",
        avoids="safe_mode=False avoids it",
        label="needs a flag",
    ),
    Strategy.RENAMED: StrategySpec(
        how="under a name that says what it holds",
        done="a copy with the suffix of its content, loaded plainly",
        advice="copy the file to a name that says what it holds, and load the copy",
        needs=frozenset({Part.NAME}),
        takes="another file name",
        label="needs another file name",
    ),
    Strategy.LEGACY: StrategySpec(
        how="with tf-keras",
        done="load_model of tf-keras, where that is installed",
        advice="install tf-keras (Keras 2 as a separate package) beside Keras 3, and load with it",
        needs=frozenset({Part.ARCHITECTURE, Part.TF_KERAS}),
        label="needs tf-keras",
    ),
    Strategy.TRANSLATED: StrategySpec(
        how="through crossload's translator",
        done="crossload.load_model: the architecture written anew, the weights by their own names",
        advice="load it with crossload's translator, which writes the architecture for this Keras",
        needs=frozenset({Part.ARCHITECTURE, Part.WEIGHTS}),
        takes="crossload's translator",
        verdict=Verdict.TRANSLATED,
    ),
    Strategy.REBUILD_WEIGHTS: StrategySpec(
        how="its weights into a rebuilt model",
        done="the model built by its code, only weights from the file",
        advice="build the same model in code, then load only the weights from the file",
        needs=frozenset({Part.WEIGHTS, Part.BUILDER}),
        verdict=Verdict.REBUILT,
    ),
    Strategy.SERVING: StrategySpec(
        how="as a serving signature",
        done="tf.saved_model.load and the serving signature",
        advice="use the file's serving signature for prediction; it cannot be trained on",
        needs=frozenset({Part.SIGNATURE}),
        beside="its serving signature",
        verdict=Verdict.PREDICTS,
    ),
}


def strategies_that_need(part: Part) -> tuple[Strategy, ...]:
    """The strategies for files with that part, in the order in which they are tried."""
    return tuple(one for one in Strategy if part in STRATEGIES[one].needs)
