"""Operations of TensorFlow's graph, as Keras in TensorFlow 1.15 to 2.3 stored them.

Owns reading such a node (TensorFlowOpLayer), and calling it: as the same operation where TensorFlow
is the backend of a Keras 2, as a function of `translate.keras_ops` in Keras 3.
"""

import base64
import json

from crossload_probe.translate import keras_names, keras_ops
from crossload_probe.translate.plain import NotTranslated

# Operation -> the function of TensorFlow, what it calls the tensors, and the attributes it takes.
X, XY, TENSOR = ("x",), ("x", "y"), ("input",)
FUNCTIONS = {
    "Add": ("math.add", XY, {}),
    "AddN": ("math.add_n", ("*inputs",), {}),
    "AddV2": ("math.add", XY, {}),
    "All": ("math.reduce_all", ("input_tensor", "axis"), {"keep_dims": "keepdims"}),
    "Any": ("math.reduce_any", ("input_tensor", "axis"), {"keep_dims": "keepdims"}),
    "ArgMax": ("math.argmax", ("input", "axis"), {"output_type": "output_type"}),
    "ArgMin": ("math.argmin", ("input", "axis"), {"output_type": "output_type"}),
    "Atan2": ("math.atan2", ("y", "x"), {}),
    "AvgPool": (
        "nn.avg_pool",
        TENSOR,
        {
            "ksize": "ksize",
            "strides": "strides",
            "padding": "padding",
            "data_format": "data_format",
        },
    ),
    "BatchMatMul": ("linalg.matmul", ("a", "b"), {"adj_x": "transpose_a", "adj_y": "transpose_b"}),
    "BatchMatMulV2": (
        "linalg.matmul",
        ("a", "b"),
        {"adj_x": "transpose_a", "adj_y": "transpose_b"},
    ),
    "BiasAdd": ("nn.bias_add", ("value", "bias"), {}),
    "Cast": ("cast", X, {"DstT": "dtype"}),
    "ClipByValue": ("clip_by_value", ("t", "clip_value_min", "clip_value_max"), {}),
    "ConcatV2": ("concat", ("*values", "axis"), {}),
    "Cumsum": ("math.cumsum", ("x", "axis"), {"exclusive": "exclusive", "reverse": "reverse"}),
    "DepthToSpace": ("nn.depth_to_space", TENSOR, {"block_size": "block_size"}),
    "Div": ("math.truediv", XY, {}),
    "DivNoNan": ("math.divide_no_nan", XY, {}),
    "Einsum": ("einsum", ("*operands",), {"equation": "equation"}),
    "Equal": ("math.equal", XY, {}),
    "ExpandDims": ("expand_dims", ("input", "axis"), {}),
    "FloorDiv": ("math.floordiv", XY, {}),
    "FloorMod": ("math.floormod", XY, {}),
    "GatherV2": ("gather", ("params", "indices", "axis"), {"batch_dims": "batch_dims"}),
    "Greater": ("math.greater", XY, {}),
    "GreaterEqual": ("math.greater_equal", XY, {}),
    "LeakyRelu": ("nn.leaky_relu", ("features",), {"alpha": "alpha"}),
    "Less": ("math.less", XY, {}),
    "LessEqual": ("math.less_equal", XY, {}),
    "LogSoftmax": ("nn.log_softmax", ("logits",), {}),
    "LogicalAnd": ("math.logical_and", XY, {}),
    "LogicalNot": ("math.logical_not", X, {}),
    "LogicalOr": ("math.logical_or", XY, {}),
    "MatMul": (
        "linalg.matmul",
        ("a", "b"),
        {"transpose_a": "transpose_a", "transpose_b": "transpose_b"},
    ),
    "Max": ("math.reduce_max", ("input_tensor", "axis"), {"keep_dims": "keepdims"}),
    "MaxPool": (
        "nn.max_pool",
        TENSOR,
        {
            "ksize": "ksize",
            "strides": "strides",
            "padding": "padding",
            "data_format": "data_format",
        },
    ),
    "Maximum": ("math.maximum", XY, {}),
    "Mean": ("math.reduce_mean", ("input_tensor", "axis"), {"keep_dims": "keepdims"}),
    "Min": ("math.reduce_min", ("input_tensor", "axis"), {"keep_dims": "keepdims"}),
    "Minimum": ("math.minimum", XY, {}),
    "MirrorPad": ("pad", ("tensor", "paddings"), {"mode": "mode"}),
    "Mul": ("math.multiply", XY, {}),
    "Neg": ("math.negative", X, {}),
    "NotEqual": ("math.not_equal", XY, {}),
    "OneHot": ("one_hot", ("indices", "depth", "on_value", "off_value"), {"axis": "axis"}),
    "Pack": ("stack", ("*values",), {"axis": "axis"}),
    "Pad": ("pad", ("tensor", "paddings"), {}),
    "PadV2": ("pad", ("tensor", "paddings", "constant_values"), {}),
    "Pow": ("math.pow", XY, {}),
    "Prod": ("math.reduce_prod", ("input_tensor", "axis"), {"keep_dims": "keepdims"}),
    "RealDiv": ("math.truediv", XY, {}),
    "Reshape": ("reshape", ("tensor", "shape"), {}),
    "ReverseV2": ("reverse", ("tensor", "axis"), {}),
    "Select": ("where", ("condition", "x", "y"), {}),
    "SelectV2": ("where", ("condition", "x", "y"), {}),
    "Slice": ("slice", ("input_", "begin", "size"), {}),
    "Softmax": ("nn.softmax", ("logits",), {}),
    "Shape": ("shape", TENSOR, {"out_type": "out_type"}),
    "SpaceToDepth": ("nn.space_to_depth", TENSOR, {"block_size": "block_size"}),
    "Split": ("split", ("axis", "value"), {"num_split": "num_or_size_splits"}),
    "SplitV": ("split", ("value", "num_or_size_splits", "axis"), {}),
    "SquaredDifference": ("math.squared_difference", XY, {}),
    "Squeeze": ("squeeze", TENSOR, {"squeeze_dims": "axis"}),
    "StopGradient": ("stop_gradient", TENSOR, {}),
    "Sub": ("math.subtract", XY, {}),
    "Sum": ("math.reduce_sum", ("input_tensor", "axis"), {"keep_dims": "keepdims"}),
    "Tile": ("tile", ("input", "multiples"), {}),
    "TopKV2": ("math.top_k", ("input", "k"), {"sorted": "sorted"}),
    "Transpose": ("transpose", ("a", "perm"), {}),
    "Unpack": ("unstack", ("value",), {"axis": "axis", "num": "num"}),
}
RESIZING = {"ResizeBilinear": "bilinear", "ResizeNearestNeighbor": "nearest"}
# Names of operations, in small letters, of one tensor: `ZerosLike` is `zeros_like` as a function.
UNARY = {name.replace("_", ""): name for name in keras_names.UNARY}
MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def raw_operation(maker, config):
    """A function of the tensors that go into a stored node.

    Raises:
        NotTranslated: the operation has no counterpart here.
    """
    node = config["node_def"]
    if isinstance(node, str):
        try:
            node = json.loads(node)
        except ValueError:
            raise NotTranslated("an operation of the graph is kept in a form that is not read")
    name = node.get("op", "")
    constants = {int(key): value for key, value in (config.get("constants") or {}).items()}
    make = of_keras3 if maker.framework.is_keras3 else of_tensorflow
    function = make(maker, name, node.get("attr") or {})
    if function is None:
        raise NotTranslated("the operation {} cannot be reproduced here".format(name))

    def call(given):
        left = list(given) if isinstance(given, (list, tuple)) else [given]
        for index in sorted(constants):
            left.insert(index, constants[index])
        return function(left)

    return call


