"""Certificates: what is proved unavoidable is so, checked against trying out every division of tiny graphs."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.partition import partition
from geogrid.partition.bounds import by_blocks, by_packing, by_weight
from geogrid.partition.regions import Village, settle
from tests.test_partition import check_promises, path, reasons

CAP = 19


def fewest_violations(weights: np.ndarray, edges: np.ndarray, lower: int, upper: int) -> int:
    """Try every division into connected groups; a group out of bounds holds one atom above `upper` or weighs CAP at most."""
    near = [0] * len(weights)
    for a, b in edges.tolist():
        near[a] |= 1 << b
        near[b] |= 1 << a
    best = {0: 0}

    def solve(mask: int) -> int:
        if mask not in best:
            start = mask & -mask
            groups = connected(start, near[start.bit_length() - 1] & mask, mask)
            best[mask] = min(cost(group) + solve(mask & ~group) for group in groups if cost(group) < 99)
        return best[mask]

    def connected(group: int, ring: int, mask: int):
        if not ring:
            yield group
            return
        bit = ring & -ring
        yield from connected(group, ring & ~bit, mask & ~bit)
        yield from connected(group | bit, (ring | near[bit.bit_length() - 1]) & mask & ~(group | bit), mask)

    def cost(group: int) -> int:
        held = [int(w) for i, w in enumerate(weights) if group >> i & 1]
        heavy = sum(w > upper for w in held)
        if heavy > 1 or (not heavy and sum(held) > CAP):
            return 99
        return 0 if lower <= sum(held) <= upper else 1

    return solve((1 << len(weights)) - 1)


@st.composite
def tiny(draw):
    n = draw(st.integers(2, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    more = [tuple(sorted(rng.integers(0, n, 2).tolist())) for _ in range(draw(st.integers(0, 5)))]
    edges = {(int(rng.integers(0, i)), i) for i in range(1, n)} | {(a, b) for a, b in more if a != b}
    return rng.integers(1, draw(st.sampled_from([7, 10, 17])), n), np.array(sorted(edges))


@settings(max_examples=60, deadline=None)
@given(tiny())
def test_the_fewest_violations_are_found_and_no_bound_claims_more(case):
    weights, edges = case
    fewest = fewest_violations(weights, edges, 10, 15)
    cut = partition(weights, edges, lower=10, upper=15)
    check_promises(cut, weights, edges, 10, 15)
    assert len(cut.exceptions) == fewest
    heavy = int((weights > 15).sum())
    if not heavy:
        bounds = by_weight(weights, 10, 15), by_packing(weights, 10, 15), by_blocks(weights, edges, 10, 15)
        assert max(bounds) <= fewest
        village = Village(weights, edges, 10, 15)
        groups, proved = settle(village, [1 << v for v in range(len(weights))])  # from the worst division there is
        assert proved <= fewest <= sum(map(village.is_faulty, groups))
        assert sorted(v for g in groups for v in range(len(weights)) if g >> v & 1) == list(range(len(weights)))
        assert all(len(village.parts(g)) == 1 for g in groups)
    assert len(cut.exceptions) == 0 or "not_proven" not in reasons(cut)


def test_two_hamlets_behind_one_house_are_proved_in_a_large_village():
    ring = [[i, (i + 1) % 100] for i in range(100)]
    hamlets = [[0, 100], *([i, i + 1] for i in range(100, 108)), [0, 109], *([i, i + 1] for i in range(109, 117))]
    edges = np.array(ring + hamlets)
    cut = partition(np.ones(118, int), edges, lower=10, upper=15)
    check_promises(cut, np.ones(118, int), edges, 10, 15)
    assert reasons(cut) == ["not_connectable"]


def test_a_hamlet_that_no_house_can_help_is_proved_in_its_region_alone():
    village = Village(np.array([9, 9, 9, 12]), np.array([[0, 1], [0, 2], [0, 3]]), 10, 15)
    _, proved = settle(village, [0b0011, 0b0100, 0b1000])
    assert proved == 2


def test_towers_of_eights_in_a_village_of_ones_are_proved_floor_by_floor():
    ground = [[i, i + 1] for i in range(99)] + [[i, i + 10] for i in range(90)]
    towers = [[a, b] for base in (0, 9) for a, b in ((base, 100 + base), (100 + base, 120 + base), (120 + base, 140 + base))]
    weights = np.ones(150, int)
    weights[[100, 120, 140, 109, 129, 149]] = 8
    used = sorted({v for e in ground + towers for v in e})
    place = {v: i for i, v in enumerate(used)}
    edges = np.array([[place[a], place[b]] for a, b in ground + towers])
    cut = partition(weights[used], edges, lower=10, upper=15)
    check_promises(cut, weights[used], edges, 10, 15)
    assert [w for _, w, _ in cut.exceptions] == [16, 16]
    assert reasons(cut) == ["not_connectable", "not_connectable"]


def test_one_floor_of_three_among_fours_does_not_help():
    weights = np.full(44, 4)
    weights[7] = 3
    cut = partition(weights, path(44), lower=10, upper=15)
    assert reasons(cut) == ["no_packing"]


def test_atoms_of_nine_pair_up_as_few_exceptions():
    cut = partition(np.full(6, 9), path(6), lower=10, upper=15)
    assert [w for _, w, _ in cut.exceptions] == [18, 18, 18]
    assert reasons(cut) == ["no_packing"] * 3
