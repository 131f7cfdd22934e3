"""Foreign text made harmless before it is kept: visible control characters, no secrets, no bulk.

Owns what happens to text that a framework, a package manager or a model file brought along. It
does not escape for HTML, CSV or any other output: each renderer does that for itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

LIMIT = 4000
_SAFE_CONTROLS = dict.fromkeys(map(ord, "\n\t"))
_RAW_LIMIT = 200_000  # what is worth searching for secrets; the rest is only counted

REDACTED = "[redacted]"

# Everything a terminal, a browser or an XML parser could take as more than text: controls except
# line feed and tab, format characters (bidi, zero width, tags), line separators, surrogates,
# noncharacters and those for private use, whose look no font agrees on.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr((plane << 16) | low) for plane in range(1, 15) for low in (0xFFFE, 0xFFFF))
    + "\U000f0000-\U0010ffff]"
)

# Patterns of secrets, each with texts of which every match has one, in whatever case: those are
# found quickly.
_SECRETS: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (
        ("-----begin ",),
        re.compile(
            r"-----BEGIN (?P<kind>[A-Z0-9 ]{1,40})-----"
            r".*?(?:-----END (?P=kind)-----|\Z)",
            re.DOTALL,
        ),
        REDACTED,
    ),
    (("://",), re.compile(r"://[^/\s:@'\"<>]*:[^/\s'\"<>]*@"), f"://{REDACTED}@"),
    (
        ("ghp_", "gho_", "ghu_", "ghr_", "ghs_", "github_pat_"),
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{8,}|github_pat_\w{8,})"),
        REDACTED,
    ),
    (("akia", "asia"), re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{8,}"), REDACTED),
    (
        ("glpat-", "pypi-", "xox"),
        re.compile(r"\b(?:glpat|pypi|xox[abprs])-[\w-]{16,}"),
        REDACTED,
    ),
    (("hf_",), re.compile(r"\bhf_[A-Za-z0-9]{20,}"), REDACTED),
    (
        ("bearer ", "basic "),
        re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{16,}"),
        rf"\1 {REDACTED}",
    ),
)


def clean(text: str, *, limit: int = LIMIT, home: Path | None = None) -> str:
    r"""Make foreign text safe to keep and to show; cleaning twice changes nothing more.

    Secrets become `[redacted]` and the home folder `~`; control, bidirectional and surrogate
    characters are shown as `\uXXXX` (line feed and tab stay); what is longer than `limit`
    characters ends in `… [N more]`, the whole being `limit` long.

    Args:
        text: anything, lone surrogates included.
        limit: greatest length of the result, in characters.
        home: folder to show as `~`; the user's own by default.
    """
    dropped = max(0, len(text) - _RAW_LIMIT)
    kept = text[:_RAW_LIMIT].replace("\r\n", "\n")
    for pattern, replacement in _suspected(kept.casefold()):
        kept = pattern.sub(replacement, kept)
    kept = _without_home(kept, str(home if home is not None else _user_home()))
    return _capped(visible(kept), dropped, limit)


def _suspected(folded: str) -> list[tuple[re.Pattern[str], str]]:
    """The patterns of which a text has a sign, with what replaces a match; most texts have none."""
    found = []
    for signs, pattern, replacement in _SECRETS:
        for sign in signs:
            if sign in folded:
                found.append((pattern, replacement))
                break
    return found


def visible(text: str) -> str:
    r"""Show as `\uXXXX` what a terminal, a browser or a parser could take as more than text."""
    if text.isascii() and text.translate(_SAFE_CONTROLS).isprintable():
        return text
    return _UNSAFE.sub(_shown, text)


def _without_home(text: str, home: str) -> str:
    folder = home.rstrip("/\\")
    return _home_pattern(home).sub("~", text) if folder in text else text


def _shown(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _capped(text: str, dropped: int, limit: int) -> str:
    if len(text) + dropped <= limit:
        return text
    # The note's own length depends on the number in it, which depends on the note's length.
    keep = limit
    for _ in range(3):
        note = f"… [{len(text) - keep + dropped} more]"
        keep = max(0, limit - len(note))
    return text[:keep] + f"… [{len(text) - keep + dropped} more]"


@lru_cache(maxsize=1)
def _user_home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # no HOME and no such user, as in some containers
        return Path("/")


@lru_cache(maxsize=8)
def _home_pattern(home: str) -> re.Pattern[str]:
    """Match the folder where it is a path of its own, not inside a longer name."""
    if len(home.rstrip("/\\")) < 2:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<![\w.~-]){re.escape(home.rstrip('/'))}(?![\w.-])")
