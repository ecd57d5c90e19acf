"""Groups out of bounds looked at closely: every connected group in a region round them is listed, and the best choice of them is proved by MILP.

A region is open to the atoms round it. A piece of it that touches them may go on outside, so it counts as within bounds wherever it still can be:
the least number of violations of the region is then a lower bound, whatever the rest does. It starts from the groups out of bounds and grows where
the best choice leans on the outside, until

    proved      the region alone forces as many violations as were found
    better      the choice leans on nothing outside and has fewer: it replaces the groups there
    too large   more groups than `most` to list, or more than WORK * `most` in all steps
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import reverse_cuthill_mckee

from geogrid.partition.bounds import cap_of
from geogrid.partition.choice import best_choice
from geogrid.partition.listing import Listed, list_groups

FEW, MANY = 5_000, 1_000_000
WHOLE = 20_000  # groups of a component that is looked at as a whole, even at first
SOUND = 2  # times as many groups within bounds may be listed as groups of any weight
WORK, STEP = 2, 200  # groups listed for a component in all, against the most at a time; what a step costs beside its list
WHOLE_STEP = 1_000  # what looking at a whole component costs
UNTOLD = 4  # groups listed in vain, against those that are looked at
GROWTH = 3  # atoms that a region takes in at a time


class Village:
    """One connected component without atoms above `upper`: `near` holds the neighbours of each atom as bits of one integer."""

    def __init__(self, weights: np.ndarray, edges: np.ndarray, lower: int, upper: int) -> None:
        self.weights: list[int] = weights.tolist()
        self.lower, self.upper, self.cap = lower, upper, cap_of(lower, upper)
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


def listed_groups(village: Village, atoms: list[int], most: int, found: int) -> Listed | None:
    """List the connected groups among `atoms` that a choice with fewer than `found` faults can use, bit i for atoms[i]; None beyond `most`.

    A choice without faults uses none out of bounds, and in a long look more such groups can be looked through; atoms alone stay on the
    list, so that there is a choice.
    """
    place = {v: i for i, v in enumerate(atoms)}
    inside = _union([1 << v for v in atoms])
    near = [[place[u] for u in bits(village.near[v] & inside)] for v in atoms]
    weight = [village.weights[v] for v in atoms]
    if found != 1 or most <= WHOLE:
        return list_groups(near, weight, village.cap, most)
    listed = list_groups(near, weight, village.upper, most * SOUND)
    if listed is None:
        return None
    ends = np.array([village.near[v] & ~inside != 0 for v in atoms])
    return listed.only((listed.weight >= village.lower) | listed.meets(ends) | (listed.sums(np.ones(len(atoms))) == 1))


def _along(village: Village, atoms: list[int]) -> list[int]:
    """Return the atoms in an order in which neighbours are near each other: a search for a cover then meets the same bare rest again and again."""
    place, inside = {v: i for i, v in enumerate(atoms)}, _union([1 << v for v in atoms])
    pairs = np.array([(i, place[u]) for v, i in place.items() for u in bits(village.near[v] & inside)], np.int64).reshape(-1, 2)
    joined = csr_matrix((np.ones(len(pairs), np.int8), pairs.T), shape=(len(atoms), len(atoms)))
    return [atoms[i] for i in reverse_cuthill_mckee(joined, symmetric_mode=True).tolist()]


@dataclass
class Budget:
    """Work that proofs may still take, in groups listed: counted, never timed, so that the answer is the same on every machine."""

    left: float = np.inf


def settle(village: Village, groups: list[int], most: int = FEW, budget: Budget | None = None) -> tuple[list[int], int]:
    """Return (groups, violations proved to be unavoidable): the groups improved where a region shows a better choice.

    `groups` are the connected groups of the component, as bits. Where the two numbers of violations agree, the division has as few as can be.
    """
    budget = budget or Budget()
    known, size = _whole(village, groups, max(most, WHOLE))
    budget.left -= WHOLE_STEP + (size if most > WHOLE else 0)
    if known is not None:
        return known
    bridged, real = village.bridged()
    work = most * WORK
    open_ = bridged.parts(_union([g for g in groups if village.is_faulty(g)]) & real)
    done: list[tuple[int, int]] = []
    while work > 0 and budget.left > 0:
        grown = 0
        for region in open_:
            groups, proved, more, size = _look(village, bridged, groups, region, most)
            work -= size + STEP
            budget.left -= size + STEP
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


def _whole(village: Village, groups: list[int], most: int) -> tuple[tuple[list[int], int] | None, int]:
    """Return (what `settle` does, groups listed) from all groups of the component; None where there are too many, or a search takes too long."""
    atoms, found = _along(village, list(range(len(village.weights)))), _faults(village, groups)
    listed = listed_groups(village, atoms, most, found)
    if listed is None:
        return None, most // UNTOLD
    if found > 1:
        listed = listed.only(listed.weight > 0)  # a weightless group can go with any group beside it
    choice = best_choice(listed, (listed.weight < village.lower) | (listed.weight > village.upper), np.zeros(len(listed), np.bool_), found)
    if choice.least >= found:
        return (groups, found), len(listed)
    return (_as_sets(listed, choice.groups, atoms), choice.least) if len(choice.groups) else None, len(listed)


def _look(village: Village, bridged: Village, groups: list[int], region: int, most: int) -> tuple[list[int], int, int, int]:
    """Return (groups, violations proved, region to look at next, groups listed); no region where this one is proved or too large."""
    found, atoms = _found(bridged, groups, region), _along(bridged, bits(region))
    listed = listed_groups(bridged, atoms, most, found)
    if listed is None:
        return groups, 0, 0, most
    open_ = listed.meets(np.array([bridged.near[v] & ~region != 0 for v in atoms]))
    leans = open_ & (listed.weight < village.lower)
    choice = best_choice(listed, (listed.weight < village.lower) | (listed.weight > village.upper), leans, found)
    if choice.least >= found:
        return groups, found, 0, len(listed)
    touched, lean = [g for g in groups if g & region], _union(_as_sets(listed, choice.likely[leans[choice.likely]], atoms))
    better = _rearranged(village, touched, region, FEW if lean else WHOLE) if len(listed) <= FEW or not lean else []
    if better:
        kept = [g for g in groups if not g & region]
        return kept + better, 0, _union([g for g in better if village.is_faulty(g)]), len(listed)
    further = bridged.ring(lean) & ~region or bridged.ring(region) & _union(touched) or bridged.ring(region)
    return groups, 0, region | _nearest(bridged, further, region) if further else 0, len(listed)


def _as_sets(listed: Listed, rows: np.ndarray, atoms: list[int]) -> list[int]:
    """Return rows of the list as bits of the village's atoms."""
    return [_union([1 << atoms[i] for i in np.flatnonzero(row)]) for row in listed.matrix(rows)]


