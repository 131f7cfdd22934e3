"""Where to ask, and what an answer says; no network."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crossload.runner.environments.pip_settings import Places
from crossload.runner.errors import ExitCode, PackageIndexError
from crossload.runner.releases.indexes import Index, configured_indexes, files_of
from crossload.runner.releases.offers import make_offer
from crossload.runner.releases.pages import JSON_TYPE, IndexFile, read_page

NOWHERE = Places((), ())


def urls(variables: dict[str, str], found: Places = NOWHERE) -> list[str]:
    return [one.url for one in configured_indexes({"HOME": "/nowhere", **variables}, found)]


def test_variables_name_indexes_and_the_default_comes_last() -> None:
    variables = {
        "UV_INDEX": "own=https://a.example/s https://b.example/s",
        "UV_DEFAULT_INDEX": "https://c.example/s",
    }
    assert urls(variables) == ["https://a.example/s", "https://b.example/s", "https://c.example/s"]


def test_uvs_file_names_indexes(tmp_path: Path) -> None:
    file = tmp_path / "uv.toml"
    file.write_text(
        '[[index]]\nurl = "https://a.example/s"\n[[index]]\nurl = "https://b.example/s"\n'
        'default = true\n[[index]]\nname = "x"\nurl = "https://x.example"\nexplicit = true\n'
    )
    assert urls({}, Places((), (file,))) == ["https://a.example/s", "https://b.example/s"]


def test_passwords_are_kept_out_of_addresses() -> None:
    variables = {
        "HOME": "/nowhere",
        "UV_DEFAULT_INDEX": "https://me:secret@a.example:81/s",
        "UV_INDEX": "my-own=https://b.example/s",
        "UV_INDEX_MY_OWN_USERNAME": "you",
        "UV_INDEX_MY_OWN_PASSWORD": "hidden",
    }
    own, default = configured_indexes(variables, NOWHERE)
    assert (default.url, default.user, default.password) == (
        "https://a.example:81/s",
        "me",
        "secret",
    )
    assert (own.user, own.password) == ("you", "hidden")
    assert "secret" not in repr(default)


def test_no_index_is_an_error() -> None:
    with pytest.raises(PackageIndexError, match="switch the package index off") as caught:
        urls({"UV_NO_INDEX": "1"})
    assert caught.value.exit_code is ExitCode.INDEX


def test_a_folder_is_an_index(tmp_path: Path) -> None:
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras/index.html").write_text('<a href="../f/keras-3.0.0.tar.gz#sha256=a">k</a>')
    index = Index(tmp_path.as_uri())
    assert files_of("keras", [index]) == (IndexFile("keras-3.0.0.tar.gz"),)
    assert files_of("tensorflow", [index]) == ()


def test_json_and_html_say_the_same() -> None:
    json_page = (
        '{"files": [{"filename": "keras-3.0.0.tar.gz", "url": "x", "yanked": "broken",'
        ' "upload-time": "2023-11-28T01:02:03.5Z", "requires-python": ">=3.9", "size": null}]}'
    )
    html_page = (
        '<a href="/f/keras-3.0.0.tar.gz" data-yanked data-requires-python="&gt;=3.9"'
        ' data-upload-time="2023-11-28T01:02:03.5Z">k</a>'
    )
    expected = (IndexFile("keras-3.0.0.tar.gz", date(2023, 11, 28), ">=3.9", yanked=True),)
    assert read_page(json_page, JSON_TYPE, place="p") == expected
    assert read_page(html_page, "text/html", place="p") == expected


@pytest.mark.parametrize(
    ("text", "kind"), [("{", JSON_TYPE), ('{"files": 1}', JSON_TYPE), ("x", "text/plain")]
)
def test_invalid_answers_are_refused(text: str, kind: str) -> None:
    with pytest.raises(PackageIndexError, match="'p' is not the page of a package index"):
        read_page(text, kind, place="p")


def test_files_make_releases() -> None:
    day = date(2026, 1, 2)
    files = [
        IndexFile("tensorflow_cpu-2.22.0-cp312-cp312-manylinux_2_27_x86_64.whl", day, size=5),
        IndexFile("tensorflow_cpu-2.22.0-cp39-cp39-manylinux_2_27_x86_64.whl", date(2026, 1, 1)),
        IndexFile("tensorflow_cpu-2.22.0-cp313-cp313-win_amd64.whl", date(2020, 1, 1)),
        IndexFile("tensorflow_cpu-2.21.0-cp39-cp39-win_amd64.whl", day),
        IndexFile("tensorflow_cpu-2.23.0rc1-cp39-cp39-manylinux_2_27_x86_64.whl", day),
        IndexFile("tensorflow_cpu-2.22.1-cp39-cp39-manylinux_2_27_x86_64.whl", day, yanked=True),
        IndexFile("rubbish.exe"),
    ]
    offer = make_offer([("tensorflow-cpu", files)])
    assert [str(one.version) for one in offer.releases] == ["2.22.0", "2.22.1", "2.23.0rc1"]
    first = offer.releases[0]
    assert (first.pythons, first.day, first.size) == (("3.9", "3.12"), date(2026, 1, 1), 5)
    assert [str(one.version) for one in offer.usable(pre=False)] == ["2.22.0"]
    newest = offer.newest_of("2.23", pre=True)
    assert newest is not None
    assert str(newest.version) == "2.23.0rc1"
    assert offer.newest_of("2.23", pre=False) is None
