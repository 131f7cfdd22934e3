"""The folder of a job in foreign text: a file in it goes by its name alone.

Owns that one replacement. A worker reads every file in a new folder with a number for a name, which
says nothing to a user, and would make each of a thousand equal errors another text.
"""

from __future__ import annotations

import re

_SIGN = "payload/"
# Seven digits at least, as `probing.jobs` makes them; what a folder in front stands for may be
# hidden already.
_FOLDER = re.compile(
    r"(?<![\w.~/-])(?:<[\w-]+>|~)?/(?:[^\s/'\"()<>,;]+/)*\d{7,}/(?:bundle/)?payload/(?=[^\s/])"
)


def without_job_folders(text: str) -> str:
    """The text with the files of jobs by their names: `/scratch/1042137/payload/a.h5` is `a.h5`."""
    if _SIGN not in text:
        return text
    # Line by line: a traceback is full of other paths, which the expression would try in vain.
    lines = text.split("\n")
    return "\n".join([_FOLDER.sub("", one) if _SIGN in one else one for one in lines])
