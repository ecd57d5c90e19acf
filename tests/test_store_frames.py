"""Columns and blobs survive the way through SQLite exactly; other writers' blobs are understood."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geogrid.store.frames import Look, read_table, write_layer, write_table
from geogrid.store.gpkg import decode, encode, register
from geogrid.store.schema import CORE

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
ROW = st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=True), TEXT, st.booleans(), st.none() | TEXT, st.none() | st.integers(0, 9))


def through(frame: pd.DataFrame, *, look: Look | None = None, index: str = "") -> pd.DataFrame:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as con:
        con.executescript(CORE)
        con.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 4547, 'EPSG', 4547, 'x', NULL)")
        register(con)
        if isinstance(frame, gpd.GeoDataFrame):
            write_layer(con, 'odd "name', frame, 4547, look or Look(), index=index)
        else:
            write_table(con, 'odd "name', frame, index=index)
        return read_table(con, 'odd "name', getattr(frame, "crs", None), index=index)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, max_size=5))
def test_every_column_comes_back_as_it_was(rows):
    frame = pd.DataFrame(rows, columns=["whole", "real", "文字", "flag", "text or nothing", "count"])
    kinds = {"whole": "int64", "real": "float64", "文字": "str", "flag": "bool", "text or nothing": "object", "count": "Int64"}
    frame = frame.astype(kinds)
    back = through(frame)
    assert_frame_equal(back.astype({"text or nothing": object}), frame, check_dtype=False)
    assert (back.dtypes[["whole", "real", "flag", "count"]] == ["int64", "float64", "bool", "Int64"]).all()
    assert [text or "" for text in back["text or nothing"].where(back["text or nothing"].notna(), None)] == [
        text or "" for text in frame["text or nothing"]
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7)), min_size=1, max_size=20))
def test_coordinates_are_kept_bit_for_bit(places):
    frame = gpd.GeoDataFrame(geometry=shapely.points(np.array(places)), crs=4547)
    assert shapely.get_coordinates(through(frame).geometry).tobytes() == shapely.get_coordinates(frame.geometry).tobytes()


def test_empty_and_missing_shapes_stay_what_they_are():
    frame = gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=[None, Polygon(), box(0, 0, 1, 1)], crs=4547)
    back = through(frame)
    assert back.geometry.isna().tolist() == [True, False, False]
    assert back.geometry.iloc[1].is_empty
    assert back.geometry.iloc[2].equals(box(0, 0, 1, 1))
    nothing = through(frame.iloc[:0])
    assert (len(nothing), nothing.crs.to_epsg(), list(nothing.columns)) == (0, 4547, ["n", "geometry"])


def test_mixed_polygons_come_back_as_they_were_and_one_part_multis_as_plain():
    two = MultiPolygon([box(0, 0, 1, 1), box(3, 3, 4, 4)])
    frame = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1), two, MultiPolygon([box(5, 5, 6, 6)])], crs=4547)
    for look in (Look(), Look(geometry_type="MULTIPOLYGON")):
        assert through(frame, look=look).geom_type.tolist() == ["Polygon", "MultiPolygon", "Polygon"]
    odd = gpd.GeoDataFrame(geometry=[Point(0, 0), LineString([(0, 0), (1, 1)]), two], crs=4547)
    assert through(odd).geom_type.tolist() == ["Point", "LineString", "MultiPolygon"]


def test_a_named_index_is_kept_as_the_number_of_the_row_or_as_a_column():
    frame = gpd.GeoDataFrame({"kind": ["a", "b"]}, geometry=[Point(0, 0), Point(1, 1)], crs=4547, index=pd.Index([7, 3], name="cell"))
    assert through(frame, index="cell").index.tolist() == [3, 7]
    assert through(frame).columns.tolist() == ["cell", "kind", "geometry"]
    table = pd.DataFrame({"n": [1.0]}, index=pd.Index([5], name="atom"))
    assert through(table, index="atom").index.tolist() == [5]


def test_blobs_of_other_writers_are_read():
    shape = box(1, 2, 3, 4)
    big = b"GP\0" + bytes([2]) + struct.pack(">i4d", 4547, 1, 3, 2, 4) + shapely.to_wkb(shape, byte_order=0)
    bare = b"GP\0" + bytes([1]) + struct.pack("<i", 4547) + shapely.to_wkb(shape)
    tall = b"GP\0" + bytes([5]) + struct.pack("<i6d", 4547, 1, 3, 2, 4, 0, 9) + shapely.to_wkb(shape)
    assert all(each.equals(shape) for each in decode([big, bare, tall]))
    assert decode([None, *encode(np.array([shape, None]), 4547)])[[0, 2]].tolist() == [None, None]
    with closing(sqlite3.connect(":memory:")) as con:
        register(con)
        for blob in (big, bare, tall, encode(np.array([shape]), 4547)[0]):
            asked = "SELECT ST_IsEmpty(?1), ST_MinX(?1), ST_MaxX(?1), ST_MinY(?1), ST_MaxY(?1)"
            assert con.execute(asked, (blob,)).fetchone() == (0, 1.0, 3.0, 2.0, 4.0)
        for blob, answer in ((None, None), (encode(np.array([Polygon()]), 4547)[0], 1)):
            assert con.execute("SELECT ST_IsEmpty(?1), ST_MinX(?1)", (blob,)).fetchone() == (answer, None)


@pytest.mark.parametrize("before", [None, Polygon(), box(0, 0, 1, 1)])
@pytest.mark.parametrize("after", [None, Polygon(), box(5, 5, 6, 6)])
def test_the_rtree_follows_every_change_of_a_shape(before, after):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as con:
        con.executescript(CORE)
        register(con)
        write_layer(con, "unit", gpd.GeoDataFrame({"n": [1]}, geometry=[before], crs=4547), 4547, Look(geometry_type="GEOMETRY"))
        con.execute("UPDATE unit SET geom = ?", (encode(np.array([after]), 4547)[0],))
        held = [(1, 5.0, 6.0)] if after is not None and not after.is_empty else []
        assert con.execute("SELECT id, minx, maxx FROM rtree_unit_geom").fetchall() == held
        con.execute("UPDATE unit SET fid = 9, n = 2")
        assert con.execute("SELECT id FROM rtree_unit_geom").fetchall() == [(9,)] * len(held)
        con.execute("DELETE FROM unit")
        assert con.execute("SELECT count(*) FROM rtree_unit_geom").fetchone() == (0,)


def test_a_table_of_any_geometry_takes_lines_in_one_piece_beside_lines_in_several():
    one, two = LineString([(0, 0), (1, 0)]), shapely.MultiLineString([[(0, 1), (1, 1)], [(0, 2), (1, 2)]])
    back = through(gpd.GeoDataFrame({"a": [1, 2]}, geometry=[one, two], crs=4547), look=Look(geometry_type="GEOMETRY"))
    assert [part.geom_type for part in back.geometry] == ["LineString", "MultiLineString"]
