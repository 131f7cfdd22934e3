# It stands in for a foreign script: as plain and as wild as one, and not typed either.
# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ANN202, ARG001, PERF203, PTH102, PTH103, PTH123, T201, UP031
"""A worker that speaks the real wire but loads nothing; its jobs' model names say how to behave.

Standard library only: it runs under the tests' own interpreter, inside the sandbox or outside.
"""

import argparse
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

sys.path.append(__file__.rpartition("/")[0])  # an isolated Python leaves it out

import bundles


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part")
    for name in ("--api", "--backend", "--scratch"):
        parser.add_argument(name)
    for name in ("--jobs-fd", "--answers-fd"):
        parser.add_argument(name, type=int)
    options = parser.parse_args()
    os.chdir(options.scratch)
    redirect("worker.log")
    behave_at_start(options)
    hello = {"kind": "hello", "protocol": 1, "pid": os.getpid(), "import_seconds": 0.01}
    hello["versions"] = {"python": "%d.%d" % sys.version_info[:2], "keras": None}
    send(options.answers_fd, hello)
    with os.fdopen(options.jobs_fd, "rb") as jobs:
        for line in jobs:
            answer(json.loads(line), options)


def behave_at_start(options):
    how = os.environ.get("FAKE_START", "")
    if how == "failed":
        error = {"type": "ImportError", "message": "no numpy here", "traceback": "line 1"}
        send(options.answers_fd, {"kind": "failed", "error": error})
        sys.exit(3)
    elif how == "exit":
        print("about to leave")
        sys.exit(5)
    elif how == "hang":
        time.sleep(1000)
    elif how == "babble":
        os.write(options.answers_fd, b"Welcome to the framework\n")


def answer(job, options):
    folder = job["id"]
    os.mkdir(folder)
    redirect(folder + "/output.log")
    soft = int(time.process_time()) + job["cpu_seconds"] + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
    name = job["model"]
    if job["kind"] == "save":
        reply = {"kind": "saved", "id": job["id"], "status": "done", "error": None}
        reply.update(bundle=folder + "/bundle", noise=0.0, payload="model.h5")
        reply.update(seconds={"save": 0.001}, warnings=[], rss_mb=20)
        make_bundle(folder, name)
    else:
        reply = {"kind": "loaded", "id": job["id"], "status": "done", "error": None}
        with open(job["artifact"] + "/payload/model.h5", "rb") as stream:
            stream.read()
        difference = 0.0 if job["strategy"] == os.environ.get("FAKE_AGREES", "plain") else 1.0
        check = {"check": "outputs", "status": "measured", "difference": difference, "detail": ""}
        reply.update(concessions=[], checks=[check], seconds={"load": 0.001}, warnings=[])
        reply.update(rss_mb=20)
    print("working on", name, flush=True)
    fault = "do_" + name.replace("-", "_").split(".")[0]
    faults = globals().get(fault) or getattr(bundles, fault, None)
    if faults and (job["kind"] == "save" or name.startswith("load-")):
        reply = faults(job, reply, options) or reply
    send(options.answers_fd, reply)
    redirect("worker.log")


def make_bundle(folder, name):
    os.makedirs(folder + "/bundle/payload")
    with open(folder + "/bundle/payload/model.h5", "w") as stream:
        stream.write("model " + name)
    with open(folder + "/bundle/expected.json", "w") as stream:
        stream.write("{}")


def redirect(path):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


def send(descriptor, value):
    data = (json.dumps(value) + "\n").encode()
    while data:
        data = data[os.write(descriptor, data) :]


# How to fail, by model name.


def do_slow(job, reply, options):
    time.sleep(float(os.environ.get("FAKE_SLOW", "0.05")))


def do_exit0(job, reply, options):
    os._exit(0)


def do_exit1(job, reply, options):
    os._exit(1)


def do_segv(job, reply, options):
    ctypes.string_at(0)


