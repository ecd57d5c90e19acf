"""What there is to be seen round cameras: streets, doors and public ground, each of one unit of every level down to the lowest of whole cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.plan import NO_UNIT, Plan
from geogrid.reach.camera_scene import Obstacles, make_obstacles
from geogrid.reach.camera_streets import SAME_M, Streets, find_whole_level, make_streets
from geogrid.reach.index import Grid
from geogrid.reach.seen_ground import free_m2
from geogrid.scheme import Scheme
from geogrid.sites import as_points, join


@dataclass(frozen=True, eq=False)
class Around:
    """The surroundings of a plan's cameras, made of layers of its base map (by role, working CRS; any may be absent), each when it is asked for."""

    plan: Plan
    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)

    @property
    def scheme(self) -> Scheme:
        """The plan's scheme."""
        return self.plan.scheme

    @cached_property
    def level(self) -> str:
        """The lowest level whose units are whole cells: below it flats on one cell are of several units, and a street has no one unit."""
        return find_whole_level(self.plan)

    @cached_property
    def levels(self) -> list[str]:
        """The levels that figures are given for, from the top down."""
        ids = [level.id for level in self.scheme.levels]
        return ids[: ids.index(self.level) + 1]

    @cached_property
    def obstacles(self) -> Obstacles:
        """What hides."""
        return make_obstacles(self.layers.get("buildings"), self.layers.get("walls"), self.scheme)

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """The ground by unit: a column of codes per level ("" none), Polygon geometry; together the district."""
        return find_places(self.plan, self.levels)

    @cached_property
    def ground_m2(self) -> np.ndarray:
        """Public ground in each of `places`: what no footprint stands on (canopies are none)."""
        return free_m2(self.places.geometry.to_numpy(), self.obstacles.scene.footprints)

    @cached_property
    def streets(self) -> Streets:
        """Streets in pieces."""
        return make_streets(self.layers.get("roads"), self.plan, self.places.geometry.to_numpy())

    @cached_property
    def street_index(self) -> Grid:
        """Where the pieces are."""
        return Grid.of(self.streets.segments)

    @cached_property
    def doors(self) -> gpd.GeoDataFrame:
        """Doors: `id` `address` and a column of codes per level; see `find_doors`."""
        return find_doors(self.plan, self.layers.get("entrances"), self.obstacles.scene.footprints)

    @property
    def are_doors_estimated(self) -> bool:
        """Tell whether there is no layer of entrances."""
        return not len(self.layers.get("entrances", ()))

    @cached_property
    def door_xy(self) -> np.ndarray:
        """Where the doors are (n, 2)."""
        return shapely.get_coordinates(self.doors.geometry.to_numpy())

    @cached_property
    def door_index(self) -> Grid:
        """Where the doors are."""
        return Grid.of(self.door_xy)


def find_places(plan: Plan, levels: list[str]) -> gpd.GeoDataFrame:
    """Unite the cells of each unit of the last of `levels`, and those that it has no unit for by the units above; sorted by codes."""
    base = plan.base
    first = np.unique(base.cell_position, return_index=True)[1]
    codes = {}
    for level in levels:
        owner = plan.owner(level)[first]
        codes[level] = np.where(owner == NO_UNIT, "", plan.units["code"].reindex(owner).fillna("").to_numpy(dtype=object))
    table = pd.DataFrame(codes)
    cells = base.cells.geometry.to_numpy()
    rows = table.groupby(levels, sort=True).indices
    shapes = [shapely.normalize(shapely.coverage_union_all(cells[of]) if len(of) > 1 else cells[of[0]]) for of in rows.values()]
    keys = [key if isinstance(key, tuple) else (key,) for key in rows]
    return gpd.GeoDataFrame(pd.DataFrame(keys, columns=levels, dtype=object), geometry=shapes, crs=base.crs)


def without_footprints(shapes: np.ndarray, footprints: np.ndarray) -> np.ndarray:
    """Take footprints out of polygons (n,)."""
    row, of = shapely.STRtree(footprints).query(shapes, predicate="intersects")
    order = np.lexsort((of, row))
    bounds = np.searchsorted(row[order], np.arange(len(shapes) + 1))
    out = np.array(shapes, dtype=object)
    for k in np.flatnonzero(np.diff(bounds)):
        built = shapely.disjoint_subset_union_all(footprints[of[order[bounds[k] : bounds[k + 1]]]])
        out[k] = shapely.difference(shapes[k], built)
    return out


def find_doors(plan: Plan, entrances: gpd.GeoDataFrame | None, footprints: np.ndarray) -> gpd.GeoDataFrame:
    """Return the doors inside the district: the layer of entrances where there is one, else estimated entrances of homes, each on the nearest wall.

    Columns `id`, `address` and codes per level; Point geometry.
    """
    levels = [level.id for level in plan.scheme.levels]
    if entrances is not None and len(entrances):
        given = entrances[~shapely.is_missing(as_points(entrances.geometry.to_numpy()))]
        named = {name: given[name].fillna("").astype(str) if name in given else "" for name in ("id", "address")}
        doors = gpd.GeoDataFrame({**named, "geometry": as_points(given.geometry.to_numpy())}, crs=entrances.crs)
    else:
        cells = plan.base.cells
        at = cells[(cells["kind"] == "home") & (cells["entrance"] > 0) & np.isfinite(cells["x"])]
        ids = at["building"].astype(str) + "-" + at["entrance"].astype(str)
        spots = shapely.points(at["x"].to_numpy(float), at["y"].to_numpy(float))
        doors = gpd.GeoDataFrame({"id": ids, "address": ""}, geometry=_to_walls(spots, footprints), crs=cells.crs)
    joined = join(doors.reset_index(drop=True), plan)
    return joined.loc[joined["outside_m"] <= SAME_M, ["id", "address", *levels, "geometry"]].reset_index(drop=True)


def _to_walls(spots: np.ndarray, footprints: np.ndarray) -> np.ndarray:
    """Bring points that lie in a footprint to the nearest of its walls: an estimated entrance stands somewhere in its house."""
    known = footprints[~shapely.is_missing(footprints)]
    row, of = shapely.STRtree(known).query(spots, predicate="intersects")
    row, first = np.unique(row, return_index=True)
    wall = shapely.boundary(known[of[first]])
    out = np.array(spots, dtype=object)
    out[row] = shapely.line_interpolate_point(wall, shapely.line_locate_point(wall, spots[row]))
    return out
