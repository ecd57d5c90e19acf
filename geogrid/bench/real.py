"""Our division of a real district by land, beside the one that its office drew: Xiacheng, Hangzhou, 297 grids, no buildings.

Each community is cut into as many grids as the office made of it, along the main roads and rivers that are known; nothing of the office's grids but
their number is looked at. Borders count as on a road or river within 10 m of its line. Units of land cells have stepped outlines, so both divisions
are measured as drawn and straightened alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.barriers import barrier_lines
from geogrid.edges import merge_faces
from geogrid.generate.areas import group_areas
from geogrid.generate.levels import make_levels
from geogrid.pipeline.ground import prepare
from geogrid.pipeline.stages import Stages
from geogrid.reading import read_sources
from geogrid.recipe import read_recipe
from geogrid.scheme import read_scheme

NEAR_M = 10.0
LAND_CELL_M = 40.0
STRAIGHT_M = 40.0
"""Outlines are straightened by as much as a land cell is wide."""
RECIPE = """name = "hangzhou"
scheme = "street-community-grid"
[inputs.district]
path = "{data}/district.geojson"
[inputs.streets]
path = "{data}/streets.geojson"
columns = {{ code = "street_code", name = "street" }}
[inputs.communities]
path = "{data}/communities.geojson"
columns = {{ code = "community_code", name = "community", parent = "street_code" }}
[inputs.roads]
path = "{data}/main_roads.geojson"
[inputs.water]
path = "{data}/rivers.geojson"
"""


def bench_hangzhou(*, data: Path, folder: Path, picture: Path | None = None, seed: int = 0) -> dict[str, Any]:
    """Divide Xiacheng by land and measure it beside the real grids: `rows`, one a division. `folder` takes the recipe, `picture` an HTML page.

    `data` holds district, streets, communities, grids, main_roads, rivers (.geojson). Raises InputError where one of them is missing.
    """
    recipe = folder / "hangzhou.toml"
    recipe.write_text(RECIPE.format(data=data.resolve().as_posix()), encoding="utf-8")
    ours, lines = _ours(recipe, data, seed)
    real = gpd.read_file(data / "grids.geojson").to_crs(ours.crs)[["community_code", "geometry"]]
    communities = gpd.read_file(data / "communities.geojson").to_crs(ours.crs)
    drawn = {"office": real, "geogrid": ours}
    alike = {f"{name}, straightened": _straightened(frame, STRAIGHT_M) for name, frame in drawn.items()}
    rows = [{"division": name, **measured(frame, lines, communities.geometry.to_numpy())} for name, frame in {**drawn, **alike}.items()]
    if picture:
        picture.write_text(side_by_side(drawn, lines), encoding="utf-8")
    return {"rows": rows}


def _ours(path: Path, data: Path, seed: int) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Our grids (`community_code`), and the lines of roads and rivers."""
    recipe = read_recipe(path)
    scheme = read_scheme(recipe.scheme)
    scheme = replace(scheme, defaults={**scheme.defaults, "land_cell_m": LAND_CELL_M})
    sources = read_sources(recipe, accept_rejects=True)
    ground = prepare(sources.frames, scheme, sources.crs, Stages(), name="", seed=seed).ground
    community = make_levels(ground, until="community")[-1]
    parent = ground.of_cells(community.label)
    real = gpd.read_file(data / "grids.geojson", ignore_geometry=True)["community_code"].value_counts()
    counts = {i: int(real[code]) for i, code in enumerate(community.code) if code in real}
    label, _ = group_areas(scheme.levels[-1], ground.mesh, parent, counts, seed)
    held = label >= 0
    shapes, units = merge_faces(ground.cells[held], label[held])
    above = np.zeros(len(units), dtype=np.int64)
    above[label[held]] = parent[held]
    lines = barrier_lines(sources.frames, scheme)
    codes = np.array(community.code, dtype=object)[above]
    return gpd.GeoDataFrame({"community_code": codes}, geometry=shapes, crs=sources.crs), np.concatenate(
        [lines["road"], lines["main"], lines["hard"]]
    )


