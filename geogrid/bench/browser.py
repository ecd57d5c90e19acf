"""The real thing: Chromium as it is found on a machine, and the service in a process of its own for it to open."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geogrid.errors import NotFoundError

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
"""How Chromium is started: it asks nobody outside for anything."""


def find_chromium() -> str:
    """Return the path of Chromium, named by GEOGRID_CHROMIUM or found on PATH; "" where there is none."""
    names = (os.environ.get("GEOGRID_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), "")


@contextmanager
def serving(project: Path) -> Iterator[str]:
    """Run the service on a project in a process of its own, as long as the block lasts; gives its address."""
    command = [sys.executable, "-m", "geogrid", "serve", str(project), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8") as server:
        try:
            said = (re.search(r"http://\S+?(?=/?\s|/?$)", line) for line in server.stdout or ())
            address = next((found.group() for found in said if found), "")
            if not address:
                raise NotFoundError("the service did not start", "服务未能启动")
            drain = threading.Thread(target=_drop, args=(server.stdout,), daemon=True)
            drain.start()
            yield address
            server.terminate()
            drain.join(30)
        finally:
            server.terminate()


def _drop(lines: Any) -> None:
    """Read what the service says and forget it: a pipe that nobody reads fills, and the service would wait."""
    for _ in lines:
        pass
