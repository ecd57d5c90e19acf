"""From files to a project: where the time goes, stage by stage, how it grows with the district, and what a rival's script takes for the same."""

from __future__ import annotations

import json
import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd

from geogrid.bench.faults import faults
from geogrid.bench.meter import in_own_process
from geogrid.bench.rival_sources import write_rival_sources
from geogrid.simulate import SimulatedDistrict, simulate, write_sources

GROWTH_SCALES = (0.033, 0.1, 0.33, 1.0)
UNPROVED = ("", "not_proven")


def bench_district(*, scale: float = 1.0, seed: int = 0, rival: Path | None = None, rival_python: str | None = None) -> dict[str, Any]:
    """Build the simulated Lubei in a process of its own, after a small build that warms compiled code and disk caches.

    Returns `rows` (ours, and the rival's script run on the same sources as `PYTHON RIVAL SOURCES OUT`), then stages, levels and findings of ours.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _built(simulate("lubei", seed=seed, scale=min(scale, 0.02)), root / "warm")
        district = simulate("lubei", seed=seed, scale=scale)
        built = _built(district, root / "full")
        rows = [{"method": "ours"} | built["total"] | {"peak_rss_mb": built["peak_rss_mb"]} | _ours(root / "full" / "project.gpkg", district)]
        if rival is not None:
            rows.append({"method": "rival"} | _rival(rival.resolve(), rival_python or sys.executable, district, root / "rival"))
    built.pop("process_wall_s")
    return {"rows": rows} | built


def bench_growth(*, scale: float = 1.0, seed: int = 0) -> dict[str, Any]:
    """Build four sizes up to `scale`; `exponent` is the slope of log CPU seconds over log households, from the smallest to the largest."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        _built(simulate("lubei", seed=seed, scale=0.02), Path(folder) / "warm")
        for part in GROWTH_SCALES:
            row = _built(simulate("lubei", seed=seed, scale=part * scale), Path(folder) / f"s{part}")
            rows.append({"households": row["levels"]["microgrid"]["households"], "cpu_s": row["total"]["cpu_s"], "peak_rss_mb": row["peak_rss_mb"]})
    first, last = rows[0], rows[-1]
    exponent = math.log(last["cpu_s"] / first["cpu_s"]) / math.log(last["households"] / first["households"])
    return {"rows": rows, "exponent": round(exponent, 3)}


def _built(district: SimulatedDistrict, folder: Path) -> dict[str, Any]:
    recipe = write_sources(district, folder)
    return in_own_process("geogrid.bench.child", [str(recipe), str(folder / "project.gpkg")])


def _ours(path: Path, district: SimulatedDistrict) -> dict[str, Any]:
    from geogrid.store import open_project

    with open_project(path) as project:
        small, grids = project.units("microgrid"), project.units("grid")
    judged = faults(grids, small["households"].to_numpy(), district.frames)
    out = small[(small["households"] > 0) & ~small["reason"].isin(UNPROVED)]
    return judged | {"certified_minimum": len(out)}


def _rival(script: Path, python: str, district: SimulatedDistrict, folder: Path) -> dict[str, Any]:
    """Run the rival's script in its own interpreter and judge the layers `grids` and `microgrids` of its project.gpkg.

    `said`: what its result.json says of itself, where it writes one: wall and CPU seconds before its own checks.
    `certified_minimum`: components whose households alone force a micro-grid out of bounds, as it counts them.
    """
    sources, out = folder / "sources", folder / "out"
    write_rival_sources(district.frames, sources)
    spent = in_own_process("geogrid.bench.launch", [python, str(script), str(sources), str(out)])
    spent.pop("process_wall_s")
    told = json.loads((out / "result.json").read_text("utf-8")) if (out / "result.json").exists() else {}
    grids, small = (gpd.read_file(out / "project.gpkg", layer=layer) for layer in ("grids", "microgrids"))
    forced = told.get("R", {}).get("infeasible_components")
    judged = faults(grids, small["households"].to_numpy(), district.frames)
    return spent | judged | {"certified_minimum": forced, "said": {"wall_s": told.get("wall"), "cpu_s": told.get("total_cpu")}}
