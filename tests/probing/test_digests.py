"""Which change to the probe asks for new measurements, and of what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.errors import ConfigurationError
from crossload.runner.models.listing import read_models
from crossload.runner.models.traits import ModelTraits
from crossload.runner.probing.digests import case_digests, probe_digests, subject_digests
from crossload.runner.probing.material import Bundle, Scripts
from crossload.runner.probing.sources import read_sources
from crossload.runner.records import ProbeDigests
from crossload.runner.shipped import probes_folder
from crossload.runner.words import SubjectTask

SCRIPTS = Scripts("# save", "# load")
SUBJECT = Bundle("f" * 64, SubjectTask.ADOPT)
IMPORTS = {
    "worker": "from crossload_probe import wire",
    "wire": "",
    "facts": "from crossload_probe import wire",
    "atlas.harvest": "from crossload_probe import wire",
    "checks.comparing": "",
    "jobs.saving": "from crossload_probe.checks import comparing",
    "jobs.loading": (
        "from crossload_probe.checks.comparing import compare\n"
        "def load():\n    from crossload_probe.translate import layers"
    ),
    "jobs.scripts": "import crossload_probe.checks.comparing",
    "models.dense": "",
    "models.gru": "",
    "translate.layers": "",
    "subjects.tasks": "def build():\n    from crossload_probe.translate import layers",
}


def path_of(folder: Path, module: str) -> Path:
    return folder.joinpath("crossload_probe", *module.split(".")).with_suffix(".py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A probe shaped like the shipped one, in which every module is its imports and one value."""
    probes = tmp_path / "probes"
    for module, text in IMPORTS.items():
        path = path_of(probes, module)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\nvalue = 1\n")
        (path.parent / "__init__.py").touch()
    (probes / "start.py").write_text("value = 1")
    return probes


def digests(folder: Path, scripts: Scripts = SCRIPTS) -> dict[str, ProbeDigests]:
    """The digests of a dense model, a GRU, a case and a user's model."""
    sources = read_sources(folder)
    catalogue = {name: ModelTraits(name=name, file=name) for name in ("dense", "gru")}
    return {
        **probe_digests(sources, catalogue),
        **case_digests(sources, {"case": scripts}),
        **subject_digests(sources, {"mine": SUBJECT}),
    }


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("module", "depending"),
    [
        ("wire", {"dense", "gru", "case", "mine"}),
        ("checks.comparing", {"dense", "gru", "case"}),
        ("jobs.loading", {"dense", "gru"}),
        ("jobs.scripts", {"case"}),
        ("models.dense", {"dense"}),
        ("models.gru", {"gru"}),
        ("translate.layers", {"dense", "gru", "mine"}),
        ("translate.__init__", {"dense", "gru", "mine"}),
        ("facts", set()),
        ("atlas.harvest", set()),
    ],
)
def test_a_changed_literal_counts_for_what_depends_on_the_module(
    folder: Path, module: str, depending: set[str]
) -> None:
    before = digests(folder)
    path = path_of(folder, module)
    path.write_text(path.read_text().replace("value = 1", "") + "value = 2")
    assert changed(before, digests(folder)) == depending


@pytest.mark.parametrize(
    ("module", "depending"),
    [
        ("jobs.saving", {"saving"}),
        ("jobs.loading", {"loading", "translating"}),
        ("translate.layers", {"translating"}),
        ("checks.comparing", {"saving", "loading", "translating"}),
        ("models.dense", {"saving", "loading", "translating"}),
    ],
)
def test_saves_and_loads_depend_on_what_they_run(
    folder: Path, module: str, depending: set[str]
) -> None:
    before = vars(digests(folder)["dense"])
    path = path_of(folder, module)
    path.write_text(path.read_text().replace("value = 1", "") + "value = 2")
    assert changed(before, vars(digests(folder)["dense"])) == depending


def test_the_start_script_counts_for_everything(folder: Path) -> None:
    before = digests(folder)
    (folder / "start.py").write_text("value = 2")
    assert changed(before, digests(folder)) == {"dense", "gru", "case", "mine"}


def test_a_comment_counts_for_nothing(folder: Path) -> None:
    before = digests(folder)
    for path in folder.rglob("*.py"):
        path.write_text(f'"""What it is."""\n\n\n{path.read_text()}\n# the end\n')
    assert digests(folder) == before


