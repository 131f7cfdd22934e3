# It stands in for a foreign script: as plain and as wild as one, and not typed either.
# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ARG001, B023, FURB122, PLC0415, PTH101, PTH102, PTH104, PTH108, PTH111, PTH112, PTH123, PTH208, PTH211, SIM115, UP031
"""What the fake worker does to its files, and what it reports of its surroundings.

The functions are called by the model names of its jobs, as those in `start.py`.
"""

import ctypes
import json
import os
import sys
import time


def do_disk(job, reply, options):
    chunk = b"x" * 1_000_000
    for number in range(10**6):
        with open("%s/%d" % (job["id"], number), "wb") as stream:
            for _ in range(5):
                stream.write(chunk)
        time.sleep(0.002)


def do_many_files(job, reply, options):
    for number in range(10**7):
        open("%s/%d" % (job["id"], number), "w").close()


def do_deep(job, reply, options):
    os.chdir(job["id"] + "/bundle")
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(options.scratch)
    time.sleep(100)


def do_locked(job, reply, options):
    os.mkdir(job["id"] + "/private")
    open(job["id"] + "/private/file", "w").close()
    os.chmod(job["id"] + "/private", 0)


def do_symlink(job, reply, options):
    os.symlink("/etc/passwd", job["id"] + "/bundle/payload/link")


def do_fifo(job, reply, options):
    os.mkfifo(job["id"] + "/bundle/payload/fifo")


def do_hard_link(job, reply, options):
    os.link(job["id"] + "/bundle/expected.json", job["id"] + "/bundle/again.json")


def do_dots(job, reply, options):
    reply["payload"] = ".."


def do_link_bundle(job, reply, options):
    os.rename(job["id"] + "/bundle", job["id"] + "/real")
    os.symlink("/etc", job["id"] + "/bundle")


def do_output_link(job, reply, options):
    os.unlink(job["id"] + "/output.log")
    os.symlink("/etc/passwd", job["id"] + "/output.log")


def do_output_fifo(job, reply, options):
    os.unlink(job["id"] + "/output.log")
    os.mkfifo(job["id"] + "/output.log")


def do_refused(job, reply, options):
    error = {"type": "ValueError", "message": "no \x1b[31msuch\u202e layer", "traceback": "at x"}
    reply.update(status="refused", error=error, bundle=None, payload=None)


def do_scripted(job, reply, options):
    """Say what script came with the job."""
    text = "%d:%s" % (len(job["script"]), job["script"][:20])
    reply.update(status="refused", error={"type": "Seen", "message": text, "traceback": ""})
    if job["kind"] == "save":
        reply.update(bundle=None, payload=None)


def do_load_scripted(job, reply, options):
    if job["kind"] == "load":
        do_scripted(job, reply, options)


def do_look(job, reply, options):
    """Report what can be seen and done from in here, as the text of a refusal."""
    seen = {"uid": os.getuid(), "environ": sorted(os.environ)}
    seen["first_process"] = attempt(lambda: open("/proc/1/environ").read())
    for path in os.environ["FAKE_LOOK"].split(":"):
        seen[path] = attempt(lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())
    seen["write_probes"] = attempt(lambda: open("/probes/x", "w"))
    seen["write_artifacts"] = attempt(lambda: open("/artifacts/x", "w"))
    seen["write_python"] = attempt(lambda: open(sys.prefix + "/x", "w"))
    seen["write_sys"] = attempt(lambda: open("/proc/sys/kernel/core_pattern", "w"))
    seen["home"] = attempt(lambda: os.listdir(os.path.expanduser("~")))
    seen["network"] = attempt(network)
    libc = ctypes.CDLL(None, use_errno=True)
    seen["memfd"] = libc.memfd_create(b"x", 0)
    seen["unshare"] = libc.unshare(0x10000000)
    seen["ptrace"] = libc.ptrace(0, 0, 0, 0)
    error = {"type": "Seen", "message": json.dumps(seen), "traceback": ""}
    reply.update(status="refused", error=error, bundle=None, payload=None)


def network():
    import socket

    with open("/proc/net/dev") as stream:
        devices = [line.split(":")[0].strip() for line in stream.readlines()[2:]]
    with socket.socket() as probe:
        probe.settimeout(1)
        try:
            probe.connect(("192.0.2.1", 80))
        except OSError as error:
            return [devices, str(error)]
    return [devices, "connected"]


def attempt(action):
    try:
        return str(action())[:200]
    except OSError as error:
        return "no: " + os.strerror(error.errno)
