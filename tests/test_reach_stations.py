import dataclasses
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.pipeline.reach_stations import reach_stations
from geogrid.plan import Base
from geogrid.reach.station_reach import StationReach
from geogrid.scheme import SiteKind, Text
from geogrid.sites import join
from geogrid.store import open_project, write_project
from tests.tiny import CRS, EAST, WEST, X0, Y0, tiny_contents, tiny_plan

PLAN = tiny_plan()
DAY_CARE = SiteKind(Text("日间照料站", "day care"), "community")
WANTED = dataclasses.replace(PLAN, scheme=dataclasses.replace(PLAN.scheme, stations={"day_care": DAY_CARE}))
STREETS = gpd.GeoDataFrame(
    geometry=[shapely.LineString([(X0 + 100, Y0 - 50), (X0 + 100, Y0 + 250)]), shapely.LineString([(X0 - 50, Y0 + 100), (X0 + 250, Y0 + 100)])],
    crs=CRS,
)
MINUTES = [1, 2, 3, 4]
site = st.tuples(st.sampled_from(["day_care", "warm_stop"]), st.integers(-100, 300), st.integers(-100, 300))
sites = st.lists(site, max_size=5)


def stations(*rows: tuple[str, float, float]) -> gpd.GeoDataFrame:
    kinds = pd.Series([row[0] for row in rows], dtype=object)
    places = [shapely.Point(X0 + row[1], Y0 + row[2]) for row in rows]
    return gpd.GeoDataFrame({"id": [f"s{i + 1}" for i in range(len(rows))], "kind": kinds}, geometry=places, crs=CRS)


def reach_of(*rows, roads=STREETS, plan=PLAN) -> StationReach:
    return StationReach.of(plan, join(stations(*rows), plan), roads)


def test_each_unit_is_told_how_many_of_its_households_are_served():
    reach = reach_of(("day_care", 25, 175))
    units = reach.station_units([0.5]).set_index(["level", "code", "kind"])
    row = units.loc[("grid", WEST + "001", "day_care")]
    assert (row["total"], row["households"], row["what"], row["nearest"]) == (46, 46, "households", "s1")
    assert (row["served"], row["served_share"], row["worst_walk_m"]) == (24, round(24 / 46, 6), 65.0)
    assert set(units.index.get_level_values("level")) == {"community", "grid", "microgrid"}


@pytest.mark.parametrize("roads", [None, STREETS])
def test_a_station_at_the_door_is_no_walk(roads):
    units = reach_of(("day_care", 25, 175), roads=roads).station_units([1]).set_index(["code", "kind"])
    assert units.loc[(WEST + "001001", "day_care"), ["mean_walk_m", "median_walk_min", "worst_walk_m", "nearest"]].tolist() == [0.0, 0.0, 0.0, "s1"]


def test_a_kind_that_the_scheme_wants_in_each_community_is_listed_though_there_is_none():
    reach = reach_of(("party", 25, 175), plan=WANTED)
    assert [(kind.key, kind.n) for kind in reach.kinds] == [("day_care", 0), ("party", 1)]
    assert reach.totals([15]).set_index("kind")["served"].to_dict() == {"day_care": 0, "party": 117}
    assert len(reach.findings) == 2


@pytest.mark.parametrize("word", ["day_care", "日间照料站", "day care"])
def test_a_kind_may_be_written_as_the_schemes_word_or_its_name(word):
    reach = reach_of((word, 25, 175), plan=WANTED)
    assert [(kind.key, kind.n) for kind in reach.kinds] == [("day_care", 1)]
    assert [finding.units for finding in reach.findings] == [(EAST,)]


def test_stations_without_a_kind_are_a_kind_of_their_own_and_those_without_a_place_are_said_to_be_left_out():
    frame = stations(("", 25, 175), ("", 75, 75))
    frame.loc[1, "geometry"] = shapely.Point()
    reach = StationReach.of(PLAN, join(frame, PLAN), STREETS)
    assert ("", 1) in [(kind.key, kind.n) for kind in reach.kinds]
    assert [note["n"] for note in reach.notes if note["key"] == "no_place"] == [1]


def test_without_any_station_nobody_is_served_and_nothing_is_drawn():
    reach = reach_of()
    assert (reach.kinds, len(reach.entrances), len(reach.station_units()), len(reach.totals())) == ([], 0, 0, 0)
    assert reach.area("day_care", 10).is_empty
    assert len(reach.unserved("day_care", 10)) == len(reach.demand)
    assert reach.tried("day_care", X0 + 25, Y0 + 175, 1)["gained"] > 0


