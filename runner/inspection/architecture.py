"""Facts of a text: a model's architecture as JSON or YAML, or the list of weights in several files.

Owns these two. YAML is read by PyYAML's safe loader: no tag of it makes an object.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from crossload.runner.inspection import bytecode, configuration, scanning
from crossload.runner.inspection.model import (
    Contents,
    Finding,
    FindingKind,
    Inspection,
    Origin,
    worst_first,
)
from crossload.runner.words import Container, Format

_CAP = 64_000_000
_YAML_CAP = 1_000_000  # PyYAML takes twenty seconds for more
_MAX_VALUES = 200_000  # once aliases are written out
_BRACKETS = re.compile(rb"[\[\]{}]")
_PYTHON_TAG = "tag:yaml.org,2002:python/"
_DATA_TAGS = frozenset({"tuple", "list", "dict", "str", "unicode", "int", "float", "bool", "none"})


def inspect_architecture(path: Path) -> Inspection:
    """Read a JSON or YAML file."""
    if path.stat().st_size > _CAP:
        return _nothing(FindingKind.FAILED, f"more than {_CAP} bytes, not read")
    data = path.read_bytes()
    twice: list[str] = []
    findings: list[Finding] = []
    try:
        start = data[:400].decode(configuration.encoding_of(data), "replace").lstrip()
        is_json = start.startswith("{") and path.suffix not in {".yaml", ".yml"}
        text = data if is_json else _from_yaml(data, findings)
        model = configuration.parse(text, twice)
    except _TooLargeError as error:
        return _nothing(FindingKind.FAILED, str(error))
    except configuration.NotAConfigurationError as error:
        return _nothing(FindingKind.DAMAGED, str(error))
    for key in dict.fromkeys(twice):
        text_of = f"has the key {key!r} twice in one object"
        findings.append(Finding(kind=FindingKind.DAMAGED, text=text_of))
    if isinstance(model.get("weight_map"), dict):
        from crossload.runner.inspection.shards import inspect_shards  # noqa: PLC0415  (it needs h5py)

        return inspect_shards(path, model, findings)
    if not isinstance(model.get("class_name"), str):
        return _nothing(FindingKind.DAMAGED, "JSON, but not the architecture of a model")
    return _described(model, findings)


def _described(model: dict[str, configuration.Json], findings: list[Finding]) -> Inspection:
    version, backend = model.get("keras_version"), model.get("backend")
    keras = version if isinstance(version, str) else None
    return Inspection(
        container=Container.ARCHITECTURE,
        contents=Contents.ARCHITECTURE,
        format=Format.JSON_WEIGHTS,
        generation=configuration.generation(model, keras),
        origin=Origin(
            keras=keras,
            backend=backend if isinstance(backend, str) else None,
            python=next(bytecode.pythons(model), None),
        ),
        model_class=str(model["class_name"]),
        objects=configuration.model_objects(model),
        findings=worst_first([*findings, *scanning.scan(model)]),
    )


def _nothing(kind: FindingKind, text: str) -> Inspection:
    return Inspection(
        container=Container.ARCHITECTURE,
        contents=Contents.NOTHING,
        findings=(Finding(kind=kind, text=text),),
    )


class _TooLargeError(ValueError):
    """More YAML than is read."""


class _Loader(yaml.SafeLoader):
    """Plain data alone; remembers the tags that other loaders would have obeyed."""

    obeyed: list[str]


def _ignore_tag(loader: _Loader, suffix: str, node: yaml.Node) -> object:
    if suffix.partition(":")[0] not in _DATA_TAGS:
        loader.obeyed.append(suffix)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return node.value


_Loader.add_multi_constructor(_PYTHON_TAG, _ignore_tag)


def _from_yaml(data: bytes, findings: list[Finding]) -> bytes:
    """The same as JSON: that also makes a tree of whatever aliases pretended to be one."""
    if len(data) > _YAML_CAP:
        raise _TooLargeError(f"YAML of more than {_YAML_CAP} bytes, not read")
    if _flow_depth(data) > configuration.MAX_DEPTH:  # the time that PyYAML takes is its square
        raise configuration.NotAConfigurationError("YAML nested too deep")
    loader = None
    try:
        loader = _Loader(data)
        loader.obeyed = []
        value = loader.get_single_data()
        _check_size(value)
        text = json.dumps(value).encode()
    except yaml.YAMLError as error:
        line = str(error).splitlines()[0]
        raise configuration.NotAConfigurationError(f"not YAML: {line}") from None
    except (TypeError, ValueError, RecursionError, AttributeError) as error:
        raise configuration.NotAConfigurationError(f"not plain data: {error}") from None
    finally:
        if loader is not None:
            loader.dispose()
    for tag in dict.fromkeys(loader.obeyed):
        note = f"has the tag !!python/{tag}, for which old loaders run code"
        findings.append(Finding(kind=FindingKind.CODE, text=note))
    return text


def _flow_depth(data: bytes) -> int:
    """How deep brackets are nested; those in texts count too, which are few."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(data):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _check_size(value: object) -> None:
    """Refuse what aliases blow up: a thousand bytes of them can mean more than any memory holds."""
    pending, left = [value], _MAX_VALUES
    while pending:
        one = pending.pop()
        left -= 1 + (len(one) // 1000 if isinstance(one, str) else 0)
        if left < 0:
            raise configuration.NotAConfigurationError(
                "YAML whose aliases expand to far more than the file holds"
            )
        if isinstance(one, dict):
            pending.extend(one.values())
        elif isinstance(one, (list, tuple, set)):
            pending.extend(one)
