"""A recipe's inputs end as canonical frames in one working CRS, and every row is used, mended or said."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geogrid.catalogue import MESSAGES
from geogrid.crs import wgs84_to_gcj02
from geogrid.errors import CrsError, InputError
from geogrid.reading import read_sources
from geogrid.reading.sources import REJECTED_COLUMNS
from geogrid.recipe import parse_recipe

LON, LAT, STEP = 114.5, 38.0, 0.001
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def place(shape):
    return shapely.transform(shape, lambda xy: xy * STEP + (LON, LAT))


def houses(count=3, **columns):
    return gpd.GeoDataFrame(columns, geometry=[place(shapely.box(i, 0, i + 0.5, 0.5)) for i in range(count)], crs=4326)


def recipe(folder, **inputs):
    """Make a recipe; an input is a frame (written as GeoPackage), a (name, text) pair, or a table of keys with `frame`."""
    tables = {}
    for role, given in inputs.items():
        table = dict(given) if isinstance(given, dict) else {"frame": given}
        content = table.pop("frame")
        if isinstance(content, tuple):
            (folder / content[0]).write_text(content[1], "utf-8")
            table["path"] = content[0]
        else:
            table["path"] = f"{role}.gpkg"
            pyogrio.write_dataframe(content, folder / table["path"], layer=role)
        tables[role] = table
    return parse_recipe({"name": "a", "scheme": "b", "inputs": tables}, folder / "recipe.toml")


def features(*pairs):
    rows = [{"type": "Feature", "properties": p, "geometry": None if g is None else shapely.geometry.mapping(g)} for p, g in pairs]
    return json.dumps({"type": "FeatureCollection", "features": rows})


def test_frames_hold_canonical_columns_rows_and_metres(tmp_path):
    given = {"frame": houses(floors=[6, 2, 33], 户数=["12", "", "3"], other=[1, 2, 3]), "columns": {"households": "户数"}}
    found = read_sources(recipe(tmp_path, buildings=given))
    frame = found.frames["buildings"]
    assert list(frame.columns) == ["id", "floors", "households", "row", "geometry"]
    assert (found.crs.to_epsg(), frame.crs.to_epsg()) == (4547, 4547)
    assert list(frame["id"]) == ["1", "2", "3"]
    assert list(frame["households"].fillna(-1)) == [12, -1, 3]
    assert frame.index.equals(pd.RangeIndex(3))
    assert frame.geometry.area.iloc[0] == pytest.approx(44 * 55.5, rel=0.01)
    assert (list(found.rejected.columns), len(found.rejected), found.findings) == (list(REJECTED_COLUMNS), 0, [])


def test_missing_ids_are_row_numbers_and_given_ones_stay(tmp_path):
    frame = read_sources(recipe(tmp_path, buildings=houses(id=["A", None, "03"]))).frames["buildings"]
    assert list(frame["id"]) == ["A", "2", "03"]


def test_a_mapped_column_that_is_not_there_names_the_nearest(tmp_path):
    given = {"frame": houses(层数=[1, 2, 3]), "columns": {"floors": "层高数"}}
    with pytest.raises(InputError, match="'层数'") as caught:
        read_sources(recipe(tmp_path, buildings=given))
    assert caught.value.facts["field"] == "层高数"


def test_an_area_needs_its_code_and_a_district_does_not(tmp_path):
    with pytest.raises(InputError, match="need a column code"):
        read_sources(recipe(tmp_path, grids=houses(name=["a", "b", "c"])))
    assert len(read_sources(recipe(tmp_path, district=houses(1))).frames["district"]) == 1


def test_more_than_one_row_in_a_hundred_stops_the_reading_unless_accepted(tmp_path):
    good = recipe(tmp_path, buildings=houses(100, floors=["6"] * 99 + ["abc"]))
    found = read_sources(good)
    assert len(found.frames["buildings"]) == 99
    assert found.rejected.to_dict("records") == [
        {
            "role": "buildings",
            "file": "buildings.gpkg",
            "layer": "buildings",
            "row": 100,
            "field": "floors",
            "value": "abc",
            "reason": "floors 'abc' is not a number",
            "reason_zh": "floors 'abc' 不是数字".replace("' ", "'"),
        }
    ]
    assert [(f.rule, f.facts["row"]) for f in found.findings] == [("row_rejected", 100)]
    assert "abc" in found.findings[0].message
    bad = recipe(tmp_path, buildings=houses(99, floors=["6"] * 97 + ["abc", "-2"]))
    with pytest.raises(InputError, match=r"2 of 99 rows .* row 98: floors 'abc'") as caught:
        read_sources(bad)
    assert (caught.value.facts["row"], caught.value.facts["field"], caught.value.facts["value"]) == (98, "floors", "abc")
    assert len(read_sources(bad, accept_rejects=True).frames["buildings"]) == 97


def test_any_row_of_an_area_role_stops_the_reading(tmp_path):
    areas = houses(200, code=[f"{i:03d}" for i in range(200)])
    areas.loc[7, "geometry"] = None
    with pytest.raises(InputError, match="row 8: has no geometry"):
        read_sources(recipe(tmp_path, grids=areas))
    assert len(read_sources(recipe(tmp_path, grids=areas), accept_rejects=True).frames["grids"]) == 199


def test_a_row_with_two_faults_is_one_line_that_says_both(tmp_path):
    given = recipe(tmp_path, buildings=houses(200, floors=["x"] + ["1"] * 199, households=["2.5"] + ["1"] * 199))
    line = read_sources(given).rejected.iloc[0]
    assert line["reason"] == "floors 'x' is not a number; households '2.5' is not a whole number"


@pytest.mark.parametrize(("role", "severity"), [("buildings", "warning"), ("water", "warning"), ("grids", "")])
def test_a_mended_shape_is_used_and_said_once_and_severe_for_a_level(tmp_path, role, severity):
    frame = gpd.GeoDataFrame({"code": ["G1"]}, geometry=[place(BOW_TIE)], crs=4326)
    found = read_sources(recipe(tmp_path, **{role: frame}))
    assert found.frames[role].geometry.is_valid.all()
    assert [(f.rule, f.severity, f.facts["row"]) for f in found.findings] == [("geometry_invalid", severity, 1)]
    assert found.findings[0].geometry.equals(found.frames[role].geometry.iloc[0])
    assert "自相交" in found.findings[0].facts["why_zh"]
    assert "{" not in found.findings[0].message_zh


def test_a_line_without_length_is_dropped_with_a_warning(tmp_path):
    lines = [place(shapely.LineString([(0, 0), (9, 9)])), place(shapely.LineString([(1, 1), (1, 1)]))]
    found = read_sources(recipe(tmp_path, roads=gpd.GeoDataFrame(geometry=lines, crs=4326)))
    assert (len(found.frames["roads"]), len(found.rejected)) == (1, 0)
    assert [(f.rule, f.severity) for f in found.findings] == [("geometry_invalid", "warning")]


def test_a_building_without_area_goes_with_a_warning_but_not_with_its_people(tmp_path):
    spike = place(shapely.Polygon([(0, 0), (1, 0), (0.5, 0)]))
    frame = houses(300, households=[0] * 300)
    frame.loc[[4, 5], "geometry"] = spike
    frame.loc[5, "households"] = 12
    found = read_sources(recipe(tmp_path, buildings=frame))
    assert len(found.frames["buildings"]) == 298
    assert list(found.rejected["row"]) == [6]
    assert [f.facts["row"] for f in found.findings if f.rule == "geometry_invalid"] == [5]


def test_points_come_from_lon_lat_columns_in_degrees(tmp_path):
    text = "编号,经度,纬度,direction\n001,114.5,38.0,3\n002,114.51,38.01,西北\n003,,,\n"
    table = {"frame": ("cameras.csv", text), "columns": {"id": "编号", "lon": "经度", "lat": "纬度"}}
    found = read_sources(recipe(tmp_path, cameras=table, buildings=houses()), accept_rejects=True)
    frame = found.frames["cameras"]
    assert list(frame.columns) == ["id", "direction_deg", "direction_is_eighth", "row", "geometry"]
    assert list(frame["direction_deg"]) == [180, 315]
    assert list(frame["direction_is_eighth"]) == [True, True]  # they may be 22.5 degrees off
    assert list(frame["row"]) == [2, 3]
    assert list(found.rejected["reason"]) == ["has no geometry"]


def test_points_come_from_x_y_columns_in_the_recipes_crs(tmp_path):
    table = {"frame": ("stations.csv", "id,x,y\n1,500000,4207000\n"), "crs": "EPSG:4547"}
    found = read_sources(recipe(tmp_path, stations=table))
    assert found.frames["stations"].geometry.iloc[0].wkt == "POINT (500000 4207000)"
    with pytest.raises(CrsError, match="EPSG:4534"):
        read_sources(recipe(tmp_path, stations=table["frame"]))


def test_lon_lat_columns_in_metres_are_refused(tmp_path):
    table = {"frame": ("stations.csv", "id,lon,lat\n1,114,38\n"), "crs": "EPSG:4547"}
    with pytest.raises(CrsError, match="map them as x and y"):
        read_sources(recipe(tmp_path, stations=table))


def test_a_table_without_geometry_stays_a_table_and_areas_need_shapes(tmp_path):
    table = ("h.csv", "building,floor,centre\n0101,-1,是\n0102,3,\n")
    frame = read_sources(recipe(tmp_path, households=table, buildings=houses())).frames["households"]
    assert not isinstance(frame, gpd.GeoDataFrame)
    assert list(frame["building"]) == ["0101", "0102"]
    assert list(frame["floor"]) == [-1, 3]
    assert list(frame["centre"]) == [True, False]
    with pytest.raises(InputError, match="buildings have no geometry"):
        read_sources(recipe(tmp_path, buildings=table))
    with pytest.raises(InputError, match="no input has a geometry"):
        read_sources(recipe(tmp_path, households=table))


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_a_shifted_datum_is_undone_and_said(tmp_path, datum):
    found = read_sources(recipe(tmp_path, buildings={"frame": houses(), "crs": datum}))
    plain = read_sources(recipe(tmp_path, buildings=houses()))
    moved = found.frames["buildings"].geometry.centroid.distance(plain.frames["buildings"].geometry.centroid)
    assert (moved > 300).all()
    (note,) = found.findings
    assert (note.rule, note.facts["datum"], note.facts["count"]) == ("datum_shift", datum, 3)
    assert note.length_m == pytest.approx(moved.mean(), rel=0.01)


def test_gcj02_points_land_where_they_truly_are(tmp_path):
    lon, lat = wgs84_to_gcj02(np.array([LON]), np.array([LAT]))
    table = {"frame": ("s.csv", f"id,lon,lat\n1,{lon[0]:.9f},{lat[0]:.9f}\n"), "crs": "GCJ02"}
    found = read_sources(recipe(tmp_path, stations=table, district=houses(1)))
    true = gpd.GeoSeries([shapely.Point(LON, LAT)], crs=4326).to_crs(found.crs).iloc[0]
    assert found.frames["stations"].geometry.iloc[0].distance(true) < 0.01


def test_a_layer_without_crs_lists_the_zones_that_fit(tmp_path):
    frame = houses().to_crs(4547).set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        given = recipe(tmp_path, buildings=frame)
    with pytest.raises(CrsError, match=r"says no CRS.*EPSG:4534") as caught:
        read_sources(given)
    assert "EPSG:4547" in caught.value.facts["fits"]


def test_metres_taken_for_degrees_and_swapped_degrees_are_refused(tmp_path):
    metres = ("a.geojson", features(({}, shapely.box(500000, 4e6, 500100, 4e6 + 100))))
    with pytest.raises(CrsError, match=r"do not fit WGS 84.*EPSG:4534"):
        read_sources(recipe(tmp_path, buildings=metres))
    swapped = ("b.geojson", features(({}, shapely.box(36.6, 117.0, 36.7, 117.1))))
    with pytest.raises(CrsError, match="swapped"):
        read_sources(recipe(tmp_path, buildings=swapped))
    given = {"frame": metres, "crs": "EPSG:4547"}
    assert read_sources(recipe(tmp_path, buildings=given)).crs.to_epsg() == 4547


def test_a_zone_prefix_under_a_crs_without_one_is_refused_with_the_right_one(tmp_path):
    frame = gpd.GeoDataFrame(geometry=[shapely.box(38500000, 4.2e6, 38500100, 4.2e6 + 100)], crs=4547)
    with pytest.raises(CrsError, match="EPSG:4526"):
        read_sources(recipe(tmp_path, buildings=frame))


def test_a_camera_at_zero_zero_is_rejected_and_does_not_move_the_working_crs(tmp_path):
    rows = [({"id": str(i)}, place(shapely.Point(i, i))) for i in range(150)]
    found = read_sources(recipe(tmp_path, cameras=("c.geojson", features(*rows, ({"id": "null"}, shapely.Point(0, 0))))))
    assert found.crs.to_epsg() == 4547
    assert list(found.rejected["row"]) == [151]


def test_nan_coordinates_and_broken_rings_are_rows_not_the_end(tmp_path):
    text = features(*[({}, place(shapely.box(0, 0, 1, 1)))] * 3)
    rows = json.loads(text)["features"]
    rows[0]["geometry"]["coordinates"][0][1][0] = float("nan")
    rows[1]["geometry"]["coordinates"][0] = rows[1]["geometry"]["coordinates"][0][:2]
    text = json.dumps({"type": "FeatureCollection", "features": rows}).replace("114.5,", "1e999,", 0)
    found = read_sources(recipe(tmp_path, buildings=("b.geojson", text)), accept_rejects=True)
    assert list(found.rejected["row"]) == [1, 2]
    assert list(found.frames["buildings"]["row"]) == [3]


def test_the_working_crs_follows_the_district_not_the_roads(tmp_path):
    far = gpd.GeoDataFrame(geometry=[shapely.LineString([(114, 38), (122, 38)])], crs=4326)
    assert read_sources(recipe(tmp_path, roads=far, district=houses(1))).crs.to_epsg() == 4547
    assert read_sources(recipe(tmp_path, roads=far)).crs.to_epsg() == 4548


def test_layers_in_different_crs_come_together(tmp_path):
    found = read_sources(recipe(tmp_path, district=houses(1).to_crs(4548), buildings=houses(1).to_crs(4490)))
    assert found.frames["district"].geometry.iloc[0].hausdorff_distance(found.frames["buildings"].geometry.iloc[0]) < 0.001


def test_an_old_datum_is_said(tmp_path):
    found = read_sources(recipe(tmp_path, buildings=houses().to_crs(2383)))
    assert [(f.rule, f.severity) for f in found.findings] == [("crs_mismatch", "warning")]


def test_invisible_characters_are_said_by_field(tmp_path):
    found = read_sources(recipe(tmp_path, buildings=houses(address=["裕\u200b华路", "b", "c"])))
    assert list(found.frames["buildings"]["address"]) == ["裕华路", "b", "c"]
    assert [(f.rule, f.facts["field"], f.facts["count"]) for f in found.findings] == [("text_control", "address", 1)]
    assert found.findings[0].rule in MESSAGES


def test_a_file_without_rows_is_refused(tmp_path):
    for given in (("e.geojson", features()), ("e.csv", "id,lon,lat\n")):
        with pytest.raises(InputError, match="holds no row"):
            read_sources(recipe(tmp_path, stations=given))


def test_a_table_of_one_broken_row_is_counted(tmp_path):
    given = recipe(tmp_path, stations=("s.csv", "id,lon,lat\n1,114.5,38\n2,114.5\n"))
    found = read_sources(given, accept_rejects=True)
    assert found.rejected[["row", "reason"]].to_numpy().tolist() == [[3, "has 2 fields where the header has 3"]]
    with pytest.raises(InputError, match="1 of 2 rows"):
        read_sources(given)
