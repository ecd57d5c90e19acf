"""Villages: courtyards along bent east-west lanes in a ragged blob, the house at the north of its yard."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.simulate.apportion import apportion
from geogrid.simulate.footprints import draw
from geogrid.simulate.free_land import largest_polygons
from geogrid.simulate.profiles import Profile
from geogrid.simulate.rows import make_frame, square_angle

# A village that filled its lot would look like a rectangle: it leaves room for its ragged edge.
LARGEST_SHARE = 0.62


def draw_villages(lots: gpd.GeoDataFrame, profile: Profile, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return all yards' houses: lot x y angle yard_width_m yard_depth_m floors; their number is the profile's `yards_n` exactly."""
    where = np.flatnonzero(lots.use.values == "village")
    sites = [_yards(lots.free.values[lot], lots.angle.values[lot], rng) for lot in where]
    room = np.array([int(len(s) * LARGEST_SHARE) for s in sites])
    size = np.clip(rng.lognormal(0, 0.5, len(sites)), 0.3, 2.6)
    count = apportion(size, min(profile.yards_n, int(room.sum())), room) if len(sites) else room
    tables = [site.head(n).assign(lot=lot) for site, n, lot in zip(sites, count, where, strict=True)]
    columns = ["lot", "x", "y", "angle", "yard_width_m", "yard_depth_m"]
    yards = pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame({c: np.array([], float) for c in columns})
    n = len(yards)
    floors = np.where(rng.random(n) < 0.16, 2, 1)
    return gpd.GeoDataFrame(yards.assign(floors=floors), geometry=_houses(yards, rng), crs=lots.crs)


def _yards(free: shapely.Polygon, angle: float, rng: np.random.Generator) -> pd.DataFrame:
    """All yards that a lot has room for, the middle of the village first."""
    angle = square_angle(angle) + rng.normal(0, 0.03)
    inner = largest_polygons(np.array([shapely.buffer(free, -14, join_style="mitre")], object))[0]
    width, depth, lane = rng.uniform(13.5, 15.5), rng.uniform(17.5, 19.5), rng.uniform(4.2, 5.5)
    if inner.is_empty:
        return pd.DataFrame({c: np.array([], float) for c in ("x", "y", "angle", "yard_width_m", "yard_depth_m")})
    frame = make_frame(inner, angle)
    x0, y0, x1, y1 = frame.bounds
    x, y = (a.ravel() for a in np.meshgrid(np.arange(x0, x1, width), np.arange(y0, y1, depth + lane)))
    x = x + 3.5 * np.sin(y / 55 + rng.uniform(0, 6)) + np.floor((x - x0) / (width * 11)) * 5.5
    y = y + 5 * np.sin(x / 120 + rng.uniform(0, 6))
    dx, dy = (x - (x0 + x1) / 2) / (x1 - x0), (y - (y0 + y1) / 2) / (y1 - y0)
    turn = np.arctan2(dy, dx)
    waves = [(0.2, 2), (0.12, 3), (0.07, 5)]
    ragged = 1 + sum(height * np.sin(n * turn + rng.uniform(0, 6)) for height, n in waves)
    far = np.hypot(dx, dy) * ragged + 0.028 * rng.standard_normal(len(x))
    good = shapely.covers(inner_margin(frame.polygon), shapely.points(x, y)) & (rng.random(len(x)) > 0.045)
    order = np.flatnonzero(good)[np.argsort(far[good], kind="stable")]
    world = frame.back(x[order], y[order])
    return pd.DataFrame({"x": world[:, 0], "y": world[:, 1], "angle": angle, "yard_width_m": width, "yard_depth_m": depth})


def inner_margin(polygon: shapely.Polygon) -> shapely.Polygon:
    """Return where a yard's middle may lie so that its house stays inside the lot."""
    return shapely.buffer(polygon, -6)


def _houses(yards: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """The main house across the north of the yard, with a side wing in more than half of them."""
    n = len(yards)
    x, y, angle = yards.x.values, yards.y.values, yards.angle.values
    width, depth = yards.yard_width_m.values - rng.uniform(0.5, 2.0, n), rng.uniform(6.2, 8.2, n)
    north = yards.yard_depth_m.values / 2 - depth / 2 - 0.6
    s, c, box = np.sin(angle), np.cos(angle), np.full(n, "box")
    house = draw(x - north * s, y + north * c, angle, width, depth, box)
    wing, wing_width, wing_length = rng.random(n) < 0.55, rng.uniform(3.2, 4.4, n), rng.uniform(5, 8, n)
    east = np.where(rng.random(n) < 0.5, -1, 1) * (width / 2 - wing_width / 2)
    south = north - depth / 2 - wing_length / 2 + 0.05
    side = draw(x + east * c - south * s, y + east * s + south * c, angle, wing_width, wing_length, box)
    house[wing] = shapely.union(house[wing], side[wing])
    return house
