"""Build one recipe in a process of its own and print its stages: wall and CPU seconds, peak memory."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geogrid.bench.meter import peak_rss_mb
from geogrid.pipeline.build import build


def stage_clock() -> tuple[Callable[[str, float], None], dict[str, dict[str, float]]]:
    """Return a progress function and the table that it fills: stage -> wall_s, cpu_s (all threads of this process)."""
    table: dict[str, dict[str, float]] = {}
    begun: dict[str, tuple[float, float]] = {}

    def note(stage: str, share: float) -> None:
        now = time.perf_counter(), time.process_time()
        if share == 0.0:
            begun[stage] = now
        elif share == 1.0:
            start = begun[stage]
            table[stage] = {"wall_s": round(now[0] - start[0], 3), "cpu_s": round(now[1] - start[1], 3)}

    return note, table


def run(recipe: Path, out: Path) -> dict[str, Any]:
    """Build and measure, imports included."""
    note, table = stage_clock()
    with build(recipe, out, progress=note, force=True) as project:
        summary = project.summary()
    total = {"wall_s": round(time.perf_counter() - STARTED[0], 3), "cpu_s": round(time.process_time(), 3)}
    return {"stages": table, "total": total, "peak_rss_mb": peak_rss_mb(), "levels": summary["levels"], "findings": summary["findings"]}


STARTED = (time.perf_counter(),)

if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
