"""Pip's settings for where to look for packages, in the words of uv, which does not read them.

Owns where those settings lie and how the two name them. Where uv is configured itself, pip's
settings count for nothing.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from configparser import Error as SyntaxFault
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path

_PUBLIC = "pypi"
DEFAULT_INDEX = f"https://{_PUBLIC}.org/simple"  # pip's and uv's own
_INDEX, _EXTRA, _LINKS = "index_url", "extra_index_url", "find_links"
_OPTIONS = (_INDEX, _EXTRA, _LINKS)
_SECTIONS = ("global", "install")  # the later one wins
_UV_OWN = (
    *("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
    *("UV_NO_INDEX", "UV_CONFIG_FILE"),
)
_UV_SETTING = re.compile(
    r"^[\[\s]*(index|index[-_]url|extra-index[-_]url|find-links|no-index)\b", re.MULTILINE
)


@dataclass(frozen=True)
class Places:
    """The files in which pip and uv keep settings; of pip's, a later one wins."""

    pip: tuple[Path, ...]
    uv: tuple[Path, ...]


def places(variables: Mapping[str, str]) -> Places:
    """Where this user's settings may lie, by the rules of pip and of uv; Unix and macOS."""
    home = Path(variables.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111  (never raises)
    own = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
    shared = [Path(one) for one in variables.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":") if one]
    named = variables.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return Places((), (own / "uv/uv.toml",))  # pip's own way to say: read none of them
    return Places(
        pip=(
            *(folder / "pip/pip.conf" for folder in reversed(shared)),
            Path("/etc/pip.conf"),
            home / ".pip/pip.conf",
            home / "Library/Application Support/pip/pip.conf",
            own / "pip/pip.conf",
            Path(sys.prefix) / "pip.conf",
            *((Path(named),) if named else ()),
        ),
        uv=(own / "uv/uv.toml", *(one / "uv/uv.toml" for one in shared), Path("/etc/uv/uv.toml")),
    )


def uv_variables(variables: Mapping[str, str], found: Places) -> dict[str, str]:
    """Variables for uv that send it where pip would look; {} where nothing is to be said.

    Args:
        variables: Those of this process.
        found: The files to read; missing and unreadable ones count as empty.
    """
    if any(variables.get(name) for name in _UV_OWN) or any(map(_configures_uv, found.uv)):
        return {}
    settings = _settings(variables, found.pip)
    index = settings.get(_INDEX, "").strip()
    extra = settings.get(_EXTRA, "").split()
    links = [link for one in settings.get(_LINKS, "").split() if (link := _existing(one))]
    answer = {}
    if index:
        answer["UV_DEFAULT_INDEX"] = index
    if extra:
        # pip takes the best version of all indexes; the main one first, whose hashes are complete.
        answer["UV_INDEX"] = " ".join((index or DEFAULT_INDEX, *extra))
        answer["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if links:
        answer["UV_FIND_LINKS"] = ",".join(links)
    return answer


def _settings(variables: Mapping[str, str], files: tuple[Path, ...]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for path in files:
        settings.update(_read(path))
    for option in _OPTIONS:
        value = variables.get(f"PIP_{option.upper()}")
        if value:
            settings[option] = value
    return settings


def _read(path: Path) -> Iterator[tuple[str, str]]:
    parser = RawConfigParser()
    try:
        parser.read_string(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxFault):
        return
    for section in _SECTIONS:
        if parser.has_section(section):
            for name, value in parser.items(section):
                option = name.removeprefix("--").replace("-", "_")
                if option in _OPTIONS:
                    yield option, value


def _existing(link: str) -> str | None:
    """A place of `find-links` as uv takes it: an address, or a folder or page that exists.

    uv stops at a missing one, where pip only complains.
    """
    if "://" in link:
        return link
    path = Path(os.path.expanduser(link)).absolute()  # noqa: PTH111  (never raises)
    return str(path) if path.exists() else None


def _configures_uv(path: Path) -> bool:
    try:
        return bool(_UV_SETTING.search(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError):
        return False
