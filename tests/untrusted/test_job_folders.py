"""Files in the folders of jobs go by their names alone; every other path stays."""

from __future__ import annotations

import pytest

from crossload.runner.untrusted.evidence import clean_tail, clean_text
from crossload.runner.untrusted.job_folders import without_job_folders

HELD = "/scratch/1042137"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"filepath={HELD}/payload/model.h5. Keras 3", "filepath=model.h5. Keras 3"),
        (f'load_model("{HELD}/payload/model")', 'load_model("model")'),
        (f"TFSMLayer({HELD}/payload/model, x)", "TFSMLayer(model, x)"),
        (f"at: {HELD}/payload/a.keras/{{x.pb|y.pb}}", "at: a.keras/{x.pb|y.pb}"),
        (f"'{HELD}/bundle/payload/b.h5'", "'b.h5'"),
        ("<home>/scratch/probing-7-ab/tf2/982137064/payload/w/w", "w/w"),
        ("~/x/982137064/payload/m.h5", "m.h5"),
        (f"{HELD}/payload/a {HELD}9/payload/b\n{HELD}/payload/c", "a b\nc"),
        # Paths that a user chose, or that name no file of a job.
        ("/data/payload/model.h5", "/data/payload/model.h5"),
        ("/data/2024/payload/model.h5", "/data/2024/payload/model.h5"),
        ("https://example.org/1042137/payload/x", "https://example.org/1042137/payload/x"),
        (f"{HELD}/payload/", f"{HELD}/payload/"),
        (f"{HELD}/output.log", f"{HELD}/output.log"),
        ("", ""),
    ],
)
def test_a_file_of_a_job_is_named_alone(text: str, told: str) -> None:
    assert without_job_folders(text) == told


def test_what_a_worker_says_names_no_job() -> None:
    said = f"cannot read {HELD}/payload/model.h5"
    assert clean_text(said) == clean_tail(said.encode()) == "cannot read model.h5"
