"""How many households live in each building and entrance, and where the figure comes from.

Per building the best source wins: a table of households, the entrances' or the building's column, an estimate (floors x footprint area
/ area per dwelling, for buildings whose use is a home). An estimate is called one; rows that match no building are listed, never spread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.findings import Finding
from geogrid.generate.entrances import estimate_entrances, place_entrances
from geogrid.generate.merging import Merged

TABLE, COLUMN, ESTIMATE, NONE = "table", "column", "estimate", "none"
GIVEN, ESTIMATED = "given", "estimated"


@dataclass(frozen=True, eq=False)
class Homes:
    """Figures per building and per entrance, in the rows of the frames they were counted from.

    `households`, `persons`, `floors`: int (buildings,); `source`: str (buildings,); `entrance_building`: int (entrances,), the building's row or -1;
    `entrance_households`, `entrance_persons`, `entrance_floors`: int (entrances,); `entrance_xy`: float (entrances, 2), NaN where its building is not
    known. Behind the entrances that were given come estimated ones: `estimated` bool (entrances,). `floors_counted` bool (buildings,): somebody
    counted its floors; of the others they follow from the height, or are the default.
    """

    households: np.ndarray
    persons: np.ndarray
    floors: np.ndarray
    source: np.ndarray
    entrance_building: np.ndarray
    entrance_households: np.ndarray
    entrance_persons: np.ndarray
    entrance_floors: np.ndarray
    entrance_xy: np.ndarray
    estimated: np.ndarray
    findings: tuple[Finding, ...] = ()
    floors_counted: np.ndarray | None = None


def count_homes(
    buildings: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame | None = None,
    table: pd.DataFrame | None = None,
    *,
    defaults: Mapping[str, Any],
    home_uses: Collection[str] = (),
    merged: Merged | None = None,
) -> Homes:
    """Count households of each building (working CRS, columns of the role) and spread them over its entrances, given or estimated.

    `table` has a row per household with a `building` (and perhaps `persons`). `home_uses` are the values of `use` that mean homes; empty
    means the scheme's `home_uses`. `merged` says what footprints the buildings were made of, whose storeys may differ.
    """
    n = len(buildings)
    ids = pd.Index(buildings["id"]) if n else pd.Index([], dtype=object)
    entrance_building, orphans = _match(entrances, ids)
    lived_on = _highest(entrance_building, _numbers(entrances, "floors"), n)
    if table is not None and "building" in table:
        lived_on = np.fmax(lived_on, _highest(_rows_of(table["building"], ids), _numbers(table, "floor"), n))
    floors, unknown = _floors(buildings, lived_on, float(defaults["default_floors"]))
    storeys_m2 = _storeys_m2(buildings, floors, home_uses or defaults["home_uses"])
    if merged is not None and len(merged.parts) > n:
        of_parts = _storeys_m2(merged.parts, _floors(merged.parts, np.nan, float(defaults["default_floors"]))[0], home_uses or defaults["home_uses"])
        storeys_m2 = np.where(np.bincount(merged.row) > 1, np.bincount(merged.row, of_parts), storeys_m2)
    estimate = np.floor(storeys_m2 / float(defaults["dwelling_m2"]) + 0.5).astype(np.int64)
    households, source = estimate, np.where(estimate > 0, ESTIMATE, NONE).astype(object)
    households, source = _better(households, source, _numbers(buildings, "households"), COLUMN)
    per_entrance = _sum_by(entrance_building, _numbers(entrances, "households"), n)
    households, source = _better(households, source, per_entrance, COLUMN)
    per_table, table_persons, strays = _from_table(table, ids, n)
    households, source = _better(households, source, per_table, TABLE)
    persons = np.nan_to_num(np.where(np.isnan(table_persons), _numbers(buildings, "persons"), table_persons)).astype(np.int64)
    found = [*_estimated(source, unknown & (households > 0), buildings), *orphans, *strays]
    split = _spread(entrances, entrance_building, _own(entrances, table), households, persons, floors)
    xy = np.zeros((0, 2)) if entrances is None else shapely.get_coordinates(entrances.geometry.to_numpy())
    given = np.zeros(len(entrance_building), dtype=bool)
    homes = Homes(households, persons, floors, source, entrance_building, *split, xy, given, findings=tuple(found), floors_counted=~unknown)
    return _with_estimated_entrances(homes, buildings.geometry.to_numpy(), defaults)


def _with_estimated_entrances(homes: Homes, footprints: np.ndarray, defaults: Mapping[str, Any]) -> Homes:
    """Add entrances to the buildings of which none was given, where their footprint says that there are several; homes are shared evenly."""
    asked = np.ones(len(footprints), dtype=bool)
    asked[homes.entrance_building[homes.entrance_building >= 0]] = False
    count = estimate_entrances(footprints, np.where(asked, homes.households, 0), homes.floors, defaults)
    several = np.flatnonzero(count > 1)
    if not len(several):
        return homes
    rows = np.repeat(several, count[several])
    places = np.concatenate([place_entrances(footprints[k], int(count[k])) for k in several])
    one = np.ones(len(rows))
    shares = [np.r_[known, largest_remainder(one, rows, of)] for known, of in (
        (homes.entrance_households, homes.households), (homes.entrance_persons, homes.persons))]  # fmt: skip
    said = Finding("estimated", value=len(several), facts={"what": "entrances", "what_zh": "单元（楼门）数", "of": len(footprints)})
    return replace(
        homes,
        entrance_building=np.r_[homes.entrance_building, rows],
        entrance_households=shares[0],
        entrance_persons=shares[1],
        entrance_floors=np.r_[homes.entrance_floors, homes.floors[rows]],
        entrance_xy=np.concatenate([homes.entrance_xy, places]),
        estimated=np.r_[homes.estimated, np.ones(len(rows), dtype=bool)],
        findings=(*homes.findings, said),
    )


def _storeys_m2(buildings: gpd.GeoDataFrame, floors: np.ndarray, home_uses: Collection[str]) -> np.ndarray:
    """Area of all storeys of buildings whose use is a home, 0 else."""
    return np.where(_is_home(buildings, home_uses), floors * buildings.geometry.area.to_numpy(), 0.0)


def _numbers(frame: pd.DataFrame | None, column: str) -> np.ndarray:
    if frame is None:
        return np.full(0, np.nan)
    return frame[column].to_numpy(dtype="float64") if column in frame else np.full(len(frame), np.nan)


def _highest(rows: np.ndarray, figures: np.ndarray, n: int) -> np.ndarray:
    """Return the largest figure of each row, NaN where there is none."""
    out = np.full(n, np.nan)
    known = (rows >= 0) & ~np.isnan(figures)
    np.fmax.at(out, rows[known], figures[known])
    return out


def _floors(buildings: gpd.GeoDataFrame, lived_on: np.ndarray | float, default_floors: float) -> tuple[np.ndarray, np.ndarray]:
    """Floors of each building, at least 1, and where nobody counted them: its own figure, its entrances' or households', its height, the default."""
    own = _numbers(buildings, "floors")
    given = np.where(own >= 0.5, own, lived_on)
    height = _numbers(buildings, "height_m")
    floors = np.where(given >= 0.5, given, np.where(height > 0, height / 3.0, np.nan))
    unknown = ~(given >= 0.5)
    return np.maximum(1, np.floor(np.where(np.isnan(floors), default_floors, floors) + 0.5)).astype(np.int64), unknown


def _is_home(buildings: gpd.GeoDataFrame, home_uses: Collection[str]) -> np.ndarray:
    if "use" not in buildings:
        return np.ones(len(buildings), dtype=bool)
    return buildings["use"].str.strip().isin(list(home_uses)).to_numpy()


def _match(entrances: gpd.GeoDataFrame | None, ids: pd.Index) -> tuple[np.ndarray, list[Finding]]:
    """Row of each entrance's building, -1 for none; an entrance that names no building, or one of several, is listed."""
    if entrances is None or len(entrances) == 0:
        return np.full(0, -1), []
    names = entrances["building"] if "building" in entrances else pd.Series("", index=entrances.index)
    rows = _rows_of(names, ids)
    lost = rows < 0
    return rows, _strays("entrances", entrances[lost], names[lost], entrances.geometry[lost])


