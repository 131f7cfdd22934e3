"""What pip is configured with reaches uv, unless uv is configured itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.environments.pip_settings import DEFAULT_INDEX, Places, places, uv_variables


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


def settings(tmp_path: Path, *texts: str) -> Places:
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"pip{number}.conf")
        files[-1].write_text(text)
    return Places(tuple(files), (tmp_path / "uv.toml",))


def test_no_configuration_gives_no_variables(tmp_path: Path) -> None:
    assert uv_variables({}, Places((tmp_path / "none.conf",), (tmp_path / "none.toml",))) == {}
    assert uv_variables({}, settings(tmp_path, "[global]\ncert = /x.pem\n")) == {}


def test_the_three_settings_become_uvs(tmp_path: Path, wheels: Path) -> None:
    text = (
        "[global]\nindex_url = https://mirror.example/simple\n"
        "extra_index_url =\n  https://one.example/simple\n  https://two.example/simple\n"
        f"find-links = {wheels} https://page.example/ /does/not/exist\n"
    )
    assert uv_variables({}, settings(tmp_path, text)) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": (
            "https://mirror.example/simple https://one.example/simple https://two.example/simple"
        ),
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": f"{wheels},https://page.example/",
    }


def test_extra_indexes_come_after_the_main_one(tmp_path: Path) -> None:
    text = "[global]\nextra_index_url = https://one.example/simple\n"
    answer = uv_variables({}, settings(tmp_path, text))
    assert answer["UV_INDEX"] == f"{DEFAULT_INDEX} https://one.example/simple"
    assert "UV_DEFAULT_INDEX" not in answer


def test_later_files_sections_and_variables_win(tmp_path: Path) -> None:
    first = "[install]\nindex_url = https://b.example\n[global]\nindex_url = https://a.example\n"
    second = "[global]\nindex_url = https://c.example\n"
    assert uv_variables({}, settings(tmp_path, first)) == {"UV_DEFAULT_INDEX": "https://b.example"}
    both = settings(tmp_path, first, second)
    assert uv_variables({}, both) == {"UV_DEFAULT_INDEX": "https://c.example"}
    variables = {"PIP_INDEX_URL": "https://d.example"}
    assert uv_variables(variables, both) == {"UV_DEFAULT_INDEX": "https://d.example"}


@pytest.mark.parametrize(
    "name", ["UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_FIND_LINKS", "UV_CONFIG_FILE"]
)
def test_uvs_own_variables_count_alone(tmp_path: Path, name: str) -> None:
    found = settings(tmp_path, "[global]\nindex_url = https://a.example\n")
    assert uv_variables({name: "x"}, found) == {}


@pytest.mark.parametrize(
    ("text", "configured"),
    [
        ('[[index]]\nurl = "https://a.example"\n', True),
        ('[pip]\nfind-links = ["/wheels"]\n', True),
        ('find-links = ["https://a.example"]\n', True),
        ("# index = []\nnative-tls = true\n", False),
    ],
)
def test_uvs_own_file_counts_alone(tmp_path: Path, text: str, *, configured: bool) -> None:
    found = settings(tmp_path, "[global]\nindex_url = https://a.example\n")
    found.uv[0].write_text(text)
    assert (uv_variables({}, found) == {}) is configured


@pytest.mark.parametrize("text", ["no section\n", "[global\nindex_url = x\n", "\udcff"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pip.conf"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert uv_variables({}, Places((path,), ())) == {}


def test_files_are_looked_for_where_pip_and_uv_do() -> None:
    found = places(
        {"HOME": "/home/ann", "XDG_CONFIG_DIRS": "/etc/one:/etc/two", "PIP_CONFIG_FILE": "/p.conf"}
    )
    texts = [str(path) for path in found.pip]
    assert texts[:3] == ["/etc/two/pip/pip.conf", "/etc/one/pip/pip.conf", "/etc/pip.conf"]
    assert texts[-1] == "/p.conf"
    assert texts.index("/home/ann/.pip/pip.conf") < texts.index("/home/ann/.config/pip/pip.conf")
    assert Path("/home/ann/.config/uv/uv.toml") in found.uv
    assert places({"HOME": "/home/ann", "PIP_CONFIG_FILE": "/dev/null"}).pip == ()
