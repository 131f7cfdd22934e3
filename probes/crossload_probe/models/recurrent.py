"""Reference models of recurrent layers: their options, wrappers, masks and cells of a user's own.

Owns their architecture and how they are compiled. `models.samples` makes their weights and data.
"""

from crossload_probe.frameworks import accepts
from crossload_probe.models.reference import (
    INTEGERS,
    PADDED,
    SIGN,
    Data,
    Reference,
    first_layers,
    known_options,
    make_optimizer,
)

WORDS = 7


def build_rnn_options(keras, fw):
    """LSTM, GRU and SimpleRNN with every option that files spell out.

    Keras 2 writes `time_major` and initializer names that Keras 3 rejects:
    https://github.com/jongwon-han/RPNet/issues/1,
    https://github.com/keras-team/keras/commit/96e07ec711 Not compiled, because dropout makes every
    training step different.
    """
    layers = keras.layers
    lstm = layers.LSTM(
        4,
        recurrent_activation="sigmoid",
        kernel_initializer=keras.initializers.VarianceScaling(scale=2.0, seed=1),
        recurrent_initializer=keras.initializers.Orthogonal(gain=0.5, seed=2),
        unit_forget_bias=False,
        kernel_regularizer=keras.regularizers.l2(0.01),
        recurrent_constraint=keras.constraints.MaxNorm(2.0),
        dropout=0.2,
        recurrent_dropout=0.1,
        return_sequences=True,
        return_state=True,
        go_backwards=True,
        name="lstm",
        **known_options(layers.LSTM, implementation=2),
    )
    gru_options = known_options(layers.GRU, reset_after=True, implementation=2)
    steps = layers.Input(shape=(5, 3), name="steps")
    # TF 2.3 cannot write an unrolled layer as a SavedModel.
    sequence = layers.GRU(
        3,
        recurrent_activation="sigmoid",
        use_bias=False,
        return_sequences=True,
        unroll=True,
        name="gru",
        **gru_options,
    )(steps)
    sequence, _, memory = lstm(sequence)
    state = layers.SimpleRNN(3, recurrent_dropout=0.1, go_backwards=True, name="simple")(sequence)
    head = layers.Dense(2, name="head")(layers.Concatenate(name="joined")([state, memory]))
    return keras.models.Model(inputs=steps, outputs=head)


def build_bidirectional(keras, fw):
    """Bidirectional recurrent layers with a wrapped dense layer between them.

    The paths of the inner cells' weights changed in Keras 2.14, 2.15 and 3:
    https://github.com/keras-team/keras/issues/18913
    """
    layers = keras.layers
    gates = dict(recurrent_activation="sigmoid", return_sequences=True)
    forward = layers.LSTM(3, name="wide", **gates)
    options = {"merge_mode": "ave", "name": "both"}
    if accepts(layers.Bidirectional.__init__, "backward_layer"):
        # The same layer as the one that older versions make themselves.
        options["backward_layer"] = layers.LSTM(3, go_backwards=True, name="backward_wide", **gates)
    inner = layers.Dense(4, activation="tanh", name="inner")
    model = keras.models.Sequential(
        first_layers(keras, fw, layers.Bidirectional, (5, 3), forward, **options)
        + [
            layers.TimeDistributed(inner, name="each"),
            layers.GlobalMaxPooling1D(name="pool"),
            layers.Dense(1, activation="sigmoid", name="head"),
        ]
    )
    model.compile(
        loss="binary_crossentropy",
        metrics=["accuracy"],
        optimizer=make_optimizer(keras, "Adam", 0.01),
    )
    return model


