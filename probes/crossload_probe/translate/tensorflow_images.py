"""Operations of Keras 3 on images by functions of TensorFlow, channels last.

Owns what they refuse: what TensorFlow computes differently, or on a GPU alone.
"""

METHODS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def check_channels(data_format):
    if data_format not in (None, "channels_last"):
        raise ValueError("data_format={!r}".format(data_format))


def resize(tf, images, size, interpolation="bilinear", antialias=False, **others):
    check_channels(others.pop("data_format", None))
    unused = {"fill_mode": "constant", "fill_value": 0.0}
    changing = [key for key, value in others.items() if value and value != unused.get(key)]
    if changing or interpolation not in METHODS:
        raise ValueError("resize with {}".format(", ".join(sorted(changing)) or interpolation))
    return tf.image.resize(images, list(size), interpolation, antialias=antialias)


def pooled(name):
    def call(tf, inputs, pool_size, strides=None, padding="valid", data_format=None):
        check_channels(data_format)
        strides = pool_size if strides is None else strides
        size, steps = [list(n) if isinstance(n, (list, tuple)) else n for n in (pool_size, strides)]
        return getattr(tf.nn, name)(inputs, size, steps, padding.upper())

    return call


def grayscale(tf, images, data_format=None):
    check_channels(data_format)
    return tf.image.rgb_to_grayscale(images)


TABLE = {
    "AveragePool": pooled("avg_pool"),
    "MaxPool": pooled("max_pool"),
    "RGBToGrayscale": grayscale,
    "Resize": resize,
}
