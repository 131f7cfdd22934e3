"""Compile a translated model as the file says that it was, so that training goes on.

Owns the order of the steps, and the texts on what could not be carried. `translate.losses` and
`translate.optimizers` make the parts, `translate.optimizer_slots` fills in the state.
"""

import collections
import inspect

from crossload_probe.checks import training as observed
from crossload_probe.translate import (
    loss_scaling,
    losses,
    optimizer_slots,
    optimizer_states,
    optimizer_variables,
    optimizers,
    saved_objects,
    steps,
    weights,
)
from crossload_probe.translate.plain import NotTranslated, is_object, wrote_keras3

# optimizer: an object's description, or a name. The rest as `compile` was given it.
Training = collections.namedtuple("Training", "optimizer loss metrics weighted loss_weights")
# What `architectures.read` returned, and the `containers.Container` that it is from.
File = collections.namedtuple("File", "description container")

DEFAULT = "rmsprop"  # of `compile`, where it has one
STAND_IN = "the optimizer is a new {} instead"


def find(description):
    """What a description says of training; None where the model was not compiled."""
    for key, optimizer in (
        ("training_config", "optimizer_config"),
        ("compile_config", "optimizer"),
    ):
        found = description.get(key)
        if found:
            return Training(
                found.get(optimizer),
                found.get("loss"),
                found.get("metrics"),
                found.get("weighted_metrics"),
                found.get("loss_weights"),
            )
    return None


def carry(framework, model, description, container, custom_objects):
    """Compile a model that has the file's weights, and restore its optimizer.

    Args:
        framework: `frameworks.Framework`.
        model: uncompiled.
        description: what `architectures.read` returned.
        container: the `containers.Container` that it is from.
        custom_objects: classes and functions by their names in the file.

    Returns:
        Texts on what of the file's training the model does not have; empty if it was not compiled.
    """
    stored = find(description)
    if stored is None:
        return []
    lost = []
    origin = origin_of(stored.optimizer, wrote_keras3(description))
    optimizer = make_optimizer(framework, origin, custom_objects, lost)
    try:
        compile_model(framework, model, stored, optimizer, custom_objects, lost)
    except Exception as error:
        return lost + ["loss, metrics and optimizer: " + reason(error)]
    lost += steps.notes(framework, description, origin) if optimizer is not None else []
    if optimizer is None:
        lost.append(STAND_IN.format(type(model.optimizer).__name__))
        return lost
    try:
        state = optimizer_states.read(framework, container)
        restore(framework, model, optimizer, origin, state, File(description, container))
        lost += loss_scaling.begun_anew(origin.scaling, state)
    except Exception as error:
        lost.append("state of the optimizer: " + reason(error))
    return lost


def complete(framework, model, description, container, custom_objects):
    """Restore what Keras' own loader left out of a file's training.

    Returns:
        (texts on what was restored, texts on what is lost); the arguments are those of `carry`.
    """
    stored = find(description)
    if stored is None:
        return [], []
    optimizer = getattr(model, "optimizer", None)
    weights_here = optimizer_slots.trainable(model)
    strange = optimizer is None or optimizer_variables.is_strange(optimizer, weights_here)
    if strange or losses.is_respelled(framework, stored.loss, custom_objects):
        lost = carry(framework, model, description, container, custom_objects)
        return ["loss, metrics and optimizer restored from the file"], lost
    try:
        state = optimizer_states.read(framework, container)
        origin = origin_of(stored.optimizer, wrote_keras3(description))
        if state is None or is_restored(framework, model, state, origin):
            return [], []
        made = loss_scaling.within(model.optimizer)
        if origin is None or type(made).__name__ != origin.name:
            raise optimizer_slots.Unsure("Keras made another optimizer than the file names")
        restore(framework, model, model.optimizer, origin, state, File(description, container))
    except Exception as error:
        return [], ["state of the optimizer: " + reason(error)]
    return ["state of the optimizer restored from the file"], []


