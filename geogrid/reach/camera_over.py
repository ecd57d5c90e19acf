"""Where cameras see what they should not (State Council Decree 799): prohibited places, and dwellings' façades within the scheme's distance.

A camera outdoors never sees into a place indoors, so of such a place it is said that the camera faces the façade of its building. A wall that a
camera hangs on is seen along, not looked at: façades nearer than half a metre to its side are left out.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.catalogue import why
from geogrid.findings import Finding
from geogrid.reach.camera_around import Around
from geogrid.reach.camera_seen import View
from geogrid.reach.facades import facades

FACADE, PROHIBITED, FACES = "facade", "prohibited", "faces_prohibited"
SMALL_M, SMALL_M2 = 1.0, 1.0
"""What is less is not meant: a corner of a house, an edge of a lot."""
ALONG_M = 0.5
INDOORS_SHARE = 0.5
"""A prohibited place of which more lies in buildings is indoors."""
COLUMNS = ("camera", "what", "class", "row", "building", "address", "kind", "metres", "area_m2", "message", "message_zh", "geometry")

Rows = list[dict[str, Any]]


def find_over_reach(ids: np.ndarray, sure: View, maybe: View, around: Around, crs: CRS) -> gpd.GeoDataFrame:
    """List what each camera sees that it should not: `COLUMNS`, by camera, what and place.

    `class` is "sure", or "perhaps" where it depends on the way that the camera really points. `row` is that of the footprint, or of the place.
    `metres` of façade (0 for a prohibited place, which has `area_m2`); geometry the façade or the part of the place that is seen.
    """
    within_m = float(around.scheme.defaults["facade_m"])
    indoor, outdoor = _prohibited(around)
    rows: Rows = []
    for view, seen_class in ((sure, "sure"), (maybe, "perhaps")):
        rows += [{**row, "class": seen_class} for row in _faced(view, around, within_m, indoor)]
        rows += [{**row, "class": seen_class} for row in _entered(view, outdoor)]
    table = pd.DataFrame(rows, columns=["i", "what", "class", "row", "building", "address", "kind", "metres", "area_m2", "geometry"])
    table = table.drop_duplicates(["i", "what", "row"], keep="first").sort_values(["i", "what", "row"], kind="stable")
    table = table.astype({"metres": float, "area_m2": float, "row": int})
    table.insert(0, "camera", ids[table["i"].to_numpy(dtype=int)])
    said = [finding_of(row, within_m) for row in table.to_dict("records")]
    table = table.assign(message=[found.message for found in said], message_zh=[found.message_zh for found in said])
    return gpd.GeoDataFrame(table[list(COLUMNS)].reset_index(drop=True), geometry="geometry", crs=crs)


def finding_of(row: dict[str, Any], within_m: float) -> Finding:
    """Word one row of over-reach, or several sure façades of a camera that were added up (`count` dwellings)."""
    key = "over_facades" if row.get("count", 1) > 1 else f"over_{row['what']}{'' if row['class'] == 'sure' else '_perhaps'}"
    number = f"#{int(row['row']) + 1}"
    names = {"building": row["address"] or row["building"] or number, "kind": row["kind"] or number, "count": row.get("count", 1)}
    facts = why(key, within=f"{within_m:g}", length=f"{row['metres']:,.0f}", area=f"{row['area_m2']:,.0f}", **names)
    return Finding("over_reach", "", (row["camera"],), row["geometry"], facts=facts)


def _faced(view: View, around: Around, within_m: float, indoor: pd.DataFrame) -> Rows:
    """Façades nearer than `within_m`: of homes, and of buildings that prohibited places lie in."""
    found = facades(view.regions, within_m)
    x, y = view.regions.sectors.x[found.camera], view.regions.sectors.y[found.camera]
    is_faced = (found.footprint >= 0) & (_aside_m(found.ends, x, y) > ALONG_M)
    table = pd.DataFrame({"i": found.camera, "footprint": found.footprint, "metres": found.metres, "piece": np.arange(len(x))})[is_faced]
    groups = table.groupby(["i", "footprint"], sort=True)
    sums = groups["metres"].sum()
    sums = sums[sums >= SMALL_M]
    pieces = groups.indices
    kinds = indoor.groupby("footprint")["kind"].agg(lambda kinds: "、".join(sorted({kind for kind in kinds if kind}))).to_dict()
    rows: Rows = []
    named = around.obstacles
    for (i, footprint), metres in sums.items():
        whats = ([FACES] if footprint in kinds else []) + ([FACADE] if around.obstacles.is_home[footprint] else [])
        if whats:
            ends = found.ends[table["piece"].to_numpy()[pieces[i, footprint]]]
            lines = shapely.multilinestrings(shapely.linestrings(ends.reshape(-1, 2, 2)))
            base = {
                "i": i,
                "row": footprint,
                "building": named.building[footprint],
                "address": named.address[footprint],
                "metres": float(metres),
                "area_m2": 0.0,
                "geometry": lines,
            }
            rows += [{**base, "what": what, "kind": kinds[footprint] if what == FACES else ""} for what in whats]
    return rows


def _aside_m(ends: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Distance of cameras from the straight lines that façades (k, 4) lie on."""
    dx, dy = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    return np.abs((x - ends[:, 0]) * dy - (y - ends[:, 1]) * dx) / np.maximum(np.hypot(dx, dy), 1e-12)


def _entered(view: View, outdoor: gpd.GeoDataFrame) -> Rows:
    """Prohibited places in the open that regions enter."""
    places = outdoor.geometry.to_numpy()
    place, camera = shapely.STRtree(view.polygons).query(places, predicate="intersects")
    shared = shapely.intersection(places[place], view.polygons[camera])
    area = shapely.area(shared)
    kinds, rows = outdoor["kind"].to_numpy(), outdoor["row"].to_numpy()
    base = {"what": PROHIBITED, "building": "", "address": "", "metres": 0.0}
    return [
        {**base, "i": int(camera[q]), "row": int(rows[place[q]]), "kind": kinds[place[q]], "area_m2": float(area[q]), "geometry": shared[q]}
        for q in np.flatnonzero(area >= SMALL_M2)
    ]


def _prohibited(around: Around) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Part the layer `prohibited`: places indoors (`footprint` that holds most of it, `kind`), and those in the open (`row` `kind` geometry)."""
    layer = around.layers.get("prohibited")
    crs = around.plan.base.crs
    if layer is None or len(layer) == 0:
        return pd.DataFrame({"footprint": [], "kind": []}), gpd.GeoDataFrame({"row": [], "kind": []}, geometry=[], crs=crs)
    shapes = np.array([shape if shapely.is_valid(shape) else shapely.make_valid(shape) for shape in layer.geometry.to_numpy()], dtype=object)
    kinds = layer["kind"].fillna("").astype(str).to_numpy(dtype=object) if "kind" in layer else np.full(len(layer), "", dtype=object)
    footprints = around.obstacles.scene.footprints
    place, footprint = shapely.STRtree(footprints).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[place], footprints[footprint]))
    inside = np.bincount(place, shared, len(shapes)) > INDOORS_SHARE * shapely.area(shapes)
    order = np.lexsort((footprint, -shared, place))
    place, footprint = place[order], footprint[order]
    first = np.r_[True, place[1:] != place[:-1]][: len(place)] & inside[place]
    indoor = pd.DataFrame({"footprint": footprint[first], "kind": kinds[place[first]]})
    rows = np.flatnonzero(~inside)
    return indoor, gpd.GeoDataFrame({"row": rows, "kind": kinds[rows]}, geometry=shapes[rows], crs=crs)
