"""A toy of Keras whose layers refuse arguments as Keras does, and descriptions of models for it."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, ClassVar

Item = dict[str, Any]


class Tensor:
    """What a layer of the toy answers: how it came to be, as a text."""

    dtype = "float32"
    shape = (None, 3)

    def __init__(self, text: str) -> None:
        self.text = text


def text_of(value: Any) -> str:
    if isinstance(value, Tensor):
        return value.text
    return "[" + ",".join(map(text_of, value)) + "]" if isinstance(value, list) else repr(value)


class Layer:
    """A layer that accepts some arguments and refuses the others as Keras does."""

    accepted: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None = None, **options: Any) -> None:
        for key in options:
            if key not in self.accepted:
                message = f"__init__() got an unexpected keyword argument '{key}'"
                raise TypeError(message)
        self.name, self.options = name, options

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        given = [text_of(value) for value in args]
        given += [f"{key}={text_of(value)}" for key, value in sorted(kwargs.items())]
        return Tensor(f"{self.name}({','.join(given)})")


class Dense(Layer):
    accepted = ("units", "activation", "kernel_initializer", "use_bias")


class LSTM(Layer):
    accepted = ("units", "activation", "recurrent_activation", "go_backwards")


class GRU(Layer):
    accepted = ("units", "reset_after", "recurrent_activation", "activation")


class Conv2D(Layer):
    accepted = ("filters", "kernel_size", "padding", "strides", "data_format")

    def __init__(self, name: str | None = None, **options: Any) -> None:
        super().__init__(name, **options)
        if options.get("padding") == "wrong size":
            raise ValueError("\nwrong size\nand more")


class BatchNormalization(Layer):
    accepted = ("axis", "dtype")


class LeakyReLU(Layer):
    accepted = ("alpha", "negative_slope")


class ReLU(Layer):
    accepted = ("threshold", "max_value")


class Rescaling(Layer):
    accepted = ("scale", "offset")


class Bidirectional(Layer):
    accepted = ("layer", "backward_layer", "merge_mode")


class Concatenate(Layer):
    accepted = ("axis",)


class InputLayer(Layer):
    accepted = ("batch_shape", "batch_input_shape", "dtype")


class Lambda(Layer):
    accepted = ("function",)

    def __call__(self, *args: Any, **_: Any) -> Tensor:
        found: Tensor = self.options["function"](*args)
        return found


class Sequential(Layer):
    def __init__(self, layers: Any = (), name: str | None = None) -> None:
        self.name = name
        self.layers: list[Any] = list(layers)

    def add(self, layer: Any) -> None:
        self.layers.append(layer)


class Model(Layer):
    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        self.name, self.inputs, self.outputs = name, inputs, outputs


LAYERS = (
    *(Dense, LSTM, GRU, Conv2D, BatchNormalization, LeakyReLU, ReLU, Bidirectional),
    *(Concatenate, InputLayer, Lambda, Rescaling),
)


def make_input(name: str, **_options: Any) -> Tensor:
    return Tensor(name)


def get_activation(name: str) -> str:
    if name not in {"tanh", "sigmoid", "hard_sigmoid"}:
        raise ValueError(name)
    return name


def framework(*, keras3: bool) -> SimpleNamespace:
    def deserialize(config: Item) -> None:
        raise ValueError(config)

    def read_json(text: str, _objects: Any = None) -> None:
        raise ValueError(text)

    layers = SimpleNamespace(
        **{cls.__name__: cls for cls in LAYERS}, Input=make_input, deserialize=deserialize
    )
    parts = SimpleNamespace(Zeros=type("Zeros", (), {}), deserialize=deserialize)
    math = SimpleNamespace(clip=lambda x, low, high: (x, low, high))
    keras = SimpleNamespace(
        layers=layers,
        models=SimpleNamespace(Sequential=Sequential, Model=Model, model_from_json=read_json),
        utils=SimpleNamespace(custom_object_scope=lambda _objects: nullcontext()),
        activations=SimpleNamespace(get=get_activation),
        initializers=parts,
        backend=math,
        ops=math,
        Sequential=SimpleNamespace(),
        Model=SimpleNamespace(),
    )
    return SimpleNamespace(
        keras=keras,
        keras_version=(3, 0) if keras3 else (2, 15),
        is_keras3=keras3,
        tensorflow=SimpleNamespace(),
        clear=lambda: None,
    )


def layer(name: str, cls: str, nodes: Any, **config: Any) -> Item:
    return {
        "class_name": cls,
        "name": name,
        "config": {"name": name, **config},
        "module": "keras.layers",
        "inbound_nodes": nodes,
    }


def given(name: str = "x") -> Item:
    return layer(name, "InputLayer", [], batch_input_shape=[None, 3], dtype="float32")


def functional(*layers: Item, output: Any, version: str = "2.4.0", inputs: str = "x") -> Item:
    config = {
        "name": "model",
        "layers": list(layers),
        "input_layers": [[inputs, 0, 0]],
        "output_layers": output,
    }
    return {"class_name": "Functional", "config": config, "keras_version": version}


def tensor(name: str, node: int = 0) -> Item:
    config = {"shape": [None, 3], "dtype": "float32", "keras_history": [name, node, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def only(name: str, cls: str, version: str = "2.4.0", **config: Any) -> Item:
    """A model of one layer."""
    return functional(
        given(),
        layer(name, cls, [[["x", 0, 0, {}]]], **config),
        output=[[name, 0, 0]],
        version=version,
    )
