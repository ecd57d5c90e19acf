"""Measuring: CPU seconds and memory of a process with its children, and running something in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from geogrid.errors import GeogridError


class BenchError(GeogridError):
    """A measured process that failed or took too long. Facts: `module`."""

    code = "bench"


class Meter:
    """CPU seconds (all threads, ended children) and wall seconds since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = cpu_s(), time.perf_counter()

    def read(self) -> dict[str, float]:
        """Return cpu_s and wall_s."""
        return {"cpu_s": round(cpu_s() - self._cpu, 3), "wall_s": round(time.perf_counter() - self._wall, 3)}


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    try:
        import resource
    except ImportError:  # Windows
        return time.process_time()
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def peak_rss_mb() -> float | None:
    """Peak memory of this process or of its largest ended child, whichever is more, in megabytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    own, ended = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    status = Path("/proc/self/status")
    if status.exists():  # on Linux ru_maxrss begins with the peak of the process that started this one
        own = int(next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM")).split()[1])
    return round(max(own, ended) / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0), 1)


def in_own_process(module: str, arguments: Sequence[str], *, python: str = sys.executable, limit_s: float | None = None) -> dict[str, Any]:
    """Run `python -m module arguments` and return the JSON of its last line, with `process_wall_s`. Raises BenchError."""
    start = time.perf_counter()
    try:
        done = subprocess.run([python, "-m", module, *arguments], capture_output=True, text=True, check=False, encoding="utf-8", timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise BenchError(f"stopped after {limit_s:g} s", f"{limit_s:g} 秒后中止", module=module) from None
    said = done.stdout.strip().splitlines()
    if done.returncode or not said:
        why = (done.stderr.strip().splitlines() or ["no output"])[-1][-300:]
        raise BenchError(f"failed: {why}", f"失败：{why}", module=module)
    return json.loads(said[-1]) | {"process_wall_s": round(time.perf_counter() - start, 3)}
