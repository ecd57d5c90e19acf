"""The page of findings that opens from disk: one file that fetches nothing, all it was told inside, text from data never run."""

import json
import re
import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.bench.validation import lattice
from geogrid.exchange.findings import placed
from geogrid.findings import Finding, to_frame
from geogrid.maps import layer_ground, project_ground, report_html
from geogrid.maps.report import choose
from geogrid.measure import lengths, widest
from geogrid.rules import unit_names, validate_layer
from tests.maps_fake import FakeProject
from tests.shared import ARGUMENTS, find_chromium
from tests.tiny import SCRIPT, WEST, tiny_contents

METRES = "EPSG:4548"
CHROMIUM = find_chromium()


def layer(side: int = 6) -> gpd.GeoDataFrame:
    """A lattice with a gap, an overlap, and a code that is a script."""
    cells = lattice(side, side)
    cells[7] = shapely.buffer(cells[7], -1, join_style="mitre")
    cells[21] = shapely.buffer(cells[21], 2, join_style="mitre")
    codes = [f"c{i}" for i in range(len(cells))]
    codes[21] = SCRIPT
    return gpd.GeoDataFrame({"code": codes}, geometry=cells, crs=METRES)


def page_of(frame: gpd.GeoDataFrame, lang: str = "zh") -> str:
    found = placed(validate_layer(frame))
    coded = frame.set_index(unit_names(frame))
    ground = layer_ground(coded, None, level="grid", name="g.geojson", lang=lang, named=set(found["units"].explode()))
    return report_html(found, ground, title=f"g.geojson {SCRIPT}", checked=len(frame), lang=lang, file="g.geojson")


def told(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_page_is_one_file_that_links_to_nothing():
    page = page_of(layer())
    assert re.findall(r'(?:src|href)="([^"]*)"', re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)) == ["data:,"]
    assert "url(" not in "".join(re.findall(r"<style>.*?</style>", page, re.DOTALL))


def test_text_from_data_stands_escaped_wherever_it_stands():
    page = page_of(layer())
    assert SCRIPT not in page
    assert any(SCRIPT in item["units"] for item in told(page)["findings"])


def test_every_finding_has_its_words_size_rows_shape_and_the_line_across_it():
    items = told(page_of(layer()))["findings"]
    gap = next(item for item in items if item["rule"] == "gap")
    assert gap["shape"]["type"] in ("Polygon", "MultiPolygon")
    (x0, y0), (x1, y1) = gap["line"]
    assert gap["width_m"] == pytest.approx(np.hypot((x1 - x0) * 111_320 * np.cos(np.radians(y0)), (y1 - y0) * 110_900), rel=0.05)
    assert gap["text"].startswith("有 ")
    assert 8 in gap["rows"]


@pytest.mark.parametrize(("lang", "words"), [("zh", "查过 36 个单元"), ("en", "36 units checked")])
def test_the_page_speaks_the_language_that_was_asked(lang, words):
    assert words in page_of(layer(), lang)


def test_a_sound_layer_says_so():
    cells = lattice(3, 3)
    assert "没有发现问题：9 个单元" in page_of(gpd.GeoDataFrame({"code": list("abcdefghi")}, geometry=cells, crs=METRES))


def test_without_a_coordinate_system_there_is_a_table_and_no_map():
    frame = layer().set_crs(None, allow_override=True)
    found = placed(validate_layer(frame))
    assert layer_ground(frame.set_index("code"), None, level="", name="g", lang="zh", named=set()) is None
    assert "不知道坐标系" in report_html(found, None, title="g", checked=36, lang="zh")


def test_a_project_has_its_levels_and_base_map_on_the_page():
    project = FakeProject(tiny_contents())
    found = project.findings()
    ground = project_ground(project, lang="zh", named={"grid": {WEST + "001"}})
    assert {"district", "u:community", "u:grid"} <= set(ground.inline["layers"])
    assert len(told(report_html(found, ground, title="t", checked=1, lang="zh"))["findings"]) == len(found)


def test_the_same_layer_gives_the_same_bytes():
    assert page_of(layer()) == page_of(layer())


