"""Load one file and compare: API BACKEND MODEL FORMAT FOLDER."""

import os
import shutil
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "probes"))
from crossload_probe import frameworks
from crossload_probe.jobs import loading

api, backend, model, file_format, folder = sys.argv[1:]
bundle = os.path.join(folder, model + "." + file_format, "bundle")
if not os.path.isdir(bundle):
    sys.exit("there is no such file")
framework = frameworks.load(api, backend)
for strategy in ("plain", "no-compile", "custom-objects", "unsafe", "rebuild+weights", "serving"):
    scratch = tempfile.mkdtemp()
    job = {
        "id": "0",
        "model": model,
        "format": file_format,
        "strategy": strategy,
        "artifact": bundle,
        "tolerances": {"relative": 1e-5, "noise_factor": 4.0},
    }
    report = {"seconds": {}, "checks": [], "concessions": []}
    try:
        loading.load(framework, job, scratch, report)
    except Exception as error:
        print("%s: %s: %s" % (strategy, type(error).__name__, str(error)[:200]))
        continue
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    outputs = [one["difference"] for one in report["checks"] if one["check"] == "outputs"]
    print("%s: outputs differ by %s" % (strategy, outputs))
    if outputs and outputs[0] is not None and outputs[0] <= 1e-5:
        sys.exit(0)
sys.exit("nothing loads it with the same outputs")
