"""A build ends with the process that started it; starters and builds are real processes."""

from __future__ import annotations

import subprocess
import sys

from crossload.runner.environments.lifeline import VARIABLE, end_with_starter

# The build: it waits for its end, with an installer below it that does the same.
BUILDS = """
import os, subprocess
from crossload.runner.environments.lifeline import end_with_starter
assert end_with_starter(os.environ) is not None
subprocess.run(["sleep", "600"])
"""
STARTS = """
import os, subprocess, sys
from crossload.runner.environments.lifeline import VARIABLE, lifeline
with lifeline() as line:
    build = subprocess.Popen([sys.executable, "-c", sys.argv[1]], pass_fds=(line,),
                             env={**os.environ, VARIABLE: str(line)}, start_new_session=True)
    print(build.pid, flush=True)
    build.wait()
"""


def test_a_build_and_its_installer_end_when_the_starter_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS, BUILDS], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline().strip().isdecimal()
        starter.kill()
        # The build and its installer inherited the output: it ends when the last of them has.
        assert starter.stdout.read() == ""


def test_without_a_lifeline_nothing_is_watched() -> None:
    assert end_with_starter({}) is None
    assert end_with_starter({VARIABLE: "none"}) is None


def test_a_group_that_is_not_its_own_is_left_alone() -> None:
    code = (
        "import os; from crossload.runner.environments.lifeline import *\n"
        f"print(end_with_starter({{{VARIABLE!r}: '0'}}), os.getpgrp() == os.getpid())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None False\n"
