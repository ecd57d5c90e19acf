"""Given levels, made levels and the plan of both: properties that hold for any quarter."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.generate import make_plan
from geogrid.generate.given import label_by_column, label_by_polygons, lowest_given, parent_codes
from geogrid.generate.groups import group_atoms, group_cells
from geogrid.pipeline.ground import Prepared, prepare
from geogrid.pipeline.order import in_order
from geogrid.pipeline.stages import Stages
from geogrid.plan import NO_UNIT, Plan
from geogrid.scheme import Scheme, parse_scheme
from tests.test_generate_land import lattice
from tests.world import CRS, EAST, SCHEME, WEST, X0, Y0, box, frame, quarter

NONE = -1


def scheme(**changes: str) -> Scheme:
    text = SCHEME
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_scheme(text, "own")


def prepared(frames: dict[str, pd.DataFrame], rules: Scheme | None = None) -> Prepared:
    return prepare(
        in_order({k: f.assign(row=range(1, len(f) + 1)) for k, f in frames.items()}),
        rules or scheme(),
        gpd.GeoSeries([], crs=CRS).crs,
        Stages(),
        name="甲",
        seed=0,
    )


def plain(geometry) -> np.ndarray:
    return shapely.from_wkb(shapely.to_wkb(np.asarray(geometry, dtype=object)))


def assert_partition(plan: Plan) -> None:
    """Every atom has a leaf of the lowest level; the derived polygons fill the district; above the lowest level no unit splits a cell."""
    levels = plan.scheme.levels
    assert (plan.leaf != NO_UNIT).all()
    assert plan.units["code"].groupby(plan.units["level"]).nunique().equals(plan.units.groupby("level").size())
    district = plain([plan.base.district])[0]
    for depth, level in enumerate(levels):
        owner = plan.owner(level.id)
        assert (owner != NO_UNIT).all()
        units = plan.frame(level.id)
        whole = shapely.union_all(plain(units.geometry))
        assert district.difference(whole).area == 0
        assert whole.difference(district).area == 0
        assert units["households"].sum() == plan.base.atoms["households"].sum()
        if level is not levels[-1]:
            assert shapely.coverage_is_valid(plain(units.geometry))
            assert (pd.Series(owner).groupby(plan.base.cell_position).nunique() == 1).all()
        if depth:
            above = plan.units.loc[owner, "parent"].to_numpy()
            assert (above == plan.owner(levels[depth - 1].id)).all()


def random_quarter(rng: np.random.Generator, houses: int) -> dict[str, pd.DataFrame]:
    """Return a quarter with random rectangles for houses, some of which overlap or lie outside, and random roads."""
    x, y = rng.uniform(-10, 390, houses), rng.uniform(-10, 290, houses)
    shapes = [box(a, b, w, h) for a, b, (w, h) in zip(x, y, rng.uniform(5, 40, (houses, 2)), strict=True)]
    columns = {"id": [f"b{i}" for i in range(houses)], "floors": rng.integers(1, 12, houses) * 1.0, "households": rng.integers(0, 60, houses) * 1.0}
    roads = [shapely.LineString(rng.uniform((X0 - 20, Y0 - 20), (X0 + 420, Y0 + 320), (2, 2))) for _ in range(3)]
    parts = {"roads": frame({"class": ["primary", "residential", "footway"]}, roads)}
    return {**quarter(), **parts} | ({"buildings": frame(columns, shapes)} if houses else {})


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1), st.integers(0, 25), st.booleans())
def test_the_plan_of_any_quarter_partitions_it_at_every_level(seed: int, houses: int, given_communities: bool):
    frames = random_quarter(np.random.default_rng(seed), houses)
    if not houses:
        del frames["buildings"]
    if not given_communities:
        del frames["communities"]
    assert_partition(make_plan(prepared(frames).ground))


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 1000))
def test_the_same_ground_makes_the_same_plan_whatever_the_order_of_its_rows(seed: int):
    frames = random_quarter(np.random.default_rng(3), 15)
    shuffled = {role: layer.sample(frac=1, random_state=seed).reset_index(drop=True) for role, layer in frames.items()}
    first, second = (make_plan(prepared(f).ground) for f in (frames, shuffled))
    assert first.leaf.tolist() == second.leaf.tolist()
    assert first.units.equals(second.units)
    assert (shapely.to_wkb(first.base.cells.geometry) == shapely.to_wkb(second.base.cells.geometry)).all()


def test_homes_on_land_that_no_community_holds_belong_to_no_unit():
    frames = quarter()
    frames["communities"] = frames["communities"].iloc[:1]
    plan = make_plan(prepared(frames).ground)
    held = plan.leaf != NO_UNIT
    assert plan.base.atoms["households"].to_numpy()[held].sum() == 288
    assert plan.units.loc[plan.units["level"] != "community", "parent"].ne(NO_UNIT).all()


@pytest.fixture
def squares() -> np.ndarray:
    return np.array([shapely.box(50 * i, 0, 50 * i + 50, 50) for i in range(4)], dtype=object)


def test_a_cell_takes_the_given_unit_that_it_lies_in(squares: np.ndarray):
    given_units = np.array([shapely.box(100, 0, 200, 50), shapely.box(0, 0, 50, 50)], dtype=object)
    assert label_by_polygons(given_units, squares).tolist() == [1, NONE, 0, 0]


def test_a_disputed_cell_goes_to_the_claimant_with_the_longest_border(squares: np.ndarray):
    given_units = np.array([shapely.box(0, 0, 150, 50), shapely.box(100, 0, 200, 50)], dtype=object)
    assert label_by_polygons(given_units, squares).tolist() == [0, 0, 0, 1]  # equal borders: the first
    alone = np.array([shapely.box(100, 0, 150, 50), shapely.box(100, 0, 200, 50)], dtype=object)
    assert label_by_polygons(alone, squares).tolist() == [NONE, NONE, 1, 1]


def test_only_thin_open_land_is_a_drawing_fault_that_joins_its_neighbour():
    west, thin, east, wide = (shapely.box(a, 0, b, 50) for a, b in ((0, 50), (50, 50.5), (50.5, 90), (90, 190)))
    areas = np.array([west, thin, east, wide], dtype=object)
    assert label_by_polygons(areas[[0, 2]], areas).tolist() == [0, 0, 1, NONE]


def test_thin_open_land_beside_wide_open_land_is_land():
    areas = np.array([shapely.box(0, 0, 50, 50), shapely.box(50, 0, 50.5, 50), shapely.box(50.5, 0, 90, 50)], dtype=object)
    assert label_by_polygons(areas[:1], areas).tolist() == [0, NONE, NONE]


def test_a_chain_of_slivers_between_units_goes_to_them_from_both_ends():
    edges = [0, 50, *(50 + 0.125 * np.arange(1, 7)), 100]
    areas = np.array([shapely.box(a, 0, b, 15) for a, b in itertools.pairwise(edges)], dtype=object)
    assert label_by_polygons(areas[[0, -1]], areas).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_cell_without_a_code_takes_the_nearest_of_its_block_then_of_all():
    mesh = lattice([[1, 1, 1, 1]], enclosure=[0, 0, 1, 1])
    assert label_by_column(np.array(["", "a", "", ""], dtype=object), mesh).tolist() == ["a", "a", "a", "a"]
    assert label_by_column(np.array(["a", "", "", "b"], dtype=object), mesh).tolist() == ["a", "a", "b", "b"]
    assert label_by_column(np.array([""] * 4, dtype=object), mesh).tolist() == [""] * 4


def coded(codes: list[str], shapes: list[shapely.Geometry], **columns: list[str]) -> gpd.GeoDataFrame:
    return frame({"code": codes, **columns}, shapes).set_index(pd.Index(codes, name=None))


def test_a_units_parent_is_the_column_else_the_prefix_else_the_place():
    rules = parse_scheme('[[levels]]\nid = "street"\n[[levels]]\nid = "community"\n', "own")
    street, community = rules.levels
    upper = coded(["1", "2"], [box(0, 0, 200, 300), box(200, 0, 200, 300)])
    boxes = [box(0, 0, 50, 50), box(250, 0, 50, 50)]
    assert parent_codes(community, street, {"street": upper, "community": coded(["1a", "2a"], boxes, parent=["2", "1"])}, ["1a", "2a"]) == ["2", "1"]
    assert parent_codes(community, street, {"street": upper, "community": coded(["2a", "1a"], boxes)}, ["2a", "1a"]) == ["2", "1"]
    assert parent_codes(community, street, {"street": upper, "community": coded(["x", "y"], boxes)}, ["x", "y"]) == ["1", "2"]
    assert parent_codes(community, street, {"community": coded(["x", "y"], boxes)}, ["x", "y"]) == ["", ""]


def test_the_lowest_given_level_is_the_deepest_with_polygons():
    rules = scheme()
    assert lowest_given(rules, {}) is None
    assert lowest_given(rules, {"community": quarter()["communities"]}).id == "community"
    assert lowest_given(rules, {"grid": quarter()["communities"]}) is None  # it is made, whatever somebody gave


def test_groups_of_cells_keep_neighbouring_entrances_of_a_house_together():
    frames = quarter()
    doors = [shapely.Point(b.centroid.x + dx, b.bounds[1] - 1) for b in frames["buildings"].geometry for dx in (-12.0, 12.0)]
    names = np.repeat(frames["buildings"]["id"].to_numpy(), 2)
    frames["entrances"] = frame({"id": [f"e{i}" for i in range(48)], "building": names}, doors)
    plan = make_plan(prepared(frames).ground)
    grids = pd.Series(plan.owner("grid")).groupby(plan.base.cells["building"].to_numpy()[plan.base.cell_position]).nunique()
    assert (grids.drop("") == 1).all() if "" in grids else (grids == 1).all()


@pytest.mark.parametrize("group", [group_cells, group_atoms])
def test_groups_never_cross_a_parent_and_stay_in_bounds_or_say_why(group):
    from geogrid.generate.land import find_territories

    ground = prepared(quarter()).ground
    parent = np.where(ground.mesh.xy[:, 0] < X0 + 200, 0, 1)
    land = find_territories(ground.mesh, parent, campus_m2=20_000, carve=True)
    level = ground.scheme.level("grid" if group is group_cells else "microgrid")
    made = group(level, ground.base, ground.mesh, parent, land, 0)
    assert (made.label >= 0).all()
    assert (pd.Series(parent[ground.base.cell_position]).groupby(made.label).nunique() == 1).all()
    sums = np.bincount(made.label, ground.base.atoms["households"])
    lower, upper = level.households
    assert all(lower <= total <= upper or reason or kind == "dedicated" for total, reason, kind in zip(sums, made.reason, made.kind, strict=True))


def test_a_derived_upper_level_takes_its_name_from_what_was_given():
    rules = parse_scheme('[[levels]]\nid = "street"\n[[levels]]\nid = "community"\n', "own")
    frames = quarter()
    del frames["buildings"]
    frames["streets"] = frame({"code": [WEST[:9]], "name": ["建国街道"]}, [box(0, 0, 400, 300)])
    plan = make_plan(prepared(frames, rules).ground)
    assert plan.frame("street")["name"].to_dict() == {WEST[:9]: "建国街道"}
    assert plan.frame("community")["parent"].to_dict() == {WEST: WEST[:9], EAST: WEST[:9]}


def test_a_street_level_that_nobody_gave_is_one_unit_called_as_the_project():
    rules = parse_scheme('[[levels]]\nid = "street"\n[[levels]]\nid = "community"\n', "own")
    frames = quarter()
    del frames["buildings"]
    plan = make_plan(prepared(frames, rules).ground)
    assert plan.frame("street")["name"].to_dict() == {"1": "甲"}
    assert set(plan.frame("community")["parent"]) == {"1"}
