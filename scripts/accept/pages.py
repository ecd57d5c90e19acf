"""The pages of a row in a real browser: each must draw its map, say nothing on the console and ask nobody outside."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright import sync_api

from accept.row import Row

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
READY = "() => document.readyState === 'complete' && (window.geogrid ? !!window.geogrid.isReady : document.body.innerText.trim().length > 40)"
QUIET_MS = 15_000
"""So long may a page go on asking after it stands: figures that take their time are told when they are there."""


@dataclass
class Seen:
    """What was seen of a page: its text, seconds until it stood with its map, and what went wrong."""

    path: str
    text: str = ""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def find_chromium() -> str:
    """Return the path of Chromium; "" where there is none."""
    names = (os.environ.get("GEOGRID_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), "")


@contextlib.contextmanager
def served(project: Path) -> Iterator[str]:
    """Serve a project as users do (`geogrid serve`) and give its address."""
    command = [sys.executable, "-m", "geogrid", "serve", str(project), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8") as child:
        assert child.stdout is not None
        told = child.stdout.readline()
        try:
            yield told.split('"address": "')[1].split('"')[0].rstrip("/")
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(60)


def look(row: Row, paths: list[str]) -> dict[str, Seen]:
    """Open each path in a browser, Chinese, 1366 × 768; a picture of each is left in the row's folder. Of one opened several times, the quickest."""
    assert row.build
    (row.folder / "pages").mkdir(exist_ok=True)
    with served(row.project) as address, sync_api.sync_playwright() as playwright:
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
        seen.text = page.inner_text("body")
        page.screenshot(path=str(folder / f"{path.strip('/').replace('/', '-') or 'overview'}.png"))
    except Exception as error:
        seen.faults.append(f"{type(error).__name__}: {str(error).splitlines()[0][:160]}")
    page.close()
    return seen