def test_of_too_many_findings_the_largest_of_each_kind_stay_and_the_rest_is_counted():
    many = [Finding("gap", units=(str(i),), area_m2=float(i)) for i in range(6000)] + [Finding("sliver", units=("s",), area_m2=1.0)]
    page = report_html(to_frame(many, None), None, title="t", checked=1, lang="zh")
    items = told(page)["findings"]
    assert len(items) == 5000
    assert [item["units"] for item in items[:1] + items[-1:]] == [["5999"], ["s"]]
    assert "其余 1,001 处没有放入" in page


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["gap", "overlap", "sliver"]), st.floats(0, 100)), max_size=40), st.integers(0, 12))
def test_choosing_keeps_no_smaller_finding_of_a_kind_before_a_larger_one(found, most):
    frame = to_frame([Finding(rule, area_m2=area) for rule, area in found], None)
    kept = choose(frame, most)
    assert len(kept) == min(most, len(frame)) == len(set(kept.tolist()))
    for rule in set(frame["rule"]):
        sizes = frame["area_m2"][frame["rule"] == rule]
        inside = sizes[sizes.index.isin(kept)]
        assert inside.empty or sizes[~sizes.index.isin(kept)].le(inside.min()).all()


@given(st.integers(0, 2**31), st.floats(0.01, 30))
@settings(max_examples=30, deadline=None)
def test_the_widest_place_is_that_of_the_largest_disc(seed, thick):
    rng = np.random.default_rng(seed)
    shape = shapely.buffer(shapely.LineString(rng.uniform(0, 200, (3, 2))), thick, cap_style="flat", join_style="mitre")
    disc = shapely.maximum_inscribed_circle(shape, tolerance=thick / 200)
    width, centre = widest(np.array([shape]))
    assert width[0] >= 0.97 * 2 * disc.length  # which stops early in a thin strip
    assert shapely.covers(shape, shapely.Point(centre[0]))
    assert 2 * shapely.distance(shapely.Point(centre[0]), shape.boundary) == pytest.approx(width[0], rel=0.04)


def test_width_and_length_of_nothing_of_a_ring_and_of_a_shape_in_pieces():
    ring = shapely.box(0, 0, 20, 20).difference(shapely.box(2, 2, 18, 18))
    both = shapely.MultiPolygon([shapely.box(0, 0, 1, 50), shapely.box(10, 0, 14, 9)])
    shapes = np.array([ring, both, shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)])])
    width = widest(shapes)[0]
    assert width == pytest.approx([2.34, 4, 0, 0], rel=0.02)  # in a corner of the ring a disc has more room
    assert lengths(shapes[:1], width[:1])[0] == pytest.approx(69.7, rel=0.02)


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_in_a_browser_rows_zoom_n_goes_on_filters_narrow_and_no_script_of_the_data_runs(tmp_path, width, height):
    from playwright.sync_api import sync_playwright

    (tmp_path / "r.html").write_text(page_of(layer()), "utf-8")
    asked, wrong = [], []
    with warnings.catch_warnings(), sync_playwright() as play:
        warnings.simplefilter("ignore")
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto((tmp_path / "r.html").as_uri())
        page.wait_for_function("window.geogrid.isReady")
        n = page.locator("#rows tr").count()
        before = page.evaluate("geogrid.map.getZoom()")
        page.locator("#rows tr").first.click()
        page.wait_for_function(f"geogrid.map.getZoom() > {before + 1}")
        page.keyboard.press("n")
        assert f"2 / {n}" in page.locator("#card").inner_text()
        page.locator("#card .button").last.click()
        page.select_option("#kind", "overlap|")
        fewer = page.locator("#rows tr").count()
        page.fill("#find", "<script>")
        told_code = page.locator("#rows").inner_text()
        page.fill("#find", "")
        page.keyboard.press("Escape")  # on a phone the card lies over the last rows
        page.locator("#rows tr").last.click()
        chosen = page.locator('#rows tr[aria-selected="true"]').get_attribute("data-at")
        page.reload()
        page.wait_for_function("window.geogrid.isReady && !document.getElementById('card').hidden")
        kept = page.locator('#rows tr[aria-selected="true"]').get_attribute("data-at"), page.locator("#rows tr").count(), page.input_value("#kind")
        browser.close()
    assert kept == (chosen, fewer, "overlap|"), "the address keeps filter and choice"
    assert (0 < fewer < n, SCRIPT in told_code) == (True, True)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] + wrong == []
