"""What lies under the findings on their page: the layer that was checked, or the project, light enough to stand in one file.

Units that a finding speaks of keep every vertex to the centimetre; the others are simplified when there are too many vertices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.maps.data import level_table
from geogrid.maps.inline import features_of, kept_table
from geogrid.maps.layers import Drawn, drawn, layer_names
from geogrid.maps.places import label_places
from geogrid.maps.project import MANY, MERCATOR, ProjectLike, is_fine, level_ids
from geogrid.maps.views import settings
from geogrid.maps.words import words
from geogrid.measure import colours

STEP_M = 0.01
MOST_VERTICES = 150_000
MARGIN = 0.05
MERCATOR_LIMIT_M = 20_037_508.0
_FINE_BASE_ZOOM = 14


@dataclass(frozen=True)
class Ground:
    """The map's settings (`geogrid.maps.views.settings`) and what it carries inside (`geogrid.maps.inline`)."""

    settings: dict[str, Any]
    inline: dict[str, Any]


def layer_ground(
    layer: gpd.GeoDataFrame, parent: gpd.GeoSeries | None, *, level: str, name: str, lang: str, named: Sequence[str] | set[str]
) -> Ground | None:
    """Return the ground of a bare layer: its polygons (index: codes as findings write them) and the parent's; None where nothing has a place.

    `named`: the codes that findings speak of.
    """
    shapes = _mercator(layer.geometry)
    kept = np.flatnonzero(_is_placed(shapes))
    if layer.crs is None or not len(kept):
        return None
    shapes, codes = shapes[kept], np.array([str(code) for code in layer.index], dtype=object)[kept]
    light = _light(shapes, np.isin(codes, list(named)))
    many = len(shapes) > MANY
    hue = [None] * len(shapes) if many else np.asarray(colours(shapes)).tolist()
    layers = {"u:layer": Drawn.of(light, {"code": codes, "status": [0] * len(codes), "hue": hue})}
    outline = _mercator(parent) if parent is not None and parent.crs is not None else np.zeros(0, dtype=object)
    outline = outline[_is_placed(outline)]
    if len(outline):
        layers["district"] = Drawn.of(np.array([shapely.union_all(shapely.make_valid(outline))], dtype=object), {})
    box = _grown(shapely.total_bounds(np.concatenate([shapes, outline])))
    told = np.isin(codes, list(named)) if many else np.ones(len(codes), dtype=bool)
    say = words(lang)
    entry = {"id": "layer", "name": level, "households": None, "fine": False, "n": len(codes), "far": 1.0, "near": 2.2, "label": 0, "digits": 0}
    first = {
        "lang": "en" if lang.startswith("en") else "zh",
        "words": say,
        "name": name,
        "bounds": _degrees(box),
        "levels": [entry],
        "level": "layer",
        "fill": "none" if many else "identity",
        "on": [],
        "off": [],
        "source": [name],
        "simulated": False,
        "kinds": {},
    }
    return Ground(first, _inline(layers, box, {"layer": _table(codes[told], shapes[told])}))


def project_ground(project: ProjectLike, *, lang: str, named: Mapping[str, set[str]]) -> Ground:
    """Return the ground of a project: the levels that the whole district can show and its base map. `named`: codes by level."""
    coarse = [level for level in level_ids(project) if not is_fine(project, level)]
    plain = [n for n in layer_names(project) if not n.startswith(("u:", "p:")) and n not in ("buildings", "cells", "walls")]
    layers = {n: found for n in plain if (found := drawn(project, n, 3)) is not None}
    first = settings(project, lang)
    for level in coarse:
        exact, rough = drawn(project, f"u:{level}", 4), drawn(project, f"u:{level}", 3)
        if exact is not None and rough is not None:
            sharp = np.isin(exact.properties["code"].astype(str), list(named.get(level, ())))
            layers[f"u:{level}"] = Drawn.of(np.where(_within_budget(exact.geometry, sharp), exact.geometry, rough.geometry), exact.properties)
    district = layers["district"].geometry if "district" in layers else np.zeros(0, dtype=object)
    box = _grown(shapely.total_bounds(district))
    tables = {level: kept_table(project, level) if len(project.units(level)) <= MANY else level_table(project, level) for level in coarse}
    first["level_names"] = {entry["id"]: entry["name"] for entry in first["levels"]}
    first |= {"levels": [entry for entry in first["levels"] if not entry["fine"]], "fill": "identity"}
    return Ground(first, _inline(layers, box, tables))


