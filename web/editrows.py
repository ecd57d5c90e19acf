"""Entries of the log, plans and findings as the interface promises them, and any fact of an error as plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geogrid.findings import Finding, severity_of
from geogrid.store.records import Entry, PlanInfo
from web.editground import in_degrees


def entry_row(entry: Entry) -> dict[str, Any]:
    """Return an entry of the log."""
    pairs = entry.change.units if entry.ground is not None else ()  # entries that an error carries are told without their change
    made = [new.code for old, new in pairs if old is None and new is not None]
    row = {"version": entry.version, "time": entry.time, "user": entry.author, "reason": entry.reason, "kind": entry.kind}
    return {**row, "edit": dict(entry.edit), "units": list(entry.units), "made": made, "undoes": entry.undoes, "valid_from": entry.valid_from or None}


def plan_row(info: PlanInfo) -> dict[str, Any]:
    """Return a plan's facts."""
    names = ("id", "name", "state", "version", "parent", "fork_version", "author", "created_at", "adopted_at", "valid_from")
    return {name: getattr(info, name) for name in names}


def finding_rows(found: Sequence[Finding], crs: CRS | None = None, overrides: Mapping[str, str] = {}) -> list[dict[str, Any]]:
    """Return findings as `geogrid validate --json` does; with a point on each where the CRS of its place is known."""
    return [{**_said(each, overrides), **place} for each, place in zip(found, _places(found, crs), strict=True)]


def _said(finding: Finding, overrides: Mapping[str, str]) -> dict[str, Any]:
    said = {"rule": finding.rule, "severity": finding.severity or severity_of(finding.rule, overrides), "level": finding.level}
    sizes = {name: round(size, 3) for name in ("area_m2", "length_m", "value") if (size := getattr(finding, name)) is not None}
    return {**said, "units": list(finding.units), **sizes, "message": finding.message, "message_zh": finding.message_zh}


def _places(found: Sequence[Finding], crs: CRS | None) -> list[dict[str, float | None]]:
    nowhere = shapely.Point()
    spots = [nowhere if each.geometry is None or crs is None else each.geometry.representative_point() for each in found]
    degrees = in_degrees(spots, crs) if crs is not None and found else spots
    return [{"lon": spot.x, "lat": spot.y} if not spot.is_empty else {"lon": None, "lat": None} for spot in degrees]


def plain(value: Any) -> Any:
    """Return a fact of an error as JSON says it.

    >>> plain({"units": ("1", "2"), "value": float("nan")})
    {'units': ['1', '2'], 'value': None}
    """
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(each) for each in value)
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(each) for each in value]
    if isinstance(value, Entry):
        return entry_row(value)
    if isinstance(value, Finding):
        return finding_rows([value])[0]
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)
