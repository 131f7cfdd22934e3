"""The programs this package runs: where they are, what they may see of this process's variables.

Owns uv's and nox's whereabouts and the redaction of what they print.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from importlib.util import find_spec

from crossload.runner.environments.pip_settings import places, uv_variables

# Installers need a network configuration and compilers; nothing else of the caller's.
_NAMES = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "TZ"),
        *("CC", "CXX", "CFLAGS", "LDFLAGS", "PYENV_ROOT", "NETRC"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
        *("SYSTEMROOT", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE"),
    }
)
_PREFIXES = ("UV_", "PIP_", "XDG_", "CROSSLOAD_", "CONDA", "MAMBA_")
_ACTIVE = "CONDA_PREFIX"  # what is active in the caller's shell is no installer's business
CONDA_TOOLS = ("micromamba", "mamba", "conda")  # nox's names of these backends, the fastest first
_REDACTIONS = (
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s@'\"]+@"), r"\1***@"),
    (re.compile(r"\b(gh[pousr]_|github_pat_|glpat-|pypi-|AKIA)[A-Za-z0-9_-]{8,}"), r"\1***"),
    (re.compile(r"(?i)([?&](?:token|key|password|secret|auth)[a-z_]*=)[^&\s'\"]+"), r"\1***"),
)


def uv_command() -> tuple[str, ...] | None:
    """How to start uv: the one installed with crossload, else the one on PATH, else None."""
    if find_spec("uv") is not None:
        from uv import find_uv_bin  # noqa: PLC0415  (an optional import: a system's own uv will do)

        try:
            return (find_uv_bin(),)
        except FileNotFoundError:
            pass
    found = shutil.which("uv")
    return (found,) if found else None


def virtualenv_command() -> tuple[str, ...] | None:
    """How to start virtualenv, which stands in where there is no uv."""
    return (sys.executable, "-m", "virtualenv") if find_spec("virtualenv") else None


def conda_command() -> str | None:
    """The first of conda's programs that is on PATH."""
    return next(filter(None, map(shutil.which, CONDA_TOOLS)), None)


def tool_variables() -> dict[str, str]:
    """This process's variables that an installer may see, and where pip is configured to look."""
    own = {
        name: value
        for name, value in os.environ.items()
        if (name.upper() in _NAMES or name.upper().startswith(_PREFIXES))
        and not name.startswith(_ACTIVE)
    }
    return {**uv_variables(own, places(own)), **own}


def find_links(pages: Iterable[str]) -> list[str]:
    """Options of uv and pip for pages of builds beside the package index."""
    return [f"--find-links={page}" for page in pages]


def without_links(command: Iterable[str]) -> list[str]:
    """The command without the options of `find_links`."""
    return [part for part in command if not part.startswith("--find-links=")]


def redact(text: str) -> str:
    """The text without passwords in URLs and without what looks like a token."""
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


def tail(text: str, lines: int = 15) -> str:
    """The last lines that are not empty, redacted, each cut to 400 characters."""
    kept = [line.rstrip()[:400] for line in text.splitlines() if line.strip()]
    return redact("\n".join(kept[-lines:]))
