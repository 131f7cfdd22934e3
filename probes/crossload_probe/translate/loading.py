"""Load a model or weights from a file alone, by the translator alone.

Owns the order of the steps: recognise the file, read its description, build the model with this
Keras, fill it with the weights. Whether Keras itself can load the file is not asked here.
"""

import collections

from crossload_probe.formats import writing
from crossload_probe.translate import (
    architectures,
    containers,
    learned,
    safety,
    training,
    weights,
)
from crossload_probe.translate.layers import registered
from crossload_probe.translate.report import TRANSLATED, Report

WHOLE = writing.WHOLE + ("json+weights",)

Options = collections.namedtuple("Options", "custom_objects compile safe_mode")


def load_model(framework, path, custom_objects=None, compile=True, safe_mode=True):
    """A model of this Keras from a file or folder that any Keras wrote.

    Args:
        framework: `frameworks.Framework`; its session and settings are left alone.
        path: HDF5, a `.keras` archive, a SavedModel, or a folder with a description in JSON and
            weights; what it is is decided by its content.
        custom_objects: classes and functions by their names in the file.
        compile: restore how the model was trained.
        safe_mode: do not run code from the file.

    Returns:
        The model; its `crossload_report` is a `report.Report`.

    Raises:
        NotAModel, NoArchitecture: the path leads to no whole model.
        NotTranslated: something in it, named in the message, has no counterpart here.
        Exception: what Keras raised when the layers were put together or filled.
    """
    container = containers.recognise(path)
    options = Options(dict(custom_objects or {}), compile, safe_mode)
    return translate(framework, container, Report(path, container.kind), options)


def translate(framework, container, report, options):
    """The same for a `containers.Container`; fills the report."""
    if container.kind not in WHOLE:
        raise architectures.NoArchitecture("the file holds weights alone, and no architecture")
    description = architectures.read_container(container)
    has_learned = learned.give(description, container)
    built = architectures.build(
        framework,
        description,
        options.custom_objects,
        unsafe=not options.safe_mode,
        as_is=not (options.safe_mode and dangers(framework, description, options.custom_objects)),
    )
    is_built = architectures.is_built(built.model)
    has_none = not is_built or not (built.model.weights or has_learned)
    if has_none and weights.holds_any(framework, container):
        raise architectures.NoArchitecture(
            "the shape of the model's input is not in the file, so that its weights have no place"
        )
    changes = built.changes + weights.load(framework, built.model, container)
    built.finish(built.model)
    report.changes += changes
    report.lost += built.lost
    if options.compile:
        report.lost += training.carry(
            framework, built.model, description, container, options.custom_objects
        )
    report.way = TRANSLATED
    built.model.crossload_report = report
    return built.model


def dangers(framework, description, custom_objects):
    """What this Keras would run or import for the description, given these objects."""

    def is_given(names):
        return any(
            name in custom_objects or registered(framework.keras, name) is not None
            for name in names
        )

    return safety.find_dangers(description, is_given)


def load_weights(framework, model, path):
    """Fill a model with the weights of a file or folder, of a whole model or of weights alone.

    Args:
        framework: `frameworks.Framework`.
        model: a model that has its weights, that is, knows its input shape.
        path: as for `load_model`, or weights alone: HDF5 or the prefix of a checkpoint.

    Returns:
        Texts that say how, where Keras' own loader was not enough.

    Raises:
        NotAModel: the path leads to no weights.
        arrays.NoFit: the weights belong to another model.
    """
    return weights.load(framework, model, containers.recognise(path))
