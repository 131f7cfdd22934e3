"""Which changes to a module are none, and that every Python agrees on that."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from crossload.runner.probing import normal_form as module
from crossload.runner.probing.normal_form import normal_form
from crossload.runner.shipped import probes_folder
from tests.conftest import path_of_python

TEXT = '''\
"""What the module is."""
import os

class Thing(object):
    """What it is."""

    limit = 2**-11

    def act(self, *names, deep=False):
        """What it does."""
        return [f"{name!r:>{self.limit}}{{}}" for name in names if (name, deep) != (u"é", b"x")]
'''
# What an earlier or a later parser sees otherwise: nested, doubled and joined f-strings, and
# characters that only a newer Unicode can print.
HARD = """\
a = f"{a}" "b" f"{{c}}{d!r:>{e}.{f}}" rf"\\n{g}" 'h' f\'\'\'{"i"
}\'\'\'
b = f"" + f"{a:}" + "\U0001fae8\\ud83d\\x00" + u"x"
def f(a, *b, c=1, **d): "only a docstring"
async def g(): return await (yield)
class C(object): pass
c = 1e400, -0.0, 1j, 0x1F, ..., b"\\xff", 10**30, not None
"""


def form(text: str) -> str:
    return normal_form(ast.parse(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import os", "import os  # for nothing"),
        ("import os", "\n\nimport os\n"),
        ('"""What it is."""\n', "'''Something else.'''\n"),
        ('"""What it does."""\n', "\n"),
        ("2**-11", "2 ** (-11)"),
        ("deep=False)", "deep=False,)"),
        ('u"é"', "'\\xe9'"),
        ('b"x"', "b'x'"),
        ("return [", "return \\\n        ["),
    ],
)
def test_layout_comments_and_docstrings_do_not_count(old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert form(TEXT.replace(old, new)) == form(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2**-11", "2**-12"),
        ("import os", "import sys"),
        ("deep=False", "deep=0"),
        ('b"x"', '"x"'),
        ("!r", "!s"),
        ("{{}}", "{{ }}"),
        ("*names", "names"),
        ("limit = ", "lim = "),
        ("return [", 'return "text"; return ['),
    ],
)
def test_different_python_behaviour_counts(old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert form(TEXT.replace(old, new)) != form(TEXT)


@pytest.fixture(scope="module")
def own_digests(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """Those of the whole probe, and of what parsers have disagreed about."""
    hard = tmp_path_factory.mktemp("modules") / "hard.py"
    hard.write_text(HARD, encoding="utf-8")
    forms = {
        path: normal_form(ast.parse(path.read_bytes()))
        for path in (hard, *sorted(probes_folder().rglob("*.py")))
    }
    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in forms.items()}


@pytest.mark.parametrize("minor", sorted({10, 11, 12, 13} - {sys.version_info.minor}))
def test_every_python_agrees(
    minor: int, own_digests: dict[Path, str], known_interpreters: Path
) -> None:
    python = path_of_python(known_interpreters, 3, minor)
    code = (
        "import ast, hashlib, runpy, sys\n"
        "form = runpy.run_path(sys.argv[1])['normal_form']\n"
        "for path in sys.argv[2:]:\n"
        "    text = form(ast.parse(open(path, 'rb').read()))\n"
        "    print(hashlib.sha256(text.encode()).hexdigest())"
    )
    command = [str(python), "-I", "-c", code, module.__file__, *map(str, own_digests)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == list(own_digests.values())