def _rearranged(village: Village, touched: list[int], region: int, most: int) -> list[int]:
    """Return the groups `touched` rearranged with fewer violations, or []: atoms of the region go singly, parts of groups outside it as one."""
    nodes = [1 << v for v in bits(region)] + [part for g in touched for part in village.parts(g & ~region)]
    small = village.gathered(nodes)
    everything = list(range(len(nodes)))
    found = sum(map(village.is_faulty, touched))
    listed = listed_groups(small, everything, most, found)
    if listed is None:
        return []
    faulty = (listed.weight < village.lower) | (listed.weight > village.upper)
    groups = best_choice(listed, faulty, np.zeros(len(listed), np.bool_), found).groups
    if not len(groups) or faulty[groups].sum() >= found:
        return []
    return [_union([nodes[i] for i in bits(group)]) for group in _as_sets(listed, groups, everything)]


def _faults(village: Village, groups: list[int]) -> int:
    """Count the groups with weight that are out of bounds."""
    return sum(1 for g in groups if village.weight(g) and village.is_faulty(g))


def _found(bridged: Village, groups: list[int], region: int) -> int:
    """Count the groups out of bounds whose atoms with weight all lie in the region."""
    inside = (g for g in groups if not any(bridged.weights[v] for v in bits(g & ~region)))
    return sum(1 for g in inside if bridged.weight(g) and bridged.is_faulty(g))


def _union(groups: list[int]) -> int:
    out = 0
    for g in groups:
        out |= g
    return out


def _nearest(bridged: Village, ring: int, region: int) -> int:
    """Return the few atoms of the ring that open the region least: those with the fewest neighbours outside."""
    outside = sorted(((bridged.near[v] & ~region).bit_count(), v) for v in bits(ring))
    return _union([1 << v for _, v in outside[:GROWTH]])
