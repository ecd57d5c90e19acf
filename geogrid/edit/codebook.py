"""Which codes were ever given, and which come next: appended after the highest number under a parent, never given again.

A level without a code rule whose codes are all the parent's with equally many digits behind (as official area codes are) goes on in that form;
any other goes on with the next plain number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from geogrid.codes import issue
from geogrid.errors import EditError, SchemeError
from geogrid.plan import NO_UNIT
from geogrid.scheme import CodeRule, Scheme

_FEWEST_DIGITS = 3  # behind the parent's code, for a form to be no accident of plain numbers


class Coded(Protocol):
    """What a code book reads of a unit."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def parent(self) -> int: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class CodeBook:
    """`rules`: how each level's codes are made, None for plain numbers. `owner`: every code ever given, and which unit had it last.

    `highest`: by what stands before a number and its digits (0 of a plain one, with its level before it), the highest number ever given.
    """

    rules: Mapping[str, CodeRule | None]
    owner: Mapping[str, int]
    highest: Mapping[tuple[str, int], int]

    @classmethod
    def of(cls, scheme: Scheme, units: Mapping[int, Coded], retired: Iterable[Coded] = (), issued: Mapping[str, int] = {}) -> CodeBook:
        """Return the book of the units in force (by id), the retired ones, and of codes `issued` beside theirs."""
        rules = {level.id: level.code or _form([unit for unit in units.values() if unit.level == level.id], units) for level in scheme.levels}
        listed = [*retired, *units.values()]
        known = {code: (unit, "") for code, unit in issued.items()} | {unit.code: (unit.id, unit.level) for unit in listed}
        return cls(rules, {}, {}).with_codes((level, code, unit) for code, (unit, level) in known.items())

    def with_codes(self, given: Iterable[tuple[str, str, int]]) -> CodeBook:
        """Return the book with more codes given: (level, code, unit id) each; the level "" where it is not known."""
        listed = list(given)
        owner = {**self.owner, **{code: unit for _, code, unit in listed}}
        return CodeBook(self.rules, owner, self._highest(dict(self.highest), listed))

    def _highest(self, highest: dict[tuple[str, int], int], given: Iterable[tuple[str, str, int]]) -> dict[tuple[str, int], int]:
        digits = sorted({rule.digits for rule in self.rules.values() if rule})
        for level, code, _ in given:
            keys = [((code[:-w], w), code[-w:]) for w in digits if len(code) >= w] + ([((level, 0), code)] if level else [])
            for key, number in keys:
                if number.isascii() and number.isdigit():
                    highest[key] = max(highest.get(key, 0), int(number))
        return highest

    def is_of_parent(self, level: str) -> bool:
        """Tell whether codes of a level say their parent, so that another parent means another code."""
        rule = self.rules[level]
        return rule is not None and rule.parent

    def next(self, level: str, parent_code: str, xy: np.ndarray, given: Sequence[tuple[str, str, int]] = ()) -> list[str]:
        """Return the next codes for new units of a level at points (n, 2), metres, numbered among themselves in the scheme's order.

        `given`: codes that are given already, beside those of the book, as in `with_codes`. Raises EditError, reason `codes_run_out`, when the
        level's digits do not suffice.
        """
        rule = self.rules[level]
        key = ((parent_code if rule.parent else ""), rule.digits) if rule else (level, 0)
        taken = {code for _, code, _ in given}
        start = max(self.highest.get(key, 0), self._highest({}, given).get(key, 0)) + 1
        try:
            while True:
                codes = issue(parent_code, xy, rule, start)
                if not any(code in self.owner or code in taken for code in codes):
                    return codes
                start += 1
        except SchemeError as error:
            raise EditError(error.message, error.message_zh, reason="codes_run_out", **error.facts) from None


def _form(units: list[Coded], by_id: Mapping[int, Coded]) -> CodeRule | None:
    """Return the rule that a level's codes follow as they are: the parent's code and so many digits; None where they follow none."""
    widths = set()
    for unit in units:
        before = by_id[unit.parent].code if unit.parent in by_id and unit.parent != NO_UNIT else ""
        behind = unit.code.removeprefix(before)
        widths.add(len(behind) if before and unit.code.startswith(before) and behind.isascii() and behind.isdigit() else 0)
    width = widths.pop() if len(widths) == 1 else 0
    return CodeRule(width) if _FEWEST_DIGITS <= width <= 12 else None
