"""Layers that alter images while a model trains, where this Keras lacks them or predicts otherwise.

Owns what stands for them: it predicts the same, and leaves the images alone while it trains.
"""

CROP = "RandomCrop"
# Without them, images keep their size.
SIZES = ("RandomHeight", "RandomWidth")
LOST = "{} {!r}, which alters images while the model trains"
REASON = "RandomCrop of Keras 3 does not resize images when it predicts"


def crosses(item):
    return item["class_name"] == CROP


def replaced(maker, name, config):
    """(class, arguments) of what stands for a layer; the same for other layers."""
    crossing = maker.framework.is_keras3 and not maker.from_keras3
    if name in SIZES and maker.find_layer_class(name) is None:
        found = "Activation", {"activation": "linear"}
    elif name == CROP and crossing:
        sizes = {key: config[key] for key in ("height", "width")}
        found = "Resizing", dict(sizes, crop_to_aspect_ratio=True)
    else:
        return name, config
    maker.changes.lose(LOST.format(name, config.get("name")))
    kept = {key: config[key] for key in ("name", "dtype") if key in config}
    return found[0], dict(found[1], **kept)
