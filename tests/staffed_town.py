"""The tiny project with people: officers of three of four grids, a volunteer, a shop's officer, a secretary, and an overlay that lends an officer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from pyproj import Transformer

from geogrid.scheme import parse_scheme
from geogrid.store import Contents, write_project
from tests.people import USERS, add
from tests.tiny import CRS, EAST, SCRIPT, SIDE, WEST, X0, Y0, tiny_contents

NOW = "2026-03-01"
LENT = "2026-06-05"
"""A day on which the overlay holds."""
RULES = """
[staff.full_time]
name = { zh = "专职网格员", en = "full-time officer" }
per = "grid"
most = 1
post = { zh = "网格长", en = "grid head" }
duties = [{ zh = "信息采集", en = "collecting facts" }, { zh = "巡查", en = "patrol" }]
[staff.volunteer]
name = "志愿者"
[staff.shop]
name = "商超网格员"
"""
STAFF = [
    ("P1", "网格员0001", "full_time", "00000000001", ""),
    ("P2", "网格员0002", "full_time", "00000000002", ""),
    ("P3", "网格员0003", "full_time", "00000000003", "值守"),
    ("P4", "志愿者0001", "volunteer", "00000000004", "包联"),
    ("P5", SCRIPT, "shop", "00000000005", "上报"),
    ("P6", "书记0001", "secretary", "00000000006", "统筹"),
]
MEMBERSHIPS = [
    ("P1", "unit", WEST + "001", "", "", ""),
    ("P1", "unit", WEST + "002", "代理网格长", "2025-01-01", "2025-12-31"),
    ("P2", "unit", WEST + "002", "", "2026-01-01", ""),
    ("P3", "unit", EAST + "002", "", "", ""),
    ("P4", "unit", WEST + "001001", "微网格员", "", ""),
    ("P5", "site", "s1", "商超网格员", "", ""),
    ("P6", "unit", WEST, "书记", "", ""),
]
OVERLAYS = [
    ("flood", "real", "remove", "P2", "unit", WEST + "002", "", "2026-06-01", "2026-06-10"),
    ("flood", "real", "add", "P2", "unit", EAST + "001", "驰援", "2026-06-01", "2026-06-10"),
]


def staffed_contents(*, severity: str = "") -> Contents:
    """Return the tiny project with people; `severity` of no_staff."""
    contents = tiny_contents()
    levels = 'name = "x"\n' + "".join(f'[[levels]]\nid = "{level.id}"\nmake = "given"\n' for level in contents.plan.scheme.levels)
    staff = parse_scheme(levels + RULES, "x").staff
    scheme = replace(contents.plan.scheme, staff=staff, severity={"no_staff": severity} if severity else {})
    tables = {
        "staff": pd.DataFrame(STAFF, columns=["id", "name", "kind", "phone", "duties"]),
        "memberships": pd.DataFrame(MEMBERSHIPS, columns=["member", "target_kind", "target", "post", "valid_from", "valid_to"]),
        "overlays": pd.DataFrame(OVERLAYS, columns=["id", "kind", "action", "member", "target_kind", "target", "post", "valid_from", "valid_to"]),
    }
    return replace(contents, plan=replace(contents.plan, scheme=scheme), tables=tables)


@cache
def _staffed() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "town.gpkg"
        write_project(staffed_contents(), path)
        return path.read_bytes()


def staffed_project(folder: Path, *, with_users: bool = False) -> Path:
    """Write the project, with the users of `tests.people` and `off`, an officer who sees the grid WEST001, where asked for."""
    path = folder / "town.gpkg"
    path.write_bytes(_staffed())
    for name, (role, scope) in {**USERS, "off": ("viewer", WEST + "001")}.items() if with_users else ():
        add(path, name, role, scope)
    return path


def degrees(column: float, row: float) -> tuple[float, float]:
    """Longitude and latitude of a place in the tiny town, in cells from its north-west corner."""
    return Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(X0 + SIDE * column, Y0 + SIDE * (4 - row))
