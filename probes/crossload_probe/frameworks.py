"""What differs between frameworks: where Keras is, how it computes, what it accepts.

Owns import, versions, sessions, prediction and training of one batch. Files by version are in
`formats`; optimizers and compile state are in `checks.training`.
"""

import gc
import importlib
import inspect
import os
import re
import sys
import warnings

import numpy

from crossload_probe import feeding, states

PACKAGES = (
    "tensorflow",
    "keras",
    "tf_keras",
    "numpy",
    "h5py",
    "protobuf",
    "jax",
    "torch",
    "Theano",
    "cntk",
)
# A full garbage collection costs 0.1 s: not after every job.
JOBS_PER_COLLECTION = 25


def load(api, backend):
    """Import the framework behind `api` and return it as a `Framework`."""
    os.environ.setdefault("KERAS_BACKEND", backend)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensorflow = None
        if backend == "tensorflow":
            tensorflow = importlib.import_module("tensorflow")
        if api == "tf.keras":
            keras = tensorflow.keras
            keras.layers.Dense  # noqa: B018 - tf.keras is lazy; what is broken must fail now
        else:
            keras = importlib.import_module(api)
        framework = Framework(api, backend, keras, tensorflow)
        framework.use_one_thread()
    return framework


def accepts(function, name):
    """Whether a function has a parameter of that name, not counting `**kwargs`."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
    return name in parameters


def version_tuple(text):
    """Return (2, 15) for "2.15.0" and (2, 2) for "2.2.4-tf"."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])


def installed_version(name):
    """Version of a package by its metadata folder, without importing it; None if not installed."""
    pattern = re.compile(
        "{}-(.+)\\.(dist|egg)-info$".format(re.escape(name).replace("_", "[-_]")), re.IGNORECASE
    )
    for folder in sys.path:
        if os.path.isdir(folder):
            for entry in sorted(os.listdir(folder)):
                match = pattern.match(entry)
                if match:
                    return match.group(1)
    return None


