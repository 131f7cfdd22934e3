"""The code of a model's author as a recipe uses it: what it imports from `my_code`, and passes on.

Owns the names and the source of these uses. A reference model's code is `models`, a user's is
`subjects.code`.
"""

import glob
import os
import re
import zipfile

from crossload_probe.formats import writing
from crossload_probe.formats.arrays import text
from crossload_probe.formats.recipes import is_name, quote, wrap
from crossload_probe.models import registry, samples

BUILD = "build_model"


class OwnCode(object):
    """What can be imported from `my_code`, and how a recipe uses it.

    Attributes:
        things: {name: value} of everything in the module.
        objects: source of the value of `custom_objects`; empty if there is nothing to give.
        builds: source of the call that builds the model; empty if no code does.
        registers: whether importing the module makes its classes known to Keras.
        built: [(model, its weights)] of models built by a recipe, before it went on.
    """

    def __init__(self, things, objects="", builds="", registers=False):
        self.things = things
        self.objects = objects
        self.builds = builds
        self.registers = registers
        self.built = []

    def used(self, text):
        """Names of the module that occur in the source, sorted."""
        bare = re.sub(r'"[^"\n]*"', '""', text)
        return [name for name in sorted(self.things) if re.search(r"\b%s\b" % name, bare)]

    def add_builder(self, framework, name, function, call):
        """Let the module's `function` build the model of that name, whose `call` is the source."""
        from crossload_probe.checks import structure

        def build(*arguments):
            # Weights that differ from the file's, so that those not loaded show.
            model = samples.build(framework, name, samples.REBUILD_SEED)
            self.built.append((model, structure.layer_weights(model)))
            return model

        self.things[function] = build
        self.builds = call


def find(framework, name):
    """The `OwnCode` of a registered model."""
    reference = registry.find(name)
    if reference.own is not None:
        return reference.own(framework)
    own = of_objects(reference.custom_objects(framework.keras))
    own.add_builder(framework, name, BUILD, BUILD + "()")
    return own


def of_objects(objects, names=None):
    """The code that defines these custom objects.

    Args:
        objects: {name in a file: class or function}.
        names: {name in a file: name in the code} where that is not the thing's own name.
    """
    things, items = {}, []
    for key in sorted(objects):
        thing = objects[key]
        name = (names or {}).get(key) or getattr(thing, "__name__", "")
        if not is_name(name) or things.get(name, thing) is not thing:
            name = "thing_{}".format(len(items))
        things[name] = thing
        items.append("{}: {}".format(quote(key), name))
    return OwnCode(things, wrap("", items, "{", "}", always=True) if items else "")


def words_in(path):
    """All that a file says of its model in words, as one text; "" where it cannot be read."""
    try:
        if os.path.isdir(path):
            return "".join(map(read_text, glob.glob(os.path.join(path, "*.[jp][sb]*"))))
        if writing.is_hdf5(path):
            import h5py

            with h5py.File(path, "r") as file:
                return " ".join(text(value) for value in file.attrs.values())
        with zipfile.ZipFile(path) as archive:
            return archive.read("config.json").decode("utf-8")
    except Exception:
        return ""


def read_text(path):
    with open(path, "r", encoding="utf-8", errors="replace") as stream:
        return stream.read()
