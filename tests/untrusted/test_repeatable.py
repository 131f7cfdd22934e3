"""What differs from process to process is taken out of foreign text; everything else stays."""

from __future__ import annotations

import pytest

from crossload.runner.untrusted.evidence import clean_tail, clean_text
from crossload.runner.untrusted.repeatable import repeatable

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
        ("<Functional object at 0x7fdfa372a8d0> of type", "<Functional object> of type"),
        (
            "<function f.<locals>.g at 0x7fdfa372a8d0> triggered",
            "<function f.<locals>.g> triggered",
        ),
        ("buf = 0x55d0c1a2b3c4, total", "buf = 0x..., total"),
        ("failed: time = Mon Nov 30 14:48:13 2026\n, filename", "failed: time = ...\n, filename"),
        ("failed: time = Tue Dec  1 05:30:52 2026, f", "failed: time = ..., f"),
        ("a time = Monday, and time = 12:30", "a time = Monday, and time = 12:30"),
        ("flags 0x1f and 0xdeadbeef", "flags 0x1f and 0xdeadbeef"),
        ("", ""),
    ],
)
def test_what_the_next_process_would_not_say_is_taken_out(text: str, told: str) -> None:
    assert repeatable(text) == told
    assert repeatable(told) == told


def test_what_a_worker_says_names_no_job() -> None:
    said = f"cannot read {HELD}/payload/model.h5"
    assert clean_text(said) == clean_tail(said.encode()) == "cannot read model.h5"
