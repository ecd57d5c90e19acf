"""Cells and atoms: what a plan assigns."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.generate import Homes, count_homes, home_points, make_base
from geogrid.generate.base import make_atoms
from geogrid.scheme import DEFAULTS
from geogrid.tessellation import Cells, tessellate

CRS = "EPSG:4548"
FIGURES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 900), st.integers(1, 40)), max_size=20)


def atoms_of(*cells: tuple[int, int, int]) -> pd.DataFrame:
    """Return the atoms of cells with (households, persons, floors)."""
    return make_atoms(pd.DataFrame(cells, columns=["households", "persons", "floors"], dtype="int64"))


def test_a_floor_is_an_atom_and_households_spread_over_the_floors():
    atoms = atoms_of((8, 20, 3))
    assert atoms["households"].tolist() == [2, 3, 3]
    assert atoms["persons"].sum() == 20
    assert atoms[["floor_from", "floor_to"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    assert atoms["code"].tolist() == ["1-1-1", "1-2-1", "1-3-1"]


def test_a_small_house_and_land_are_one_atom_over_all_floors():
    atoms = atoms_of((2, 5, 3), (0, 0, 1), (9, 9, 1))
    assert atoms[["cell", "floor_from", "floor_to", "households"]].to_numpy().tolist() == [[1, 1, 3, 2], [2, 1, 1, 0], [3, 1, 1, 9]]


def test_no_cell_has_no_atom():
    assert len(atoms_of()) == 0


@settings(deadline=None)
@given(FIGURES)
def test_the_atoms_of_a_cell_add_up_and_hold_each_floor_once(cells):
    atoms = atoms_of(*cells)
    assert atoms["code"].is_unique
    assert (atoms["part"] == 1).all()
    for number, (households, persons, floors) in enumerate(cells, 1):
        mine = atoms[atoms["cell"] == number]
        assert (mine["households"].sum(), mine["persons"].sum()) == (households, persons)
        assert [f for low, high in zip(mine["floor_from"], mine["floor_to"], strict=True) for f in range(low, high + 1)] == list(range(1, floors + 1))
        assert mine["households"].max() - mine["households"].min() <= 1


def scene(entrances: gpd.GeoDataFrame | None = None) -> tuple[gpd.GeoDataFrame, Homes, Cells]:
    """Return two houses, one of them outside the one enclosure, and their cells."""
    shapes = [shapely.box(10, 10, 50, 22), shapely.box(10, 60, 50, 72), shapely.box(200, 0, 210, 10)]
    buildings = gpd.GeoDataFrame({"id": ["甲", "乙", "外"], "households": [24.0, 0.0, 9.0], "floors": 6.0}, geometry=shapes, crs=CRS)
    homes = count_homes(buildings, entrances, defaults={**DEFAULTS, "entrance_width_m": 0})
    known = {} if entrances is None else {"entrance_xy": shapely.get_coordinates(entrances.geometry), "entrance_building": homes.entrance_building}
    return buildings, homes, tessellate(np.array([shapely.box(0, 0, 100, 100)]), buildings.geometry.to_numpy(), **known)


def test_a_base_has_a_cell_a_house_with_its_households_and_covers_the_district():
    buildings, homes, cells = scene()
    base = make_base(cells, buildings, homes, buildings.crs)
    assert sorted(zip(base.cells["building"], base.cells["kind"], strict=True)) == [("乙", "building"), ("甲", "home")]
    assert base.atoms["households"].sum() == 24
    assert base.district.equals(shapely.box(0, 0, 100, 100))
    assert base.cells.crs.to_epsg() == 4548


def test_entrances_divide_a_house_and_its_households():
    doors = gpd.GeoDataFrame({"id": ["1", "2"], "building": ["甲", "甲"], "households": [4.0, 20.0]}, geometry=gpd.points_from_xy([20, 40], [10, 10]))
    buildings, homes, cells = scene(doors)
    base = make_base(cells, buildings, homes, buildings.crs)
    mine = base.cells[base.cells["building"] == "甲"]
    sums = base.atoms.groupby("cell")["households"].sum()
    assert {int(e): int(sums[c]) for c, e in mine["entrance"].items()} == {1: 4, 2: 20}
    assert base.atoms["households"].sum() == 24


def test_land_without_any_house_is_one_cell_of_one_atom():
    none = gpd.GeoDataFrame({"id": pd.Series([], dtype=object)}, geometry=[], crs=CRS)
    cells = tessellate(np.array([shapely.box(0, 0, 10, 10)]), np.array([], dtype=object))
    base = make_base(cells, none, count_homes(none, defaults=DEFAULTS), none.crs, district_source="derived")
    assert base.cells["kind"].tolist() == ["land"]
    assert (len(base.atoms), base.atoms["households"].sum(), base.district_source) == (1, 0, "derived")


def test_people_live_at_their_door_else_in_their_house_else_nowhere():
    houses = np.array([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10), None], dtype=object)
    xy = home_points(houses, np.array([shapely.Point(3, 0), None, None], dtype=object))
    assert xy[0].tolist() == [3, 0]
    assert shapely.box(20, 0, 30, 10).contains(shapely.Point(xy[1]))
    assert np.isnan(xy[2]).all()
