"""Communities under streets: real codes and names, their placing invented, made of whole blocks so that borders follow roads.

Towns take the country round their seats, street offices the city; each is then divided among its communities by households and land.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse.csgraph import connected_components

from geogrid.errors import GeogridError
from geogrid.simulate.bisection import Graph, feed, mend, neighbours, split
from geogrid.simulate.lots import Land
from geogrid.simulate.names import community_name
from geogrid.simulate.profiles import Profile

LAND_WEIGHT_PER_HA = 1.2
HEAVY_BLOCKS = (1.45, 0.7, 0.0)
"""A block of so many mean communities is taken lot by lot; lower, where a small town has too few blocks."""
SMALL_SHARE = 0.3  # of the mean that the smallest community of a town has
LARGE_COUNTRY_M2 = 6e6
COUNTRY_FACTOR = 4.6
LEAST_HOUSEHOLDS = 300
LEAST_SHARE = 0.7  # of the mean of its communities that a street of a built-up area has of the households


@dataclass(frozen=True, eq=False)
class Divided:
    """Communities (index 0.., code name parent geometry), streets (code name parent geometry), and each lot's community (row)."""

    communities: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    of_lot: np.ndarray
    graph: Graph


def divide(land: Land, households: np.ndarray, profile: Profile, streets: pd.DataFrame, listed: pd.DataFrame) -> Divided:
    """Divide the lots into communities; `households` (n,) per lot, `streets` code name, `listed` code name streetCode of the communities."""
    tried = []
    for heavy in HEAVY_BLOCKS if profile.built_up_km2 else HEAVY_BLOCKS[:1]:
        atoms = _Atoms(land, households, profile, listed, heavy)
        label = _labelled(atoms, listed, profile)
        least = np.bincount(label, weights=atoms.households, minlength=len(listed)).min()
        tried.append((least, atoms, label))
        if least >= SMALL_SHARE * households.sum() / len(listed):
            break
    least, atoms, label = max(tried, key=lambda t: t[0])
    if least <= 0:
        raise GeogridError("this seed leaves a community without homes: take another seed", "此种子使某个社区没有住户：请换一个种子")
    of_lot = label[atoms.of_lot]
    names = [community_name(name) for name in listed.name]
    found = gpd.GeoDataFrame(
        {"code": listed.code, "name": names, "parent": listed.streetCode},
        geometry=_unions(land.lots.geometry.values, of_lot, len(listed)),
        crs=land.lots.crs,
    )
    return Divided(found, _street_frame(found, streets), of_lot, atoms.lot_graph(of_lot, len(listed)))


def _labelled(atoms: _Atoms, listed: pd.DataFrame, profile: Profile) -> np.ndarray:
    """Return each atom's community (row), every community connected and inside its street."""
    street = atoms.streets(listed, profile)
    label = np.full(atoms.graph.n, -1)
    for code, group in listed.groupby("streetCode"):
        nodes = np.flatnonzero(street == code)
        label[nodes] = group.index.to_numpy()[split(atoms.graph, nodes, atoms.weight, np.ones(len(group)))]
    part = np.unique(street, return_inverse=True)[1]
    label = mend(atoms.graph, label, atoms.weight, allowed=part)
    return feed(atoms.graph, label, atoms.households, LEAST_HOUSEHOLDS, allowed=part)


def _street_frame(communities: gpd.GeoDataFrame, streets: pd.DataFrame) -> gpd.GeoDataFrame:
    codes = np.unique(communities.parent)
    name = dict(zip(streets.code, streets.name, strict=True))
    shapes = [shapely.coverage_union_all(communities.geometry.values[communities.parent.values == c]) for c in codes]
    return gpd.GeoDataFrame({"code": codes, "name": [name[c] for c in codes], "parent": [c[:6] for c in codes]}, geometry=shapes, crs=communities.crs)


def _unions(geometry: np.ndarray, label: np.ndarray, n: int) -> np.ndarray:
    return np.array([shapely.coverage_union_all(geometry[label == k]) for k in range(n)], object)


