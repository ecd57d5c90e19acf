"""The map in a real browser: from disk and under a strict policy, asking nobody outside, showing a script tag as text."""

import http.server
import json
import threading
import warnings
from pathlib import Path

import pytest

from geogrid import maps
from geogrid.errors import NotFoundError
from tests.maps_fake import FakeProject, map_file
from tests.shared import ARGUMENTS, find_chromium
from tests.tiny import EAST, SCRIPT, WEST, tiny_contents

CHROMIUM = find_chromium()
POLICY = "default-src 'none'; script-src 'self' 'nonce-N'; style-src 'self' 'nonce-N'; img-src 'self' data:; connect-src 'self'"
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with warnings.catch_warnings(), sync_playwright() as play:
        warnings.simplefilter("ignore")
        opened = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def project():
    return FakeProject(tiny_contents())


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    out = tmp_path_factory.mktemp("offline")
    maps.write_offline(project, out)
    return out


@pytest.fixture(scope="module")
def address(project):
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            try:
                body, kind = _answer(project, self.path)
            except NotFoundError:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def _answer(project, path: str) -> tuple[bytes, str]:
    if path.startswith(("/assets/", "/tiles/")):
        return map_file(project, path)
    name, _, code = path.strip("/").partition("/")
    made = getattr(maps, name or "overview", None)
    if made is None or name.endswith(".ico"):
        raise NotFoundError(path)
    parts = (made(project, code, lang="zh") if code else made(project, lang="zh")).parts("/assets/", "N", "/tiles/")
    head = f'<meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">{parts.head}'
    page = f'<!DOCTYPE html><html lang="zh-CN"><head>{head}</head><body>{parts.body}{parts.script}</body></html>'
    return page.encode(), "text/html; charset=utf-8"


class Visit:
    """A page and what it said and asked."""

    def __init__(self, browser, url: str) -> None:
        self.page = browser.new_page(viewport={"width": 1000, "height": 700})
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append("dialog " + dialog.message) or dialog.dismiss())
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(url)
        self.until("window.geogrid && geogrid.isReady")

    def until(self, script: str) -> None:
        """Wait until a script says true; the policy forbids what Playwright's own waiting does."""
        for _ in range(3000):
            if self.page.evaluate(f"!!({script})"):
                return
            self.page.wait_for_timeout(20)
        pytest.fail(f"never came true at {self.page.url}: {script}; the page said {self.said}")

    def drawn(self) -> None:
        """Wait until the tiles have come and what lies over them is drawn, each layer in the frame after the one below."""
        self.until("(() => { let comes = false; geogrid.map.eachLayer(l => { comes ||= l.isLoading?.(); }); return !comes; })()")
        self.page.evaluate("(async () => { for (let i = 0; i < 6; i++) await new Promise(requestAnimationFrame); })()")

    def outside(self, *starts: str) -> list[str]:
        return [url for url in self.asked if not url.startswith((*starts, "data:"))]

    def evaluate(self, script: str, *values):
        return self.page.evaluate(script, *values)


def place_in(visit: Visit, grid: str, east: float, south: float) -> dict[str, float]:
    """Return the place on screen at shares of a grid's box from its north-west corner."""
    west, low, right, north = visit.evaluate(f"geogrid.unit('grid', '{grid}').box")
    return visit.evaluate(f"geogrid.map.latLngToContainerPoint([{north + (low - north) * south}, {west + (right - west) * east}])")


@pytest.mark.parametrize("name", ["index.html", f"{WEST}.html", f"{EAST}.html"])
def test_a_page_opens_from_disk_and_asks_nobody(browser, folder, name):
    visit = Visit(browser, (folder / name).as_uri())
    visit.page.wait_for_timeout(300)
    assert (visit.said, visit.outside("file:")) == ([], [])
    visit.page.close()


def test_a_script_tag_as_a_name_is_shown_as_text(browser, folder):
    visit = Visit(browser, (folder / f"{EAST}.html").as_uri())
    assert visit.page.inner_text("h1") == SCRIPT
    assert visit.said == []
    visit.page.close()


@pytest.mark.parametrize("path", ["/overview", f"/unit/{EAST}", "/stations", "/cameras", "/checks"])
def test_every_page_works_under_a_strict_policy(browser, address, path):
    visit = Visit(browser, address + path)
    visit.page.wait_for_timeout(300)
    assert (visit.said, visit.outside(address)) == ([], [])
    visit.page.close()


