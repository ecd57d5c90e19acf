"""All buildings of a district: estates until the declared number of homes stands, then everything else, exactly counted.

The age up to which estates are old decides how many flats a building has; it is found by false position. Each lot has a random
generator of its own for each kind of estate, so that a pass changes only the lots whose kind changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Polygon

from geogrid.errors import GeogridError
from geogrid.simulate.batches import Batch, join
from geogrid.simulate.estates import Estate, fill_estate
from geogrid.simulate.exact_stairs import with_stairwells
from geogrid.simulate.footprints import draw
from geogrid.simulate.institutions import fill_institution
from geogrid.simulate.landuse import OPEN
from geogrid.simulate.profiles import Profile

PASSES = 12
CLOSE_SHARE = 0.004
KEPT_LAST = {"industry": 0, "storage": 0, "service": 1, "shop": 2}


@dataclass(frozen=True, eq=False)
class Built:
    """Buildings (columns of COLUMNS and geometry; homes have `flats` > 0), lots with their final use, and greens (kind, polygon)."""

    buildings: gpd.GeoDataFrame
    lots: gpd.GeoDataFrame
    greens: list[tuple[str, Polygon]]


def build(lots: gpd.GeoDataFrame, on_street: np.ndarray, profile: Profile, seed: int) -> Built:
    """Build on all lots; `on_street` says which lots meet a street."""
    site = _Site(lots, on_street, profile, seed)
    uses, estates = site.calibrated()
    batches = [batch for estate in estates.values() for batch in estate.batches]
    greens = [("garden", estate.garden) for estate in estates.values() if estate.garden is not None]
    for lot in np.flatnonzero(~np.isin(uses, (*OPEN, "homes", "village"))):
        batch, track = site.institution(lot, uses[lot])
        batches += [batch] if batch is not None else []
        greens += [("track", track)] if track is not None else []
    table = join(batches)
    geometry = draw(*(table[c].to_numpy() for c in ("x", "y", "angle", "length_m", "width_m", "template")))
    lots = lots.assign(use=uses, kind=[site.kinds.get(k, "") if k in estates else "" for k in range(len(lots))])
    frame = _without_clashes(gpd.GeoDataFrame(table, geometry=geometry, crs=lots.crs), lots)
    counted = _counted(frame, lots.depth.to_numpy(), profile, np.random.default_rng([seed, 77]))
    if profile.stairwells_n:
        counted = with_stairwells(counted, profile.stairwells_n, np.random.default_rng([seed, 78]))
    _check_room(counted, profile)
    idle = lots.use.isin(["industry", "storage"]) & ~lots.index.isin(counted.lot)
    return Built(counted, lots.assign(use=np.where(idle, "farmland", lots.use)), greens)


class _Site:
    """The lots as arrays, and a memory of the estates already drawn."""

    def __init__(self, lots: gpd.GeoDataFrame, on_street: np.ndarray, profile: Profile, seed: int) -> None:
        self.profile, self.seed, self.on_street = profile, seed, on_street
        self.free, self.angle, self.area = lots.free.values, lots.angle.values, lots.free_m2.values
        self.use, self.age, self.depth, self.block = lots.use.values, lots.age.values, lots.depth.values, lots.block.values
        self.chance = np.random.default_rng([seed, 5]).random((len(lots), 3))
        self.block_chance = dict(zip(np.unique(self.block), np.random.default_rng([seed, 6]).random(len(np.unique(self.block))), strict=True))
        self.memory: dict[tuple[int, str], Estate | None] = {}
        self.kinds: dict[int, str] = {}

    def estate(self, lot: int, kind: str) -> Estate | None:
        key = (lot, kind)
        if key not in self.memory:
            rng = np.random.default_rng([self.seed, lot, len(kind), ord(kind[0])])
            self.memory[key] = fill_estate(lot, self.free[lot], self.angle[lot], kind, bool(self.on_street[lot]), rng)
        return self.memory[key]

    def institution(self, lot: int, use: str) -> tuple[Batch | None, Polygon | None]:
        if self.area[lot] < 1500:
            return None, None
        return fill_institution(lot, self.free[lot], self.angle[lot], use, np.random.default_rng([self.seed, lot, 9]))

    def estate_kind(self, lot: int, old_until: float) -> str:
        age, chance = self.age[lot], self.chance[lot, 0]
        kind = "tower" if self.block_chance[self.block[lot]] >= 0.3 else "high"
        if age < old_until * 1.12 + 0.06:
            kind = "mid"
        if age < old_until:
            kind = "tower" if chance < 0.07 else "high" if chance > 0.94 else "old"
        return "mid" if self.area[lot] < 7000 and kind in ("tower", "high") else kind

    def populate(self, old_until: float) -> tuple[np.ndarray, dict[int, Estate]]:
        """Fill housing lots from the core outwards until the homes wanted stand; the rest become something else."""
        uses, estates, homes_n, stairs, flats = self.use.copy(), {}, 0, 0, 0.0
        for lot in np.flatnonzero(self.use == "homes")[np.argsort(self.depth[self.use == "homes"], kind="stable")].tolist():
            if self.area[lot] < 1500:
                uses[lot] = "green"
            elif self._stand(homes_n, stairs, flats):
                uses[lot] = self._left_over(lot)
            else:
                kind = self.estate_kind(lot, old_until)
                estate = self.estate(lot, kind)
                if estate is None:
                    uses[lot] = "green"
                    continue
                estates[lot], self.kinds[lot] = estate, kind
                homes_n += estate.homes_n
                stairs += estate.stairs
                flats += estate.flats
        return uses, estates

    def _stand(self, homes_n: int, stairs: int, flats: float) -> bool:
        """Tell whether enough is built: the declared buildings and stairwells, or flats for all households where none are declared."""
        wanted = self.profile.residential_n
        if not wanted:
            return flats >= self.profile.flats_n
        return homes_n >= wanted and stairs - (homes_n - wanted) >= (self.profile.stairwells_n or 0)  # homes that go later have one at least

    def _left_over(self, lot: int) -> str:
        if self.block_chance[self.block[lot]] < 0.34:
            return "industry"
        if self.depth[lot] < 0.72:
            return "green" if self.chance[lot, 1] < 0.55 else "vacant"
        return "vacant" if self.chance[lot, 1] < 0.2 else "farmland"

    def calibrated(self) -> tuple[np.ndarray, dict[int, Estate]]:
        """Move the age of old estates until flats a building are as the households ask."""
        profile = self.profile
        wanted = profile.flats_n / profile.homes_n
        low, high, tried = (0.0, np.inf), (1.6, 0.0), []
        old_until = 0.42
        for _ in range(PASSES):
            uses, estates = self.populate(old_until)
            flats = _flats_per_building(estates, 0 if profile.residential_n else profile.homes_n)
            tried.append((abs(flats / wanted - 1), old_until))
            if tried[-1][0] < CLOSE_SHARE:
                return uses, estates
            low, high = ((old_until, flats), high) if flats > wanted else (low, (old_until, flats))
            old_until = _between(low, high, wanted)
        return self.populate(min(tried)[1])


def _between(low: tuple[float, float], high: tuple[float, float], wanted: float) -> float:
    """More old estates make fewer flats: interpolate once both sides are known, else step towards the answer."""
    if np.isfinite(low[1]) and high[1] > 0:
        part = np.clip((low[1] - wanted) / (low[1] - high[1]), 0.1, 0.9)
        return low[0] + (high[0] - low[0]) * part
    return low[0] + min(0.12, 0.02 + 0.0105 * (low[1] - wanted)) if np.isfinite(low[1]) else high[0] - min(0.12, 0.02 + 0.0105 * (wanted - high[1]))


def _flats_per_building(estates: dict[int, Estate], buildings_n: int) -> float:
    """Return the flats of all estates per building, or per so many buildings where their number is free."""
    homes_n = buildings_n or sum(estate.homes_n for estate in estates.values())
    return sum(estate.flats for estate in estates.values()) / max(homes_n, 1)


def _without_clashes(buildings: gpd.GeoDataFrame, lots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop shops and service houses that leave their lot or stand within 2.5 m of another building."""
    geometry = buildings.geometry.values
    small = np.flatnonzero(buildings.kind.isin(["service", "shop"]))
    a, b = shapely.STRtree(geometry).query(geometry[small], predicate="dwithin", distance=2.5)
    close = small[a[small[a] != b]]
    outside = small[~shapely.covers(lots.free.values[buildings.lot.values[small]], geometry[small])]
    return buildings.drop(index=np.union1d(close, outside)).reset_index(drop=True)


