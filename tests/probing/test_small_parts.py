"""The digest of options, the list of models, and the names of deaths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossload.runner.errors import ConfigurationError
from crossload.runner.models.listing import MODELS_FILE, read_models
from crossload.runner.probing import deaths
from crossload.runner.probing.digests import options_digest
from crossload.runner.records import Limits, ProbeError
from crossload.runner.words import JobStatus

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits()


def test_the_options_digest_does_not_depend_on_order() -> None:
    assert options_digest({"a": 1, "b": None}) == options_digest({"b": None, "a": 1})
    assert options_digest({"a": 1}) != options_digest({"a": "1"})
    with pytest.raises(ValueError, match="Out of range float values"):
        options_digest({"a": float("nan")})


def test_the_shipped_models_can_be_read() -> None:
    models = read_models(ROOT / "probes")
    assert models["dense"].compiled
    assert models["custom-layer"].custom
    assert models["lambda"].code


@pytest.mark.parametrize(
    "text", ["", "[]", json.dumps({"models": [{"name": "a", "compiled": "yes"}]})]
)
def test_a_wrong_list_of_models_is_a_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / MODELS_FILE).parent.mkdir(parents=True)
    (tmp_path / MODELS_FILE).write_text(text)
    with pytest.raises(ConfigurationError, match=r"the list of reference models .* cannot be read"):
        read_models(tmp_path)


@pytest.mark.parametrize(
    ("code", "tail", "partial", "status", "detail"),
    [
        (139, "", True, JobStatus.CRASHED, "killed by SIGSEGV"),
        (134, "", False, JobStatus.CRASHED, "killed by SIGABRT"),
        (
            134,
            "what(): std::bad_alloc",
            False,
            JobStatus.OUT_OF_MEMORY,
            "memory limit of 4000 MB (an allocation was refused)",
        ),
        (152, "", False, JobStatus.TIMED_OUT, "CPU limit of 180 s"),
        (153, "", False, JobStatus.CRASHED, "scratch limit of 512 MB for one file"),
        (137, "", False, JobStatus.CRASHED, "killed by SIGKILL"),
        (0, "", False, JobStatus.CRASHED, "ended with exit status 0 before it answered"),
        (0, "", True, JobStatus.BAD_ANSWER, "bad answer: only half of one, then exit status 0"),
        (250, "", False, JobStatus.CRASHED, "ended with exit status 250 before it answered"),
    ],
)
def test_deaths_have_names(
    code: int,
    tail: str,
    partial: bool,  # noqa: FBT001 - a case of a table
    status: JobStatus,
    detail: str,
) -> None:
    death = deaths.of_exit(code, LIMITS, tail, partial=partial, oom_killed=False)
    assert (death.status, death.detail) == (status, detail)
    assert death.may_pass is detail.startswith("killed by")


def test_the_systems_out_of_memory_kill_is_recognised() -> None:
    death = deaths.of_exit(137, LIMITS, "", partial=False, oom_killed=True)
    assert death.status is JobStatus.OUT_OF_MEMORY


@pytest.mark.parametrize(
    "name",
    [
        "MemoryError",
        "numpy.core._exceptions._ArrayMemoryError",
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError",
    ],
)
def test_a_refused_allocation_is_a_limit_and_not_an_incompatibility(name: str) -> None:
    death = deaths.of_refusal(ProbeError(name, "OOM"), LIMITS)
    assert death is not None
    assert death.status is JobStatus.OUT_OF_MEMORY
    assert deaths.of_refusal(ProbeError("ValueError", "MemoryError"), LIMITS) is None
