"""What makes training steps differ between Keras 2 and Keras 3, whatever is carried.

Owns the texts on these layers; the report names them beside what is lost.
"""

from crossload_probe.translate import optimizer_tables as tables
from crossload_probe.translate.plain import options_of, walk

TIMED = "TimeDistributed"
EMBEDDING = (
    "Keras 3 on TensorFlow counts an index that occurs twice in a batch of Embedding otherwise"
)
NORMALIZATION = "BatchNormalization within TimeDistributed sees one step at a time in Keras 3"
TEXT = "equal steps of {}: {}"


def notes(framework, description, origin):
    """Texts on what the next steps of a translated model compute differently.

    Args:
        framework: `frameworks.Framework`.
        description: what `architectures.read` returned.
        origin: the `optimizers.Origin` of the file.
    """
    if origin.from_keras3 == framework.is_keras3:
        return []
    items = list(walk(description.get("config")))
    found = []
    if squares_first(framework, description, origin) and any(
        item["class_name"] == "Embedding" for item in items
    ):
        found.append(EMBEDDING)
    if any(is_timed(item, "BatchNormalization") for item in items):
        found.append(NORMALIZATION)
    return [TEXT.format(origin.name, text) for text in found]


def squares_first(framework, description, origin):
    """Whether one side squares the gradients of an Embedding before it sums them.

    Keras 3 on TensorFlow does so where an index occurs more than once in a batch.
    """
    other = description.get("backend", "tensorflow")
    backend = framework.backend if framework.is_keras3 else other
    return backend == "tensorflow" and origin.name not in tables.LINEAR


def is_timed(item, kind):
    """Whether a layer is a TimeDistributed around a layer of that class, or a model of such."""
    inner = options_of(item).get("layer")
    return item["class_name"] == TIMED and any(one["class_name"] == kind for one in walk(inner))
