"""Make the twelve real systems and judge each by what it must do: one line a clause, with the figure found. Exit 1 if any fails.

    python scripts/acceptance.py                      all rows at full size
    python scripts/acceptance.py --rows lubei,zhaoxian --scale 0.1 --json

A clause is computed from the built project by the commands and pages that users have, never from the simulator's own numbers.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accept.clause import Clause
from accept.row import Row
from accept.rows import ROWS

SIGNS = {True: "pass", False: "FAIL", None: "full size only"}


@dataclass(frozen=True)
class Judged:
    """A row with its clauses, and what it took."""

    system: str
    clauses: list[Clause]
    cpu_s: float
    wall_s: float


def judge(system: str, folder: Path, scale: float, seed: int) -> Judged:
    """Make one row and judge it; what ends in an error is a clause that fails, and the others are still judged."""
    row, begun, clauses = Row(system, folder / system, scale=scale, seed=seed), time.monotonic(), []
    for ask in ROWS[system]:
        try:
            told = ask(row)
            clauses += told if isinstance(told, list) else [told]
        except Exception as error:
            clauses.append(Clause((ask.__doc__ or ask.__name__).splitlines()[0], "an answer", f"{type(error).__name__}: {error}"[:400], False))
    print(f"… {system}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return Judged(system, clauses, row.cpu_s, time.monotonic() - begun)


def table(rows: list[Judged]) -> str:
    """Return the clauses as a table in Markdown."""
    lines = ["| system | clause | wanted | found | |", "|---|---|---|---|---|"]
    for row in rows:
        lines += [f"| {row.system} | {c.text} | {c.wanted} | {c.found.replace('|', '/')} | {SIGNS[c.ok]} |" for c in row.clauses]
    return "\n".join(lines)


def as_json(rows: list[Judged], wall_s: float) -> dict[str, Any]:
    """Return the same as JSON."""
    listed = [
        {"system": row.system, "cpu_s": round(row.cpu_s, 1), "wall_s": round(row.wall_s, 1), "clauses": [c.to_json() for c in row.clauses]}
        for row in rows
    ]
    return {"ok": all(c.ok is not False for row in rows for c in row.clauses), "wall_s": round(wall_s, 1), "rows": listed}


def main() -> int:
    """Read the options, make the rows, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", default=",".join(ROWS), help="systems, comma between")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="keep about this share of the communities; figures of the full size are then shown only"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder that keeps sources, projects, exports and pictures of the pages")
    parser.add_argument("--workers", type=int, default=2, help="rows made side by side")
    parser.add_argument("--json", action="store_true", dest="as_json")
    asked = parser.parse_args()
    names = [name for name in asked.rows.split(",") if name]
    unknown = [name for name in names if name not in ROWS]
    if unknown or not names:
        parser.error(f"unknown row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="geogrid-") as scratch, ThreadPoolExecutor(max(1, asked.workers)) as pool:
        folder = asked.keep or Path(scratch)
        rows = list(pool.map(lambda name: judge(name, folder, asked.scale, asked.seed), names))
    told = as_json(rows, time.monotonic() - begun)
    if asked.as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        judged = [clause.ok for row in rows for clause in row.clauses]
        print(table(rows))
        cpu_s = sum(row.cpu_s for row in rows)
        print(f"\n{judged.count(True)} pass, {judged.count(False)} fail, {judged.count(None)} not judged; {told['wall_s']:.0f} s, {cpu_s:.0f} CPU s")
    return 0 if told["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
