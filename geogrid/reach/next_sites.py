"""Where the next stations of a kind reach most: candidates, who walks to them, and the choice that the solver proves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geogrid.plan import Plan
from geogrid.reach.candidates import candidates_for, corners
from geogrid.reach.demand import HOUSEHOLDS
from geogrid.reach.siting import Covers, Siting, best_sites
from geogrid.reach.snapping import Snapped
from geogrid.reach.solver import INFEASIBLE, LIMIT_S, OPTIMAL
from geogrid.reach.walking import NETWORK, Ground, nearest
from geogrid.sites import join

if TYPE_CHECKING:
    from geogrid.reach.station_reach import StationReach

CORNERS, GRID, GIVEN = "corners", "grid", "given"
_AMONG = {
    CORNERS: ("street corners", "个街角"),
    GRID: ("points of a grid", "个网点"),
    GIVEN: ("given candidates", "个给定的候选位置"),
}
_SHORT = 16


@dataclass(frozen=True, eq=False)
class NextSites:
    """The best places for more stations of a kind. `siting` holds figures and status, counting what the existing stations serve as `before`.

    `sites`: one row each, the one that gains most first: place (1 …), candidate (row), gained, covered, share, a unit code per level, Point. `source`
    is "corners", "grid" or "given", `candidates` (c, 2) the places chosen among; `uncoverable` is the weight that none of them reaches.
    """

    kind: str
    minutes: float
    what: str
    siting: Siting
    sites: gpd.GeoDataFrame
    candidates: np.ndarray
    source: str
    uncoverable: float

    @property
    def said(self) -> dict[str, str]:
        """How sure the choice is, in a sentence: en, zh."""
        (en, zh), n, siting = _AMONG[self.source], len(self.candidates), self.siting
        if siting.why == "all_reached":
            return {"en": "Everybody is served already.", "zh": "所有住户都已服务到。"}
        out = _amount(self.uncoverable, self.what)
        if siting.status == INFEASIBLE:
            none = f"None of {n:,} {en} reaches anybody who is not served yet ({out[0]})."
            return {"en": none, "zh": f"{n:,} {zh}都够不到尚未服务到的部分（{out[1]}）。"}
        sure, sure_zh = "proved the best", "已证明为最优"
        if siting.status != OPTIMAL:
            most, most_zh = _amount(siting.bound - siting.covered, self.what)
            sure = f"the best found in time; a better one would reach at most {most} more ({siting.gap:.1%})"
            sure_zh = f"限时内找到的最好方案，更好的方案最多再多{most_zh}（{siting.gap:.1%}）"
        rest = f" {out[0]} are farther than {self.minutes:g} minutes from each of them." if self.uncoverable else ""
        rest_zh = f"另有{out[1]}到其中任何一处都超过 {self.minutes:g} 分钟。" if self.uncoverable else ""
        return {"en": f"Chosen among {n:,} {en}: {sure}.{rest}", "zh": f"在 {n:,} {zh}中选取：{sure_zh}。{rest_zh}"}


def next_sites(
    reach: StationReach, kind: str, minutes: float, k: int, candidates: np.ndarray | None = None, *, limit_s: float = LIMIT_S
) -> NextSites:
    """Choose k of the candidates (c, 2), metres, for those whom no station of a kind serves; without any, of street corners or points of a grid."""
    demand, ground, limit_m = reach.demand, reach.ground, reach.limit_m(minutes)
    is_served, (places, place) = reach.serves(kind, minutes), demand.places
    open_weight = np.bincount(place, np.where(is_served, 0, demand.weight), len(places))
    lacking = np.flatnonzero(open_weight > 0)
    weight, source = open_weight[lacking], GIVEN
    if candidates is None:
        source = CORNERS if ground.method == NETWORK else GRID
        spots = corners(ground.network) if source == CORNERS else None
        candidates = candidates_for(places[lacking], weight, limit_m / ground.detour, spots, reach.plan.base.district)
    pairs = _pairs(ground, places[lacking], _part(reach.doors, lacking), candidates, limit_m)
    siting = best_sites(pairs, weight, k, candidates=len(candidates), limit_s=limit_s)
    had, beyond = float(demand.weight[is_served].sum()), float(weight[siting.uncoverable].sum())
    siting = replace(siting, before=had, covered=had + siting.covered, total=float(demand.weight.sum()), bound=had + siting.bound)
    return NextSites(kind, minutes, demand.what, siting, _frame(reach.plan, siting, candidates), candidates, source, beyond)


def _pairs(ground: Ground, homes: np.ndarray, doors: Snapped, candidates: np.ndarray, limit_m: float) -> Covers:
    """Rows of candidates and of homes within the walk, all of them: a list that is full may not be whole and is made again, longer."""
    k = _SHORT
    while True:
        pairs = nearest(ground, homes, candidates, k=k, limit_m=limit_m, snapped=doors)
        if k >= len(candidates) or np.bincount(pairs.demand, minlength=1).max() < k:
            return pairs.station, pairs.demand
        k *= 2


def _part(doors: Snapped, rows: np.ndarray) -> Snapped:
    return Snapped(doors.xy[rows], doors.edge[rows], doors.along_m[rows], doors.leg_m[rows], doors.block[rows])


def _frame(plan: Plan, siting: Siting, candidates: np.ndarray) -> gpd.GeoDataFrame:
    n = len(siting.chosen)
    covered = siting.before + np.cumsum(siting.gain)
    facts = {"place": np.arange(1, n + 1), "candidate": siting.chosen, "gained": siting.gain, "covered": covered, "share": siting.share}
    frame = gpd.GeoDataFrame(facts, geometry=shapely.points(candidates[siting.chosen]) if n else [], crs=plan.base.crs)
    joined = join(frame, plan)
    levels: Sequence[str] = [level.id for level in plan.scheme.levels]
    return joined[[*facts, *levels, "geometry"]]


def _amount(value: float, what: str) -> tuple[str, str]:
    """Write households or land, in English and Chinese."""
    if what == HOUSEHOLDS:
        return f"{value:,.0f} households", f" {value:,.0f} 户"
    return f"{value / 1e4:,.1f} ha of land", f" {value / 1e4:,.1f} 公顷用地"
