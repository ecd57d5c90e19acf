"""Mending on small shapes whose right answer is known, and what it does with input that can not be mended."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geogrid
from geogrid.mending import Repair
from geogrid.rules import ColumnError, validate_layer
from tests.lattices import CRS, X0, Y0, coded, nine, replaced, square
from tests.shared import shared_path

WHOLE = square(0, 0, 30, 30)


def mend(frame: gpd.GeoDataFrame, **asked: object) -> Repair:
    return geogrid.repair_layer(frame, **asked)


def codes_of(done: Repair, rule: str) -> list[list[str]]:
    return done.mended["units"][done.mended["rule"] == rule].tolist()


def same(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame) -> np.ndarray:
    return shapely.equals_exact(shapely.normalize(a.geometry.to_numpy()), shapely.normalize(b.geometry.to_numpy()))


def covers(done: Repair, row: int, shape: shapely.Geometry) -> bool:
    return done.frame.geometry.iloc[row].symmetric_difference(shape).area < 1e-6


def test_a_unit_that_reaches_over_its_neighbours_is_drawn_back_to_their_corners():
    done = mend(coded(replaced(nine(), 4, square(9.5, 9.5, 11, 11))), parent=WHOLE)
    assert done.left.empty
    assert all(covers(done, row, shape) for row, shape in enumerate(nine()))
    assert done.report["lost_m2"].round(6).tolist() == [0, 0, 0, 0, 21, 0, 0, 0, 0]
    assert shapely.coverage_is_valid(done.frame.geometry.to_numpy())


def test_a_unit_that_is_drawn_back_from_its_neighbours_gets_its_land_again():
    done = mend(coded(replaced(nine(), 4, square(10.2, 10.2, 9.6, 9.6))), parent=WHOLE)
    assert done.left.empty
    assert covers(done, 4, nine()[4])
    assert done.mended["to"].tolist()[0] == "e"
    assert done.report.set_index("code").loc["e", ["gained_m2", "lost_m2"]].round(6).tolist() == [7.84, 0]


def test_a_vertex_that_the_neighbour_lacks_is_inserted_and_nothing_else_moves():
    first, *others = square(10, 10).exterior.coords[:-1]  # box() begins in the south-east and goes north
    middle = shapely.Polygon([first, (X0 + 20, Y0 + 15.0004), *others])
    sown = coded(replaced(nine(), 4, middle))
    done = mend(sown, parent=WHOLE)
    assert done.left.empty
    assert done.report["code"][done.report["changed"]].tolist() == ["f"]
    assert (X0 + 20, Y0 + 15.0004) in done.frame.geometry.iloc[5].exterior.coords


def test_an_overlap_wider_than_the_limit_is_listed_and_both_keep_it():
    sown = coded(replaced(nine(), 4, square(7, 10, 13)))
    done = mend(sown, parent=WHOLE)
    assert done.left["rule"].tolist() == ["overlap"]
    assert done.undecided["units"].tolist() == [["d", "e"]]
    assert all(done.frame.geometry.iloc[row].equals(sown.geometry.iloc[row]) for row in range(9))
    assert mend(sown, parent=WHOLE, max_overlap_m=4.0).left.empty


def test_a_wide_limit_for_overlaps_gives_no_exclave_away():
    exclave = square(15, 15, 4, 4)
    shapes = replaced(replaced(nine(), 4, nine()[4].difference(exclave)), 0, nine()[0].union(exclave))
    done = mend(coded(replaced(shapes, 8, square(19.5, 20, 10.5))), parent=WHOLE, max_overlap_m=100.0)
    assert done.left["rule"].tolist() == ["not_connected"]


def test_a_strip_that_two_claim_equally_is_listed_and_left():
    sown = coded(np.array([square(0, 0), square(9.5, 0)], dtype=object))
    done = mend(sown)
    assert done.undecided[["rule", "units"]].to_numpy().tolist() == [["overlap", ["a", "b"]]]
    assert "equal rights" in done.undecided["why"].iloc[0]
    assert all(done.frame.geometry.iloc[row].equals(sown.geometry.iloc[row]) for row in range(2))


def test_a_gap_wider_than_the_limit_is_listed_and_nobody_changes():
    sown = coded(replaced(nine(), 4, square(12, 12, 6, 6)))
    done = mend(sown, parent=WHOLE)
    assert done.left["rule"].tolist() == ["gap"]
    assert same(done.frame, sown).all()


def test_a_long_gap_beside_many_is_divided_before_their_doors():
    row = np.array([square(10 * i, 0) for i in range(4)], dtype=object)
    done = mend(coded(row), parent=square(0, 0, 40, 10.5))
    assert done.left.empty
    assert done.report["gained_m2"].round(3).tolist() == [5, 5, 5, 5]
    assert shapely.coverage_is_valid(done.frame.geometry.to_numpy())


def test_multi_polygons_of_one_part_are_not_touched_for_that():
    multi = np.array([shapely.MultiPolygon([shape]) for shape in replaced(nine(), 0, square(0.1, 0, 9.9))], dtype=object)
    done = mend(coded(multi), parent=WHOLE)
    assert done.left.empty
    assert done.report["code"][done.report["changed"]].tolist() == ["a", "d"]  # a's corner stands on d's border


def test_land_outside_the_parent_is_cut_where_it_is_narrow_only():
    narrow = mend(coded(replaced(nine(), 3, square(-0.5, 10, 10.5))), parent=WHOLE)
    assert narrow.left.empty
    assert covers(narrow, 3, nine()[3])
    wide = mend(coded(replaced(nine(), 3, square(-5, 10, 15))), parent=WHOLE)
    assert wide.left["rule"].tolist() == ["outside_parent"]
    assert covers(wide, 3, square(-5, 10, 15))


def test_a_crumb_goes_to_the_unit_round_it_and_an_exclave_stays():
    crumb, exclave = square(15, 15, 2, 0.4), square(15, 15, 4, 4)
    for piece, connected in ((crumb, True), (exclave, False)):
        shapes = replaced(replaced(nine(), 4, nine()[4].difference(piece)), 0, nine()[0].union(piece))
        done = mend(coded(shapes), parent=WHOLE)
        assert covers(done, 0, nine()[0]) is connected
        assert done.left["rule"].tolist() == ([] if connected else ["not_connected"])


def test_a_ring_that_crosses_itself_in_one_way_is_healed_and_one_with_two_readings_is_left():
    spike = shapely.Polygon([(0, 0), (10, 0), (10, 5), (12, 5), (10, 5), (10, 10), (0, 10)])
    healed = mend(gpd.GeoDataFrame({"code": ["a"]}, geometry=[spike], crs=CRS))
    assert healed.left.empty
    assert covers(healed, 0, shapely.box(0, 0, 10, 10))
    twice = shapely.Polygon([(0, 0), (10, 0), (10, 10), (2, 10), (2, 2), (8, 2), (8, 8), (0, 8)])
    left = mend(gpd.GeoDataFrame({"code": ["a"]}, geometry=[twice], crs=CRS))
    assert left.frame.geometry.iloc[0] is twice
    assert left.undecided["rule"].tolist() == ["geometry_invalid"]


def test_a_unit_never_disappears_into_another():
    sown = coded(np.array([square(0, 0), square(3, 3, 0.5, 4)], dtype=object))
    done = mend(sown)
    assert same(done.frame, sown).all()
    assert "more than half" in done.undecided["why"].iloc[0]


def test_repeated_vertices_go_and_nothing_else():
    ring = shapely.Polygon([(0, 0), (0, 0), (10, 0), (10, 10), (10, 10), (0, 10)])
    done = mend(gpd.GeoDataFrame({"code": ["a"]}, geometry=[ring], crs=CRS))
    assert shapely.get_num_coordinates(done.frame.geometry.iloc[0]) == 5
    assert done.mended["rule"].tolist() == ["vertex_repeated"]


def test_heights_stay_and_new_vertices_get_that_of_the_nearest():
    lower, upper = shapely.force_3d(square(0, 0), 5.0), shapely.force_3d(square(9.5, 0, 10, 9), 7.0)
    done = mend(coded(np.array([lower, upper], dtype=object)))
    heights = [set(shapely.get_coordinates(shape, include_z=True)[:, 2]) for shape in done.frame.geometry]
    assert heights == [{5.0}, {7.0}]


def test_multi_polygons_stay_multi_and_rings_keep_their_turn():
    clockwise = shapely.MultiPolygon([shapely.reverse(square(0, 0))])
    done = mend(coded(np.array([clockwise, square(9.5, 0, 10, 9)], dtype=object)))
    first, second = done.frame.geometry
    assert (first.geom_type, second.geom_type) == ("MultiPolygon", "Polygon")
    assert first.geoms[0].exterior.is_ccw == clockwise.geoms[0].exterior.is_ccw
    assert second.exterior.is_ccw == square(9.5, 0, 10, 9).exterior.is_ccw


@pytest.mark.parametrize(
    "shapes",
    [[], [square(0, 0)], [None, shapely.Polygon(), shapely.Point(1, 2)], [square(0, 0), square(0, 0)], [shapely.box(0, 0, np.inf, 1)]],
    ids=["none", "one", "no areas", "twice the same", "infinite"],
)
def test_what_can_not_be_mended_comes_back_as_it_was(shapes: list):
    frame = gpd.GeoDataFrame({"code": [str(i) for i in range(len(shapes))]}, geometry=shapes, crs=CRS)
    done = mend(frame)
    assert same(done.frame, frame)[[shape is not None for shape in shapes]].all()
    assert done.left["rule"].tolist() == validate_layer(frame)["rule"].tolist()


def test_degrees_taken_for_metres_are_not_touched():
    frame = coded(np.array([shapely.box(118, 39, 118.1, 39.1), shapely.box(118.0999999, 39, 118.2, 39.1)], dtype=object))
    done = mend(frame)
    assert done.frame is frame
    assert done.left["rule"].tolist() == ["crs_mismatch"]


def test_a_crs_that_the_layer_does_not_say_is_taken_from_the_caller():
    said = gpd.GeoSeries(list(replaced(nine(), 4, square(9.5, 9.5, 11, 11))), crs=CRS).to_crs(4326).to_numpy()
    done = mend(coded(said, crs=None), crs="EPSG:4326")
    assert done.left["rule"].tolist() == ["crs_missing"] or done.left.empty
    assert done.report["lost_m2"].sum() == pytest.approx(21, rel=0.01)


def test_columns_index_and_names_stay():
    frame = coded(replaced(nine(), 4, square(9.5, 9.5, 11, 11))).rename_geometry("形状")
    frame["备注"] = ["=1+1", None, "\u202e", "a", "b", "c", "d", "e", "f"]
    frame.index = [9, 9, 8, 7, 6, 5, 4, 3, 2]
    done = mend(frame)
    assert done.frame.geometry.name == "形状"
    pd.testing.assert_frame_equal(pd.DataFrame(done.frame.drop(columns="形状")), pd.DataFrame(frame.drop(columns="形状")))


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(ColumnError, match="no column"):
        mend(coded(nine()), code="编号")


@pytest.mark.parametrize("name", ["streets", "communities"])
def test_a_real_division_ends_matched_and_what_nobody_can_know_is_listed(name: str):
    layer = gpd.read_file(shared_path(f"hangzhou_xiacheng/{name}.geojson"))
    district = gpd.read_file(shared_path("hangzhou_xiacheng/district.geojson"))
    alone, within = mend(layer), mend(layer, parent=district)
    for done in (alone, within):
        assert shapely.coverage_is_valid(done.frame.geometry.to_numpy())
        moved = done.report["gained_m2"].sum() + done.report["lost_m2"].sum()
        assert moved < 1e-3 * done.report["area_before_m2"].sum()
        assert (done.report["lost_m2"] <= done.report["bound_m2"]).all()
    assert set(alone.left["rule"]) <= {"not_connected"}
    rest = within.left.groupby("rule")["area_m2"].sum()
    assert rest["gap"] == pytest.approx(2_771_423, abs=50)
    assert "not_edge_matched" not in rest


def test_grids_that_all_reach_half_a_metre_too_far_leave_no_crumbs_at_their_corners():
    grids = gpd.read_file(shared_path("hangzhou_xiacheng/grids.geojson")).to_crs(4549)
    wide = grids.set_geometry(grids.buffer(0.5, join_style="mitre"))
    done = mend(wide, code="grid_code", max_overlap_m=2.0)
    pieces = [frame.geometry.count_geometries().to_numpy() for frame in (wide, done.frame)]
    assert (pieces[1] <= pieces[0]).all()
    assert len(done.found[done.found["rule"] == "overlap"]) > 800
    assert len(done.left[done.left["rule"] == "overlap"]) < 20
    assert "sliver" not in set(done.left["rule"])
    assert (done.report["lost_m2"] <= done.report["bound_m2"]).all()
    again = mend(done.frame, code="grid_code", max_overlap_m=2.0)
    assert same(again.frame, done.frame).all()
