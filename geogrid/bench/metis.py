"""METIS k-way on a kernel input, as one who knows it well would call it: per connected component, contiguous, close neighbours hard to part."""

# pyright: reportMissingImports=false
from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.bench.inputs import LOWER, UPPER, KernelInput

MIDDLE = (LOWER + UPPER) / 2
SEEDS = 15
UFACTOR = 200
"""Allowed imbalance in thousandths: 12.5 × 1.2 = 15. Tighter ones gave no fewer violations on our inputs and shapes twice as long."""
NEAR_M = 1000.0
"""An edge weighs NEAR_M / (its length + 2 m): of unit weights, weights by kind (8 vertical, 4 same floor, 1) and these, these served METIS best."""


def metis(graph: KernelInput, seeds: int = 1) -> np.ndarray:
    """Return labels (n,): k = round(W / 12.5) parts of each component; the best of up to `seeds`, ended by the first without a violation.

    METIS takes `contiguous` seriously on connected graphs only, so components are handed to it one by one. pymetis 2025.2.2 gave the same
    answer for every value of its option `seed`, so a try after the first is one of shuffled rows.
    """
    matrix = _weighted(graph)
    _, component = connected_components(matrix, directed=False)
    order = np.argsort(component, kind="stable")
    matrix, first = matrix[order][:, order].tocsr(), np.r_[0, np.cumsum(np.bincount(component))]
    weights, labels, base = graph.weights[order].astype(np.int32), np.empty(len(order), np.int64), 0
    for a, b in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        k = max(1, round(int(weights[a:b].sum()) / MIDDLE))
        labels[order[a:b]] = base + (_best(matrix[a:b, a:b], weights[a:b], k, seeds) if k > 1 else 0)
        base += k
    return labels


def _weighted(graph: KernelInput) -> csr_matrix:
    a, b = graph.edges[graph.within[graph.edges[:, 0]] == graph.within[graph.edges[:, 1]]].T
    length = np.linalg.norm(graph.xyz[a] - graph.xyz[b], axis=1)
    weight = np.maximum(1, np.round(NEAR_M / (length + 2.0))).astype(np.int32)
    n = len(graph.weights)
    return csr_matrix((np.r_[weight, weight], (np.r_[a, b], np.r_[b, a])), shape=(n, n))


def _best(matrix: csr_matrix, weights: np.ndarray, k: int, seeds: int) -> np.ndarray:
    import pymetis

    best, fewest = np.zeros(len(weights), np.int64), np.inf
    for seed in range(seeds):
        rows = np.random.default_rng(seed).permutation(len(weights)) if seed else np.arange(len(weights))
        own = matrix[rows][:, rows] if seed else matrix
        options = pymetis.Options(ufactor=UFACTOR, contig=1)
        adjacency = pymetis.CSRAdjacency(own.indptr, own.indices)
        _, parts = pymetis.part_graph(k, adjacency, vweights=weights[rows], eweights=own.data, recursive=False, options=options)
        total = np.bincount(parts, weights[rows], k)
        violations = ((total < LOWER) | (total > UPPER)).sum()
        if violations < fewest:
            fewest = violations
            best[rows] = parts
        if fewest == 0:
            break
    return best