@pytest.mark.parametrize("roads", [None, STREETS.iloc[:0], STREETS, STREETS.iloc[:1]])
def test_notes_say_how_walks_are_measured_in_both_languages(roads):
    reach = reach_of(("day_care", 25, 175), roads=roads)
    note = reach.notes[0]
    assert note["key"] == ("straight" if reach.method == "straight" else "legs")
    assert "× 1.3" in note["en"]
    assert "直线 × 1.3" in note["zh"]


def test_land_is_served_where_nobody_lives():
    atoms = PLAN.base.atoms.assign(households=0, persons=0)
    bare = dataclasses.replace(PLAN, base=Base(PLAN.base.cells, atoms, PLAN.base.district))
    reach = reach_of(("day_care", 25, 175), plan=bare)
    units = reach.station_units([2])
    assert set(units["what"]) == {"land"}
    assert units["households"].sum() == 0
    assert units.loc[units["level"] == "community", "total"].tolist() == [20_000.0] * (len(units[units["level"] == "community"]))
    assert reach.totals([2])["total"].tolist() == [40_000.0] * len(reach.kinds)
    assert "land" in [note["key"] for note in reach.notes]
    assert reach.entrances["area_m2"].sum() == pytest.approx(40_000 * len(reach.kinds))


def test_unserved_are_those_that_are_not_served_the_most_households_first():
    reach = StationReach.of(PLAN, join(stations(("day_care", 25, 175)), PLAN), STREETS, lambda: {"b9": "建华大街9号"})
    left = reach.unserved("day_care", 1)
    assert left["households"].sum() + reach.demand.weight[reach.serves("day_care", 1)].sum() == reach.demand.weight.sum()
    assert left["households"].is_monotonic_decreasing
    assert left.loc[left["cell"] == 9, "address"].tolist() == ["建华大街9号"]
    assert (left["walk_min"] > 1).all()


def test_homes_that_no_path_leads_from_are_never_served_and_counted():
    apart = [[(X0 - 50, Y0 + 150), (X0 + 450, Y0 + 150)], [(X0 - 50, Y0 + 50), (X0 + 450, Y0 + 50)]]
    roads = gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in apart], crs=CRS)
    reach = reach_of(("day_care", 25, 175), roads=roads, plan=one_block_per_cell())
    south = reach.demand.y < Y0 + 100
    assert not reach.serves("day_care", 1e6)[south].any()
    assert reach.serves("day_care", 1e6)[~south].all()
    totals = reach.totals([1e6]).set_index("kind").loc["day_care"]
    assert totals["no_path"] == reach.demand.weight[south].sum()
    left = reach.unserved("day_care", 1e6)
    assert (set(left["station"]), left["walk_m"].isna().all()) == ({""}, True)


def one_block_per_cell():
    cells = PLAN.base.cells.assign(enclosure=range(16))
    return dataclasses.replace(PLAN, base=Base(cells, PLAN.base.atoms, PLAN.base.district))


def test_the_nearest_stations_of_each_row_come_by_distance():
    pairs = reach_of(("day_care", 25, 175), ("day_care", 175, 25), ("warm_stop", 75, 75)).pairs("day_care", k=5)
    assert pairs.demand.tolist() == [row for row in range(10) for _ in range(2)]
    assert sorted(set(pairs.station.tolist())) == [0, 1]
    assert (pairs.walk_m[::2] <= pairs.walk_m[1::2]).all()


def test_who_finds_no_place_is_told_per_unit_where_capacities_are_known():
    frame = stations(("day_care", 25, 175), ("warm_stop", 25, 175)).assign(capacity=[10.0, np.nan])
    reach = StationReach.of(PLAN, join(frame, PLAN), STREETS)
    units, totals = reach.station_units([2]), reach.totals([2]).set_index("kind")["left_over"]
    room = reach.capacity("day_care", 2)
    assert room is not None
    assert totals["day_care"] == room.left_over.sum() == units.loc[units["level"] == "grid", "left_over"].sum()
    assert pd.isna(totals["warm_stop"])
    assert [note["kind"] for note in reach.notes if note["key"] == "capacity"] == ["day_care"]


def test_checks_are_plain_and_name_both_languages():
    checks = reach_of(("day_care", 25, 175), plan=WANTED).checks
    assert json.loads(json.dumps(checks)) == checks
    assert {"one_per_unit", "radiated", "five_directions"} <= {check["check"] for check in checks}
    assert all(check["en"] and check["zh"] for check in checks)