def of_keras3(maker, name, attributes):
    ops = maker.keras.ops
    attributes = {key: attribute(value) for key, value in attributes.items()}
    if name == "StridedSlice":
        return lambda given: strided_slice(given, attributes)
    if name in RESIZING:
        if attributes.get("align_corners") or not attributes.get("half_pixel_centers"):
            raise NotTranslated("{}, which computes other pixels than Keras 3".format(name))
        resize = keras_ops.find(ops, "image.resize")
        return lambda given: resize(given[0], given[1], method=RESIZING[name])
    if name not in FUNCTIONS:
        function = keras_ops.find(ops, "math." + UNARY.get(name.lower(), name.lower()))
        return function and (lambda given: function(*given))
    full, names, taken = FUNCTIONS[name]
    function = keras_ops.find(ops, full)
    options = {taken[key]: value for key, value in attributes.items() if key in taken}
    return lambda given: function(**dict(options, **by_name(names, given)))


def by_name(names, given):
    """The tensors by what a function calls them; `*values` takes all that the others leave."""
    found, left = {}, list(given)
    spare = len(left) - len(names) + 1
    for name in names:
        if name.startswith("*"):
            found[name[1:]], left = left[:spare], left[spare:]
        elif left:
            found[name] = left.pop(0)
    return found


