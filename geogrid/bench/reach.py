"""How long reach takes on a built project: regions, the whole report, one camera tried, nearest stations, units, capacities, new sites.

With peers, the regions of some cameras (all round, 100 m) are computed by each of them too, in the same run, and their areas compared.
"""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geogrid.bench.reach_stations import station_rows
from geogrid.bench.sight_peers import PEERS, Sight, sight
from geogrid.pipeline.reach_cameras import CameraReach, reach_cameras
from geogrid.reach.place import INDOORS, place
from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors
from geogrid.reach.visible import look
from geogrid.store import open_project

if TYPE_CHECKING:
    from geogrid.store import Project

Row = dict[str, Any]
RANGE_M = 100.0
CAMERAS = 200
"""So many cameras are given to the peers, which take milliseconds for each."""
TRIED = 50


def _silent(words: str) -> None:
    """Tell nobody."""


def bench_reach(project: Path, *, peers: bool = False, cameras: int = CAMERAS, tell: Callable[[str], None] = _silent) -> dict[str, Any]:
    """Measure the reach of a built project: `rows` (what n cpu_s each_ms …) and what it was measured on. The kernels are compiled before."""
    rows: list[Row] = []
    with open_project(project) as opened:
        roles = opened.site_roles
        plan = opened.plan()
        if "cameras" in roles and "buildings" in opened.layers:
            tell("cameras")
            rows += camera_rows(opened)
            rows += sight_rows(opened, cameras, PEERS if peers else {}, tell)
        if "stations" in roles:
            tell("stations")
            rows += station_rows(opened, peers=peers, tell=tell)
        data = {"project": opened.name, "atoms": len(plan.base.atoms), **{role: len(opened.sites(role)) for role in roles}}
    return {"rows": rows, "data": data, "versions": _versions(peers)}


def camera_rows(project: Project) -> list[Row]:
    """Measure the report of all cameras, in the order in which its parts are made, and one camera tried."""
    _warm(project)
    rows, reach = [], reach_cameras(project)
    parts = ("sure", "cameras", "streets", "camera_units", "over_reach")
    for part in parts:
        rows.append(_row(f"camera report: {part}", len(reach.given), lambda part=part: getattr(reach, part)))
    total = sum(row["cpu_s"] for row in rows)
    rows.append({"what": "camera report, all of it", "n": len(reach.given), "cpu_s": round(total, 3)})
    return [*rows, _tried_row(reach)]


def _warm(project: Project) -> None:
    """Compile, or read what was compiled, and read the layers: neither belongs to the work."""
    first = reach_cameras(project)
    CameraReach.of(first.given.iloc[:2], first.around).camera_units  # noqa: B018 - a part is computed when it is asked for


def _tried_row(reach: CameraReach) -> Row:
    """Measure a camera tried where others stand, a metre off."""
    places = reach.given.geometry.iloc[:: max(1, len(reach.given) // TRIED)].iloc[:TRIED]
    reach.tried(float(places.iloc[0].x), float(places.iloc[0].y))
    return _row("one camera tried", len(places), lambda: [reach.tried(place.x + 1.0, place.y) for place in places])


def sight_rows(project: Project, n: int, peers: Mapping[str, Callable[[Sight], float]], tell: Callable[[str], None]) -> list[Row]:
    """Measure regions of cameras that look all round over `RANGE_M` among all houses: of every camera, then of `n` by each peer."""
    houses = project.layer("buildings").geometry.to_numpy()
    points = shapely.centroid(project.sites("cameras").geometry.to_numpy())
    scene = Scene.of(houses)
    x, y, status = place(scene, shapely.get_x(points), shapely.get_y(points))
    outside = np.flatnonzero(status != INDOORS)
    look(scene, Sectors.of(x[:1], y[:1], 0.0, 360.0, RANGE_M))
    own = _row("region, 360°, 100 m", len(outside), lambda: look(scene, Sectors.of(x[outside], y[outside], 0.0, 360.0, RANGE_M)).area_m2())
    some = outside[:: max(1, len(outside) // n)][:n]
    area = look(scene, Sectors.of(x[some], y[some], 0.0, 360.0, RANGE_M)).area_m2()
    tree = shapely.STRtree(houses)
    rows = [own]
    for name, measure in peers.items():
        tell(name)
        rows.append(_peer_row(name, measure, [(houses, tree, float(x[i]), float(y[i])) for i in some], area, own))
    return rows


def _peer_row(name: str, measure: Callable[[Sight], float], cameras: Sequence[tuple[Any, ...]], area: np.ndarray, own: Row) -> Row:
    """Measure a peer on the same cameras; one that is not installed says so. `difference` is the largest of an area, `alike_n` within 1e-6."""
    apart, failed = [], 0
    start = time.process_time()
    try:
        for i, camera in enumerate(cameras):
            seen = sight(*camera, RANGE_M)
            if seen is None:
                failed += 1
                continue
            apart.append(abs(measure(seen) - area[i]) / area[i])
    except ImportError:
        return {"what": f"region by {name}", "note": "not installed"}
    cpu_s = time.process_time() - start
    each_ms = 1000 * cpu_s / max(len(cameras), 1)
    found = {"difference": f"{max(apart, default=0):.1e}", "alike_n": int((np.array(apart) <= 1e-6).sum()), "failed": failed}
    return {
        "what": f"region by {name}",
        "n": len(cameras),
        "cpu_s": round(cpu_s, 3),
        "each_ms": round(each_ms, 4),
        "times": round(each_ms / own["each_ms"]) if own["each_ms"] else None,
        **found,
    }


def _row(what: str, n: int, run: Callable[[], Any]) -> Row:
    start = time.process_time()
    run()
    cpu_s = time.process_time() - start
    return {"what": what, "n": n, "cpu_s": round(cpu_s, 3), "each_ms": round(1000 * cpu_s / max(n, 1), 4)}


def _versions(peers: bool) -> dict[str, str]:
    """Return the versions of what computes, and of the peers that are installed."""
    names = ("geogrid", "numpy", "numba", "shapely", "scipy", "highspy", *((*PEERS, "networkx", "spopt") if peers else ()))
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
