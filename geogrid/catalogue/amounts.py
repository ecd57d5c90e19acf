"""How many names and how much land are written in sentences, alike in both languages."""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 4


def few(names: Sequence[str], of: int | None = None) -> str:
    """Name the first few, and how many there are: all of `names`, or as many as are said.

    >>> few(["a", "b"]), few(["a", "b", "c", "d", "e"])
    ('a, b', 'a, b, c, d … (5)')
    """
    count = len(names) if of is None else of
    return ", ".join(names[:_NAMED]) + (f" … ({count})" if count > _NAMED else "")


def figure(size: float) -> str:
    """Write a size: three digits below a hundred, whole numbers from there.

    >>> figure(0.12345), figure(12345.6)
    ('0.123', '12,346')
    """
    return f"{size:,.3g}" if abs(size) < 100 else f"{size:,.0f}"
