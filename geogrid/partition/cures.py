"""What would cure a group out of bounds: a walking link across so many metres, an atom divided, or nothing but accepting it.

link      the weights joined could be cut within bounds (or with fewer violations), see `links.joined`
halve     half an atom given to the group next door brings both within bounds, or the weights allow it once heavy atoms are divided
accept    neither
"""

from __future__ import annotations

import numpy as np

from geogrid.partition.bounds import by_packing
from geogrid.partition.halves import MOVABLE, best_move, near_equal
from geogrid.partition.links import group_ways, joined, misses
from geogrid.partition.patches import Patch

Cure = tuple[int, str, float]
BY_WEIGHT = ("component_too_light", "component_between")
HEAVY = ("atom_too_heavy", "beside_heavy")


def find_cures(patch: Patch, lower: int, upper: int) -> list[Cure]:
    """Return (group, cure, metres) for every exception of the patch; metres is the longest link needed, 0 for the other cures."""
    component = patch.component.astype(np.int64)
    total = np.bincount(component, patch.graph.weight).astype(np.int64)
    of_group = np.zeros(int(patch.labels.max(initial=-1)) + 1, np.int64)
    of_group[patch.labels] = component
    return [(g, *_cure(patch, component, int(of_group[g]), int(total[of_group[g]]), (g, w, why), lower, upper)) for g, w, why in patch.exceptions]


def _cure(patch: Patch, component: np.ndarray, here: int, total: int, exception: tuple[int, int, str], lower: int, upper: int) -> tuple[str, float]:
    group, weight, reason = exception
    if reason not in (*HEAVY, *BY_WEIGHT, *MOVABLE):
        return "accept", 0.0
    if reason in HEAVY and misses(total, lower, upper) == 0:
        return "halve", 0.0
    if reason in HEAVY or reason in BY_WEIGHT:
        links = joined(patch, component, here, np.inf, lower, upper)
        return ("link", max(way[0] for way in links)) if links else ("accept", 0.0)
    if best_move(patch, group, lower, upper) or _packs_halved(patch.graph.weight[component == here], lower, upper):
        return "halve", 0.0
    ways = group_ways(patch, group, weight, np.inf, lower, upper)
    return ("link", ways[0][0]) if ways else ("accept", 0.0)


def _packs_halved(weights: np.ndarray, lower: int, upper: int) -> bool:
    """Tell whether sizes that force a violation force fewer with one of the heaviest atoms in two halves."""
    before = by_packing(weights, lower, upper)
    if not before or weights.max() < 2:
        return False
    heaviest = int(np.argmax(weights))
    return by_packing(np.r_[np.delete(weights, heaviest), near_equal(int(weights[heaviest]), 2)], lower, upper) < before
