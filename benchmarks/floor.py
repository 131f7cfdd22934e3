"""The floor: what the work itself takes, in one process, with nothing around it.

Runs inside an environment: `python floor.py JOBS.json RESULT.json`. Imports the framework once,
does every save and load of the list, and writes down the seconds. No sandbox, no supervisor, no
ledger, no processes to start; what `clear_session` takes between two jobs is not counted.
"""

import json
import os
import shutil
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "probes"))


def main(jobs_path, result_path):
    with open(jobs_path) as stream:
        work = json.load(stream)
    started = time.time()
    from crossload_probe import frameworks
    from crossload_probe.jobs import loading
    from crossload_probe.jobs import saving

    framework = frameworks.load(work["api"], work["backend"])
    result = {"import": time.time() - started, "saves": 0.0, "loads": 0.0, "jobs": 0}
    for job in work["jobs"]:
        folder = tempfile.mkdtemp()
        job["tolerances"] = {"relative": 1e-5, "noise_factor": 4.0}
        report = {"seconds": {}, "checks": [], "concessions": []}
        run = saving.save if job["kind"] == "save" else loading.load
        begun = time.time()
        try:
            run(framework, job, folder, report)
        except BaseException:
            pass  # a refusal is a result; here only its time counts
        result["saves" if job["kind"] == "save" else "loads"] += time.time() - begun
        framework.clear()
        result["jobs"] += 1
        shutil.rmtree(folder, ignore_errors=True)
    with open(result_path, "w") as stream:
        json.dump(result, stream)
    os._exit(0)  # the clean-up of some frameworks crashes


main(sys.argv[1], sys.argv[2])
