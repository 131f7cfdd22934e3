"""Operations of Keras 3 as its older versions take them.

Owns what those versions lack or compute otherwise. Which function an operation is, and what
becomes of it in Keras 2, is decided in `translate.operations`.
"""

import inspect

import numpy

from crossload_probe.translate.plain import NotTranslated

FILLING = ("fill_mode", "fill_value")
COUNTS_FROM_THE_END = (3, 6)  # `take` of older ones gives zeros for a negative index


def adapted(function, name, options, version):
    """A function that calls `function`, an operation of Keras 3, with its stored options.

    Args:
        function: this version's own.
        name: the operation's class.
        options: its arguments, as the file has them.
        version: of Keras, as a tuple.
    """
    options = without_unsaid(function, options)
    if name == "Logsumexp" and isinstance(options.get("axis"), int):
        options["axis"] = (options["axis"],)  # older ones take a tuple alone
    if name == "Einsum" and "subscripts" in options:
        subscripts = options.pop("subscripts")
        return lambda *operands: function(subscripts, *operands, **options)
    if name == "Take" and version < COUNTS_FROM_THE_END:
        return lambda x, indices, **kwargs: take(function, x, indices, dict(options, **kwargs))
    return lambda *args, **kwargs: function(*args, **dict(options, **kwargs))


def without_unsaid(function, options):
    """Options without those that say nothing and that the function lacks."""
    known = inspect.signature(function).parameters
    return {
        name: value
        for name, value in options.items()
        if name in known or not (value is None or value is False or is_idle(name, options))
    }


def is_idle(name, options):
    """Whether an option says how to fill images that are not padded."""
    return name in FILLING and not options.get("pad_to_aspect_ratio")


def take(function, x, indices, options):
    """`take`, with indices that count from the end as indices from the beginning.

    Raises:
        NotTranslated: there are such indices, and the size is open.
    """
    if not isinstance(indices, (int, list, tuple, numpy.ndarray)) or numpy.min(indices) >= 0:
        return function(x, indices, **options)
    axis = options.get("axis")
    sizes = list(x.shape) if axis is None else [x.shape[axis]]
    if None in sizes:
        raise NotTranslated("take with an index from the end of an axis whose size is open")
    found = (numpy.asarray(indices) % int(numpy.prod(sizes))).tolist()
    return function(x, found, **options)
