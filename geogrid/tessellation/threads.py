"""Pieces of work on several threads, answers in the order of the pieces: what is made does not depend on how many threads there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Made = TypeVar("Made")


def each(work: Callable[[Piece], Made], pieces: Sequence[Piece], workers: int) -> list[Made]:
    """Return `work` of each piece, by at most `workers` threads at a time; what helps is that GEOS and compiled code let others run meanwhile."""
    if workers <= 1 or len(pieces) < 2:
        return [work(piece) for piece in pieces]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, pieces))
