"""A packed R-tree is one that SQLite calls well made, answers as one that it filled itself, and takes edits."""

import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.store.rtree import fill_rtree, single
from geogrid.store.schema import rtree_table


def filled(ids, bounds, factory=sqlite3.Connection):
    con = sqlite3.connect(":memory:", factory=factory, isolation_level=None)
    fill_rtree(con, "lot", np.array(ids, dtype=np.int64), np.array(bounds, dtype=float).reshape(-1, 4))
    return con


def grown(ids, bounds):
    """The same tree, as SQLite grows it."""
    con = sqlite3.connect(":memory:", isolation_level=None)
    con.execute(rtree_table("lot"))
    con.executemany("INSERT INTO rtree_lot_geom VALUES (?, ?, ?, ?, ?)", [(i, w, e, s, n) for i, (w, s, e, n) in zip(ids, bounds, strict=True)])
    return con


def squares(n, seed=0):
    corner = np.random.default_rng(seed).uniform(-4e6, 4e6, (n, 2))
    return np.c_[corner, corner + np.random.default_rng(seed + 1).uniform(0, 300, (n, 2))].tolist()


def rows(con, where=""):
    return con.execute(f"SELECT * FROM rtree_lot_geom {where} ORDER BY id").fetchall()


def is_sound(con):
    return con.execute("SELECT rtreecheck('rtree_lot_geom')").fetchone() == ("ok",)


@pytest.mark.parametrize("n", [0, 1, 2, 44, 45, 46, 90, 91, 2025, 2026, 20_000])
def test_a_packed_tree_is_well_made_and_holds_what_a_grown_one_holds(n):
    ids, bounds = list(range(5, 5 + n)), squares(n)
    con = filled(ids, bounds)
    assert is_sound(con)
    assert rows(con) == rows(grown(ids, bounds))


def test_windows_find_in_a_packed_tree_what_they_find_in_a_grown_one():
    ids, bounds = list(range(1, 3001)), squares(3000)
    packed, other = filled(ids, bounds), grown(ids, bounds)
    for west, south in np.random.default_rng(7).uniform(-4e6, 3e6, (20, 2)).tolist():
        where = f"WHERE minx < {west + 5e5} AND maxx > {west} AND miny < {south + 5e5} AND maxy > {south}"
        assert rows(packed, where) == rows(other, where)


def test_edits_keep_a_packed_tree_well_made():
    ids, bounds = list(range(1, 4001)), squares(4000)
    con = filled(ids, bounds)
    con.execute("DELETE FROM rtree_lot_geom WHERE id % 3 = 0")
    con.executemany("INSERT INTO rtree_lot_geom VALUES (?, ?, ?, ?, ?)", [(5000 + i, i, i + 2, i, i + 2) for i in range(500)])
    con.execute("UPDATE rtree_lot_geom SET maxx = maxx + 1000 WHERE id % 3 = 1")
    assert is_sound(con)
    assert con.execute("SELECT count(*) FROM rtree_lot_geom").fetchone() == (4000 - 1333 + 500,)


def test_rows_without_a_box_are_not_in_the_tree():
    con = filled([1, 2, 3], [[0, 0, 1, 1], [np.nan] * 4, [5, 5, 6, 6]])
    assert [row[0] for row in rows(con)] == [1, 3]
    assert is_sound(con)


def test_boxes_in_one_place_and_ids_in_any_order_make_a_sound_tree():
    ids = np.random.default_rng(3).permutation(500).tolist()
    con = filled(ids, [[7, 7, 7, 7]] * 500)
    assert is_sound(con)
    assert [row[0] for row in rows(con)] == sorted(ids)


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.floats(-1e7, 1e7)] * 4), min_size=1, max_size=20))
def test_single_floats_are_rounded_as_sqlite_rounds_them(corners):
    bounds = [[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in corners]
    boxes = single(np.array(bounds)[:, [0, 2, 1, 3]])
    assert [row[1:] for row in rows(grown(range(len(bounds)), bounds))] == [tuple(box) for box in boxes.astype(float).tolist()]


class Guarded(sqlite3.Connection):
    """A connection that forbids to write behind an R-tree, as SQLite does in its defensive mode."""

    def executemany(self, sql, rows):
        if "_node" in sql:
            raise sqlite3.OperationalError("table rtree_lot_geom_node may not be modified")
        return super().executemany(sql, rows)


def test_where_sqlite_guards_its_nodes_rows_are_inserted():
    ids, bounds = list(range(1, 301)), squares(300)
    con = filled(ids, bounds, Guarded)
    assert rows(con) == rows(grown(ids, bounds))
    assert is_sound(con)
