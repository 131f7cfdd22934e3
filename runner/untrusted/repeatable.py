"""Foreign text as the same event would give it again: no folder of a job, no address, no time.

Owns what is taken out. A worker reads every file in a new folder with a number for a name: a file
in it goes by its name alone. Addresses in memory, and the time that HDF5 puts into its errors, say
nothing to a user either; all would make each of a thousand equal errors another text.
"""

from __future__ import annotations

import re

_SIGNS = ("payload/", "0x", "time = ")
# A number of seven digits at least, as `probing.jobs` makes them; what a folder in front stands for
# may be hidden already.
_FOLDER = re.compile(
    r"(?<![\w.~/-])(?:<[\w-]+>|~)?/(?:[^\s/'\"()<>,;]+/)*\d{7,}/(?:bundle/)?payload/(?=[^\s/])"
)
_OF_OBJECT = re.compile(r" at 0x[0-9a-fA-F]{6,}(?=>)")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{9,}\b")
# What C's `ctime` writes.
_TIME = re.compile(r"\btime = [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}\b")


def repeatable(text: str) -> str:
    """The text, in which `/scratch/1042137/payload/a.h5` is `a.h5`, `<F at 0x7f1c2a>` is `<F>`.

    Any other address is `0x...`, a time of HDF5 `time = ...`; cleaning twice changes nothing more.
    """
    if not any(sign in text for sign in _SIGNS):
        return text
    # Line by line: a traceback is full of other paths, which the expression would try in vain.
    return "\n".join([_line(one) for one in text.split("\n")])


def _line(text: str) -> str:
    if _SIGNS[0] in text:
        text = _FOLDER.sub("", text)
    if _SIGNS[1] in text:
        text = _ADDRESS.sub("0x...", _OF_OBJECT.sub("", text))
    if _SIGNS[2] in text:
        text = _TIME.sub("time = ...", text)
    return text