def is_restored(framework, model, state, origin):
    """Whether the optimizer of a model has the step counter and the arrays of the file."""
    found = observed.optimizer_state(framework, model)
    if found["iterations"] != state.iterations:
        return False
    wanted = [array for _, array in state.entries] + [one[-1] for one in state.keyed]
    if origin is not None and optimizer_slots.keeps_nothing(origin):
        wanted = []
    known = {weights.mark(array) for array in found["slots"]}
    return all(weights.mark(array) in known for array in wanted if array.any())


def origin_of(stored, from_keras3):
    """What a file says of the optimizer: a description, a name, or nothing."""
    if is_object(stored) and isinstance(stored.get("config"), dict):
        return optimizers.Origin(stored, from_keras3)
    if isinstance(stored, str):  # written since 2.12, where `compile` was given the name alone
        item = {"class_name": stored, "config": {"is_legacy_optimizer": False}}
        return optimizers.Origin(item, from_keras3)
    return None


def make_optimizer(framework, origin, custom_objects, lost):
    """The optimizer, or None; notes what is lost."""
    try:
        if origin is None:
            raise NotTranslated("the file does not say which")
        notes = []
        made = optimizers.make(framework, origin, custom_objects, notes)
    except Exception as error:
        name = origin.name if origin is not None else ""
        lost.append("optimizer {}: ".format(name).replace(" :", ":") + reason(error))
        return None
    lost += ["equal steps of {}: {}".format(origin.name, note) for note in notes]
    return scaled(framework, origin, made, lost)


def scaled(framework, origin, optimizer, lost):
    """The optimizer in the wrapper that it had; without it where this Keras has none."""
    if origin.scaling is None:
        return optimizer
    try:
        return loss_scaling.wrap(framework, optimizer, origin.scaling)
    except NotTranslated as error:
        lost.append("scale of the loss: " + reason(error))
        return optimizer


def compile_model(framework, model, stored, optimizer, custom_objects, lost):
    names = list(getattr(model, "output_names", None) or [None])
    of_losses = losses.Parts(framework, "loss", custom_objects, lost)
    of_metrics = losses.Parts(framework, "metric", custom_objects, lost)
    loss = of_losses.make(stored.loss)
    if isinstance(loss, list) and len(loss) == len(names) == 1:
        loss = loss[0]
    if optimizer is None and needs_optimizer(model):
        optimizer = DEFAULT
    given = {
        "optimizer": optimizer,
        "loss": loss,
        "metrics": of_metrics.make(losses.fit_outputs(stored.metrics, names)),
        "weighted_metrics": of_metrics.make(losses.fit_outputs(stored.weighted, names)),
        "loss_weights": stored.loss_weights,
    }
    if framework.is_keras3:
        given["auto_scale_loss"] = False  # the file says whether its optimizer was wrapped
    model.compile(**{key: value for key, value in given.items() if value is not None})


def needs_optimizer(model):
    """Whether `compile` has no default for it, as in Keras before it was of TensorFlow."""
    parameters = inspect.signature(model.compile).parameters
    return "optimizer" in parameters and parameters["optimizer"].default is inspect.Parameter.empty


def restore(framework, model, optimizer, origin, state, file):
    if state is None:
        if file.container.kind == "keras" and origin.legacy:
            raise optimizer_slots.Unsure("a .keras file does not hold that of this optimizer")
        return  # it was saved before its first step
    values = framework.values(optimizer_slots.trainable(model))
    if weights.unlike(framework, file.container, values):
        raise optimizer_slots.Unsure("some weights are not stored as this Keras keeps them")
    inner = loss_scaling.within(optimizer)
    if inner is not optimizer:
        trained = optimizer_slots.trainable(model)
        loss_scaling.resume(framework, optimizer, trained, state.reached)
    if file.container.kind == "savedmodel" and state.keyed:
        state = state._replace(places=places_of(model, file.container))
    optimizer_slots.restore(framework, model, inner, origin, state, file.description)


def places_of(model, container):
    """Which objects of a SavedModel the weights of a model are from; None if they do not say."""
    try:
        objects = saved_objects.read(container.path, container.weights)
        return saved_objects.places(model, objects)
    except weights.UNFIT:
        return None


def reason(error):
    text = str(error).strip().split("\n")[0]
    if isinstance(error, (NotTranslated, optimizer_slots.Unsure)):
        return text
    return "{}: {}".format(type(error).__name__, text)
