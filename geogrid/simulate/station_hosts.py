"""Where stations go: communities spread farthest-first by households, one to a street, or all round the middle of homes.

In each a building that suits it is chosen.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geogrid.simulate.profiles import Service

SUITED = ("service", "shop", "government")
POSSIBLE = (*SUITED, "shopping", "old", "mid", "high", "tower")
SUITED_BONUS_M, AGAIN_BONUS_M, TAKEN_MALUS_M = 400.0, 50.0, 60.0
DIRECTIONS = (("centre", 1), ("east", 2), ("south", 1), ("west", 2), ("north", 2))
AXIS_DEG = {"east": 0, "north": 90, "west": 180, "south": 270}
WITHIN_DEG, CENTRE_SHARE, CLEAR = 25.0, 0.2, 1.2
ROUNDS = 60


class Sites:
    """Buildings of all communities, which of them house a station, and which communities have one of a kind.

    `households` by community; `community_of` by building; `green`: lots for what stands outdoors, their row and middle, and their community.
    """

    def __init__(
        self,
        communities: gpd.GeoDataFrame,
        households: np.ndarray,
        buildings: gpd.GeoDataFrame,
        community_of: np.ndarray,
        green: tuple[np.ndarray, np.ndarray],
    ) -> None:
        self.green_xy, self.green_community = green
        self.codes, self.streets = communities.code.to_numpy(), communities.parent.to_numpy()
        self.households, self.community_of = households, community_of
        self.lived = buildings.households.to_numpy()
        self.xy = shapely.get_coordinates(shapely.centroid(buildings.geometry.values))
        self.middle = _middles(self.xy, self.lived, community_of, communities)
        self.taken = np.zeros(len(buildings), bool)
        self.kind = buildings.kind.to_numpy()
        self.suited, self.possible = np.isin(self.kind, SUITED), np.isin(self.kind, POSSIBLE)
        self.placed: dict[str, list[tuple[int, int]]] = {}

    def hosts(self, service: Service) -> list[tuple[int, int]]:
        """Return the building and the community (rows) of each station of a service; -1 - k for the k-th place outdoors."""
        used = self.placed.setdefault(service.kind, [])
        if service.inside:
            found = self.placed[service.inside][-service.n :]
        elif service.directions:
            found = self._round(service.n)
        elif service.outdoors:
            places = _spread(min(service.n, len(self.green_xy)), self.green_xy, np.zeros(len(self.green_xy)))
            found = [(-1 - k, int(self.green_community[k])) for k in places]
        elif service.among:
            here = np.flatnonzero(np.isin(self.kind, service.among) & ~self.taken)
            found = [(int(here[k]), int(self.community_of[here[k]])) for k in _spread(service.n, self.xy[here], np.zeros(len(here)))]
            self.taken[[building for building, _ in found]] = True
        else:
            found = []
            for k in self._communities(service, {k for _, k in used}):
                found.append((self._building(k, [building for building, home in used + found if home == k]), k))
        used += found
        return found

    def _communities(self, service: Service, used: set[int]) -> list[int]:
        if service.at:
            return [k for k, code in enumerate(self.codes) if code == service.at] * service.n
        if service.per == "street":
            groups = [np.flatnonzero(self.streets == code) for code in np.unique(self.streets)]
            return [int(_nearest_to_mean(self.middle, group)) for group in groups][: service.n]
        free = np.array([k for k in range(len(self.middle)) if k not in used])
        if service.n > len(free) and used:
            free = np.arange(len(self.middle))
        return [int(free[k]) for k in _spread(service.n, self.middle[free], self.households[free])]

    def _building(self, k: int, others: list[int]) -> int:
        """Return the suited building nearest to the middle of a community's homes, or farthest from `others` there of its kind, and take it."""
        here = np.flatnonzero((self.community_of == k) & self.possible)
        here = here if len(here) else np.flatnonzero(self.community_of == k)
        far = np.hypot(*(self.xy[here] - self.middle[k]).T)
        bonus = SUITED_BONUS_M
        if others:
            far = -np.min([np.hypot(*(self.xy[here] - self.xy[other]).T) for other in others], axis=0)
            bonus = AGAIN_BONUS_M
        far = far - bonus * self.suited[here] + TAKEN_MALUS_M * self.taken[here]
        host = int(here[np.argmin(far)])
        self.taken[host] = True
        return host

    def _round(self, n: int) -> list[tuple[int, int]]:
        """Spread `n` over the centre of homes and the four quarters round it, well away from the borders between them."""
        middle, radius = _centre(self.xy, self.lived)
        off = self.xy - middle
        away, turn = np.hypot(*off.T), np.degrees(np.arctan2(off[:, 1], off[:, 0]))
        found: list[int] = []
        for zone, wanted in DIRECTIONS:
            near = away < radius / 2
            if zone != "centre":
                near = (np.abs((turn - AXIS_DEG[zone] + 180) % 360 - 180) < WITHIN_DEG) & (away > CLEAR * radius)
            there = np.flatnonzero(near & self.possible)
            found += self._apart(there if len(there) >= wanted else np.flatnonzero(near), wanted)
        self.taken[found[:n]] = True
        return [(building, int(self.community_of[building])) for building in found[:n]]

    def _apart(self, here: np.ndarray, n: int) -> list[int]:
        """Return `n` of the buildings `here`: one in their middle, then those farthest from the ones chosen, suited ones first."""
        if not len(here):
            return []
        bonus = SUITED_BONUS_M * (self.suited[here] & ~self.taken[here])
        found = [int(np.argmin(np.hypot(*(self.xy[here] - self.xy[here].mean(0)).T) - bonus))]
        while len(found) < min(n, len(here)):
            apart = np.min([np.hypot(*(self.xy[here] - self.xy[here[k]]).T) for k in found], axis=0)
            found.append(int(np.argmax(np.where(apart > 0, apart + bonus, -1))))
        return [int(here[k]) for k in found]


