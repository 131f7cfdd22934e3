"""The documentation names what there is, its examples work, and its links lead somewhere."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from crossload.cli.parser import command_parser, program_parser, read_command_line
from crossload.cli.registry import all_commands
from crossload.reports.appearance import APPEARANCE
from crossload.runner.config.load import parse_matrix
from crossload.runner.environments.project import known_models
from crossload.runner.errors import ExitCode
from crossload.runner.words import (
    Api,
    Backend,
    Check,
    EnvironmentCause,
    EnvironmentState,
    Format,
    Strategy,
    Verdict,
    Word,
)

ROOT = Path(__file__).resolve().parent.parent
DOCS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHELL = {"shell", "sh", "bash", "console"}


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@cache
def everything() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCS)


def place(path: Path, text: str, position: int) -> str:
    """`docs/matrix.md:12`, as a test's id."""
    return f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, position) + 1}"


def fences(*languages: str) -> Iterator[tuple[str, str]]:
    """Each fenced block of a language: where it begins, and what is in it."""
    for path in DOCS:
        text = path.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            if found[1] in languages:
                yield place(path, text, found.start(2)), found[2]


def commands_in(block: str) -> Iterator[str]:
    """The `crossload` commands of a block: prompts, comments and continuations understood."""
    for line in block.replace("\\\n", " ").splitlines():
        text = re.split(r"\s#|&&|\||>", line.strip().removeprefix("$ "))[0].strip()
        if text.startswith("crossload "):
            yield text


@cache
def parsers() -> dict[str, argparse.ArgumentParser]:
    return {command.name: command_parser(command) for command in all_commands()}


def options() -> Iterator[tuple[str, argparse.Action]]:
    for name, parser in parsers().items():
        for action in parser._actions:
            yield name, action


