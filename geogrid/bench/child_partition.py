"""Divide one kernel input by one method and print what it cost; run by `geogrid bench partition` in a process of its own.

python -m geogrid.bench.child_partition cut METHOD INPUT.npz OUT.npz     warmed up, then measured
python -m geogrid.bench.child_partition first INPUT.npz                  the first call of a fresh process, imports included
python -m geogrid.bench.child_partition again INPUT.npz                  the same input again and again, as an editor would
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from geogrid.bench.inputs import load, village
from geogrid.bench.meter import Meter, cpu_s, peak_rss_mb
from geogrid.bench.methods import METHODS, OWN, ours

REPEATS = 15
WARM_HOUSEHOLDS = 100


def cut(name: str, source: Path, out: Path) -> dict[str, Any]:
    """Divide, write labels, links and parts, and return cpu_s, wall_s, peak_rss_mb and what the method says."""
    divide = METHODS[name].divide
    if name in OWN:
        divide(village(WARM_HOUSEHOLDS))
    graph, meter = load(source), Meter()
    found = divide(graph)
    spent = meter.read()
    np.savez(out, labels=found.labels, links=found.links, parts=found.parts)
    return spent | {"peak_rss_mb": peak_rss_mb()} | found.facts


def first(source: Path) -> dict[str, Any]:
    """Return the CPU seconds of this process up to its first answer."""
    ours(load(source))
    return {"cpu_s": round(cpu_s(), 3)}


def again(source: Path) -> dict[str, Any]:
    """Return the median and the longest of `REPEATS` calls in milliseconds, wall, after one more that is not counted."""
    graph, spent = load(source), []
    ours(graph)
    for _ in range(REPEATS):
        start = time.perf_counter()
        ours(graph)
        spent.append((time.perf_counter() - start) * 1000)
    return {"median_ms": round(statistics.median(spent), 1), "longest_ms": round(max(spent), 1)}


if __name__ == "__main__":
    if sys.argv[1] == "cut":
        print(json.dumps(cut(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))))
    else:
        print(json.dumps({"first": first, "again": again}[sys.argv[1]](Path(sys.argv[2]))))
