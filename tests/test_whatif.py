"""What if: the figures of other bounds are those that a build with them would make, and the page shows them side by side."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.cli import main
from geogrid.errors import InputError, NotFoundError
from geogrid.generate import make_plan
from geogrid.generate.figures import figures, place_to_show
from geogrid.generate.levels import Ground
from geogrid.generate.whatif import compare, level_to_vary
from geogrid.maps import Variant
from geogrid.maps.variant import within
from geogrid.plan import NO_UNIT
from geogrid.scheme import parse_scheme
from tests.shared import ARGUMENTS, find_chromium
from tests.test_generate_levels import prepared
from tests.world import SCHEME, WEST, quarter, write

ANY = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def ground() -> Ground:
    """24 slabs of six floors, four households each, one entrance a slab: none is estimated."""
    return prepared(quarter(), parse_scheme(SCHEME + "[defaults]\nentrance_width_m = 0\n", "own")).ground


def run(*words: str | Path, **env: str) -> Result:
    return CliRunner(env={"GEOGRID_LANG": "en", **env}).invoke(main, [str(word) for word in words], prog_name="geogrid")


def test_the_schemes_own_bounds_give_what_a_build_makes(ground: Ground):
    outcome = next(iter(compare(ground, "microgrid", [(10, 15)])))
    built = make_plan(ground)
    assert (outcome.plan.leaf == built.leaf).all()
    assert outcome.units == len(built.frame("microgrid"))
    assert outcome.officers == outcome.units == outcome.base + outcome.dedicated


@ANY
@given(st.lists(st.tuples(st.integers(4, 20), st.integers(2, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), min_size=1, max_size=2))
def test_figures_add_up_for_any_bounds(ground: Ground, pairs: list[tuple[int, int]]):
    for outcome, pair in zip(compare(ground, "microgrid", pairs), pairs, strict=True):
        homes = outcome.plan.frame("microgrid")
        homes = homes[homes["kind"] != "dedicated"]["households"]
        assert outcome.households == pair
        assert outcome.in_bounds == homes.between(*pair).sum()
        assert outcome.in_bounds + outcome.exceptions == outcome.base == len(homes)
        assert sum(outcome.reasons.values()) == outcome.exceptions
        assert 0 <= outcome.entrances_split <= outcome.entrances == 24
        assert 0 < outcome.compactness <= 1
        assert outcome.spread_m >= 0
        assert homes.sum() == 576


def test_one_unit_a_house_splits_none_and_one_a_floor_splits_all(ground: Ground):
    house, floor = compare(ground, "microgrid", [(24, 24), (4, 4)])
    assert (house.units, house.entrances_split, house.in_bounds_share) == (24, 0, 1.0)
    assert (floor.units, floor.entrances_split, floor.in_bounds_share) == (144, 24, 1.0)
    assert floor.spread_m == 0 < house.spread_m


def test_a_count_that_is_laid_down_holds_for_the_schemes_own_bounds_only():
    counted = parse_scheme(SCHEME.replace('"bounds"\nhouseholds = [10, 15]', '"count"\ncount = 44\nhouseholds = [10, 15]'), "own")
    ground = prepared(quarter(), counted).ground
    own, other = compare(ground, "microgrid", [(10, 15), (20, 24)])
    assert (own.units, own.exceptions) == (44, 0)
    assert (other.units, other.exceptions) == (24, 0)


def test_a_middle_level_is_compared_without_the_one_below(ground: Ground):
    narrow, wide = compare(ground, "grid", [(40, 60), (250, 300)])
    assert narrow.units > wide.units
    assert len(wide.plan.frame("microgrid")) == 0
    assert narrow.entrances_split == 0  # a grid never splits a cell


def test_a_level_without_bounds_is_refused_by_name(ground: Ground):
    assert level_to_vary(ground).id == "microgrid"
    for name in ("community", "village"):
        with pytest.raises(InputError, match="grid, microgrid"):
            level_to_vary(ground, name)
    none = replace(ground, scheme=replace(ground.scheme, levels=ground.scheme.levels[:1]))
    with pytest.raises(InputError, match="none"):
        level_to_vary(none)


def test_the_best_of_each_row_is_marked_and_reasons_stand_below_their_number(ground: Ground):
    outcomes = list(compare(ground, "microgrid", [(10, 15), (13, 15)]))
    rows = [figures(outcome, outcomes, "en") for outcome in outcomes]
    assert [row[0] for row in rows[0]] == [row[0] for row in rows[1]]
    names = [row[0] for row in rows[0]]
    assert names.index("exceptions") < names.index("- floor sizes do not add up") < names.index("entrances split")
    exceptions = names.index("exceptions")
    assert rows[0][exceptions] == ("exceptions", "0", True)
    assert not rows[1][exceptions][2]
    assert not any(best for _, _, best in figures(outcomes[0], outcomes[:1], "zh"))


def test_the_place_shown_is_the_one_asked_for_else_where_most_is_wrong(ground: Ground):
    outcomes = list(compare(ground, "microgrid", [(10, 15)]))
    assert place_to_show(outcomes)[0] == "community"
    assert place_to_show(outcomes, WEST) == ("community", WEST)
    assert place_to_show(outcomes, WEST + "001") == ("grid", WEST + "001")
    with pytest.raises(NotFoundError, match="nowhere"):
        place_to_show(outcomes, "nowhere")
    top = replace(ground, scheme=replace(ground.scheme, levels=ground.scheme.levels[1:2]), given={})
    assert place_to_show(list(compare(top, "grid", [(100, 200)])))[0] == "grid"


def test_a_variant_holds_one_unit_and_all_below_and_nothing_else(ground: Ground):
    plan = make_plan(ground)
    part = within(plan, "community", WEST, until="microgrid")
    for level in ("grid", "microgrid"):
        codes = [code for code in plan.frame(level).index if code.startswith(WEST)]
        assert part.frame(level).index.tolist() == codes
        assert part.frame(level)["households"].tolist() == plan.frame(level).loc[codes, "households"].tolist()
    assert (part.leaf != NO_UNIT).all()
    assert part.base.district.symmetric_difference(plan.frame("community").geometry[WEST]).area < 1e-6
    variant = Variant(plan, "grid", WEST + "001", until="grid", name="甲", meta={}, layers={})
    assert [level.id for level in variant.scheme.levels] == ["grid"]
    for refused in (lambda: variant.layer("roads"), lambda: variant.sites("cameras"), variant.findings):
        with pytest.raises(NotFoundError):
            refused()
    with pytest.raises(NotFoundError, match="nowhere"):
        within(plan, "grid", "nowhere", until="grid")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("whatif"), quarter())


def test_the_command_prints_a_table_json_and_pages(recipe: Path, tmp_path: Path):
    result = run("whatif", recipe, "--households", "8-12", "--households", "24", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    head, *rows = result.stdout.splitlines()
    assert "microgrid" in head
    assert rows[0].split() == ["8–12", "24"]
    assert next(row for row in rows if row.startswith("households a unit")).split()[-2:] == ["12.0", "24.0"]
    assert rows[-1] == str(tmp_path / "out" / "index.html")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["24.html", "8-12.html", "assets", "index.html"]
    said = json.loads(run("whatif", recipe, "--households", "8-12", "--households", "24", "--json").stdout)
    assert said["level"] == "microgrid"
    assert [outcome["households"] for outcome in said["outcomes"]] == [[8, 12], [24, 24]]
    assert said["outcomes"][1] | {"compactness": 0, "spread_m": 0} == {
        "households": [24, 24], "units": 24, "base": 24, "dedicated": 0, "in_bounds": 24, "in_bounds_share": 1.0, "exceptions": 0, "reasons": {},
        "households_mean": 24.0, "entrances": 48, "entrances_split": 0, "compactness": 0, "spread_m": 0, "officers": 24,
    }  # fmt: skip


def test_communities_that_share_a_code_are_compared_all_the_same(tmp_path: Path):
    frames = quarter()
    frames["communities"]["code"] = [WEST, WEST]
    result = run("whatif", write(tmp_path, frames), "--households", "13-15", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "out" / "index.html").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--households", "15-10"], "write 8-12"),
        (["--households", "0"], "write 8-12"),
        (["--households", "ten"], "write 8-12"),
        (["--households", "9" * 20], "write 8-12"),
        ([], "--households"),
        (["--households", "8-12", "--level", "community"], "grid, microgrid"),
        (["--households", "8-12", "--out", "{out}", "--unit", "999"], "'999'"),
    ],
)
def test_what_can_not_be_compared_is_said_in_one_line(recipe: Path, tmp_path: Path, words: list[str], said: str):
    result = run("whatif", recipe, *[word.format(out=tmp_path / "out") for word in words])
    assert result.exit_code == 2
    assert said in result.stderr.strip().splitlines()[-1]
    assert result.stdout == ""
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_said_before_the_work(recipe: Path, tmp_path: Path):
    (tmp_path / "out").write_text("kept")
    result = run("whatif", recipe, "--households", "8-12", "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout, (tmp_path / "out").read_text()) == (2, "", "kept")
    assert "name a folder" in result.stderr


def test_the_same_question_has_the_same_answer_byte_for_byte(recipe: Path, tmp_path: Path):
    for name in ("a", "b"):
        assert run("whatif", recipe, "--households", "10-15", "--out", tmp_path / name, "--lang", "zh").exit_code == 0
    for page in ("index.html", "10-15.html"):
        assert (tmp_path / "a" / page).read_bytes() == (tmp_path / "b" / page).read_bytes()


@pytest.fixture(scope="module")
def pages(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compared")
    result = run("whatif", recipe, "--households", "8-12", "--households", "24", "--out", out, "--unit", WEST, "--lang", "zh")
    assert result.exit_code == 0, result.stderr
    return out


@pytest.fixture(scope="module")
def page(pages: Path) -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not find_chromium():
        pytest.skip("no Chromium on this machine")
    with warnings.catch_warnings(), sync_api.sync_playwright() as playwright:
        warnings.simplefilter("ignore")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 1366, "height": 768})
        opened.said = []
        opened.on("console", lambda message: opened.said.append(message.text))
        opened.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.on("request", lambda asked: opened.said.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
        opened.goto((pages / "index.html").as_uri())
        for _ in range(1200):
            if len(opened.frames) == 3 and all(frame.evaluate("!!(window.geogrid && window.geogrid.isReady)") for frame in opened.frames[1:]):
                break
            opened.wait_for_timeout(50)
        yield opened
        browser.close()


def test_the_maps_move_together_and_ask_nobody_outside(page):
    left, right = page.frames[1:]
    left.evaluate("geogrid.map.setView(geogrid.map.getCenter(), geogrid.map.getZoom() + 1, {animate: false})")
    left.evaluate("geogrid.map.panBy([60, 0], {animate: false})")
    where = "(() => { const c = geogrid.map.getCenter(); return [c.lat, c.lng, geogrid.map.getZoom()]; })()"
    for _ in range(1200):
        if np.allclose(left.evaluate(where), right.evaluate(where), atol=1e-5):
            break
        page.wait_for_timeout(50)
    assert np.allclose(left.evaluate(where), right.evaluate(where), atol=1e-5)
    assert page.said == []


def test_the_page_says_which_place_and_that_figures_are_the_districts(page):
    text = page.inner_text("body")
    assert "演训测算" in text
    assert "建国路社区" in text
    assert page.locator("iframe").count() == 2
    assert page.locator("tr.best").count() > 0
    for box in (frame.bounding_box() for frame in page.query_selector_all("iframe")):
        assert box["width"] > 300
        assert box["height"] > 250
