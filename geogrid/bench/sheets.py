"""How long sheets take: notices of grids of a built project, a file each and all in one PDF."""

from __future__ import annotations

import importlib.metadata
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geogrid.pipeline.lookup import lookup_of
from geogrid.pipeline.parallel import without_cycle_search
from geogrid.pipeline.sheet_files import Order, write_sheets
from geogrid.pipeline.sheets import Sheets, Wanted, chosen, gathered
from geogrid.sheets.papers import PAPERS
from geogrid.store import open_project

_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_MB = 1e6


def bench_sheets(project: Path, *, n: int = 300, tell: Callable[[str], None] = str) -> dict[str, Any]:
    """Print notices of the first `n` grids in both ways: `rows` (what n cpu_s wall_s each_ms mb), reading the project included."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for what, is_one in (("a PDF each", False), ("one PDF", True)):
            tell(what)
            rows.append({"what": what, **_row(project, n, is_one, Path(folder) / str(is_one))})
    return {"rows": rows, "paper": "A4", "versions": {"typst": importlib.metadata.version("typst")}}


def _row(project: Path, n: int, is_one: bool, out: Path) -> dict[str, Any]:
    cpu, wall = time.process_time(), time.perf_counter()
    order = Order("notice", PAPERS["A4"], "pdf", "zh", is_one=is_one)
    with without_cycle_search(), open_project(project) as opened:
        units = chosen(opened, [], "")[:n]
        found = gathered(Sheets(opened, lookup_of(opened), Wanted("zh", _MOMENT)), units, order.kind, order.paper)
        written = write_sheets(found, order, out)
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    done, size = len(written.sheets), sum(path.stat().st_size for path in written.files)
    return {"n": done, "cpu_s": round(cpu_s, 2), "wall_s": round(wall_s, 2), "each_ms": round(1000 * wall_s / done, 1), "mb": round(size / _MB, 2)}
