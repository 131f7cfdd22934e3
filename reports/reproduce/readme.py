"""The README of a reproduction: what an upstream maintainer asks for, in the order of asking.

Owns its words: title, versions, steps, what is expected, what happens instead. The texts that it
quotes are hidden already (`hidden`), so that it names no machine.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crossload.reports.document import AttemptRow, CellRow, RunRow
from crossload.reports.reproduce.hidden import Hide
from crossload.reports.reproduce.own_readme import Parcel, warning, whereabouts
from crossload.reports.reproduce.sides import Prepared
from crossload.runner.analysis.judged import TryResult
from crossload.runner.environments.libraries import SEARCH_PATH
from crossload.runner.formats import FORMATS
from crossload.runner.prose import joined
from crossload.runner.records import ProbeError
from crossload.runner.vendoring import FILE_NAME
from crossload.runner.versions import minor_of
from crossload.runner.words import CheckStatus, Strategy

_TRACEBACK_LINES = 16
_SHORT = 100
_LONG = 300
_ALL_SAME = "and the outputs are the same"
_RESULTS = {
    TryResult.AGREES: "no error, and the outputs agree",
    TryResult.DIFFERS: "no error, and the outputs differ",
    TryResult.UNPROVED: "no error, but no outputs to compare with",
    TryResult.CRASHED: "the process dies",
    TryResult.TIMED_OUT: "the process exceeds its time limit",
    TryResult.OUT_OF_MEMORY: "the process exceeds its memory limit",
    TryResult.REFUSED: "it raises an error",
    TryResult.BAD_ANSWER: "it ends without an answer",
}


@dataclass(frozen=True)
class Story:
    """All that the README tells of.

    Attributes:
        row: the cell.
        run: the run that measured it.
        saver: the environment of `save.py`.
        loader: the environment of `load.py`.
        attempt: the one that `load.py` repeats; None where nothing was loaded.
        watched: what the scripts compare besides the outputs.
        hide: short names for folders of the machine that measured.
        parcel: what of the user's own model is in the folder; None for a reference model.
    """

    row: CellRow
    run: RunRow
    saver: Prepared
    loader: Prepared
    attempt: AttemptRow | None
    watched: tuple[str, ...]
    hide: Hide
    parcel: Parcel | None = None

    @property
    def has_save(self) -> bool:
        """Whether there is a `save.py`; a file of the user's own was there before."""
        return self.parcel is None or self.parcel.has_save

    @property
    def sides(self) -> tuple[tuple[str, Prepared], ...]:
        """The scripts, by their names without `.py`, with their environments."""
        load = ("load", self.loader)
        return (("save", self.saver), load) if self.has_save else (load,)

    @property
    def error(self) -> ProbeError | None:
        """What the script raises: `load.py`, or `save.py` where nothing was saved."""
        return self.row.error if self.attempt is None else self.attempt.error

    @property
    def is_as_expected(self) -> bool:
        """Whether the load does what is expected of it, as the right way to load a file does."""
        attempt = self.attempt
        if attempt is None or self.watched:
            return False
        knows_outputs = self.parcel is None or self.parcel.is_compared
        expected = TryResult.AGREES if knows_outputs else TryResult.UNPROVED
        return attempt.result in {TryResult.AGREES, expected}


def readme(story: Story) -> str:
    """The text of README.md."""
    return "\n".join(
        [
            f"# {title(story)}",
            "",
            *(() if story.parcel is None else warning(story.parcel)),
            *_introduction(story),
            "",
            "## Versions",
            "",
            *_versions(story),
            *_notes(story),
            "",
            "## Steps",
            "",
            *_steps(story),
            "",
            "## Expected",
            "",
            *_expected(story),
            "",
            "## What happens" if story.is_as_expected else "## What happens instead",
            "",
            *_actual(story),
            "",
        ]
    )


def title(story: Story) -> str:
    """One sentence that could be the title of a report."""
    row, attempt = story.row, story.attempt
    saver, loader = _spoken(story.saver), _spoken(story.loader)
    is_case = row.format.is_script
    thing = FORMATS[row.format].title if not is_case else f"the files of the case `{row.model}`"
    if attempt is None:
        model = f"the model `{row.model}`" if story.parcel is None else "a model"
        does = f"make {thing}" if is_case else f"save {model} as {thing}"
        return f"{saver} does not {does}: {_first(story)}"
    by = _by(story, saver)
    if attempt.result is TryResult.AGREES:
        kept = f"but not all of it: {joined(story.watched)}" if story.watched else _ALL_SAME
        return f"{loader} loads {thing}{by}, {kept}"
    if attempt.result is TryResult.DIFFERS:
        way = "" if attempt.strategy.is_plain else f" (by `{attempt.strategy}`)"
        return f"{loader} loads {thing}{by}{way} without an error but gives different outputs"
    why = _first(story) if story.error is not None else _RESULTS[attempt.result]
    return f"{loader} does not load {thing}{by}: {why}"


