"""Tracks set on streets: what is walked is what was walked, however the rows stand; fixes that can not be used are left out and counted."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.reach.network import Network
from geogrid.reach.patrol_fixes import Limits, day_names, ready, tracks_of, week_names
from geogrid.reach.patrol_match import match
from geogrid.reach.patrol_notes import patrol_notes
from geogrid.reach.patrol_share import UNIT_COLUMNS, Ground, unit_table, unwalked, walk
from geogrid.reach.patrol_streets import Streets, find_beside

CRS = "EPSG:4548"
MONDAY = 1_772_409_600 + 8 * 3600  # 2026-03-02 16:00 +08:00
LIMITS = Limits()
STEP_M = 6.0


def roads(*lines, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString(line) for line in lines], crs=CRS)


def lattice(n: int = 4, side: float = 100.0) -> gpd.GeoDataFrame:
    """n by n blocks."""
    across = [[(0, side * k), (n * side, side * k)] for k in range(n + 1)]
    up = [[(side * k, 0), (side * k, n * side)] for k in range(n + 1)]
    return roads(*across, *up)


def streets_of(frame: gpd.GeoDataFrame) -> Streets:
    return Streets.of(Network.of(frame))


def ground_of(streets: Streets, doors=(), halves: float = 200.0) -> Ground:
    """One community of two grids, west and east of x = `halves`."""
    community = gpd.GeoDataFrame({"code": ["1"], "parent": [""]}, geometry=[shapely.box(-50, -50, 450, 450)], crs=CRS)
    boxes = [shapely.box(-50, -50, halves, 450), shapely.box(halves, -50, 450, 450)]
    grids = gpd.GeoDataFrame({"code": ["1001", "1002"], "parent": ["1", "1"]}, geometry=boxes, crs=CRS)
    at = gpd.GeoDataFrame(
        {"community": ["1"] * len(doors), "grid": ["1001" if x < halves else "1002" for x, _ in doors]},
        geometry=[shapely.Point(p) for p in doors],
        crs=CRS,
    )
    return Ground.of(streets, at, {"community": community, "grid": grids})


def along(*corners, step: float = STEP_M) -> np.ndarray:
    """Places every `step` metres of a walk past corners, the last one included."""
    line = shapely.LineString(corners)
    return shapely.get_coordinates(shapely.line_interpolate_point(line, np.append(np.arange(0, line.length, step), line.length)))


def fixes_of(xy: np.ndarray, *, begin: float = MONDAY, every: float = 5.0, limits: Limits = LIMITS, **others):
    n = len(xy)
    track = others.get("track", np.zeros(n, np.int64))
    return ready(xy, others.get("time_s", begin + every * np.arange(n)), track, others.get("accuracy_m", np.full(n, 5.0)), limits)


def walked_m(ground: Ground, fixes, limits: Limits = LIMITS) -> float:
    return float(walk(ground, fixes, limits, 15.0).walked_m.sum())


# streets


def test_the_lengths_of_chains_and_bins_are_those_of_the_network():
    network = Network.of(lattice())
    streets = Streets.of(network)
    assert streets.length_m.sum() == pytest.approx(network.length_m.sum())
    assert streets.bin_m.sum() == pytest.approx(network.length_m.sum())
    assert streets.bin_m.max() <= 2.0 + 1e-9


def test_a_crooked_street_between_two_crossings_is_one_chain_and_its_segments_follow_one_another():
    streets = streets_of(roads([(0, 0), (50, 0), (50, 50), (100, 50)], [(0, -40), (0, 40)], [(100, 10), (100, 90)]))
    chain = int(np.argmax(streets.length_m))
    own = streets.segments[streets.chain == chain]
    assert len(own) == 3
    assert (own[1:, :2] == own[:-1, 2:]).all()
    assert streets.from_m[streets.chain == chain].tolist() in ([0, 50, 100], [0.0, 50.0, 100.0])


def test_a_ring_without_any_crossing_is_a_street_too():
    streets = streets_of(roads([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]))
    assert (len(streets), streets.length_m.sum()) == (1, pytest.approx(400))


@given(st.integers(0, 39), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_a_place_so_far_along_a_street_lies_on_it_so_far(chain, share):
    streets = _LATTICE
    chain %= len(streets)
    place = streets.at(np.array([chain]), np.array([share * streets.length_m[chain]]))
    shape = shapely.linestrings(np.vstack([streets.segments[streets.chain == chain][:, :2], streets.segments[streets.chain == chain][-1:, 2:]]))
    assert shapely.line_locate_point(shape, shapely.points(place[0])) == pytest.approx(share * streets.length_m[chain], abs=1e-6)


_LATTICE = streets_of(lattice())


def test_the_end_of_a_crooked_street_is_its_last_corner():
    streets = streets_of(roads([(0, 0), (50.1, 0), (50.1, 50.3), (0.2, 50.3)]))
    ends = streets.at(np.array([0, 0]), np.array([0.0, streets.length_m[0]]))
    assert {tuple(np.round(place, 2)) for place in ends} == {(0.0, 0.0), (0.2, 50.3)}


def test_a_footway_along_a_street_is_that_street_and_one_of_its_own_is_not():
    frame = roads([(0, 0), (200, 0)], [(0, 4), (200, 4)], [(100, 0), (100, 80)], [(0, 30), (200, 30)])
    frame["class"] = ["residential", "footway", "footway", "footway"]
    assert find_beside(frame, ("footway",)).tolist() == [False, True, False, False]


def test_of_two_footways_side_by_side_the_longer_one_stays():
    frame = roads([(0, 0), (200, 0)], [(10, 4), (150, 4)])
    frame["class"] = "footway"
    assert find_beside(frame, ("footway",)).tolist() == [False, True]


def test_short_pieces_of_one_straight_footway_are_not_beside_each_other():
    frame = roads([(0, 0), (8, 0)], [(8, 0), (16, 0)], [(16, 0), (24, 0)])
    frame["class"] = "footway"
    assert not find_beside(frame, ("footway",)).any()


# matching


@pytest.mark.parametrize("side", [-12.0, 0.0, 12.0])
def test_a_walk_beside_a_street_is_on_it_and_not_on_the_side_streets_that_it_passes(side):
    streets = _LATTICE
    xy = np.add(along((10, 200), (390, 200)), (0, side))
    chain, _ = match(streets, xy, np.r_[True, np.zeros(len(xy) - 1, bool)])
    middle = streets.at(chain, streets.length_m[chain] / 2)
    assert (middle[:, 1] == 200).all()


def test_a_fix_far_from_every_street_is_on_none():
    chain, _ = match(_LATTICE, np.array([[50.0, 50.0], [-31.0, 50.0], [5000.0, -9000.0]]), np.ones(3, bool))
    assert chain.tolist() == [-1, -1, -1]


@pytest.mark.parametrize("step", [6.0, 36.0, 70.0])
def test_a_walk_round_corners_walks_its_own_length_however_far_apart_the_fixes(step):
    ground = ground_of(_LATTICE)
    fixes = fixes_of(along((0, 0), (200, 0), (200, 100), (400, 100), step=step), every=step / 1.2)
    assert walked_m(ground, fixes) == pytest.approx(500, abs=4)


def test_there_and_back_counts_once():
    ground = ground_of(_LATTICE)
    assert walked_m(ground, fixes_of(along((0, 100), (300, 100), (0, 100)))) == pytest.approx(300, abs=4)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    xy, ground = along((0, 100), (300, 100), (300, 400)), ground_of(_LATTICE)
    order = rng.permutation(len(xy))
    there, mixed = fixes_of(xy), fixes_of(xy[order], time_s=MONDAY + 5.0 * order)
    assert (mixed.xy == there.xy).all()
    assert walked_m(ground, mixed) == walked_m(ground, there)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
@settings(max_examples=15, deadline=None)
def test_more_tracks_never_walk_less(seed, n):
    rng = np.random.default_rng(seed)
    ground, xy = ground_of(_LATTICE), rng.uniform(0, 400, (2 * n, 2))
    track, times = np.arange(2 * n) // 2, MONDAY + 100.0 * (np.arange(2 * n) % 2)
    few = fixes_of(xy[: 2 * (n // 2)], track=track[: 2 * (n // 2)], time_s=times[: 2 * (n // 2)])
    assert walked_m(ground, few) <= walked_m(ground, fixes_of(xy, track=track, time_s=times)) + 1e-9


@given(st.floats(0, 360), st.floats(-5e5, 5e5))
@settings(max_examples=15, deadline=None)
def test_a_town_turned_and_moved_is_walked_as_much(angle, away):
    turn = np.radians(angle)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    frame = lattice()
    moved = frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), lambda xy: xy @ matrix.T + away))
    xy = np.add(along((0, 100), (300, 100), (300, 250)), (3, 4))
    one, other = (int((_hit(streets_of(f), p) >= 0).sum()) for f, p in ((frame, xy), (moved, xy @ matrix.T + away)))
    assert other == pytest.approx(one, abs=8)  # coordinates are set on a grid of 1 cm


def _hit(streets: Streets, xy: np.ndarray) -> np.ndarray:
    none = gpd.GeoDataFrame({"all": []}, geometry=[], crs=CRS)
    whole = gpd.GeoDataFrame({"code": ["1"], "parent": [""]}, geometry=[shapely.box(-2e6, -2e6, 2e6, 2e6)], crs=CRS)
    return walk(Ground.of(streets, none, {"all": whole}), fixes_of(xy), LIMITS, 15.0).bin_week


# what is left out


def test_fixes_outside_working_hours_count_nothing():
    ground = ground_of(_LATTICE)
    night = fixes_of(along((0, 0), (300, 0)), begin=MONDAY + 7 * 3600)
    assert (len(night), night.left["hours"], walked_m(ground, night)) == (0, night.left["all"], 0)


def test_working_hours_may_go_over_midnight():
    night = Limits(hours=(22 * 60, 6 * 60))
    assert len(fixes_of(along((0, 0), (300, 0)), begin=MONDAY + 7 * 3600, limits=night)) == 51
    assert len(fixes_of(along((0, 0), (300, 0)), limits=night)) == 0


def test_working_hours_are_those_of_the_zone():
    assert len(fixes_of(along((0, 0), (30, 0)), begin=MONDAY, limits=Limits(zone_s=-10 * 3600))) == 0  # 22:00 there


def test_a_fix_worse_than_15_m_is_dropped_and_one_that_says_nothing_is_kept():
    fixes = fixes_of(along((0, 0), (18, 0)), accuracy_m=np.array([15.0, 15.1, np.nan, 60.0]))
    assert (len(fixes), fixes.left["poor"], fixes.left["no_accuracy"]) == (2, 2, 1)


def test_of_one_moment_twice_the_most_exact_stays():
    xy = np.array([[0.0, 0], [50, 0], [6, 0]])
    fixes = fixes_of(xy, time_s=MONDAY + np.array([0.0, 5, 5]), accuracy_m=np.array([5.0, 14, 4]))
    assert (fixes.xy.tolist(), fixes.left["twice"]) == ([[0, 0], [6, 0]], 1)


def test_a_gap_of_more_than_two_minutes_is_not_joined():
    ground, xy = ground_of(_LATTICE), np.array([[10.0, 0], [90, 0]])
    assert walked_m(ground, fixes_of(xy, every=120.0)) == pytest.approx(80, abs=4)
    assert walked_m(ground, fixes_of(xy, every=121.0)) == 0


def test_what_is_faster_than_a_bicycle_is_not_walked():
    ground, car = ground_of(_LATTICE), along((0, 0), (400, 0), step=80.0)
    assert walked_m(ground, fixes_of(car, every=5.0)) == 0
    assert walked_m(ground, fixes_of(car, every=20.0)) == pytest.approx(400, abs=4)


def test_one_wild_jump_costs_its_own_two_steps_only():
    ground, xy = ground_of(_LATTICE), along((0, 0), (300, 0))
    xy[25] += (3000, 5000)
    fixes = fixes_of(xy)
    assert (fixes.left["jumps"], fixes.left["alone"]) == (2, 1)
    assert walked_m(ground, fixes) == pytest.approx(300 - 2 * STEP_M, abs=4)


@pytest.mark.parametrize("n", [0, 1])
def test_no_fix_and_a_single_one_walk_nothing(n):
    ground = ground_of(_LATTICE, [(0, 10)])
    fixes = fixes_of(np.zeros((n, 2)))
    walked = walk(ground, fixes, LIMITS, 15.0)
    assert (walked.walked_m.sum(), walked.passed.sum()) == (0, n)
    assert unwalked(ground, walked, CRS)["length_m"].sum() == pytest.approx(4000, abs=1)
    assert len(unit_table(ground, walked, fixes.weeks)) == 3 * n


def test_without_streets_doors_are_counted_all_the_same():
    ground = ground_of(streets_of(roads()), [(3, 10), (300, 0)])
    fixes = fixes_of(along((0, 0), (30, 0)))
    table = unit_table(ground, walk(ground, fixes, LIMITS, 15.0), fixes.weeks).set_index("code")
    assert table.loc[["1", "1001", "1002"], "passed"].tolist() == [1, 1, 0]
    assert table["street_share"].isna().all()
    assert len(unwalked(ground, walk(ground, fixes, LIMITS, 15.0), CRS)) == 0


# figures


def test_an_entrance_is_passed_within_15_m_of_the_step_between_two_fixes():
    ground = ground_of(_LATTICE, [(20, 14.9), (20, 15.1), (20, -14.9)])
    fixes = fixes_of(np.array([[0.0, 0], [40, 0]]), every=30.0)
    assert walk(ground, fixes, LIMITS, 15.0).passed.sum() == 2


def test_the_sums_of_grids_are_the_whole_and_shares_lie_between_nothing_and_all():
    rng = np.random.default_rng(5)
    ground = ground_of(_LATTICE, rng.uniform(0, 400, (60, 2)).tolist())
    fixes = fixes_of(along((0, 100), (400, 100), (400, 300), (100, 300)))
    table = unit_table(ground, walk(ground, fixes, LIMITS, 15.0), fixes.weeks)
    sums = table.groupby("level")[["street_m", "walked_m", "entrances", "passed"]].sum()
    assert sums.loc["grid"].to_numpy() == pytest.approx(sums.loc["community"].to_numpy(), abs=0.2)
    assert sums.loc["community", "street_m"] == pytest.approx(4000, abs=0.1)
    assert table["street_share"].between(0, 1).all()
    assert tuple(table.columns) == UNIT_COLUMNS


def test_a_street_on_the_border_of_two_grids_belongs_to_the_first_one_alone():
    ground = ground_of(streets_of(roads([(200, 0), (200, 300)])))
    table = unit_table(ground, walk(ground, fixes_of(along((200, 0), (200, 300))), LIMITS, 15.0), np.array([20514])).set_index("code")
    assert table.loc[["1001", "1002"], "street_m"].tolist() == [300, 0]


def test_each_week_has_its_own_share_and_the_last_visit_up_to_then():
    ground = ground_of(_LATTICE)
    first, second = along((0, 0), (100, 0)), along((300, 0), (400, 0))
    n, week_s = len(first), 7 * 86400
    times = np.concatenate([MONDAY + 5.0 * np.arange(n), MONDAY + week_s + 86400 + 5.0 * np.arange(len(second))])
    fixes = fixes_of(np.vstack([first, second]), time_s=times)
    table = unit_table(ground, walk(ground, fixes, LIMITS, 15.0), fixes.weeks).set_index(["code", "week"])
    assert table.loc[("1001", "2026-W10"), ["walked_m", "last_visit"]].tolist() == [100, "2026-03-02"]
    assert table.loc[("1001", "2026-W11"), ["walked_m", "last_visit"]].tolist() == [0, "2026-03-02"]
    assert table.loc[("1002", "2026-W10"), "last_visit"] == ""
    assert table.loc[("1002", "2026-W11"), ["walked_m", "last_visit"]].tolist() == [100, "2026-03-10"]


def test_what_nobody_walked_in_the_newest_week_is_all_streets_but_those_that_somebody_did():
    ground = ground_of(_LATTICE)
    times = np.concatenate([MONDAY + 5.0 * np.arange(51), MONDAY + 7 * 86400 + 5.0 * np.arange(51)])
    fixes = fixes_of(np.vstack([along((0, 0), (300, 0)), along((0, 400), (300, 400))]), time_s=times)
    found = unwalked(ground, walk(ground, fixes, LIMITS, 15.0), CRS)
    by_day = found.groupby("last_visit")["length_m"].sum()
    assert by_day.to_dict() == pytest.approx({"": 3400, "2026-03-02": 300}, abs=5)
    assert (found.geometry.length.round(1) == found["length_m"]).all()
    assert set(found["grid"]) == {"1001", "1002"}


def test_an_unwalked_stretch_bends_as_its_street_does():
    ground = ground_of(streets_of(roads([(0, 0), (100, 0), (100, 100)])))
    found = unwalked(ground, walk(ground, fixes_of(along((0, 0), (50, 0))), LIMITS, 15.0), CRS)
    assert found["length_m"].tolist() == [pytest.approx(150, abs=2.5)]
    assert shapely.distance(found.geometry.iloc[0], shapely.Point(100, 0)) == 0


def test_weeks_and_days_have_iso_names():
    assert week_names(np.array([20451, 20514])) == ["2026-W01", "2026-W10"]
    assert day_names(np.array([-1, 0, 20514])).tolist() == ["", "1970-01-01", "2026-03-02"]


def test_tracks_of_two_officers_are_never_joined():
    ground = ground_of(_LATTICE)
    officers = tracks_of(np.array(["a", "b"], dtype=object), np.array(["", ""], dtype=object))
    assert walked_m(ground, fixes_of(np.array([[10.0, 0], [40, 0]]), track=officers)) == 0


def test_notes_say_what_was_left_out_and_how_sure_a_share_is():
    fixes = fixes_of(along((0, 0), (18, 0)), accuracy_m=np.array([8.0, 15.1, 8.0, 60.0]), every=30.0)
    notes = {n["key"]: n for n in patrol_notes(fixes, LIMITS, far=0, beside=3, has_streets=True, days=[1], patrol_m=15)}
    assert (notes["poor"]["n"], notes["used"]["n"], notes["beside"]["n"], notes["newest"]["n"]) == (2, 2, 3, 1)
    assert "+08:00" in notes["used"]["zh"]
    assert notes["error"]["share_error"] > 0
    none = patrol_notes(fixes_of(np.zeros((0, 2))), LIMITS, far=0, beside=0, has_streets=False, days=[], patrol_m=15)
    assert {"none", "no_streets"} <= {note["key"] for note in none}
