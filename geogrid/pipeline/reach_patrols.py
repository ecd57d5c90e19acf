"""Patrols of a project: summed up when it is built, read back when it is asked; who walked is in neither.

points of tracks → fixes → streets → patrol_units, unwalked    (`find_patrols`, in `build`)
project → PatrolReach                                          (`reach_patrols`)
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.plan import Plan
from geogrid.reach.camera_around import find_doors
from geogrid.reach.camera_streets import find_whole_level
from geogrid.reach.network import NOT_WALKED, Network
from geogrid.reach.patrol_fixes import DAY_S, Limits, ready, tracks_of
from geogrid.reach.patrol_notes import patrol_notes, zone
from geogrid.reach.patrol_share import UNIT_COLUMNS, Ground, unit_table, unwalked, walk
from geogrid.reach.patrol_streets import Streets, find_beside
from geogrid.recipe import InputSpec
from geogrid.scheme import Scheme
from geogrid.store import Project

UNITS, UNWALKED, POINTS = "patrol_units", "unwalked", "patrol_points"
MICROGRID = "microgrid"  # too small for a street to be of one
_NAME_M = 5.0


@dataclass(frozen=True, eq=False)
class PatrolReach:
    """`patrol_units`: `UNIT_COLUMNS`, a row a unit and ISO week; `unwalked`: stretches nobody walked in the last week, `last_visit` "" where never.

    `weeks` are those with tracks, ascending; `days`: on how many days of each anybody walked; `levels` have figures; `notes`: `key n en zh`.
    """

    patrol_units: pd.DataFrame
    unwalked: gpd.GeoDataFrame
    notes: list[dict[str, Any]]
    weeks: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """The lowest level with figures, "" where there are none."""
        return self.levels[-1] if self.levels else ""


@dataclass(frozen=True, eq=False)
class Patrols:
    """What a project keeps of patrols: tables and layers by name, and facts."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)


def has_patrols(project: Project) -> bool:
    """Tell whether a project was built with tracks of patrols."""
    return UNITS in project.tables


def reach_patrols(project: Project) -> PatrolReach:
    """Return what patrols walked, as it was when the project was built, for the units that are still in force."""
    if not has_patrols(project):
        empty = gpd.GeoDataFrame({"last_visit": [], "length_m": []}, geometry=[], crs=project.crs)
        return PatrolReach(pd.DataFrame(columns=list(UNIT_COLUMNS)), empty, [])
    table, facts = project.table(UNITS), project.meta["patrols"]
    table = table.assign(last_visit=table["last_visit"].fillna(""))
    in_force = pd.Series(False, index=table.index)
    lacking = 0
    for level in facts["levels"]:
        codes, own = project.units(level).index, table["level"] == level
        in_force |= own & table["code"].isin(codes)
        lacking += int((~codes.isin(table.loc[own, "code"])).sum())
    notes = [*facts["notes"], *_redrawn(project.version, lacking)]
    layer = project.layer(UNWALKED)
    return PatrolReach(table[in_force].reset_index(drop=True), layer, notes, tuple(facts["weeks"]), tuple(facts["days"]), tuple(facts["levels"]))


def _redrawn(version: int, lacking: int) -> list[dict[str, Any]]:
    if version <= 1 and not lacking:
        return []
    en = f"Patrols were summed up when the project was built; {lacking:,} units drawn since have no figures, others may have other borders now"
    zh = f"巡查数据在生成项目时汇总；之后新划的 {lacking:,} 个单元没有数字，其余单元的边界也可能已变"
    return [{"key": "redrawn", "n": lacking, "en": en, "zh": zh}]


def find_patrols(frames: Mapping[str, Any], plan: Plan, given: InputSpec, today: datetime.date | None) -> Patrols:
    """Sum up the points of tracks (`frames["patrols"]`, columns of the role) by unit and week; points are kept only as long as the recipe says."""
    points, scheme = frames["patrols"], plan.scheme
    limits, patrol_m = limits_of(scheme, given.zone_s), float(scheme.defaults["patrol_m"])
    xy = shapely.get_coordinates(points.geometry.to_numpy())
    time_s, accuracy = points["time"].to_numpy(dtype=float), _column(points, "accuracy_m", np.nan).astype(float)
    track = tracks_of(_column(points, "officer", ""), _column(points, "track", ""))
    fixes = ready(xy, time_s, track, accuracy, limits)
    streets, roads, beside = _streets(frames.get("roads"), scheme)
    ground, levels = _ground(streets, frames, plan)
    walked = walk(ground, fixes, limits, patrol_m)
    days = [len(np.unique(fixes.day[fixes.week == week])) for week in range(len(fixes.weeks))]
    notes = patrol_notes(fixes, limits, far=walked.far, beside=beside, has_streets=len(streets) > 0, days=days, patrol_m=patrol_m)
    table = unit_table(ground, walked, fixes.weeks)
    layer = _named(unwalked(ground, walked, plan.base.crs), roads)
    kept = _kept(points, xy, given.keep_days, today)
    meta = {"weeks": table["week"].drop_duplicates().sort_values().tolist(), "days": days, "levels": levels, "zone": zone(given.zone_s)}
    return Patrols({UNITS: table, **({POINTS: kept} if given.keep_days else {})}, {UNWALKED: layer}, {"patrols": {**meta, "notes": notes}})


