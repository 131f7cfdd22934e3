"""Reference models that differ in their optimizer alone: what each keeps, and how it is written.

Owns which optimizers are tried besides those of the other models (SGD, Adam, AdamW, RMSprop,
Adamax). The model is the same small one.
"""

from crossload_probe.models.reference import (
    SIGN,
    Data,
    Reference,
    first_layers,
    known_options,
    make_optimizer,
)


def build_nadam(keras, fw):
    """Nadam, whose momentum follows a schedule.

    The order of an optimizer's variables in a file changed in Keras 3.10:
    https://github.com/keras-team/keras/commit/459523949e. The product of that schedule is one more
    number in the state, which is easily lost.
    """
    return compiled(keras, fw, "Nadam", 0.01, epsilon=1e-6)


def build_adagrad(keras, fw):
    """Adagrad with a non-default initial accumulator.

    A file from TF 2.11 contains arguments that the earlier optimizer rejects:
    https://github.com/keras-team/keras/issues/17633
    """
    return compiled(keras, fw, "Adagrad", 0.05, initial_accumulator_value=0.3)


def build_adadelta(keras, fw):
    """Adadelta, with two accumulators for each weight.

    The state of optimizers changed in 2.11:
    https://github.com/AlexanderKroll/KM_prediction_function/issues/4
    """
    return compiled(keras, fw, "Adadelta", 0.5, rho=0.9)


def build_ftrl(keras, fw):
    """Ftrl with both regularisers; standalone Keras 2 does not have it.

    The optimizer's state was lost on loading: https://github.com/tensorflow/tensorflow/issues/52368
    """
    strengths = {"l1_regularization_strength": 0.001, "l2_regularization_strength": 0.01}
    return compiled(keras, fw, "Ftrl", 0.05, **strengths)


def compiled(keras, fw, name, rate, **options):
    """A small model with that optimizer, given those of the options that this version has."""
    dense = keras.layers.Dense
    model = keras.models.Sequential(
        first_layers(keras, fw, dense, (5,), 6, activation="tanh", name="hidden")
        + [dense(1, activation="sigmoid", name="head")]
    )
    known = known_options(getattr(keras.optimizers, name), **options)
    optimizer = make_optimizer(keras, name, rate, **known)
    model.compile(loss="binary_crossentropy", optimizer=optimizer)
    return model


MODELS = {
    "optimizer-nadam": Reference(build_nadam, [Data((5,))], [Data((1,), SIGN)]),
    "optimizer-adagrad": Reference(build_adagrad, [Data((5,))], [Data((1,), SIGN)]),
    "optimizer-adadelta": Reference(build_adadelta, [Data((5,))], [Data((1,), SIGN)]),
    "optimizer-ftrl": Reference(build_ftrl, [Data((5,))], [Data((1,), SIGN)]),
}
