"""Arguments to make one object of every class, and names in files that no public list shows.

Owns data: constructor arguments by name, names of classes that only saved files spell out, and
keys of old configurations. `atlas.classes` finds which of them an environment has.
"""

# kind -> where its classes are public, below the module `keras`. The first has `deserialize`.
KINDS = (
    ("layers", ("layers", "layers.experimental", "layers.experimental.preprocessing")),
    ("optimizers", ("optimizers", "optimizers.legacy", "optimizers.experimental",
                    "mixed_precision", "mixed_precision.experimental")),
    ("schedules", ("optimizers.schedules", "experimental")),
    ("losses", ("losses",)),
    ("metrics", ("metrics",)),
    ("initializers", ("initializers",)),
    ("regularizers", ("regularizers",)),
    ("constraints", ("constraints",)),
    ("activations", ("activations",)),
    ("models", ("models",)),
    ("policies", ("dtype_policies", "mixed_precision", "mixed_precision.experimental")),
)  # fmt: skip

# A class of a shared place belongs to the kind of its base class, by the base's name.
BASES = {
    "layers": ("Layer", "BaseRandomLayer"),
    "optimizers": ("Optimizer", "OptimizerV1", "OptimizerV2", "BaseOptimizer", "_BaseOptimizer"),
    "schedules": ("LearningRateSchedule",),
    "losses": ("Loss",),
    "metrics": ("Metric",),
    "initializers": ("Initializer",),
    "regularizers": ("Regularizer",),
    "constraints": ("Constraint",),
    "models": ("Model", "Network"),
    "policies": ("Policy", "PolicyV1", "DTypePolicy"),
}

# kinds whose members may be plain functions; names there that are none of the API's objects
FUNCTION_KINDS = ("losses", "metrics", "activations", "initializers", "regularizers", "constraints")
NO_OBJECTS = ("get", "serialize", "deserialize", "clone_metric", "clone_metrics")

ARGUMENTS = {
    "activation": "relu",
    "axes": 1,
    "call_fn": None,
    "decay_rate": 0.5,
    "decay_steps": 10,
    "dims": [1],
    "equation": "ab,bc->ac",
    "factor": 0.1,
    "filters": 2,
    "first_decay_steps": 10,
    "head_dim": 2,
    "height": 4,
    "height_factor": 0.1,
    "initial_learning_rate": 0.1,
    "input_dim": 4,
    "kernel_size": 2,
    "key_dim": 2,
    "max_number": 3,
    "n": 2,
    "name": "policy",
    "normalizer": [1.0],
    "num_bins": 3,
    "num_classes": 2,
    "num_heads": 1,
    "num_key_value_heads": 1,
    "num_query_heads": 1,
    "output_dim": 3,
    "output_shape": [3],
    "output_size": 2,
    "pool_size": 2,
    "precision": 0.5,
    "rate": 0.25,
    "recall": 0.5,
    "scale": 0.5,
    "sensitivity": 0.5,
    "specificity": 0.5,
    "stddev": 0.1,
    "target_class_ids": [0],
    "target_shape": [2, 2],
    "units": 2,
    "width": 4,
    "width_factor": 0.1,
    "boundaries": [10],
    "values": [0.1, 0.01],
}

# class -> arguments that differ from those above
BY_CLASS = {
    "EinsumDense": {"output_shape": 3},
    "DTypePolicy": {"name": "float32"},
    "FloatDTypePolicy": {"name": "float32"},
    "Policy": {"name": "float32"},
    "CategoryEncoding": {"num_tokens": 4},
    "Discretization": {"num_bins": 3},
    "Constant": {"value": 0.5},
    "RandomPosterization": {"factor": 4},
    "QuantizedDTypePolicy": {"mode": "int8", "source_name": "float32"},
    "QuantizedFloat8DTypePolicy": {"mode": "float8", "source_name": "float32"},
    "Pipeline": {"layers": []},
}

# What to try where the arguments above are refused.
OTHERWISE = {"InputLayer": ({"shape": (2,)}, {"input_shape": (2,)})}

# Classes that take another layer, a cell or an optimizer, by the argument's name.
MADE_BY = {
    "layer": ("layers", "Dense", {"units": 2}),
    "cell": ("layers", "LSTMCell", {"units": 2}),
    "inner_optimizer": ("optimizers", "SGD", {}),
    "optimizer": ("optimizers", "SGD", {}),
}
MADE_FOR = {"Bidirectional": ("layers", "LSTM", {"units": 2})}

# Names that files hold and that no version lists in public; tried in every environment.
SEED_NAMES = {
    "layers": (
        "AddLoss", "AddMetric", "BatchNormalizationV1", "BatchNormalizationV2", "ClassMethod",
        "CuDNNGRU", "CuDNNLSTM", "CuDNNGRUCell", "GRUV1", "GRUV2", "Functional", "Highway",
        "InstanceMethod", "InstanceProperty", "KerasLayer", "LSTMV1", "LSTMV2", "MaxoutDense",
        "Merge", "Model", "Normalization", "Sequential", "SlicingOpLambda", "TFOpLambda",
        "TensorFlowOpLayer", "DenseFeatures", "SequenceFeatures", "ModuleWrapper", "NotEqual",
        "Operation", "GetItem", "TimeDistributedDense", "Convolution2D", "SyncBatchNormalization",
        "RandomFourierFeatures", "UnifiedLSTM", "UnifiedGRU", "Convolution1D",
        "AtrousConvolution2D", "Deconvolution2D", "Add", "Multiply", "Cast",
    ),
    "models": ("Functional", "Model", "Sequential"),
    "optimizers": ("TFOptimizer", "AdamV2", "Adam", "adam", "Custom>Adam", "LossScaleOptimizerV1",
                   "LossScaleOptimizer", "LossScaleOptimizerV3"),
    "metrics": ("acc", "accuracy", "ce", "crossentropy", "MeanMetricWrapper", "SumOverBatchSize",
                "lr", "AUC"),
    "losses": ("LossFunctionWrapper", "mse", "loss", "Huber", "huber_loss", "Custom>mse"),
    "initializers": ("Ones", "Zeros", "GlorotUniformV2", "VarianceScalingV2", "RandomNormalV2"),
    "policies": ("PolicyV1", "Policy"),
}  # fmt: skip

