"""Who divides a kernel input: the program itself and the peers that are installed. Each returns labels and what the judge must know."""

from __future__ import annotations

import importlib.util
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geogrid.bench.inputs import KernelInput
from geogrid.bench.metis import SEEDS, metis
from geogrid.bench.peers import by_gerrychain, by_kmeans, by_spopt

LINK_M = 1_000.0


@dataclass(frozen=True, eq=False)
class Division:
    """`labels` (n,), -1 where the method gave up; `links` (l, 2) and `parts` (p, 3) as `Partition` has them; `facts` go into the table."""

    labels: np.ndarray
    links: np.ndarray = field(default_factory=lambda: np.empty((0, 2), np.int64))
    parts: np.ndarray = field(default_factory=lambda: np.empty((0, 3), np.int64))
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A way to divide: the package it needs (None: ours), up to which number of households it is tried, and how."""

    package: str | None
    largest: int
    divide: Callable[[KernelInput], Division]

    @property
    def is_installed(self) -> bool:
        """Whether its package is there."""
        return self.package is None or importlib.util.find_spec(self.package) is not None


def ours(graph: KernelInput, **options: Any) -> Division:
    """Divide by `geogrid.partition`. Fact `certificate_cpu_s`: what came after the last search, proofs and what they improved."""
    import geogrid.partition as kernel

    search, ended = kernel.solve, [time.process_time()]

    def timed(*args: Any, **named: Any) -> Any:
        out = search(*args, **named)
        ended[0] = time.process_time()
        return out

    kernel.solve = timed
    try:
        cut = kernel.partition(**graph.arguments(), **options)
    finally:
        kernel.solve = search
    facts = {"certificate_cpu_s": round(time.process_time() - ended[0], 3), "reasons": dict(sorted(Counter(e[2] for e in cut.exceptions).items()))}
    return Division(cut.labels, np.reshape(cut.links, (-1, 2)), np.reshape(cut.parts, (-1, 3)), facts)


METHODS = {
    "ours": Method(None, 10**9, ours),
    "ours, link and halve": Method(None, 10**9, lambda graph: ours(graph, link_m=LINK_M, halve=True)),
    "METIS": Method("pymetis", 10**9, lambda graph: Division(metis(graph))),
    f"METIS, best of {SEEDS}": Method("pymetis", 10**9, lambda graph: Division(metis(graph, SEEDS))),
    "k-means-constrained": Method("k_means_constrained", 10_000, lambda graph: Division(by_kmeans(graph))),
    "gerrychain": Method("gerrychain", 2_000, lambda graph: Division(by_gerrychain(graph))),
    "spopt max-p": Method("spopt", 500, lambda graph: Division(by_spopt(graph))),
}
OWN = [name for name, method in METHODS.items() if method.package is None]
