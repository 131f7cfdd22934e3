"""Code of a user's own, as a reader of the file does not have it.

Owns where such classes and functions say that they come from, and registering one of them with
Keras until the job ends. What they do is in the files of models, which make them anew by
each call.
"""

# Some versions of Keras 3 import the module that a file names, and would find the code in it.
MODULE = "crossload_user_code"
PACKAGE = "crossload"


def make_foreign(thing):
    """A class or function of a module that cannot be imported, as if defined at its top."""
    thing.__module__ = MODULE
    thing.__qualname__ = thing.__name__
    return thing


def register(keras, fw, thing):
    """Register a class with Keras as its author would, until this job's models are forgotten.

    Raises AttributeError where Keras cannot register yet.
    """
    home = keras.utils if hasattr(keras.utils, "register_keras_serializable") else keras.saving
    decorator = home.register_keras_serializable(package=PACKAGE)
    # A later job of this process reads as somebody who has not registered it.
    fw.undo_at_clear(lambda: find_registry(keras).pop(registered_name(thing.__name__), None))
    return decorator(thing)


def find_registry(keras):
    """What is registered in this process, by name."""
    home = keras.utils if hasattr(keras.utils, "get_custom_objects") else keras.saving
    return home.get_custom_objects()


def registered_name(name):
    return "{}>{}".format(PACKAGE, name)
