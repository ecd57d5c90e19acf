"""What each lot is used for, from the core outwards, with minimum distances between schools, hospitals and parks.

Housing takes what is left of the built-up area; how far it reaches is decided later by the declared number of buildings.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geogrid.simulate.lots import Land
from geogrid.simulate.profiles import Profile

LARGE_TOWN_KM2 = 41.0  # of the town that the numbers of parks, hospitals, schools, … below were set for
OPEN = ("farmland", "wood", "green", "park", "vacant")


def with_uses(land: Land, profile: Profile, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the lots with `use`, `depth` (0 at the core, 1 at the rim) and `age` (depth with a shift per block)."""
    uses = _Uses(land, profile, rng)
    uses.waste_land()
    uses.landmarks()
    uses.services()
    uses.industry_and_homes()
    uses.country()
    blocks, inverse = np.unique(land.lots.block.values, return_inverse=True)
    age = uses.depth + rng.normal(0, 0.16, len(blocks))[inverse]
    return land.lots.assign(use=uses.use, depth=uses.depth, age=age, by_river_m=uses.river_m)


class _Uses:
    """Distances and areas of all lots, and the uses given so far."""

    def __init__(self, land: Land, profile: Profile, rng: np.random.Generator) -> None:
        self.land, self.profile, self.rng, self.terrain = land, profile, rng, land.terrain
        lots = land.lots
        self.geometry, self.area, self.compact = lots.geometry.values, lots.free_m2.values, lots.compact.values
        self.urban = lots.urban.values
        self.xy = shapely.get_coordinates(shapely.centroid(self.geometry))
        main = land.roads[land.roads["class"].isin(["primary", "ring"])].geometry.values
        self.on_main = np.zeros(len(lots), bool)
        self.on_main[shapely.STRtree(main).query(self.geometry, predicate="dwithin", distance=3)[0]] = True
        self.river_m = self._distance(land.rivers)
        self.rail_m = self._distance(land.railways)
        self.depth = self._depth()
        self.use = np.full(len(lots), "", object)

    def _distance(self, lines: np.ndarray) -> np.ndarray:
        return shapely.distance(self.geometry, shapely.union_all(lines)) if len(lines) else np.full(len(self.geometry), 1e9)

    def _depth(self) -> np.ndarray:
        depth = 1 - self.land.lots.score.values
        depth = depth + 0.15 * np.clip((depth - 0.45) / 0.4, 0, 1) * self.terrain.noise(self.xy * 1.7 + 900)
        town = self.terrain.town_distance_m(self.xy)
        near = (town < 1000) & self.urban
        depth[near] = 0.55 + 0.0002 * town[near]
        return np.where((depth > 0.6) & self.on_main, depth - 0.07, depth)

    def put(self, where: np.ndarray, use: str) -> None:
        """Give `use` to the lots that have none yet."""
        self.use[where & (self.use == "")] = use

    def spread(self, where: np.ndarray, apart_m: float, most: int, use: str) -> None:
        """Give `use` to at most so many lots, inner ones first, none nearer to another than `apart_m`."""
        candidates = np.flatnonzero(where & (self.use == ""))
        candidates = candidates[np.argsort(self.depth[candidates] + self.rng.normal(0, 0.25, len(candidates)), kind="stable")]
        got: list[int] = []
        for lot in candidates:
            if len(got) >= most:
                return
            if not got or np.min(np.hypot(*(self.xy[got] - self.xy[lot]).T)) > apart_m:
                got.append(lot)
                self.use[lot] = use

    def waste_land(self) -> None:
        """Slivers, banks and strips along the railway become green or storage."""
        n = len(self.use)
        self.put(self.urban & ((self.area < 2600) | (self.compact < 0.22)), "green")
        self.put(self.urban & (self.river_m < 12) & (self.area < 12_000), "green")
        self.put(self.urban & (self.rail_m < 10), "green")
        self.put(self.urban & (self.rail_m < 60) & (self.rng.random(n) < 0.5) & (self.depth > 0.35), "storage")

    def landmarks(self) -> None:
        """The great park, the works and the campuses, where the profile wants them."""
        special = self.land.lots.special.values
        self.use[special == "park"], self.use[special == "works"] = "park", "works"
        for campus in self.profile.campuses:
            far = np.hypot(*(self.xy - self.terrain.place(campus)).T)
            self.use[np.argmin(np.where(self.urban & (self.use == ""), far, 1e9))] = "college"

    def services(self) -> None:
        """Parks, hospitals, schools, shopping and offices, each kind with room between them."""
        area, compact, depth, urban, main = self.area, self.compact, self.depth, self.urban, self.on_main
        part = self.profile.town_km2 / LARGE_TOWN_KM2

        def most(n: int) -> int:
            return round(n * part)

        self.spread(urban & (area > 14_000) & (compact > 0.5), 1150, most(40), "park")
        self.spread(urban & (area > 9000) & (depth < 1.0), 1300, most(12), "hospital")
        self.spread(urban & (area > 8000) & (compact > 0.45), 470, most(96), "school")
        self.spread(urban & (area > 4000) & (area < 26_000) & (compact > 0.58) & main & (depth < 0.5), 150, most(60), "shopping")
        self.spread(urban & (area > 6000) & (depth < 0.35) & main, 260, most(10), "government")
        self.spread(urban & (area > 3000) & (area < 20_000) & (compact > 0.55) & main & (depth < 0.95), 420, most(60), "office")

    def industry_and_homes(self) -> None:
        """Industry in its sector and along the railway, some vacant land, homes on all the rest of the town."""
        at = self.terrain.local(self.xy)
        heading = np.degrees(np.arctan2(at[:, 1], at[:, 0]))
        sector = np.abs((heading - self.profile.industry_deg + 180) % 360 - 180) < 34
        n, urban, depth = len(self.use), self.urban, self.depth
        self.put(urban & sector & (depth > 0.62) & self.profile.industry, "industry")
        self.put(urban & (self.rail_m < 420) & (depth > 0.5) & (self.rng.random(n) < 0.55), "industry")
        self.put(urban & (self.rng.random(n) < np.where(depth < 0.6, 0.012, 0.05)), "vacant")
        self.put(urban, "homes")

    def country(self) -> None:
        """Villages by random darts with a least distance that gives way slowly, then woods and works among the fields."""
        self.put(~self.urban, "farmland")
        n, fields = len(self.use), self.use == "farmland"
        inland = shapely.distance(shapely.points(self.xy), self.terrain.district.boundary) > 200
        suited = fields & (self.area > 17e4) & (self.compact > 0.45) & (self.rail_m > 60) & (self.river_m > 20) & inland
        self.use[self._darts(self.rng.permutation(np.flatnonzero(suited)))] = "village"
        near_rail = (self.rail_m < 260) & (self.land.lots.score.values > -0.9)
        self.use[(self.use == "farmland") & near_rail & (self.rng.random(n) < 0.5)] = "industry"
        self.use[(self.use == "farmland") & (self.rng.random(n) < self.profile.wood_share)] = "wood"

    def _darts(self, candidates: np.ndarray) -> list[int]:
        """Pick as many lots as there are villages; the distance each one keeps is drawn anew, so that some stand close."""
        keep = self.rng.uniform(0.55, 1.25, len(self.use))
        apart_m, wanted = 1400.0, self.profile.villages_n
        while True:
            got: list[int] = []
            for lot in candidates:
                if len(got) < wanted and (not got or np.all(np.hypot(*(self.xy[got] - self.xy[lot]).T) > apart_m * keep[lot])):
                    got.append(lot)
            if len(got) >= wanted or apart_m < 150:
                return got
            apart_m *= 0.94
