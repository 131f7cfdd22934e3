"""Find what Keras would run or import for a description, without giving the description to Keras.

Owns that list of dangers. Keras 2, and Keras 3 for HDF5, run the byte code of a Lambda unasked, and
several versions import any module that a file names.
"""

from crossload_probe.translate import lambdas
from crossload_probe.translate.plain import class_names, options_of, walk

OWN_PACKAGES = ("keras", "tf_keras", "tensorflow", "tensorflow_core")
# The modules of Keras whose functions compute and do nothing else: not `utils`, which downloads.
COMPUTING = (
    "activations",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "ops",
    "regularizers",
)
FUNCTION, CODE = "function", "__lambda__"
# Operations in the graph of a SavedModel that reach outside of it.
REACHING_OUT = ("ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "PyFuncStateless", "PrintV2")


def find_dangers(architecture, is_given):
    """Texts on what loading the description would run or import, each once.

    Args:
        architecture: what `architectures.read` returned.
        is_given: function of a list of names; whether the user gave or registered one of them.
    """
    found = []
    for item in walk(architecture):
        danger = danger_of(item, is_given)
        if danger is not None and danger not in found:
            found.append(danger)
    return found


def danger_of(item, is_given):
    name, module = item["class_name"], item.get("module")
    if name == CODE:
        return "byte code of a function"
    if lambdas.holds_byte_code(item):
        return "byte code of Lambda {!r}".format(options_of(item).get("name") or "")
    if name.split(">")[-1] == "Lambda":
        return danger_of_lambda(options_of(item), is_given)
    if name == FUNCTION:
        wanted = item.get("config")
        if isinstance(wanted, str) and not is_given([wanted]) and not is_computing(module):
            return "the function {} of the module {}".format(wanted, module or "builtins")
    elif module and not is_own(module) and not is_given(class_names(item)):
        return "the class {} of the module {}".format(name, module)
    return None


def danger_of_lambda(config, is_given):
    """A Lambda that names its function, and the module to take it from."""
    function, module = config.get("function"), config.get("module")
    if isinstance(function, str) and module and not is_own(module) and not is_given([function]):
        return "the function {} of the module {}".format(function, module)
    return None  # where the function is an object, `walk` comes to it by itself


def is_own(module):
    """Whether a module is of Keras: `tensorflow.python.ops` is not."""
    parts = str(module).split(".")
    if parts[0] in ("keras", "tf_keras"):
        return True
    return parts[0] in OWN_PACKAGES and "keras" in parts


def is_computing(module):
    return is_own(module) and any(part in COMPUTING for part in str(module).split("."))


def operations_reaching_out(graph):
    """Names of operations in the bytes of a SavedModel's graph that read, write or run files."""
    return [name for name in REACHING_OUT if bytes([len(name)]) + name.encode("ascii") in graph]
