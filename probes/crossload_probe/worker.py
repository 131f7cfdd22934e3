"""Answer jobs about one framework over two pipes, until the supervisor closes the first.

Owns the process: command line, descriptors, the CPU limit of a job, its private folder. The jobs
themselves are in `jobs` and `subjects`; `wire` spells the answers.

Contract. A supervisor starts it with the interpreter of an environment:

    python -I -B start.py worker --api tf.keras --backend tensorflow
        --jobs-fd N --answers-fd M --scratch DIR

One JSON object per line, ASCII, at most 1 MB, no NaN. The first answer is `hello` (or `failed`,
then exit 3: the framework could not be imported); after it exactly one answer per job, in order:
`saved` or `loaded`, or `died` (with its code, 128 + signal) where the job took its process down.
Exit 0 at the end of the jobs pipe. Standard output and error belong to the framework: they go to
`DIR/worker.log`, and to `DIR/<job>/output.log` during a job. A refusal by the framework is an
answer; a death of this process is for the supervisor to explain.
"""

import argparse
import ctypes
import gc
import importlib
import os
import resource
import shutil
import sys
import time
import warnings

from crossload_probe import wire

PROTOCOL = 1
NEXT_CHILD = 117  # exit code of a child that has answered and is to be replaced


def parse_arguments(argv):
    parser = argparse.ArgumentParser(description="answer save and load jobs over two pipes")
    parser.add_argument("--api", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--jobs-fd", type=int, required=True)
    parser.add_argument("--answers-fd", type=int, required=True)
    parser.add_argument("--scratch", required=True)
    return parser.parse_args(argv)


def flush_output():
    """Flush the buffers of Python and of the C library, so that a log is complete when read."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    try:
        ctypes.CDLL(None).fflush(None)
    except (OSError, AttributeError):
        pass


def redirect_output(path):
    """Send descriptors 1 and 2 to the end of the file at `path`."""
    flush_output()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    if descriptor > 2:
        os.close(descriptor)


def limit_cpu(seconds):
    """Let this process use `seconds` more of CPU time (None: up to the hard limit).

    Beyond that the kernel ends it with SIGXCPU, which no loop in C code can ignore.
    """
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = hard
    if seconds is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(usage.ru_utime + usage.ru_stime) + int(seconds) + 1
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def resident_mb():
    """Current memory of this process in MB of 10**6 bytes; its peak where /proc is missing."""
    try:
        with open("/proc/self/statm") as stream:
            return int(stream.read().split()[1]) * resource.getpagesize() // 10**6
    except (OSError, IndexError, ValueError):
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 10**6


class Worker(object):
    """The loop: one framework, one job at a time."""

    def __init__(self, framework, scratch, answers):
        self.framework = framework
        self.scratch = scratch
        self.answers = answers

    def serve(self, jobs, one_script=False):
        """Answer jobs until there are no more; with `one_script`, until a user's code has run.

        Returns:
            Whether a user's code has run: it may have changed the framework for later jobs.
        """
        for line in jobs:
            if line.strip():
                job = wire.decode(line)
                self.answer(job)
                if one_script and ("script" in job or "subject" in job):
                    return True
        return False

    def answer(self, job):
        folder = os.path.join(self.scratch, job["id"])
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        redirect_output(os.path.join(folder, "output.log"))
        limit_cpu(job.get("cpu_seconds"))
        try:
            report = self.run(job, folder)
        finally:
            limit_cpu(None)
            redirect_output(os.path.join(self.scratch, "worker.log"))
        # The supervisor takes a save's bundle; the copy that an attempt loaded is no longer needed.
        shutil.rmtree(os.path.join(folder, "payload"), ignore_errors=True)
        # Before the answer: if the clean-up crashes, this job is to blame.
        self.forget()
        wire.send(self.answers, report)

    def run(self, job, folder):
        """Do one job; whatever the framework or the model raises becomes part of the answer."""
        report = {
            "kind": "saved" if job["kind"] == "save" else "loaded",
            "id": job["id"],
            "status": "done",
            "error": None,
            "seconds": {},
        }
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                self.dispatch(job, folder, report)
            except BaseException as error:  # a model may raise SystemExit or KeyboardInterrupt
                report["status"] = "refused"
                report["error"] = wire.describe_error(error)
            report["warnings"] = wire.describe_warnings(caught)
        report["rss_mb"] = resident_mb()
        return report

    def dispatch(self, job, folder, report):
        kind = job["kind"]
        if kind == "save":
            report.update(bundle=job["id"] + "/bundle", noise=None, payload=None)
        elif kind == "load":
            report.update(concessions=[], checks=[], recipe=None)
        else:
            raise ValueError("unknown kind of job {!r}".format(kind))
        # Imported here, since these modules need NumPy, which may be broken.
        module = importlib.import_module("crossload_probe." + module_for(job))
        getattr(module, kind)(self.framework, job, folder, report)

    def forget(self):
        """Clear the framework, so that the next job's automatic layer names begin at one."""
        try:
            self.framework.clear()
        except Exception as error:
            sys.stderr.write("clear_session: {!r}\n".format(error))


def module_for(job):
    """The module whose `save` and `load` carry out the job."""
    if "script" in job:
        return "jobs.scripts"
    if "subject" in job:
        return "subjects.tasks"
    return "jobs.saving" if job["kind"] == "save" else "jobs.loading"


def import_framework(api, backend):
    """The framework and the seconds its import took."""
    started = time.time()
    from crossload_probe import frameworks

    framework = frameworks.load(api, backend)
    seconds = time.time() - started
    # What the import created stays, so the garbage collector need not look through it each time:
    # `clear_session` of Keras 3.7 and later collects after every job (0.1 s otherwise).
    if hasattr(gc, "freeze"):
        gc.collect()
        gc.freeze()
    return framework, seconds


def main(argv):
    options = parse_arguments(argv)
    for descriptor in (options.jobs_fd, options.answers_fd):
        os.set_inheritable(descriptor, False)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    redirect_output(os.path.join(options.scratch, "worker.log"))
    # What a framework or a model writes to a relative path must stay in the scratch folder.
    os.chdir(options.scratch)
    answers = os.fdopen(options.answers_fd, "w", encoding="ascii")
    try:
        framework, seconds = import_framework(options.api, options.backend)
    except BaseException as error:
        wire.send(answers, {"kind": "failed", "error": wire.describe_error(error)})
        return 3
    wire.send(
        answers,
        {
            "kind": "hello",
            "protocol": PROTOCOL,
            "pid": os.getpid(),
            "python": ".".join(str(part) for part in sys.version_info[:3]),
            "versions": framework.versions(),
            "import_seconds": round(seconds, 3),
        },
    )
    scratch = os.path.abspath(options.scratch)
    if is_single_threaded():
        return serve_in_children(framework, scratch, answers, options.jobs_fd)
    serve(framework, scratch, answers, options.jobs_fd)
    return 0


def serve(framework, scratch, answers, jobs_fd, one_script=False):
    with os.fdopen(jobs_fd, "r", encoding="ascii") as jobs:
        return Worker(framework, scratch, answers).serve(jobs, one_script)


def is_single_threaded():
    """Whether this process can fork safely; frameworks start threads with the first operation.

    Known on Linux only; False elsewhere.
    """
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def serve_in_children(framework, scratch, answers, jobs_fd):
    """Serve from a child, so that this process keeps the imported framework for the next one.

    A job that kills its process then costs a fork instead of another import, and a script, which
    may register, switch and patch anything, gets a process of its own. Only one child lives at a
    time, and the supervisor sends one job at a time, so no child reads another's job.
    """
    while True:
        flush_output()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                ran_script = serve(framework, scratch, answers, jobs_fd, one_script=True)
                code = NEXT_CHILD if ran_script else 0
            finally:
                end(code)
        status = os.waitpid(child, 0)[1]
        code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if code == 0:
            return 0
        if code == NEXT_CHILD:
            continue
        wire.send(answers, {"kind": "died", "code": code})


def end(code):
    """Exit without the interpreter's clean-up, in which frameworks sometimes crash or hang."""
    flush_output()
    os._exit(code)
