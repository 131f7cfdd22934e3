"""`load_model`, `load_weights` and `LoadError`, as a user's program calls them.

Owns the signatures and the one error. `crossload` hands these on, and `crossload vendor` writes
them with all that they need into one file.
"""

from crossload_probe.translate import containers, loading, using, ways


class LoadError(Exception):
    """A file that could not be loaded.

    Attributes:
        report: a `report.Report` with what was tried; None where nothing could be.
    """

    def __init__(self, message, report=None):
        super(LoadError, self).__init__(message)
        self.report = report


def load_model(path, custom_objects=None, compile=True, safe_mode=True, translate=False):
    """Load a Keras model, whatever version of Keras wrote it, with the Keras of this program.

    Args:
        path: an HDF5 file, a `.keras` archive, a SavedModel, or a folder with a description in
            JSON and weights. What it is is decided by its content, not by its name.
        custom_objects: classes and functions by their names in the file; a function of a Lambda
            also by the name of its layer.
        compile: restore loss, metrics and optimizer.
        safe_mode: do not run code that is in the file, and import nothing that it names.
        translate: do not let Keras itself load the file first.

    Returns:
        The model. `model.crossload_report` says what was tried, changed and lost.

    Raises:
        LoadError: it could not be loaded; the message says what is in the way.
    """
    request = None
    try:
        framework = using.find((custom_objects or {}).values())
        request = ways.Request(framework, path, custom_objects, compile, safe_mode)
        return ways.load_translated(request) if translate else ways.load(request)
    except (containers.NotAModel, using.NoKeras) as error:
        raise LoadError(str(error), request and request.report)
    except Exception as error:
        report = request and request.report
        raise LoadError(explain(path, error, report), report) from error


def load_weights(model, path):
    """Give a model the weights of a file, by their own names where Keras' loader does not fit.

    Args:
        model: a Keras model that has its weights, that is, knows its input shape.
        path: a file or folder of a whole model or of weights alone, in any format of Keras.

    Returns:
        Texts that say how, where Keras' own loader was not enough.

    Raises:
        LoadError: there are no weights at the path, or they belong to another model.
    """
    try:
        return loading.load_weights(using.find([model]), model, path)
    except Exception as error:
        raise LoadError("{}: {}".format(path, error)) from error


def explain(path, error, report):
    """One text: what was in the way of the last attempt, and of those before it."""
    lines = ["{} could not be loaded: {}".format(path, error)]
    if report is not None:
        lines += ["{} {}".format(way, text.split("\n")[0]) for way, text in report.tried[:-1]]
    return "\n".join(lines)
