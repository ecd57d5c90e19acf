"""Small counts hidden, so that nobody reads out of a table what one or two people are, nor computes it from what is shown beside.

A count of 1 … k-1 is hidden as "<k". Whoever knows the total of a parent and the counts of all but one of its children knows that one too; so more is
hidden: a larger count beside it ("k or more"), or the parent's own. A zero says nothing of anybody and is shown, but not beside or below a count
"<k": there it is "<k" too. What may still be concluded is reckoned as a reader would who knows these rules: every hidden count lies between two
bounds, found exactly, since each count stands in one sum above it and one below; as long as the bounds of one meet, more is hidden. Attributes of
people in a few households tell who they are (PIPL; `small_count` of the scheme); the number of households itself is no secret and never hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHOWN, SMALL, BESIDE, UNTOLD = 0, 1, 2, 3
"""Shown; under k, or a zero beside or below such a one; k or more, hidden to protect others; hidden, and not even that is told."""
_MOST = 1 << 40


@dataclass(frozen=True, eq=False)
class Tree:
    """Counts and what each is part of. `value` int (n,) 0 or more, `parent` the row of the parent, -1 for none, int (n,).

    A parent's value need not be the sum of its children's; see `completed`.
    """

    value: np.ndarray
    parent: np.ndarray

    def __post_init__(self) -> None:
        if (self.parent >= np.arange(len(self.parent))).any():
            raise ValueError("a parent must come before its children")

    @property
    def depth(self) -> np.ndarray:
        """How many rows are above each, int (n,)."""
        depth = np.zeros(len(self.value), dtype="int64")
        for row, parent in enumerate(self.parent.tolist()):
            depth[row] = depth[parent] + 1 if parent >= 0 else 0
        return depth


def completed(tree: Tree) -> Tree:
    """Return the tree with a row more for each parent that has something of its own: what none of its children has is a count of people too.

    Children that have more than their parent, as people who are in two of them, leave a rest that every reader is taken to know.
    """
    rest = _rest(tree)
    held = np.unique(tree.parent[tree.parent >= 0])
    own = held[rest[held] > 0]
    return Tree(np.concatenate([tree.value, rest[own]]).astype("int64"), np.concatenate([tree.parent, own]).astype("int64"))


def hide(tree: Tree, k: int) -> np.ndarray:
    """Return what becomes of each count, int8 (n,): `SHOWN`, `SMALL`, `BESIDE` or `UNTOLD`. With k = 1 or less nothing is hidden."""
    return _hidden(completed(tree), k)[: len(tree.value)]


def _hidden(tree: Tree, k: int) -> np.ndarray:
    value = np.asarray(tree.value, dtype="int64")
    marks = np.where((value > 0) & (value < k), SMALL, SHOWN).astype("int8")
    if not marks.any() and not (k == 2 and (value == 0).any()):
        return marks
    while True:
        marks = _with_zeros(tree, value, marks, k)
        more = _beside(tree, value, marks, k)
        if not len(more):  # all that is connected is hidden, up to the total
            return np.where((marks != SHOWN) & find_known(tree, marks, k).any(), UNTOLD, marks).astype("int8")
        marks = marks.copy()
        marks[more] = np.where(value[more] < k, SMALL, BESIDE)


def find_known(tree: Tree, marks: np.ndarray, k: int) -> np.ndarray:
    """Tell which hidden counts a reader can compute from what is shown, bool (n,)."""
    low, high = find_bounds(tree, marks, k)
    return (marks != SHOWN) & (low == high)


def find_bounds(tree: Tree, marks: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest that each count can be for a reader who knows the marks, the shown counts, k and how counts are hidden."""
    rest = _rest(tree)
    return _fallen(tree, rest, *_risen(tree, rest, marks, k))


def _rest(tree: Tree) -> np.ndarray:
    """Return what of each count is none of its children's, int (n,)."""
    rest = np.asarray(tree.value, dtype="int64").copy()
    inner = tree.parent >= 0
    np.subtract.at(rest, tree.parent[inner], tree.value[inner])
    return rest


