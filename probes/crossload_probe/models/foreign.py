"""Custom classes and functions as a reader of the file lacks them.

Owns the module that they claim to come from, and registering one with Keras until the job ends. The
modules of models define them again in each call.
"""

# Some versions of Keras 3 import the module that a file names: it must not exist.
MODULE = "crossload_user_code"
PACKAGE = "crossload"


def make_foreign(thing):
    """A class or function of a module that cannot be imported, as if defined at its top."""
    thing.__module__ = MODULE
    thing.__qualname__ = thing.__name__
    return thing


def register(keras, fw, thing):
    """Register a class with Keras as its author would, until this job's models are cleared.

    Raises AttributeError where Keras cannot register yet.
    """
    home = keras.utils if hasattr(keras.utils, "register_keras_serializable") else keras.saving
    decorator = home.register_keras_serializable(package=PACKAGE)
    # A later job in this process loads as someone who did not register it.
    fw.undo_at_clear(lambda: find_registry(keras).pop(registered_name(thing.__name__), None))
    return decorator(thing)


def find_registry(keras):
    """What is registered in this process, by name."""
    home = keras.utils if hasattr(keras.utils, "get_custom_objects") else keras.saving
    return home.get_custom_objects()


def registered_name(name):
    return "{}>{}".format(PACKAGE, name)
