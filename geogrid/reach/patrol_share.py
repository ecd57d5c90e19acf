"""What of each unit's streets was walked and which entrances were passed, week by week, and the streets that were not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numba import njit

from geogrid.reach.patrol_fixes import Fixes, Limits, day_names, week_names
from geogrid.reach.patrol_match import FAR, STEP_M, match, way
from geogrid.reach.patrol_streets import Streets

BORDER_M = 0.001  # a place nearer to a border stands on it, and belongs to the unit with the lowest code
STEP_MOST_M = 50.0  # between fixes farther apart nobody knows which doors were passed
UNIT_COLUMNS = ("level", "code", "week", "street_share", "entrance_share", "last_visit", "street_m", "walked_m", "entrances", "passed")
_NEVER, _NOWHERE = -1, 0
"""A day or week that was not; the row of `Ground.codes` without any code."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What may be walked and passed. `place` of a bin and of an entrance is a row of `codes` (a column of unit codes per level, "" for none).

    `entrances` (e, 2) metres. Bins and entrances in no unit have the row without any code.
    """

    streets: Streets
    entrances: np.ndarray
    codes: pd.DataFrame
    bin_place: np.ndarray
    entrance_place: np.ndarray

    @classmethod
    def of(cls, streets: Streets, doors: gpd.GeoDataFrame, units: Mapping[str, gpd.GeoDataFrame]) -> Ground:
        """Join streets to units by level, top first: frames with `code`, `parent` code ("" for none) and polygons. `doors`: points with codes."""
        levels = list(units)
        places = _codes(units)
        bins = _places(streets.middles if len(streets) else np.zeros((0, 2)), units, places)
        wanted = pd.MultiIndex.from_frame(doors[levels].fillna("").astype(str))
        rows = pd.MultiIndex.from_frame(pd.concat([places, wanted.to_frame(index=False)], ignore_index=True).drop_duplicates(ignore_index=True))
        xy = shapely.get_coordinates(doors.geometry.to_numpy())
        return cls(streets, xy, rows.to_frame(index=False), bins, rows.get_indexer(wanted))

    @cached_property
    def near(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Grid of 30 m cells with the entrances in each: (x, y, columns, rows), CSR pointer, entrance."""
        low = self.entrances.min(axis=0) if len(self.entrances) else np.zeros(2)
        at = np.floor((self.entrances - low) / _CELL_M).astype(np.int64)
        shape = at.max(axis=0) + 1 if len(at) else np.ones(2, np.int64)
        cell = at[:, 1] * shape[0] + at[:, 0]
        order = np.argsort(cell, kind="stable")
        return np.array([*low, *shape], dtype=float), np.searchsorted(cell[order], np.arange(shape[0] * shape[1] + 1)), order


_CELL_M = 30.0


@dataclass(frozen=True, eq=False)
class Walked:
    """Sums by week and place: `walked_m`, `passed`, last `day` there (-1 never); by bin its last `week` and `day`. `far`: fixes near no street."""

    walked_m: np.ndarray
    passed: np.ndarray
    day: np.ndarray
    bin_week: np.ndarray
    bin_day: np.ndarray
    far: int
    steps: Mapping[str, int] = field(default_factory=dict)


