"""Real divisions become plans: what is derived equals what the office drew, every border can be edited, every household is counted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid.edges import face_pairs, shared_edges
from geogrid.generate import make_plan
from geogrid.pipeline.ground import Prepared
from geogrid.pipeline.sourced import scheme_of, sourced
from geogrid.pipeline.stages import Stages
from geogrid.plan import NO_UNIT, Plan
from geogrid.recipe import read_recipe
from geogrid.rules import find_plan
from geogrid.topology import is_partition
from tests.divisions import apart_share, bent
from tests.shared import shared_path
from tests.world import X0, Y0

SAME = 1e-6
ONE = 'name = "one"\n[[levels]]\nid = "community"\n'
HOMES = '["SNGL-FAM-RES", "TWO-FAM-RES", "THREE-FM-RES", "CONDOMINIUM", "4-8-UNIT-APT", ">8-UNIT-APT"]'
CAMBRIDGE = {"neighborhoods": "N_HOOD", "precincts": "WardPrecinct", "police_districts": "CADRA", "census_blocks_2010": "GEOID10"}
CLEAN = [("precincts", 33), ("police_districts", 117), ("census_blocks_2010", 1201)]


@dataclass(frozen=True)
class Made:
    plan: Plan
    ready: Prepared

    def given(self, level: str) -> gpd.GeoDataFrame:
        return self.ready.ground.given[level]

    def found(self, rule: str) -> list:
        return [f for f in self.ready.findings if f.rule == rule]


Make = Callable[[str], Made]


def made(recipe: str, folder: Path, scheme: str = ONE) -> Made:
    (folder / "one.toml").write_text(scheme, "utf-8")
    (folder / "recipe.toml").write_text(f'name = "c"\nscheme = "one.toml"\n{recipe}', "utf-8")
    asked = read_recipe(folder / "recipe.toml")
    _, ready = sourced(asked, scheme_of(asked), Stages(), workers=2, accept_rejects=True)
    return Made(make_plan(ready.ground), ready)


def entry(role: str, path: Path, layer: str = "", columns: str = "", more: str = "") -> str:
    lines = [
        f"[inputs.{role}]",
        f'path = "{path.as_posix()}"',
        f'layer = "{layer}"' if layer else "",
        f"columns = {{ {columns} }}" if columns else "",
        more,
    ]
    return "\n".join(line for line in lines if line) + "\n"


def hangzhou() -> str:
    folder = shared_path("hangzhou_xiacheng/grids.geojson").parent
    columns = {"streets": 'code = "street_code", name = "street"', "communities": 'code = "community_code", parent = "street_code"'}
    columns["grids"] = 'code = "grid_code", parent = "community_code"'
    parts = [entry(role, folder / f"{role}.geojson", columns=text) for role, text in columns.items()]
    lines = [entry("roads", folder / "main_roads.geojson"), entry("water", folder / "rivers.geojson")]
    return "".join([entry("district", folder / "district.geojson"), *parts, *lines])


HANGZHOU_LEVELS = "".join(f'[[levels]]\nid = "{level}"\n' for level in ("street", "community", "grid"))


@pytest.fixture(scope="module")
def division(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(hangzhou(), tmp_path_factory.mktemp("hangzhou"), 'name = "h"\n' + HANGZHOU_LEVELS)


def test_each_of_hangzhous_grids_is_what_was_given(division: Made):
    share = apart_share(division.plan, "grid", division.given("grid"))
    assert len(share) == 297
    assert share.max() <= SAME
    assert is_partition(division.plan.base.district, division.plan.base.cells.geometry.to_numpy())


@pytest.mark.parametrize(("level", "n", "square_m"), [("street", 8, 3.3), ("community", 75, 3.8)])
def test_hangzhous_upper_levels_follow_by_code_and_differ_by_four_square_metres(division: Made, level: str, n: int, square_m: float):
    assert len(division.plan.frame(level)) == n
    found = [f for f in find_plan(division.plan, given=division.ready.ground.given) if f.rule == "parent_mismatch" and f.level == level]
    assert sum(f.area_m2 for f in found) == pytest.approx(square_m, abs=0.1)
    assert all(f.severity == "warning" and f.geometry is not None for f in found)  # none is as wide as two centimetres
    rest = apart_share(division.plan, level, division.given(level).loc[lambda f: ~f["code"].isin({f.units[0] for f in found})])
    assert rest.max(initial=0) <= SAME


def test_hangzhous_land_outside_all_grids_has_no_leaf(division: Made):
    free = np.unique(division.plan.base.cell_position[division.plan.leaf == NO_UNIT])
    assert division.plan.base.cells.geometry.iloc[free].area.sum() / 1e6 == pytest.approx(2.771, abs=0.001)
    told = [f for f in find_plan(division.plan, given=division.ready.ground.given) if f.rule == "unassigned"]
    assert {f.level for f in told} == {"street", "community", "grid"}
    assert all(f.area_m2 / 1e6 == pytest.approx(2.771, abs=0.001) for f in told)


def test_hangzhous_borders_can_be_edited_cell_by_cell(division: Made):
    """A cell moves over each of a hundred borders, one after the other: the derived polygons stay a partition."""
    plan = division.plan
    a, b, _ = face_pairs(shared_edges(plan.base.cells.geometry.to_numpy()))
    of_cell = np.full(len(plan.base.cells), NO_UNIT)
    of_cell[plan.base.cell_position] = plan.leaf
    borders: dict[tuple[int, int], int] = {}
    for k in np.flatnonzero((of_cell[a] != of_cell[b]) & (of_cell[a] != NO_UNIT) & (of_cell[b] != NO_UNIT)):
        borders.setdefault(tuple(sorted((int(of_cell[a[k]]), int(of_cell[b[k]])))), int(k))
    chosen = np.random.default_rng(0).permutation(sorted(borders.values()))[:100]
    assert len(chosen) == 100
    land = shapely.coverage_union_all(plan.base.cells.geometry.to_numpy()[of_cell != NO_UNIT])
    for i, k in enumerate(chosen.tolist(), 1):
        of_cell[a[k]] = of_cell[b[k]]
        edited = Plan(plan.base, plan.scheme, plan.units, of_cell[plan.base.cell_position])
        assert i % 5 or is_partition(land, edited.frame("grid").geometry.dropna().to_numpy())
    assert edited.frame("community").geometry.is_valid.all()


@pytest.fixture(scope="module")
def cambridge(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return a function that builds Cambridge with one of its divisions as the given level, "+" with its parcels too."""
    done: dict[str, Made] = {}

    def build(name: str) -> Made:
        if name not in done:
            layer, path = name.removesuffix("+"), shared_path("cambridge_ma/cambridge_ma.gpkg")
            folder = tmp_path_factory.mktemp(layer)
            frame = gpd.read_file(path, layer=layer)
            codes = frame[CAMBRIDGE[layer]].astype(str)
            codes = codes + "-" + codes.groupby(codes).cumcount().astype(str) if layer == "police_districts" else codes
            frame.assign(code=codes)[["code", "geometry"]].to_file(folder / "division.gpkg")
            columns = 'id = "id", floors = "floors", households = "units", use = "use"'
            if name.endswith("+"):  # one neighborhood is enough
                port = gpd.read_file(path, layer="neighborhoods").set_index("N_HOOD").geometry["4"].buffer(-0.0005)
                gpd.read_file(path, layer="parcels", mask=port).to_file(folder / "parcels.gpkg", layer="parcels")
            parcels = entry("buildings", folder / "parcels.gpkg", "parcels", columns, f"homes = {HOMES}")
            done[name] = made(entry("communities", folder / "division.gpkg") + (parcels if name.endswith("+") else ""), folder)
        return done[name]

    return build


