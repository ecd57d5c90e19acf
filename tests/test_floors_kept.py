"""Parts of floors, cures and links are kept: through the store, exports, findings and the page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from geogrid.catalogue import CURES, cure_words
from geogrid.exchange import export
from geogrid.generate.floor_parts import divide_at
from geogrid.plan import UNIT_DEFAULTS, Plan
from geogrid.rules import find_plan
from geogrid.rules.reasons import is_held
from geogrid.store import open_project, write_project
from tests.tiny import EAST, WEST, tiny_contents, tiny_plan
from web import create_app
from web.elevation import _runs

TOWER = 1
OUT = EAST + "002003"


def divided() -> Plan:
    """Return the tiny plan with the third floor of its tower in two parts, one for each of the two units on it; one exception has a cure."""
    plan = tiny_plan()
    done = divide_at(plan.base, np.array([2, 2]), np.array([1, 3]))
    leaf = plan.leaf[done.of].copy()
    leaf[3] = leaf[4]  # the second part goes to the upper floors' unit
    units = plan.units.copy()
    units.loc[units["code"] == OUT, ["cure", "cure_m"]] = ["link", 161.4]
    return replace(plan, base=done.base, leaf=leaf, units=units)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("floors") / "p.gpkg"
    write_project(replace(tiny_contents(), plan=divided()), out)
    return out


def test_parts_leaves_and_cures_come_back_as_they_were_stored(path: Path):
    plan, kept = divided(), open_project(path).plan()
    pd.testing.assert_frame_equal(kept.base.atoms, plan.base.atoms, check_dtype=False, check_column_type=False)
    assert kept.leaf.tolist() == plan.leaf.tolist()
    names = list(UNIT_DEFAULTS)
    assert kept.units[names].to_numpy().tolist() == plan.units[names].to_numpy().tolist()
    assert kept.frame("microgrid")["households"].tolist() == plan.frame("microgrid")["households"].tolist()


def test_two_units_of_one_floor_share_the_ground_of_their_cell_only(path: Path):
    units = open_project(path).units("microgrid")
    both = units.loc[[WEST + "001001", WEST + "001002"]]
    assert both[["floor_from", "floor_to", "stacked", "households"]].to_numpy().tolist() == [[1, 3, 2, 9], [3, 6, 2, 15]]
    assert both.geometry.iloc[0].equals(both.geometry.iloc[1])
    assert {f.rule for f in find_plan(open_project(path).plan())} <= {"households_below"} | {"households_above"}


def test_atoms_are_exported_with_their_part_and_leaf(path: Path, tmp_path: Path):
    export(open_project(path), "atom", tmp_path / "a.geojson")
    rows = [f["properties"] for f in json.loads((tmp_path / "a.geojson").read_text("utf-8"))["features"]]
    tower = [row for row in rows if row["cell"] == TOWER and row["floor_from"] == 3]
    assert list(tower[0]) == ["code", "cell", "floor_from", "floor_to", "part", "households", "leaf"]
    assert [(r["code"], r["part"], r["households"], r["leaf"][-3:]) for r in tower] == [("1-3-1", 1, 1, "001"), ("1-3-2", 2, 3, "002")]


def test_the_cure_is_exported_and_said_with_the_finding(path: Path, tmp_path: Path):
    export(open_project(path), "microgrid", tmp_path / "m.geojson")
    rows = {f["properties"]["code"]: f["properties"] for f in json.loads((tmp_path / "m.geojson").read_text("utf-8"))["features"]}
    assert (rows[OUT]["reason"], rows[OUT]["cure"], rows[OUT]["cure_m"]) == ("component_too_light", "link", 161.4)
    assert (rows[WEST + "001001"]["cure"], rows[WEST + "001001"]["link_m"]) == (None, None)
    (found,) = [f for f in find_plan(open_project(path).plan()) if f.units == (OUT,)]
    assert found.message.endswith("; a walking link of 161 m would join it to its neighbours (link_m), or accept it.")
    assert found.message_zh.endswith("；可用 161 米的步行连线并入相邻部分（link_m），或予以接受。")


def test_every_cure_reads_in_both_languages():
    assert all(cure_words(key, 12)[language] and "{" not in cure_words(key, 12)[language] for key in CURES for language in ("zh", "en"))
    assert cure_words("另议") == {"zh": "另议", "en": "另议"}


def test_the_page_says_the_cure_and_shows_the_parts_side_by_side(path: Path):
    client = create_app(path).test_client()
    assert "可用 161 米的步行连线" in client.get(f"/units/{OUT}").get_data(as_text=True)
    page = client.get(f"/units/{WEST}001001").get_data(as_text=True)
    assert page.count("<rect") >= 4


def test_a_project_without_cures_opens_as_one_of_an_earlier_version(tmp_path: Path):
    plan = tiny_plan()
    write_project(replace(tiny_contents(), plan=replace(plan, units=plan.units.drop(columns=list(UNIT_DEFAULTS)))), tmp_path / "old.gpkg")
    units = open_project(tmp_path / "old.gpkg").units("microgrid")
    assert (units["cure"] == "").all()
    assert (units["link_m"] == 0).all()


def atoms(*rows: tuple[int, int, int, int]) -> pd.DataFrame:
    """Return atoms of one cell by (floor, part, households, unit)."""
    frame = pd.DataFrame(rows, columns=["floor_from", "part", "households", "unit"])
    return frame.assign(cell=1, floor_to=frame["floor_from"])


def test_runs_unite_parts_then_floors_and_skip_no_floor_zero():
    rows = _runs(atoms((-1, 1, 4, 7), (1, 1, 4, 7), (2, 1, 3, 7), (2, 2, 3, 8), (2, 3, 3, 8), (3, 1, 4, 8), (4, 1, 4, 8)))
    said = sorted((r.unit, r.low, r.high, round(r.left, 2), round(r.right, 2), r.households, r.order) for r in rows.itertuples())
    assert said == [(7, -1, 1, 0, 1, 8, 0), (7, 2, 2, 0, 0.33, 3, 0), (8, 2, 2, 0.33, 1, 6, 1), (8, 3, 4, 0, 1, 8, 1)]


def test_pieces_are_held_by_links_no_longer_than_the_unit_has():
    pieces = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(11, 0, 12, 1), shapely.box(22, 0, 23, 1)])
    assert is_held(pieces, 10.0)
    assert not is_held(pieces, 9.0)
    assert not is_held(pieces, 0.0)
