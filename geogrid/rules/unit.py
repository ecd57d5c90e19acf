"""What is said of one unit, whoever asks: a check of the whole plan, or of the few units that an edit touched."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.findings import Finding
from geogrid.rules.reasons import cure_facts, is_held, reason_facts, severity
from geogrid.scheme import Level


class Told(Protocol):
    """What a finding repeats of a unit: a row of `Plan.frame`, or what else has these."""

    @property
    def households(self) -> int: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def note(self) -> str: ...  # noqa: D102
    @property
    def cure(self) -> str: ...  # noqa: D102
    @property
    def cure_m(self) -> float: ...  # noqa: D102
    @property
    def link_m(self) -> float: ...  # noqa: D102
    @property
    def geometry(self) -> BaseGeometry | None: ...  # noqa: D102


def of_bounds(unit: Told, code: str, word: str, rule: Level) -> Finding:
    """Say that a unit is "below" or "above" its level's bounds; a certified or given reason makes a warning of it and stands in the message."""
    lower, upper = rule.households or (0, 0)
    facts = {"lower": lower, "upper": upper, **reason_facts(unit.reason, note=unit.note), **cure_facts(unit.cure, unit.cure_m)}
    return Finding(f"households_{word}", rule.id, (code,), unit.geometry, value=float(unit.households), severity=severity(unit.reason), facts=facts)


def of_shape(found: Finding, unit: Told | None) -> Finding | None:
    """Say of pieces and slivers (`rules.layer.find_shapes`) what the unit's reason makes of them; None where a walking link holds them together."""
    reason, note, link_m = (unit.reason, unit.note, unit.link_m) if unit else ("", "", 0.0)
    if found.rule == "not_connected" and unit and unit.geometry and link_m and is_held(unit.geometry, link_m):
        return None
    facts = {**found.facts, **reason_facts(reason, "in_pieces", note)}
    kind = severity(reason) if found.rule == "not_connected" else ""
    return Finding(found.rule, found.level, found.units, found.geometry, found.area_m2, None, found.value, kind, facts)


def of_shared_cell(level: str, codes: list[str], cell: BaseGeometry) -> Finding:
    """Say that units above the lowest level share a cell."""
    return Finding("overlap", level, tuple(sorted(codes)), cell, area_m2=float(cell.area))


def of_divided_building(level: str, codes: list[str], building: str, cells: np.ndarray) -> Finding:
    """Say that units above the lowest level divide a building, whose cells these are."""
    return Finding("splits_building", level, tuple(sorted(set(codes))), shapely.union_all(cells), facts={"building": building})


def of_unassigned(rule: Level, cells: np.ndarray, households: int, *, is_adopted: bool) -> Finding:
    """Say that a complete level leaves out some cells: a warning in a draft, an error when adopted."""
    place = shapely.coverage_union_all(cells)
    facts = {"cells": len(cells), "households": households, "level_zh": rule.name.zh, "level_en": rule.name.en}
    kind = "error" if is_adopted else "warning"
    return Finding("unassigned", rule.id, (), place, area_m2=float(shapely.area(place)), severity=kind, facts=facts)