def long_options() -> list[tuple[str, str]]:
    return [
        (command, option)
        for command, action in options()
        for option in action.option_strings
        if option.startswith("--")
    ]


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next one of its kind."""
    level = title.partition(" ")[0]
    lines = text.splitlines()
    start = lines.index(title)
    rest = lines[start + 1 :]
    length = next((at for at, line in enumerate(rest) if line.startswith(f"{level} ")), len(rest))
    return "\n".join(rest[:length])


def schema_keys() -> list[tuple[str, str]]:
    schema = json.loads((ROOT / "matrix.schema.json").read_text(encoding="utf-8"))
    forms = {"": schema, **schema["$defs"]}
    return [(name, key) for name, form in forms.items() for key in form.get("properties", {})]


def make_targets() -> list[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE)


def tracked_texts() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("command", list(parsers()))
def test_every_command_has_a_section(command: str) -> None:
    assert f"\n## crossload {command}\n" in read("commands.md")


@pytest.mark.parametrize("command", list(parsers()))
def test_every_option_is_documented_with_its_command(command: str) -> None:
    text = read("commands.md")
    places = [section(text, f"## crossload {command}"), text.partition("\n## ")[0]]
    if command == "run":
        assert "Takes the options of `plan`" in places[0]
        places.append(section(text, "## crossload plan"))
    own = [option for name, option in long_options() if name == command]
    assert [one for one in own if not re.search(rf"`{one}[ `]", "\n".join(places))] == []


def test_every_option_has_help() -> None:
    assert [f"{name} {action.dest}" for name, action in options() if not action.help] == []


@pytest.mark.parametrize("code", list(ExitCode), ids=lambda code: code.name)
def test_every_exit_code_is_documented(code: ExitCode) -> None:
    table = section(read("commands.md"), "## Exit codes")
    assert re.search(rf"^\| (\d+, )*{int(code)}[ ,]", table, re.MULTILINE)
    help_text = program_parser(all_commands()).format_help()
    assert re.search(rf"^  (\d+, )*{int(code)}[ ,]", help_text, re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("## Verdicts", Verdict),
        ("## Strategies", Strategy),
        ("## Checks", Check),
        ("## Environments that cannot be used", EnvironmentCause),
        ("## Environments that cannot be used", EnvironmentState),
    ],
)
def test_every_word_of_a_result_is_explained(heading: str, words: type[Word]) -> None:
    text = section(read("verdicts.md"), heading)
    assert [str(one) for one in words if f"`{one}`" not in text] == []


@pytest.mark.parametrize("word", [*Format, *Api, *Backend], ids=str)
def test_every_word_of_a_matrix_is_explained(word: str) -> None:
    assert f"`{word}`" in read("matrix.md")


WORDS = (
    "atlas", "artifact", "attempt", "baseline", "bundle", "case", "cause", "cell", "check", "claim",
    "concession", "digest", "environment", "finding", "format", "home", "ledger", "loader", "lock",
    "matrix", "noise floor", "plain load", "plan", "policy", "prediction", "probe", "profile",
    "proof", "reference model", "remedy", "route", "run", "sandbox", "saver", "strategy",
    "tolerance", "verdict", "your own model",
)  # fmt: skip


def test_every_main_word_is_in_the_glossary() -> None:
    rows = re.findall(r"^\| \*\*(.+)\*\* \| (.+) \|$", read("glossary.md"), re.MULTILINE)
    explained = [word for word, meaning in rows if len(meaning) > 20]
    assert sorted(one for one in explained if one in WORDS) == sorted(WORDS)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("## Verdicts", Verdict),
        ("## Strategies", Strategy),
        ("## Checks", Check),
        ("## Formats", Format),
    ],
)
def test_every_word_of_a_closed_set_is_in_the_glossary(heading: str, words: type[Word]) -> None:
    text = section(read("glossary.md"), heading)
    assert [str(one) for one in words if f"\n| `{one}` | " not in text] == []


def test_every_reference_model_is_explained() -> None:
    text = read("models.md")
    assert [one for one in known_models() if f"| `{one}` |" not in text] == []


def test_symbols_are_those_of_the_reports() -> None:
    text = section(read("verdicts.md"), "## Verdicts")
    rows = {one: f"| `{one}` | {APPEARANCE[one].symbol} |" for one in Verdict}
    assert [one for one, row in rows.items() if row not in text] == []


def test_plain_symbols_are_those_of_the_reports() -> None:
    (line,) = (line for line in read("verdicts.md").splitlines() if "ASCII only" in line)
    assert re.findall(r"`(.)`", line) == [APPEARANCE[verdict].plain for verdict in Verdict]


def test_every_key_of_the_matrix_is_explained() -> None:
    text = read("matrix.md")
    said = [f"| `{key}` |" if form else f"\n## {key}\n" for form, key in schema_keys()]
    assert [one for one in said if one not in text] == []


@pytest.mark.parametrize("target", make_targets())
def test_every_make_target_is_documented(target: str) -> None:
    assert f"`make {target}`" in everything()


def test_there_are_targets_and_keys_to_look_for() -> None:
    assert {"matrix", "test", "lint"} <= set(make_targets())
    assert len(schema_keys()) > 30


@pytest.mark.parametrize("text", [pytest.param(block, id=where) for where, block in fences("yaml")])
def test_every_matrix_in_the_documentation_is_right(text: str) -> None:
    parse_matrix(text, shown="the example", known_models=known_models())


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, id=f"{where} {command}")
        for where, block in fences(*SHELL)
        for command in commands_in(block)
    ],
)
def test_every_command_in_the_documentation_is_right(command: str) -> None:
    read_command_line(shlex.split(command)[1:])


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if "://" in link:
            continue
        file = path.parent / target if target else path
        assert file.exists(), link
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), link


def anchors(path: Path) -> set[str]:
    """The headings of a page as GitHub's links name them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_no_file_names_the_machine_it_was_written_on() -> None:
    # Spelt in parts, so that this file does not name them either.
    paths = "|".join(f"/{name}/" for name in ("work", "root"))
    hosts = "|".join(
        ("pypi" + r"\.org", "files" + r"\.pythonhosted", "index" + "-url", "dev" + "pi")
    )
    forbidden = re.compile(rf"(?<![\w.*-])({paths})|{hosts}")
    found = []
    for path in tracked_texts():
        if not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" in content:
            continue
        text = content.decode("utf-8", "replace")
        found += [f"{place(path, text, hit.start())}: {hit[0]}" for hit in forbidden.finditer(text)]
    assert found == []