def test_axe_finds_nothing_on_the_pages(browser, folder):
    axe = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core is not installed: npm ci --ignore-scripts")
    for page in sorted(folder.glob("*.html")):
        visit = Visit(browser, page.as_uri())
        visit.evaluate(axe.read_text("utf-8"))
        assert [(v["id"], v["nodes"][0]["html"]) for v in visit.evaluate("axe.run()")["violations"]] == []
        visit.page.close()


def test_a_click_selects_the_unit_under_it_and_the_address_keeps_it(browser, address):
    visit = Visit(browser, address + "/overview")
    visit.evaluate("geogrid.on('select', unit => { window.chosen = unit; })")
    visit.drawn()
    at = place_in(visit, EAST + "001", 0.5, 0.6)
    visit.page.mouse.click(at["x"], at["y"])
    visit.until("window.chosen")
    assert visit.evaluate("chosen.code") == EAST + "001"
    assert f"sel=grid:{EAST}001" in visit.evaluate("location.hash")
    visit.page.close()


def test_a_copied_address_shows_the_same(browser, address):
    first = Visit(browser, address + f"/overview#level=community&fill=identity&on=labels,cameras&at=17.5/37.8965/114.456&sel=community:{WEST}")
    state = first.evaluate("geogrid.state()")
    assert (state["level"], state["fill"], state["selected"]["code"], state["view"]["zoom"]) == ("community", "identity", WEST, 17.5)
    assert "cameras" in state["on"]
    first.page.close()


def test_a_click_on_a_stack_lists_its_floors_top_first(browser, address):
    visit = Visit(browser, address + "/overview")
    visit.evaluate("geogrid.setLevel('microgrid'); geogrid.map.setZoom(18, {animate: false})")
    visit.drawn()
    at = place_in(visit, WEST + "001", 0.1, 0.1)
    visit.page.mouse.click(at["x"], at["y"])
    visit.page.wait_for_selector(".geogrid-stack-row .floors")
    assert visit.page.locator(".geogrid-stack-row .floors").all_inner_texts() == ["4–6 层", "1–3 层"]
    visit.page.close()


def test_a_site_named_by_a_script_tag_pops_up_as_text(browser, address):
    visit = Visit(browser, address + "/stations")
    visit.evaluate("geogrid.map.setView([0, 0], 18, {animate: false})")
    place = json.loads(json.dumps(visit.evaluate("fetch('/tiles/sites.json').then(r => r.json())")))["stations"]
    i = place["name"].index(SCRIPT)
    visit.evaluate(f"geogrid.map.setView([{place['y'][i]}, {place['x'][i]}], 18, {{animate: false}})")
    visit.drawn()
    visit.page.mouse.click(500, 350)
    visit.page.wait_for_selector(".geogrid-popup h3")
    assert visit.page.inner_text(".geogrid-popup h3") == SCRIPT
    assert visit.said == []
    visit.page.close()


def test_badges_of_stacks_wait_for_zoom_17(browser, address):
    visit = Visit(browser, address + "/overview")
    for zoom, badges in ((16.5, 0), (17.5, 1)):
        visit.evaluate(f"geogrid.setLevel('microgrid'); geogrid.map.setView([37.8965, 114.456], {zoom}, {{animate: false}})")
        visit.drawn()
        visit.until(f"(() => {{ let n; geogrid.map.eachLayer(l => {{ if (l.badges) n = l.badges.length; }}); return n === {badges}; }})()")
    visit.page.close()


def test_no_sign_stands_on_a_cluster(browser, address):
    visit = Visit(browser, address + "/overview")
    groups = [[[70 + i % 3, 70] for i in range(9)], [[80, 78]], [[300, 300]]]
    merged = visit.evaluate(
        """groups => { let points; geogrid.map.eachLayer(l => { if (l.hits) points = l; });
        return points._merged(groups.map(g => g.map(xy => ({ at: L.point(xy[0], xy[1]) })))).map(found => found.group.length); }""",
        groups,
    )
    assert merged == [10, 1]
    visit.page.close()


def test_names_on_the_map_follow_the_text_size_of_the_page(browser, address):
    visit = Visit(browser, address + "/overview")
    visit.evaluate("document.documentElement.style.fontSize = '20px'; window.dispatchEvent(new Event('resize'))")
    visit.until("(() => { let size; geogrid.map.eachLayer(l => { if (l.badges) size = l._text; }); return size === 1.25; })()")
    visit.page.close()


def test_paper_shows_what_the_screen_shows_made_smaller(browser, address):
    visit = Visit(browser, address + "/overview")
    visit.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    found = visit.evaluate("['--map-width', '--map-height', '--map-scale'].map(name => document.documentElement.style.getPropertyValue(name))")
    assert found == ["1000px", "700px", "0.7"]
    visit.page.close()
