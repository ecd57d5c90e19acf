"""`geogrid bench cells`: our cells and momepy's round the same houses in the same enclosures, judged by one function."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geogrid.bench.child_cells import METHODS, load_shapes, save_shapes
from geogrid.bench.footprints import village_footprints
from geogrid.bench.meter import BenchError, in_own_process

WHOLE = 0.99
"""A footprint is whole when so much of it lies in its own cell."""


def bench_cells(n: int, *, peers: bool = False, seed: int = 0, limit_s: float = 3600.0) -> dict[str, Any]:
    """Cut cells of a village of `n` houses by each method; return `rows`. A row without figures has a `note`."""
    footprints, enclosures = village_footprints(n, seed)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "input.npz", Path(folder) / "cells.npz"
        save_shapes(source, footprints=footprints, enclosures=enclosures)
        for name, (package, _) in METHODS.items():
            if package and not peers:
                continue
            head = {"method": name, "houses": len(footprints), "enclosures": len(enclosures)}
            if package and importlib.util.find_spec(package) is None:
                rows.append(head | {"note": f"{package} is not installed"})
                continue
            try:
                spent = in_own_process("geogrid.bench.child_cells", [name, str(source), str(out)], limit_s=limit_s)
            except BenchError as error:
                rows.append(head | {"note": error.message})
                continue
            spent.pop("process_wall_s")
            rows.append(head | judged(footprints, enclosures, load_shapes(out, "cells"), np.load(out.with_suffix(".npy"))) | spent)
    return {"rows": rows}


def judged(footprints: np.ndarray, enclosures: np.ndarray, cells: np.ndarray, building: np.ndarray) -> dict[str, Any]:
    """Judge cells with the row of their footprint (-1: land).

    `coverage_is_valid`; `off_m2`: area of the enclosures less that of all cells; `multipart` cells in several pieces; `whole_share` of the
    footprints that lie to 99 % in their own cells; `without_cell`: footprints that have none.
    """
    mine = np.flatnonzero(building >= 0)
    own = np.bincount(building[mine], shapely.area(shapely.intersection(cells[mine], footprints[building[mine]])), len(footprints))
    return {
        "cells": len(cells),
        "coverage_is_valid": bool(shapely.coverage_is_valid(cells)),
        "off_m2": round(float(shapely.area(enclosures).sum() - shapely.area(cells).sum()), 4),
        "multipart": int((shapely.get_num_geometries(cells) > 1).sum()),
        "whole_share": round(float((own >= WHOLE * shapely.area(footprints)).mean()), 5),
        "without_cell": int((np.bincount(building[mine], minlength=len(footprints)) == 0).sum()),
    }
