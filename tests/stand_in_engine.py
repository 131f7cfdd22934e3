"""Stands in for docker, podman and apptainer: `python stand_in_engine.py NAME FOLDER ARGUMENTS...`.

Owns what an engine does that crossload relies on. It knows the options that crossload uses and
refuses all others; it does what they ask for by bubblewrap: mounts, read-only or not, no network,
nothing but the given variables. FOLDER has `images.json` (name, ID and interpreter of each image)
and `calls.jsonl`, to which every call is appended. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FLAGS = {
    "docker": ("--rm", "--interactive", "--init", "--read-only"),
    "apptainer": ("--containall", "--cleanenv", "--no-privs", "--net"),
}
VALUES = {
    "docker": ("--name", "--pull", "--network", "--cap-drop", "--security-opt", "--user",
               "--userns", "--memory", "--memory-swap", "--pids-limit", "--shm-size", "--ulimit",
               "--mount", "--tmpfs", "--workdir", "--env", "--entrypoint"),
    "apptainer": ("--network", "--security", "--bind", "--pwd"),
}  # fmt: skip
NOT_SHARED = {"tmp", "proc", "dev", "probes", "artifacts", "scratch"}


def main(engine: str, folder: Path, arguments: list[str]) -> None:
    """Do what the engine would; ends this process."""
    with (folder / "calls.jsonl").open("a") as log:
        log.write(json.dumps([engine, *arguments]) + "\n")
    images = json.loads((folder / "images.json").read_text())
    kind = "apptainer" if engine == "apptainer" else "docker"
    if arguments[:2] == ["image", "inspect"]:
        inspect(engine, images, arguments[2:])
    elif arguments[:2] == ["rm", "--force"]:
        sys.exit(0)
    elif arguments[:2] == ["--quiet", "exec"] and kind == "apptainer":
        run(kind, images, arguments[2:])
    elif arguments[:1] == ["run"] and kind == "docker":
        run(kind, images, arguments[1:])
    sys.exit(f"{engine}: unknown command {arguments}")


def inspect(engine: str, images: dict[str, dict[str, str]], arguments: list[str]) -> None:
    """Print the ID of an image as docker (with its algorithm) or podman (without) does."""
    option, template, name = arguments
    if (option, template) != ("--format", "{{.Id}}"):
        sys.exit(f"unknown options {arguments}")
    if name not in images:
        sys.exit(f"Error: No such image: {name}")
    found = images[name]["id"]
    sys.stdout.write(found if engine == "docker" else found.partition(":")[2])
    sys.exit(0)


def run(kind: str, images: dict[str, dict[str, str]], arguments: list[str]) -> None:
    """Run a command as in a container."""
    options: list[tuple[str, str]] = []
    rest = list(arguments)
    while rest[0].startswith("-"):
        name = rest.pop(0)
        if name in VALUES[kind]:
            options.append((name, rest.pop(0)))
        elif name not in FLAGS[kind]:
            sys.exit(f"unknown flag: {name}")
    reference, *words = rest
    image = next((one for one in images.values() if one["id"] == reference), None)
    if image is None:
        sys.exit(f"Unable to find image {reference!r} locally")
    words = [value for name, value in options if name == "--entrypoint"] + words
    if words[0] == "python3":
        words[0] = image["python"]
    command, variables = contained(options, Path(image["python"]).parent.parent)
    os.execvpe("bwrap", [*command, "--", *words], variables)


def contained(options: list[tuple[str, str]], prefix: Path) -> tuple[list[str], dict[str, str]]:
    """The command line of bubblewrap, and the variables inside; `prefix` is in the image."""
    command = ["bwrap", "--unshare-net", "--die-with-parent", "--tmpfs", "/"]
    for path in sorted(Path("/").iterdir()):
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir() and path.name not in NOT_SHARED:
            command += ["--ro-bind", str(path), str(path)]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    command += ["--ro-bind", str(prefix), str(prefix)]
    variables = {"PATH": os.environ["PATH"], "OF_THE_IMAGE": "1"}
    mark = "APPTAINERENV_"
    variables |= {k[len(mark) :]: v for k, v in os.environ.items() if k.startswith(mark)}
    for name, value in options:
        if name == "--mount":
            parts = dict(part.partition("=")[::2] for part in value.split(","))
            how = "--ro-bind" if "readonly" in parts else "--bind"
            command += [how, parts["source"], parts["target"]]
        elif name == "--bind":
            source, target, mode = value.split(":")
            command += ["--bind" if mode == "rw" else "--ro-bind", source, target]
        elif name in {"--workdir", "--pwd"}:
            command += ["--chdir", value]
        elif name == "--env":
            variables[value.partition("=")[0]] = value.partition("=")[2]
    return [*command, "--remount-ro", "/"], variables


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
