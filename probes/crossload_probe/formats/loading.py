"""Load a file by one strategy: execute its recipes until one works.

Owns the strategies that give a Keras model, and what is recorded of an attempt: the recipe that was
executed last, and its concessions.
"""

import warnings

from crossload_probe.checks import structure
from crossload_probe.formats import own_code, reading, rebuilding, recipes

LEGACY = "legacy"
REBUILT = "rebuild+weights"
MOST_CHANGES = 12
RECIPES = {
    "plain": reading.plain,
    "renamed": reading.renamed,
    "no-compile": reading.no_compile,
    "custom-objects": reading.custom_objects,
    "unsafe": reading.unsafe,
    LEGACY: reading.legacy,
    "translated": reading.translated,
    REBUILT: rebuilding.rebuilt,
}


class NoModel(Exception):
    """A recipe raised no error, but left no model."""


def load(framework, job, path, report):
    """(framework, model) by the strategy of a job; the framework is tf-keras for `legacy`.

    Args:
        framework: the loader's.
        job: with "model", "kind" (the format without its option) and "strategy".
        path: a writable copy of the file or folder.
        report: gets "recipe" and "concessions".

    Raises:
        recipes.NotApplicable: the strategy does not apply to this file.
        Exception: what the last recipe raised.
    """
    strategy = job["strategy"]
    if strategy not in RECIPES:
        raise ValueError("unknown strategy {!r}".format(strategy))
    if strategy == LEGACY:
        framework = reading.beside(framework)
    own = own_code.find(framework, job["model"])
    found = distinct(RECIPES[strategy](framework, job["kind"], path, own))
    for number, recipe in enumerate(found):
        report.update(recipe=recipe.text, concessions=recipe.concessions)
        try:
            names = recipes.run(framework, recipe, path, own)
            report["concessions"] = recipe.concessions + changes_in(model_of(names))
            if strategy == REBUILT:
                finish(framework, names, path, own, report)
            else:
                warn_if_unfilled(own)
            return framework, model_of(names)
        except Exception:
            if number == len(found) - 1:
                raise
            framework.clear()


def distinct(found):
    """The recipes without those whose source came before."""
    texts = [recipe.text for recipe in found]
    return [one for number, one in enumerate(found) if one.text not in texts[:number]]


def changes_in(model):
    """What the translator changed in the description of a model, if it made the model."""
    if not hasattr(model, "crossload_report"):
        return []
    from crossload_probe.translate.weights import OWN_LOADER  # most loads do not need it

    found = [one for one in model.crossload_report.changes if not one.startswith(OWN_LOADER)]
    return found[:MOST_CHANGES]


def model_of(names):
    if "model" not in names:
        raise NoModel("the recipe left no model")
    return names["model"]


def warn_if_unfilled(own):
    """Warn where a model was built by code, and Keras' own call then changed none of its weights.

    Some loaders raise nothing then. The load still counts as one: it is what a user would get.
    """
    if own.built:
        model, before = own.built[-1]
        if rebuilding.unchanged(before, structure.layer_weights(model)):
            warnings.warn(rebuilding.NOTHING, stacklevel=2)


def finish(framework, names, path, own, report):
    """Check that the weights of a rebuilt model come from the file, and let it compute with them.

    Raises:
        rebuilding.NothingLoaded: they are those that the code gave it.
    """
    model, before = own.built[-1]
    if rebuilding.unchanged(before, structure.layer_weights(model)):
        raise rebuilding.NothingLoaded(rebuilding.NOTHING)
    lines = rebuilding.finalizing(model)
    if lines:
        text = "\n".join(lines) + "\n"
        report["recipe"] += text
        report["concessions"] = report["concessions"] + [rebuilding.FINALIZED]
        recipes.follow(framework, text, path, names, own)
