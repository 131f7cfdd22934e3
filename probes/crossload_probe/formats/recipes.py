"""A recipe: the Python source of one way of loading, executed here exactly as it is printed.

Owns the shape of a recipe, how its source is put together, and its execution. Which recipes a
strategy has is decided by `formats.reading`, `formats.rebuilding` and `formats.serving`.

Contract. The text is a whole script. It names the file as `$FILE` inside string literals (execution
puts in the escaped path, a report the user's file name), imports the model's code from `my_code`,
and leaves a global `model`, or `outputs` where the file is no Keras model; then it finds a global
`inputs`. `my_code` and `crossload` are stand-ins that exist while the recipe runs.
"""

import collections
import contextlib
import keyword
import linecache
import os
import re
import sys
import types

from crossload_probe.formats import safe_mode
from crossload_probe.frameworks import installed_version

FILE = "$FILE"
MY_CODE = "my_code"
SHOWN = "recipe.py"  # what tracebacks call it
WIDTH = 88
KERAS = {
    "tf.keras": "from tensorflow import keras",
    "keras": "import keras",
    "tf_keras": "import tf_keras as keras",
}
# The package needs Python 3.10; the single file that it writes for older ones does not.
VENDORED = "import crossload_load as crossload  # the file that `crossload vendor` writes"
PACKAGED = "import crossload"
STANDARD = ("shutil", "zipfile")
LEGACY_SWITCH = "TF_USE_LEGACY_KERAS"

# `text`: the source. `concessions`: what it gives up besides the name of its strategy.
Recipe = collections.namedtuple("Recipe", "text concessions")


class NotApplicable(Exception):
    """The strategy has no recipe for this file; the message says why."""


def make(framework, body, own=None, concessions=()):
    """The recipe of these lines, with the imports that they need.

    Args:
        framework: whose Keras the recipe uses.
        body: the lines after the imports; they may use keras, tf, crossload and what `own` has.
        own: `own_code.OwnCode`, or None where the lines use nothing of it.
        concessions: their names.
    """
    text = "\n".join(body)
    lines = ["import " + name for name in STANDARD if uses(text, name)]
    names = own.used(text) if own is not None else []
    registers = own is not None and own.registers and not names
    translates = uses(text, "crossload")
    needs_keras = uses(text, "keras") or (translates and is_ambiguous(framework))
    switches = environment(framework) if needs_keras or translates or names else []
    if switches:
        lines.insert(0, "import os")
    lines += [""] + switches if lines else []
    if uses(text, "tf"):
        lines.append("import tensorflow as tf")
    if uses(text, "crossload"):
        lines.append(PACKAGED if sys.version_info >= (3, 10) else VENDORED)
    if needs_keras:
        lines.append(KERAS[framework.api])
    if registers and (needs_keras or translates):
        lines.append("import " + MY_CODE)
    if names:
        lines.append(wrap("from {} import ".format(MY_CODE), names, "(", ")"))
    return Recipe("\n".join(lines).strip() + "\n\n" + text + "\n", list(concessions))


def uses(text, name):
    """Whether the source uses a module of that name."""
    return re.search(r"(?<![\w.\"/]){}(\.\w|\))".format(name), text) is not None


def is_ambiguous(framework):
    """Whether the translator, which prefers the package keras, needs to see another one imported.

    It takes the Keras that a program has imported.
    """
    package = framework.keras.models.Model.__module__.split(".")[0]
    return package != "keras" and installed_version("keras") is not None


def environment(framework):
    """Lines for the variables that choose this Keras, which must be set before it is imported."""
    lines = []
    if framework.backend != "tensorflow":
        lines.append('os.environ["KERAS_BACKEND"] = {}'.format(quote(framework.backend)))
    elif framework.api != "keras" and os.environ.get(LEGACY_SWITCH) == "1":
        lines.append('os.environ["{}"] = "1"'.format(LEGACY_SWITCH))
    return lines


def quote(text):
    """A string literal in double quotes, ASCII only, whatever the text holds."""
    return '"' + text.encode("unicode_escape").decode("ascii").replace('"', '\\"') + '"'


def call(function, arguments, before=""):
    """`before + function(arguments)`, over several lines where one would be too long."""
    return wrap(before + function, arguments, "(", ")", always=True)


def wrap(head, items, opening, closing, always=False):
    one = ", ".join(items)
    line = head + (opening + one + closing if always else one)
    if len(line) <= WIDTH:
        return line
    return head + opening + "\n" + "".join("    {},\n".format(item) for item in items) + closing


def indent(text):
    return "\n".join("    " + line for line in text.split("\n"))


def is_name(text):
    return text.isidentifier() and not keyword.iskeyword(text)


def run(framework, recipe, path, own=None, names=()):
    """The globals that a recipe leaves; raises what its lines raise.

    Args:
        framework: whose Keras the recipe's import gives.
        recipe: a `Recipe`.
        path: the file or folder that it loads.
        own: what `my_code` holds meanwhile.
        names: {name: value} that the recipe finds, e.g. `inputs`.
    """
    found = dict(names, __name__="recipe")
    follow(framework, recipe.text, path, found, own)
    return found


def follow(framework, text, path, found, own=None):
    """Execute source with the globals `found`, as the (next) part of a recipe."""
    source = text.replace(FILE, quote(path)[1:-1])
    linecache.cache[SHOWN] = (len(source), None, source.splitlines(True), SHOWN)
    with stand_ins(framework, own), safe_mode.kept(framework):
        exec(compile(source, SHOWN, "exec", dont_inherit=True), found)


@contextlib.contextmanager
def stand_ins(framework, own):
    """The modules that a recipe imports and that are not installed here, until it has run."""
    modules = {"crossload": translator(framework), MY_CODE: types.ModuleType(MY_CODE)}
    modules["crossload_load"] = modules["crossload"]
    if own is not None:
        modules[MY_CODE].__dict__.update(own.things)
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def translator(framework):
    """What `import crossload` gives in a recipe: the translator for this very framework.

    It has the signatures of `translate.facade`, which finds the framework of a user's program.
    """
    module = types.ModuleType("crossload")

    def load_model(path, custom_objects=None, compile=True, safe_mode=True, translate=False):
        from crossload_probe.translate import loading  # most loads do not need it

        if not translate:
            raise ValueError("a recipe that may load plainly is not one of the translator")
        return loading.load_model(framework, path, custom_objects, compile, safe_mode)

    def load_weights(model, path):
        from crossload_probe.translate import loading

        return loading.load_weights(framework, model, path)

    module.load_model, module.load_weights = load_model, load_weights
    return module