def _rows_of(names: pd.Series, ids: pd.Index) -> np.ndarray:
    """Row of the one building that bears each name, int; -1 where none or several do."""
    single = ~ids.duplicated(keep=False)
    return pd.Series(np.flatnonzero(single), index=ids[single]).reindex(names.to_numpy()).fillna(-1).to_numpy(dtype=np.int64)


def _strays(role: str, lost: pd.DataFrame, names: pd.Series, places: Iterable[BaseGeometry | None]) -> list[Finding]:
    """Report rows whose building is not known, or not only one."""
    words = {"reason": "no building, or several, with this id", "reason_zh": "没有或有多栋楼用这个编号"}
    rows = lost["row"] if "row" in lost else lost.index + 1
    order = np.lexsort((np.asarray(rows), names.to_numpy(dtype=str)))
    faults = [
        Finding(
            "row_rejected",
            geometry=place,
            severity="warning",
            facts={"role": role, "row": int(row), "field": "building", "value": name, **{k: f"building {name!r}: {v}" for k, v in words.items()}},
        )
        for row, name, place in zip(rows, names, places, strict=True)
    ]
    return [faults[i] for i in order]


def _better(households: np.ndarray, source: np.ndarray, figures: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    known = ~np.isnan(figures)
    return np.where(known, np.nan_to_num(figures), households).astype(np.int64), np.where(known, name, source)


def _sum_by(rows: np.ndarray, figures: np.ndarray, n: int) -> np.ndarray:
    """Sum figures by row; NaN where a row has no figure, or an unknown one among them."""
    ok = rows >= 0
    count = np.bincount(rows[ok], minlength=n)
    missing = np.bincount(rows[ok], weights=np.isnan(figures[ok]), minlength=n)
    total = np.bincount(rows[ok], weights=np.nan_to_num(figures[ok]), minlength=n)
    return np.where((count > 0) & (missing == 0), total, np.nan)


def _from_table(table: pd.DataFrame | None, ids: pd.Index, n: int) -> tuple[np.ndarray, np.ndarray, list[Finding]]:
    """Households and persons of each building, NaN where the table says nothing of it; rows that match no building, or several."""
    if table is None or "building" not in table:
        return np.full(n, np.nan), np.full(n, np.nan), []
    rows = _rows_of(table["building"], ids)
    lost = table[rows < 0]
    households = _sum_by(rows, np.ones(len(table)), n)
    return households, _sum_by(rows, _numbers(table, "persons"), n), _strays("households", lost, lost["building"], [None] * len(lost))


def _own(entrances: pd.DataFrame | None, table: pd.DataFrame | None) -> np.ndarray:
    """Households that are known of each entrance, NaN else: rows of the table that name it, or its own column."""
    own = _numbers(entrances, "households")
    if entrances is None or table is None or not {"building", "entrance"} <= set(table) or "building" not in entrances:
        return own
    named = table[table["entrance"] != ""]
    counts = named.groupby(["building", "entrance"]).size()
    known = np.isin(entrances["building"].to_numpy(dtype=str), named["building"].to_numpy(dtype=str))
    of_entrance = counts.reindex(pd.MultiIndex.from_arrays([entrances["building"], entrances["id"]])).to_numpy(dtype="float64")
    return np.where(known, np.nan_to_num(of_entrance), own)


def _estimated(source: np.ndarray, floors_unknown: np.ndarray, buildings: gpd.GeoDataFrame) -> list[Finding]:
    found = []
    n = int((source == ESTIMATE).sum())
    if n:
        found.append(Finding("estimated", value=n, facts={"what": "households", "what_zh": "户数", "of": len(buildings)}))
    if floors_unknown.any():
        found.append(Finding("estimated", value=int(floors_unknown.sum()), facts={"what": "floors", "what_zh": "层数", "of": len(buildings)}))
    return found


def _spread(
    entrances: pd.DataFrame | None, rows: np.ndarray, own: np.ndarray, households: np.ndarray, persons: np.ndarray, floors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spread each building's figures over its entrances: by their own households where all are known, else evenly; sums stay exact."""
    m = len(rows)
    own_floors = _numbers(entrances, "floors")
    ok = rows >= 0
    n = len(households)
    unknown = np.bincount(rows[ok], weights=np.isnan(own[ok]), minlength=n) > 0
    weight = np.where(unknown[np.maximum(rows, 0)], 1.0, np.nan_to_num(own)) if m else own
    spread_households = largest_remainder(weight, rows, households)
    spread_persons = largest_remainder(spread_households + (0.001 if m else 0), rows, persons)
    spread_floors = np.where(own_floors >= 1, own_floors, floors[np.maximum(rows, 0)] if n else 1).astype(np.int64) if m else np.zeros(0, np.int64)
    return spread_households, spread_persons, spread_floors


def largest_remainder(weights: np.ndarray, rows: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Share integer totals (n,) over members (m,) of each row by weight; members with row -1 get 0. Ties go to the earlier member.

    >>> largest_remainder(np.array([1.0, 1.0, 1.0]), np.array([0, 0, 1]), np.array([5, 2])).tolist()
    [3, 2, 2]
    """
    ok = np.flatnonzero(rows >= 0)
    out = np.zeros(len(rows), dtype=np.int64)
    if len(ok) == 0:
        return out
    r = rows[ok]
    sums = np.bincount(r, weights=weights[ok], minlength=len(totals))
    members = np.bincount(r, minlength=len(totals))
    w = np.where(sums[r] > 0, weights[ok] / np.where(sums[r] > 0, sums[r], 1), 1 / members[r])
    exact = w * totals[r]
    base = np.floor(exact + 1e-9).astype(np.int64)
    left = totals - np.bincount(r, weights=base, minlength=len(totals)).astype(np.int64)
    order = np.lexsort((np.arange(len(ok)), -(exact - base), r))
    rank = np.empty(len(ok), dtype=np.int64)
    starts = np.searchsorted(r[order], np.arange(len(totals)))
    rank[order] = np.arange(len(ok)) - starts[r[order]]
    out[ok] = base + (rank < left[r])
    return out
