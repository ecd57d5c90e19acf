"""Spread weights over places so that each place bears what its size calls for: workplaces and teams over communities by households."""

from __future__ import annotations

from collections.abc import Mapping


def spread(weights: Mapping[str, float], sizes: Mapping[str, float], fixed: Mapping[str, str] = {}) -> dict[str, str]:
    """Return the place of each item, the same whatever the order of the mappings.

    The heaviest items go first, each to where most is still missing of the place's share of the whole weight (its share of all sizes); the last
    ones go to places that have none yet, so every place gets one where there are enough. No place bears more than its share and one item on top,
    unless it had none. `fixed`: items whose place is known and counts. Without places nothing is placed.
    """
    if not sizes:
        return dict(sorted(fixed.items()))
    total, whole = sum(weights.values()), sum(sizes.values())
    missing = {place: total * (size / whole if whole > 0 else 1 / len(sizes)) for place, size in sorted(sizes.items())}
    found = {item: place for item, place in sorted(fixed.items()) if item in weights}
    for item, place in found.items():
        if place in missing:
            missing[place] -= weights[item]
    empty = set(missing) - set(found.values())
    left = sorted((item for item in weights if item not in found), key=lambda item: (-weights[item], item))
    for done, item in enumerate(left):
        among = sorted(empty) if len(left) - done <= len(empty) else sorted(missing)
        place = max(among, key=lambda each: missing[each])
        found[item] = place
        missing[place] -= weights[item]
        empty.discard(place)
    return dict(sorted(found.items()))
