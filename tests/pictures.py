"""Makes the README's pictures: the page of the last run of a home, and one of its cells.

    python -m tests.pictures [HOME]

Draws the page with the program as it is, opens it in a headless Chromium, and writes `docs/images`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.reports.browser import Browser, find_browser

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SIZE = (1360, 1150)
PICTURES = {
    "page.png": "",
    "cell.png": "#tf2.15-py3.11/dense.h5/tf2.21-py3.13",
}


def main() -> None:
    """Write the pictures.

    Raises:
        SystemExit: there is no Chromium.
    """
    program = find_browser()
    if program is None:
        raise SystemExit("no Chromium on this machine: install 'chromium'")
    home = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".crossload")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "index.html"
        command = [sys.executable, "-m", "crossload", "report", "--home", home, "-o", str(page)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with Browser(program, Path(folder) / "profile") as browser:
            browser.shape(*SIZE)
            for name, address in PICTURES.items():
                browser.open(page, address)
                browser.look(IMAGES / name, *SIZE)
                sys.stdout.write(f"{IMAGES / name}\n")


if __name__ == "__main__":
    main()
