"""Contents to one GeoPackage: the plan as tables, its polygons and everything else as layers that QGIS opens."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.plan import NO_UNIT, UNIT_DEFAULTS, Plan
from geogrid.rules import status
from geogrid.store.accounts import ACCOUNTS
from geogrid.store.contents import META_DEFAULTS, Contents
from geogrid.store.frames import Look, announce_table, write_layer, write_table
from geogrid.store.gpkg import register
from geogrid.store.schema import CORE, FORMAT, INDEXES, LAYER_INDEX, LOG, PLAN
from geogrid.store.scheme_json import scheme_to_dict
from geogrid.store.snapshot import write_first
from geogrid.store.swap import written_beside

_OWN_SRS_ID = 100000
_NO_SRS = "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, 'NONE', ?, 'undefined', NULL)"


def write_project(contents: Contents, path: str | Path, *, force: bool = False, complete: Callable[[], Contents] | None = None) -> None:
    """Write a project file, whole or not at all.

    `complete`: called when all but findings and facts are written, gives the same contents with those; so checks may run meanwhile.
    Raises StoreError when `path` holds something that would be lost (see `geogrid.store.swap`); `force` replaces it and keeps a backup.
    """
    plan = contents.plan
    with written_beside(Path(path), force=force) as con:
        register(con)
        con.executescript(CORE + PLAN + LOG + ACCOUNTS + "BEGIN;")
        srs_id = _write_crs(con, plan.base.crs)
        _write_units(con, contents, srs_id)
        _write_base(con, plan, srs_id)
        _write_plan(con, plan, str(contents.meta.get("date", "")))
        _write_frames(con, contents, srs_id)
        contents = complete() if complete else contents
        _write_findings(con, contents, srs_id)
        _write_meta(con, contents)
        write_first(con)
        con.execute("COMMIT")
        con.executescript(INDEXES + "".join(LAYER_INDEX.format(table=f"unit_{level.id}") for level in plan.scheme.levels))


def _write_crs(con: sqlite3.Connection, crs: CRS) -> int:
    for name, srs_id in (("Undefined cartesian", -1), ("Undefined geographic", 0)):
        con.execute(_NO_SRS, (name, srs_id, srs_id))
    own = crs.to_epsg()
    known = {4326: CRS.from_epsg(4326), own or _OWN_SRS_ID: crs}
    for srs_id, each in known.items():
        organization = "NONE" if srs_id == _OWN_SRS_ID else "EPSG"
        row = (each.name, srs_id, organization, srs_id, each.to_wkt("WKT1_GDAL"))
        con.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", row)
    return own or _OWN_SRS_ID


def _write_meta(con: sqlite3.Connection, contents: Contents) -> None:
    plan = contents.plan
    code = plan.base.crs.to_epsg()
    facts: dict[str, Any] = {
        **META_DEFAULTS,
        **contents.meta,
        "store.format": FORMAT,
        "store.crs": f"EPSG:{code}" if code else plan.base.crs.to_wkt(),
        "store.scheme": scheme_to_dict(plan.scheme),
        "store.district_source": plan.base.district_source,
        "store.roles": {name: list(getattr(contents, name)) for name in ("layers", "sites", "given", "tables")},
    }
    con.executemany("INSERT INTO meta VALUES (?, ?)", ((key, json.dumps(value, ensure_ascii=False)) for key, value in facts.items()))


def _write_units(con: sqlite3.Connection, contents: Contents, srs_id: int) -> None:
    """Write the derived polygons of every level, top first: the layers a visitor of the file looks for."""
    plan = contents.plan
    note = _note(contents)
    for level in plan.scheme.levels:
        frame = plan.frame(level.id)
        frame = frame.assign(status=status(plan, level.id).to_numpy())
        write_layer(con, f"unit_{level.id}", frame, srs_id, Look(level.name.zh, note, "MULTIPOLYGON"))


def _write_base(con: sqlite3.Connection, plan: Plan, srs_id: int) -> None:
    district = gpd.GeoDataFrame({"source": [plan.base.district_source]}, geometry=_as_array(plan.base.district), crs=plan.base.crs)
    write_layer(con, "district", district, srs_id, Look(geometry_type="MULTIPOLYGON"))
    write_layer(con, "cell", plan.base.cells, srs_id, index="cell")
    write_table(con, "atom", plan.base.atoms, index="atom")


def _write_plan(con: sqlite3.Connection, plan: Plan, made_on: str) -> None:
    row = (plan.id, plan.id, plan.version, plan.state, made_on)
    con.execute("INSERT INTO plan (fid, id, name, version, state, created_at) VALUES (1, ?, ?, ?, ?, ?)", row)
    leaf = (None if unit == NO_UNIT else unit for unit in plan.leaf.tolist())
    con.executemany("INSERT INTO assign VALUES (1, ?, ?)", zip(plan.base.atoms.index.tolist(), leaf, strict=True))
    units = plan.units.assign(**{name: value for name, value in UNIT_DEFAULTS.items() if name not in plan.units})
    parents = [None if parent == NO_UNIT else parent for parent in units["parent"].tolist()]
    names = ("level", "code", "name", "kind", "reason", *UNIT_DEFAULTS, "valid_from", "valid_to")
    rows = zip(units.index.tolist(), parents, *(units[name].astype(object).where(units[name].notna(), "").tolist() for name in names), strict=True)
    marks = ", ".join("?" * (len(names) + 2))
    con.executemany(f"INSERT INTO unit (plan, id, parent, {', '.join(names)}) VALUES (1, {marks})", rows)
    for table in ("unit", "plan", "edit"):
        announce_table(con, table)


def _write_frames(con: sqlite3.Connection, contents: Contents, srs_id: int) -> None:
    names = {level.id: level.name.zh for level in contents.plan.scheme.levels}
    for level, frame in contents.given.items():
        write_layer(con, f"given_{level}", frame, srs_id, Look(f"{names.get(level, level)}（来源）"))
    for role, frame in {**contents.layers, **contents.sites}.items():
        write_layer(con, role, frame, srs_id, Look(description=_note(contents)))
    for role, table in contents.tables.items():
        if isinstance(table, gpd.GeoDataFrame):
            write_layer(con, role, table, srs_id, Look(description=_note(contents)))
        else:
            write_table(con, role, table)


def _write_findings(con: sqlite3.Connection, contents: Contents, srs_id: int) -> None:
    write_layer(con, "finding", _findings(contents), srs_id, Look(geometry_type="GEOMETRY"))
    write_table(con, "rejected", contents.rejected.assign(value=contents.rejected["value"].map(str)))


def _findings(contents: Contents) -> gpd.GeoDataFrame:
    """Return the findings with their lists of codes as JSON text, and which of them are notes of the input."""
    keys = set(zip(contents.notes["rule"], contents.notes["level"], contents.notes["message"], strict=True))
    found = contents.findings
    noted = [key in keys for key in zip(found["rule"], found["level"], found["message"], strict=True)]
    units, rows = (
        pd.Series([json.dumps(list(each), ensure_ascii=False) for each in found[name]], index=found.index, dtype="str") for name in ("units", "rows")
    )
    return found.assign(units=units, rows=rows, note=np.array(noted, dtype=bool))


def _note(contents: Contents) -> str:
    """Return what must stand on every layer of a project that nobody surveyed."""
    if not contents.meta.get("simulated"):
        return str(contents.meta.get("source", ""))
    return f"模拟数据，非真实情况 simulated, not real. {contents.meta.get('source', '')}".strip()


def _as_array(geometry: BaseGeometry) -> np.ndarray:
    out = np.empty(1, dtype=object)
    out[0] = geometry
    return out