def _mercator(series: gpd.GeoSeries) -> np.ndarray:
    if series.crs is None:
        return np.full(len(series), None, dtype=object)
    return shapely.force_2d(series.to_crs(MERCATOR).to_numpy())


def _is_placed(shapes: np.ndarray) -> np.ndarray:
    """Tell which geometries are areas with places that a map of the world has."""
    bounds = shapely.bounds(shapes)
    return np.isfinite(bounds).all(axis=1) & (np.abs(np.nan_to_num(bounds)) <= MERCATOR_LIMIT_M).all(axis=1) & (shapely.get_dimensions(shapes) == 2)


def _within_budget(shapes: np.ndarray, sharp: np.ndarray) -> np.ndarray:
    """Keep `sharp` for the first shapes only, as many as the page has vertices for."""
    spent = np.cumsum(np.where(sharp, shapely.get_num_coordinates(shapes), 0))
    return sharp & (spent <= MOST_VERTICES)


def _light(shapes: np.ndarray, sharp: np.ndarray) -> np.ndarray:
    """Simplify what is not sharp until all has about `MOST_VERTICES`; each polygon for itself, for the layer may be no coverage."""
    if shapely.get_num_coordinates(shapes).sum() <= MOST_VERTICES:
        return shapes
    kept, tolerance_m = _within_budget(shapes, sharp), 0.5
    out = np.where(kept, shapes, shapely.simplify(shapes, tolerance_m))
    while shapely.get_num_coordinates(out[~kept]).sum() > MOST_VERTICES and tolerance_m < 50:
        tolerance_m *= 2
        out = np.where(kept, shapes, shapely.simplify(shapes, tolerance_m))
    return out


def _table(codes: np.ndarray, shapes: np.ndarray) -> dict[str, list[Any]]:
    """Return the table of units that the map wants (`geogrid.maps.data.level_table`), of codes alone."""
    points, room = label_places(shapes)
    lonlat = gpd.GeoSeries(shapely.points(np.nan_to_num(points)), crs=MERCATOR).to_crs(4326)
    boxes = gpd.GeoSeries(shapes, crs=MERCATOR).to_crs(4326).bounds.round(6).to_numpy()
    n = len(codes)
    return {
        "code": codes.tolist(),
        "name": codes.tolist(),
        "parent": [""] * n,
        "households": [None] * n,
        "status": [0] * n,
        "hue": [],
        "x": lonlat.x.round(6).tolist(),
        "y": lonlat.y.round(6).tolist(),
        "w": room[:, 0].round(1).tolist(),
        "h": room[:, 1].round(1).tolist(),
        "box": boxes.tolist(),
    }


def _inline(layers: Mapping[str, Drawn], box: Sequence[float], tables: Mapping[str, Any]) -> dict[str, Any]:
    origin = [round(float(box[0])), round(float(box[1]))]
    made = {}
    for name, found in layers.items():
        whole = name == "district" or name.startswith("u:")
        features = features_of(found, box, origin, 99 if whole else _FINE_BASE_ZOOM, whole, STEP_M)
        if features:
            made[name] = features
    empty = {role: {"kinds": [], "id": [], "name": [], "kind": [], "x": [], "y": [], "outside": []} for role in ("stations", "cameras")}
    return {"origin": origin, "step": STEP_M, "layers": made, "tables": {"units.json": dict(tables), "sites.json": empty}}


def _grown(box: np.ndarray) -> tuple[float, ...]:
    margin = MARGIN * max(box[2] - box[0], box[3] - box[1], 1.0)
    return (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)


def _degrees(box: Sequence[float]) -> list[float]:
    return gpd.GeoSeries([shapely.box(*box)], crs=MERCATOR).to_crs(4326).total_bounds.round(6).tolist()