def _counted(buildings: gpd.GeoDataFrame, depth: np.ndarray, profile: Profile, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Drop surplus homes (outermost first) and surplus works, storage, service houses and shops, to the declared numbers.

    Works go lot by lot, the outermost first, so that what stays is a whole yard; shops and service houses here and there.
    """
    home = buildings.flats.values > 0
    homes_n = profile.residential_n or int(home.sum())
    keep = np.ones(len(buildings), bool)
    keep[_surplus(buildings, np.flatnonzero(home), homes_n, profile.stairwells_n or 0)] = False
    others = np.flatnonzero(~home)
    other_n = len(others) if profile.other_n is None else profile.other_n
    if home.sum() < homes_n or len(others) < other_n:
        raise GeogridError(
            f"this seed leaves room for {home.sum()} residential and {len(others)} other buildings, fewer than declared: take another seed",
            f"此种子只放得下 {home.sum()} 栋住宅、{len(others)} 栋其他建筑，少于公布数：请换一个种子",
        )
    kind = buildings.kind.to_numpy()[others]
    outer = np.where(np.isin(kind, ("industry", "storage")), -depth[buildings.lot.to_numpy()[others]], rng.random(len(others)))
    order = np.lexsort((outer, [KEPT_LAST.get(k, 9) for k in kind]))
    keep[others[order[: max(0, len(others) - other_n)]]] = False
    return pd.DataFrame(buildings)[keep].reset_index(drop=True).pipe(gpd.GeoDataFrame, geometry="geometry", crs=buildings.crs)


def _surplus(buildings: gpd.GeoDataFrame, homes: np.ndarray, wanted: int, stairs_n: int) -> np.ndarray:
    """Return the homes (rows) beyond the number wanted: the outermost, or those with the fewest stairwells where too few would be left."""
    stairs = buildings.stairs.to_numpy()
    enough = stairs[homes[:wanted]].sum() >= stairs_n
    return homes[wanted:] if enough else homes[np.argsort(-stairs[homes], kind="stable")][wanted:]


def _check_room(buildings: gpd.GeoDataFrame, profile: Profile) -> None:
    """Raise GeogridError where the flats are fewer than the households."""
    flats = float((buildings.stairs * buildings.flats * buildings.floors).sum())
    if flats < profile.households_n - profile.yards_n:
        raise GeogridError(
            f"this seed leaves room for {flats:,.0f} flats, fewer than the households: take another seed",
            f"此种子只放得下 {flats:,.0f} 套住房，少于户数：请换一个种子",
        )