def do_load_slow(job, reply, options):
    if job["kind"] == "load":
        time.sleep(float(os.environ.get("FAKE_SLOW", "0.05")))


def do_load_segv(job, reply, options):
    if job["kind"] == "load" and job["strategy"] == "plain":
        ctypes.string_at(0)


def do_abort(job, reply, options):
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
    os.abort()


def do_killed(job, reply, options):
    os.kill(os.getpid(), signal.SIGKILL)


def do_hang(job, reply, options):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(100)


def do_loop(job, reply, options):
    soft = int(time.process_time()) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
    while True:
        pass


def do_memory(job, reply, options):
    """Grow over the tests' limit of 400 MB and stay there, however late it is measured."""
    held = []
    while len(held) < 110:
        try:
            held.append(b"x" * 4_000_000)
        except MemoryError:
            break
        time.sleep(0.006)
    time.sleep(1000)


def do_memory_at_once(job, reply, options):
    try:
        bytearray(10_000_000_000)
    except MemoryError as error:
        reply.update(status="refused", error={"type": "MemoryError", "message": str(error)})
        reply.update(bundle=None, payload=None)


def do_flood(job, reply, options):
    chunk = b"\x1b[31mflood\x00\xff" * 10000
    while True:
        os.write(1, chunk)


def do_chatter(job, reply, options):
    os.write(1, b"\x1b[31mred\x1b[0m \xe2\x80\xae \x00 end\n")


def do_told(job, reply, options):
    """Like a worker whose child was killed by this job, and which has another child ready."""
    return {"kind": "died", "code": 128 + signal.SIGSEGV}


PASSED = []


def do_passes(job, reply, options):
    """Like `told`, but only the first time, as where no thread could be started at that moment."""
    if job["model"] not in PASSED:
        PASSED.append(job["model"])
        return do_told(job, reply, options)
    return None


def do_garbage(job, reply, options):
    os.write(options.answers_fd, b"Epoch 1/2 [=====]\n")


def do_before(job, reply, options):
    os.write(options.answers_fd, b"\xff\xfe\x00")


def do_after(job, reply, options):
    line = json.dumps(reply) + "\n"
    os.write(options.answers_fd, (line + line).encode())
    time.sleep(100)


def do_later(job, reply, options):
    """Answer well; say something unasked a little later."""

    def speak():
        time.sleep(0.15)
        os.write(options.answers_fd, b"by the way\n")

    threading.Thread(target=speak, daemon=True).start()


def do_oversize(job, reply, options):
    reply["payload"] = "x" * 10_000_000


def do_nan(job, reply, options):
    reply["noise"] = float("nan")


def do_infinite(job, reply, options):
    reply["seconds"] = {"save": float("inf")}


def do_wrong_id(job, reply, options):
    reply["id"] = "99999"


def do_extra(job, reply, options):
    reply["verdict"] = "same"


def do_elsewhere(job, reply, options):
    reply["bundle"] = "../../etc"


def do_half(job, reply, options):
    os.write(options.answers_fd, json.dumps(reply).encode()[:30])
    os._exit(0)


def do_closes(job, reply, options):
    os.close(options.answers_fd)
    time.sleep(100)


def do_leaves(job, reply, options):
    """Answer well, then end: the next job must not pay for it."""
    send(options.answers_fd, reply)
    os._exit(0)


def do_daemon(job, reply, options):
    """Leave a process in its own session behind that writes a heartbeat, then end."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                with open(options.scratch + "/heartbeat", "w") as stream:
                    stream.write(str(time.time()))
                time.sleep(0.02)
        os._exit(0)
    os.wait()
    time.sleep(0.1)
    os._exit(0)


def do_leaves_daemon(job, reply, options):
    """Leave a process behind and go on working."""
    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True
    )


def do_fork_bomb(job, reply, options):
    for _ in range(2000):
        try:
            if os.fork() == 0:
                time.sleep(100)
                os._exit(0)
        except OSError:
            break
    time.sleep(100)


if __name__ == "__main__":
    main()
