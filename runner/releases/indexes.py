"""Which package indexes this user's uv would ask, and asking them for the files of a project.

Owns the addresses, the passwords for them and the network; `pages` reads the answers.
"""

from __future__ import annotations

import base64
import netrc
import os
import re
import ssl
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import HTTPSHandler, Request, build_opener, url2pathname

from crossload.runner.environments.pip_settings import DEFAULT_INDEX, Places, places
from crossload.runner.environments.tools import redact, tool_variables
from crossload.runner.errors import PackageIndexError
from crossload.runner.releases.pages import JSON_TYPE, IndexFile, read_page

# In the standard library from Python 3.11 on; before, a package of the same authors.
_toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
_ACCEPT = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_MAX_BYTES = 100_000_000
_SECONDS = 30.0
_NOT_FOUND = {404, 410}
_REFUSED = {401, 403, 407}
_NAMED = re.compile(r"([A-Za-z0-9._-]+)=(.+)")
_CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_YES = {"1", "true", "yes", "on", "y", "t"}


@dataclass(frozen=True)
class Index:
    """One index; `url` has no password in it, and messages may show it."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)

    def page(self, project: str) -> str:
        """The address of a project's page."""
        return f"{self.url.rstrip('/')}/{project}/"


def configured_indexes(
    variables: Mapping[str, str] | None = None, found: Places | None = None
) -> tuple[Index, ...]:
    """The indexes that uv, as crossload starts it, would ask; the default one last.

    Args:
        variables: Those that uv would see (default: of this process, with pip's settings).
        found: Where uv's own settings may lie.

    Raises:
        PackageIndexError: none is configured, or uv's settings cannot be read.
    """
    seen = tool_variables() if variables is None else variables
    named = seen.get("UV_CONFIG_FILE")
    files = (Path(named),) if named else (found or places(seen)).uv
    settings = [_settings(path) for path in files if path.is_file()]
    if _is_yes(seen.get("UV_NO_INDEX")) or any(each.off for each in settings):
        raise PackageIndexError(
            "the settings of uv or pip switch the package index off",
            "`crossload releases` needs one: unset `no-index` (UV_NO_INDEX)",
        )
    default = seen.get("UV_DEFAULT_INDEX") or seen.get("UV_INDEX_URL")
    default = default or next((one.default for one in settings if one.default), DEFAULT_INDEX)
    extra = [*seen.get("UV_INDEX", "").split(), *seen.get("UV_EXTRA_INDEX_URL", "").split()]
    extra += [url for one in settings for url in one.extra]
    return tuple(dict.fromkeys(_index(text, seen) for text in (*extra, default)))


@dataclass(frozen=True)
class _Settings:
    default: str = ""
    extra: tuple[str, ...] = ()
    off: bool = False


def _settings(path: Path) -> _Settings:
    """What uv's file says of indexes; those marked `explicit` serve single packages only."""
    try:
        content = _toml.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PackageIndexError(
            f"uv's settings {str(path)!r} cannot be read: {error}", "correct the file"
        ) from error
    tables = [_plain(table) for table in (content, content.get("pip", {}))]
    default, extra = "", list[str]()
    for table in tables:
        default = str(table.get("index_url") or default)
        extra += [str(url) for url in table.get("extra_index_url", ())]
    for one in content.get("index", ()):
        url = f"{one['name']}={one['url']}" if one.get("name") else str(one.get("url", ""))
        if one.get("default"):
            default = url
        elif not one.get("explicit"):
            extra.append(url)
    return _Settings(default, tuple(extra), any(_off(table) for table in tables))


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in table.items()}


def _off(table: Mapping[str, Any]) -> bool:
    return bool(table.get("no_index"))


def _is_yes(text: str | None) -> bool:
    return (text or "").strip().lower() in _YES


def _index(text: str, variables: Mapping[str, str]) -> Index:
    """An index from `address` or `name=address`, with its user and password."""
    named = _NAMED.fullmatch(text) if "://" not in text.partition("=")[0] else None
    name, url = (named[1], named[2]) if named else ("", text)
    if "://" not in url:
        return Index(Path(url).expanduser().absolute().as_uri())
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if name:
        stem = f"UV_INDEX_{re.sub(r'[^A-Z0-9]', '_', name.upper())}"
        user = variables.get(f"{stem}_USERNAME", user)
        password = variables.get(f"{stem}_PASSWORD", password)
    if not user:
        user, password = _from_netrc(parts.hostname or "", variables)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    return Index(bare, user, password)


def _from_netrc(host: str, variables: Mapping[str, str]) -> tuple[str, str]:
    home = Path(variables.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111  (never raises)
    try:
        found = netrc.netrc(variables.get("NETRC") or home / ".netrc").authenticators(host)
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
        return "", ""
    return (found[0], found[2] or "") if found else ("", "")


def files_of(project: str, indexes: Iterable[Index]) -> tuple[IndexFile, ...]:
    """The files of a project on all of these indexes; none where no index knows it.

    Raises:
        PackageIndexError: an index does not answer, refuses, or answers with something else.
    """
    return tuple(file for index in indexes for file in _ask(index, project))


def _ask(index: Index, project: str) -> Iterator[IndexFile]:
    if index.url.startswith("file:"):
        answer = _read_local(index, project)
    else:
        answer = _fetch(index, project)
    if answer is not None:
        yield from read_page(*answer, place=redact(index.page(project)))


def _read_local(index: Index, project: str) -> tuple[str, str] | None:
    page = Path(url2pathname(urlsplit(index.url).path)) / project / "index.html"
    try:
        return page.read_text("utf-8"), "text/html"
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise PackageIndexError(
            f"the page {str(page)!r} of a package index cannot be read: {error}",
            "check the settings of uv or pip, which name it",
        ) from error


def _fetch(index: Index, project: str) -> tuple[str, str] | None:
    shown = redact(index.url)
    request = Request(index.page(project), headers={"Accept": _ACCEPT, "User-Agent": "crossload"})  # noqa: S310  (an address of the user's own settings)
    if index.user:
        token = base64.b64encode(f"{index.user}:{index.password}".encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    opener = build_opener(HTTPSHandler(context=_certificates()))
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            content = answer.read(_MAX_BYTES + 1)
            kind = answer.headers.get_content_type()
    except HTTPError as error:
        with error:
            if error.code in _NOT_FOUND:
                return None
        refused = "check the user and password that uv or pip has for it"
        again = "try again later, or name another index in the settings of uv or pip"
        raise PackageIndexError(
            f"the package index {shown!r} answered with HTTP {error.code} for {project!r}",
            refused if error.code in _REFUSED else again,
        ) from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        reason = redact(str(getattr(error, "reason", error)) or type(error).__name__)
        raise PackageIndexError(
            f"the package index {shown!r} does not answer: {reason}",
            "check the network and the index in the settings of uv or pip; nothing was written",
        ) from error
    if len(content) > _MAX_BYTES:
        raise PackageIndexError(
            f"the page of {project!r} on {shown!r} is larger than {_MAX_BYTES // 10**6} MB",
            "check that the address is a package index",
        )
    return content.decode("utf-8", "replace"), kind


def _certificates() -> ssl.SSLContext:
    """The system's certificates and those that the usual variables name."""
    context = ssl.create_default_context()
    for name in _CERTIFICATES:
        path = os.environ.get(name)
        if path and Path(path).is_file():
            context.load_verify_locations(cafile=path)
            break
    return context
