"""The rows that a matrix is missing: their names, their values, and where in the file they belong.

Owns the choice. A row goes to an axis over the same framework if the file has one, else it becomes
an environment of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from packaging.version import Version

from crossload.runner.config.fields import BUNDLED
from crossload.runner.config.form import SINGLE, AxisGroup
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.config.naming import from_template
from crossload.runner.config.problems import Problems
from crossload.runner.config.yaml_source import parse_yaml
from crossload.runner.releases.comparison import Comparison, Subject
from crossload.runner.releases.edits import Entry, Item, Value
from crossload.runner.releases.offers import Offer, Release
from crossload.runner.versions import minor_of
from crossload.runner.words import Api

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class NewRow:
    """A row to be added, and the addition to the file that makes it."""

    spec: EnvironmentSpec
    addition: Entry | Item


@dataclass(frozen=True)
class LeftOut:
    """A release that gets no row, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Rows:
    """All rows that a matrix is missing; those that cannot be added are reported."""

    new: tuple[NewRow, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Axis:
    """A group of axes with a list of versions for one framework; everything else is single."""

    name: str
    template: str
    fixed: Mapping[str, str]


def missing_rows(
    text: str,
    specs: Sequence[EnvironmentSpec],
    comparisons: Iterable[Comparison],
    tensorflow: Offer,
) -> Rows:
    """A row for each minor version that the comparisons miss.

    Args:
        text: The matrix file, which was read without mistakes.
        specs: Its rows.
        comparisons: With the index.
        tensorflow: What the index has of it, which Keras and tf-keras need beside them.
    """
    groups = _groups(text)
    names = {spec.name for spec in specs}
    new: list[NewRow] = []
    left: list[LeftOut] = []
    for one in comparisons:
        for release in one.missing:
            what = f"{one.subject.name} {release.version}"
            if release.day is None:
                left.append(LeftOut(what, "the index does not give its release day"))
                continue
            known = [*specs, *(row.spec for row in new)]
            if one.subject.backend is None:
                row = _row(one.subject.key, release, groups, _Beside(known, tensorflow))
            else:
                row = _on_backend(one.subject, release, known)
            if row is None:
                left.append(LeftOut(what, "no TensorFlow is known to go with it"))
            elif row.spec.name in names:
                left.append(LeftOut(what, f"the matrix has another row named {row.spec.name!r}"))
            else:
                names.add(row.spec.name)
                new.append(row)
    return Rows(tuple(new), tuple(left))


@dataclass(frozen=True)
class _Beside:
    """Where the TensorFlow beside another framework comes from: the rows, or the index."""

    specs: Sequence[EnvironmentSpec]
    offer: Offer

    def of_minor(self, minor: str) -> str | None:
        """The TensorFlow of a minor version, as the rows pin it, else its newest patch."""
        pinned = [one.tensorflow for one in self.specs if one.tensorflow]
        same = [each for each in pinned if minor_of(each) == minor]
        if same:
            return max(same, key=Version)
        release = self.offer.newest_of(minor, pre=False)
        return str(release.version) if release else None

    def of_keras(self, major: int) -> str | None:
        """The one that most rows with this Keras have, the newest of those; else the newest."""
        beside = [
            spec.tensorflow
            for spec in self.specs
            if spec.tensorflow and spec.keras and Version(spec.keras).major == major
        ]
        if beside:
            return max(beside, key=lambda each: (beside.count(each), Version(each)))
        pinned = [spec.tensorflow for spec in self.specs if spec.tensorflow]
        if pinned:
            return max(pinned, key=Version)
        newest = self.offer.usable(pre=False)
        return str(newest[-1].version) if newest else None


def _row(
    key: str, release: Release, groups: Mapping[str, AxisGroup], beside: _Beside
) -> NewRow | None:
    version = str(release.version)
    axis = _axis(key, groups)
    if axis is not None:
        values = {**axis.fixed, key: version}
        spec = EnvironmentSpec.model_validate(
            {**values, "name": from_template(axis.template, values)}
        )
        return NewRow(spec, Item(("axes", axis.name, key), version))
    if key == "tensorflow":
        return _environment(f"tf{release.minor}", {"tensorflow": version})
    if key == "keras":
        tensorflow = beside.of_keras(release.version.major)
        name = f"tf{minor_of(tensorflow)}-keras{release.minor}" if tensorflow else ""
        values = {"keras": version}
    else:
        tensorflow = beside.of_minor(release.minor)
        name = f"tf{release.minor}-tfkeras"
        values = {"api": str(Api.TF_KERAS), "tf_keras": version}
    return _environment(name, {"tensorflow": tensorflow, **values}) if tensorflow else None


def _on_backend(
    subject: Subject, release: Release, specs: Sequence[EnvironmentSpec]
) -> NewRow | None:
    """The newest row of that backend, with another version of Keras or of the backend's package."""
    rows = [one for one in specs if one.backend is subject.backend and one.keras]
    project = subject.projects[0]
    if not subject.key:
        rows = [one for one in rows if project in one.packages]
    if not rows:
        return None
    like = max(rows, key=lambda one: Version(one.keras or "0"))
    values = like.model_dump(mode="json", exclude_defaults=True, exclude={"name"})
    values.pop("resolve", None)
    if subject.key:
        return _environment(
            f"keras{release.minor}-{subject.backend}", {**values, "keras": str(release.version)}
        )
    label = Version(like.packages[project].removeprefix("==")).local
    pinned = f"{release.version}+{label}" if label else str(release.version)
    # By default the other packages are those of the time of Keras, which may be long before.
    day = (release.day or date.max - _WEEK) + _WEEK
    values |= {"packages": {**like.packages, project: pinned}, "resolve": day.isoformat()}
    return _environment(f"keras{minor_of(like.keras or '')}-{project}{release.minor}", values)


def _environment(name: str, values: Mapping[str, Value]) -> NewRow:
    spec = EnvironmentSpec.model_validate({"name": name, **values})
    return NewRow(spec, Entry(("environments",), name, {**values}, flow=True))


def _groups(text: str) -> dict[str, AxisGroup]:
    """The groups that could take a row: those whose list has more than one value."""
    tree = parse_yaml(text, Problems(""))
    axes = tree.get("axes") if isinstance(tree, dict) else None
    if not isinstance(axes, dict):
        return {}
    return {
        name: AxisGroup.model_validate(group)
        for name, group in axes.items()
        if isinstance(group, dict) and any(isinstance(each, list) for each in group.values())
    }


def _axis(key: str, groups: Mapping[str, AxisGroup]) -> _Axis | None:
    """The first group that varies this framework and nothing else."""
    for name, group in groups.items():
        values = {each: tuple(map(str, getattr(group, each))) for each in SINGLE}
        others = {each: found for each, found in values.items() if each != key and found}
        is_plain = not (group.packages or group.variables or group.libraries or group.exclude)
        fits = is_plain and all(len(found) == 1 for found in others.values())
        if not fits or len(values[key]) < 2 or group.name is None:
            continue
        fixed = {each: found[0] for each, found in others.items()}
        if _is_meant(key, fixed) and f"{{{key}" in group.name:
            return _Axis(name, group.name, fixed)
    return None


def _is_meant(key: str, fixed: Mapping[str, str]) -> bool:
    """Whether a row of the group shows this framework, and not another beside it."""
    if fixed.get("python", "auto") != "auto":
        return False
    if key == "tensorflow":
        others = {"tf_keras", "backend", "api"}
        return fixed.get("keras", BUNDLED) == BUNDLED and not others & fixed.keys()
    if key == "keras":
        return "tensorflow" in fixed and "tf_keras" not in fixed and "backend" not in fixed
    return False  # tf-keras needs another TensorFlow for each of its versions
