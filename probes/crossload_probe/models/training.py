"""Reference models whose point is how they compute and train: precision, losses, metrics, rates.

Owns their architecture and what they are compiled with. Names and arguments that moved between
the eras are looked up here, never told from a version.
"""

from crossload_probe.frameworks import accepts
from crossload_probe.models.reference import SIGN, Data, Reference, first_layers, make_optimizer


def build_mixed_precision(keras, fw):
    """Layers that compute in float16 and keep their weights in float32; the head is float32.

    The policy is written as an object, which other versions cannot read:
    https://github.com/zsylvester/segmenteverygrain/issues/21; the first such models could not be
    saved: https://github.com/tensorflow/tensorflow/issues/35379
    """
    # Given to the layers: the policy of the process would reach the next job.
    policy = make_policy(keras, "mixed_float16")
    dense = keras.layers.Dense
    return keras.models.Sequential(
        first_layers(keras, fw, dense, (6,), 8, activation="relu", name="hidden", dtype=policy)
        + [
            dense(6, activation="tanh", name="deep", dtype=policy),
            dense(2, name="head", dtype="float32"),
        ]
    )


def make_policy(keras, name):
    """A dtype policy, from wherever this version keeps the class."""
    home = keras.mixed_precision
    home = getattr(home, "experimental", home)
    policy_class = getattr(home, "Policy", None) or home.DTypePolicy
    return policy_class(name)


def build_loss_objects(keras, fw):
    """Losses and metrics given as objects with arguments, weighted, one set per output.

    Keras 3 does not understand the reduction that Keras 2 writes:
    https://github.com/tensorflow/tensorflow/issues/70394, drops the delta of a Huber loss:
    https://github.com/keras-team/keras/pull/23286, and metrics came back without the function that
    they wrap: https://github.com/tensorflow/tensorflow/issues/36735
    """
    layers, losses, metrics = keras.layers, keras.losses, keras.metrics
    given = layers.Input(shape=(5,), name="given")
    trunk = layers.Dense(6, activation="tanh", name="trunk")(given)
    score = layers.Dense(1, activation="sigmoid", name="score")(trunk)
    value = layers.Dense(2, name="value")(trunk)
    model = keras.models.Model(inputs=given, outputs=[score, value])
    model.compile(
        loss={
            "score": losses.BinaryCrossentropy(label_smoothing=0.1),
            # Well under the errors of this model, so that a forgotten delta shows in the loss.
            "value": losses.Huber(delta=0.25, reduction="sum"),
        },
        loss_weights={"score": 0.5, "value": 2.0},
        metrics={
            "score": [metrics.AUC(num_thresholds=20, name="area"), metrics.Precision(name="hits")],
            "value": [metrics.MeanAbsoluteError(name="gap")],
        },
        optimizer=make_rmsprop(keras),
    )
    return model


def make_rmsprop(keras):
    """RMSprop with the options that not every version has."""
    wanted = {"momentum": 0.9, "centered": True}
    known = accepts(keras.optimizers.RMSprop.__init__, "momentum")
    return make_optimizer(keras, "RMSprop", 0.01, **(wanted if known else {}))


def build_lr_schedule(keras, fw):
    """A learning rate schedule and weight decay.

    The optimizers before 2.11 know neither the class AdamW nor the argument `weight_decay`:
    https://github.com/kyleskom/NBA-Machine-Learning-Sports-Betting/issues/117
    """
    model = keras.models.Sequential(
        first_layers(keras, fw, keras.layers.Dense, (5,), 6, activation="tanh", name="hidden")
        + [keras.layers.Dense(1, activation="sigmoid", name="head")]
    )
    schedule = keras.optimizers.schedules.ExponentialDecay(
        0.02, decay_steps=2, decay_rate=0.5, staircase=True
    )
    if hasattr(keras.optimizers, "AdamW"):
        optimizer = keras.optimizers.AdamW(learning_rate=schedule, weight_decay=0.01)
    else:  # those eras have no weight decay
        optimizer = keras.optimizers.Adam(learning_rate=schedule)
    model.compile(loss="binary_crossentropy", metrics=["accuracy"], optimizer=optimizer)
    return model


MODELS = {
    "mixed-precision": Reference(build_mixed_precision, [Data((6,))]),
    "loss-objects": Reference(build_loss_objects, [Data((5,))], [Data((1,), SIGN), Data((2,))]),
    "lr-schedule": Reference(build_lr_schedule, [Data((5,))], [Data((1,), SIGN)]),
}
