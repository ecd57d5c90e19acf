"""What the editor's documents say of cells that no edit changes: their rings in degrees, who borders whom across which barrier, whose building.

Made once per ground (all cells there ever were) and carried on when a border is drawn anew: cut cells are added, none is ever changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from scipy import sparse

from geogrid.adjacency import contiguity, crossings
from geogrid.barriers import BARRIERS, barrier_lines
from geogrid.crs import WGS84
from geogrid.edit.ground import Ground
from geogrid.edit.nextto import opposed_edges

DIGITS = 7
"""Of degrees: a centimetre."""


class Footprint(NamedTuple):
    """A building as it is drawn: its address ("" for none) and its rings."""

    address: str
    rings: list[list[float]]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Cells as the browser draws them. All arrays are by row of the ground's cells, those that are not in force too.

    `degrees`: geometries in WGS 84, seven digits; `homes` (c, 2): longitude and latitude of where their people live (else an inner point);
    `compound`: code of the compound round each, "" for none. `edges`: columns a b length_m barrier, a < b, every shared border however short.
    `buildings`: footprints by id. `compounds`, `barriers`: what new cells are held against.
    """

    degrees: np.ndarray
    homes: np.ndarray
    compound: np.ndarray
    edges: pd.DataFrame
    buildings: Mapping[str, Footprint]
    compounds: tuple[np.ndarray, np.ndarray]
    barriers: Mapping[str, np.ndarray]

    @cached_property
    def borders(self) -> sparse.csr_array:
        """Length of border that two cells share, metres, (c, c), symmetric."""
        a, b, length = (self.edges[name].to_numpy() for name in ("a", "b", "length_m"))
        both = (np.r_[length, length], (np.r_[a, b], np.r_[b, a]))
        return sparse.csr_array(both, shape=(len(self.degrees), len(self.degrees)))

    def grown(self, ground: Ground) -> Surroundings:
        """Return these with the rows that the ground has more."""
        old = len(self.degrees)
        if old == len(ground.cells):
            return self
        new = np.arange(old, len(ground.cells))
        near = shapely.STRtree(ground.geometry).query(shapely.box(*shapely.total_bounds(ground.geometry[new])))
        rows = np.union1d(near, new)
        edges = _edges(ground.geometry[rows], self.barriers)
        edges = edges.assign(a=rows[edges["a"]], b=rows[edges["b"]])
        return replace(
            self,
            degrees=np.concatenate([self.degrees, in_degrees(ground.geometry[new], ground.crs)]),
            homes=np.concatenate([self.homes, _homes(ground, new)]),
            compound=np.concatenate([self.compound, _within(self.compounds, ground.points[new])]),
            edges=pd.concat([self.edges, edges[edges["b"] >= old]], ignore_index=True),
        )


def surroundings(project: Any, ground: Ground) -> Surroundings:
    """Make them of the project's layers and the ground's cells."""
    barriers = barrier_lines({role: project.layer(role) for role in BARRIERS if role in project.layers}, project.scheme)
    compounds = _compounds(project)
    return Surroundings(
        degrees=in_degrees(ground.geometry, ground.crs),
        homes=_homes(ground, np.arange(len(ground.cells))),
        compound=_within(compounds, ground.points),
        edges=_edges(ground.geometry, barriers),
        buildings=_buildings(project),
        compounds=compounds,
        barriers=barriers,
    )


def in_degrees(geometry: np.ndarray, crs: CRS) -> np.ndarray:
    """Return geometries in WGS 84 to seven digits."""
    move = _to_degrees(crs.srs).transform  # a CRS hashes by its whole text
    return shapely.transform(np.asarray(geometry, dtype=object), lambda xy: np.round(np.column_stack(move(xy[:, 0], xy[:, 1])), DIGITS))


@lru_cache(maxsize=8)
def _to_degrees(crs: str) -> Transformer:
    return Transformer.from_crs(crs, WGS84, always_xy=True)


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


def _homes(ground: Ground, rows: np.ndarray) -> np.ndarray:
    return shapely.get_coordinates(in_degrees(shapely.points(ground.points[rows]), ground.crs))


def _edges(cells: np.ndarray, barriers: Mapping[str, np.ndarray]) -> pd.DataFrame:
    edges = opposed_edges(cells)
    pairs = contiguity(cells, min_m=0.0, edges=edges)
    return pairs[["a", "b", "length_m"]].assign(barrier=crossings(cells, pairs, barriers, edges=edges))


def _compounds(project: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the polygons of the compounds and their codes, the last code first."""
    if "compounds" not in project.layers:
        return np.zeros(0, dtype=object), np.zeros(0, dtype=object)
    frame = project.layer("compounds")
    names = frame["code"].fillna("").astype(str).to_numpy() if "code" in frame else np.arange(1, len(frame) + 1).astype(str)
    order = np.argsort(names, kind="stable")[::-1]
    return frame.geometry.to_numpy()[order], names[order]


def _within(compounds: tuple[np.ndarray, np.ndarray], points: np.ndarray) -> np.ndarray:
    """Return the code of the compound that each point lies in, "" for none, the first by code where they overlap."""
    shapes, names = compounds
    row, point = shapely.STRtree(shapely.points(points)).query(shapes, predicate="intersects")
    out = np.full(len(points), "", dtype=object)
    out[point] = names[row]
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
