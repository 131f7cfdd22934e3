"""Save one model in one format: API BACKEND MODEL FORMAT FOLDER."""

import os
import shutil
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "probes"))
from crossload_probe import frameworks
from crossload_probe.jobs import saving

api, backend, model, file_format, folder = sys.argv[1:]
target = os.path.join(folder, model + "." + file_format)
shutil.rmtree(target, ignore_errors=True)
os.makedirs(target)
job = {"id": "0", "model": model, "format": file_format}
try:
    saving.save(frameworks.load(api, backend), job, target, {"seconds": {}})
except Exception as error:
    sys.exit("not saved: %s: %s" % (type(error).__name__, str(error)[:200]))
