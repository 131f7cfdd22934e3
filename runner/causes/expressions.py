"""The catalogue's regular expressions, compiled.

Owns their flags, and that each is compiled once: `re` itself keeps fewer than the catalogue has.
"""

from __future__ import annotations

import re
from functools import cache


@cache
def compiled(expression: str) -> re.Pattern[str]:
    """The expression, whose dots match line feeds too.

    Raises:
        re.error: it is none.
    """
    return re.compile(expression, re.DOTALL)
