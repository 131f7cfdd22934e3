"""The translator as one file that needs nothing of crossload.

Owns which modules of the probes go into it and how the file starts them. The modules themselves
are copied as they are, but under a package name that no installed crossload has.
"""

from __future__ import annotations

from pathlib import Path

from crossload import __version__
from crossload.runner.errors import StorageError, UsageError
from crossload.runner.probing.sources import PACKAGE, read_sources
from crossload.runner.shipped import probes_folder

FILE_NAME = "crossload_load.py"  # unless the user names another
MARK = "# Written by `crossload vendor`: do not edit, write it anew.\n"
_ENTRY = f"{PACKAGE}.translate.facade"
_HEAD = '''\
{mark}# SPDX-License-Identifier: Apache-2.0
# The licence: https://www.apache.org/licenses/LICENSE-2.0
"""Load Keras models across versions: the translator of crossload {version} in one file.

    import crossload_load
    model = crossload_load.load_model("old.h5")
    print(model.crossload_report)

Needs Python 3.6 or newer, NumPy, h5py, and a Keras: tf.keras, keras or tf_keras. The call is
load_model(path, custom_objects=None, compile=True, safe_mode=True); code in the file is not run
unless safe_mode=False. A file that cannot be loaded raises LoadError. load_weights(model, path)
gives a model the weights of a file.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys

__version__ = "{version}"
# The digest of the modules below: results that crossload measured name it as well.
ORIGIN = "crossload {version}, sha256 {digest}"
'''
_FOOT = '''

class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules above; only asked while this file is imported."""

    def find_spec(self, name, path=None, target=None):
        if name not in _SOURCES:
            return None
        package = any(other.startswith(name + ".") for other in _SOURCES)
        return importlib.machinery.ModuleSpec(name, self, is_package=package)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        path = "{}/{}.py".format(__file__, name)
        exec(compile(_SOURCES[name], path, "exec", dont_inherit=True), module.__dict__)

    def get_source(self, name):  # for tracebacks
        return _SOURCES[name]


def _import_all():
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        for name in sorted(_SOURCES):
            importlib.import_module(name)
    finally:
        sys.meta_path.remove(finder)
    return sys.modules[_ENTRY]


_facade = _import_all()
LoadError, load_model, load_weights = _facade.LoadError, _facade.load_model, _facade.load_weights
'''


def vendored() -> str:
    """Return the text of the file; the same bytes for the same version of crossload."""
    sources = read_sources(probes_folder())
    package = f"_crossload_{__version__.replace('.', '_')}"
    parts = [
        _HEAD.format(mark=MARK, version=__version__, digest=sources.digest(_ENTRY)),
        f'_ENTRY = "{_ENTRY.replace(PACKAGE, package)}"\n_SOURCES = {{}}\n',
    ]
    for name in sources.reached(_ENTRY):
        text = _path_of(name).read_text(encoding="utf-8").replace(PACKAGE, package)
        parts.append(f'_SOURCES["{name.replace(PACKAGE, package)}"] = {_quoted(text)}\n')
    return "\n".join(parts) + _FOOT


def _path_of(name: str) -> Path:
    path = probes_folder().joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _quoted(text: str) -> str:
    """The text as a literal that shows it line by line."""
    if "'''" in text or text.endswith(("'", "\\")):
        return repr(text)
    return f"r'''{text}'''"


def write_vendored(target: Path) -> int:
    """Write the file, and return how many bytes it has.

    Raises:
        UsageError: there is a file that `crossload vendor` did not write.
        StorageError: the file cannot be written.
    """
    content = vendored().encode("utf-8")
    try:
        if target.exists() and not _is_ours(target):
            raise UsageError(
                f"{str(target)!r} exists and was not written by `crossload vendor`",
                "name another file with --output",
            )
        target.write_bytes(content)
    except OSError as error:
        raise StorageError(
            f"cannot write {str(target)!r}: {error.strerror or error}",
            "name another file with --output",
        ) from error
    return len(content)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(MARK)) == MARK.encode("ascii")
