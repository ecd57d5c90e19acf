"""Places that people belong to, and how a number of people or bodies is laid onto them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geogrid.simulate.apportion import apportion
from geogrid.simulate.folk_figures import THINGS

NOTHING = pd.DataFrame({"id": [], "name": [], "kind": [], "weight": [], "x": [], "y": []})


@dataclass(frozen=True, eq=False)
class Places:
    """All that can be belonged to: a frame for each level id and each word of `THINGS`, index 0 …, in an order that never changes.

    Columns: `id name kind weight` (how many live there) `x y` (metres), and the id of the place around it in a column for each level; buildings and
    entrances also say their `compound`, entrances and households their `building`. `share`: of the whole district that is here, 1 for all of it.
    `roads`: lines that events happen on.
    """

    frames: Mapping[str, pd.DataFrame]
    levels: tuple[str, ...]
    share: float
    roads: np.ndarray

    def of(self, word: str) -> pd.DataFrame:
        """Return the places of a level or kind of thing; none where there are none."""
        return self.frames.get(word, NOTHING)

    def scaled(self, n: int, out_of: int | None, places_n: int) -> int:
        """Return a figure of the whole district for this part of it: at least one of what there is at all."""
        share = places_n / out_of if out_of else self.share
        return n if n == 0 or share == 1 else max(1, round(n * share))


def target_word(of: str) -> str:
    """Return the word for `target_kind`.

    >>> target_word("grid"), target_word("station"), target_word("entrance")
    ('unit', 'site', 'entrance')
    """
    return THINGS.get(of, "unit")


def spread(places: pd.DataFrame, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the positions of `n` places, in order: each once where there are enough, else each and again where most people live."""
    m = len(places)
    if m == 0 or n == 0:
        return np.array([], dtype=np.int64)
    return np.sort(rng.permutation(m)[:n]) if n <= m else spread_over(places, n)


def spread_over(places: pd.DataFrame, n: int) -> np.ndarray:
    """Return the positions of `n` places, of which there are at most so many: each once, and again where most people live."""
    return np.repeat(np.arange(len(places)), 1 + apportion(places["weight"].to_numpy(float) + 0.01, n - len(places)))


def laid(places: pd.DataFrame, n: int) -> list[np.ndarray]:
    """Return the positions of the places of each of `n` people so that every place has one; who are fewer than the places hold several in a row."""
    m = len(places)
    if m == 0 or n == 0:
        return []
    return np.array_split(np.arange(m), n) if n < m else [np.array([row]) for row in spread_over(places, n)]


def neighbour(places: pd.DataFrame, row: int, around: str) -> int | None:
    """Return the nearest other place within the same place `around` (a column), None where it is alone there."""
    same = np.flatnonzero((places[around] == places[around].iloc[row]).to_numpy() & (np.arange(len(places)) != row))
    if not len(same):
        return None
    xy = places[["x", "y"]].to_numpy(float)
    return int(same[cKDTree(xy[same]).query(xy[row])[1]])
