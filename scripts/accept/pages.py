"""The pages of a row in a real browser: each must draw its map, say nothing on the console and ask nobody outside."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright import sync_api

from accept.row import Row
from geogrid.bench.browser import ARGUMENTS, find_chromium, serving

READY = "() => document.readyState === 'complete' && (window.geogrid ? !!window.geogrid.isReady : document.body.innerText.trim().length > 40)"
QUIET_MS = 15_000
"""So long may a page go on asking after it stands: figures that take their time are told when they are there."""


@dataclass
class Seen:
    """What was seen of a page: seconds until it stood with its map, and what went wrong."""

    path: str
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def look(row: Row, paths: list[str]) -> dict[str, Seen]:
    """Open each path in a browser, Chinese, 1366 × 768; a picture of each is left in the row's folder. Of one opened several times, the quickest."""
    assert row.build
    (row.folder / "pages").mkdir(exist_ok=True)
    with serving(row.project) as address, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            opened = [_opened(browser, address, path, row.folder / "pages") for path in paths]
            return {seen.path: seen for seen in sorted(opened, key=lambda seen: (bool(seen.faults), -seen.seconds))}
        finally:
            browser.close()


def _opened(browser: Any, address: str, path: str, folder: Path) -> Seen:
    seen = Seen(path)
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page.on("console", lambda told: seen.faults.append(f"console: {told.text[:120]}") if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.faults.append(f"script: {str(error)[:120]}"))
    page.on("request", lambda asked: None if asked.url.startswith((address, "data:", "blob:")) else seen.faults.append(f"outside: {asked.url[:120]}"))
    begun = time.monotonic()
    try:
        answer = page.goto(address + quote(path, safe="/?=&"), wait_until="load", timeout=90_000)
        if answer is None or answer.status >= 400:
            seen.faults.append(f"status {answer.status if answer else 'none'}")
        page.wait_for_function(READY, timeout=60_000)
        seen.seconds = time.monotonic() - begun
        with contextlib.suppress(sync_api.TimeoutError):
            page.wait_for_load_state("networkidle", timeout=QUIET_MS)
        page.screenshot(path=str(folder / f"{path.strip('/').replace('/', '-') or 'overview'}.png"))
    except Exception as error:
        seen.faults.append(f"{type(error).__name__}: {str(error).splitlines()[0][:160]}")
    page.close()
    return seen
