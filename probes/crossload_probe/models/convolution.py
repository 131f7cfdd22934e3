"""Reference models of convolutions in all their kinds, and of what surrounds them.

Owns their architecture and how they are compiled. `models.samples` makes their weights and data.
"""

from crossload_probe.models.reference import Data, Reference, first_layers, make_optimizer


def build_depthwise(keras, fw):
    """Depthwise, separable and transposed convolutions, padding, up-sampling and cropping.

    Keras 2 of TF 2.4 to 2.11 writes `groups` for a depthwise layer; Keras 3 has no such option:
    https://github.com/keras-team/keras/issues/19151 Bilinear up-sampling writes an attribute into
    the graph that older runtimes do not know: https://github.com/tensorflow/tensorrt/issues/41
    """
    layers = keras.layers
    image = layers.Input(shape=(6, 6, 2), name="image")
    flow = layers.ZeroPadding2D(((1, 0), (0, 1)), name="pad")(image)
    flow = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depthwise")(flow)
    flow = layers.SeparableConv2D(3, 3, strides=2, activation="relu", name="separable")(flow)
    flow = layers.Conv2DTranspose(2, 3, strides=2, padding="same", name="transposed")(flow)
    flow = layers.UpSampling2D(2, interpolation="bilinear", name="up")(flow)
    flow = layers.Cropping2D(((1, 2), (0, 1)), name="crop")(flow)
    flow = layers.Flatten(name="flat")(flow)
    head = layers.Dense(2, name="head")(flow)
    model = keras.models.Model(inputs=image, outputs=head)
    model.compile(
        loss="mean_absolute_error",
        optimizer=make_optimizer(keras, "SGD", 0.01, momentum=0.9),
    )
    return model


def build_locally_connected(keras, fw):
    """Convolution without shared weights, and a threshold: layers that Keras 3 removed.

    https://github.com/keras-team/keras/issues/20830
    """
    layers = keras.layers
    return keras.models.Sequential(
        first_layers(
            keras, fw, layers.LocallyConnected1D, (6, 2), 3, 3, activation="tanh", name="local"
        )
        + [
            layers.ThresholdedReLU(theta=0.1, name="threshold"),
            layers.Flatten(name="flat"),
            layers.Dense(2, name="head"),
        ]
    )


MODELS = {
    "depthwise": Reference(build_depthwise, [Data((6, 6, 2))], [Data((2,))]),
    "locally-connected": Reference(build_locally_connected, [Data((6, 2))]),
}