def test_what_no_job_imports_counts_for_nothing(folder: Path) -> None:
    before = digests(folder)
    path_of(folder, "models.catalogue").with_suffix(".json").write_text("{}")
    path_of(folder, "unused").write_text("value = 1")
    (folder / "crossload_probe" / "__pycache__").mkdir()
    assert digests(folder) == before


def test_the_whole_is_that_of_all_modules_however_they_are_laid_out(folder: Path) -> None:
    before = read_sources(folder).whole
    module = folder / "crossload_probe" / "worker.py"
    module.write_text(f"# a comment\n{module.read_text()}\n\n")
    assert read_sources(folder).whole == before
    module.write_text(f"{module.read_text()}\nmore = 1\n")
    assert read_sources(folder).whole != before


def test_the_name_of_a_module_counts(folder: Path) -> None:
    before = digests(folder)
    path_of(folder, "wire").rename(path_of(folder, "cable"))
    worker = path_of(folder, "worker")
    worker.write_text(worker.read_text().replace("wire", "cable"))
    assert changed(before, digests(folder)) == {"dense", "gru", "case", "mine"}


def test_a_case_depends_on_its_own_two_scripts(folder: Path) -> None:
    swapped = Scripts(SCRIPTS.load, SCRIPTS.save)
    given = (SCRIPTS, replace(SCRIPTS, save="x"), replace(SCRIPTS, load="x"), swapped)
    assert len({digests(folder, one)["case"] for one in given}) == 4
    assert case_digests(read_sources(folder), {}) == {}


def test_a_users_model_depends_on_its_file(folder: Path) -> None:
    other = replace(SUBJECT, artifact="e" * 64)
    sources = read_sources(folder)
    assert subject_digests(sources, {"mine": SUBJECT}) != subject_digests(sources, {"mine": other})
    assert subject_digests(sources, {}) == {}


def test_the_shipped_models_share_a_digest_if_they_share_a_module() -> None:
    catalogue = read_models(probes_folder())
    found = probe_digests(read_sources(probes_folder()), catalogue)
    pairs = {(found[name], model.file) for name, model in catalogue.items()}
    assert len(pairs) == len(set(found.values())) == len({one.file for one in catalogue.values()})


def test_what_the_cache_holds_is_not_parsed_again(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    plain = read_sources(folder, cache).digest("crossload_probe.wire")
    assert read_sources(folder, cache).digest("crossload_probe.wire") == plain
    held = json.loads(cache.read_text())
    forged = {key: {**value, "digest": "forged"} for key, value in held.items()}
    cache.write_text(json.dumps(forged))
    assert read_sources(folder, cache).digest("crossload_probe.wire") != plain
    path_of(folder, "wire").write_text("value = 3")
    read_sources(folder, cache)
    assert len({value["digest"] for value in json.loads(cache.read_text()).values()}) == 2


@pytest.mark.parametrize("text", ["", "[]", '{"a": {"digest": 1}}'])
def test_a_damaged_cache_is_replaced(folder: Path, tmp_path: Path, text: str) -> None:
    cache = tmp_path / "cache.json"
    cache.write_text(text)
    plain = read_sources(folder).digest("crossload_probe.worker")
    assert read_sources(folder, cache).digest("crossload_probe.worker") == plain
    assert len(json.loads(cache.read_text())) > 5


def test_a_cache_that_cannot_be_written_is_done_without(folder: Path, tmp_path: Path) -> None:
    plain = read_sources(folder).digest("crossload_probe.worker")
    absent = tmp_path / "no" / "such" / "folder"
    assert read_sources(folder, absent).digest("crossload_probe.worker") == plain


def test_a_damaged_probe_is_a_clear_error(folder: Path) -> None:
    path_of(folder, "wire").write_text("value = (")
    with pytest.raises(ConfigurationError, match=r"probe is damaged: .*wire\.py' cannot be read"):
        read_sources(folder)
    path_of(folder, "wire").unlink()
    with pytest.raises(ConfigurationError, match=r"no module 'crossload_probe.models.no'"):
        probe_digests(read_sources(folder), {"no": ModelTraits(name="no", file="no")})
