"""The exact command lines of container engines."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from crossload.runner.records import Limits
from crossload.runner.sandbox.containers import Container, Mount, invoke
from crossload.runner.sandbox.starting import Descriptors
from crossload.runner.sandbox.target import Engine, Image, Place, ProbeTarget

PLACE = Place(Path("/home/me/p"), Path("/home/me/a"), Path("/home/me/s"), Path("/home/me/l"), 3)
LIMITS = Limits(memory_mb=400, scratch_mb=20, processes=60)
DOCKER = Image(Engine.DOCKER, "/usr/bin/docker", "sha256:abc")
MOUNTS = (Mount(Path("/home/me/p"), Path("/probes")),
          Mount(Path("/home/me/s"), Path("/scratch"), writable=True))  # fmt: skip


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A normal user on a machine with few processors."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 1001)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def command(image: Image = DOCKER, **variables: str) -> str:
    made = invoke(image, ["python3", "x.py"], MOUNTS, variables, LIMITS)
    return re.sub(r"crossload-[0-9a-f]{12}", "NAME", " ".join(made.command))


def test_docker_gets_every_limit_and_nothing_but_what_is_mounted() -> None:
    assert command(KERAS_BACKEND="jax", PATH="/bin") == (
        "/usr/bin/docker run --rm --interactive --init --name NAME "
        "--pull never --network none --read-only --cap-drop ALL "
        "--security-opt no-new-privileges --security-opt label=disable --user 1000:1001 "
        "--memory 400000000 --memory-swap 400000000 --pids-limit 80 --shm-size 64000000 "
        "--ulimit data=600000000:600000000 --ulimit fsize=20000000:20000000 "
        "--ulimit nofile=512:512 --ulimit core=0:0 "
        "--mount type=bind,source=/home/me/p,target=/probes,readonly "
        "--mount type=bind,source=/home/me/s,target=/scratch "
        "--tmpfs /tmp:rw,exec,mode=1777,size=256000000 --workdir /scratch "
        "--env KERAS_BACKEND=jax --entrypoint python3 sha256:abc x.py"
    )


def test_podman_without_root_keeps_the_users_id() -> None:
    podman = Image(Engine.PODMAN, "/usr/bin/podman", "sha256:abc")
    expected = command().replace("/usr/bin/docker", "/usr/bin/podman")
    assert command(podman) == expected.replace("1000:1001", "1000:1001 --userns keep-id")


def test_root_becomes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Container(DOCKER).owner(3) is None
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "getegid", lambda: 0)
    assert "--user 65534:65534 " in command()
    assert "keep-id" not in command(Image(Engine.PODMAN, "podman", "x"))
    assert Container(DOCKER).owner(3) == 65534
    sif = Image(Engine.APPTAINER, "apptainer", "/x.sif")
    assert "--security uid:65534 --security gid:65534" in command(sif)


def test_apptainer_gets_variables_by_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    sif = Image(Engine.APPTAINER, "/usr/bin/apptainer", "/home/me/keras.sif")
    assert command(sif) == (
        "/usr/bin/apptainer --quiet exec --containall --cleanenv --no-privs --net --network none "
        "--bind /home/me/p:/probes:ro --bind /home/me/s:/scratch:rw --pwd /scratch "
        "/home/me/keras.sif python3 x.py"
    )
    made = invoke(sif, ["x"], (), {"TZ": "UTC", "HOME": "/tmp", "PATH": "/bin"}, LIMITS)
    given = {name for name in made.variables if name.startswith("APPTAINERENV_")}
    assert given == {"APPTAINERENV_TZ"}
    assert made.ending == ()
    assert "SECRET" not in made.variables


def test_the_container_is_removed_by_the_name_it_was_given() -> None:
    made = invoke(DOCKER, ["x"], (), {}, LIMITS)
    name = made.command[made.command.index("--name") + 1]
    assert made.ending == ("/usr/bin/docker", "rm", "--force", name)


@pytest.mark.parametrize(
    ("engine", "limited"), [(Engine.DOCKER, ""), (Engine.APPTAINER, "data=600000000,")]
)
def test_a_worker_reads_and_writes_pipes_that_are_not_the_frameworks(
    engine: Engine, limited: str
) -> None:
    target = ProbeTarget(
        "c", "d", Path("/usr/bin/python3"), Path("/usr"), Path("/usr"), "tf.keras", "tensorflow"
    )
    container = Container(Image(engine, "engine", "sha256:abc"))
    words, variables = container.command(
        target, PLACE, LIMITS, Descriptors(7, 8, 9, 10), "start.py"
    )
    options = words[: words.index("--")]
    assert options[options.index("--pipes") + 1] == "7,8"
    assert options[options.index("--limits") + 1].startswith(limited)
    assert ("--ending" in options) is container.is_remote
    worker = words[words.index("sha256:abc") :]
    inside = " ".join(worker[worker.index("/probes/start.py") :])
    assert inside == (
        "/probes/start.py worker --api tf.keras --backend tensorflow "
        "--jobs-fd 3 --answers-fd 4 --scratch /scratch"
    )
    assert "KERAS_HOME" not in variables
    assert container.inside(PLACE).artifacts == Path("/artifacts")
