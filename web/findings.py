"""Findings as pages tell them: grouped by kind, the gravest first, each with its place in degrees; and what was checked and is right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from flask_babel import gettext as _

from geogrid.errors import NotFoundError
from geogrid.exchange.findings import placed
from geogrid.maps import fault_shapes
from web import tables, words
from web.language import pick
from web.served import Served

SIZES = ("area_m2", "length_m", "value")
LAND_RULES = ("gap", "overlap", "outside_parent")
"""Faults that are a piece of land: whether anybody lives there decides how much each matters."""


@dataclass(frozen=True)
class Group:
    """Findings of one rule, level and severity: how many, and what they have in common."""

    rule: str
    level: str
    severity: str
    title: str
    meaning: str
    n: int
    level_name: str
    total: str


def frame(served: Served) -> gpd.GeoDataFrame:
    """Return all findings, with columns `lon lat` (a point inside the place) and `west south east north` in degrees, NaN where they have no place."""
    return served.keep("findings", lambda: _frame(served))


def _frame(served: Served) -> gpd.GeoDataFrame:
    found = served.project.findings().reset_index(drop=True)
    degrees = placed(found)
    return found.assign(lon=degrees["lon"], lat=degrees["lat"], **degrees.bounds.round(7).set_axis(["west", "south", "east", "north"], axis=1))


def groups(served: Served) -> list[Group]:
    """Return the groups, errors first, then by number."""
    found = frame(served)
    counts = found.groupby(["severity", "rule", "level"], sort=True)["area_m2"].agg(["size", "sum"])
    made = [_group(served, *key, int(n), float(area)) for key, (n, area) in zip(counts.index, counts.to_numpy().tolist(), strict=True)]
    return sorted(made, key=lambda group: (group.severity != "error", -group.n, group.rule, group.level))


def _group(served: Served, severity: str, rule: str, level: str, n: int, area: float) -> Group:
    known = level in served.project.levels
    name = words.level_name(served.project.scheme.level(level)) if known else ""
    return Group(rule, level, severity, words.rule_title(rule), words.rule_title(rule, 1), n, name, words.area(area) if n > 1 and area > 0 else "")


def of_units(served: Served, level: str, code: str) -> list[dict[str, Any]]:
    """Return the findings that name the unit."""
    found = frame(served)
    if not len(found):
        return []
    here = found[[code in units for units in found["units"]] & ((found["level"] == level) | (found["level"] == "")).to_numpy()]
    return [_item(row) | {"severity": row["severity"], "title": words.rule_title(row["rule"])} for row in here.to_dict("records")]


def items(served: Served, rule: str, level: str, severity: str) -> list[dict[str, Any]]:
    """Return the findings of one group, the largest first."""
    found = frame(served)
    here = found[(found["rule"] == rule) & (found["level"] == level) & (found["severity"] == severity)]
    size = here[list(SIZES)].abs().max(axis=1).fillna(0)
    ordered = here.loc[size.sort_values(ascending=False, kind="stable").index]
    return [_item(row) | {"index": int(index)} for index, row in zip(ordered.index, ordered.to_dict("records"), strict=True)]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"text": pick(row), "units": [[row["level"], code] for code in row["units"]][:6], "more": max(0, len(row["units"]) - 6)}
    if not math.isnan(row["lon"]):
        item |= {"lon": row["lon"], "lat": row["lat"], "bbox": [row["west"], row["south"], row["east"], row["north"]]}
    for size in SIZES:
        if row[size] is not None and not math.isnan(row[size]):
            item["size"] = words.area(row[size]) if size == "area_m2" else words.metres(row[size]) if size == "length_m" else words.number(row[size])
    if not math.isnan(row["width_m"]):
        item["width"] = _("widest %(width)s", width=words.metres(row["width_m"]))
    return item


def detail(served: Served, at: int) -> dict[str, Any]:
    """Return how finding `at` is drawn close up: `shape` and `line` across it in degrees, and in words where it came from and who lives there.

    Raises NotFoundError for a number that no finding has.
    """
    found = served.project.findings().reset_index(drop=True)
    if not 0 <= at < len(found):
        raise NotFoundError(f"no finding {at}", f"没有问题项 {at}", value=at)
    row = found.iloc[at]
    said = {"homes": _homes(served, row), "source": _source(served, row)}
    return {"at": at, **said, **fault_shapes(found.iloc[[at]])[0]}


def _homes(served: Served, row: pd.Series) -> str:
    """Say how many households live on a piece of land, by the cells that have their inner point in it; "" where the rule is not about land."""
    if row["rule"] not in LAND_RULES or row["level"] == "cell":
        return ""
    base = served.project.plan().base
    households = base.atoms.groupby("cell")["households"].sum()
    if not households.any():
        return ""
    cells = base.cells.geometry
    near = cells.index[cells.sindex.query(row["geometry"], predicate="intersects")]
    inside = near[shapely.intersects(shapely.point_on_surface(cells.loc[near].to_numpy()), row["geometry"])]
    lived = int(households.reindex(inside).fillna(0).sum())
    return _("%(n)s households live there", n=words.number(lived)) if lived else _("nobody lives there")


def _source(served: Served, row: pd.Series) -> str:
    """Say which rows of the file that was given for a level a finding is about; "" where that is not known."""
    if not len(row["rows"]) or row["level"] not in served.project.levels:
        return ""
    listed = ", ".join(words.number(number) for number in row["rows"][:12]) + (" …" if len(row["rows"]) > 12 else "")
    spec = served.project.scheme.level(row["level"])
    level, given = words.level_name(spec), served.project.meta.get("files", {}).get(spec.role)
    if given is None:  # built before projects kept the names of their files
        return _("From the given layer “%(level)s”, rows %(rows)s", level=level, rows=listed)
    file = given["file"] if given["layer"] in given["file"] else f"{given['file']} {given['layer']}"
    return _("From the given layer “%(level)s” (%(file)s), rows %(rows)s", level=level, file=file, rows=listed)


def good(served: Served) -> tuple[list[str], int]:
    """Return what was checked and is right, in words, and how many units that concerns."""
    rules = set(frame(served)["rule"])
    fine = [str(text) for names, text in words.GOOD if not rules & set(names)]
    return fine, sum(len(tables.unit_rows(served, level)) for level in served.project.levels)


def estimated_households(served: Served) -> tuple[int, int]:
    """Return how many households of buildings are estimates, and of how many."""
    return served.keep("estimated", lambda: _estimated(served))


def _estimated(served: Served) -> tuple[int, int]:
    if "buildings" not in served.project.layers:
        return 0, 0
    buildings = served.project.layer("buildings")
    if "households_source" not in buildings.columns or "households" not in buildings.columns:
        return 0, 0
    homes = buildings["households"].fillna(0)
    return int(homes[buildings["households_source"] == "estimate"].sum()), int(homes.sum())