def _risen(tree: Tree, rest: np.ndarray, marks: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of each count as its own mark and what is below it tell."""
    value, parent, depth, small = np.asarray(tree.value, dtype="int64"), tree.parent, tree.depth, marks == SMALL
    low, high = value.copy(), value.copy()
    trusted = _is_trusted(parent, small) & (k > 2)
    low[small], high[small] = (trusted & (_small_in_family(parent, small) == 1))[small], k - 1
    low[marks == BESIDE], high[marks == BESIDE] = k, _MOST
    low[marks == UNTOLD], high[marks == UNTOLD] = 0, _MOST
    some = np.zeros(len(value), dtype="int64")
    some[parent[small & trusted & (parent >= 0)]] = 1
    for level in range(int(depth.max(initial=0)), 0, -1):
        rows = np.flatnonzero(depth == level)
        above = np.unique(parent[rows])
        low[above] = np.maximum(low[above], np.maximum(_sums(parent, rows, low), some)[above] + rest[above])
        high[above] = np.minimum(high[above], np.minimum(_sums(parent, rows, high)[above], _MOST) + rest[above])
    return low, high


def _fallen(tree: Tree, rest: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds as what is above and beside each count tells too."""
    parent, depth, low, high = tree.parent, tree.depth, low.copy(), high.copy()
    for level in range(1, int(depth.max(initial=0)) + 1):
        rows = np.flatnonzero(depth == level)
        at, least, most = parent[rows], _sums(parent, rows, low), _sums(parent, rows, high)
        from_low, from_high = low[at] - rest[at] - (most[at] - high[rows]), high[at] - rest[at] - (least[at] - low[rows])
        low[rows], high[rows] = np.maximum(low[rows], from_low), np.minimum(high[rows], from_high)
    return low, high


def _sums(parent: np.ndarray, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    out = np.zeros(len(parent), dtype="int64")
    np.add.at(out, parent[rows], values[rows])
    return out


def _with_zeros(tree: Tree, value: np.ndarray, marks: np.ndarray, k: int) -> np.ndarray:
    """Mark the zeros beside a small count and all below one; where k is 2 every zero, since one and nothing are all that "<2" could be."""
    parent, out = tree.parent, marks.copy()
    out[(value == 0) & (marks == SHOWN) & (k == 2)] = SMALL
    for level in range(int(tree.depth.max(initial=0)) + 1):
        here = (tree.depth == level) & (out == SHOWN) & (value < k)
        below = here & (parent >= 0) & (out[parent] == SMALL)
        beside = here & (_small_in_family(parent, out == SMALL) > 0)
        out[below | beside] = SMALL
    return out


def _is_trusted(parent: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Tell of which rows' families a reader knows that one of its small counts is not nothing: all but those below a small count."""
    return (parent < 0) | ~small[parent]


def _small_in_family(parent: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Return how many of each row's parent's children, itself included, are marked, int (n,); what has no parent stands alone."""
    counts = np.zeros(len(parent) + 1, dtype="int64")
    np.add.at(counts, parent[small], 1)
    return np.where(parent >= 0, counts[parent], small.astype("int64"))


def _beside(tree: Tree, value: np.ndarray, marks: np.ndarray, k: int) -> np.ndarray:
    """Return rows to hide too: of each count that is known from below the least one below it, from above the least one beside it, else that above."""
    rest, shown, parent = _rest(tree), marks == SHOWN, tree.parent
    risen = _risen(tree, rest, marks, k)
    low, high = _fallen(tree, rest, *risen)
    least: dict[int, int] = {}
    for row in sorted(np.flatnonzero(shown & (parent >= 0)).tolist(), key=lambda row: (value[row] < k, value[row], row)):
        least.setdefault(int(parent[row]), row)
    known = np.flatnonzero(~shown & (low == high)).tolist()
    below = {least[row] for row in known if risen[0][row] == risen[1][row] and row in least}
    above = {least.get(int(parent[row]), int(parent[row])) for row in known}
    return np.array(sorted(each for each in below or above if each >= 0 and shown[each]), dtype="int64")
