"""`geogrid bench partition`: our kernel and its peers on the same inputs, each in a process of its own, all judged by one function."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geogrid.bench.inputs import KINDS, KernelInput, save
from geogrid.bench.meter import BenchError, in_own_process
from geogrid.bench.methods import METHODS, OWN
from geogrid.bench.score import evaluate, with_parts

CHILD = "geogrid.bench.child_partition"
SIZES = (2_000, 10_000, 50_000, 300_000)
EDITED = 500
"""Households of the one grid that is divided again as an editor would."""
UNPROVED = "not_proven"


def bench_partition(
    kinds: Sequence[str],
    households: Sequence[int],
    *,
    peers: bool = False,
    seed: int = 0,
    limit_s: float = 900.0,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Divide `kinds` × `households`; return `rows` (one per input and method), `growth`, `first_call` and `edited_grid` (of ours).

    A row that has no figures has `note`: not installed, too large for this method, or how it failed. `certified_minimum`: violations that our
    proofs show to be unavoidable on the input, whoever divides it. `tell` hears what begins.
    """
    names = list(METHODS) if peers else OWN
    with tempfile.TemporaryDirectory() as folder:
        single = Path(folder) / "grid.npz"
        save(_grid(KINDS[kinds[0]](max(20 * EDITED, min(households)), seed)), single)
        in_own_process(CHILD, ["first", str(single)])  # compiles where nothing has been compiled yet
        rows = []
        for kind in kinds:
            for n in sorted(households):
                tell(f"{kind}, {n:,} households")
                rows += _one_input(Path(folder), KINDS[kind](n, seed), kind, names, limit_s)
        started = in_own_process(CHILD, ["first", str(single)])
        edited = in_own_process(CHILD, ["again", str(single)])
    edited.pop("process_wall_s")
    first_call = {"wall_s": started["process_wall_s"], "cpu_s": started["cpu_s"]}
    return {"rows": rows, "growth": _growth(rows), "first_call": first_call, "edited_grid": edited}


def _one_input(folder: Path, graph: KernelInput, kind: str, names: Sequence[str], limit_s: float) -> list[dict[str, Any]]:
    source = folder / "input.npz"
    save(graph, source)
    rows = []
    for name in names:
        head = {"kind": kind, "households": int(graph.weights.sum()), "atoms": len(graph.weights), "method": name}
        rows.append(head | _one_method(name, graph, source, limit_s))
    proved = sum(n for reason, n in rows[0]["reasons"].items() if reason != UNPROVED) if "reasons" in rows[0] else None
    return [row | {"certified_minimum": proved} if "violations" in row else row for row in rows]


def _one_method(name: str, graph: KernelInput, source: Path, limit_s: float) -> dict[str, Any]:
    method = METHODS[name]
    if not method.is_installed:
        return {"note": f"{method.package} is not installed"}
    if graph.weights.sum() > method.largest * 1.1:
        return {"note": f"not run beyond {method.largest:,} households"}
    out = source.with_name("labels.npz")
    try:
        spent = in_own_process(CHILD, ["cut", name, str(source), str(out)], limit_s=limit_s)
    except BenchError as error:
        return {"note": error.message}
    spent.pop("process_wall_s")
    with np.load(out) as found:
        return _judged(graph, found["labels"], found["links"], found["parts"]) | spent


def _judged(graph: KernelInput, labels: np.ndarray, links: np.ndarray, parts: np.ndarray) -> dict[str, Any]:
    """Judge what was divided; a method that gave up on some components is judged by the others, and the households left over are said."""
    done = np.flatnonzero(labels >= 0)
    left = int(graph.weights.sum() - graph.weights[done].sum())
    part = graph if left == 0 else graph.take(done)
    score = evaluate(*with_parts(part, labels[done], parts), links).to_dict()
    return score | {"links": len(links), "divided": len(np.unique(parts[:, 0]))} | ({"given_up_households": left} if left else {})


def _grid(graph: KernelInput) -> KernelInput:
    """Return the grid whose households come nearest to `EDITED`."""
    return graph.only(int(np.abs(np.bincount(graph.within, graph.weights) - EDITED).argmin()))


def _growth(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the slope of log CPU seconds over log households of ours, smallest to largest input of each kind."""
    out = {}
    for kind in dict.fromkeys(row["kind"] for row in rows):
        own = [row for row in rows if row["kind"] == kind and row["method"] == OWN[0] and row.get("cpu_s")]
        if len(own) > 1:
            slope = math.log(own[-1]["cpu_s"] / own[0]["cpu_s"]) / math.log(own[-1]["households"] / own[0]["households"])
            out[kind] = round(slope, 3)
    return out
