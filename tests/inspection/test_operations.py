"""SavedModels: what their operations do outside of the model, and what their signatures are."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.inspection.model import (
    Contents,
    Finding,
    FindingKind,
    Risk,
    SignatureFact,
    TensorFact,
)
from crossload.runner.inspection.reading import read
from tests.inspection.making import field, kinds, write_checkpoint, write_savedmodel

OBJECTS = {"_CHECKPOINTABLE_OBJECT_GRAPH": (7, (), 50)}


def text_of(key: str, value: str) -> bytes:
    """An attribute that is a text."""
    return field(5, field(1, key) + field(2, field(2, value)))


def constant(name: str, *values: str) -> bytes:
    tensor = field(1, 7) + b"".join(field(8, one) for one in values)
    return node(name, "Const", more=field(5, field(1, "value") + field(2, field(8, tensor))))


def call(name: str, function: str, *inputs: str) -> bytes:
    called = field(5, field(1, "f") + field(2, field(10, field(1, function))))
    return node(name, "StatefulPartitionedCall", *inputs, more=called)


def node(name: str, operation: str, *inputs: str, more: bytes = b"") -> bytes:
    given = b"".join(field(3, one) for one in inputs)
    return field(1, name) + field(2, operation) + given + more


def function(name: str, arguments: tuple[str, ...], *nodes: bytes) -> bytes:
    named = b"".join(field(2, field(1, one)) for one in arguments)
    return field(1, field(1, name) + named) + b"".join(field(3, one) for one in nodes)


def model(
    folder: Path, *nodes: bytes, functions: tuple[bytes, ...] = (), more: bytes = b""
) -> Path:
    """A SavedModel of TensorFlow 2 with this graph."""
    library = b"".join(field(1, one) for one in functions)
    graph = b"".join(field(1, one) for one in nodes) + field(2, library)
    meta = field(1, field(5, "2.15.1")) + field(2, graph) + more + field(7, b"")
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(field(1, 1) + field(2, meta))
    write_checkpoint(folder / "variables" / "variables", OBJECTS)
    return folder


def in_a_function(folder: Path, *nodes: bytes) -> tuple[Finding, ...]:
    return read(model(folder, functions=(function("f", ("x",), *nodes),))).findings


SAVER = field(3, field(1, "saver_filename:0") + field(2, "save:0") + field(3, "restore"))
SAVE = function(
    "traced_save",
    ("file_prefix", "v"),
    constant("part", "_temp/part"),
    node("join", "StringJoin", "file_prefix", "part:output:0"),
    node("shard", "ShardedFilename", "join:output:0"),
    node("w", "SaveV2", "shard:filename:0", "names", "slices", "v"),
    node("merge", "MergeV2Checkpoints", "w", "file_prefix"),
)
RESTORE = function(
    "traced_restore", ("file_prefix",), node("r", "RestoreV2", "file_prefix", "names")
)


def test_what_a_saver_does_is_not_a_finding(tmp_path: Path) -> None:
    found = read(
        model(
            tmp_path / "sm",
            node("saver_filename", "Placeholder"),
            call("save", "traced_save", "saver_filename", "v"),
            call("restore", "traced_restore", "saver_filename"),
            functions=(SAVE, RESTORE),
            more=SAVER,
        )
    )
    assert (found.findings, found.contents) == ((), Contents.GRAPH_ALONE)
    assert set(found.operations) >= {"SaveV2", "RestoreV2", "MergeV2Checkpoints"}


def test_the_saver_of_tensorflow_1_is_not_a_finding(tmp_path: Path) -> None:
    names = field(3, field(1, "save/Const:0") + field(2, "save/dep:0") + field(3, "save/all"))
    nodes = (
        constant("save/Const", "model"),
        node("save/SaveV2", "SaveV2", "save/Const"),
        node("save/RestoreV2", "RestoreV2", "save/Const"),
    )
    assert read(model(tmp_path / "sm", *nodes, more=names)).findings == ()


def test_a_saver_that_names_its_own_file_is_reported(tmp_path: Path) -> None:
    """The prefix that the function gets from the graph is not the one of whoever loads it."""
    found = read(
        model(
            tmp_path / "sm",
            constant("mine", "/etc/x"),
            node("saver_filename", "Placeholder"),
            call("save", "traced_save", "mine", "v"),
            call("restore", "traced_restore", "mine"),
            functions=(SAVE, RESTORE),
            more=SAVER,
        )
    )
    assert kinds(found) == {FindingKind.WRITES_FILES, FindingKind.READS_FILES}


@pytest.mark.parametrize(
    ("nodes", "kind", "text"),
    [
        (
            [node("p", "PrintV2", "x", more=text_of("output_stream", "file:///tmp/x"))],
            FindingKind.WRITES_FILES,
            "the graph writes files: PrintV2 ('file:///tmp/x')",
        ),
        (
            [constant("f", "/tmp/c"), node("c", "CacheDatasetV2", "x", "f:output:0")],
            FindingKind.WRITES_FILES,
            "the graph writes files: CacheDatasetV2 ('/tmp/c')",
        ),
        (
            [node("c", "CacheDataset", "d", "x")],
            FindingKind.WRITES_FILES,
            "the graph writes files: CacheDataset",
        ),
        (
            [node("d", "DebugIdentity", "x", more=text_of("debug_urls", "file:///tmp/d"))],
            FindingKind.WRITES_FILES,
            "the graph writes files: DebugIdentity ('file:///tmp/d')",
        ),
        (
            [constant("f", "/tmp/s"), node("s", "SaveV2", "f:output:0")],
            FindingKind.WRITES_FILES,
            "the graph writes files: SaveV2 ('/tmp/s')",
        ),
        (
            [constant("f", "/tmp/s"), node("r", "RestoreV2", "f:output:0")],
            FindingKind.READS_FILES,
            "the graph reads files: RestoreV2 ('/tmp/s')",
        ),
        (
            [
                constant("f", "/etc/p"),
                node("t", "InitializeTableFromTextFileV2", "x", "f:output:0"),
            ],
            FindingKind.READS_FILES,
            "the graph reads files: InitializeTableFromTextFileV2 ('/etc/p')",
        ),
        (
            [node("d", "DecodeProtoV2", "x", more=text_of("descriptor_source", "/etc/p"))],
            FindingKind.READS_FILES,
            "the graph reads files: DecodeProtoV2 ('/etc/p')",
        ),
        (
            [node("r", "DataServiceDatasetV4", "x")],
            FindingKind.READS_FILES,
            "the graph uses the network: DataServiceDatasetV4",
        ),
        (
            [node("w", "WriteFile", "x", "x"), node("s", "SummaryWriter")],
            FindingKind.WRITES_FILES,
            "the graph writes files: SummaryWriter, WriteFile",
        ),
    ],
)
def test_operations_are_reported_by_what_they_do(
    tmp_path: Path, nodes: list[bytes], kind: FindingKind, text: str
) -> None:
    (found,) = in_a_function(tmp_path / "sm", *nodes)
    assert (found.kind, found.text) == (kind, text)


@pytest.mark.parametrize(
    "nodes",
    [
        [node("p", "PrintV2", "x", more=text_of("output_stream", "stderr"))],
        [constant("f", ""), node("c", "CacheDatasetV2", "x", "f:output:0")],
        [node("d", "DebugIdentityV2", "x")],
        [node("t", "InitializeTableFromTextFileV2", "table", "x")],
        [node("d", "DecodeProtoV2", "x", more=text_of("descriptor_source", "local://"))],
        [node("u", "FixedUnigramCandidateSampler", "x", more=text_of("vocab_file", ""))],
    ],
)
def test_the_same_operations_without_a_file(tmp_path: Path, nodes: list[bytes]) -> None:
    assert in_a_function(tmp_path / "sm", *nodes) == ()


@pytest.mark.parametrize("is_asset", [True, False])
def test_a_table_from_a_path_that_the_graph_gives(tmp_path: Path, *, is_asset: bool) -> None:
    asset = field(6, field(1, field(1, "path:0")) + field(2, "words.txt"))
    table = function("f", ("x",), node("t", "InitializeTableFromTextFileV2", "table", "x"))
    path = model(
        tmp_path / "sm",
        constant("path", "/etc/passwd"),
        call("c", "f", "path"),
        functions=(table,),
        more=asset if is_asset else b"",
    )
    assert read(path).risk is (Risk.NONE if is_asset else Risk.READS_FILES)


def test_an_asset_that_lies_elsewhere(tmp_path: Path) -> None:
    asset = field(6, field(1, field(1, "path:0")) + field(2, "../../etc/passwd"))
    assert read(model(tmp_path / "sm", more=asset)).risk is Risk.READS_FILES


def test_a_graph_without_the_name_of_its_tensorflow_is_read(tmp_path: Path) -> None:
    graph = field(2, field(1, node("w", "WriteFile", "a", "b")))
    folder = write_savedmodel(tmp_path / "sm")
    (folder / "saved_model.pb").write_bytes(field(2, graph))
    found = read(folder)
    assert (found.origin.tensorflow, found.risk) == (None, Risk.CODE)


def test_signatures(tmp_path: Path) -> None:
    def tensor(key: str, dtype: int, shape: bytes) -> bytes:
        return field(1, key) + field(2, field(1, "t:0") + field(2, dtype) + field(3, shape))

    open_size = field(2, field(1, (1 << 64) - 1)) + field(2, field(1, 4))
    given, made = tensor("x", 1, open_size), tensor("y", 7, field(3, 1))
    entry = field(1, "serve") + field(2, field(1, given) + field(2, made))
    found = read(model(tmp_path / "sm", more=field(5, entry)))
    assert found.signature_facts == (
        SignatureFact(
            name="serve",
            inputs=(TensorFact(name="x", dtype="float32", shape=(None, 4)),),
            outputs=(TensorFact(name="y", dtype="string", shape=None),),
        ),
    )
    assert found.signatures == ("serve",)


def test_variables_that_are_not_there(tmp_path: Path) -> None:
    """TensorFlow 2 reads their index even where there are none; TensorFlow 1 wrote none then."""
    new = model(tmp_path / "new")
    old = model(tmp_path / "old", node("x", "Placeholder"))
    old_graph = field(1, field(5, "1.15.0")) + field(2, field(1, node("x", "Placeholder")))
    (old / "saved_model.pb").write_bytes(field(2, old_graph))
    for folder in (new, old):
        for one in (folder / "variables").iterdir():
            one.unlink()
        (folder / "variables").rmdir()
    assert kinds(read(new)) == {FindingKind.MISSING}
    assert read(old).findings == ()
    assert read(old).contents is Contents.GRAPH_ALONE


def test_a_graph_in_text_is_taken_for_one_that_runs_code(tmp_path: Path) -> None:
    """TensorFlow reads it where there is no `saved_model.pb`, and nothing here scans it."""
    folder = tmp_path / "model"
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pbtxt").write_text('meta_graphs { graph_def { node { op: "NoOp" } } }')
    found = read(folder)
    assert found.risk is Risk.CODE
    assert "saved_model.pbtxt" in found.findings[0].text
    assert "not scanned" in found.findings[0].text