# (kind, module, class name) as `.keras` files write them beside a class that is not public.
SEED_MODULES = (
    ("models", "keras.src.engine.functional", "Functional"),
    ("models", "keras.src.models.functional", "Functional"),
    ("models", "keras.engine.functional", "Functional"),
    ("models", "tf_keras.src.engine.functional", "Functional"),
    ("models", "tensorflow.python.keras.engine.functional", "Functional"),
    ("models", "keras", "Functional"),
    ("models", "keras", "Sequential"),
    ("models", "tf_keras", "Sequential"),
    ("models", "keras.models", "Model"),
    ("layers", "keras.src.layers.core.tf_op_layer", "TFOpLambda"),
    ("layers", "tf_keras.src.layers.core.tf_op_layer", "TFOpLambda"),
    ("layers", "keras.src.layers.core.tf_op_layer", "SlicingOpLambda"),
    ("layers", "keras.src.ops.numpy", "Add"),
    ("layers", "keras.src.ops.numpy", "GetItem"),
    ("layers", "keras.src.ops.numpy", "Multiply"),
    ("layers", "keras.src.ops.core", "Cast"),
    ("layers", "keras.src.ops.nn", "Relu"),
)

# Keys of configurations that no constructor of today lists, with a value each.
SEED_KEYS = {
    "layers": {
        "activity_regularizer": [None],
        "autocast": [True],
        "batch_input_shape": [[None, 4], [None, 8, 4]],
        "batch_shape": [[None, 4]],
        "consume_less": ["cpu"],
        "dynamic": [False],
        "input_dim": [4],
        "input_dtype": ["float32"],
        "input_length": [None],
        "input_shape": [[4]],
        "quantization_config": [None],
        "ragged": [False],
        "sparse": [False],
        "weights": [None],
        "time_major": [False],
        "implementation": [1],
        "unknown_key_of_the_future": [1],
    },
    "optimizers": {
        "decay": [0.0, 0.01],
        "clipnorm": [None, 1.0],
        "clipvalue": [None, 0.5],
        "lr": [0.01],
        "is_legacy_optimizer": [True, False],
        "jit_compile": [True, False],
        "loss_scale_factor": [None],
        "gradient_accumulation_steps": [None],
        "unknown_key_of_the_future": [1],
    },
    "losses": {
        "reduction": ["auto", "none", "sum", "sum_over_batch_size", "mean_with_sample_weight"],
        "dtype": ["float32", None],
        "fn": ["mean_squared_error"],
        "unknown_key_of_the_future": [1],
    },
    "metrics": {
        "fn": ["mean_squared_error"],
        "dtype": ["float32", None],
        "unknown_key_of_the_future": [1],
    },
    "initializers": {
        "dtype": ["float32"],
        "seed": [None, 7],
        "partition_info": [None],
        "unknown_key_of_the_future": [1],
    },
    "regularizers": {"unknown_key_of_the_future": [1]},
    "constraints": {"unknown_key_of_the_future": [1]},
    "schedules": {"unknown_key_of_the_future": [1]},
    "policies": {"loss_scale": [None], "unknown_key_of_the_future": [1]},
}

# class -> keys with values that its default configuration does not show
SEED_VALUES = {
    "BatchNormalization": {"axis": [[3], [-1], 3]},
    "LayerNormalization": {"axis": [[1], [-1]]},
    "InputLayer": {"batch_input_shape": [[None, 4]], "batch_shape": [[None, 4]]},
    "Reshape": {"target_shape": [[4]]},
    "LeakyReLU": {"alpha": [0.2], "negative_slope": [0.2]},
    "DepthwiseConv2D": {"groups": [1], "kernel_initializer": ["glorot_uniform"]},
}

# Keys of Keras 1 for layers: (the key that took its place, a value, what goes with it).
OLD_KEYS = {
    "W_constraint": ("kernel_constraint", None, {}),
    "W_regularizer": ("kernel_regularizer", None, {}),
    "U_regularizer": ("recurrent_regularizer", None, {}),
    "b_constraint": ("bias_constraint", None, {}),
    "b_regularizer": ("bias_regularizer", None, {}),
    "beta_init": ("beta_initializer", "zero", {}),
    "bias": ("use_bias", True, {}),
    "border_mode": ("padding", "valid", {}),
    "dim_ordering": ("data_format", "tf", {}),
    "dropout_U": ("recurrent_dropout", 0.0, {}),
    "dropout_W": ("dropout", 0.0, {}),
    "gamma_init": ("gamma_initializer", "one", {}),
    "init": ("kernel_initializer", "glorot_uniform", {}),
    "inner_activation": ("recurrent_activation", "hard_sigmoid", {}),
    "inner_init": ("recurrent_initializer", "orthogonal", {}),
    "nb_filter": ("filters", 2, {}),
    "nb_row": ("kernel_size", 2, {"nb_col": 2}),
    "output_dim": ("units", 2, {}),
    "p": ("rate", 0.25, {}),
    "subsample": ("strides", [1, 1], {}),
}
