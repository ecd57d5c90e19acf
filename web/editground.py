"""What the editor's documents say of cells that no edit changes: their rings in degrees, who borders whom across which barrier, whose building.

Made once per ground (all cells there ever were) and carried on when a border is drawn anew: cut cells are added, none is ever changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from scipy import sparse

from geogrid.adjacency import contiguity, crossings
from geogrid.barriers import BARRIERS, barrier_lines
from geogrid.crs import to_wgs84
from geogrid.edges import shared_edges
from geogrid.edit.ground import Ground

DIGITS = 7
"""Of degrees: a centimetre."""


class Footprint(NamedTuple):
    """A building as it is drawn: its address ("" for none) and its rings."""

    address: str
    rings: list[list[float]]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Cells as the browser draws them. All arrays are by row of the ground's cells.

    `degrees`: geometries in WGS 84, seven digits; `homes` (c, 2): longitude and latitude of where their people live (else an inner point);
    `compound`: id of the compound round each, "" for none. `edges`: columns a b length_m barrier, a < b, every shared border however short.
    `buildings`: footprints by id.
    """

    degrees: np.ndarray
    homes: np.ndarray
    compound: np.ndarray
    edges: pd.DataFrame
    buildings: Mapping[str, Footprint]

    @cached_property
    def borders(self) -> sparse.csr_array:
        """Length of border that two cells share, metres, (c, c), symmetric."""
        a, b, length = (self.edges[name].to_numpy() for name in ("a", "b", "length_m"))
        both = (np.r_[length, length], (np.r_[a, b], np.r_[b, a]))
        return sparse.csr_array(both, shape=(len(self.degrees), len(self.degrees)))


def surroundings(project: Any, ground: Ground) -> Surroundings:
    """Make them of the project's layers and the ground's cells."""
    cells, homes, crs = ground.geometry, ground.points, ground.crs
    barriers = barrier_lines({role: project.layer(role) for role in BARRIERS if role in project.layers}, project.scheme)
    return Surroundings(
        degrees=in_degrees(cells, crs),
        homes=shapely.get_coordinates(in_degrees(shapely.points(homes), crs)),
        compound=_compounds(project, homes),
        edges=_edges(cells, barriers),
        buildings=_buildings(project),
    )


def in_degrees(geometry: np.ndarray, crs: CRS) -> np.ndarray:
    """Return geometries in WGS 84 to seven digits."""
    moved = to_wgs84(gpd.GeoDataFrame(geometry=geometry, crs=crs)).geometry.to_numpy()
    return shapely.transform(np.asarray(moved, dtype=object), lambda xy: np.round(xy, DIGITS))


def flat_rings(degrees: np.ndarray) -> list[list[list[float]]]:
    """Return each geometry's rings, each ring one flat list lon, lat, lon, lat … without its closing vertex, outer ring of a part first."""
    rings, owner = shapely.get_rings(degrees, return_index=True) if len(degrees) else (np.zeros(0, object), np.zeros(0, int))
    xy = shapely.get_coordinates(rings).ravel().tolist()
    ends = 2 * np.cumsum(shapely.get_num_coordinates(rings))
    out: list[list[list[float]]] = [[] for _ in range(len(degrees))]
    start = 0
    for row, end in zip(owner.tolist(), ends.tolist(), strict=True):
        out[row].append(xy[start : end - 2])
        start = end
    return out


def _edges(cells: np.ndarray, barriers: dict[str, np.ndarray]) -> pd.DataFrame:
    edges = shared_edges(cells)
    pairs = contiguity(cells, min_m=0.0, edges=edges)
    return pairs[["a", "b", "length_m"]].assign(barrier=crossings(cells, pairs, barriers, edges=edges))


def _compounds(project: Any, homes: np.ndarray) -> np.ndarray:
    """Return the code of the compound that each home lies in, the first by code where they overlap."""
    out = np.full(len(homes), "", dtype=object)
    if "compounds" not in project.layers:
        return out
    frame = project.layer("compounds")
    names = frame["code"].fillna("").astype(str).to_numpy() if "code" in frame else np.arange(1, len(frame) + 1).astype(str)
    order = np.argsort(names, kind="stable")[::-1]
    row, home = shapely.STRtree(shapely.points(homes)).query(frame.geometry.to_numpy()[order], predicate="intersects")
    out[home] = names[order][row]
    return out


def _buildings(project: Any) -> dict[str, Footprint]:
    """Return the footprints by id, all parts of a building together."""
    if "buildings" not in project.layers or "id" not in project.layer("buildings"):
        return {}
    frame = project.layer("buildings")
    address = frame["address"].fillna("").astype(str) if "address" in frame else pd.Series("", index=frame.index)
    found: dict[str, Footprint] = {}
    for name, words, rings in zip(frame["id"].astype(str), address, flat_rings(in_degrees(frame.geometry.to_numpy(), frame.crs)), strict=True):
        before = found.get(name, Footprint("", []))
        found[name] = Footprint(before.address or words, before.rings + rings)
    return found