def _by(story: Story, saver: str) -> str:
    """Whose file it is, as the rest of a clause."""
    row, parcel = story.row, story.parcel
    if parcel is not None and parcel.own.was_there:
        told = parcel.is_compared and row.saver != row.loader
        return f" that {saver} loads" if told else ""
    return " of its own" if row.saver == row.loader else f" saved by {saver}"


def _first(story: Story) -> str:
    error = story.error
    if error is None:
        return "nothing comes of it"
    line = (story.hide(error.message).splitlines() or [""])[0].strip()
    text = f"{error.type}: {line}" if line else error.type
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()} ..."


def _spoken(prepared: Prepared) -> str:
    """An environment by what upstream knows it by."""
    environment = prepared.row
    legacy = environment.version("tf-keras") or environment.version("tf_keras")
    keras = environment.version("keras") or legacy or "?"
    tensorflow = environment.version("tensorflow")
    if environment.api == "tf.keras" and prepared.side.variables.get("TF_USE_LEGACY_KERAS") == "1":
        return f"TensorFlow {tensorflow or '?'} (tf-keras {legacy or '?'})"
    if environment.api == "tf.keras":
        return f"TensorFlow {tensorflow or '?'} (Keras {keras})"
    if environment.api == "tf_keras":
        return f"tf-keras {legacy or '?'} (TensorFlow {tensorflow or '?'})"
    return f"Keras {keras} on {environment.backend}"


def _introduction(story: Story) -> Iterator[str]:
    row = story.row
    detail = f": {story.hide(row.detail).rstrip('.')}" if row.detail else ""
    if story.has_save:
        yield "Two scripts show it; they need the framework and NumPy, and nothing else."
    else:
        yield "One script shows it; it needs the framework and NumPy, and nothing else."
    if story.parcel is not None:
        yield from whereabouts(story.parcel, _spoken(story.saver))
        yield ""
    yield f"crossload {story.run.crossload} measured it as `{row.id}`: `{row.verdict}`{detail}."
    if row.cause is not None:
        yield ""
        yield f"Probable cause: {row.cause.sentence}."
        yield from (f"See {address}" for address in row.cause.references)


def _versions(story: Story) -> Iterator[str]:
    saver, loader, parcel = story.saver.row, story.loader.row, story.parcel
    sides = {"saves": saver, "loads": loader}
    if parcel is not None and parcel.own.was_there:
        # Without answers, the other one has only kept the file.
        sides = {"answers": saver, "loads": loader} if parcel.is_compared else {"loads": loader}
    ends = sides.values()
    names = dict.fromkeys(name for one in ends for name, _ in one.versions)
    yield _table_row("", sides)
    yield "|---" * (len(sides) + 1) + "|"
    yield _table_row("platform", [one.platform for one in ends])
    yield _table_row("Keras through", [f"`{one.api}`" for one in ends])
    yield _table_row("backend", [one.backend for one in ends])
    for name in names:
        yield _table_row(name, [one.version(name) or "-" for one in ends])


def _table_row(name: str, columns: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(columns)} |".replace("|  |", "| |", 1)


def _notes(story: Story) -> Iterator[str]:
    """What of the environments is not in the lock files, and whether these are the right ones."""
    for verb, one in story.sides:
        if not one.is_measured:
            yield ""
            yield (
                f"**Not the measured lock:** `requirements-{verb}.txt` is a lock of "
                f"`{one.row.id}`, but not the one that the run used, or with a different Python, "
                "variable or library: its digest is different. The versions above are those that "
                "were measured; compare them with the file."
            )
        declared = {name: one.side.variables[name] for name in one.declared}
        if declared:
            listed = ", ".join(f"`{name}={value}`" for name, value in sorted(declared.items()))
            yield ""
            yield f"`{verb}.py` sets the variables of this environment: {listed}."
        if one.libraries:
            listed = ", ".join(f"`{real}` as `{name}`" for name, real in one.libraries.items())
            yield ""
            yield f"`{verb}.py` needs libraries of the system under other names: {listed}."


def _steps(story: Story) -> Iterator[str]:
    yield "With uv:"
    yield ""
    yield from _commands(story, with_uv=True)
    yield ""
    yield "The same with venv and pip, if these Pythons are installed:"
    yield ""
    yield from _commands(story, with_uv=False)


