"""How long until the overview can be used in a real browser: from the request to the first painted, idle map."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geogrid.errors import NotFoundError
from geogrid.pipeline import build
from geogrid.simulate import simulate, write_sources

BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
RUNS = 5


def bench_page(*, scale: float = 1.0, seed: int = 0) -> dict[str, Any]:
    """Build the demo, serve it, and open the overview `RUNS` times in headless Chromium; milliseconds, the first run is the cold one.

    Interactive means `window.geogrid.isReady`: the map's layers are drawn and it answers.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NotFoundError("this benchmark needs playwright: pip install playwright", "此基准需要 playwright：pip install playwright") from None
    browser_path = os.environ.get("GEOGRID_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not browser_path:
        raise NotFoundError("this benchmark needs Chromium: install it or name it by GEOGRID_CHROMIUM", "此基准需要 Chromium")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project.gpkg"
        build(write_sources(simulate("lubei", seed=seed, scale=scale), Path(folder)), project).close()
        with serving(project) as address, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=browser_path, args=BROWSER_FLAGS)
            times = [_open(browser, address) for _ in range(RUNS)]
            browser.close()
    return {"scale": scale, "first_ms": times[0], "median_ms": statistics.median(times[1:]), "runs_ms": times}


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


def _open(browser: Any, address: str) -> int:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    start = time.perf_counter()
    page.goto(address + "/", wait_until="commit")
    page.wait_for_function("() => window.geogrid && window.geogrid.isReady", timeout=60_000)
    spent = round((time.perf_counter() - start) * 1000)
    page.close()
    return spent