def limits_of(scheme: Scheme, zone_s: int) -> Limits:
    """Return what counts, by the scheme's defaults, where times of the day are those of a zone so far ahead of UTC."""
    given = scheme.defaults
    start, end = ((int(text[:2]) * 60 + int(text[3:])) for text in given["patrol_hours"])
    return Limits((start, end), zone_s, float(given["patrol_accuracy_m"]), float(given["patrol_gap_s"]), float(given["patrol_km_h"]) / 3.6)


def _column(frame: pd.DataFrame, name: str, missing: Any) -> np.ndarray:
    return frame[name].to_numpy() if name in frame else np.full(len(frame), missing, dtype=object)


def _streets(roads: gpd.GeoDataFrame | None, scheme: Scheme) -> tuple[Streets, gpd.GeoDataFrame | None, int]:
    """Return streets, the roads that they are made of, and how many footways were taken for part of another."""
    if roads is None:
        return Streets.of(Network.of(None)), None, 0
    walked = roads if "class" not in roads else roads[~roads["class"].astype(str).isin(NOT_WALKED)]
    beside = find_beside(walked, tuple(scheme.defaults["paths"]))
    walked = walked[~beside]
    return Streets.of(Network.of(walked)), walked, int(beside.sum())


def _ground(streets: Streets, frames: Mapping[str, Any], plan: Plan) -> tuple[Ground, list[str]]:
    names = [level.id for level in plan.scheme.levels]
    lowest = names.index(find_whole_level(plan))
    lowest -= names[lowest] == MICROGRID and lowest > 0
    levels = names[: lowest + 1]
    buildings = frames.get("buildings")
    footprints = buildings.geometry.to_numpy() if buildings is not None else np.zeros(0, object)
    doors = find_doors(plan, frames.get("entrances"), footprints)
    return Ground.of(streets, doors, {level: plan.frame(level).reset_index() for level in levels}), levels


def _named(layer: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return stretches with the name of the road that they are of, "" where it has none."""
    names = np.full(len(layer), "", dtype=object)
    if roads is not None and "name" in roads and len(layer):
        middle = shapely.line_interpolate_point(layer.geometry.to_numpy(), 0.5, normalized=True)
        row, road = shapely.STRtree(roads.geometry.to_numpy()).query_nearest(middle, max_distance=_NAME_M, all_matches=False)
        names[row] = roads["name"].fillna("").astype(str).to_numpy()[road]
    layer.insert(0, "name", names)
    return layer


def _kept(points: gpd.GeoDataFrame, xy: np.ndarray, keep_days: int, today: datetime.date | None) -> pd.DataFrame:
    """Return the points of the last days before today (without one: before the newest), under numbers instead of names, in order of time."""
    time_s = points["time"].to_numpy(dtype=float)
    newest = datetime.datetime.combine(today, datetime.time.max, datetime.UTC).timestamp() if today else np.nanmax(time_s, initial=0.0)
    rows = np.flatnonzero((time_s > newest - keep_days * DAY_S) & (time_s <= newest + DAY_S))
    officer = _column(points, "officer", "").astype(str)
    rows = rows[np.lexsort((xy[rows, 1], xy[rows, 0], officer[rows], time_s[rows]))]
    number = pd.factorize(officer[rows])[0] + 1
    times = pd.to_datetime(time_s[rows], unit="s").strftime("%Y-%m-%dT%H:%M:%SZ").to_numpy(dtype=object)
    accuracy = _column(points, "accuracy_m", np.nan).astype(float)[rows]
    return pd.DataFrame({"officer": [f"P{n:04d}" for n in number], "time": times, "accuracy_m": accuracy, "x": xy[rows, 0], "y": xy[rows, 1]})