def _commands(story: Story, *, with_uv: bool) -> Iterator[str]:
    yield "```shell"
    for verb, one in story.sides:
        python = minor_of(one.row.python)
        options = shlex.join(["--no-deps", "--require-hashes", *one.options])
        wanted = f"{options} -r requirements-{verb}.txt"
        if with_uv:
            yield f"uv venv --python {python} env-{verb}"
            yield f"uv pip install --python env-{verb} {wanted}"
        else:
            yield f"python{python} -m venv env-{verb}"
            yield f"env-{verb}/bin/python -m pip install {wanted}"
        yield from _links(verb, one)
    for verb, one in story.sides:
        folders = [f'"$PWD/libraries-{verb}"'] if one.libraries else []
        folders += [shlex.quote(one.search_path)] if one.search_path else []
        before = f"{SEARCH_PATH}={':'.join(folders)} " if folders else ""
        yield f"{before}env-{verb}/bin/python {verb}.py"
    yield "```"


def _links(verb: str, one: Prepared) -> Iterator[str]:
    """A folder of links from the names that are asked for to libraries of the system."""
    if one.libraries:
        yield f"mkdir libraries-{verb}"
    for wanted, real in one.libraries.items():
        found = f'"$(ldconfig -p | awk \'$1 == "{real}" {{print $NF; exit}}\')"'
        yield f"ln -s {found} libraries-{verb}/{wanted}"


def _expected(story: Story) -> Iterator[str]:
    if story.attempt is None:
        yield "`save.py` saves the model."
        return
    allowed = "" if story.row.tolerance is None else f" to {story.row.tolerance:.0e} (relative)"
    parcel = story.parcel
    if parcel is not None and not parcel.is_compared:
        yield f"`load.py` loads `{parcel.model}`."
        return
    what = "what `save.py` saved" if story.has_save or parcel is None else f"`{parcel.model}`"
    yield f"`load.py` loads {what}, and its outputs are equal{allowed}."
    if story.watched:
        yield ""
        yield f"Nothing else is lost either: {joined(story.watched)}."


def _actual(story: Story) -> Iterator[str]:
    attempt, error = story.attempt, story.error
    if error is not None:
        yield f"`{'save' if attempt is None else 'load'}.py` raises `{error.type}`:"
        yield ""
        yield from _fenced(_raised(error, story.hide))
        return
    if attempt is None:
        yield "Nothing was saved, and no error was recorded."
        return
    how = "" if attempt.strategy.is_plain else f", by the strategy `{attempt.strategy}`"
    yield f"`load.py`{how}: {_RESULTS[attempt.result]}."
    if attempt.strategy is Strategy.TRANSLATED:
        yield f"`{FILE_NAME}` is crossload's translator as one file."
    if attempt.detail:
        yield ""
        yield story.hide(attempt.detail)
    rows = [one for one in attempt.checks if one.status is not CheckStatus.NOT_APPLICABLE]
    if not rows:
        return
    lost = {*attempt.lost, *(["outputs"] if attempt.result is TryResult.DIFFERS else [])}
    yield ""
    yield "| compared | found | lost | |"
    yield "|---|---|---|---|"
    for check in rows:
        number = "" if check.difference is None else f", relative difference {check.difference:.2g}"
        told = " ".join(story.hide(check.detail).replace("|", "\\|").split())[:_LONG]
        is_lost = "**yes**" if str(check.check) in lost else "no"
        yield f"| {check.check} | {check.status}{number} | {is_lost} | {told} |"


def _raised(error: ProbeError, hide: Hide) -> list[str]:
    """The last lines of the traceback: those of the framework, and the message."""
    said = hide(f"{error.type}: {error.message}").splitlines()
    frames = hide(error.traceback).splitlines()
    ours = [at for at, line in enumerate(frames) if "<crossload>/" in line]
    frames = frames[ours[-1] + 1 :] if ours else frames
    starts = [at for at, line in enumerate(frames) if line.lstrip().startswith("File ")]
    frames = frames[starts[0] :] if starts else []
    last = next((at for at, line in enumerate(frames) if line.startswith(error.type)), len(frames))
    frames = frames[:last]
    more = ["  ..."] if len(frames) > _TRACEBACK_LINES else []
    return [*more, *frames[-_TRACEBACK_LINES:], *said]


def _fenced(lines: Sequence[str]) -> Iterator[str]:
    """A block that no text inside can end."""
    longest = max((len(line) - len(line.lstrip("`")) for line in lines), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield from lines
    yield fence
