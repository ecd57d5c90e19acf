"""How a state of a plan is named on the command line and in addresses: a plan, a version, a date, or a plan at one of these."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from geogrid.errors import InputError, NotFoundError

MAIN = "main"


class Reference(NamedTuple):
    """A plan by id and the version (int), the day (ISO date), or None for its newest version."""

    plan: str
    at: int | str | None = None

    def __str__(self) -> str:
        return self.plan if self.at is None else f"{self.plan}@{self.at}"


def parse_reference(text: str, plans: Collection[str]) -> Reference:
    """Read `d1`, `d1@3`, `main@2026-03-01`, `12` or `2026-03-01` (of the plan `main`). `plans` are the ids there are.

    Raises NotFoundError for an unknown plan, InputError for what is neither a version nor a date.

    >>> parse_reference("12", ["main"]), parse_reference("d1@2026-03-01", ["main", "d1"])
    (Reference(plan='main', at=12), Reference(plan='d1', at='2026-03-01'))
    """
    plan, sign, at = text.strip().partition("@")
    if not sign and (found := parse_at(plan)) is not None:
        return Reference(MAIN, found)
    if plan not in plans:
        known = ", ".join(plans)
        message = f"{text!r}: neither a plan ({known}), nor a version like 12, nor a date like 2026-03-01"
        raise NotFoundError(message, f"“{text}”：不是方案（{'、'.join(plans)}），也不是 12 这样的版本或 2026-03-01 这样的日期", value=text)
    if not sign:
        return Reference(plan)
    found = parse_at(at)
    if found is None:
        raise InputError(
            f"{text!r}: write a version like {plan}@12 or a date like {plan}@2026-03-01",
            f"“{text}”：请写成 {plan}@12 或 {plan}@2026-03-01",
            value=text,
        )
    return Reference(plan, found)


def parse_at(text: str) -> int | str | None:
    """Return the version or the ISO date that a text is, None for neither.

    >>> parse_at("12"), parse_at("2026-03-01"), parse_at("2026-02-30"), parse_at("main")
    (12, '2026-03-01', None, None)
    """
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
