"""`crossload releases` against an index of this test's own, on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crossload.cli import releases
from crossload.runner.environments import frameworks
from crossload.runner.environments.model import Environment
from crossload.runner.releases.pages import JSON_TYPE
from tests.cli.conftest import CommandLine

MATRIX = """\
# My matrix.
environments:
  tf2.21: {tensorflow: "2.21.0"}  # the usual
  mine: {tensorflow: "2.16.1", keras: "3.14.0"}

profiles:
  quick: {environments: ["tf*"]}
"""
WHEEL = "cp312-cp312-manylinux_2_27_x86_64.whl"
FILES: dict[str, dict[str, str]] = {
    "tensorflow": {
        f"tensorflow-2.22.0-{WHEEL}": "2026-09-01",
        f"tensorflow-2.21.0-{WHEEL}": "2026-03-06",
    },
    "tensorflow-cpu": {
        f"tensorflow_cpu-2.16.1-{WHEEL}": "2024-03-09",
        f"tensorflow_cpu-2.21.0-{WHEEL}": "2026-03-06",
        f"tensorflow_cpu-2.22.0-{WHEEL}": "2026-09-02",
        f"tensorflow_cpu-2.22.1-{WHEEL}": "2026-09-20",
        f"tensorflow_cpu-2.23.0rc0-{WHEEL}": "2026-10-20",
    },
    "keras": {
        "keras-3.14.0-py3-none-any.whl": "2026-04-03",
        "keras-3.14.1-py3-none-any.whl": "2026-05-07",
        "keras-3.16.0-py3-none-any.whl": "2026-10-01",
    },
    "tf-keras": {"tf_keras-2.22.0-py3-none-any.whl": "2026-09-10"},
    "jax": {"jax-0.9.0-py3-none-any.whl": "2026-09-10"},
    "torch": {
        f"torch-2.12.0-{WHEEL}": "2026-03-01",
        f"torch-2.13.0-{WHEEL}": "2026-06-01",
        f"torch-2.14.0-{WHEEL}": "2026-10-05",
    },
}


class _Index(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        files = FILES.get(self.path.strip("/").rpartition("/")[2])
        self.send_response(404 if files is None else 200)
        self.send_header("Content-Type", JSON_TYPE)
        self.end_headers()
        listed = [
            {"filename": name, "upload-time": f"{day}T10:00:00Z", "size": 400_000_000}
            for name, day in (files or {}).items()
        ]
        self.wfile.write(json.dumps({"files": listed}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name there)
        """Print nothing."""


@pytest.fixture(autouse=True)
def _fresh_knowledge(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.setattr(frameworks._CHOICE, "beside", None)
    frameworks._load.cache_clear()


@pytest.fixture
def no_settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty file, for uv to read instead of this machine's."""
    path = tmp_path_factory.mktemp("settings") / "uv.toml"
    path.write_text("")
    return path


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch, no_settings: Path) -> Iterator[list[str]]:
    """The fake index is all that is asked; the environments that were to be locked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Index)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found: list[str] = []

    def make_locks(wanted: tuple[Environment, ...], _: object) -> int:
        found.extend(one.id for one in wanted)
        return 0

    with monkeypatch.context() as patch:
        for name in ("UV_INDEX", "UV_NO_INDEX", "HTTP_PROXY", "http_proxy"):
            patch.delenv(name, raising=False)
        patch.setenv("UV_CONFIG_FILE", str(no_settings))
        patch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{server.server_port}/simple")
        patch.setattr(releases, "make_locks", make_locks)
        yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_lists_what_is_missing_and_writes_nothing(
    crossload: CommandLine, locked: list[str]
) -> None:
    path = crossload.matrix(MATRIX)
    said = crossload("releases")
    assert said.code == 0, said.err
    assert "tensorflow: newest 2.22.1 (2026-09-20; Python 3.12)" in said.out
    assert "  no row: 2.22.1 (2026-09-20; Python 3.12)" in said.out
    assert "  newer patch: 3.14.1 (2026-05-07); 3.14.0 in mine" in said.out
    assert "2.23.0rc0" not in said.out
    assert "3 minor versions have no row" in said.out
    assert path.read_text() == MATRIX
    assert locked == []


def test_a_check_fails_while_a_version_has_no_row(
    crossload: CommandLine, locked: list[str]
) -> None:
    crossload.matrix(MATRIX)
    assert crossload("releases", "--check").code == 1
    assert crossload("releases", "--check", "--json", "tensorflow").code == 1
    refused = crossload("releases", "--check", "--write")
    assert refused.code == 2
    assert "--check changes nothing" in refused.err
    assert locked == []


def test_json_has_the_same_facts(crossload: CommandLine, locked: list[str]) -> None:
    crossload.matrix(MATRIX)
    said = crossload("releases", "--json", "--pre", "tensorflow")
    (one,) = json.loads(said.out)
    assert [each["version"] for each in one["missing"]] == ["2.22.1", "2.23.0rc0"]
    assert one["newest"]["version"] == "2.23.0rc0"
    assert locked == []


def test_write_adds_rows_and_what_must_be_known_of_them(
    crossload: CommandLine, locked: list[str]
) -> None:
    path = crossload.matrix(MATRIX)
    said = crossload("releases", "--write")
    assert said.code == 0, said.err
    added = [
        '  tf2.22: {tensorflow: "2.22.1"}',
        '  tf2.16-keras3.16: {tensorflow: "2.16.1", keras: "3.16.0"}',
        '  tf2.22-tfkeras: {tensorflow: "2.22.1", api: tf_keras, tf_keras: "2.22.0"}',
    ]
    lines = path.read_text().splitlines()
    assert lines[4:7] == added
    assert [line for line in lines if line not in added] == MATRIX.splitlines()
    beside = (crossload.folder / "frameworks.yaml").read_text()
    assert '"2.22.0": "2026-09-01"' in beside  # the day of its first upload
    assert "download_mb: 400" in beside
    assert "new row tf2.22 (profiles: quick)" in said.out
    assert "new row tf2.16-keras3.16 (profiles: quick)" in said.out
    assert [one.rpartition("-py")[0] for one in locked] == [
        "tf2.22",
        "tf2.16-keras3.16",
        "tf2.22-tfkeras",
    ]
    known = frameworks.load_frameworks()
    assert known.knows("2.22")
    assert known.keras.releases["3.16.0"] == "2026-10-01"
    again = crossload("releases", "--write")
    assert "every minor version has a row" not in again.err
    assert "no row was added" in again.out
    assert path.read_text().splitlines() == lines
    assert (crossload.folder / "frameworks.yaml").read_text() == beside


def test_a_dry_run_shows_the_difference(crossload: CommandLine, locked: list[str]) -> None:
    path = crossload.matrix(MATRIX)
    said = crossload("releases", "--dry-run", "tensorflow")
    assert said.code == 0
    assert '+  tf2.22: {tensorflow: "2.22.1"}' in said.out
    assert path.read_text() == MATRIX
    assert not (crossload.folder / "frameworks.yaml").exists()
    assert locked == []


def test_axes_take_the_versions_that_they_vary(crossload: CommandLine, locked: list[str]) -> None:
    text = (
        'axes:\n  old:\n    name: "t{tensorflow_minor}"\n    tensorflow: ["2.20.0",  # one\n'
        '                 "2.21.0"]\n    resolve: latest\n'
    )
    path = crossload.matrix(text)
    said = crossload("releases", "--write", "tensorflow")
    assert said.code == 0, said.err
    new = '"2.16.1", "2.20.0",  # one\n                 "2.21.0", "2.22.1"]\n    resolve: latest\n'
    assert path.read_text().endswith(new)
    assert [one.rpartition("-py")[0] for one in locked] == ["t2.16", "t2.22"]


def test_backends_get_rows_for_what_is_newer_than_theirs(
    crossload: CommandLine, locked: list[str]
) -> None:
    path = crossload.matrix(
        "environments:\n"
        '  keras3-jax: {keras: "3.14.1", api: keras, backend: jax}\n'
        '  keras3-torch: {keras: "3.16.0", api: keras, backend: torch, python: "3.12", '
        'packages: {torch: "2.13.0+cpu"}, resolve: "2026-10-08"}\n'
        '  old: {keras: "2.2.4", api: keras, backend: theano, python: "3.7"}\n'
    )
    assert crossload("releases", "--check", "keras-torch").code == 0
    assert crossload("releases", "--check", "keras-jax", "jax", "theano").code == 1
    said = crossload("releases", "--write", "jax", "torch", "keras-jax", "keras-torch", "theano")
    assert said.code == 0, said.err
    torch, jax = path.read_text().splitlines()[4:]
    assert torch.startswith('  keras3.16-torch2.14: {python: "3.12", keras: "3.16.0", api: keras, ')
    assert torch.endswith('packages: {torch: "2.14.0+cpu"}, resolve: "2026-10-12"}')
    assert jax == '  keras3.16-jax: {keras: "3.16.0", api: keras, backend: jax}'
    assert len(locked) == 2


def test_only_newer_versions(crossload: CommandLine, locked: list[str]) -> None:
    crossload.matrix('environments: {a: {tensorflow: "2.21.0"}}\n')
    assert "no row: 2.16.1" in crossload("releases", "tensorflow").out
    said = crossload("releases", "--newer", "tensorflow")
    assert "no row: 2.16.1" not in said.out
    assert "no row: 2.22.1" in said.out
    assert locked == []


def test_without_an_index_nothing_is_written(
    crossload: CommandLine, monkeypatch: pytest.MonkeyPatch, no_settings: Path
) -> None:
    path = crossload.matrix(MATRIX)
    with monkeypatch.context() as patch:
        for name in ("UV_INDEX", "HTTP_PROXY", "http_proxy"):
            patch.delenv(name, raising=False)
        patch.setenv("UV_CONFIG_FILE", str(no_settings))
        patch.setenv("UV_DEFAULT_INDEX", "http://me:secret@127.0.0.1:9/simple")
        said = crossload("releases", "--write")
    assert said.code == 8
    assert "the package index 'http://127.0.0.1:9/simple' does not answer" in said.err
    assert "secret" not in said.err
    assert path.read_text() == MATRIX


@pytest.mark.usefixtures("locked")
def test_mistakes_are_reported(crossload: CommandLine) -> None:
    crossload.matrix(MATRIX)
    assert (
        "no framework is called 'tensorflw'; did you mean 'tensorflow'"
        in crossload("releases", "tensorflw").err
    )
    assert crossload("releases", "--json", "--write").code == 2
    (crossload.folder / "frameworks.yaml").write_text("keras: [1]\n")
    said = crossload("releases")
    assert said.code == 3
    assert "frameworks.yaml" in said.err


def test_the_index_may_be_unknown(
    crossload: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_settings: Path
) -> None:
    crossload.matrix(MATRIX)
    with monkeypatch.context() as patch:
        patch.delenv("UV_INDEX", raising=False)
        patch.setenv("UV_CONFIG_FILE", str(no_settings))
        patch.setenv("UV_DEFAULT_INDEX", tmp_path.as_uri())
        said = crossload("releases")
    assert said.code == 8
    assert "has no release of 'tensorflow'" in said.err
