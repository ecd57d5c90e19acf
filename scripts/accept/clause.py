"""A clause: what a row of the acceptance table promises, the figure wanted, the figure found, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accept.row import Row


@dataclass(frozen=True)
class Clause:
    """`ok` is None where the clause speaks of the full size and the row is smaller: then it is shown, not judged."""

    text: str
    wanted: str
    found: str
    ok: bool | None

    def to_json(self) -> dict[str, Any]:
        """Return the clause as JSON."""
        return {"clause": self.text, "wanted": self.wanted, "found": self.found, "ok": self.ok}


Judge = Callable[["Row"], Clause | list[Clause]]
"""Asks a row and answers with its clauses."""


def number(value: float) -> str:
    """Write a figure.

    >>> number(2257), number(0.5), number(163.6123)
    ('2,257', '0.5', '163.61')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{round(value, 2):,}"


def equal(text: str, wanted: float, found: float, *, whole: bool = True) -> Clause:
    """Judge an exact figure; `whole`: whether the row is of the size that the figure speaks of."""
    return Clause(text, number(wanted), number(found), found == wanted if whole else None)


def at_least(text: str, wanted: float, found: float, *, whole: bool = True) -> Clause:
    """Judge a lower bound, as the sources' 余 and 多."""
    return Clause(text, f"≥ {number(wanted)}", number(found), found >= wanted if whole else None)


def at_most(text: str, wanted: float, found: float, unit: str = "") -> Clause:
    """Judge an upper bound."""
    return Clause(text, f"≤ {number(wanted)}{unit}", f"{number(found)}{unit}", found <= wanted)


def holds(text: str, ok: bool, found: str, wanted: str = "yes") -> Clause:
    """Judge what is no figure."""
    return Clause(text, wanted, found, ok)
