"""Each of the twelve systems can be simulated: its declared figures, real area codes, nothing outside, at every seed and size."""

from collections import Counter
from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.declared import read_amount
from geogrid.errors import GeogridError
from geogrid.reach.directions import directions
from geogrid.recipe import read_recipe
from geogrid.scheme import read_scheme
from geogrid.simulate import outlines, simulate, systems, write_sources
from geogrid.simulate.area_codes import invented, listed
from geogrid.simulate.exact_stairs import with_stairwells
from geogrid.simulate.footprints import draw
from geogrid.simulate.profiles import find_profile
from geogrid.simulate.said import source_of

ALL = [system["id"] for system in systems()]
BUILT_UP = [system for system in ALL if find_profile(system).persons_per_km2]
QUICK = ["zhaoxian", "huagong", "shuangluan", "taocheng", "tianye"]

made = cache(simulate)


def test_all_twelve_systems_can_be_simulated():
    assert ALL == [
        "lubei", "fengrun", "taocheng", "huagong", "shuangluan", "zhaoxian", "kaiping", "baoding", "tianye", "lanshan", "jixian", "qingshan",
    ]  # fmt: skip


@pytest.mark.parametrize("system", ALL)
def test_stations_devices_and_counts_are_those_of_the_scheme(system):
    profile, scheme = find_profile(system), read_scheme(system)
    assert {service.kind for service in profile.stations} <= set(scheme.stations)
    assert set(profile.counts) <= {level.id for level in scheme.levels}
    assert {level: scheme.level(level).count for level in profile.counts} == dict(profile.counts)


@pytest.mark.parametrize("system", ALL)
def test_every_declared_figure_can_be_read_and_has_the_words_of_its_report(system):
    declared = find_profile(system).declared
    assert declared
    assert all(read_amount(row["value"]) and row["source"] for row in declared)


@pytest.mark.parametrize("system", ALL)
def test_communities_are_the_first_by_code_and_invented_ones_are_in_the_block_9xx(system):
    profile = find_profile(system)
    streets, communities = listed(profile)
    real = {code for district in profile.outlines or (profile.code,) for code in outlines.communities(district).code}
    extra = communities[~communities.code.isin(real)]
    assert len(communities) == profile.communities_n
    assert communities.code.is_unique
    assert set(communities.streetCode) <= set(streets.code)
    assert len(extra) == (profile.invented.n if profile.invented else 0)
    assert extra.code.str.fullmatch(r"\d{9}9\d\d").all()
    assert extra.name.str.startswith("模拟").all()
    ordinary = sorted(code for code in real if code[9] in "01")
    assert profile.only or [code for code in communities.code if code in real] == ordinary[: len(communities) - len(extra)]


@pytest.mark.parametrize("system", BUILT_UP)
def test_the_source_says_what_is_real_and_what_is_invented(system):
    profile, said = find_profile(system), source_of(find_profile(system))
    assert "模拟" in said
    assert "Simulated" in said
    assert ("9xx" in said) == bool(profile.invented)


def test_a_profile_without_invented_communities_invents_none():
    assert len(invented(find_profile("kaiping"), 44)) == 0


@pytest.mark.parametrize("system", QUICK)
def test_a_built_up_area_lies_in_the_real_outline_and_has_the_size_stated(system):
    profile, district = find_profile(system), made(system).frames["district"].geometry.values[0]
    assert district.geom_type == "Polygon"
    assert not district.interiors
    assert shapely.buffer(outlines.projected(profile)[0], 1).covers(district)
    assert 0.97 < district.area / 1e6 / profile.built_up_km2 < 1.7


@pytest.mark.parametrize("system", QUICK)
def test_communities_tile_the_built_up_area_and_nothing_stands_outside(system):
    frames = made(system).frames
    district = frames["district"].geometry.values[0]
    shapes = frames["communities"].geometry.values
    assert shapely.coverage_is_valid(shapes)
    assert set(frames["communities"].geom_type) == {"Polygon"}
    assert shapely.union_all(shapes).symmetric_difference(district).area < 1e-3
    inside = shapely.buffer(district, 1e-6)
    for role in ("buildings", "stations", "cameras", "compounds", "roads", "green"):
        assert shapely.covers(inside, frames[role].geometry.values).all(), role


@pytest.mark.parametrize("system", QUICK)
def test_every_community_has_homes_and_no_border_cuts_one(system):
    frames = made(system).frames
    assert frames["buildings"].groupby("community").households.sum().reindex(frames["communities"].code).min() > 0
    borders = shapely.boundary(frames["communities"].geometry.values)
    assert not len(shapely.STRtree(borders).query(frames["buildings"].geometry.values, predicate="intersects")[0])


@pytest.mark.parametrize("system", QUICK)
def test_households_and_persons_are_met_exactly(system):
    profile, facts = find_profile(system), made(system).facts
    assert (facts["households"], facts["persons"]) == (profile.households_n, profile.persons_n)
    assert facts["counts"]["stations"] == sum(service.n for service in profile.stations)


@pytest.mark.parametrize("system", QUICK)
def test_only_levels_that_the_scheme_has_are_handed_over(system, tmp_path):
    recipe = read_recipe(write_sources(made(system), tmp_path))
    given = {level.role for level in read_scheme(system).levels if level.make == "given"}
    assert {"streets", "communities", "parks"} & set(recipe.inputs) == given
    assert {level: table["count"] for level, table in recipe.levels.items()} == dict(find_profile(system).counts)


def test_the_same_seed_writes_the_same_bytes_of_a_built_up_area(tmp_path):
    folders = [write_sources(simulate("zhaoxian", seed=1), tmp_path / name).parent for name in "ab"]
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == two