def walk(ground: Ground, fixes: Fixes, limits: Limits, patrol_m: float) -> Walked:
    """Set fixes on streets and sum up what they pass; `patrol_m` is how near to a track an entrance is passed."""
    places, weeks, streets = len(ground.codes), len(fixes.weeks), ground.streets
    walked_m, passed, day = np.zeros((weeks, places)), np.zeros((weeks, places), np.int64), np.full((weeks, places), _NEVER, np.int64)
    bin_week, bin_day = np.full(len(ground.bin_place), _NEVER, np.int64), np.full(len(ground.bin_place), _NEVER, np.int64)
    chain, along = match(streets, fixes.xy, fixes.is_start)
    joined = 0
    if len(streets) and len(fixes):
        bins = (streets.first_bin, streets.bin_m, ground.bin_place, bin_week, bin_day)
        net = (streets.ends, streets.length_m, *streets.hops)
        rows = (fixes.is_start, fixes.time_s, fixes.week, fixes.day, fixes.xy)
        joined = _walk(chain, along, *rows, limits.speed_m_s, *net, *bins, walked_m, day)
    if len(ground.entrances) and len(fixes):
        seen = np.full(len(ground.entrances), _NEVER, np.int64)
        _pass(fixes.xy, fixes.is_start, fixes.week, fixes.day, ground.entrances, *ground.near, patrol_m, ground.entrance_place, seen, passed, day)
    return Walked(walked_m, passed, day, bin_week, bin_day, int((chain < 0).sum()), {"joined": int(joined), "steps": int((~fixes.is_start).sum())})


@njit(cache=True)
def _mark(k, low, high, week, day, first_bin, bin_m, bin_place, bin_week, bin_day, walked_m, last):  # type: ignore[no-untyped-def]
    """Mark the bins of a street whose middle lies between two places on it."""
    if low > high:
        low, high = high, low
    first, n = first_bin[k], first_bin[k + 1] - first_bin[k]
    size = bin_m[first]
    for q in range(max(0, int(np.ceil(low / size - 0.5))), min(n, int(np.ceil(high / size - 0.5)))):
        b = first + q
        p = bin_place[b]
        if bin_week[b] != week:
            bin_week[b] = week
            walked_m[week, p] += size
        bin_day[b] = max(bin_day[b], day)
        last[week, p] = max(last[week, p], day)


@njit(cache=True)
def _walk(  # type: ignore[no-untyped-def]
    chain, along, is_start, time_s, week, day, xy, speed, ends, length_m, start, to, far, by, via, first_bin, bin_m, bin_place, bin_week, bin_day,
    walked_m, last,
):  # fmt: skip
    joined = 0
    for i in range(1, len(chain)):
        k, j = chain[i - 1], chain[i]
        if is_start[i] or k < 0 or j < 0:
            continue
        straight = np.hypot(xy[i, 0] - xy[i - 1, 0], xy[i, 1] - xy[i - 1, 1])
        most_m = min(straight + FAR * STEP_M, speed * (time_s[i] - time_s[i - 1]) + 30.0)
        metres, u, v = way(k, along[i - 1], j, along[i], ends, length_m, start, to, far, most_m)
        if metres > most_m:
            continue
        joined += 1
        if u < 0:
            _mark(k, along[i - 1], along[i], week[i], day[i], first_bin, bin_m, bin_place, bin_week, bin_day, walked_m, last)
            continue
        edge = 0.0 if u == 0 else length_m[k]
        _mark(k, along[i - 1], edge, week[i], day[i], first_bin, bin_m, bin_place, bin_week, bin_day, walked_m, last)
        edge = 0.0 if v == 0 else length_m[j]
        _mark(j, edge, along[i], week[i], day[i], first_bin, bin_m, bin_place, bin_week, bin_day, walked_m, last)
        source, node = ends[k, u], ends[j, v]
        while node != source:
            for q in range(start[source], start[source + 1]):
                if to[q] == node:
                    _mark(by[q], 0.0, length_m[by[q]], week[i], day[i], first_bin, bin_m, bin_place, bin_week, bin_day, walked_m, last)
                    node = via[q]
                    break
    return joined


