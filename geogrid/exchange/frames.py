"""What each name of `--level` exports: one flat frame, sorted, with the promised columns and nothing secret.

Unit levels have the properties of the interface; `cell`, `atom` and `district` are the base; points and buildings carry the code of their unit at
every level.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid import sites
from geogrid.errors import NotFoundError
from geogrid.plan import NO_UNIT, Plan
from geogrid.scheme import Scheme

_IDENTITY = ("code", "name", "level", "parent", "kind")
_FIGURES = ("households", "persons", "area_m2", "stacked", "floor_from", "floor_to")
UNIT_PROPERTIES = (*_IDENTITY, *_FIGURES, "valid_from", "valid_to", "status", "reason", "note", "cure", "cure_m", "link_m")
_NULL_WHERE_EMPTY = {"parent": "", "valid_from": "", "valid_to": "", "reason": "", "note": "", "cure": "", "cure_m": 0.0, "link_m": 0.0}
_BASE = ("cell", "atom", "district")
_POINTS = ("stations", "cameras", "events", "entrances", "buildings")


class Readable(Protocol):
    """The part of a project that exports read (`geogrid.store.Project`)."""

    path: Path
    name: str
    meta: dict[str, Any]
    crs: CRS
    scheme: Scheme
    levels: list[str]
    district: BaseGeometry
    district_source: str
    layers: list[str]
    site_roles: list[str]

    def units(self, level: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def layer(self, name: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def sites(self, role: str) -> gpd.GeoDataFrame: ...  # noqa: D102
    def plan(self) -> Plan: ...  # noqa: D102


def known_levels(project: Readable) -> list[str]:
    """List the names that `--level` takes on this project."""
    present = {*project.layers, *project.site_roles}
    return [*project.levels, *_BASE, *(name for name in _POINTS if name in present)]


def frame_of(project: Readable, level: str) -> gpd.GeoDataFrame:
    """Return what `level` exports, in the working CRS, rows sorted by code or id; raises NotFoundError naming the known ones."""
    known = known_levels(project)
    if level not in known:
        message = f"nothing to export is called {level!r}; this project has: {', '.join(known)}"
        raise NotFoundError(message, f"没有可导出的 {level!r}；本工程有：{'、'.join(known)}", value=level, known=known)
    if level in project.levels:
        units = project.units(level).reset_index()[[*UNIT_PROPERTIES, "geometry"]]
        return units.assign(**{name: units[name].astype(object).where(units[name] != empty, None) for name, empty in _NULL_WHERE_EMPTY.items()})
    return {"cell": _cells, "atom": _atoms, "district": _district}[level](project) if level in _BASE else _points(project, level)


def _cells(project: Readable) -> gpd.GeoDataFrame:
    base = project.plan().base
    sums = base.atoms.groupby("cell")[["households", "persons"]].sum().reindex(base.cells.index, fill_value=0)
    cells = base.cells.rename_axis("code").reset_index()
    cells = cells.assign(households=sums["households"].to_numpy(), persons=sums["persons"].to_numpy(), area_m2=cells.area.round(3))
    return cells[["code", "kind", "building", "entrance", "entrance_source", "enclosure", "households", "persons", "area_m2", "geometry"]]


def _atoms(project: Readable) -> gpd.GeoDataFrame:
    plan = project.plan()
    base = plan.base
    code_of = {**plan.units["code"].to_dict(), NO_UNIT: None}
    atoms = base.atoms[["code", "cell", "floor_from", "floor_to", "part", "households"]]
    atoms = atoms.assign(leaf=pd.Series([code_of[unit] for unit in plan.leaf.tolist()], index=atoms.index, dtype=object))
    frame = gpd.GeoDataFrame(atoms, geometry=base.cells.geometry.to_numpy()[base.cell_position], crs=base.crs)
    return frame.sort_values(["cell", "floor_from", "part"], kind="stable", ignore_index=True)


def _district(project: Readable) -> gpd.GeoDataFrame:
    district = project.district
    row = {"name": [project.name], "source": [project.district_source], "area_m2": [round(district.area, 3)]}
    return gpd.GeoDataFrame(row, geometry=[district], crs=project.crs)


def _points(project: Readable, level: str) -> gpd.GeoDataFrame:
    """Points (buildings with their footprints) with the codes of their units; secret ones are left out, and so is the column that says so."""
    frame = project.sites(level) if level in project.site_roles else _joined(project, project.layer(level))
    if "secret" in frame:
        frame = frame[~frame["secret"].fillna(False).astype(bool)].drop(columns="secret")
    frame = frame.drop(columns="row", errors="ignore")
    middle = shapely.centroid(frame.geometry.to_numpy())
    order = np.lexsort((shapely.get_y(middle), shapely.get_x(middle), frame["id"].astype(str).to_numpy(dtype=str)))
    return frame.iloc[order].reset_index(drop=True)


def _joined(project: Readable, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = sites.join(frame, project.plan())[[*project.levels, "outside_m"]]
    return frame.assign(**{name: codes[name].to_numpy() for name in codes})
