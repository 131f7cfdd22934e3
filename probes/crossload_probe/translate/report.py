"""What became of one load: which ways were tried, what was changed, what was lost.

Owns the texts that a user reads as `model.crossload_report`. The ways themselves are elsewhere.
"""

PLAIN, RENAMED, TRANSLATED = "plain", "renamed", "translated"


class Report(object):
    """What a load did.

    Attributes:
        path: the file or folder, as given.
        kind: what it is by its content, such as "h5" or "savedmodel".
        way: how it was loaded: "plain", "renamed" or "translated"; None while it is not.
        tried: [(way, "failed: " or "not used: " and why)], in order.
        changes: texts on what of the model was written anew.
        lost: texts on what of the file the model does not have.
    """

    def __init__(self, path, kind):
        self.path = str(path)
        self.kind = kind
        self.way = None
        self.tried = []
        self.changes = []
        self.lost = []

    def refused(self, way, error):
        """Note why a way was given up; `error` is an exception or a text."""
        text = str(error).strip()
        if isinstance(error, Exception):
            text = "failed: {}: {}".format(type(error).__name__, text)
        else:
            text = "not used: {}".format(text)
        self.tried.append((way, text))

    def __str__(self):
        lines = ["{} ({}): {}".format(self.path, self.kind, self.way or "not loaded")]
        for way, text in self.tried:
            lines.append("  {} {}".format(way, first_line(text)))
        lines += ["  changed: {}".format(text) for text in self.changes]
        lines += ["  lost: {}".format(text) for text in self.lost]
        return "\n".join(lines)

    def __repr__(self):
        return "<crossload report: {} {}>".format(self.way, self.path)


def first_line(text):
    lines = text.splitlines()
    return lines[0][:200] if lines else ""
