"""Put the vocabularies stored beside the description in a `.keras` file into that description.

Owns finding them. A layer that learned its vocabulary (StringLookup, TextVectorization) keeps it
as a text in the archive, which only the Keras that wrote it reads; as an argument, every Keras
accepts it.
"""

import re

from crossload_probe.formats.arrays import natural
from crossload_probe.translate.plain import options_of, walk

ASSET = re.compile(r"^assets[/\\](?:.*[/\\])?(\w+)[/\\]vocabulary\.txt$")
# Class -> the key of its layers in the archive, without their number.
KEYS = {
    "StringLookup": "string_lookup",
    "IntegerLookup": "integer_lookup",
    "TextVectorization": "text_vectorization",
}


def give(architecture, archive):
    """Give each layer without a vocabulary its stored one; changes `architecture`.

    Layers of one class are stored in the order of the description, without those that have a
    vocabulary there. If the counts disagree, or models are nested, nothing is changed.
    """
    names = sorted(archive.namelist(), key=natural)
    for kind, key in KEYS.items():
        layers = [
            options_of(item)
            for item in walk(architecture)
            if item["class_name"] == kind and not options_of(item).get("vocabulary")
        ]
        stored = [name for name in names if key_of(name) == key]
        models = {name.rsplit(key, 1)[0] for name in stored}
        if len(layers) != len(stored) or len(models) > 1:
            continue
        for config, name in zip(layers, stored):
            words = archive.read(name).decode("utf-8").split("\n")
            config["vocabulary"] = words if kind != "IntegerLookup" else [int(n) for n in words]
            config.pop("has_input_vocabulary", None)


def key_of(name):
    """`string_lookup` for `assets/layers/string_lookup_1/vocabulary.txt`; None for other paths."""
    match = ASSET.match(name)
    return re.sub(r"_\d+$", "", match.group(1)) if match else None
