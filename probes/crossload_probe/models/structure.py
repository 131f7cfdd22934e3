"""Reference models of a special structure: nested, shared, merged, sliced, very long-named.

Owns their architecture. The classes of the layers in them are ordinary ones; what is new in them
is how they are connected, or how much there is to write down.
"""

from crossload_probe.models.foreign import make_foreign
from crossload_probe.models.reference import CLASSES, Data, Reference, first_layers, make_optimizer
from crossload_probe.models.samples import fill_layers

# Few layers with such names are as good as hundreds, and cheap: 66,000 bytes, and the limit of
# HDF5 for one attribute is 64 KB.
LONG_NAMES = 6
NAME_LENGTH = 11000


def fill_inner(framework, model, stream):
    """Fill inner models layer by layer too: an outer one does not know their normalisations."""
    fill_layers(framework, model, stream)
    for layer in model.layers:
        if hasattr(layer, "layers"):
            fill_inner(framework, layer, stream)


def build_nested(keras, fw):
    """A functional model as a layer of a functional model.

    Keras 2 counts the calls of an inner model from one in HDF5; Keras 3 hangs when it reads that,
    or raises an error: https://github.com/keras-team/keras/pull/19669
    """
    layers = keras.layers
    seen = layers.Input(shape=(4,), name="seen")
    inner = keras.models.Model(
        inputs=seen,
        outputs=layers.Dense(5, name="deep")(
            layers.Dense(6, activation="tanh", name="first")(seen)
        ),
        name="inner",
    )
    given = layers.Input(shape=(4,), name="given")
    answer = layers.Dense(2, name="head")(inner(given))
    return keras.models.Model(inputs=given, outputs=answer)


def build_shared_submodel(keras, fw):
    """One inner Sequential called on two inputs.

    Keras 3.2 writes the calls in the wrong places, and the model that is read back gives different
    outputs: https://github.com/keras-team/keras/commit/7dae3e918f
    """
    layers = keras.layers
    inner = keras.models.Sequential(
        first_layers(keras, fw, layers.Dense, (4,), 6, activation="tanh", name="first")
        + [layers.Dense(3, name="deep")],
        name="inner",
    )
    left = layers.Input(shape=(4,), name="left")
    right = layers.Input(shape=(4,), name="right")
    joined = layers.Concatenate(name="joined")([inner(left), inner(right)])
    return keras.models.Model(inputs=[left, right], outputs=layers.Dense(2, name="head")(joined))


def build_merges(keras, fw):
    """A layer shared by two inputs, then every way of merging them.

    Keras 3.1 to 3.8 lose the axis of a Concatenate in HDF5:
    https://github.com/keras-team/keras/pull/20973
    """
    layers = keras.layers
    left = layers.Input(shape=(4, 3), name="left")
    right = layers.Input(shape=(4, 3), name="right")
    shared = layers.Dense(3, activation="tanh", name="shared")
    pair = [shared(left), shared(right)]
    # The sizes stay the same whatever the axis is: only the outputs show which one it was.
    joined = layers.Flatten(name="flat")(layers.Concatenate(axis=1, name="joined")(pair))
    added = layers.Add(name="added")(pair)
    product = layers.Multiply(name="product")([added, pair[0]])
    dotted = layers.Dot(axes=2, name="dotted")([product, pair[1]])
    everything = layers.Concatenate(name="everything")(
        [joined, layers.Flatten(name="flat_dotted")(dotted)]
    )
    return keras.models.Model(
        inputs=[left, right], outputs=layers.Dense(2, name="head")(everything)
    )


def build_nested_outputs(keras, fw):
    """Outputs in nested lists.

    Keras 3 cannot rebuild that from HDF5: https://github.com/keras-team/keras/issues/19670
    """
    layers = keras.layers
    given = layers.Input(shape=(4,), name="given")
    trunk = layers.Dense(6, activation="tanh", name="trunk")(given)
    first = layers.Dense(2, name="first")(trunk)
    second = layers.Dense(3, name="second")(trunk)
    third = layers.Dense(1, name="third")(trunk)
    return keras.models.Model(inputs=given, outputs=[[first, [second]], third])


def build_operators(keras, fw):
    """Slices, products and sums of Keras tensors, written as Python operators.

    Keras 2 turns them into layers (TensorFlowOpLayer, later TFOpLambda and SlicingOpLambda) that
    Keras 3 does not have: https://github.com/keras-team/keras/issues/19525, and those that Keras 3
    creates instead have changed too: https://github.com/keras-team/keras/issues/19314
    """
    layers = keras.layers
    given = layers.Input(shape=(5, 3), name="given")
    flow = layers.Dense(4, activation="tanh", name="trunk")(given)
    mixed = flow[:, 0] * 2.0 + flow[:, 1]
    return keras.models.Model(inputs=given, outputs=layers.Dense(2, name="head")(mixed))


