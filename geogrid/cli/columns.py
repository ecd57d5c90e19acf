"""Tables on a terminal: columns as wide as their widest words, where a Chinese character is two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> width("grid"), width("网格")
    (4, 4)
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Fill up with blanks to a width, behind the text or, for numbers, before it."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1, indent: str = "  ") -> list[str]:
    """Return the lines of a table: the first `texts` columns stand left, the others, numbers, right.

    >>> table_lines(["网格", "n"], [["a", "12"]])
    ['  网格   n', '  a     12']
    """
    widths = [max(width(text) for text in column) for column in zip(heads, *rows, strict=True)]
    lines = [[padded(text, size, right=i >= texts) for i, (text, size) in enumerate(zip(row, widths, strict=True))] for row in (heads, *rows)]
    return [(indent + "  ".join(line)).rstrip() for line in lines]


def per_cent(share: float | None) -> str:
    """Write a share with one digit, and no share as a dash; neither nothing nor all is said of what is nearly so.

    >>> per_cent(0.118), per_cent(0.99999), per_cent(None)
    ('11.8 %', '99.9 %', '–')
    """
    if share is None or share != share:
        return "–"
    shown = round(100 * share, 1)
    if shown >= 100 and share < 1:
        shown = 99.9
    if shown <= 0 and share > 0:
        shown = 0.1
    return f"{shown:.1f} %"
