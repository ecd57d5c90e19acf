"""How long until the overview can be used in a real browser: from the request to the first painted, idle map."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from geogrid.bench.browser import ARGUMENTS, find_chromium, serving
from geogrid.errors import NotFoundError
from geogrid.pipeline.build import build
from geogrid.simulate import simulate, write_sources

RUNS = 5


def bench_page(*, scale: float = 1.0, seed: int = 0) -> dict[str, Any]:
    """Build the demo, serve it, and open the overview `RUNS` times in headless Chromium; milliseconds, the first run is the cold one.

    Interactive means `window.geogrid.isReady`: the map's layers are drawn and it answers.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NotFoundError("this benchmark needs playwright: pip install playwright", "此基准需要 playwright：pip install playwright") from None
    browser_path = find_chromium()
    if not browser_path:
        raise NotFoundError("this benchmark needs Chromium: install it or name it by GEOGRID_CHROMIUM", "此基准需要 Chromium")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project.gpkg"
        build(write_sources(simulate("lubei", seed=seed, scale=scale), Path(folder)), project).close()
        with serving(project) as address, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
            times = [_open(browser, address) for _ in range(RUNS)]
            browser.close()
    return {"scale": scale, "first_ms": times[0], "median_ms": statistics.median(times[1:]), "runs_ms": times}


def _open(browser: Any, address: str) -> int:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    start = time.perf_counter()
    page.goto(address + "/", wait_until="commit")
    page.wait_for_function("() => window.geogrid && window.geogrid.isReady", timeout=60_000)
    spent = round((time.perf_counter() - start) * 1000)
    page.close()
    return spent
