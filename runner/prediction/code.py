"""Whether the Python of an environment can run the byte code that a file holds.

Owns that comparison; whether an environment runs code of files at all is a rule of `known.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossload.runner.atlas import Formats
from crossload.runner.prediction.known import File
from crossload.runner.prediction.model import Reason, Rule


def code_problem(formats: Formats, file: File) -> Iterator[Reason]:
    """A reason where byte code of one group of Pythons meets another."""
    written = (file.inspection.origin.python or "").replace(" to ", "-")
    if written and formats.byte_code and written != formats.byte_code:
        yield Reason(
            rule=Rule.BYTE_CODE,
            sentence=f"its Lambda is byte code of Python {written}, which no other Python reads",
            cause="lambda-byte-code-unreadable",
            subject="Lambda",
        )
