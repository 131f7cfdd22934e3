"""What another Keras names or does differently: classes, arguments, values, defaults.

Owns the tables; `translate.layers` applies them.
"""

# Old class -> today's equivalent, with the arguments that it needs.
CLASSES = {
    "BatchNormalizationV1": ("BatchNormalization", {}),
    "BatchNormalizationV2": ("BatchNormalization", {}),
    "SyncBatchNormalization": ("BatchNormalization", {}),
    "CuDNNLSTM": ("LSTM", {"activation": "tanh", "recurrent_activation": "sigmoid"}),
    "CuDNNGRU": (
        "GRU",
        {"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True},
    ),
    "LSTMV1": ("LSTM", {}),
    "LSTMV2": ("LSTM", {}),
    "GRUV1": ("GRU", {}),
    "GRUV2": ("GRU", {}),
    "ThresholdedReLU": ("ReLU", {}),
    "Convolution1D": ("Conv1D", {}),
    "Convolution2D": ("Conv2D", {}),
    "Convolution3D": ("Conv3D", {}),
    "AtrousConvolution1D": ("Conv1D", {}),
    "AtrousConvolution2D": ("Conv2D", {}),
    "SeparableConvolution2D": ("SeparableConv2D", {}),
    "Deconvolution2D": ("Conv2DTranspose", {}),
}
# What else to report where more than the name of a class changed.
REMARKS = {
    "CuDNNLSTM": "its bias has two halves that add up to the one of LSTM",
    "CuDNNGRU": "its bias is stored flat, that of GRU in two rows",
}
# Modes of Keras 1's Merge.
MERGES = {
    "sum": "Add",
    "concat": "Concatenate",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "dot": "Dot",
}

RECURRENT = ("LSTM", "GRU", "SimpleRNN")
CONVOLUTIONS = (
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "SeparableConv2D",
    "Conv2DTranspose",
)
# Arguments of Keras 1 by class ("" is every class); None: Keras 2 has no such argument.
KERAS1_COMMON = {
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample": "strides",
    "subsample_length": "strides",
    "atrous_rate": "dilation_rate",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "forget_bias_init": "unit_forget_bias",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "pool_length": "pool_size",
    "stride": "strides",
    "p": "rate",
    "sigma": "stddev",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
    "input_dtype": "dtype",
    "concat_axis": "axis",
    "dot_axes": "axes",
    "consume_less": None,
    "input_length": None,
    "mode": None,
}
KERAS1 = {
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
        "output_dim": "output_dim",
        "dropout": None,
    },
    "UpSampling1D": {"length": "size"},
    "Dense": {"output_dim": "units", "input_dim": None},
}
for _name in RECURRENT:
    KERAS1[_name] = {"output_dim": "units", "input_dim": None}
KERAS1_VALUES = {"tf": "channels_last", "th": "channels_first", "one": "ones", "zero": "zeros"}

# Renamed arguments by class: (in Keras 2, in Keras 3).
RENAMED = {
    "LeakyReLU": [("alpha", "negative_slope")],
    "InputLayer": [("batch_input_shape", "batch_shape")],
}
# Other names of arguments by class, whatever the side of Keras 3: the older one first.
ALTERNATIVES = {
    "CategoryEncoding": [("max_tokens", "num_tokens")],
    "Discretization": [("bins", "bin_boundaries")],
    "IntegerLookup": [
        ("max_values", "max_tokens"),
        ("mask_value", "mask_token"),
        ("oov_value", "oov_token"),
    ],
}
# The output modes of preprocessing layers before TensorFlow 2.6, and what they are called since.
OUTPUT_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}
EARLY_OUTPUT_MODES = {new: old for old, new in OUTPUT_MODES.items()}
# What a class did before it had this argument, where today's default differs.
ABSENT = {
    "GRU": {"reset_after": False},
    "CuDNNGRU": {"reset_after": True},
}
# Arguments that may only be left out with one of these values; others change the outputs.
ONLY_WHEN = {
    "time_major": (False, None),
    "groups": (1, None),
    "ragged": (False, None),
    "renorm": (False, None),
    "dilation_rate": (1, [1], [1, 1], [1, 1, 1], None),
    "go_backwards": (False, None),
    "zero_output_for_mask": (False, None),
    "keepdims": (False, None),
    "reset_after": (False, None),
    "negative_slope": (0.0, None),
    "threshold": (0.0, None),
    "use_causal_mask": (False, None),
    "rms_scaling": (False, None),
    "flash_attention": (False, None),
    "score_mode": ("dot", None),
    "rotate": (False, None),
    "vocabulary": (None, []),
    "antialias": (False, None),
    "causal": (False, None),
    "crop_to_aspect_ratio": (False, None),
    "encoding": ("utf-8", None),
    "invert": (False, None),
    "mask_value": (None,),
    "output_mode": ("int", None),
    "output_padding": (None,),
    "pad_to_aspect_ratio": (False, None),
    "salt": (None,),
    "sparse": (False, None),
    "use_scale": (False, None),
    "idf_weights": (None,),
    "lora_rank": (None,),
}
# Layers that compute nothing without the vocabulary that they learned.
VOCABULARIES = ("IntegerLookup", "StringLookup", "TextVectorization")
# What `add_loss` and `add_metric` of a functional model are stored as; its outputs need neither.
ADDING = ("AddLoss", "AddMetric")
# What Hashing of early TensorFlow stores as its salt where it has none.
NO_SALT = [0xDECAFCAFFE, 0xDECAFCAFFE]
# Layers whose numbers are integers, and which TensorFlow 2.3 to 2.5 gave another type.
WHOLE_NUMBERS = ("Discretization", "Hashing")
# Layers of Keras 2 that choose their number type by their output.
OWN_DTYPE = VOCABULARIES
# Left out without a report: they do not affect the outputs, or Keras infers them.
SILENT = (
    "module",
    "function_type",
    "output_shape_type",
    "output_shape_module",
    "batch_input_shape",
    "batch_shape",
    "build_input_shape",
    "query_shape",
    "key_shape",
    "value_shape",
)
# The hard sigmoid is max(0, min(1, 0.2 x + 0.5)) in Keras 2, and relu6(x + 3) / 6 in Keras 3.
HARD_SIGMOIDS = {False: (0.2, 0.5), True: (1.0 / 6.0, 0.5)}
# Layers of Keras 2 that Keras 3 may read wrongly without an error.
MISREAD_AXES = ("Concatenate", "Softmax", "LayerNormalization", "UnitNormalization")