def _middles(xy: np.ndarray, households: np.ndarray, community_of: np.ndarray, communities: gpd.GeoDataFrame) -> np.ndarray:
    weight = households + 0.01
    total = np.bincount(community_of, weights=weight, minlength=len(communities))
    sums = [np.bincount(community_of, weights=weight * xy[:, k], minlength=len(communities)) for k in (0, 1)]
    inside = shapely.get_coordinates(shapely.point_on_surface(communities.geometry.values))
    return np.where(total[:, None] > 0, np.stack(sums, 1) / np.maximum(total, 1e-9)[:, None], inside)


def _nearest_to_mean(middle: np.ndarray, group: np.ndarray) -> int:
    return group[np.argmin(np.hypot(*(middle[group] - middle[group].mean(0)).T))]


def _spread(n: int, middle: np.ndarray, households: np.ndarray) -> list[int]:
    """Return the communities that get one: all of them, or the farthest ones first, weighed by households."""
    if n >= len(middle):
        return [k % len(middle) for k in range(n)]
    got = [int(np.argmax(households))]
    apart = np.hypot(*(middle - middle[got[0]]).T)
    while len(got) < n:
        got.append(int(np.argmax(apart * np.sqrt(households + 30))))
        apart = np.minimum(apart, np.hypot(*(middle - middle[got[-1]]).T))
    return got


def _centre(xy: np.ndarray, households: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the point with about the least sum of ways to all homes, and the radius within which a fifth of them are."""
    homes, weight = xy[households > 0], households[households > 0].astype(float)
    at = weight @ homes / weight.sum()
    for _ in range(ROUNDS):
        pull = weight / np.maximum(np.hypot(*(homes - at).T), 1.0)
        at = pull @ homes / pull.sum()
    away = np.hypot(*(homes - at).T)
    order = np.argsort(away, kind="stable")
    return at, float(away[order][np.searchsorted(np.cumsum(weight[order]), CENTRE_SHARE * weight.sum())])
