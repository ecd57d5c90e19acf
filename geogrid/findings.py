"""What is wrong, where, how much and what to do: the `Finding`, its severity and its sentence in Chinese and English.

A finding is data: rules return them, the store keeps them, pages and scripts show them. The catalogue of sentences is
`geogrid.catalogue`; nothing else in the project words a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue import MESSAGES
from geogrid.catalogue.amounts import few, figure
from geogrid.errors import one_line

COLUMNS = ("rule", "severity", "level", "units", "area_m2", "length_m", "value", "width_m", "rows", "message", "message_zh", "geometry")

_ERRORS = frozenset(
    [
        "code_missing",
        "code_duplicate",
        "code_format",
        "parent_missing",
        "parent_mismatch",
        "crs_missing",
        "crs_mismatch",
        "overlap",
        "floor_overlap",
        "row_rejected",
        "gap",
        "outside_parent",
        "not_edge_matched",
        "unassigned",
        "households_below",
        "households_above",
        "not_connected",
        "geometry_missing",
        "geometry_invalid",
        "geometry_type",
    ]
)


@dataclass(frozen=True)
class Finding:
    """One fault: `rule` names it, `units` are the codes it concerns, `geometry` is its place in the working CRS.

    `area_m2`, `length_m` and `value` are its size, at most one of them set. `facts` fill the message. `width_m` is the greatest width of an
    area, `rows` are the rows of the file that it came from, where one is known.
    """

    rule: str
    level: str = ""
    units: tuple[str, ...] = ()
    geometry: BaseGeometry | None = None
    area_m2: float | None = None
    length_m: float | None = None
    value: float | None = None
    severity: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    width_m: float | None = None
    rows: tuple[int, ...] = ()

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self._say("en")

    @property
    def message_zh(self) -> str:
        """The sentence in Chinese."""
        return self._say("zh")

    def _say(self, language: str) -> str:
        words = {"level": self.level, "units": few(self.units), **_rounded(self), **self.facts}
        entry = MESSAGES[self.rule]
        return one_line(entry[language].format_map(_Blank(words))).replace("  ", " ").strip()


class _Blank(dict[str, Any]):
    """Facts that a rule did not give read as an empty string."""

    def __missing__(self, key: str) -> str:
        return ""


def _rounded(finding: Finding) -> dict[str, str]:
    sizes = {"area_m2": finding.area_m2, "length_m": finding.length_m, "value": finding.value}
    return {name: figure(size) for name, size in sizes.items() if size is not None}


def severity_of(rule: str, overrides: Mapping[str, str] = {}) -> str:
    """Tell the severity of a rule: a scheme's override, else the promise of the interface.

    >>> severity_of("gap"), severity_of("sliver"), severity_of("gap", {"gap": "warning"})
    ('error', 'warning', 'warning')
    """
    return overrides.get(rule, "error" if rule in _ERRORS else "warning")


def to_frame(found: Iterable[Finding], crs: CRS | None, overrides: Mapping[str, str] = {}) -> gpd.GeoDataFrame:
    """Make one frame of findings with the columns of `COLUMNS`, in the order given; `units` holds lists of codes."""
    rows = [
        {
            "rule": f.rule,
            "severity": f.severity or severity_of(f.rule, overrides),
            "level": f.level,
            "units": list(f.units),
            "area_m2": f.area_m2,
            "length_m": f.length_m,
            "value": f.value,
            "width_m": f.width_m,
            "rows": list(f.rows),
            "message": f.message,
            "message_zh": f.message_zh,
            "geometry": f.geometry,
        }
        for f in found
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for size in ("area_m2", "length_m", "value", "width_m"):
        frame[size] = frame[size].astype("float64")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)
