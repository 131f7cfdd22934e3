"""Make an object of this Keras although its constructor refuses some of the stored arguments.

Owns the messages that say which argument is refused. Whether one may be left out is decided by the
caller.
"""

import re

REFUSALS = (
    r"unexpected keyword argument '(\w+)'",
    r"[Kk]eyword argument not understood:'?,? '(\w+)'",
    r"Unrecognized keyword arguments?(?:\(s\))?[^{\['\"]*[{\[]?\s*['\"](\w+)['\"]",
    r"Invalid keyword argument\(?s?\)?[^'\"]*['\"](\w+)['\"]",
    r"[Uu]nsupported keyword arguments?[^'\"]*['\"](\w+)['\"]",
    r"Argument\(s\) not recognized: \{'(\w+)'",
    r"[Aa]rgument `(\w+)` (?:is|was) (?:deprecated|removed|not supported)",
)

# What Keras puts before the reason of an error within a layer, and the colours it prints it in.
WHERE = "Exception encountered when calling"
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def without_refused(make, config, leave_out, find=None):
    """What `make()` returns once nothing that it refuses is left in `config`.

    Args:
        make: makes the object from `config`.
        config: {argument: value}.
        leave_out: function of an argument's name; takes it out of `config`, or raises.
        find: function of (message, config) for the name of a refused argument, or None.

    Raises:
        TypeError, ValueError: what `make` raises for another reason.
    """
    while True:
        try:
            return make()
        except (TypeError, ValueError) as error:
            name = (find or refused)(str(error), config)
            if name is None:
                raise
            leave_out(name)


def refused(message, config):
    """The argument that a constructor refuses, by its message; None if it says something else."""
    for pattern in REFUSALS:
        match = re.search(pattern, message)
        if match and match.group(1) in config:
            return match.group(1)
    return None


def first_line(error):
    """The line of an error's text that says what is wrong, without colours."""
    lines = [COLOUR.sub("", line).strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > 1 and lines[0].startswith(WHERE):
        lines = lines[1:]
    return lines[0][:300] if lines else type(error).__name__