def make_blend():
    def blend(tensors, weight=0.5):
        return tensors[0] * weight + tensors[1] * (1.0 - weight)

    return make_foreign(blend)


def blend_objects(keras):
    return {"blend": make_blend()}


def build_lambda_arguments(keras, fw):
    """A Lambda around a named function of two tensors, with arguments and an output shape.

    Keras 3 has to infer the shape if the file does not give it, and expects a name where Keras 2
    wrote byte code: https://github.com/sizhuoli/TreeCountSegHeight/issues/6
    """
    layers = keras.layers
    left = layers.Input(shape=(4,), name="left")
    right = layers.Input(shape=(4,), name="right")
    pair = [layers.Dense(6, name="up")(left), layers.Dense(6, name="down")(right)]
    mixed = layers.Lambda(
        make_blend(), output_shape=(6,), arguments={"weight": 0.25}, name="blend"
    )(pair)
    return keras.models.Model(inputs=[left, right], outputs=layers.Dense(2, name="head")(mixed))


def build_mobilenet_block(keras, fw):
    """Transfer learning: a frozen functional model of MobileNet's layers in a Sequential.

    Keras 3 passes two inputs to the layer after the inner model:
    https://github.com/tensorflow/tensorflow/issues/63853, and does not know some arguments of a
    depthwise convolution: https://github.com/keras-team/keras/issues/19151. Compiled with optimizer
    options from before 2.11: https://github.com/balajisrinivas/Face-Mask-Detection/issues/29
    """
    layers = keras.layers
    image = layers.Input(shape=(8, 8, 2), name="image")
    flow = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(image)
    flow = layers.BatchNormalization(name="norm")(flow)
    flow = layers.ReLU(6.0, name="relu")(flow)
    flow = layers.Conv2D(4, 1, name="pointwise")(flow)
    base = keras.models.Model(inputs=image, outputs=flow, name="base")
    base.trainable = False
    start = [layers.Input(shape=(8, 8, 2))] if fw.is_keras3 else []
    model = keras.models.Sequential(
        start
        + [
            base,
            layers.GlobalAveragePooling2D(name="pool"),
            layers.Dense(5, activation="relu", name="hidden"),
            layers.Dense(3, activation="softmax", name="head"),
        ]
    )
    model.compile(
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        optimizer=make_old_adam(keras),
    )
    return model


def make_old_adam(keras):
    """Adam as it was before 2.11, where there is one, with its options; else as much as is left."""
    options = {"amsgrad": True, "clipnorm": 1.0}
    legacy = getattr(getattr(keras.optimizers, "legacy", None), "Adam", None)
    # In Keras 3 there is something of that name, which only says that it is gone.
    if legacy is not None and hasattr(legacy, "get_config"):
        return legacy(learning_rate=0.02, decay=0.01, **options)
    if not hasattr(keras.optimizers.Adam, "build"):  # the new optimizers have no decay
        options["decay"] = 0.01
    return make_optimizer(keras, "Adam", 0.02, **options)


def build_large(keras, fw):
    """Names of layers and of optimizer variables beyond the 64 KB of an attribute in HDF5.

    Early versions cannot write those of layers: https://github.com/keras-team/keras/issues/5253 or
    those of the optimizer: https://github.com/keras-team/keras/issues/11104
    """
    names = ["layer_{}".format(index).ljust(NAME_LENGTH, "x") for index in range(LONG_NAMES)]
    dense = keras.layers.Dense
    model = keras.models.Sequential(
        first_layers(keras, fw, dense, (3,), 3, activation="tanh", name=names[0])
        + [dense(3, activation="tanh", name=name) for name in names[1:]]
    )
    model.compile(loss="mean_squared_error", optimizer=make_optimizer(keras, "Adam", 0.01))
    return model


MODELS = {
    "nested": Reference(build_nested, [Data((4,))]),
    "shared-submodel": Reference(build_shared_submodel, [Data((4,)), Data((4,))]),
    "merges": Reference(build_merges, [Data((4, 3)), Data((4, 3))]),
    "nested-outputs": Reference(build_nested_outputs, [Data((4,))]),
    "operators": Reference(build_operators, [Data((5, 3))]),
    "lambda-arguments": Reference(
        build_lambda_arguments, [Data((4,)), Data((4,))], custom_objects=blend_objects
    ),
    "mobilenet-block": Reference(
        build_mobilenet_block, [Data((8, 8, 2))], [Data((1,), CLASSES)], fill=fill_inner
    ),
    "large": Reference(build_large, [Data((3,))], [Data((3,))]),
}
