"""Recipes that read a whole model through Keras' own functions, or through the translator.

Owns what each strategy passes to Keras, what it gives up where that is refused (its concessions),
and the Keras 2 that may be installed beside Keras 3.
"""

from crossload_probe.formats import own_code, recipes, renaming, safe_mode, writing
from crossload_probe.formats.recipes import FILE, call, indent, quote
from crossload_probe.frameworks import Framework, accepts

NO_COMPILE = "no-compile"
SCOPE = "custom-object-scope"
UNSAFE = "unsafe"
COMPILED = "compile=False"
TRUSTED = "safe_mode=False"
TRANSLATE = "translate=True"
CODE = "Lambda"  # the class whose configuration is Python code


def plain(framework, kind, path, own):
    return [Call(framework, kind, own).recipe()]


def no_compile(framework, kind, path, own):
    return [Call(framework, kind, own, {NO_COMPILE}).recipe()]


def custom_objects(framework, kind, path, own):
    ways = [[], [SCOPE], [NO_COMPILE], [NO_COMPILE, SCOPE]]
    return conceding(Call(framework, kind, own, objects=True), ways)


def unsafe(framework, kind, path, own):
    ways = [[], [SCOPE], [NO_COMPILE], [NO_COMPILE, SCOPE]]
    return conceding(Call(framework, kind, own, {UNSAFE}, objects=True), ways)


def legacy(framework, kind, path, own):
    """The code in a file runs only if tf-keras refuses the file otherwise."""
    ways = [[], [NO_COMPILE], [UNSAFE], [NO_COMPILE, UNSAFE]]
    return conceding(Call(framework, kind, own, objects=True), ways)


def renamed(framework, kind, path, own):
    """Loads of a copy under a name that says what the file holds; the plain one first."""
    suffix = renaming.suffix_wanted(renaming.place(kind).replace(FILE, path))
    if not suffix:
        raise recipes.NotApplicable("the file's name already says what it holds")
    ways = [[], [NO_COMPILE], [SCOPE], [NO_COMPILE, SCOPE]]
    plainly = Call(framework, kind, own, suffix=suffix).recipe()
    return [plainly] + conceding(Call(framework, kind, own, objects=True, suffix=suffix), ways)


def translated(framework, kind, path, own):
    """Through crossload's translator; code in the file runs only if it is refused otherwise."""
    found, ways = [], [([], [])]
    if CODE in own_code.words_in(path):
        ways.append(([TRUSTED], [UNSAFE]))
    for options, concessions in ways:
        given = ["custom_objects=" + own.objects] if own.objects else []
        arguments = [quote(FILE)] + given + options + [TRANSLATE]
        line = call("crossload.load_model", arguments, "model = ")
        found.append(recipes.make(framework, [line], own, concessions))
    return found


def conceding(way, choices):
    """The recipes of a `Call`: as asked, then with one concession after the other.

    Keras 3.0 to 3.2 ignore every option for an HDF5 file, `custom_objects` too; a scope works
    there.
    """
    return [way.recipe(one) for one in choices if way.own.objects or SCOPE not in one]


class Call(object):
    """The lines that load a file in a format, and what a strategy changes in them.

    Attributes:
        framework: whose Keras is called.
        kind: the format without its option.
        own: the author's `OwnCode`.
        waived: NO_COMPILE or UNSAFE where the strategy itself asks for it.
        objects: whether the author's classes and functions are given.
        suffix: what is appended to the name of a copy of the file, or "".
    """

    def __init__(self, framework, kind, own, waived=(), objects=False, suffix=""):
        self.framework = framework
        self.kind = kind
        self.own = own
        self.waived = set(waived)
        self.gives = own.objects if objects else ""
        self.suffix = suffix

    def recipe(self, concessions=()):
        """The recipe with these concessions besides what the strategy's name says."""
        waived = self.waived | set(concessions)
        if self.kind == "json+weights":
            body = self.from_json(waived)
        elif self.kind.startswith("weights-"):
            body = built(self.own) + [self.fill()]
        else:
            body = [self.from_file(waived)]
        if self.suffix:
            body.insert(0, renaming.copying(renaming.place(self.kind), self.suffix))
        return recipes.make(self.framework, body, self.own, concessions)

    def from_file(self, waived):
        function = self.framework.keras.models.load_model
        arguments = [quote(FILE + self.suffix)]
        if self.gives and SCOPE not in waived and accepts(function, "custom_objects"):
            arguments.append("custom_objects=" + self.gives)
        if NO_COMPILE in waived and accepts(function, "compile"):
            arguments.append(COMPILED)
        if UNSAFE in waived and accepts(function, "safe_mode"):
            arguments.append(TRUSTED)
        return self.scoped(call("keras.models.load_model", arguments, "model = "), waived)

    def from_json(self, waived):
        """Architecture in JSON and weights; never compiled."""
        arguments = ["file.read()"]
        if self.gives and SCOPE not in waived:
            arguments.append("custom_objects=" + self.gives)
        line = call("keras.models.model_from_json", arguments, "model = ")
        architecture = quote(FILE + "/" + writing.ARCHITECTURE)
        body = ['with open({}, encoding="utf-8") as file:'.format(architecture)]
        body += [indent(self.scoped(line, waived)), self.fill()]
        switch = safe_mode.enabling(self.framework) if UNSAFE in waived else ""
        return [switch] + body if switch else body

    def fill(self):
        return "model.load_weights({})".format(quote(renaming.place(self.kind) + self.suffix))

    def scoped(self, line, waived):
        if SCOPE not in waived:
            return line
        opening = call("keras.utils.custom_object_scope", [self.own.objects], "with ")
        return opening + ":\n" + indent(line)


def built(own):
    """The line that builds the model by its author's code."""
    if not own.builds:
        raise recipes.NotApplicable("no code at hand builds the model")
    return ["model = " + own.builds]


def beside(framework):
    """tf-keras as a second framework beside the Keras of this process."""
    import tensorflow
    import tf_keras

    second = Framework("tf_keras", "tensorflow", tf_keras, tensorflow)
    second.clear()
    framework.undo_at_clear(second.clear)
    return second
