"""Save a loaded model again, and report whether that works.

The new file is thrown away.
"""

import os
import shutil

from crossload_probe.formats import writing

TOO_DEAR = "a SavedModel takes seconds to write"
# Formats that hold a whole model; weights and signatures cannot be saved again.
AGAIN = ("h5", "keras", "json+weights")


def write_again(framework, model, file_format, folder):
    """The format in which the model could be saved; raises what the framework raises for its own.

    A loader that no longer writes the file's format but writes its native one loses nothing.
    """
    kind = writing.base(file_format)
    target = os.path.join(folder, "again")
    try:
        write(framework, model, kind, target)
        return kind
    except Exception:
        native = native_format(framework)
        if native == kind:
            raise
        try:
            write(framework, model, native, target)
        except Exception:
            pass
        else:
            return native
        raise


def write(framework, model, kind, target):
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    try:
        path = os.path.join(target, writing.PAYLOADS[kind])
        writing.write(framework, model, kind, path)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def native_format(framework):
    """What this Keras writes by default: a zip, or HDF5 in older versions."""
    return "keras" if framework.is_keras3 else "h5"