@njit(cache=True)
def _pass(xy, is_start, week, day, doors, grid, pointer, cell, patrol_m, place, seen, passed, last):  # type: ignore[no-untyped-def]
    """Count entrances within `patrol_m` of a fix, or of the straight step to it where that is short. Fixes come week after week."""
    for i in range(len(xy)):
        x1, y1 = xy[i, 0], xy[i, 1]
        x0, y0 = x1, y1
        if not is_start[i] and np.hypot(xy[i - 1, 0] - x1, xy[i - 1, 1] - y1) <= STEP_MOST_M:
            x0, y0 = xy[i - 1, 0], xy[i - 1, 1]
        dx, dy = x1 - x0, y1 - y0
        size2 = dx * dx + dy * dy
        left, right = int(np.floor((min(x0, x1) - patrol_m - grid[0]) / _CELL_M)), int(np.floor((max(x0, x1) + patrol_m - grid[0]) / _CELL_M))
        low, high = int(np.floor((min(y0, y1) - patrol_m - grid[1]) / _CELL_M)), int(np.floor((max(y0, y1) + patrol_m - grid[1]) / _CELL_M))
        for row in range(max(0, low), min(int(grid[3]) - 1, high) + 1):
            for column in range(max(0, left), min(int(grid[2]) - 1, right) + 1):
                c = row * int(grid[2]) + column
                for q in range(pointer[c], pointer[c + 1]):
                    e = cell[q]
                    if seen[e] == week[i] and last[week[i], place[e]] >= day[i]:
                        continue
                    t = 0.0 if size2 == 0 else min(1.0, max(0.0, ((doors[e, 0] - x0) * dx + (doors[e, 1] - y0) * dy) / size2))
                    ex, ey = doors[e, 0] - x0 - t * dx, doors[e, 1] - y0 - t * dy
                    if ex * ex + ey * ey > patrol_m * patrol_m:
                        continue
                    if seen[e] != week[i]:
                        seen[e] = week[i]
                        passed[week[i], place[e]] += 1
                    last[week[i], place[e]] = max(last[week[i], place[e]], day[i])