class Framework(object):
    """A Keras with its backend, as this process imported it.

    Attributes:
        keras: the module that the API names.
        tensorflow: the module, or None with another backend.
        keras_version: (major, minor) of the Keras in use.
    """

    def __init__(self, api, backend, keras, tensorflow):
        self.api = api
        self.backend = backend
        self.keras = keras
        self.tensorflow = tensorflow
        self.keras_version = version_tuple(self._keras_version_text())
        self.is_keras3 = self.keras_version >= (3, 0)
        self.eager = self._is_eager()
        self._cleared = 0
        self._undo = []

    def _keras_version_text(self):
        # tf.keras.__version__ is missing in some versions: ask the package its classes come from.
        package = sys.modules[self.keras.models.Model.__module__.split(".")[0]]
        if package.__name__ != "tensorflow" and hasattr(package, "__version__"):
            return package.__version__
        return getattr(self.keras, "__version__", "2.0")

    def _is_eager(self):
        if self.is_keras3:
            return True
        if self.api == "keras" and self.keras_version < (2, 4):
            return False  # standalone Keras builds graphs whatever TensorFlow does
        return self.tensorflow is not None and bool(self.tensorflow.executing_eagerly())

    def versions(self):
        """Versions of the relevant packages by name; `keras` is the installed package."""
        found = {}
        for name in PACKAGES:
            version = installed_version(name)
            if version is not None:
                found[name] = version
        if self.tensorflow is not None:
            found["tensorflow"] = self.tensorflow.__version__
        found.setdefault("keras", self._keras_version_text())
        found["numpy"] = numpy.__version__
        if "h5py" in found:
            import h5py

            found["hdf5"] = h5py.version.hdf5_version
        return found

    def use_one_thread(self):
        """Fix the order of floating-point sums, so that the same model gives the same bits twice.

        Graph mode has no such call; OMP_NUM_THREADS limits it.
        """
        config = getattr(self.tensorflow, "config", None)
        if self.eager and hasattr(config, "threading"):
            config.threading.set_intra_op_parallelism_threads(1)
            config.threading.set_inter_op_parallelism_threads(1)

    def find_tensorflow(self):
        """TensorFlow, whatever backend Keras uses; raises ImportError if it is missing."""
        if self.tensorflow is not None:
            return self.tensorflow
        import tensorflow

        return tensorflow

    def undo_at_clear(self, function):
        """Call `function` when this job's models are cleared, to undo what they registered."""
        self._undo.append(function)

    def clear(self):
        """Clear all models, so that automatic names begin at one again."""
        while self._undo:
            self._undo.pop()()
        backend = self.keras.backend
        # Theano has no session, only the counters of names.
        clear = getattr(backend, "clear_session", None) or getattr(backend, "reset_uids", None)
        if clear is None:
            pass
        elif accepts(clear, "free_memory"):
            clear(free_memory=False)
        else:
            clear()
        self._cleared += 1
        if self._cleared % JOBS_PER_COLLECTION == 0:
            gc.collect()

    def array(self, tensor):
        """A tensor of any backend as a numpy array; ragged and sparse ones padded with zeros."""
        if hasattr(tensor, "row_splits"):
            tensor = tensor.to_tensor()
        elif hasattr(tensor, "dense_shape"):
            tensor = self.tensorflow.sparse.to_dense(tensor)
        if self.is_keras3 and not isinstance(tensor, numpy.ndarray):
            return numpy.asarray(self.keras.ops.convert_to_numpy(tensor))
        if hasattr(tensor, "numpy"):  # variables before TF 2.4 do not convert by themselves
            return numpy.asarray(tensor.numpy())
        return numpy.asarray(tensor)

    def predict(self, model, inputs):
        """Outputs of a model as a list of arrays; the model is left as it was.

        Eager models are called directly: `predict` traces a graph, which is 10 to 50 times slower.

        Args:
            model: what a load returned, which may not be a model.
            inputs: arrays, batch first; `feeding.Inputs` where they are passed by name or nested.
        """
        return self._fed(model, inputs, lambda given: self._predict(model, given))

    def _fed(self, model, inputs, call):
        """What the call returns for the first form of the inputs that it takes."""
        problem = None
        for form in feeding.forms(model, inputs):
            try:
                with states.unchanged(self, model):
                    return call(feeding.pack(self, form, inputs))
            except Exception as error:
                problem = problem or error
        raise problem

    def _predict(self, model, given):
        if not self.eager:
            return flatten(model.predict(given))
        return [self.array(tensor) for tensor in flatten(model(given, training=False))]

    def call_predict(self, model, inputs):
        """As `predict`, by the method of that name, which a class may define anew."""
        quiet = {"verbose": 0} if accepts(model.predict, "verbose") else {}

        def call(given):
            return [self.array(array) for array in flatten(model.predict(given, **quiet))]

        return self._fed(model, inputs, call)

    def evaluate(self, model, inputs, targets):
        """{name: value} of the loss and the metrics of a compiled model."""
        self.run_eagerly(model)
        y = targets[0] if len(targets) == 1 else list(targets)
        by_name = {"return_dict": True} if accepts(model.evaluate, "return_dict") else {}
        found = self._fed(model, inputs, lambda x: model.evaluate(x, y, verbose=0, **by_name))
        if not by_name:
            found = dict(zip(model.metrics_names, flatten(found)))
        return {name: float(numpy.asarray(value)) for name, value in found.items()}

    def as_given(self, array):
        """An input as this framework takes it: Keras 3 converts numbers itself, but not strings."""
        is_text = array.dtype.kind == "U"
        if not self.eager:
            return array.astype(object) if is_text else array
        if self.tensorflow is not None and (is_text or not self.is_keras3):
            return self.tensorflow.constant(array)
        return array

    def run_eagerly(self, model):
        """Train without tracing; set after compiling, so that it is not saved with the model."""
        if self.eager:
            model.run_eagerly = True

    def train_step(self, model, inputs, targets):
        """Total loss of one batch before its update, as a float."""
        states.reset(model)
        if hasattr(model, "reset_metrics"):
            model.reset_metrics()  # Keras 3 returns the mean since the last reset
        x = feeding.pack(self, feeding.forms(model, inputs)[0], inputs)
        y = targets[0] if len(targets) == 1 else list(targets)
        answer = model.train_on_batch(x, y)
        return float(numpy.asarray(flatten(answer)[0]))

    def values(self, variables):
        """Variables as arrays, in one call."""
        if self.eager:
            return [self.array(variable) for variable in variables]
        return [numpy.asarray(value) for value in self.keras.backend.batch_get_value(variables)]

    def assign(self, variable, value):
        if self.eager:
            variable.assign(value)
        else:
            self.keras.backend.set_value(variable, value)

    def load_model(self, path, **options):
        """`keras.models.load_model` with the options that this version knows."""
        function = self.keras.models.load_model
        known = {name: value for name, value in options.items() if accepts(function, name)}
        return function(path, **known)


def flatten(value):
    """Nested lists, tuples and dicts as one flat list; anything else as a list of one."""
    if isinstance(value, dict):
        value = [value[name] for name in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [item for part in value for item in flatten(part)]
    return [value]
