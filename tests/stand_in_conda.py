"""Stands in for conda, mamba and micromamba: `python stand_in_conda.py NAME FOLDER ARGUMENTS...`.

Owns what crossload relies on: creating an environment from an environment.yml or from an explicit
list, with records of its packages in `conda-meta`. It knows the command lines that crossload uses
and refuses all others. FOLDER has `channel.json` (the packages there are, the interpreter, what pip
adds) and `calls.jsonl`, to which every call is appended. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import venv
from pathlib import Path

PIP = """
import json, pathlib, sys
with open({calls!r}, "a") as log:
    log.write(json.dumps(["pip", *sys.argv[1:]]) + "\\n")
for one in sys.argv[1:]:
    if "==" in one:
        (pathlib.Path(__file__).parents[1] / (one.replace("==", "-") + ".dist-info")).mkdir()
"""


def main(name: str, folder: Path, arguments: list[str]) -> None:
    """Do what the program would."""
    with (folder / "calls.jsonl").open("a") as log:
        log.write(json.dumps([name, *arguments]) + "\n")
    if os.environ.get("CONDA_ALWAYS_YES") != "true" or os.environ.get("MAMBA_ALWAYS_YES") != "true":
        sys.exit("Proceed ([y]/n)?")
    channel = json.loads((folder / "channel.json").read_text())
    words = arguments[1:] if arguments[:1] == ["env"] else arguments
    create, quiet, prefix_option, prefix, file_option, file = words
    if (create, quiet, prefix_option, file_option) != ("create", "--quiet", "--prefix", "--file"):
        sys.exit(f"{name}: unknown arguments {arguments}")
    text = Path(file).read_text()
    if words is arguments:
        check_explicit(text, channel["packages"])
    elif not file.endswith(".yml"):
        sys.exit(f"EnvironmentFileExtensionNotValid: {file}")
    elif "complaint" in channel:
        sys.exit(channel["complaint"])
    install(Path(prefix), channel, folder)
    if words is not arguments:
        for one in channel["pip"]:
            (site_of(Path(prefix)) / f"{one}.dist-info").mkdir()


def check_explicit(text: str, packages: list[dict[str, str]]) -> None:
    """Refuse a list that is not of these packages, or has one before what it needs."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    if lines[0] != "@EXPLICIT":
        sys.exit("not an explicit list")
    if lines[1:] != [f"{one['url']}#{one['md5']}" for one in packages]:
        sys.exit(f"PackagesNotFoundError: {lines[1:]}")


def install(prefix: Path, channel: dict[str, list[dict[str, str]]], folder: Path) -> None:
    """Make the environment: a virtual one of that interpreter, with pip and the records."""
    venv.create(prefix, with_pip=False, symlinks=True)
    site = site_of(prefix)
    (site / "pip").mkdir()
    (site / "pip" / "__main__.py").write_text(PIP.format(calls=str(folder / "calls.jsonl")))
    if "path" in channel:
        (site / "packages.pth").write_text(f"{channel['path']}\n")
    (prefix / "conda-meta").mkdir()
    for one in channel["packages"]:
        info = f"{one['name']}-{one['version']}.dist-info"
        (site / info).mkdir()
        files = [str((site / info / "METADATA").relative_to(prefix))]
        record = prefix / "conda-meta" / f"{one['name']}-{one['version']}-0.json"
        record.write_text(json.dumps({**one, "files": files}))


def site_of(prefix: Path) -> Path:
    """Where the packages of an environment lie."""
    return next(prefix.glob("lib/python*/site-packages"))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
