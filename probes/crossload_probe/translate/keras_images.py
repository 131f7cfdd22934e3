"""TensorFlow's functions on images by operations of Keras 3, channels last.

Owns what they refuse: what Keras 3 computes differently. `translate.keras_ops` finds them by name.
"""


def resize(ops, images, size, method="bilinear", antialias=False, **others):
    if any(others.values()):
        raise ValueError("image.resize with {}".format(", ".join(sorted(others))))
    known = {"nearest": "nearest", "bilinear": "bilinear", "bicubic": "bicubic"}
    return ops.image.resize(
        images,
        tuple(size),
        known[str(method).lower()],
        antialias=bool(antialias),
        data_format="channels_last",
    )


def pooled(name):
    def call(ops, input, ksize, strides, padding="VALID", data_format="NHWC"):
        if data_format not in (None, "NHWC", "NWC", "NDHWC"):
            raise ValueError("pooling in {}".format(data_format))
        places = len(input.shape) - 2
        size, steps = [inner(one, places) for one in (ksize, strides)]
        function = getattr(ops, name)
        return function(input, size, steps, padding.lower(), "channels_last")

    return call


def inner(sizes, places):
    """The sizes of an image without those of batch and channels; one number if all are equal.

    Some backends refuse the list that Keras makes of several when it reads them back.
    """
    sizes = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
    if len(sizes) == places + 2:
        sizes = sizes[1:-1]
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)


def depth_to_space(ops, input, block_size, data_format="NHWC"):
    if data_format != "NHWC":
        raise ValueError("depth_to_space in {}".format(data_format))
    _, height, width, channels = input.shape
    left = channels // block_size**2
    parts = ops.reshape(input, (-1, height, width, block_size, block_size, left))
    parts = ops.transpose(parts, (0, 1, 3, 2, 4, 5))
    return ops.reshape(parts, (-1, height * block_size, width * block_size, left))


def space_to_depth(ops, input, block_size, data_format="NHWC"):
    if data_format != "NHWC":
        raise ValueError("space_to_depth in {}".format(data_format))
    _, height, width, channels = input.shape
    rows, columns = height // block_size, width // block_size
    parts = ops.reshape(input, (-1, rows, block_size, columns, block_size, channels))
    parts = ops.transpose(parts, (0, 1, 3, 2, 4, 5))
    return ops.reshape(parts, (-1, rows, columns, channels * block_size**2))
