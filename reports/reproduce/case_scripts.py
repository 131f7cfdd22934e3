"""The two scripts of a scripted case: its own text, with what it counts on put around it.

Owns the folder that they run in, the global `keras`, and how their outputs are compared.
"""

from __future__ import annotations

import ast

from crossload.reports.reproduce.scripts import Side, variables_code


def case_script(text: str, side: Side, *, loads: bool, tolerance: float = 1e-5) -> str:
    """A case's own script, in the folder and with the global that it counts on.

    Args:
        text: of `save.py` or `load.py`.
        side: the environment that it is for.
        loads: whether it is `load.py`, which works in a copy of what `save.py` left.
        tolerance: how far numbers may be apart, relative to the largest.
    """
    skipped = 0
    for node in ast.parse(text).body:
        is_doc = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_doc or is_future):
            break
        skipped = node.end_lineno or 0
    lines = text.splitlines()
    keras = (
        "from tensorflow import keras" if side.api == "tf.keras" else f"import {side.api} as keras"
    )
    if side.api == "keras":
        keras = "import keras"
    place = _LOAD_FOLDER if loads else _SAVE_FOLDER
    before = f"{variables_code(side.variables)}\n{place}\n{keras}\n"
    after = _COMPARE.replace("TOLERANCE", repr(tolerance)) if loads else _KEEP
    head, rest = "\n".join(lines[:skipped]), "\n".join(lines[skipped:]).strip("\n")
    return f"{head}\n\n{before}\n{rest}\n\n{_ARRAYS}{after}".lstrip("\n")


_HERE = "os.chdir(os.path.dirname(os.path.abspath(__file__)))\n"
_SAVE_FOLDER = f"""\
import shutil

{_HERE}shutil.rmtree("files", ignore_errors=True)
os.makedirs("files")
os.chdir("files")
"""
_LOAD_FOLDER = f"""\
import shutil

{_HERE}shutil.rmtree("copy", ignore_errors=True)
shutil.copytree("files", "copy")
os.chdir("copy")
"""
_ARRAYS = """\
# What the script came to: one array, or a list or a dict of them.
import numpy as _numpy


def _array(one):
    array = _numpy.asarray(one.detach().cpu() if hasattr(one, "detach") else one)
    return array.astype(str) if array.dtype.kind in "OS" else array


if isinstance(outputs, dict):
    _outputs = [outputs[name] for name in sorted(outputs)]
else:
    _outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
_outputs = [_array(one) for one in _outputs]
"""
_KEEP = """\
_numpy.savez("../expected.npz", *_outputs)
print("outputs:", _outputs)
"""
_COMPARE = """\


def _difference(ours, theirs):
    if ours.shape == theirs.shape and _numpy.array_equal(ours, theirs):
        return 0.0
    if ours.shape != theirs.shape or "U" in (ours.dtype.kind, theirs.dtype.kind):
        return float("inf")
    ours, theirs = ours.astype("float64"), theirs.astype("float64")
    return _numpy.max(_numpy.abs(ours - theirs)) / _numpy.max(_numpy.abs(theirs))


with _numpy.load("../expected.npz") as _file:
    _expected = [_file["arr_{}".format(at)] for at in range(len(_file.files))]
_differences = [0.0 if len(_outputs) == len(_expected) else float("inf")]
for _ours, _theirs in zip(_outputs, _expected):
    print("is ", _ours)
    print("was", _theirs)
    _differences.append(_difference(_ours, _theirs))
print("largest relative difference of the outputs:", max(_differences))
if not max(_differences) <= TOLERANCE:
    raise SystemExit("the outputs differ; TOLERANCE is allowed")
"""
