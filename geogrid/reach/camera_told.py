"""What is said of a reach of cameras: notes on what its figures rest on, and findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.catalogue import why
from geogrid.catalogue.camera_notes import camera_note
from geogrid.findings import Finding, to_frame
from geogrid.reach.camera_over import FACADE, finding_of
from geogrid.reach.camera_records import EIGHTH_DEG, MOST_RANGE_M, VALUES, code_faults
from geogrid.reach.camera_scene import LOW_M, UNDER_M
from geogrid.sites import as_points, find_unmatched

if TYPE_CHECKING:
    from geogrid.reach.camera_reach import CameraReach


def camera_notes(reach: CameraReach) -> list[dict[str, Any]]:
    """Return notes `{key, n, en, zh}`: on cameras, on what hides, on what is there to be seen."""
    found = [*_on_cameras(reach), *_on_obstacles(reach), *_on_around(reach)]
    return [camera_note(key, n, **facts) for key, n, facts in found]


def _on_cameras(reach: CameraReach) -> list[tuple[str, int, dict[str, Any]]]:
    kit, cameras = reach.kit, reach.cameras
    lacking = Counter(word for words in kit.defaults for word in words)
    out = [
        ("secret", reach.secret_n, {}),
        ("no_place", int((~np.isfinite(cameras["outside_m"])).sum()), {}),
        ("outside", int((cameras["outside_m"] > 0).sum()), {}),
        ("moved", int((cameras["status"] == "moved").sum()), {}),
        ("indoors", int((cameras["status"] == "indoors").sum()), {}),
        ("ptz", lacking["ptz"], {}),
        ("direction", lacking["direction"], {}),
        ("guessed_eighth" if kit.is_guessed_eighth else "eighth", int((kit.uncertain_deg == EIGHTH_DEG).sum()), {}),
        ("dome", int(kit.is_dome.sum()), {}),
    ]
    for name in VALUES:
        rows = [name in words for words in kit.defaults]
        values = ", ".join(f"{value:g}" for value in np.unique(getattr(kit, name)[rows]))
        out.append((name, lacking[name], {"values": values}))
    out.append(("range_capped", int(kit.range_capped.sum()), {"most": f"{MOST_RANGE_M:,.0f}"}))
    missing = [] if len(cameras) else [("no_cameras", 0, {})]
    return missing + [note for note in out if note[1]]


def _on_obstacles(reach: CameraReach) -> list[tuple[str, int, dict[str, Any]]]:
    obstacles, layers = reach.around.obstacles, reach.around.layers
    height = obstacles.height_m
    tallest = float(reach.kit.height_m.max(initial=0.0))
    out = [
        ("heights", int(np.isnan(height).sum()), {}),
        ("storeys", obstacles.by_floors, {}),
        ("low", int(((height > LOW_M) & (height < tallest - UNDER_M)).sum()), {}),
        ("canopies", obstacles.canopies, {}),
        ("see_through", obstacles.see_through, {}),
    ]
    missing = [("no_buildings", 0, {})] if "buildings" not in layers else []
    return missing + [note for note in out if note[1]]


def _on_around(reach: CameraReach) -> list[tuple[str, int, dict[str, Any]]]:
    around, out = reach.around, []
    if "roads" not in around.layers:
        out.append(("no_roads", 0, {}))
    elif not len(around.streets.segments):
        out.append(("no_streets", 0, {}))
    out += [(f"road_{why_not}", n, {}) for why_not, n in around.streets.left_out.items()]
    if not len(around.doors):
        out.append(("no_doors", 0, {}))
    elif around.are_doors_estimated:
        out.append(("doors_estimated", len(around.doors), {}))
    out.append(("ground", 0, {}))
    if len(around.levels) < len(around.scheme.levels):
        name = around.scheme.level(around.level).name
        out.append(("stacked", 0, {"level_zh": name.zh, "level_en": name.en}))
    return out


def camera_findings(reach: CameraReach) -> gpd.GeoDataFrame:
    """Return findings: blind_area, over_reach (sure ones, one a camera and kind), point_duplicate, code_format, points outside."""
    found = [*find_blind(reach), *_over(reach), *find_twins(reach), *_codes(reach), *find_unmatched(reach.given, "cameras")]
    return to_frame(found, reach.crs, reach.around.scheme.severity)


def find_blind(reach: CameraReach) -> list[Finding]:
    """Return the units of the lowest level with figures that are blind: less than the scheme's share of their streets is seen, even perhaps.

    None where there are no cameras at all: then nobody asks.
    """
    if not len(reach.given):
        return []
    limit = float(reach.around.scheme.defaults["blind_below_street_share"])
    units = reach.camera_units
    low = units[(units["level"] == reach.level) & (units["street_perhaps_share"] < limit)]
    shapes = reach.around.places.drop_duplicates(reach.level).set_index(reach.level).geometry
    out = []
    for row in low.to_dict("records"):
        facts = {"share": f"{row['street_perhaps_share']:.0%}", "limit": f"{limit:.0%}"}
        unseen = row["street_m"] - row["street_perhaps_m"]
        out.append(Finding("blind_area", reach.level, (row["code"],), shapes[row["code"]], length_m=unseen, facts=facts))
    return out


def _over(reach: CameraReach) -> list[Finding]:
    """One finding for a camera and kind of over-reach that is sure, façades added up."""
    rows = reach.over_reach[reach.over_reach["class"] == "sure"]
    within_m = float(reach.around.scheme.defaults["facade_m"])
    out = []
    for _, group in rows.groupby(["camera", "what"], sort=True):
        first = group.iloc[0].to_dict()
        if len(group) > 1 and first["what"] == FACADE:
            shapes = shapely.multilinestrings(shapely.get_parts(group.geometry.to_numpy()))
            out.append(finding_of({**first, "count": len(group), "metres": float(group["metres"].sum()), "geometry": shapes}, within_m))
        else:
            out += [finding_of(row, within_m) for row in group.to_dict("records")]
    return out


def find_twins(reach: CameraReach) -> list[Finding]:
    """Return cameras that stand at one place (to a millimetre) and look the same way, and those that bear one national code."""
    cameras, kit = reach.cameras, reach.kit
    places = as_points(cameras.geometry.to_numpy())
    way = np.where(kit.is_dome, -1.0, kit.direction_deg)
    view = pd.DataFrame({"x": shapely.get_x(places).round(3), "y": shapely.get_y(places).round(3), "way": way, "ptz": kit.ptz})
    out = _alike(reach, view.dropna(), "same_view")
    if "gb_code" in cameras:
        codes = cameras[["gb_code"]].reset_index(drop=True)
        out += _alike(reach, codes[codes["gb_code"].str.strip() != ""], "same_code")
    return out


def _alike(reach: CameraReach, table: pd.DataFrame, key: str) -> list[Finding]:
    """One finding for each group of equal rows."""
    out = []
    twice = table[table.duplicated(keep=False)]
    for value, group in twice.groupby(list(table.columns), sort=True):
        ids = tuple(reach.kit.id[group.index])
        facts = {"layer": "cameras", "role": "cameras", "role_zh": "摄像机", **why(key, code=value[0])}
        place = reach.given.geometry.iloc[group.index[0]]
        out.append(Finding("point_duplicate", "", ids, place, value=float(len(ids)), facts=facts))
    return out


def _codes(reach: CameraReach) -> list[Finding]:
    given = reach.given
    return [
        Finding(
            "code_format", "", (str(given["gb_code"].iloc[i]),), given.geometry.iloc[i], severity="warning", facts=why(key, camera=reach.kit.id[i])
        )
        for i, key in code_faults(given).items()
    ]
