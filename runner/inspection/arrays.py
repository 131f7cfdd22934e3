"""The arrays of an HDF5 file: a walk that opens nothing outside the file and reads no values.

Owns the distrust of what HDF5 can name: other files, endless shapes, groups inside themselves. It
runs in the reading child alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import h5py

from crossload.runner.inspection.model import Finding, FindingKind, Weights
from crossload.runner.inspection.scanning import is_unsafe

_MAX_ITEMS = 60_000
_FAR_MORE = 100  # times the stored bytes
_WINDOWS = "\\"  # Keras up to 2.15 joins the paths of its archives as the system does
_LARGE = 50_000_000
_OPTIMIZER_ROOTS = ("optimizer_weights/", "optimizer/", "_optimizer/")
# States that begin anew with each evaluation.
_METRICS_ROOTS = (
    "metrics/",
    "compile_metrics/",
    "_compile_metrics/",
    "_metrics/",
    "_loss_tracker/",
)


@dataclass
class Arrays:
    """What a walk over a file found; `weights` leaves the optimizer's arrays out.

    `optimizer` is the name that Keras 3 leaves beside its state, `is_named` whether it left names
    beside states at all. `of_windows` says that the paths of layers have the separator of Windows.
    """

    weights: list[tuple[int, int, str]] = field(default_factory=list)  # values, bytes, type
    slots: int = 0
    findings: list[Finding] = field(default_factory=list)
    optimizer: str | None = None
    is_named: bool = False
    of_windows: bool = False

    def add(self, kind: FindingKind, text: str, where: str) -> None:
        self.findings.append(Finding(kind=kind, text=text, where=where))


def weights_of(arrays: Arrays) -> Weights:
    """Count and size of a file's arrays, as declared."""
    return Weights(
        arrays=len(arrays.weights),
        values=sum(values for values, _, _ in arrays.weights),
        bytes=sum(size for _, size, _ in arrays.weights),
        dtypes=tuple(sorted({dtype for _, _, dtype in arrays.weights})),
    )


def own_group(parent: h5py.Group, name: str) -> h5py.Group | None:
    """A group that lies in this file, None for a link to elsewhere and whatever else it is."""
    try:
        if isinstance(parent.get(name, getlink=True), h5py.HardLink):
            found = parent.get(name)
            return found if isinstance(found, h5py.Group) else None
    except (KeyError, OSError, RuntimeError, ValueError):
        pass  # damaged: the walk says so
    return None


def walk_arrays(root: h5py.Group, got_on: Callable[[Arrays], None] | None = None) -> Arrays:
    """Every dataset below `root`, without following any link but HDF5's own tree.

    Args:
        root: where to begin.
        got_on: is called with what is known after each item.
    """
    arrays = Arrays()
    pending: list[tuple[str, h5py.Group]] = [("", root)]
    seen = {_address(root)}
    left = _MAX_ITEMS
    while pending:
        prefix, group = pending.pop()
        for name in _names(group, arrays, prefix):
            left -= 1
            if left < 0:
                text = f"more than {_MAX_ITEMS} items; the rest is not looked at"
                arrays.add(FindingKind.FAILED, text, prefix)
                return arrays
            where = f"{prefix}/{name}"[-1000:]
            try:
                _visit(group, name, where, arrays, pending, seen)
            except Exception as error:  # noqa: BLE001  (damage makes h5py raise nearly anything)
                arrays.add(FindingKind.DAMAGED, f"{type(error).__name__}: {error}", where)
            if got_on is not None:
                got_on(arrays)
    return arrays


def _names(group: h5py.Group, arrays: Arrays, prefix: str) -> Iterator[str]:
    try:
        yield from group
    except Exception as error:  # noqa: BLE001  (as above)
        arrays.add(FindingKind.DAMAGED, f"{type(error).__name__}: {error}", prefix or "/")


def _visit(
    group: h5py.Group,
    name: str,
    where: str,
    arrays: Arrays,
    pending: list[tuple[str, h5py.Group]],
    seen: set[int],
) -> None:
    link = group.get(name, getlink=True)
    if name == ".." or is_unsafe(name):
        arrays.add(FindingKind.UNSAFE_NAME, f"an item is called {name!r}", where)
    if isinstance(link, h5py.ExternalLink):
        text = f"is a link to {link.path!r} in {link.filename!r}"
        arrays.add(FindingKind.READS_FILES, text, where)
        return
    if not isinstance(link, h5py.HardLink):
        arrays.add(FindingKind.ODD, "is a soft link, not followed", where)
        return
    item = group[name]
    if isinstance(item, h5py.Group):
        address = _address(item)
        if address in seen:
            arrays.add(FindingKind.DAMAGED, "is a group that is also elsewhere", where)
            return
        seen.add(address)
        _look_for_name(item, where, arrays)
        pending.append((where, item))
    elif isinstance(item, h5py.Dataset):
        _look_at(item, arrays, where)


def _address(group: h5py.Group) -> int:
    return int(h5py.h5o.get_info(group.id).addr)


def _look_for_name(group: h5py.Group, where: str, arrays: Arrays) -> None:
    """Keras 3 writes the name of each object beside its states."""
    if where.endswith("/vars") and "name" in group.attrs:
        arrays.is_named = True
        name = group.attrs["name"]
        if where == "/optimizer/vars" and isinstance(name, str):
            arrays.optimizer = name


def _look_at(item: h5py.Dataset, arrays: Arrays, where: str) -> None:
    values = math.prod(int(size) for size in item.shape or ())
    size = values * item.dtype.itemsize
    if item.external:
        arrays.add(FindingKind.READS_FILES, f"its data are in {item.external[0][0]!r}", where)
    elif item.is_virtual:
        names = sorted({source.file_name for source in item.virtual_sources()} - {"."})
        text = f"its data are put together from {', '.join(map(repr, names[:3])) or 'elsewhere'}"
        arrays.add(FindingKind.READS_FILES, text, where)
    else:
        stored = item.id.get_storage_size()
        if size > _LARGE and size > _FAR_MORE * max(1, stored):
            text = f"declares {size} bytes and stores {stored}"
            arrays.add(FindingKind.OVERSIZED, text, where)
        elif size > 0 and stored == 0:
            arrays.add(FindingKind.MISSING, f"stores none of its {size} bytes", where)
    inside = where.lstrip("/")
    if _WINDOWS in inside:
        arrays.of_windows = True
        inside = inside.replace(_WINDOWS, "/")
    if inside.startswith(_OPTIMIZER_ROOTS):
        arrays.slots += 1
    elif not inside.startswith(_METRICS_ROOTS):
        arrays.weights.append((values, size, str(item.dtype)))
