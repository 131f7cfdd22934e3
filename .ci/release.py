"""Checks, builds and tags a release: `python .ci/release.py [--dry-run]`, or `make release`.

Owns the conditions of a release, the build and the tag; `make` runs lint and tests before. Nothing
is pushed or uploaded. Exit code 1: a condition is not met, and nothing was tagged.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.metadata import Metadata

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SECTION = re.compile(r"^## (\S+) \(([^)]+)\)$", re.MULTILINE)


def output(root: Path, *command: str | Path) -> str:
    """What a command prints.

    Raises:
        subprocess.CalledProcessError: it failed; its standard error went to the terminal.
    """
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def version_of(root: Path) -> str:
    """The version of the package in the clone at `root`."""
    text = (root / "crossload" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    assert found, "crossload/__init__.py has no __version__"
    return found[1]


def problems(root: Path) -> Iterator[str]:
    """What stands in the way of tagging the clone at `root`, each in one sentence."""
    version = version_of(root)
    if output(root, "git", "status", "--porcelain"):
        yield "the working tree has changes: commit them first"
    branch = output(root, "git", "branch", "--show-current")
    if branch != "main":
        yield f"the branch is {branch!r}: releases are made from 'main'"
    if output(root, "git", "tag", "--list", f"v{version}"):
        yield f"the tag v{version} is already there: raise the version in crossload/__init__.py"
    newest = SECTION.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if newest is None or newest[1] != version:
        yield f"the newest section of CHANGELOG.md is not '## {version} (<date>)'"
    elif not re.fullmatch(r"\d{4}-\d{2}-\d{2}", newest[2]):
        yield f"the section of {version} in CHANGELOG.md has no date, but ({newest[2]})"


def build(root: Path, folder: Path) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from it."""
    subprocess.run([BIN / "uv", "build", "--quiet", "--out-dir", folder, root], check=True)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def check_metadata(sdist: Path, wheel: Path, version: str) -> None:
    """Check the metadata of both.

    Raises:
        ExceptionGroup: a field is missing or wrong.
        AssertionError: they are of another version.
    """
    with tarfile.open(sdist) as archive:
        (name,) = (one for one in archive.getnames() if re.fullmatch("[^/]+/PKG-INFO", one))
        member = archive.extractfile(name)
        assert member is not None
        texts = [member.read()]
    with zipfile.ZipFile(wheel) as zipped:
        (name,) = (one for one in zipped.namelist() if one.endswith(".dist-info/METADATA"))
        texts.append(zipped.read(name))
    for text in texts:
        metadata = Metadata.from_email(text, validate=True)
        assert (metadata.name, str(metadata.version)) == ("crossload", version)
        assert metadata.description
        assert metadata.license_expression == "Apache-2.0"


def check_wheel(wheel: Path, version: str) -> None:
    """Install the wheel into a new environment outside the clone, use it, and list what is in it.

    Raises:
        subprocess.CalledProcessError: it cannot be installed, or a command fails.
        AssertionError: it says that it is another version.
    """
    with tempfile.TemporaryDirectory(prefix="crossload-release-") as text:
        folder = Path(text)
        programs = folder / "venv" / "bin"
        output(folder, BIN / "uv", "venv", "--quiet", "--python", sys.executable, "venv")
        output(
            folder, BIN / "uv", "pip", "install", "--quiet", "--python", programs / "python", wheel
        )
        assert output(folder, programs / "crossload", "--version") == f"crossload {version}"
        output(folder, programs / "crossload", "init")
        output(folder, programs / "crossload", "plan")
        write_bill(programs / "python", wheel.with_suffix(".cdx.json"))


def write_bill(python: Path, target: Path) -> None:
    """Write the bill of materials (CycloneDX) of the environment that the wheel was installed in.

    Raises:
        subprocess.CalledProcessError: the tool cannot be fetched, or fails.
        ValueError: what it wrote does not name crossload.
    """
    tool = (BIN / "uv", "tool", "run", "--quiet", "--from", "cyclonedx-bom>=7,<8", "cyclonedx-py")
    options = ("--output-reproducible", "--output-format", "JSON", "--output-file", target)
    output(target.parent, *tool, "environment", *options, python)
    bill = json.loads(target.read_text(encoding="utf-8"))
    (own,) = (one for one in bill["components"] if one["name"] == "crossload")
    own.pop("externalReferences", None)  # where the wheel lay on this machine
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Check, build and, unless it is a dry run, tag."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dry-run", action="store_true", help="do all but the tag")
    args = parser.parse_args()
    version = version_of(ROOT)
    found = list(problems(ROOT))
    for problem in found:
        print(f"release: {problem}", file=sys.stderr)
    if found and not args.dry_run:
        return 1
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    sdist, wheel = build(ROOT, ROOT / "dist")
    check_metadata(sdist, wheel, version)
    check_wheel(wheel, version)
    bill = wheel.with_suffix(".cdx.json").name
    print(f"built and checked dist/{sdist.name} and dist/{wheel.name}, and wrote dist/{bill}")
    if args.dry_run:
        print(f"dry run: v{version} was not tagged")
        return int(bool(found))
    output(ROOT, "git", "tag", "--annotate", f"v{version}", "--message", f"crossload {version}")
    print(
        f"tagged v{version}; now: git push origin v{version} && uv publish dist/*.tar.gz dist/*.whl"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
