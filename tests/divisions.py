"""Divisions for tests: lattices with bent borders, and how far what a plan derives lies from what was given."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.pipeline.ground import Prepared, prepare
from geogrid.pipeline.order import in_order
from geogrid.pipeline.stages import Stages
from geogrid.plan import Plan
from geogrid.scheme import Scheme, parse_scheme
from tests.world import CRS, X0, Y0, frame

GIVEN = '[[levels]]\nid = "community"\n'
"""One level, given."""
LEVELS = GIVEN + '[[levels]]\nid = "grid"\n'


def scheme(text: str = GIVEN) -> Scheme:
    """Return a scheme of the levels in `text`."""
    return parse_scheme(text, "own")


def bent(columns: int, rows: int, *, size_m: float = 100.0, bend_m: float = 20.0, steps: int = 5, seed: int = 0) -> np.ndarray:
    """Return a lattice of units (columns x rows,), row by row from the south-west, whose borders wander: an edge-matched coverage, off any grid."""
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0), indexing="ij"), axis=2) * size_m + (X0, Y0)
    corner[1:-1, 1:-1] += rng.uniform(-bend_m, bend_m, (columns - 1, rows - 1, 2)) if columns > 1 and rows > 1 else 0
    share = np.linspace(0, 1, steps + 1)[:-1, None]

    def wander(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        line = a + share * (b - a)
        line[1:] += rng.uniform(-bend_m / 8, bend_m / 8, (steps - 1, 2))
        return line

    east = {(i, j): wander(corner[i, j], corner[i + 1, j]) for i in range(columns) for j in range(rows + 1)}
    north = {(i, j): wander(corner[i, j], corner[i, j + 1]) for i in range(columns + 1) for j in range(rows)}

    def back(line: np.ndarray, end: np.ndarray) -> np.ndarray:
        return np.concatenate([end[None], line[:0:-1]])

    return np.array(
        [
            shapely.Polygon(
                np.concatenate(
                    [
                        east[i, j],
                        north[i + 1, j],
                        back(east[i, j + 1], corner[i + 1, j + 1]),
                        back(north[i, j], corner[i, j + 1]),
                    ]
                )
            )
            for j in range(rows)
            for i in range(columns)
        ],
        dtype=object,
    )


def units(shapes: np.ndarray | list[shapely.Geometry], prefix: str = "u", **columns: list[str]) -> gpd.GeoDataFrame:
    """Return given units with codes u000, u001, …"""
    return frame({"code": [f"{prefix}{i:03d}" for i in range(len(shapes))], **columns}, list(shapes))


def prepared(frames: Mapping[str, pd.DataFrame], rules: Scheme) -> Prepared:
    """Prepare the ground of frames in the working CRS."""
    rows = {role: f.assign(row=range(1, len(f) + 1)) for role, f in frames.items()}
    return prepare(in_order(rows), rules, gpd.GeoSeries([], crs=CRS).crs, Stages(), name="甲", seed=0)


def apart_share(plan: Plan, level: str, given: gpd.GeoDataFrame) -> np.ndarray:
    """Return for each given unit (column `code`) the area that it and the derived one do not share, by its own area."""
    theirs = shapely.make_valid(given.geometry.to_numpy())
    ours = plan.frame(level).geometry.reindex(given["code"].to_numpy()).to_numpy()
    ours = np.where(shapely.is_missing(ours), shapely.Polygon(), ours)
    return shapely.area(shapely.symmetric_difference(theirs, ours)) / shapely.area(theirs)
