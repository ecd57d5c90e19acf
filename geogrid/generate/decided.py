"""What has been decided about a level's graph so far: the group and region of each node, and the groups out of bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geogrid.partition import Partition

ONE_MORE = 1_000_000_000  # an exception more is worse than any deviation


@dataclass(frozen=True, eq=False)
class State:
    """What has been decided: region and group (`label`) of each node; weight, reason and cure of groups out of bounds; links and parts of nodes."""

    region: np.ndarray
    label: np.ndarray
    out: dict[int, tuple[int, str]]
    cure: dict[int, tuple[str, float]] = field(default_factory=dict)
    links: np.ndarray = field(default_factory=lambda: np.empty((0, 2), np.int64))
    parts: np.ndarray = field(default_factory=lambda: np.empty((0, 3), np.int64))

    def of(self, groups: dict[int, tuple[int, str]], place: np.ndarray) -> dict[int, int]:
        """Value of `place` (n,) where each of the groups lies."""
        if not groups:
            return {}
        group, first = np.unique(np.r_[self.label, self.parts[:, 2]], return_index=True)
        atom = np.r_[np.arange(len(self.label)), self.parts[:, 0]][first]
        at = atom[np.searchsorted(group, np.array(list(groups)))]
        return dict(zip(groups, place[at].tolist(), strict=True))


def state_of(region: np.ndarray, label: np.ndarray, done: Partition, first: int, node: np.ndarray) -> State:
    """A state of what the kernel answered, its groups numbered from `first`, its atoms being `node`."""
    out = {first + g: (w, why) for g, w, why in done.exceptions}
    cure = {first + g: (how, metres) for g, how, metres in done.cures}
    parts = np.c_[node[done.parts[:, 0]], done.parts[:, 1], first + done.parts[:, 2]]
    return State(region, label, out, cure, node[done.links].reshape(-1, 2), parts)


def scores(state: State, wide: np.ndarray, bounds: tuple[int, int]) -> dict[int, int]:
    """Exceptions, and then their deviation, of each wide region that has any."""
    scores: dict[int, int] = {}
    for group, region in state.of(state.out, wide).items():
        weight = state.out[group][0]
        scores[region] = scores.get(region, 0) + ONE_MORE + max(bounds[0] - weight, weight - bounds[1], 0)
    return scores


def mixed(state: State, new: State, taken: np.ndarray) -> State:
    """The state with what is new where it is `taken`, bool (n,)."""
    label = np.where(taken, new.label, state.label)
    region = np.where(taken, int(state.region.max()) + 1 + new.region, state.region)
    parts = np.concatenate([state.parts[~taken[state.parts[:, 0]]], new.parts[taken[new.parts[:, 0]]]])
    present = set(np.unique(np.r_[label, parts[:, 2]]).tolist())
    out = {g: v for g, v in {**state.out, **new.out}.items() if g in present}
    cure = {g: v for g, v in {**state.cure, **new.cure}.items() if g in present}
    links = np.concatenate([state.links[~taken[state.links[:, 0]]], new.links[taken[new.links[:, 0]]]])
    return State(region, label, out, cure, links, parts)
