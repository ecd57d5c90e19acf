"""A declared figure and a computed one: does it hold, by how much not, and how to say so."""

from __future__ import annotations

from dataclasses import replace

from geogrid.declared import KM2, MEASURES, Amount
from geogrid.report.rows import Note, note, tidy
from geogrid.report.units import SCALE_SHARE, area_tolerance_km2

UNITS = {"area_km2": "km2", "organisation_share": "%"}
"""Units of the figures that are no plain numbers."""
_UNIT_WORDS = {"km2": (" 平方公里", " km²"), "%": (" 个百分点", " percentage points"), "": (" 个", "")}
_WANTED = {"km2": ("面积", "areas"), "%": ("百分比", "per cent"), "": ("个数", "plain numbers")}


def in_unit_of(figure: str, amount: Amount) -> Amount | Note:
    """Return the amount in the unit of the figure, or why it can not be: an area in square kilometres, a share in per cent, others in numbers."""
    unit = UNITS.get(figure, "")
    if unit == "km2" and amount.unit in KM2:
        factor = KM2[amount.unit]
        value = None if amount.value is None else amount.value * factor
        return replace(amount, value=value, low=amount.low * factor, high=amount.high * factor)
    plain = not amount.unit or (unit == "" and amount.unit not in MEASURES)
    if plain or amount.unit == unit:
        return amount
    zh, en = _WANTED[unit]
    return note("wrong_unit", name=amount.unit, wanted_zh=zh, wanted_en=en)


def widened(amount: Amount, written: Amount, computed_km2: float) -> Amount:
    """Return an amount of area with the tolerance of measuring: `written` is the same before it was converted."""
    tolerance_km2 = area_tolerance_km2(written, computed_km2)
    if amount.bound == "" and amount.value is not None:
        return replace(amount, low=amount.value - tolerance_km2, high=amount.value + tolerance_km2)
    slack = SCALE_SHARE * computed_km2
    return replace(amount, low=max(0.0, amount.low - slack), high=amount.high + slack)


def verdict_notes(amount: Amount, computed: float, unit: str) -> list[Note]:
    """Say whether the figure holds, and if not, by how much it is missed."""
    span = {"low": shown(amount.low), "high": shown(amount.high)}
    taken = [note("about", **span)] if amount.bound in ("about", "near") else []
    if amount.holds(computed):
        if taken:
            return taken
        key = {"lower": "at_least", "upper": "at_most", "range": "within"}.get(amount.bound, "equal")
        rough = key == "equal" and amount.value is not None and abs(computed - amount.value) > 1e-9 and unit == ""
        return [note("rounded", step=shown(amount.step)) if rough else note(key, **span)]
    missed = amount.difference(computed)
    zh, en = _UNIT_WORDS[unit]
    return [note(("less" if unit else "fewer") if missed < 0 else "more", n=shown(abs(missed)), unit_zh=zh, unit_en=en), *taken]


def shown(value: float) -> str:
    """Write a figure with thousands separators, at most three decimals.

    >>> shown(785000.0), shown(0.0304), shown(float("inf"))
    ('785,000', '0.03', '∞')
    """
    if value == float("inf"):
        return "∞"
    plain = tidy(round(float(value), 3))
    return f"{plain:,}"
