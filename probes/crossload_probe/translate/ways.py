"""Load a model in a user's program: as Keras does where that is right, else by the translator.

Owns the order of the ways, when Keras itself may be given the file, and when its answer is taken.
The public calls are in `translate.facade`; probes measure each way by itself.
"""

import os
import shutil
import tempfile

from crossload_probe.formats import writing
from crossload_probe.translate import (
    architectures,
    containers,
    loading,
    safety,
    training,
    traps,
    weights,
)
from crossload_probe.translate.report import PLAIN, RENAMED, TRANSLATED, Report

STEPS = "steps_per_execution"
SUFFIXES = {"h5": (".h5", ".hdf5"), "keras": (".keras",)}


class Refused(Exception):
    """What Keras returned is not taken."""


class Request(object):
    """One call of `load_model`: the file, what came with it, and the report.

    Attributes:
        description: what `architectures.read` returned; None where there is none.
        reason: why there is none.
    """

    def __init__(self, framework, path, custom_objects, compile, safe_mode):
        self.framework = framework
        self.container = containers.recognise(path)
        self.custom_objects = dict(custom_objects or {})
        self.compile = compile
        self.safe_mode = safe_mode
        self.report = Report(path, self.container.kind)
        self.description, self.reason = None, None
        try:
            self.description = architectures.read_container(self.container)
        except architectures.NoArchitecture as error:
            self.reason = error

    def dangers(self):
        """What Keras would run or import if it were given the file."""
        found = loading.dangers(self.framework, self.description or {}, self.custom_objects)
        if self.container.kind == "savedmodel":
            path = os.path.join(self.container.path, writing.GRAPH)
            with open(path, "rb") as stream:
                names = safety.operations_reaching_out(stream.read())
            found += ["the operation {} of the graph".format(name) for name in names]
        return found


def load(request):
    """The model; fills the request's report.

    Raises:
        Exception: why the last way did not work; the report has all of them.
    """
    model = load_plain(request) if may_be_plain(request) else None
    if model is None:
        model = load_translated(request)
    else:
        if is_doubtful(request, model):
            model = load_better(request, model)
        if request.report.way != TRANSLATED:
            complete(request, model)
    model.crossload_report = request.report
    return model


def complete(request, model):
    """Give a model that Keras loaded what it left out of how the model was trained."""
    if not request.compile or request.description is None:
        return
    given = (request.description, request.container, request.custom_objects)
    restored, lost = training.complete(request.framework, model, *given)
    request.report.changes += restored
    request.report.lost += lost


def is_doubtful(request, model):
    """Whether some weights are not those of the file: converted on the way, or not loaded."""
    if request.description is None:
        return False
    return weights.missing(request.framework, model, request.container) > 0


def load_better(request, model):
    """The translated model if it has the file's own weights, else the model that is there."""
    way, changes = request.report.way, list(request.report.changes)
    try:
        other = load_translated(request)
    except Exception:
        other = None
    if other is not None and not is_doubtful(request, other):
        request.report.refused(way, "some weights of the model were not those of the file")
        return other
    request.report.way, request.report.changes = way, changes
    request.report.changes.append("some weights are stored in another form, which Keras converted")
    return model


def may_be_plain(request):
    """Whether Keras is given the file as it is; notes why not."""
    if request.container.kind not in writing.WHOLE:
        return False  # Keras has no one call for it
    dangers = request.dangers() if request.safe_mode else []
    if dangers:
        text = "would run or import {}".format(", ".join(dangers[:3]))
        request.report.refused(PLAIN, "{}; safe_mode=False allows it".format(text))
        return False
    trap = request.description and traps.find_trap(request.framework, request.description)
    if trap:
        request.report.refused(PLAIN, trap)
        return False
    return True


def load_plain(request):
    """The model as Keras loads it, under its own name and then under one that fits; or None."""
    suffixes = SUFFIXES.get(request.container.kind)
    path = request.container.path
    if suffixes is None or path.endswith(suffixes):
        return attempt(request, PLAIN, path)
    model = attempt(request, PLAIN, path)
    if model is not None:
        return model
    folder = tempfile.mkdtemp(prefix="crossload-")
    try:
        target = os.path.join(folder, "model" + suffixes[0])
        model = attempt(request, RENAMED, containers.linked(path, target))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if model is not None:
        request.report.changes.append("read under a name that ends in {}".format(suffixes[0]))
    return model


def attempt(request, way, path):
    """The model by Keras' own `load_model`; None where that raises or is not to be trusted."""
    options = {"custom_objects": request.custom_objects or None, "compile": request.compile}
    if not request.safe_mode:
        options["safe_mode"] = False
    try:
        model = request.framework.load_model(path, **options)
        check(model)
    except Exception as error:
        request.report.refused(way, error)
        return None
    request.report.changes += weights.finalize(model)
    if getattr(model, STEPS, 1) is None:  # Keras 2 stores that, and Keras 3 does not predict then
        setattr(model, STEPS, 1)
    request.report.way = way
    return model


def check(model):
    """Raise `Refused` where Keras returned no model."""
    if not hasattr(model, "predict") or not hasattr(model, "get_weights"):
        kind = "{}.{}".format(type(model).__module__, type(model).__name__)
        raise Refused("Keras returned a {}, not a model".format(kind))


def load_translated(request):
    if request.reason is not None:
        request.report.refused(TRANSLATED, request.reason)
        raise request.reason
    try:
        return loading.translate(
            request.framework,
            request.container,
            request.report,
            loading.Options(request.custom_objects, request.compile, request.safe_mode),
        )
    except Exception as error:
        request.report.refused(TRANSLATED, error)
        raise
