"""What an earlier version is told to have: its own findings, also where it had none."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
from shapely import Point

from geogrid.findings import Finding, to_frame
from geogrid.store.views import patched_findings
from tests.desks import tiny_desk


def test_findings_that_came_later_are_not_told_of_a_version_that_had_none(tmp_path: Path):
    desk = tiny_desk(tmp_path)
    state = desk.state()
    unit = next(each for each in state.units.values() if each.level == "grid" and each.kind == "base")
    later = to_frame([Finding("splits_building", "grid", (unit.code, "130102001001999"), Point(0, 0))], state.ground.crs, state.scheme.severity)
    told = patched_findings(gpd.GeoDataFrame(later.assign(note=False)), state, state, [unit.id])
    assert "splits_building" not in set(told["rule"])
    desk.close()
