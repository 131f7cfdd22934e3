"""Short names for the folders of the machine that measured, in texts that are quoted.

Owns which path becomes which name; a text without a path stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Hide: TypeAlias = Callable[[str], str]

_START = r"(?<![\w.~:/-])"
_PARTS = r"(?:<[\w-]+>|~)?(?:/[^\s/'\"`<>]+)*"
# In this order: the first pattern that fits a path names it.
_RULES = (
    # A job's own copy of what was saved, wherever its scratch folder was.
    (re.compile(rf"{_START}{_PARTS}/payload/files/"), "copy/"),
    (re.compile(rf"{_START}{_PARTS}/(?:bundle/)?payload/"), ""),
    (re.compile(rf"{_START}{_PARTS}/(?=lib/python\d+\.\d+/(?!site-packages))"), "<python>/"),
    (re.compile(rf"{_START}{_PARTS}/(?=crossload_probe/)"), "<crossload>/"),
    (re.compile(rf"{_START}{_PARTS}/(?=site-packages/)"), "<environment>/"),
    (re.compile(rf"{_START}/(?:private/)?(?:tmp|var/tmp|var/folders|scratch)/[^\s'\"`]*"), "<tmp>"),
    (re.compile(rf"{_START}/(?:home|Users)/[^\s/'\"`]+"), "~"),
)


def hiding_paths(environments: Mapping[str, str], hide: Hide = lambda text: text) -> Hide:
    """What replaces the folders of a machine in any text.

    Args:
        environments: id of an environment -> what its folder is called in the new folder.
        hide: what hides the folders of this project and this machine's name.
    """
    rules = [
        (re.compile(rf"{_START}{_PARTS}/envs/{re.escape(name)}/"), f"{short}/")
        for name, short in environments.items()
    ]
    rules.append((re.compile(rf"{_START}{_PARTS}/envs/"), "<environments>/"))

    def hidden(text: str) -> str:
        for pattern, short in (*rules, *_RULES):
            text = pattern.sub(short, text)
        return hide(text)

    return hidden
