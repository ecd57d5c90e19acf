"""A plan at one version as two blobs: who has each atom, and the units; later ones hold only what differs from the plan's first.

leaf    zlib of int32, little endian, by position of the atom
units   zlib of JSON: {"units": [[id, level, …], …], "gone": [ids], "retired": [[…], …], "issued": {code: id}, "lineage": {code: [codes]}}
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geogrid.edit.state import ABSENT, State, Unit
from geogrid.plan import NO_UNIT

EVERY = 1000
"""Edits between two snapshots."""
MAIN = 1
"""The row of the plan `main`."""


@dataclass(frozen=True, eq=False)
class Image:
    """A plan's content without its indices: what a snapshot holds. `leaf` int32 (n,), for the first n atoms of the ground."""

    leaf: np.ndarray
    units: Mapping[int, Unit]
    retired: Mapping[int, Unit] = field(default_factory=dict)
    issued: Mapping[str, int] = field(default_factory=dict)
    lineage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, state: State) -> Image:
        """Return the image of a state; codes that a unit has or had are not listed again in `issued`."""
        own = {unit.code for units in (state.units, state.retired) for unit in units.values()}
        issued = {code: unit for code, unit in state.issued.items() if code not in own}
        return cls(state.leaf, state.units, state.retired, issued, state.lineage)


def write(con: sqlite3.Connection, plan: int, version: int, image: Image, first: Image | None = None) -> None:
    """Keep an image of a plan (its row) at a version, as what differs from `first`, or whole."""
    leaf = zlib.compress(np.asarray(image.leaf, "<i4").tobytes(), 6)
    body = json.dumps(_differing(image, first), ensure_ascii=False, separators=(",", ":"))
    con.execute("INSERT INTO snapshot (plan, version, leaf, units) VALUES (?, ?, ?, ?)", (plan, version, leaf, zlib.compress(body.encode(), 6)))


def write_first(con: sqlite3.Connection) -> None:
    """Keep the plan `main` as its tables say it is."""
    (version,) = con.execute("SELECT version FROM plan WHERE fid = ?", (MAIN,)).fetchone()
    query = "SELECT s.atom IS NOT NULL, s.unit FROM atom a LEFT JOIN assign s ON s.plan = ? AND s.atom = a.fid ORDER BY a.fid"
    leaf = [ABSENT if not has else NO_UNIT if unit is None else unit for has, unit in con.execute(query, (MAIN,))]
    names = ", ".join("coalesce(parent, -1)" if name == "parent" else name for name in Unit._fields)
    units = {row[0]: Unit(*row) for row in con.execute(f"SELECT {names} FROM unit WHERE plan = ? ORDER BY id", (MAIN,))}
    write(con, MAIN, version, Image(np.array(leaf, np.int32), units))


def versions(con: sqlite3.Connection, plan: int) -> list[int]:
    """Return the versions of a plan (its row) of which there is an image, ascending."""
    return [version for (version,) in con.execute("SELECT version FROM snapshot WHERE plan = ? ORDER BY version", (plan,))]


def read(con: sqlite3.Connection, plan: int, version: int, first: Image | None = None) -> Image:
    """Return the image of a plan at a version that has one; `first` is that of the plan's first, on which later ones rest."""
    leaf, units = con.execute("SELECT leaf, units FROM snapshot WHERE plan = ? AND version = ?", (plan, version)).fetchone()
    return _whole(np.frombuffer(zlib.decompress(leaf), "<i4"), json.loads(zlib.decompress(units)), first)


def _differing(image: Image, first: Image | None) -> dict[str, Any]:
    known = first.units if first else {}
    return {
        "units": [list(unit) for number, unit in sorted(image.units.items()) if known.get(number) != unit],
        "gone": sorted(known.keys() - image.units.keys()),
        "retired": [list(unit) for _, unit in sorted(image.retired.items())],
        "issued": dict(sorted(image.issued.items())),
        "lineage": dict(sorted(image.lineage.items())),
    }


def _whole(leaf: np.ndarray, body: dict[str, Any], first: Image | None) -> Image:
    units = dict(first.units) if first else {}
    for number in body["gone"]:
        del units[number]
    units |= {row[0]: Unit(*row) for row in body["units"]}
    lineage = {code: tuple(after) for code, after in body["lineage"].items()}
    return Image(leaf, units, {row[0]: Unit(*row) for row in body["retired"]}, body["issued"], lineage)