class _Atoms:
    """What communities are made of: whole blocks in town, single lots in the country and where a block is too heavy."""

    def __init__(self, land: Land, households: np.ndarray, profile: Profile, listed: pd.DataFrame, heavy_block: float) -> None:
        lots, self.terrain = land.lots, land.terrain
        weight = households + shapely.area(lots.geometry.values) / 1e4 * LAND_WEIGHT_PER_HA
        blocks, block = np.unique(lots.block.values, return_inverse=True)
        heavy = np.bincount(block, weights=weight)[block] >= heavy_block * weight.sum() / profile.communities_n
        whole = lots.urban.values & ~heavy
        key = np.where(whole, block, len(blocks) + np.arange(len(lots)))
        _, first, self.of_lot = np.unique(key, return_index=True, return_inverse=True)
        self.weight, self.households = (np.bincount(self.of_lot, weights=w) for w in (weight, households))
        areas = _unions(lots.geometry.values, self.of_lot, len(first))
        barrier = shapely.union_all(np.r_[land.river_lines, land.railways])
        self.graph = neighbours(areas, lots.block.values[first], lots.superblock.values[first], barrier)
        self.has_country = not profile.built_up_km2
        towns_n = int((listed.streetCode.str[6] == "1").sum())
        self.country_weight = COUNTRY_FACTOR * weight.sum() * towns_n / max(len(listed), 1)
        self.area_m2, self.xy = shapely.area(areas), shapely.get_coordinates(shapely.centroid(areas))
        self.rural = self._country(~lots.urban.values[first])

    def _country(self, rural: np.ndarray) -> np.ndarray:
        """Country that belongs to towns: the outermost, as long as it is not too much for their few communities."""
        near = self.terrain.town_distance_m(self.xy) < 1500
        far = np.hypot(*(self.xy - self.terrain.core).T)
        order = np.flatnonzero(rural | near)
        order = order[np.argsort(-far[order], kind="stable")]
        out = np.zeros(len(rural), bool)
        out[order[np.cumsum(self.weight[order]) <= self.country_weight]] = True
        return out

    def streets(self, listed: pd.DataFrame, profile: Profile) -> np.ndarray:
        """Return each atom's street code, every street connected."""
        count = listed.groupby("streetCode").size()
        towns = [c for c in count.index if c[6] == "1" and self.has_country]
        offices = [c for c in count.index if c not in towns]
        rural = self._two_parts() if towns and offices else np.full(self.graph.n, bool(towns))
        number = np.full(self.graph.n, -1)
        order = list(count.index)
        for part, codes in ((rural, towns), (~rural, offices)):
            nodes = np.flatnonzero(part)
            if len(nodes) and codes:
                codes, label = self._placed(nodes, codes, count, profile)
                number[nodes] = np.array([order.index(c) for c in codes])[label]
        number = mend(self.graph, number, self.weight)
        if not self.has_country:
            wanted = LEAST_SHARE * count.to_numpy() / len(listed) * self.households.sum()
            number = feed(self.graph, number, self.households, wanted, allowed=np.zeros(self.graph.n, int))
        return np.array(order, object)[number]

    def _placed(self, nodes: np.ndarray, codes: list[str], count: pd.Series, profile: Profile) -> tuple[list[str], np.ndarray]:
        """Split among streets; where the profile says where streets lie, take the order of codes that comes nearer."""
        tries = [codes, codes[::-1]] if all(c in profile.street_near for c in codes) else [codes]
        made = [(order, split(self.graph, nodes, self.weight, count[order].to_numpy(float))) for order in tries]

        def miss(order: list[str], label: np.ndarray) -> float:
            middles = [np.average(self.xy[nodes[label == k]], axis=0, weights=self.area_m2[nodes[label == k]]) for k in range(len(order))]
            return float(sum(np.hypot(*(m - np.array(profile.street_near[c]))) for m, c in zip(middles, order, strict=True)))

        return made[0] if len(made) == 1 else min(made, key=lambda m: miss(*m))

    def _two_parts(self) -> np.ndarray:
        """Make town and country connected: lesser pieces change sides, but a large piece of country stays country."""
        rural = self.rural.copy()
        for _ in range(6):
            changed = False
            for side in (False, True):
                nodes = np.flatnonzero(rural == side)
                n, component = connected_components(self.graph.matrix(nodes), directed=False)
                size = np.bincount(component, weights=self.area_m2[nodes])
                keep = (size == size.max()) | ((size > LARGE_COUNTRY_M2) & side)
                if n > 1 and not keep.all():
                    rural[nodes[~keep[component]]], changed = not side, True
            if not changed:
                break
        return rural

    def lot_graph(self, of_lot: np.ndarray, n: int) -> Graph:
        """Return which communities touch, from the graph of atoms."""
        label = np.full(self.graph.n, -1)
        label[self.of_lot] = of_lot
        pairs = np.sort(np.c_[label[self.graph.a], label[self.graph.b]], axis=1)
        pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
        return Graph(n, pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))
