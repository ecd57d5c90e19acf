"""How long stations take on a built project: walks, units, one tried; capacities and new sites at the sizes of the promise, the same with peers.

Sizes above what the project holds are those of the project. A peer is given the very pairs that are solved here, and what it finds is compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from geogrid.bench.station_peers import Timed, allotted_by_highs, sited_by_spopt, walks_by_networkx
from geogrid.pipeline.reach_stations import reach_stations
from geogrid.reach.candidates import corners
from geogrid.reach.capacity import allot
from geogrid.reach.siting import best_sites
from geogrid.reach.transport import transport
from geogrid.reach.walking import NETWORK, Ground, nearest

if TYPE_CHECKING:
    from geogrid.reach.station_reach import StationReach
    from geogrid.store import Project

Row = dict[str, Any]
ALLOTTED = ((6_000, 175), (20_000, 566))
SITED = (20_000, 200, 20)
WALK_M = 800.0
ROOM = 1.05
BEST = 5
NEAREST = 10
LIMIT_S = 120.0


def station_rows(project: Project, *, peers: bool, tell: Callable[[str], None]) -> list[Row]:
    """Measure the parts of the station report, then capacities and new sites."""
    _warm(project)
    reach = reach_stations(project)
    kinds = [kind for kind in reach.kinds if kind.n]
    rows = [_row("nearest stations, every kind", len(reach.demand), lambda: [reach.walks(kind.key) for kind in kinds])]
    rows.append(_row("units by kind and minutes, with capacities", len(reach.demand), reach.station_units))
    rows.append(_row("checks of every kind", len(reach.demand), lambda: reach.checks))
    kind, minutes = max(kinds, key=lambda one: one.n).key, reach.minutes[len(reach.minutes) // 2]
    x, y = reach.demand.xy[0]
    rows.append(_row("one station tried", 1, lambda: reach.tried(kind, float(x), float(y), minutes)))
    rows.append(_row("capacities of a kind", len(reach.demand), lambda: reach.capacity(kind, 2 * reach.minutes[-1])))
    rows.append(_row(f"best {BEST} new sites of a kind", len(reach.demand), lambda: reach.best(kind, minutes, BEST)))
    if peers and reach.method == NETWORK:
        tell("networkx")
        rows += _walk_rows(reach)
    for n, m in ALLOTTED:
        tell(f"capacities {n:,} × {m}")
        rows += _allotted_rows(reach, n, m, peers)
    tell("new sites")
    return [*rows, *_sited_rows(reach, peers)]


def _warm(project: Project) -> None:
    """Compile, or read what was compiled: it does not belong to the work."""
    reach = reach_stations(project)
    kind = reach.kinds[0].key
    reach.capacity(kind)
    reach.best(kind, reach.minutes[0], 1)


def _walk_rows(reach: StationReach) -> list[Row]:
    """Measure nearest stations of any kind along paths, the doors and stations set on the network before."""
    ground = Ground(reach.ground.network, reach.ground.detour, NETWORK)
    places, _ = reach.demand.places
    doors, stations = ground.set_down(places), ground.set_down(reach.stations.xy)
    row = _row("walk to the nearest of all stations", len(places), lambda: nearest(ground, places, reach.stations.xy, snapped=doors))
    pairs = nearest(ground, places, reach.stations.xy, snapped=doors)
    walk = np.full(len(places), np.inf)
    walk[pairs.demand] = pairs.walk_m
    peer = _tried(lambda: walks_by_networkx(ground, doors, stations))
    if peer is None:
        return [row, {"what": "the same by networkx", "note": "not installed"}]
    known = np.isfinite(walk)
    apart = np.abs(np.asarray(peer.found)[known] - walk[known]) if known.any() else np.zeros(1)
    same_ends = bool((np.isfinite(np.asarray(peer.found)) == known).all())
    facts = {"difference": f"{apart.max():.1e} m", "alike_n": int((apart <= 0.001).sum()), "failed": 0 if same_ends else 1}
    return [row, _peer_row("the same by networkx", peer, len(places), row, facts)]


def _allotted_rows(reach: StationReach, n: int, m: int, peers: bool) -> list[Row]:
    """Measure capacities: n places and m stations drawn from the project, all as large, with room for a twentieth more than live there."""
    rng = np.random.default_rng(0)
    places, lived = _lived(reach)
    some, sites = np.sort(rng.permutation(len(places))[:n]), np.sort(rng.permutation(len(reach.stations.xy))[:m])
    households = lived[some]
    pairs = nearest(reach.ground, places[some], reach.stations.xy[sites], k=NEAREST)
    given = pairs.demand, pairs.station, pairs.walk_m
    capacity = np.full(len(sites), np.floor(households.sum() * ROOM / len(sites)))
    found = allot(given, households, capacity)
    name = f"capacities {len(some):,} × {len(sites)}"
    row = _row(name, len(some), lambda: allot(given, households, capacity))
    divided = households[np.unique(pairs.demand)].sum() - transport(*given, households, capacity).sum()
    row["found"] = f"{found.left_over.sum():,.0f} left over; {divided:,.0f} where a door may be divided"
    if not peers:
        return [row]
    peer = allotted_by_highs(given, households, capacity, LIMIT_S)
    facts = {"found": "not in time" if peer.found is None else f"{peer.found:,.0f} left over where a door may be divided"}
    return [row, _peer_row("the same by HiGHS, a linear program", peer, len(some), row, facts)]


def _sited_rows(reach: StationReach, peers: bool) -> list[Row]:
    """Measure new sites: places and candidates drawn from the project, within `WALK_M`."""
    n, c, k = SITED
    rng = np.random.default_rng(0)
    places, lived = _lived(reach)
    some = np.sort(rng.permutation(len(places))[:n])
    spots = corners(reach.ground.network) if len(reach.ground.network) else places
    candidates = spots[np.sort(rng.permutation(len(spots))[:c])]
    pairs = nearest(reach.ground, places[some], candidates, k=len(candidates), limit_m=WALK_M)
    covers = pairs.station, pairs.demand
    sited = best_sites(covers, lived[some], k, candidates=len(candidates))
    name = f"best {k} of {len(candidates)} sites for {len(some):,} doors"
    row = _row(name, len(some), lambda: best_sites(covers, lived[some], k, candidates=len(candidates)))
    row["found"] = f"{sited.status}, gap {sited.gap:.2%}, {sited.covered:,.0f} covered"
    if not peers:
        return [row]
    peer = _tried(lambda: sited_by_spopt(covers, lived[some], len(candidates), k, LIMIT_S))
    if peer is None:
        return [row, {"what": "the same by spopt", "note": "not installed"}]
    facts = {"found": "not in time" if peer.found is None else f"{peer.found:,.0f} covered"}
    return [row, _peer_row("the same by spopt", peer, len(some), row, facts)]


def _lived(reach: StationReach) -> tuple[np.ndarray, np.ndarray]:
    places, place = reach.demand.places
    return places, np.round(np.bincount(place, reach.demand.weight, len(places)))


def _tried(run: Callable[[], Timed]) -> Timed | None:
    """Return what a peer found, None where it is not installed."""
    try:
        return run()
    except ImportError:
        return None


def _peer_row(what: str, peer: Timed, n: int, own: Row, facts: Row) -> Row:
    cpu_s = peer.build_s + peer.solve_s
    times = round(cpu_s / own["cpu_s"]) if own["cpu_s"] else None
    note = f"{peer.build_s:.2f} s of them set the problem up"
    return {"what": what, "n": n, "cpu_s": round(cpu_s, 3), "each_ms": round(1000 * cpu_s / max(n, 1), 4), "times": times, **facts, "note": note}


def _row(what: str, n: int, run: Callable[[], Any]) -> Row:
    start = time.process_time()
    run()
    cpu_s = time.process_time() - start
    return {"what": what, "n": n, "cpu_s": round(cpu_s, 3), "each_ms": round(1000 * cpu_s / max(n, 1), 4)}