def test_the_best_next_place_gains_what_it_gains_when_it_is_tried():
    reach = reach_of(("day_care", 25, 175))
    site = reach.best("day_care", 1, 1).sites.iloc[0]
    assert reach.tried("day_care", site.geometry.x, site.geometry.y, 1)["gained"] == site["gained"] > 0


def test_the_area_holds_the_station_and_grows_with_time():
    reach = reach_of(("day_care", 25, 175))
    short, long = (reach.area("day_care", minutes) for minutes in (1, 3))
    assert short.contains(shapely.Point(X0 + 25, Y0 + 175))
    assert short.area < long.area
    assert short.difference(long).area < 0.05 * short.area


@settings(max_examples=50)
@given(sites, st.sampled_from(MINUTES))
def test_longer_walks_never_serve_fewer(rows, minutes):
    reach = reach_of(*rows)
    for kind in reach.kinds:
        assert (reach.serves(kind.key, minutes) <= reach.serves(kind.key, minutes + 1)).all()


@settings(max_examples=50)
@given(sites, site, st.sampled_from(MINUTES))
def test_a_station_that_is_tried_gains_what_it_gains_when_it_is_built(rows, more, minutes):
    kind, x, y = more
    before, after = reach_of(*rows), reach_of(*rows, more)
    told = before.tried(kind, X0 + x, Y0 + y, minutes)
    assert (before.serves(kind, minutes) <= after.serves(kind, minutes)).all()
    assert told["served_after"] == after.demand.weight[after.serves(kind, minutes)].sum()
    assert told["served_after"] - told["served_before"] == told["gained"]
    for level in ("community", "grid", "microgrid"):
        gained = {unit["code"]: unit["after"] for unit in told["units"] if unit["level"] == level}
        units = after.station_units([minutes])
        served = units[(units["level"] == level) & (units["kind"] == kind)].set_index("code")["served"]
        assert gained == {code: served[code] for code in gained}
        assert sum(unit["gained"] for unit in told["units"] if unit["level"] == level) == told["gained"]


@settings(max_examples=40)
@given(sites, st.sampled_from(MINUTES))
def test_the_sums_over_units_are_the_whole(rows, minutes):
    reach = reach_of(*rows)
    units, totals = reach.station_units([minutes]), reach.totals([minutes]).set_index("kind")
    for (_, kind), part in units.groupby(["level", "kind"]):
        for column in ("total", "served", "no_path"):
            assert part[column].sum() == totals.loc[kind, column]


@settings(max_examples=30)
@given(sites, st.randoms(use_true_random=False))
def test_rows_in_any_order_give_the_same_frames(rows, random):
    frame = stations(*rows)
    order = list(range(len(frame)))
    random.shuffle(order)
    first = StationReach.of(PLAN, join(frame, PLAN), STREETS)
    second = StationReach.of(PLAN, join(frame.iloc[order], PLAN), STREETS.iloc[::-1])
    for name in ("station_units", "totals"):
        pd.testing.assert_frame_equal(getattr(first, name)(), getattr(second, name)())
    pd.testing.assert_frame_equal(first.entrances, second.entrances)
    assert first.entrances.geometry.to_wkb().tolist() == second.entrances.geometry.to_wkb().tolist()


def test_a_project_tells_who_its_stations_serve(tmp_path):
    write_project(tiny_contents(), tmp_path / "tiny.gpkg")
    with open_project(tmp_path / "tiny.gpkg") as project:
        reach = reach_stations(project)
        assert reach.method == "network"
        assert [kind.n for kind in reach.kinds if kind.key == "day_care"] == [2]
        left = reach.unserved("day_care", 1)
        assert left["address"].tolist() == [f"建华大街{cell}号" for cell in left["cell"]]
        assert np.isfinite(reach.walks("party").walk_m).all()


def test_a_project_without_stations_and_roads_serves_nobody(tmp_path):
    bare = dataclasses.replace(tiny_contents(), plan=WANTED, sites={}, layers={})
    write_project(bare, tmp_path / "bare.gpkg")
    with open_project(tmp_path / "bare.gpkg") as project:
        reach = reach_stations(project)
        assert (reach.method, reach.totals()["served"].sum()) == ("straight", 0)
        assert reach.unserved("day_care", 10)["address"].tolist() == [""] * 10