def strided_slice(given, attributes):
    tensor, begin, end, strides = given
    masks = {name: int(attributes.get(name) or 0) for name in MASKS}
    parts = []
    for place, (start, stop, step) in enumerate(zip(begin, end, strides)):
        bit = 1 << place
        if masks["ellipsis_mask"] & bit:
            parts.append(Ellipsis)
        elif masks["new_axis_mask"] & bit:
            parts.append(None)
        elif masks["shrink_axis_mask"] & bit:
            parts.append(start)
        else:
            start = None if masks["begin_mask"] & bit else start
            stop = None if masks["end_mask"] & bit else stop
            parts.append(slice(start, stop, None if step == 1 else step))
    return tensor[tuple(parts)]


def of_tensorflow(maker, name, attributes):
    """The operation of TensorFlow itself, if all it does is compute."""
    tensorflow = maker.framework.tensorflow
    function = getattr(getattr(tensorflow, "raw_ops", None), name, None)
    if function is None or not (name in FUNCTIONS or name in RESIZING or is_computing(name)):
        return None
    order = signature(name)
    attributes = {key: attribute(value) for key, value in attributes.items()}
    return lambda given: function(**place(order, given, attributes, name))


def is_computing(name):
    return name == "StridedSlice" or name.lower() in UNARY


def signature(name):
    """(tensor arguments, whether each is a list, names of given attributes)."""
    from tensorflow.python.framework import op_def_registry

    find = getattr(op_def_registry, "get", None)
    definition = find(name) if find else op_def_registry.get_registered_ops()[name]
    inputs = [
        (one.name, bool(one.number_attr or one.type_list_attr)) for one in definition.input_arg
    ]
    inferred = {
        key
        for one in definition.input_arg
        for key in (one.type_attr, one.number_attr, one.type_list_attr)
    }
    return inputs, [one.name for one in definition.attr if one.name not in inferred]


def place(order, tensors, attributes, name):
    """The tensors by the names of the operation's inputs, and its attributes."""
    inputs, wanted = order
    found = {key: attributes[key] for key in wanted if key in attributes}
    lists = [key for key, many in inputs if many]
    if len(lists) > 1:
        raise NotTranslated("the operation {} takes several lists of tensors".format(name))
    spare = len(tensors) - len(inputs) + 1
    left = list(tensors)
    for key, many in inputs:
        found[key] = left[:spare] if many else left[0]
        left = left[spare if many else 1 :]
    return found


def attribute(value):
    """The value of an attribute from its message in JSON; a number type by its name."""
    ((kind, stored),) = value.items() or [("", None)]
    if kind == "type":
        name = stored.replace("DT_", "").lower()
        return {"float": "float32", "double": "float64", "half": "float16"}.get(name, name)
    if kind == "i":
        return int(stored)
    if kind == "list":
        return [int(one) for one in stored.get("i", ())]
    if kind == "s":
        return base64.b64decode(stored).decode("utf-8")
    return stored
