"""Reads a project's page of a package index: as JSON (PEP 691 and 700) or as HTML (PEP 503).

Owns the two forms. JSON is asked for; of HTML, the days of uploads are read where an index adds
them to its links.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timezone
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from crossload.runner.errors import PackageIndexError

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
_JSON_TYPES = {JSON_TYPE, "application/vnd.pypi.simple.latest+json", "application/json"}
_HTML_TYPES = {
    *("text/html", "application/xhtml+xml"),
    *("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html"),
}


@dataclass(frozen=True)
class IndexFile:
    """One file of a project; `day` of its upload and `size` in bytes where the index tells them."""

    name: str
    day: date | None = None
    requires_python: str = ""
    yanked: bool = False
    size: int | None = None


class _JsonFile(BaseModel):
    filename: str
    upload_time: AwareDatetime | None = Field(default=None, alias="upload-time")
    requires_python: str | None = Field(default=None, alias="requires-python")
    yanked: bool | str = False
    size: int | None = None


class _JsonPage(BaseModel):
    files: tuple[_JsonFile, ...]


def read_page(text: str, kind: str, *, place: str) -> tuple[IndexFile, ...]:
    """The files that a page lists.

    Args:
        text: The page.
        kind: Its media type.
        place: Its address, for messages.

    Raises:
        PackageIndexError: it is not the page of an index.
    """
    if kind in _JSON_TYPES:
        try:
            page = _JsonPage.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "the page"
            raise _stranger(place, f"{where}: {first['msg']}") from None
        return tuple(map(_from_json, page.files))
    if kind not in _HTML_TYPES:
        raise _stranger(place, f"its type is {kind!r}")
    return tuple(_from_html(text))


def _stranger(place: str, why: str) -> PackageIndexError:
    return PackageIndexError(
        f"{place!r} is not the page of a package index ({why})",
        "check the index in the settings of uv or pip: expected the simple API, as JSON or HTML",
    )


def _from_json(file: _JsonFile) -> IndexFile:
    return IndexFile(
        name=file.filename,
        day=file.upload_time.astimezone(timezone.utc).date() if file.upload_time else None,
        requires_python=file.requires_python or "",
        yanked=file.yanked is not False,
        size=file.size,
    )


def _from_html(text: str) -> Iterator[IndexFile]:
    parser = _Links()
    parser.feed(text)
    parser.close()
    for one in parser.links:
        name = PurePosixPath(unquote(urlsplit(one.get("href", "")).path)).name
        if name:
            yield IndexFile(
                name=name,
                day=_day(one.get("data-upload-time", "")),
                requires_python=one.get("data-requires-python", ""),
                yanked="data-yanked" in one,
            )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])  # times of uploads are in UTC
    except ValueError:
        return None


class _Links(HTMLParser):
    """Collects the attributes of a page's links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append({name: value or "" for name, value in attrs})
