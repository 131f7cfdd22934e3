"""What installers may see, and what of their words may be kept."""

from __future__ import annotations

import subprocess

import pytest

from crossload.runner.environments.tools import redact, tail, tool_variables, uv_command


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://user:pass@host/simple", "https://***@host/simple"),
        ("https://token@host/x", "https://***@host/x"),
        ("token ghp_abcdefghijklmnop", "token ghp_***"),
        ("https://host/x?token=abc&y=1", "https://host/x?token=***&y=1"),
        ("https://host/x and a@b.c", "https://host/x and a@b.c"),
    ],
)
def test_secrets_are_redacted(text: str, kept: str) -> None:
    assert redact(text) == kept


def test_a_tail_has_no_empty_and_no_endless_lines() -> None:
    assert tail("a\n\n\nb\n" + "c" * 1000, lines=2) == "b\n" + "c" * 400


def test_installers_see_the_network_configuration_and_no_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("PYTHONPATH", "/x")
    monkeypatch.setenv("UV_INDEX_URL", "y")
    monkeypatch.setenv("https_proxy", "z")
    monkeypatch.setenv("CONDARC", "/conda")
    monkeypatch.setenv("CONDA_PREFIX", "/active")
    seen = tool_variables()
    assert (seen["UV_INDEX_URL"], seen["https_proxy"], seen["CONDARC"]) == ("y", "z", "/conda")
    assert not {"AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "CONDA_PREFIX"} & set(seen)


def test_uv_is_there() -> None:
    command = uv_command()
    assert command is not None
    assert subprocess.run([*command, "--version"], check=True, capture_output=True).stdout
