"""Observe a user's model, which may be of any kind.

Owns the caution: what a model does not reveal is left out of its expectation, and what differs
between two runs (the losses of random layers) is not kept.
"""

from crossload_probe.checks import expectations, holdings, layer_outputs, structure, training

STEPS = 2
# Training more numbers than this would take too long.
MOST_VALUES = 20000000
RANDOM = ("dropout", "noise", "random")


def observe(framework, model, inputs, outputs):
    """The expectation as `saving.observe` has it; empty where the model does not tell."""
    layer_names, layers = layer_outputs.record(framework, model, inputs)
    optimizer = guarded(lambda: training.optimizer_state(framework, model), None)
    return {
        "inputs": inputs,
        "outputs": outputs,
        "layers": layer_outputs.compact(layers),
        "layer_names": layer_names,
        "weights": guarded(lambda: structure.layer_weights(model), []),
        "slots": optimizer.pop("slots") if optimizer else [],
        "optimizer": optimizer,
        "compile": guarded(lambda: training.compile_state(model), None),
        "structure": guarded(lambda: structure.summarise(model), []),
        "ends": guarded(lambda: structure.end_names(model), {"inputs": [], "outputs": []}),
        "holds": holdings.describe(model),
        "losses": [],
    }


def nothing_known():
    """The expectation of a file that was not loaded as a model."""
    expectation = {group: [] for group in expectations.ARRAYS}
    expectation.update(layer_names=[], optimizer=None, compile=None, structure=[], losses=[])
    expectation.update(ends={"inputs": [], "outputs": []}, noise=None, targets=None)
    return expectation


def guarded(function, instead):
    try:
        return function()
    except Exception:
        return instead


def losses_of(framework, model, inputs, targets, steps=STEPS):
    """The losses of the next training steps; none without targets."""
    if not targets:
        return []
    framework.run_eagerly(model)
    return [framework.train_step(model, inputs, targets) for _ in range(steps)]


def is_trainable(model):
    """Whether training is comparable between runs: compiled, not huge, nothing random."""
    if guarded(lambda: training.compile_state(model), None) is None:
        return False
    weights = guarded(lambda: structure.layer_weights(model), None)
    if weights is None or sum(array.size for array in weights) > MOST_VALUES:
        return False
    return not any(is_random(layer) for layer in all_layers(model))


def all_layers(model):
    layers = []
    for layer in getattr(model, "layers", []):
        layers.append(layer)
        layers += all_layers(layer)
        layers += [getattr(layer, name) for name in ("layer", "cell") if hasattr(layer, name)]
    return layers


def is_random(layer):
    if any(word in type(layer).__name__.lower() for word in RANDOM):
        return True
    rates = [getattr(layer, name, 0) for name in ("dropout", "recurrent_dropout", "rate")]
    return any(isinstance(rate, float) and rate > 0 for rate in rates)
