"""Groups out of bounds looked at closely: every connected group in a region round them is listed, and the best choice of them is proved by MILP.

A region is open to the atoms round it. A piece of it that touches them may go on outside, so it counts as within bounds wherever it still can be:
the least number of violations of the region is then a lower bound, whatever the rest does. It starts from the groups out of bounds and grows where
the best choice leans on the outside, until

    proved      the region alone forces as many violations as were found
    better      the choice leans on nothing outside and has fewer: it replaces the groups there
    too large   more groups than `most` to list, or more than MAX_STEPS steps
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix

from geogrid.partition.knapsack import bounds_cap

FEW, MANY = 5_000, 1_000_000
MAX_STEPS = 40
NODE_LIMIT = 400
FIRST = 500  # columns brought in at a time
INFEASIBLE = 2
LEAN = 0.3  # all leanings on the outside together weigh less than one violation

Listed = list[tuple[int, int]]


class Village:
    """One connected component without atoms above `upper`: `near` holds the neighbours of each atom as bits of one integer."""

    def __init__(self, weights: np.ndarray, edges: np.ndarray, lower: int, upper: int) -> None:
        self.weights: list[int] = weights.tolist()
        self.lower, self.upper, self.cap = lower, upper, int(bounds_cap(lower, upper))
        self.near = [0] * len(self.weights)
        for a, b in edges.tolist():
            self.near[a] |= 1 << b
            self.near[b] |= 1 << a

    def bridged(self) -> tuple[Village, int]:
        """Return (this graph with neighbours of weightless atoms joined directly, its atoms with weight): what is connected here is so there."""
        none = sum(1 << v for v, w in enumerate(self.weights) if w == 0)
        out = Village(np.array(self.weights), np.empty((0, 2), np.int64), self.lower, self.upper)
        out.near = [near & ~none for near in self.near]
        for part in self.parts(none):
            doors = self.ring(part)
            for v in bits(doors):
                out.near[v] |= doors & ~(1 << v)
        return out, ((1 << len(self.weights)) - 1) & ~none

    def ring(self, atoms: int) -> int:
        """Return the atoms next to `atoms`, without them."""
        out = 0
        for v in bits(atoms):
            out |= self.near[v]
        return out & ~atoms

    def parts(self, atoms: int) -> list[int]:
        """Return the connected parts of `atoms`."""
        out = []
        while atoms:
            part, ring = 0, atoms & -atoms
            while ring:
                part |= ring
                ring = self.ring(part) & atoms
            out.append(part)
            atoms &= ~part
        return out

    def weight(self, atoms: int) -> int:
        """Return the weight of `atoms` together."""
        return sum(self.weights[v] for v in bits(atoms))

    def is_faulty(self, group: int) -> bool:
        """Tell whether the weight of `group` is out of bounds."""
        return not self.lower <= self.weight(group) <= self.upper

    def gathered(self, nodes: list[int]) -> Village:
        """Return the graph in which each of `nodes`, disjoint sets of atoms, is one atom."""
        of_atom = {v: i for i, node in enumerate(nodes) for v in bits(node)}
        pairs = {(i, of_atom[v]) for i, node in enumerate(nodes) for v in bits(self.ring(node)) if v in of_atom}
        weights = np.array([self.weight(node) for node in nodes])
        return Village(weights, np.array(sorted(pairs), np.int64).reshape(-1, 2), self.lower, self.upper)


def bits(mask: int) -> list[int]:
    """Return the numbers of the bits that are set, ascending.

    >>> bits(0b1101)
    [0, 2, 3]
    """
    out = []
    while mask:
        low = mask & -mask
        out.append(low.bit_length() - 1)
        mask ^= low
    return out


def connected_groups(village: Village, atoms: int, most: int) -> Listed | None:
    """List every connected (group, weight) inside `atoms` of weight up to `cap`; None when there are more than `most`."""
    out: Listed = []
    near, weights, cap = village.near, village.weights, village.cap
    for start in bits(atoms):
        stack = [(1 << start, near[start] & atoms, 1 << start, weights[start])]
        while stack:
            group, ring, settled, weight = stack.pop()
            if not ring:
                out.append((group, weight))
                if len(out) > most:
                    return None
                continue
            bit = ring & -ring
            v = bit.bit_length() - 1
            stack.append((group, ring ^ bit, settled | bit, weight))
            if weight + weights[v] <= cap:
                stack.append((group | bit, (ring | near[v]) & atoms & ~(settled | bit | group), settled, weight + weights[v]))
        atoms ^= 1 << start
    return out


def best_choice(village: Village, atoms: int, listed: Listed, found: int) -> tuple[int, list[int], int]:
    """Return (least violations proved, the groups chosen, the outside atoms that the choice leans on); `found` violations are known to do."""
    within = _as_matrix([group for group, _ in listed], len(village.near))[:, bits(atoms)]
    open_ = [i for i, v in enumerate(bits(atoms)) if village.near[v] & ~atoms]
    weight = np.array([w for _, w in listed])
    leans = (weight < village.lower) & within[:, open_].any(axis=1)
    cost = np.where(leans, LEAN / (within.shape[1] + 1), ((weight < village.lower) | (weight > village.upper)).astype(float))
    matrix = csc_matrix(within.T.astype(float))
    kept, least = _worth_keeping(cost, matrix, found)
    if not len(kept):
        return least, [], 0
    options = {"node_limit": NODE_LIMIT, "presolve": False}
    exactly = LinearConstraint(matrix[:, kept], 1, 1)
    solved = milp(cost[kept], constraints=exactly, bounds=Bounds(0, 1), integrality=np.ones(len(kept)), options=options)
    if solved.status == INFEASIBLE:
        return found, [], 0
    bound = solved.mip_dual_bound
    least = max(least, min(found, int(np.ceil(bound - LEAN - 1e-6)))) if bound is not None and np.isfinite(bound) else least
    if solved.x is None:
        return least, [], 0
    used = kept[solved.x > 0.5]
    lean = 0
    for k in used[leans[used]]:
        lean |= village.ring(listed[k][0]) & ~atoms
    return least, [listed[k][0] for k in used], lean


def _as_matrix(groups: list[int], n: int) -> np.ndarray:
    """Return uint8 (groups, n): 1 where the bit is set."""
    size = -(-n // 8)
    raw = np.frombuffer(b"".join(group.to_bytes(size, "little") for group in groups), np.uint8).reshape(-1, size)
    return np.unpackbits(raw, axis=1, count=n, bitorder="little")


def _worth_keeping(cost: np.ndarray, matrix: csc_matrix, found: int) -> tuple[np.ndarray, int]:
    """Return (columns that a choice with fewer than `found` violations could use, least violations by the linear relaxation).

    Columns are brought in as the prices of atoms ask for them; what then costs too much beside the optimum can be in no better choice.
    """
    first = np.argsort(cost + 1.0 / np.diff(matrix.indptr), kind="stable")[:FIRST]
    single = np.flatnonzero(np.diff(matrix.indptr) == 1)  # every atom alone: the relaxation can always be solved
    chosen = np.union1d(first, single)
    while True:
        once, options = np.ones(matrix.get_shape()[0]), {"presolve": False}
        solved = linprog(cost[chosen], A_eq=matrix[:, chosen], b_eq=once, bounds=(0, None), method="highs-ds", options=options)
        if solved.status != 0:
            return np.arange(len(cost)), 0
        reduced = cost - matrix.T @ solved.eqlin.marginals
        fresh = np.flatnonzero(reduced < -1e-7)
        if not len(fresh):
            break
        chosen = np.union1d(chosen, fresh[np.argsort(reduced[fresh], kind="stable")[:FIRST]])
    if solved.fun > found - 1 + LEAN + 1e-6:
        return np.empty(0, np.int64), found
    return np.flatnonzero(reduced <= found - 1 + LEAN + 1e-6 - solved.fun), max(0, int(np.ceil(solved.fun - LEAN - 1e-6)))


def settle(village: Village, groups: list[int], most: int = FEW) -> tuple[list[int], int]:
    """Return (groups, violations proved to be unavoidable): the groups improved where a region shows a better choice.

    `groups` are the connected groups of the component, as bits. Where the two numbers of violations agree, the division has as few as can be.
    """
    bridged, real = village.bridged()
    open_ = bridged.parts(_union([g for g in groups if village.is_faulty(g)]) & real)
    done: list[tuple[int, int]] = []
    for _ in range(MAX_STEPS):
        grown = 0
        for region in open_:
            groups, proved, more = _look(village, bridged, groups, region, most)
            if proved:
                done.append((region, proved))
            grown |= more
        met = [d for d in done if d[0] & grown]
        done = [d for d in done if not d[0] & grown]
        grown |= _union([d[0] for d in met])
        open_ = [part for part in bridged.parts(grown & real) if _found(bridged, groups, part)]
        if not open_:
            break
    return groups, sum(proved for _, proved in done)


def _look(village: Village, bridged: Village, groups: list[int], region: int, most: int) -> tuple[list[int], int, int]:
    """Return (groups, violations proved, region to look at next); no region where this one is proved or too large."""
    found = _found(bridged, groups, region)
    listed = connected_groups(bridged, region, most)
    if listed is None:
        return groups, 0, 0
    least, lean = best_choice(bridged, region, listed, found)[::2]
    if least >= found:
        return groups, found, 0
    touched = [g for g in groups if g & region]
    better = _rearranged(village, touched, region) if len(listed) <= FEW else []
    if better:
        kept = [g for g in groups if not g & region]
        return kept + better, 0, _union([g for g in better if village.is_faulty(g)])
    further = lean or bridged.ring(region) & _union(touched) or bridged.ring(region)
    return groups, 0, region | further if further else 0


def _rearranged(village: Village, touched: list[int], region: int) -> list[int]:
    """Return the groups `touched` rearranged with fewer violations, or []: atoms of the region go singly, parts of groups outside it as one."""
    nodes = [1 << v for v in bits(region)] + [part for g in touched for part in village.parts(g & ~region)]
    small = village.gathered(nodes)
    everything = (1 << len(nodes)) - 1
    listed = connected_groups(small, everything, FEW)
    if listed is None:
        return []
    found = sum(map(village.is_faulty, touched))
    _, chosen, _ = best_choice(small, everything, listed, found)
    if not chosen or sum(map(small.is_faulty, chosen)) >= found:
        return []
    return [_union([nodes[i] for i in bits(group)]) for group in chosen]


def _found(bridged: Village, groups: list[int], region: int) -> int:
    """Count the groups out of bounds whose atoms with weight all lie in the region."""
    inside = (g for g in groups if not any(bridged.weights[v] for v in bits(g & ~region)))
    return sum(1 for g in inside if bridged.weight(g) and bridged.is_faulty(g))


def _union(groups: list[int]) -> int:
    out = 0
    for g in groups:
        out |= g
    return out
