"""The editor's map on a page of its own: folium's map, the editor's scripts and an area document, under the strict policy, without an application."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

import web
from geogrid import maps
from geogrid.edit import Outcome, State
from geogrid.edit.derive import rows
from geogrid.errors import NotFoundError
from geogrid.measure import polsby_popper
from geogrid.plan import NO_UNIT
from tests.maps_fake import FakeProject, map_file
from web import editdata
from web.editdelta import delta
from web.editground import Surroundings, flat_rings, in_degrees, surroundings

POLICY = "default-src 'none'; script-src 'self' 'nonce-N'; style-src 'self' 'nonce-N'; img-src 'self' data:; connect-src 'self'"
STATIC = Path(web.__file__).parent / "static"
# units by code: households, pieces, area, outline and compactness as the model has them
FIGURES = """codes => Object.fromEntries(codes.map(code => {
    const row = model.unitRow(code), figures = row < 0 ? null : model.unitFigures(row);
    return [code, figures && { ...figures, part: model.units.get(row).part, status: model.statusOf(row) }];
}))"""
START = """
import { EditModel } from "/static/edit-model.js";
import { EditMap } from "/static/edit-map.js";
Object.assign(window, { EditModel, EditMap });
window.model = await EditModel.load({ area: "/area.json" }, {});
window.view = new EditMap(geogrid.map, model);
geogrid.fit(model.bbox, { animate: false });
window.isReady = true;
"""


def outlines(state: State, ids: Sequence[int]) -> dict[int, list[list[float]]]:
    """Return the rings of units by id, as the area document has them."""
    shapes = np.array([row.geometry for row in rows(state, ids)], dtype=object)
    return dict(zip(ids, flat_rings(in_degrees(shapes, state.ground.crs)), strict=True))


class Area:
    """A project's land and the documents of its states."""

    def __init__(self, project: FakeProject) -> None:
        self.project = project
        self.state = State.of(project.plan())
        self.land: Surroundings = surroundings(_with_layers(project), self.state.ground)

    def document(self, state: State, level: str, unit: str) -> dict[str, Any]:
        """Return the area document of a state, as a browser gets it."""
        return json.loads(json.dumps(editdata.area(state, self.land.grown(state.ground), outlines, level=level, unit=unit)))


def _with_layers(project: FakeProject) -> Any:
    """A project that also says which layers it has."""
    project.layers = [name for name in ("roads", "railways", "water", "buildings") if name in project._contents.layers]
    return project


@contextmanager
def served(project: FakeProject, document: dict[str, Any]) -> Iterator[str]:
    """Serve the page of an area document; yields its address."""
    answer = _answers(project, json.dumps(document).encode())

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            try:
                body, kind = answer(self.path.split("?")[0])
            except (NotFoundError, FileNotFoundError):
                self.send_error(404)
                return
            self.send_response(200)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Security-Policy", POLICY)):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answers(project: FakeProject, area: bytes) -> Callable[[str], tuple[bytes, str]]:
    def answer(path: str) -> tuple[bytes, str]:
        if path in ("/area.json", "/start.js"):
            return (area, "application/json") if path == "/area.json" else (START.encode(), "text/javascript")
        if path.startswith("/static/"):
            return (STATIC / path.removeprefix("/static/")).read_bytes(), "text/javascript"
        if path.startswith(("/assets/", "/tiles/")):
            return map_file(project, path)
        if path != "/":
            raise NotFoundError(path)
        return _page(project), "text/html; charset=utf-8"

    return answer


def _page(project: FakeProject) -> bytes:
    parts = maps.edit(project, lang="zh").parts("/assets/", "N", "/tiles/")
    head = f'<meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">{parts.head}'
    body = f'{parts.body}{parts.script}<script type="module" src="/start.js"></script>'
    return f'<!DOCTYPE html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'.encode()


class Visit:
    """An open page of the editor's map, and what it said."""

    def __init__(self, browser: Any, url: str, **context: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce", **context)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(url)
        self.until("window.isReady && window.geogrid && geogrid.isReady")

    def until(self, script: str) -> None:
        """Wait until a script says true; the policy forbids what Playwright's own waiting does."""
        for _ in range(3000):
            if self.page.evaluate(f"!!({script})"):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"never came true: {script}; the page said {self.said}")

    def evaluate(self, script: str, *values: Any) -> Any:
        return self.page.evaluate(script, *values)

    def reload(self) -> None:
        """Load the document anew, on a map of its own."""
        load = "view.destroy(); window.model = await EditModel.load({ area: '/area.json' }); window.view = new EditMap(geogrid.map, model);"
        self.evaluate(f"(async () => {{ {load} }})()")

    def rest(self) -> None:
        """Wait until what was asked for is drawn."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))")

    def place(self, cell: int) -> tuple[float, float]:
        """Return where the point of a cell is on the screen."""
        script = """cell => { const { x, y } = model.ground, lat = Math.atan(Math.exp((0.5 - y[cell]) * 2 * Math.PI)) * 360 / Math.PI - 90;
        const at = geogrid.map.latLngToContainerPoint([lat, (x[cell] - 0.5) * 360]); return [at.x, at.y]; }"""
        x, y = self.evaluate(script, cell)
        return x, y

    def close(self) -> None:
        self.context.close()


def pieces(geometry: Any) -> int:
    """Return in how many pieces a shape lies."""
    return int(shapely.get_num_geometries(geometry))


def check_figures(found: dict[str, Any], state: State, unit: int) -> None:
    """The model's figures of a unit are those of the derived shape."""
    (row,) = rows(state, [unit])
    assert (found["households"], found["pieces"]) == (row.households, pieces(row.geometry))
    assert found["connected"] == (pieces(row.geometry) == 1)
    assert found["pp"] == pytest.approx(float(polsby_popper([row.geometry])[0]), rel=1e-3)
    assert found["perimeter_m"] == pytest.approx(float(shapely.length(row.geometry)), abs=0.2)


def tell(visit: Visit, area: Area, before: State, outcome: Outcome) -> State:
    """Apply an outcome's delta to the model, as the page does with the server's answer."""
    land = area.land.grown(outcome.state.ground)
    document = json.loads(json.dumps(delta(before, outcome.state, outcome.change, land)))
    visit.evaluate("delta => { model.apply(delta); }", {**document, "version": outcome.state.version})
    return outcome.state


def check_same(visit: Visit, state: State) -> None:
    """The model holds the state: every atom's unit by code, every unit's figures."""
    leaf = visit.evaluate(
        """() => Object.fromEntries(model.ground.atom.code.map((code, atom) => [code, model.ground.gone.has(model.ground.cellOf[atom]) ? '-'
        : model.units.leaf[atom] < 0 ? null : model.units.get(model.units.leaf[atom]).code]))"""
    )
    for code, unit in leaf.items():
        if unit != "-":
            owner = int(state.leaf[state.ground.position_of(code)])
            assert unit == (None if owner == NO_UNIT else state.units[owner].code), code
    live = visit.evaluate("model.units.live().map(unit => unit.code)")
    figures = visit.evaluate(FIGURES, live)
    for code in live:
        if not figures[code]["part"] and figures[code]["cells"]:
            check_figures(figures[code], state, state.find(code))