def _codes(units: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return a row of codes by level for no unit, and then for each unit, level by level in order of code: its own and those above."""
    levels = list(units)
    rows: list[dict[str, str]] = [dict.fromkeys(levels, "")]
    of: dict[str, dict[str, str]] = {}
    for level in levels:
        frame = units[level].sort_values("code", kind="stable")
        made = {code: {**of.get(parent, rows[0]), level: code} for code, parent in zip(frame["code"], frame["parent"], strict=True)}
        rows += made.values()
        of |= made
    return pd.DataFrame(rows, columns=levels, dtype=object)


def _places(xy: np.ndarray, units: Mapping[str, gpd.GeoDataFrame], codes: pd.DataFrame) -> np.ndarray:
    """Return the row of `codes` of each place: of the unit of the lowest level that holds it; 0 for none."""
    row = np.zeros(len(xy), np.int64)
    first = len(codes)
    for frame in reversed(units.values()):
        first -= len(frame)
        open_rows = np.flatnonzero(row == 0)
        unit = _unit_at(xy[open_rows], frame.sort_values("code", kind="stable").geometry.to_numpy())
        row[open_rows[unit >= 0]] = first + unit[unit >= 0]
    return row


def _unit_at(xy: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return for each place the first of the shapes that holds it, its border included; -1 for none."""
    out = np.full(len(xy), len(shapes), np.int64)
    if len(xy) and len(shapes):
        shape, place = shapely.STRtree(shapely.points(xy)).query(shapes, predicate="dwithin", distance=BORDER_M)
        np.minimum.at(out, place, shape)
    return np.where(out == len(shapes), -1, out)


def unit_table(ground: Ground, walked: Walked, mondays: np.ndarray) -> pd.DataFrame:
    """Return `UNIT_COLUMNS`, a row for every unit that has streets or entrances and every week; a share of nothing is NaN.

    `last_visit` is the last day up to the end of that week on which any of its streets was walked or entrances passed, "" for never.
    """
    names, tables = week_names(mondays), []
    street_m = (
        np.bincount(ground.bin_place, ground.streets.bin_m, minlength=len(ground.codes)) if len(ground.streets) else np.zeros(len(ground.codes))
    )
    doors = np.bincount(ground.entrance_place, minlength=len(ground.codes))
    days = np.maximum.accumulate(walked.day, axis=0) if len(walked.day) else walked.day
    for level in ground.codes.columns:
        codes, unit = np.unique(ground.codes[level].to_numpy(dtype=object), return_inverse=True)
        keep = np.flatnonzero(codes != "")
        sums = [
            _summed(values, unit, len(codes))[:, keep] for values in (np.atleast_2d(street_m), np.atleast_2d(doors), walked.walked_m, walked.passed)
        ]
        last = np.full((len(names), len(codes)), _NEVER, np.int64)
        np.maximum.at(last, (slice(None), unit), days)
        tables += [_week(level, codes[keep], name, sums, w, last[w, keep]) for w, name in enumerate(names)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(UNIT_COLUMNS))


def _summed(values: np.ndarray, unit: np.ndarray, n: int) -> np.ndarray:
    out = np.zeros((len(values), n), values.dtype)
    np.add.at(out, (slice(None), unit), values)
    return out


def _week(level: str, codes: np.ndarray, week: str, sums: list[np.ndarray], w: int, last: np.ndarray) -> pd.DataFrame:
    street_m, doors, walked_m, passed = sums[0][0], sums[1][0], sums[2][w], sums[3][w]
    with np.errstate(invalid="ignore"):
        street, entrance = np.minimum(1.0, walked_m / np.where(street_m > 0, street_m, np.nan)), passed / np.where(doors > 0, doors, np.nan)
    data = (
        level,
        codes,
        week,
        street.round(4),
        entrance.round(4),
        day_names(last),
        street_m.round(1),
        np.minimum(walked_m, street_m).round(1),
        doors,
        passed,
    )
    return pd.DataFrame(dict(zip(UNIT_COLUMNS, data, strict=True)))


def unwalked(ground: Ground, walked: Walked, crs: object) -> gpd.GeoDataFrame:
    """Return stretches in units that nobody walked in the last week: `last_visit` ("" for never), `length_m`, codes, lines; alike bins in one."""
    streets = ground.streets
    newest = len(walked.walked_m) - 1
    rows = np.flatnonzero((walked.bin_week < max(newest, 0)) & (ground.bin_place != _NOWHERE))
    day, place, chain = walked.bin_day[rows], ground.bin_place[rows], streets.bin_chain[rows] if len(rows) else rows
    new = np.ones(len(rows), bool)
    new[1:] = (np.diff(rows) != 1) | (np.diff(day) != 0) | (np.diff(place) != 0) | (np.diff(chain) != 0)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(rows)) - 1
    codes = ground.codes.iloc[place[first]].reset_index(drop=True)
    lines = _lines(streets, chain[first], rows[first], rows[last]) if len(first) else np.zeros(0, object)
    facts = {"last_visit": day_names(day[first]), "length_m": shapely.length(lines).round(1)}
    return gpd.GeoDataFrame({**facts, **{level: codes[level] for level in codes}}, geometry=lines, crs=crs)


def _lines(streets: Streets, chain: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return the stretches of chains from a bin to a bin, as they bend."""
    size = streets.length_m[chain] / np.diff(streets.first_bin)[chain]
    low, high = (first - streets.first_bin[chain]) * size, (last + 1 - streets.first_bin[chain]) * size
    starts, ends = streets.first_segment[:-1], streets.first_segment[1:]
    begin, finish = streets.at(chain, low), streets.at(chain, high)
    made = []
    for k, a, b, p, q in zip(chain, low, high, begin, finish, strict=True):
        own = slice(starts[k], ends[k])
        inner = streets.segments[own][(streets.from_m[own] > a + 1e-6) & (streets.from_m[own] < b - 1e-6), :2]
        made.append(np.vstack([p, inner, q]))
    return shapely.linestrings(np.vstack(made), indices=np.repeat(np.arange(len(made)), [len(xy) for xy in made]))