def test_shapes_stay_valid_in_longitude_and_latitude(tmp_path):
    folder = write_sources(made("taocheng"), tmp_path).parent
    for layer in ("green", "compounds"):
        shapes = gpd.read_file(folder / "base.gpkg", layer=layer)
        assert shapely.is_valid(shapes.geometry.values).all()
        assert shapely.is_valid(shapes.to_crs(4548).geometry.values).all()


def test_taocheng_has_3242_stairwells_in_1422_buildings_and_315_compounds():
    frames = made("taocheng").frames
    homes = frames["buildings"].use == "住宅"
    assert (len(frames["entrances"]), int(homes.sum()), len(frames["compounds"])) == (3242, 1422, 315)
    towers = frames["buildings"][homes].kind.value_counts()
    assert towers.idxmax() == "tower"


def test_a_part_of_taocheng_wants_at_least_an_estate_for_each_compound():
    part = simulate("taocheng", scale=0.1)
    assert part.facts["counts_wanted"]["estate"] >= part.facts["counts"]["compounds"] > 0
    assert part.facts["declared"] == ()


def test_shuangluan_has_32_old_estates_and_28_warm_stops_in_centres_of_communities():
    frames = made("shuangluan").frames
    stations = frames["stations"]
    assert (frames["compounds"].kind == "old").sum() == 32
    stops, centres = stations[stations.kind == "warm_stop"], stations[stations.kind == "service_centre"]
    assert len(stops) == 28
    assert set(stops.host) <= set(centres.name[~centres.hub])
    assert (centres.hub.sum(), len(centres)) == (len(frames["streets"]), 38)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_eight_stops_of_zhaoxian_lie_in_all_five_directions_and_one_direction_has_just_one(seed):
    frames = made("zhaoxian", seed=seed).frames
    stops = frames["stations"][frames["stations"].kind == "red_stop"]
    homes = shapely.get_coordinates(shapely.centroid(frames["buildings"].geometry.values))
    found = directions(homes, frames["buildings"].households.to_numpy(), shapely.get_coordinates(stops.geometry.values))
    count = [len(zone.stations) for zone in found.zones]
    assert len(stops) == 8
    assert min(count) == 1
    assert Counter(stops.host) == {"社区党群服务中心": 3, "商超市场": 3, "快递外卖配送站点": 2}


def test_tianye_has_barriers_faces_and_perimeters_and_lies_in_one_real_community():
    frames = made("tianye").frames
    assert set(frames["cameras"].kind) == {"barrier", "face", "perimeter"} == set(read_scheme("tianye").devices)
    assert list(frames["communities"]["name"]) == ["田野社区"]


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("system", BUILT_UP)
def test_every_system_can_be_simulated_with_these_seeds(system, seed):
    profile, district = find_profile(system), simulate(system, seed=seed)
    facts = district.facts
    assert (facts["households"], facts["persons"]) == (profile.households_n, profile.persons_n)
    assert facts["counts"]["stations"] == sum(service.n for service in profile.stations)
    assert district.frames["buildings"].community.nunique() == profile.communities_n


@pytest.mark.long
def test_fengrun_has_22_centres_of_a_thousand_square_metres_that_make_49200():
    stations = simulate("fengrun").frames["stations"]
    centres = stations[stations.kind == "service_centre"]
    large = centres[centres.area_m2 >= 1000]
    assert (len(centres), len(large), large.area_m2.sum(), centres.hub.sum()) == (39, 22, 49_200, 3)


@pytest.mark.long
def test_baoding_spans_two_zones_and_every_community_has_its_site():
    frames = simulate("baoding").frames
    west, _, east, _ = frames["district"].to_crs(4490).total_bounds
    assert west < 115.5 < east
    sites = frames["stations"][frames["stations"].kind == "dream_site"]
    _, community = shapely.STRtree(frames["communities"].geometry.values).query(sites.geometry.values, predicate="intersects")
    assert sorted(community) == list(range(442))
    hosts = frames["stations"].host[frames["stations"].kind == "red_station"]
    assert (len(hosts), set(hosts)) == (490, {"医疗机构", "商超门店", "银行网点"})
    assert (frames["compounds"].kind == "old").sum() == 509


def slabs(stairs):
    """One slab with so many stairwells each, in a row; none for a shop."""
    n = len(stairs)
    table = {
        "x": np.arange(n) * 100.0,
        "y": np.zeros(n),
        "angle": np.zeros(n),
        "length_m": np.array([14.0 * max(k, 1) for k in stairs]),
        "width_m": np.full(n, 12.0),
        "template": np.array([f"slab{k}" if k else "box" for k in stairs], object),
        "stairs": np.array([max(k, 1) for k in stairs]),
        "flats": np.array([2.0 if k else 0.0 for k in stairs]),
    }
    columns = ("x", "y", "angle", "length_m", "width_m", "template")
    return gpd.GeoDataFrame(table, geometry=draw(*(table[c] for c in columns)), crs=4548)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.data())
def test_stairwells_are_taken_away_until_the_number_is_met_and_no_home_loses_its_last(stairs, data):
    homes = sum(k > 0 for k in stairs)
    wanted = data.draw(st.integers(homes, sum(stairs)))
    left = with_stairwells(slabs(stairs), wanted, np.random.default_rng(0))
    kept = left.stairs[left.flats > 0]
    assert kept.sum() == wanted
    assert (kept >= 1).all()
    assert (left.geometry.area <= slabs(stairs).geometry.area + 1e-6).all()
    assert np.allclose(left.length_m[left.flats > 0], 14.0 * kept)


@pytest.mark.parametrize("wanted", [1, 6])
def test_more_stairwells_than_there_are_or_fewer_than_homes_are_refused(wanted):
    with pytest.raises(GeogridError, match="take another seed"):
        with_stairwells(slabs([2, 3]), wanted, np.random.default_rng(0))
