"""Write a loaded model again, and say whether that works.

Owns that one question; the file is thrown away. What is written is `formats.writing`'s.
"""

import os
import shutil

from crossload_probe.formats import writing

TOO_DEAR = "a SavedModel takes seconds to write"
# Formats that hold a model; there is nothing to save again of weights or of a signature.
AGAIN = ("h5", "keras", "json+weights")


def write_again(framework, model, file_format, folder):
    """The format that the model could be written in; raises what the framework does about its own.

    A loader that no longer writes the file's format is no loss if it writes its native one.
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
    """What this Keras writes by itself: its zip, or HDF5 before there was one."""
    return "keras" if framework.is_keras3 else "h5"
