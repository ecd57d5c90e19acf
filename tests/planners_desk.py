"""A planner at the page /edit in Chromium: a small simulated district that is served, and hands for mouse and keys."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from waitress import create_server

from web import create_app

sync_api = pytest.importorskip("playwright.sync_api")
AXE = Path(os.environ.get("GEOGRID_AXE", Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"))
REASON = "方便同一楼门巡访"

# What tests ask the page: places on the screen, and units that fit a story. `desk` is the page's own.
HELPERS = """() => {
  const desk = window.geogridDesk, { model } = desk, { ground, units } = model;
  window.hand = {
    spot(cell) {
      const { map } = window.geogrid, [lng, lat] = window.hand.lonlat(cell);
      const at = map.latLngToContainerPoint([lat, lng]), box = map.getContainer().getBoundingClientRect();
      return [at.x + box.left, at.y + box.top];
    },
    lonlat(cell) { return [(ground.x[cell] - 0.5) * 360, Math.atan(Math.exp((0.5 - ground.y[cell]) * 2 * Math.PI)) * 360 / Math.PI - 90]; },
    code: row => units.get(row).code,
    row: code => units.rowOf(code),
    cells: code => ground.cellsOfAtoms(units.atoms(units.rowOf(code))),
    doors: code => ground.cellsOfAtoms(units.atoms(units.rowOf(code))).filter(cell => ground.cell.entrance[cell]),
    selected: () => model.selectedCells().sort((a, b) => a - b),
    households: code => units.get(units.rowOf(code)).households,
    owner: cell => { const row = units.cellOwner(cell, model.depth); return row >= 0 ? units.get(row).code : ""; },
    look(cells) { desk.view.zoomTo(ground.atomsOfCells(cells)); },
    // Moves that keep everybody in bounds, in one piece and with whole units below: [{from, to, cell}].
    moves() {
      const found = [];
      for (const unit of units.live(model.depth)) {
        if (unit.part || unit.kind !== "base") continue;
        for (const cell of window.hand.doors(unit.code)) {
          for (const next of ground.neighbours(cell)) {
            const to = units.cellOwner(next, model.depth);
            if (to < 0 || to === unit.row || units.get(to).part || units.get(to).kind !== "base" || units.get(to).parent !== unit.parent) continue;
            model.select([...ground.atomsIn(cell)]);
            model.setTarget(to);
            if (!model.preview().breaks.length) found.push({ from: unit.code, to: units.get(to).code, cell });
            break;
          }
        }
      }
      model.clear();
      model.setTarget(-1);
      return found.filter((move, i) => found.findIndex(one => one.from === move.from && one.to === move.to) === i);
    },
  };
}"""


@contextmanager
def serve(source: Path, folder: Path) -> Iterator[tuple[str, Any]]:
    """Serve a copy of a project; yield its address and the application."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    path = folder / "district.gpkg"
    shutil.copyfile(source, path)
    app = create_app(path)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}", app
    server.close()
    thread.join(5)


class Planner:
    """One browser at the desk; it notes what the page must not do."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", "reduced_motion": "reduce", **options})
        self.page, self.address, self.faults = self.context.new_page(), address, []
        self.expected: tuple[int, ...] = ()  # statuses that a test provokes; 0 stands for no connection
        self.page.set_default_timeout(60_000)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        self.page.on("request", lambda r: None if r.url.startswith((address, "data:")) else self.faults.append(f"outside: {r.url}"))

    def _console(self, message: Any) -> None:
        told = any(f"status of {status}" in message.text for status in self.expected) or (0 in self.expected and "ERR_" in message.text)
        if message.type in ("error", "warning") and not told:
            self.faults.append(f"{message.type}: {message.text}")

    def sign_in(self, name: str, password: str) -> Planner:
        self.page.goto(self.address + "/login")
        self.page.fill("input[name=name]", name)
        self.page.fill("input[name=password]", password)
        self.page.keyboard.press("Enter")
        self.until("!location.pathname.includes('login')")
        return self

    def open(self, unit: str, level: str = "grid", **arguments: str) -> Planner:
        """Open the desk of a unit and wait until it is drawn."""
        query = "&".join(f"{name}={value}" for name, value in {"unit": unit, "level": level, **arguments}.items() if value)
        self.page.goto(f"{self.address}/edit?{query}")
        return self.ready()

    def ready(self) -> Planner:
        self.until("!!(window.geogridDesk && window.geogridDesk.view)")
        self.page.evaluate(HELPERS)
        return self

    def until(self, script: str) -> Any:
        """Wait until a script says something true, and return it."""
        for _ in range(2000):
            with suppress(sync_api.Error):  # the page is just being left for another
                if found := self.page.evaluate(script):
                    return found
            self.page.wait_for_timeout(30)
        said = self.page.evaluate("[...document.querySelectorAll('#notices, dialog[open]')].map(one => one.innerText)")
        raise AssertionError(f"never came true: {script}; the page says {said}")

    def hand(self, name: str, *arguments: Any) -> Any:
        """Ask one of the helpers."""
        return self.page.evaluate("([name, list]) => window.hand[name](...list)", [name, list(arguments)])

    def look(self, *cells: int) -> None:
        self.hand("look", list(cells))
        self.drawn()

    def drawn(self) -> None:
        """Wait until what was done is drawn: the page draws in the next frame, and map and drawer may ask for one more."""
        self.page.wait_for_timeout(60)
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))")

    def click(self, cell: int, *, shift: bool = False) -> None:
        """Click on the place where the people of a cell live; the map comes there first."""
        if shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(*self.hand("spot", cell))
        if shift:
            self.page.keyboard.up("Shift")
        self.drawn()

    def drag(self, *points: list[float]) -> None:
        """Press at the first point, go through all, let go at the last."""
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=4)
        self.page.mouse.up()
        self.drawn()

    def tool(self, key: str) -> None:
        self.page.locator(".leaflet-container").focus()
        self.page.keyboard.press(key)

    def choose_target(self, code: str) -> None:
        self.page.select_option("#target", str(self.hand("row", code)))
        self.drawn()

    def confirm(self, reason: str = REASON) -> int:
        """Write the reason, press Enter, wait for the answer; return the version."""
        before = self.version
        self.page.fill("#reason", reason)
        self.page.keyboard.press("Enter")
        self.until(f"geogridDesk.model.version > {before} && !geogridDesk.busy")
        return self.version

    def answer(self, reason: str = REASON) -> int:
        """Fill in the reason of the open dialog, press Enter, wait for the answer; return the version."""
        before = self.version
        self.page.fill("#ask-reason", reason)
        self.page.keyboard.press("Enter")
        self.until(f"geogridDesk.model.version > {before} && !geogridDesk.busy && !document.querySelector('dialog[open]')")
        return self.version

    @property
    def version(self) -> int:
        return self.page.evaluate("geogridDesk.model.version")

    @property
    def selected(self) -> list[int]:
        return self.hand("selected")

    def axe(self) -> list[str]:
        """Return what axe-core finds; nothing where npm has not brought it."""
        if not AXE.is_file():
            return []
        self.page.evaluate(AXE.read_text("utf-8"))
        return self.page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')))")

    def close(self) -> None:
        self.context.close()
        assert not self.faults, self.faults
