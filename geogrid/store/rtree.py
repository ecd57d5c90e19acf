"""The R-tree of a layer, packed: its nodes are written as SQLite keeps them, in a tenth of the time that inserting row by row takes.

    boxes -> leaves of PER_NODE neighbours (sort-tile-recursive) -> their boxes -> nodes above -> … -> the root, which is node 1

A node is a blob: depth of the tree (in the root), number of cells, then for each cell the row's id (in a leaf) or a node's number, and its box as
32-bit floats, all big-endian (https://sqlite.org/rtree.html; ext/rtree/rtree.c). `rtreecheck` of SQLite says whether a tree is well made.

Leutenegger, Lopez, Edgington (1997): STR: a simple and efficient algorithm for R-tree packing.
"""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass
from itertools import count

import numpy as np

from geogrid.store.schema import quoted, rtree_table

PER_NODE = 45
"""Of the 51 cells that a node of SQLite holds in two dimensions; some stay free for edits."""
_CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])
_HEAD_BYTES = 4
_NARROW, _WIDE = 1.0 - 2.0**-23, 1.0 + 2.0**-23


def fill_rtree(con: sqlite3.Connection, table: str, fids: np.ndarray, bounds: np.ndarray) -> None:
    """Make the R-tree of a layer and fill it with the rows `fids` (n,) whose `bounds` (n, 4: west, south, east, north) are finite."""
    con.execute(rtree_table(table))
    full = np.isfinite(bounds).all(axis=1)
    ids, boxes = fids[full], bounds[full][:, [0, 2, 1, 3]]
    name = f"rtree_{table}_geom"
    if len(ids) == 0:
        return
    size = con.execute(f"SELECT length(data) FROM {quoted(name + '_node')} WHERE nodeno = 1").fetchone()[0]
    nodes = _packed(ids, single(boxes), min(PER_NODE, (size - _HEAD_BYTES) // _CELL.itemsize))
    try:
        con.executemany(f"INSERT OR REPLACE INTO {quoted(name + '_node')} VALUES (?, ?)", ((n.number, n.blob.ljust(size, b"\0")) for n in nodes))
    except sqlite3.OperationalError:  # a SQLite that guards the tables behind an R-tree
        con.executemany(f"INSERT INTO {quoted(name)} VALUES (?, ?, ?, ?, ?)", zip(ids.tolist(), *boxes.T.tolist(), strict=True))
        return
    for table_of, leaf in (("_rowid", True), ("_parent", False)):
        held = ((child, n.number) for n in nodes if n.is_leaf == leaf for child in n.children)
        con.executemany(f"INSERT INTO {quoted(name + table_of)} VALUES (?, ?)", sorted(held))


def single(boxes: np.ndarray) -> np.ndarray:
    """Return boxes (n, 4: west, east, south, north) as 32-bit floats that hold them, rounded as SQLite does."""
    near = boxes.astype(np.float32)
    low = np.where(boxes < 0, boxes * _WIDE, boxes * _NARROW).astype(np.float32)
    high = np.where(boxes < 0, boxes * _NARROW, boxes * _WIDE).astype(np.float32)
    out = near.copy()
    out[:, ::2] = np.where(near > boxes, low, near)[:, ::2]
    out[:, 1::2] = np.where(near < boxes, high, near)[:, 1::2]
    return out


@dataclass(frozen=True)
class _Node:
    number: int
    is_leaf: bool
    children: list[int]
    blob: bytes


def _packed(ids: np.ndarray, boxes: np.ndarray, most: int) -> list[_Node]:
    """Return the nodes of the tree over rows, ascending by number; each holds up to `most`."""
    nodes: list[_Node] = []
    numbers = count(2)
    for depth in count():
        last = len(ids) <= most
        order, first = tiles(boxes, most)
        cells = np.zeros(len(ids), _CELL)
        cells["id"], cells["box"] = ids[order], boxes[order]
        raw, ends = cells.tobytes(), [*first[1:].tolist(), len(ids)]
        made = []
        for a, b in zip(first.tolist(), ends, strict=True):
            head = (depth if last else 0).to_bytes(2, "big") + (b - a).to_bytes(2, "big")
            made.append(_Node(1 if last else next(numbers), depth == 0, ids[order[a:b]].tolist(), head + raw[a * 24 : b * 24]))
        nodes += made
        if last:
            return sorted(nodes, key=lambda node: node.number)
        ids = np.array([node.number for node in made])
        boxes = np.column_stack([(np.maximum if i % 2 else np.minimum).reduceat(boxes[order, i], first) for i in range(4)])
    raise AssertionError("a tree ends")


def tiles(boxes: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (order, first): rows sorted so that runs of up to `most`, about equal, lie close together, and where each run begins.

    Columns of about as many runs from west to east, in each from south to north; ties by row.
    """
    n = len(boxes)
    runs = -(-n // most)
    columns = math.ceil(math.sqrt(runs))
    east = np.argsort(boxes[:, 0] + boxes[:, 1], kind="stable")
    column = np.empty(n, np.int64)
    column[east] = np.arange(n) * columns // n
    order = np.lexsort((boxes[:, 2] + boxes[:, 3], column))
    return order, np.arange(runs) * n // runs
