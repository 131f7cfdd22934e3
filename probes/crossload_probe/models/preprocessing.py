"""Reference models that prepare their own inputs: what they learned of data is part of the model.

Owns their architecture, vocabularies and data to adapt to. The layers moved out of `experimental`
in TF 2.6 and changed the names of their options; that is all told here.
"""

import numpy

from crossload_probe.models import samples
from crossload_probe.models.reference import (
    INTEGERS,
    STRINGS,
    Data,
    Reference,
    find_layer,
    known_options,
    make_optimizer,
)

COLOURS = ("red", "green", "blue")
SIZES = ("small", "large", "small", "tiny", "large", "small")
SENTENCES = (
    "the cat sat on the mat",
    "the dog ate the cat",
    "a dog sat on a mat",
    "nobody knows this bird",
)
CODES = (3, 5, 7)
EDGES = (-0.5, 0.0, 0.5)


def build_normalization_adapted(keras, fw):
    """A layer adapted to data: it subtracts the mean and divides by the standard deviation.

    TF 2.6 and 2.7, and Keras 3.0 to 3.5, load these weights from HDF5 and silently keep computing
    with the old ones: https://github.com/keras-team/keras/issues/15348,
    https://github.com/keras-team/keras/issues/20147
    """
    layers = keras.layers
    values = layers.Input(shape=(4,), name="values")
    flow = find_layer(keras, "Normalization")(axis=-1, name="normalization")(values)
    flow = layers.Dense(5, activation="tanh", name="hidden")(flow)
    model = keras.models.Model(inputs=values, outputs=layers.Dense(1, name="head")(flow))
    model.compile(loss="mean_squared_error", optimizer=make_optimizer(keras, "Adam", 0.01))
    return model


def fill_normalization(framework, model, stream):
    """Adapt to data of the stream: a model that is rebuilt for its weights has seen other data."""
    samples.fill_layers(framework, model, stream)
    spread = stream.uniform(1.0, 2.0, 4)
    data = stream.uniform(-1.0, 1.5, (32, 4)) * spread
    model.get_layer("normalization").adapt(data.astype("float32"))


def build_string_lookup(keras, fw):
    """Strings to integers, with a given vocabulary and with a learned one.

    A loaded layer has an empty vocabulary, and cannot be saved again:
    https://github.com/tensorflow/tensorflow/issues/61369 Two of them in one model could not be
    saved by TF 2.3: https://github.com/tensorflow/tensorflow/issues/45580
    """
    layers, lookup = keras.layers, find_layer(keras, "StringLookup")
    colour = layers.Input(shape=(1,), dtype="string", name="colour")
    size = layers.Input(shape=(1,), dtype="string", name="size")
    given = lookup(vocabulary=list(COLOURS), mask_token="", name="given")
    learned = lookup(mask_token="", name="learned")
    learned.adapt(numpy.array(SIZES))
    left = layers.Embedding(6, 3, name="colours")(given(colour))
    right = layers.Embedding(6, 3, name="sizes")(learned(size))
    flow = layers.Flatten(name="flat")(layers.Concatenate(name="joined")([left, right]))
    return keras.models.Model(inputs=[colour, size], outputs=layers.Dense(2, name="head")(flow))


def build_integer_lookup(keras, fw):
    """Integer codes to indices, and numbers to buckets.

    The vocabulary was lost on loading, so TF 2.6 could not save the model again:
    https://github.com/keras-team/keras/issues/15508
    """
    layers = keras.layers
    lookup, encoding = find_layer(keras, "IntegerLookup"), find_layer(keras, "CategoryEncoding")
    buckets = find_layer(keras, "Discretization")
    code = layers.Input(shape=(2,), dtype="int64", name="code")
    amount = layers.Input(shape=(1,), name="amount")
    # 0 is no code, 1 an unknown one: the default before TF 2.6, when `mask_token` got its name.
    options = known_options(lookup, mask_value=0, mask_token=0)
    flow = lookup(vocabulary=list(CODES), name="codes", **options)(code)
    size = known_options(encoding, max_tokens=5, num_tokens=5)
    mode = "multi_hot" if "num_tokens" in size else "binary"
    left = encoding(output_mode=mode, name="encoded", **size)(flow)
    edges = known_options(buckets, bins=list(EDGES), bin_boundaries=list(EDGES))
    right = layers.Embedding(4, 3, name="amounts")(buckets(name="buckets", **edges)(amount))
    flow = layers.Concatenate(name="joined")([left, layers.Flatten(name="flat")(right)])
    return keras.models.Model(inputs=[code, amount], outputs=layers.Dense(2, name="head")(flow))


def build_text_vectorization(keras, fw):
    """Sentences to integers with a learned vocabulary, then a convolution along the words.

    It was loaded with shapes that no longer match:
    https://github.com/tensorflow/tensorflow/issues/38250 HDF5 has no place for the vocabulary:
    https://github.com/keras-team/keras/issues/18376
    """
    layers = keras.layers
    vectorize = find_layer(keras, "TextVectorization")(
        max_tokens=12, output_sequence_length=6, name="vectorize"
    )
    vectorize.adapt(numpy.array(SENTENCES[:3]))
    text = layers.Input(shape=(1,), dtype="string", name="text")
    flow = layers.Embedding(12, 3, name="embedding")(vectorize(text))
    flow = layers.Conv1D(4, 2, padding="causal", dilation_rate=2, name="conv")(flow)
    flow = layers.ZeroPadding1D((1, 0), name="pad")(flow)
    flow = layers.MaxPooling1D(2, padding="same", name="pool")(flow)
    flow = layers.GlobalAveragePooling1D(name="mean")(flow)
    return keras.models.Model(inputs=text, outputs=layers.Dense(2, name="head")(flow))


MODELS = {
    "normalization-adapted": Reference(
        build_normalization_adapted, [Data((4,))], [Data((1,))], fill=fill_normalization
    ),
    "string-lookup": Reference(
        build_string_lookup,
        [
            Data((1,), STRINGS, words=COLOURS + ("mauve",)),
            Data((1,), STRINGS, words=tuple(sorted(set(SIZES))) + ("huge",)),
        ],
    ),
    "integer-lookup": Reference(build_integer_lookup, [Data((2,), INTEGERS, limit=9), Data((1,))]),
    "text-vectorization": Reference(
        build_text_vectorization, [Data((1,), STRINGS, words=SENTENCES)]
    ),
}
