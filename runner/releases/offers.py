"""What an index offers of a project: its releases, read from the names and days of its files.

Owns what counts as a release: a version with a file that could be installed on Linux x86-64, the
platform whose Pythons the data lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from crossload.runner.releases.pages import IndexFile


@dataclass(frozen=True)
class Release:
    """One version of a project.

    `pythons` are the minor versions with a wheel of their own, none for a package in plain Python;
    `size` is that of its largest wheel in bytes; `projects` are the names under which it exists.
    """

    version: Version
    day: date | None
    pythons: tuple[str, ...]
    yanked: bool
    size: int | None
    projects: tuple[str, ...]

    @property
    def minor(self) -> str:
        """The first two numbers: "2.16" for 2.16.2."""
        return f"{self.version.major}.{self.version.minor}"

    @property
    def is_pre(self) -> bool:
        """Whether it was published for trying out."""
        return self.version.is_prerelease


@dataclass(frozen=True)
class Offer:
    """All releases of a project, oldest first."""

    releases: tuple[Release, ...]

    def usable(self, *, pre: bool) -> tuple[Release, ...]:
        """Those that were not taken back; those for trying out only where wanted."""
        return tuple(one for one in self.releases if not one.yanked and (pre or not one.is_pre))

    def newest_of(self, minor: str, *, pre: bool) -> Release | None:
        """The newest usable patch of a minor version."""
        fitting = [one for one in self.usable(pre=pre) if one.minor == minor]
        # A version for trying out only where there is no other.
        return max(fitting, key=lambda one: (not one.is_pre, one.version), default=None)

    def find(self, version: str) -> Release | None:
        """The release of exactly this version; a local label (`+cpu`) does not count."""
        public = Version(Version(version).public)
        return next((one for one in self.releases if one.version == public), None)


@dataclass(frozen=True)
class _Part:
    project: str
    file: IndexFile
    pythons: frozenset[str] = frozenset()
    is_wheel: bool = False


def make_offer(projects: Sequence[tuple[str, Iterable[IndexFile]]]) -> Offer:
    """The releases of one framework, from the files of its projects by their names."""
    versions: dict[Version, list[_Part]] = defaultdict(list)
    for project, files in projects:
        for file in files:
            read = _read(project, file)
            if read is not None:
                versions[Version(read[0].public)].append(read[1])
    releases = (_release(version, parts) for version, parts in versions.items())
    return Offer(tuple(sorted(releases, key=lambda one: one.version)))


def _read(project: str, file: IndexFile) -> tuple[Version, _Part] | None:
    """The version of a file and what is in it; None for other platforms and kinds of file."""
    try:
        if file.name.endswith(".whl"):
            name, version, _, tags = parse_wheel_filename(file.name)
            fitting = [tag for tag in tags if _is_for_data_platform(tag)]
            if name != project or not fitting:
                return None
            found = frozenset(filter(None, map(_python, fitting)))
            return version, _Part(project, file, found, is_wheel=True)
        name, version = parse_sdist_filename(file.name)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return (version, _Part(project, file)) if name == project else None


def _is_for_data_platform(tag: Tag) -> bool:
    wheel_platform = tag.platform
    fits = "linux" in wheel_platform and wheel_platform.endswith("x86_64")
    return (fits or wheel_platform == "any") and not tag.interpreter.startswith(("cp2", "py2"))


def _python(tag: Tag) -> str | None:
    """The minor version of CPython that a wheel is built for: "3.11" for `cp311`."""
    digits = tag.interpreter.removeprefix("cp")
    is_own = tag.interpreter != digits and digits.isdigit() and len(digits) > 1
    return f"{digits[0]}.{digits[1:]}" if is_own else None


def _release(version: Version, parts: Sequence[_Part]) -> Release:
    days = [part.file.day for part in parts if part.file.day]
    sizes = [part.file.size for part in parts if part.is_wheel and part.file.size]
    pythons = {python for part in parts for python in part.pythons}
    return Release(
        version=version,
        day=min(days, default=None),
        pythons=tuple(sorted(pythons, key=Version)),
        yanked=all(part.file.yanked for part in parts),
        size=max(sizes, default=None),
        projects=tuple(dict.fromkeys(part.project for part in parts)),
    )
