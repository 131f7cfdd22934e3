"""Spell answers: plain JSON in ASCII, exceptions and warnings as data, all of bounded length.

Owns what goes over the wire. Knows nothing of frameworks or jobs.
"""

import json
import math
import traceback

LINE_LIMIT = 1000000
MESSAGE_HEAD = 1500
MESSAGE_TAIL = 1500
TRACEBACK_FRAMES = 12
TRACEBACK_LIMIT = 4000
WARNING_COUNT = 20
WARNING_LENGTH = 500
# Keras 3 nests errors, thousands of characters each; the cause follows this text.
CAUSE_MARK = "Exception encountered:"
ELLIPSIS = "\n[...]\n"


def decode(line):
    return json.loads(line)


def send(stream, answer):
    """Write one answer as one line and flush it."""
    stream.write(encode(answer) + "\n")
    stream.flush()


def encode(answer):
    """JSON in ASCII without NaN; an answer that is too long keeps its result and loses details."""
    text = json.dumps(plain(answer), ensure_ascii=True, allow_nan=False, sort_keys=True)
    if len(text) < LINE_LIMIT:
        return text
    shorter = dict(answer, warnings=["too many warnings for one answer"])
    shorter["checks"] = [dict(check, detail="") for check in answer.get("checks", [])]
    return json.dumps(plain(shorter), ensure_ascii=True, allow_nan=False, sort_keys=True)


def plain(value):
    """The same value as every JSON reader accepts it: no NaN, no lone surrogate, no NUL."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return clean_text(str(value))


def clean_text(text):
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("\x00", "\\x00")


def shorten(text, head, tail):
    """The first `head` and the last `tail` characters of a text that is longer than both."""
    if len(text) <= head + tail + len(ELLIPSIS):
        return text
    return text[:head] + ELLIPSIS + text[len(text) - tail :]


def describe_message(text):
    """Head and tail of a message, and its innermost cause if the cut would lose it."""
    short = shorten(text, MESSAGE_HEAD, MESSAGE_TAIL)
    if CAUSE_MARK in text:
        cause = text.rsplit(CAUSE_MARK, 1)[1].strip()
        start = shorten(cause, MESSAGE_HEAD, 0) if len(cause) > MESSAGE_HEAD else cause
        if start not in short:
            short += ELLIPSIS + CAUSE_MARK + " " + start
    return short


def describe_error(error):
    """{"type", "message", "traceback"} of an exception, even if its own methods raise."""
    kind = type(error)
    name = getattr(kind, "__qualname__", kind.__name__)
    module = kind.__module__
    if module != "builtins":
        # Results know the probe's own errors by this name, whatever module they are in.
        module = "crossload" if module.startswith("crossload_probe.") else module
        name = "{}.{}".format(module, name)
    try:
        message = str(error)
    except BaseException as second:
        message = "(its message cannot be read: {})".format(type(second).__name__)
    return {
        "type": name[:300],
        "message": describe_message(message),
        "traceback": describe_traceback(error),
    }


def describe_traceback(error):
    """The innermost frames, without the message."""
    try:
        frames = traceback.extract_tb(error.__traceback__)
        text = "".join(traceback.format_list(frames[-TRACEBACK_FRAMES:]))
    except Exception as second:
        return "(its traceback cannot be read: {})".format(type(second).__name__)
    return text[-TRACEBACK_LIMIT:]


def describe_warnings(caught):
    """The first twenty distinct warnings of a job, as `Category: text`."""
    texts = []
    for item in caught:
        try:
            text = "{}: {}".format(item.category.__name__, item.message)
        except Exception:
            text = item.category.__name__
        text = shorten(text, WARNING_LENGTH, 0)
        if text not in texts:
            texts.append(text)
    return texts[:WARNING_COUNT]
