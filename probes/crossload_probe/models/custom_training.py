"""Reference models that are trained with custom code: loss, metric, optimizer.

Owns their architecture and that code. The models as such have ordinary layers only, so that they
load where nothing is compiled.
"""

from crossload_probe.frameworks import accepts
from crossload_probe.models.foreign import make_foreign
from crossload_probe.models.reference import Data, Reference, first_layers, make_optimizer


def build_loss_metric(keras, fw):
    """A custom loss function and a custom metric class; the model itself has neither.

    Reading the compile state fails even where the loss is registered:
    https://github.com/tensorflow/tensorflow/issues/36259
    """
    model = keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (5,), 6, activation="tanh", name="hidden")
        + [keras.layers.Dense(2, name="head")]
    )
    metrics = []
    if hasattr(keras.metrics, "Metric"):  # Keras 2.2 knows functions only
        metrics = [make_bias_class(keras)(factor=2.0, name="bias")]
    model.compile(
        loss=make_loss(), metrics=metrics, optimizer=make_optimizer(keras, "Adamax", 0.05)
    )
    return model


def make_loss():
    def steep_error(y_true, y_pred):
        return (y_true - y_pred) ** 2 * 1.5

    return make_foreign(steep_error)


def make_bias_class(keras):
    class Bias(keras.metrics.Mean):
        def __init__(self, factor=1.0, name="bias", **options):
            super(Bias, self).__init__(name=name, **options)
            self.factor = factor

        def update_state(self, y_true, y_pred, sample_weight=None):
            return super(Bias, self).update_state((y_pred - y_true) * self.factor)

        def get_config(self):
            config = super(Bias, self).get_config()
            config["factor"] = self.factor
            return config

    return make_foreign(Bias)


def loss_metric_objects(keras):
    objects = {"steep_error": make_loss()}
    if hasattr(keras.metrics, "Metric"):
        objects["Bias"] = make_bias_class(keras)
    return objects


def build_optimizer(keras, fw):
    """A subclass of Adam with an additional argument.

    The class that reads an optimizer's configuration must understand it:
    https://github.com/keras-team/keras/issues/17633
    """
    model = keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (5,), 6, activation="tanh", name="hidden")
        + [keras.layers.Dense(2, name="head")]
    )
    optimizer_class = make_calm_class(keras)
    rate = "learning_rate" if accepts(keras.optimizers.Adam.__init__, "learning_rate") else "lr"
    model.compile(
        loss="mean_squared_error", optimizer=optimizer_class(calmness=0.5, **{rate: 0.02})
    )
    return model


def make_calm_class(keras):
    class CalmAdam(keras.optimizers.Adam):
        """Adam whose first momentum has another name."""

        def __init__(self, calmness=0.9, **options):
            super(CalmAdam, self).__init__(beta_1=calmness, **options)
            self._calmness = calmness

        def get_config(self):
            config = super(CalmAdam, self).get_config()
            del config["beta_1"]
            config["calmness"] = self._calmness
            return config

    return make_foreign(CalmAdam)


def optimizer_objects(keras):
    return {"CalmAdam": make_calm_class(keras)}


MODELS = {
    "custom-loss-metric": Reference(
        build_loss_metric, [Data((5,))], [Data((2,))], custom_objects=loss_metric_objects
    ),
    "custom-optimizer": Reference(
        build_optimizer, [Data((5,))], [Data((2,))], custom_objects=optimizer_objects
    ),
}
