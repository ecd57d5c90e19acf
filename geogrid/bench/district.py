"""From files to a project: where the time goes, stage by stage, and how it grows with the district."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from geogrid.errors import GeogridError
from geogrid.simulate import simulate, write_sources

GROWTH_SCALES = (0.033, 0.1, 0.33, 1.0)


def bench_district(*, scale: float = 1.0, seed: int = 0) -> dict[str, Any]:
    """Build the simulated Lubei in a process of its own, after a small build that warms compiled code and disk caches."""
    with tempfile.TemporaryDirectory() as folder:
        _built(Path(folder) / "warm", 0.02, seed)
        return _built(Path(folder) / "full", scale, seed)


def bench_growth(*, scale: float = 1.0, seed: int = 0) -> dict[str, Any]:
    """Build four sizes up to `scale`; `exponent` is the slope of log CPU seconds over log households, from the smallest to the largest."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        _built(Path(folder) / "warm", 0.02, seed)
        for part in GROWTH_SCALES:
            row = _built(Path(folder) / f"s{part}", part * scale, seed)
            rows.append({"households": row["levels"]["microgrid"]["households"], "cpu_s": row["total"]["cpu_s"], "peak_rss_mb": row["peak_rss_mb"]})
    first, last = rows[0], rows[-1]
    exponent = math.log(last["cpu_s"] / first["cpu_s"]) / math.log(last["households"] / first["households"])
    return {"rows": rows, "exponent": round(exponent, 3)}


def _built(folder: Path, scale: float, seed: int) -> dict[str, Any]:
    recipe = write_sources(simulate("lubei", seed=seed, scale=scale), folder)
    command = [sys.executable, "-m", "geogrid.bench.child", str(recipe), str(folder / "project.gpkg")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode:
        raise GeogridError(f"the build of the benchmark failed: {done.stderr.strip()[-300:]}", f"基准构建失败：{done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)