def _straightened(frame: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """The frame with the borders between units of a community simplified; each community keeps its outline."""
    out = frame.geometry.to_numpy().copy()
    for rows in frame.groupby("community_code").indices.values():
        out[rows] = shapely.coverage_simplify(out[rows], tolerance_m, simplify_boundary=False)
    return frame.set_geometry(gpd.GeoSeries(out, crs=frame.crs, index=frame.index))


def measured(frame: gpd.GeoDataFrame, lines: np.ndarray, parents: np.ndarray) -> dict[str, Any]:
    """Figures of units (`community_code`): compactness, borders on lines, balance of areas within each community, units in several pieces.

    `polsby_popper` 4πA/P² and `reock` (area over its smallest circle) are means; `on_lines_share` is of all borders, `inner_on_lines_share` of those
    inside the parents; `lines_followed_share` of the lines inside parents; `area_cv` is the deviation of areas from their community's mean.
    """
    shapes = frame.geometry.to_numpy()
    area, length = shapely.area(shapes), shapely.length(shapes)
    near = shapely.union_all(shapely.buffer(lines, NEAR_M))
    given = shapely.union_all(shapely.boundary(parents)).buffer(NEAR_M)
    borders = shapely.union_all(shapely.boundary(shapes))
    inner, free = borders.difference(given), shapely.union_all(lines).difference(given)
    mean = pd.Series(area).groupby(frame["community_code"].to_numpy()).transform("mean").to_numpy()
    several = mean * 0 + pd.Series(area).groupby(frame["community_code"].to_numpy()).transform("size").to_numpy() > 1
    figures = {
        "polsby_popper": (4 * np.pi * area / length**2).mean(),
        "reock": (area / (np.pi * shapely.minimum_bounding_radius(shapes) ** 2)).mean(),
        "on_lines_share": borders.intersection(near).length / borders.length,
        "inner_on_lines_share": inner.intersection(near).length / inner.length,
        "lines_followed_share": free.intersection(borders.buffer(NEAR_M)).length / free.length,
        "area_cv": (area / mean)[several].std(ddof=1),
    }
    pieces = int((shapely.get_num_geometries(shapes) > 1).sum())
    return {"grids": len(frame), **{name: round(float(value), 3) for name, value in figures.items()}, "in_pieces": pieces}


def side_by_side(divisions: Mapping[str, gpd.GeoDataFrame], lines: np.ndarray) -> str:
    """An HTML page with a map of each division, roads and rivers over it; it needs nothing else."""
    maps = "".join(f"<figure><figcaption>{name}</figcaption>{_svg(frame, lines)}</figure>" for name, frame in divisions.items())
    style = "body{display:flex;gap:16px;font-family:sans-serif}figure{flex:1;margin:0}path{vector-effect:non-scaling-stroke}"
    return f'<!doctype html><meta charset="utf-8"><title>Hangzhou</title><style>{style}</style><body>{maps}</body>\n'


def _svg(frame: gpd.GeoDataFrame, lines: np.ndarray) -> str:
    west, south, east, north = frame.total_bounds
    units = "".join(f'<path d="{_path(shape, west, north)}"/>' for shape in frame.geometry)
    roads = "".join(f'<path d="{_path(line, west, north)}"/>' for line in lines)
    box = f'viewBox="0 0 {east - west:.0f} {north - south:.0f}"'
    return f'<svg {box}><g fill="#dfeaf4" stroke="#27547d">{units}</g><g fill="none" stroke="#c2410c" stroke-width="2">{roads}</g></svg>'


def _path(shape: Any, west: float, north: float) -> str:
    """SVG path of lines or rings, in metres from the north-west corner."""
    parts = shapely.get_parts(shape)
    rings = shapely.get_rings(parts) if shapely.get_dimensions(shape) == 2 else parts
    runs = [np.round(shapely.get_coordinates(ring) * (1, -1) + (-west, north), 1).tolist() for ring in rings]
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in run) for run in runs)
