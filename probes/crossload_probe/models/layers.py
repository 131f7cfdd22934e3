"""Reference models of normalisations, activations, attention, regularisers and augmentation.

Owns their architecture and how they are compiled. `models.samples` makes their weights and data.
"""

from crossload_probe.models.reference import (
    CLASSES,
    Data,
    Reference,
    find_layer,
    first_layers,
    known_options,
    make_optimizer,
)

# So little that no number changes: what is asked is whether the layer and its options load.
HARDLY = 1e-9


def build_attention(keras, fw):
    """Dot-product and additive attention over one sequence of values.

    Keras 3.14 and 3.15 replace the string `dot` in an HDF5 file with a function of that name:
    https://github.com/keras-team/keras/pull/22180
    """
    layers = keras.layers
    query = layers.Input(shape=(4, 3), name="query")
    value = layers.Input(shape=(5, 3), name="value")
    options = known_options(layers.Attention, score_mode="dot")
    dot = layers.Attention(use_scale=True, name="by-product", **options)([query, value])
    added = layers.AdditiveAttention(use_scale=True, name="by-sum")([query, value])
    joined = layers.Concatenate(axis=-1, name="joined")([dot, added])
    pooled = layers.GlobalAveragePooling1D(name="pool")(joined)
    head = layers.Dense(2, name="head")(pooled)
    return keras.models.Model(inputs=[query, value], outputs=head)


def build_multi_head_attention(keras, fw):
    """A transformer block: attention with two heads, a residual sum, layer normalisation.

    Keras 2 writes shapes that Keras 3 rejects: https://github.com/keras-team/keras/issues/20083
    When the layer is called as it is here, Keras 3 writes an HDF5 file that it cannot read itself:
    https://github.com/keras-team/keras/issues/20019
    """
    layers = keras.layers
    steps = layers.Input(shape=(5, 4), name="steps")
    seen = layers.MultiHeadAttention(num_heads=2, key_dim=3, name="heads")(steps, steps)
    flow = layers.Add(name="sum")([steps, seen])
    flow = layers.LayerNormalization(epsilon=1e-6, name="norm")(flow)
    flow = layers.GlobalAveragePooling1D(name="pool")(flow)
    classes = layers.Dense(3, activation="softmax", name="classes")(flow)
    model = keras.models.Model(inputs=steps, outputs=classes)
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        optimizer=make_optimizer(keras, "Adam", 0.01),
    )
    return model


def build_normalisations(keras, fw):
    """Batch, group, layer and unit normalisation after a grouped convolution.

    Two of the layers came with Keras 2.9 and 2.11: older versions cannot build this model. A batch
    normalisation's axis is written as a list by Keras 2, which other versions cannot read:
    https://github.com/keras-team/keras/pull/11980 When Keras 3 reads HDF5, it takes only the first
    of a list of axes.
    """
    layers = keras.layers
    image = layers.Input(shape=(4, 4, 4), name="image")
    flow = layers.Conv2D(4, 3, groups=2, padding="same", name="grouped")(image)
    flow = layers.BatchNormalization(axis=1, scale=False, name="batch")(flow)
    flow = layers.GroupNormalization(groups=2, name="group")(flow)
    flow = layers.LayerNormalization(axis=[2, 3], name="layer")(flow)
    flow = layers.Flatten(name="flat")(flow)
    flow = layers.UnitNormalization(name="unit")(flow)
    return keras.models.Model(inputs=image, outputs=layers.Dense(2, name="head")(flow))


def build_activations(keras, fw):
    """Activation layers, and a dense layer with every kind of regulariser.

    Keras up to 3.3 drops `activity_regularizer` when saving, which shows only in the next loss:
    https://github.com/keras-team/keras/commit/230777a2ce
    """
    layers = keras.layers
    slope = known_options(layers.LeakyReLU, alpha=0.2, negative_slope=0.2)
    dense = dict(
        kernel_initializer=keras.initializers.VarianceScaling(2.0, mode="fan_avg", seed=3),
        bias_initializer=keras.initializers.Constant(0.1),
        kernel_regularizer=keras.regularizers.l1_l2(0.01, 0.02),
        activity_regularizer=keras.regularizers.l1(0.03),
        kernel_constraint=keras.constraints.MaxNorm(3.0, axis=0),
        bias_constraint="non_neg",
        name="dense",
    )
    model = keras.models.Sequential(
        first_layers(keras, fw, layers.Dense, (6,), 8, **dense)
        + [
            layers.LeakyReLU(name="leaky", **slope),
            layers.Reshape((4, 2), name="fold"),
            layers.PReLU(shared_axes=[1], name="learned"),
            layers.ELU(alpha=0.7, name="exponential"),
            layers.SpatialDropout1D(HARDLY, name="dropout"),
            layers.GaussianNoise(HARDLY, name="noise"),
            layers.ActivityRegularization(l1=0.01, l2=0.02, name="penalty"),
            layers.Softmax(axis=1, name="soft"),
            layers.Flatten(name="flat"),
            layers.Dense(4, activation="selu", name="scaled"),
            layers.ReLU(max_value=0.5, name="limited"),
            layers.Dense(2, activation="softsign", name="head"),
        ]
    )
    model.compile(loss="mean_absolute_error", optimizer=make_optimizer(keras, "RMSprop", 0.01))
    return model


def build_augmentation(keras, fw):
    """Layers that rotate images during training, and otherwise only resize and rescale them.

    Keras 3 added options to them version by version, which older ones reject:
    https://github.com/keras-team/keras/commit/20c67d6bc2 Keras up to 3.4 cannot write them as HDF5:
    https://github.com/keras-team/keras/commit/510d406be5
    """
    layers = keras.layers
    image = layers.Input(shape=(6, 6, 2), name="image")
    flow = find_layer(keras, "Rescaling")(0.5, offset=0.1, name="scale")(image)
    flow = find_layer(keras, "Resizing")(5, 4, interpolation="bilinear", name="size")(flow)
    flow = find_layer(keras, "RandomFlip")("horizontal", seed=4, name="flip")(flow)
    flow = find_layer(keras, "RandomRotation")(0.1, fill_mode="wrap", name="rotate")(flow)
    flow = find_layer(keras, "RandomContrast")(0.2, name="contrast")(flow)
    flow = layers.Flatten(name="flat")(flow)
    return keras.models.Model(inputs=image, outputs=layers.Dense(2, name="head")(flow))


MODELS = {
    "attention": Reference(build_attention, [Data((4, 3)), Data((5, 3))]),
    "multi-head-attention": Reference(
        build_multi_head_attention, [Data((5, 4))], [Data((1,), CLASSES)]
    ),
    "normalisations": Reference(build_normalisations, [Data((4, 4, 4))]),
    "activations": Reference(build_activations, [Data((6,))], [Data((2,))]),
    "augmentation": Reference(build_augmentation, [Data((6, 6, 2))]),
}
