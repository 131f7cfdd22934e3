"""The sentences that every output of the gate says alike.

Owns their words: the headline, the titles of the sections, what is said of the policy's entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from crossload.runner.gate import EntryState, GateResult, Kind, PolicyEntry, Ruling, Side, Standing
from crossload.runner.prose import counted, joined
from crossload.runner.words import Verdict

TITLES: Mapping[Kind, str] = {
    Kind.BREAKS: "Breaks",
    Kind.CHANGES: "Changes silently",
    Kind.NEEDS_CODE: "Needs your model's code",
    Kind.NEEDS_HELP: "Needs help",
    Kind.LOST: "Loses something",
    Kind.NOT_MEASURED: "Not measured",
}
MEANINGS: Mapping[Kind, str] = {
    Kind.BREAKS: "no strategy that was tried loads it",
    Kind.CHANGES: "loads without an error but gives different outputs",
    Kind.NEEDS_CODE: "the file gives only weights, or only predictions",
    Kind.NEEDS_HELP: "a plain load fails, another call or crossload's translator works",
    Kind.LOST: "loads and gives the same outputs, but something else was lost",
    Kind.NOT_MEASURED: "nothing is known",
}
SYMBOLS: Mapping[Kind, Verdict] = {
    Kind.BREAKS: Verdict.FAILS,
    Kind.CHANGES: Verdict.DIFFERS,
    Kind.NEEDS_CODE: Verdict.REBUILT,
    Kind.NEEDS_HELP: Verdict.ASSISTED,
    Kind.LOST: Verdict.PARTIAL,
    Kind.NOT_MEASURED: Verdict.NOT_RUN,
}
_COUNTED: Mapping[Kind, tuple[str, str]] = {
    Kind.BREAKS: ("breaks", "break"),
    Kind.CHANGES: ("changes silently", "change silently"),
    Kind.NEEDS_CODE: ("needs the model's code", "need the model's code"),
    Kind.NEEDS_HELP: ("needs help to load", "need help to load"),
    Kind.LOST: ("loses something", "lose something"),
}
_STATES: Mapping[EntryState, str] = {
    EntryState.EXPIRED: "has expired",
    EntryState.FIXED: "is fixed: remove this entry",
    EntryState.UNUSED: "selects nothing",
}


def described(side: Side) -> str:
    """`tf2.15-py3.11 (TensorFlow 2.15.1, Keras 2.15.0)`."""
    return side.id if side.title == side.id else f"{side.id} ({side.title})"


def headline(result: GateResult) -> str:
    """What the upgrade does to the files, in one sentence without a full stop."""
    measured = [one for one in result.rulings if one.standing is not Standing.NOT_MEASURED]
    total = len(measured) + len(result.same)
    if not total:
        return "nothing could be measured"
    counts = Counter(one.finding.kind for one in measured if one.standing is not Standing.ALREADY)
    parts = [
        f"{counts[kind]:,} {words[0] if counts[kind] == 1 else words[1]}"
        for kind, words in _COUNTED.items()
        if counts[kind]
    ]
    if parts and result.same:
        same = len(result.same)
        parts.append(f"{same:,} {'loads' if same == 1 else 'load'} the same")
    files = f"of {counted(total, 'file')} that {result.before.id} wrote"
    if not parts:
        return f"{files}, none is worse off in {result.after.id}"
    return f"{files}, {joined(parts)} in {result.after.id}"


def ruling_line(result: GateResult) -> str:
    """Whether the gate fails, and for how many findings."""
    failing = Counter(one.standing for one in result.failing)
    parts = []
    if failing[Standing.NEW]:
        parts.append(f"{counted(failing[Standing.NEW], 'new finding')}")
    if failing[Standing.WORSE]:
        parts.append(f"{failing[Standing.WORSE]:,} worse than known")
    if failing[Standing.EXPIRED]:
        parts.append(f"{failing[Standing.EXPIRED]:,} accepted by an expired entry")
    if parts:
        return f"The gate fails: {joined(parts)}."
    if result.is_unknown:
        return "The gate is undecided: something could not be measured."
    return "The gate passes: nothing new."


def below_title(result: GateResult) -> str:
    """The title of what the threshold lets pass."""
    count = counted(len(result.standing(Standing.BELOW)), "finding")
    return f"Milder than '{result.threshold}', so it fails nothing: {count}"


def side_notes(result: GateResult) -> Iterator[str]:
    """What else is worth a line: what was so before, and what has no file."""
    already = result.standing(Standing.ALREADY)
    if already:
        yield (
            f"Not caused by the upgrade: {counted(len(already), 'file')} "
            f"{'has' if len(already) == 1 else 'have'} the same problem in {result.before.id}."
        )
    if result.unsaved:
        count = counted(len(result.unsaved), "file")
        yield f"Not written: {count} that {result.before.id} cannot save."


def problems(result: GateResult) -> Iterator[tuple[str, str]]:
    """Which environment could not be used and why, and what to do."""
    for side in (result.before, result.after):
        if side.problem:
            yield f"{side.id} cannot be used: {side.problem}", side.advice


def entry_lines(result: GateResult) -> Iterator[tuple[PolicyEntry, EntryState, str]]:
    """The entries of the policy that want attention, each with a sentence."""
    for one in result.entries:
        if one.state in _STATES:
            day = f" on {one.entry.expires}" if one.state is EntryState.EXPIRED else ""
            yield (
                one.entry,
                one.state,
                f"{result.policy.place(one.entry)}: {one.entry.cell!r} {_STATES[one.state]}{day}",
            )


def ruled_by(ruling: Ruling, result: GateResult) -> str:
    """What the policy has to do with a finding; empty where it has nothing."""
    entry = ruling.entry
    if entry is None:
        return ""
    place = result.policy.place(entry)
    if ruling.standing is Standing.EXPIRED:
        return f"accepted until {entry.expires} ({place}): {entry.reason}"
    if ruling.standing is Standing.WORSE:
        return f"worse than the {entry.verdict!s} that is accepted ({place})"
    return f"{entry.reason} ({place})"
