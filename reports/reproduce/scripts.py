"""The two scripts of a cell of a reference model.

Owns what is filled into the templates for such a model. Its construction is written by `plain`,
the calls that save and load it by `loading`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crossload.reports.reproduce.layout import pairs
from crossload.reports.reproduce.loading import Loading, path_of, saving
from crossload.reports.reproduce.plain import PlainModel, plain_model
from crossload.reports.reproduce.templates import (
    LoadScript,
    SaveScript,
    Side,
    arrays_of,
    kept_arrays,
    of_side,
    rendered,
)
from crossload.runner.records import Tolerances
from crossload.runner.words import Check, Format, Strategy

_INPUT_SEED, _TARGET_SEED = 7, 8  # those of the probes


@dataclass(frozen=True)
class Subject:
    """What is saved and loaded.

    Attributes:
        model: the reference model.
        module: the module of the probes that builds it.
        format: of the file.
        strategy: the way of loading.
        concessions: what the measured attempt gave up.
        watched: what is compared besides the outputs.
        tolerance: how far those may be apart, relative to the largest.
        unwritten: whether saving raised nothing and wrote nothing of that format.
    """

    model: str
    module: str
    format: Format
    strategy: Strategy = Strategy.PLAIN
    concessions: tuple[str, ...] = ()
    watched: tuple[Check, ...] = ()
    tolerance: float = Tolerances.relative
    unwritten: bool = False


def save_script(probes: Path, subject: Subject, side: Side) -> str:
    """The text of `save.py`; raises LookupError for a model that its module does not have."""
    model = plain_model(probes, subject.module, subject.model, keras_3=side.keras_3)
    inputs, targets = len(model.inputs), len(model.targets)
    kept = kept_arrays("input", inputs)
    if Check.STEP in subject.watched:
        kept += kept_arrays("target", targets)
    if subject.strategy is Strategy.SERVING and inputs > 1:
        kept.append('names=[one.name.split(":")[0] for one in model.inputs]')
    script = SaveScript(
        title=f"The model `{subject.model}` as `{subject.format}`: {_lowered(model.summary)}",
        **of_side(side),
        code=model.build,
        is_plain=model.is_plain,
        fill=model.fill,
        filler=model.filler,
        inputs=_drawn("inputs", model.inputs, _INPUT_SEED),
        targets=_drawn("targets", model.targets, _TARGET_SEED),
        is_flat=model.flat,
        trains=bool(targets),
        saving=saving(subject.format, keras_3=side.keras_3, unwritten=subject.unwritten),
        kept=tuple(kept),
        watched=tuple(map(str, subject.watched)),
        builds_optimizer=subject.format.base is Format.SAVEDMODEL,
    )
    return rendered(script)


def load_script(probes: Path, subject: Subject, side: Side) -> str:
    """The text of `load.py`; raises LookupError as `save_script`."""
    model = plain_model(probes, subject.module, subject.model, keras_3=side.keras_3)
    loading = Loading(
        subject.format,
        path_of(subject.format),
        subject.strategy,
        subject.concessions,
        has_objects=model.has_objects,
        keras_3=side.keras_3,
        inputs=len(model.inputs),
    )
    script = LoadScript(
        title=f"Load what save.py saved{spoken(subject.strategy)}, and compare its outputs.",
        **of_side(loaded_in(side, subject.strategy)),
        code=_code(model, loading),
        inputs=arrays_of("input", len(model.inputs)),
        targets=arrays_of("target", len(model.targets)) if Check.STEP in subject.watched else "",
        is_flat=model.flat and subject.strategy is not Strategy.SERVING,
        loading=loading.lines(),
        predicts=loading.predicts,
        tolerance=subject.tolerance,
        watched=tuple(map(str, subject.watched)),
        builds_optimizer=subject.format.base is Format.SAVEDMODEL,
        again=again(subject.format) if Check.RE_SAVE in subject.watched else "",
    )
    return rendered(script)


def _lowered(sentence: str) -> str:
    """It after a colon; a name in capitals stays as it is."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _code(model: PlainModel, loading: Loading) -> str:
    if loading.builds:
        return model.both
    return model.objects if loading.names_objects else ""


def _drawn(name: str, arrays: tuple[str, ...], seed: int) -> str:
    """The lines that set a variable to one array, or to a list of them."""
    if not arrays:
        return ""
    stream = f"numpy.random.RandomState({seed})"
    if len(arrays) == 1 and arrays[0].count("data.") == 1:
        return f"{name} = {arrays[0].replace('data.', f'{stream}.')}"
    listed = "[\n" + pairs(arrays) + "\n]" if len(arrays) > 1 else arrays[0]
    return f"data = {stream}\n{name} = {listed}"


def spoken(strategy: Strategy) -> str:
    """The strategy, as the end of a clause."""
    return "" if strategy is Strategy.PLAIN else f", by the strategy {strategy}"


def again(file_format: Format) -> str:
    """The line that saves a loaded model again."""
    path = path_of(file_format.base).replace("model", "again", 1)
    return (
        f'model.save("{path}")'
        if file_format.base is not Format.JSON_WEIGHTS
        else "model.to_json()"
    )


def loaded_in(side: Side, strategy: Strategy) -> Side:
    """The side of `load.py`: with `legacy`, tf-keras beside the environment's own Keras."""
    if strategy is not Strategy.LEGACY:
        return side
    return Side("tf_keras", side.backend, side.variables)