def build_embedding_masking(keras, fw):
    """Padded words and padded steps, and a recurrent layer and a mean that skip the padding.

    Keras 3.0 and 3.1 reject the `input_length` in files from Keras 2:
    https://github.com/keras-team/keras/issues/19094
    """
    layers = keras.layers
    words = layers.Input(shape=(6,), dtype="int32", name="words")
    steps = layers.Input(shape=(5, 3), name="steps")
    # Keras 3 accepts the length again from 3.2 on, and ignores it.
    length = known_options(layers.Embedding, input_length=6)
    left = layers.Embedding(WORDS, 4, mask_zero=True, name="embedding", **length)(words)
    gru_options = known_options(layers.GRU, reset_after=True)
    left = layers.GRU(3, recurrent_activation="sigmoid", name="reader", **gru_options)(left)
    right = layers.Masking(mask_value=0.0, name="masking")(steps)
    right = layers.GlobalAveragePooling1D(name="mean")(right)  # of the steps that are not masked
    head = layers.Dense(2, name="head")(layers.Concatenate(name="joined")([left, right]))
    model = keras.models.Model(inputs=[words, steps], outputs=head)
    model.compile(
        loss="mean_absolute_error",
        optimizer=make_optimizer(keras, "SGD", 0.05, momentum=0.9, nesterov=True),
    )
    return model


def build_gru_reset_before(keras, fw):
    """The default GRU up to Keras 2.3: `reset_after=False`, hard sigmoid gates.

    Its bias has a different shape from that of the later default GRU:
    https://github.com/xiaochus/TrafficFlowPrediction/issues/10 Its gates differ too:
    https://github.com/tensorflow/tensorflow/issues/47495 Keras 3 silently computes a hard sigmoid
    by a different formula.
    """
    layers = keras.layers
    # Where the option is unknown, this is the only kind.
    options = known_options(layers.GRU, reset_after=False)
    model = keras.models.Sequential(
        first_layers(
            keras,
            fw,
            layers.GRU,
            (5, 3),
            4,
            activation="tanh",
            recurrent_activation="hard_sigmoid",
            name="gru",
            **options,
        )
        + [layers.Dense(1, name="head")]
    )
    model.compile(loss="mean_squared_error", optimizer=make_optimizer(keras, "Adagrad", 0.05))
    return model


def build_rnn_custom_cell(keras, fw):
    """An RNN around a cell class from the author's own code.

    The class inside the wrapper is looked up in a different place from a layer's class:
    https://github.com/tensorflow/tensorflow/issues/45224
    """
    cell = make_cell_class(keras)(4, name="cell")
    return keras.models.Sequential(
        first_layers(keras, fw, keras.layers.RNN, (5, 3), cell, name="rnn")
        + [keras.layers.Dense(2, name="head")]
    )


def make_cell_class(keras):
    """A new class of the cell in `rnn-custom-cell`; its module cannot be imported by anybody."""
    operations = getattr(keras, "ops", None)
    dot = operations.matmul if operations is not None else keras.backend.dot

    class SmallCell(keras.layers.Layer):
        def __init__(self, units, **options):
            super(SmallCell, self).__init__(**options)
            self.units = units
            self.state_size = units
            self.output_size = units

        def build(self, input_shape):
            size = int(input_shape[-1])
            self.kernel = self.add_weight(
                name="kernel", shape=(size, self.units), initializer="glorot_uniform"
            )
            self.recurrent = self.add_weight(
                name="recurrent", shape=(self.units, self.units), initializer="orthogonal"
            )
            super(SmallCell, self).build(input_shape)

        def call(self, inputs, states):
            mixed = dot(inputs, self.kernel) + dot(states[0], self.recurrent)
            output = keras.activations.tanh(mixed)
            return output, [output]

        def get_config(self):
            config = super(SmallCell, self).get_config()
            config["units"] = self.units
            return config

    SmallCell.__module__ = "crossload_user_code"
    SmallCell.__qualname__ = "SmallCell"
    return SmallCell


def cell_objects(keras):
    return {"SmallCell": make_cell_class(keras)}


MODELS = {
    "rnn-options": Reference(build_rnn_options, [Data((5, 3))]),
    "bidirectional": Reference(build_bidirectional, [Data((5, 3))], [Data((1,), SIGN)]),
    "embedding-masking": Reference(
        build_embedding_masking,
        [Data((6,), INTEGERS, limit=WORDS), Data((5, 3), PADDED)],
        [Data((2,))],
    ),
    "gru-reset-before": Reference(build_gru_reset_before, [Data((5, 3))], [Data((1,))]),
    "rnn-custom-cell": Reference(
        build_rnn_custom_cell, [Data((5, 3))], custom_objects=cell_objects
    ),
}