@pytest.mark.parametrize(("layer", "n"), CLEAN)
def test_each_unit_of_cambridges_clean_divisions_is_what_was_given(cambridge: Make, layer: str, n: int):
    built = cambridge(layer)
    share = apart_share(built.plan, "community", built.given("community"))
    assert len(share) == n
    assert share.max() <= SAME


def test_cambridges_neighborhoods_differ_where_they_overlap_and_nowhere_else(cambridge: Make):
    built = cambridge("neighborhoods")
    given_units = built.given("community")
    told = [f for f in find_plan(built.plan, given={"community": given_units}) if f.rule == "parent_mismatch"]
    assert {f.units for f in told} == {("12",), ("9",)}
    share = apart_share(built.plan, "community", given_units.loc[~given_units["code"].isin([f.units[0] for f in told])])
    assert share.max() <= SAME


def test_parcels_that_census_blocks_cut_are_told_and_counted_once(cambridge: Make):
    built = cambridge("census_blocks_2010+")
    given_units = built.given("community")
    assert apart_share(built.plan, "community", given_units).max() <= SAME
    assert built.plan.frame("community")["households"].sum() == built.ready.homes.households.sum() > 1000
    cut = built.found("splits_building")
    assert len(cut) == len({f.facts["building"] for f in cut}) > 10
    parcels = built.ready.buildings.set_index("id").geometry
    for finding in cut:
        parcel = shapely.make_valid(parcels[[finding.facts["building"]]].iloc[0])
        inside = shapely.area(shapely.intersection(given_units.geometry[list(finding.units)].to_numpy(), parcel))
        assert len(inside) > 1
        assert inside.min() == pytest.approx(finding.area_m2, rel=0.01, abs=0.1)


