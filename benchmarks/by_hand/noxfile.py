"""The same matrix the way one does it by hand: the yardstick of `benchmarks/run.py`.

One nox session for each saver and for each saver-loader pair, virtualenv and pip, one process for
each file. It uses the same reference models, strategies and checks, so the work is the same.

The plan comes from `crossload plan --json` through the variable BY_HAND_PLAN.
"""

import json
import os
import pathlib

import nox

HERE = pathlib.Path(__file__).resolve().parent
PLAN = json.loads(pathlib.Path(os.environ["BY_HAND_PLAN"]).read_text(encoding="utf-8"))
OUT = pathlib.Path(os.environ["BY_HAND_OUT"])
ENVIRONMENTS = {one["id"]: one for one in PLAN["environments"] if not one["problem"]}
PAIRS = [(saver, loader) for saver in ENVIRONMENTS for loader in ENVIRONMENTS]
FILES = sorted({(cell["model"], cell["format"]) for cell in PLAN["cells"]})

# A file that does not load is a result; some kill their process.
ENDS = [0, 1, *range(-31, 0)]

nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = True


def install(session, name):
    # The lock is complete: nothing else is to be looked for.
    session.install("--no-deps", "-r", ENVIRONMENTS[name]["lock"])


def run(session, script, name, *arguments):
    one = ENVIRONMENTS[name]
    session.run(
        "python", str(HERE / script), one["api"], one["backend"], *arguments,
        env={**one["variables"], "PYTHONWARNINGS": "ignore"}, silent=True, success_codes=ENDS,
    )  # fmt: skip


@nox.session
@nox.parametrize(
    "python,name",
    [nox.param(one["interpreter"], name, id=name) for name, one in ENVIRONMENTS.items()],
)
def save(session, name):
    """Save every model in every format."""
    install(session, name)
    for model, file_format in FILES:
        run(session, "save.py", name, model, file_format, str(OUT / name))


@nox.session
@nox.parametrize(
    "python,saver,name",
    [
        nox.param(ENVIRONMENTS[loader]["interpreter"], saver, loader, id=f"{saver}-{loader}")
        for saver, loader in PAIRS
    ],
)
def load(session, saver, name):
    """Load every file of one saver in one loader."""
    install(session, name)
    for model, file_format in FILES:
        run(session, "load.py", name, model, file_format, str(OUT / saver))