@pytest.fixture(scope="module")
def jinan(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Made]:
    """Return a function that lays a bent lattice of 300 m over a square kilometre of real buildings and streets, kept whole or not."""
    path, folder = shared_path("jinan_lixia/jinan_lixia.gpkg"), tmp_path_factory.mktemp("jinan")
    buildings = gpd.read_file(path, layer="buildings").to_crs(4548)
    west, south, east, north = buildings.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    buildings[buildings.intersects(shapely.box(x - 500, y - 500, x + 500, y + 500))].to_file(folder / "buildings.gpkg", layer="buildings")
    lattice = shapely.transform(bent(4, 4, size_m=300.0, seed=1), lambda xy: xy - (X0, Y0) + (x - 600, y - 600))
    gpd.GeoDataFrame({"code": [f"{i:04d}" for i in range(16)]}, geometry=lattice, crs=4548).to_file(folder / "division.gpkg")
    columns = 'id = "bid", floors = "LAYERNUM", use = "BuildType"'
    recipe = entry("communities", folder / "division.gpkg") + entry("roads", path, "roads")
    recipe += entry("buildings", folder / "buildings.gpkg", "buildings", columns, 'homes = ["1", "5"]')
    return lambda whole: made(recipe + f"[levels.community]\nkeep_buildings_whole = {str(whole).lower()}\n", folder)


def test_jinans_buildings_that_borders_cut_go_to_one_side_and_the_borders_stay(jinan: Callable[[bool], Made]):
    built = jinan(False)
    given_units = built.given("community")
    assert apart_share(built.plan, "community", given_units).max() <= SAME
    assert len(built.found("splits_building")) > 50
    lost = {f.units[0] for f in built.found("point_unmatched")}
    counted = built.ready.homes.households[~built.ready.buildings["id"].isin(lost)].sum()
    assert built.plan.frame("community")["households"].sum() == counted > 1000


def test_jinans_buildings_kept_whole_move_borders_as_was_asked(jinan: Callable[[bool], Made]):
    built = jinan(True)
    told = find_plan(built.plan, given={"community": built.given("community")}, buildings=built.ready.buildings)
    told = [f for f in told if f.rule == "parent_mismatch"]
    assert {f.units[0] for f in told} == set(built.given("community")["code"])
    assert all(f.severity == "warning" for f in told)
    assert all("kept whole" in f.message for f in built.found("splits_building"))
    assert is_partition(built.plan.base.district, built.plan.frame("community").geometry.to_numpy())
