"""What the stations page says of the whole district: who is left over when stations are full, whether they are where they should be, where next."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geogrid.errors import InputError
from geogrid.maps.data import WGS84
from geogrid.maps.project import to_crs
from geogrid.scheme_values import place_level
from web import reached, tables, words
from web.language import language
from web.refusals import ForbiddenError
from web.served import Served
from web.stationfigures import amount, whole_number

MOST = 20
"""So many new sites are computed at once."""
NAMED = 8
"""So many units at fault are named; the rest is counted."""


def check_whole(now: Served) -> None:
    """Raise ForbiddenError for who sees a part only: a check of the district tells of all of it."""
    if reached.is_cut(now):
        raise ForbiddenError("this concerns the whole district; you see a part of it", "此项涉及全区，您只能查看其中一部分")


def capacity(now: Served, kind: str, limit: float) -> dict[str, Any] | None:
    """Return how many households find no place within the walk when all stations are full; None where no capacity is known."""
    reach = reached.stations_of(now)
    found = reached.kept(now, "stations", ("capacity", kind, limit), lambda: reach.capacity(kind, limit))
    if found is None:
        return None
    mine = reached.shown(now, reach.demand.codes)
    return {"left_over": int(found.left_over[mine].sum()), "full": int((found.stations["overload"] >= 0).sum()), "note": found.note[language()]}


def checks(now: Served, kind: str, limit: float) -> list[dict[str, Any]]:
    """Return the checks of a kind in words: `text is_fine units more`; units (level, code, name) at fault, the worst first."""
    check_whole(now)
    reach = reached.stations_of(now)
    found = reached.kept(now, "stations", ("checks", kind, limit), lambda: reach.checked(kind, limit))
    return [_check(now, each) for each in found]


def _check(now: Served, check: dict[str, Any]) -> dict[str, Any]:
    codes = check["units"] if check["level"] in tables.levels(now) else []
    units = [{"level": check["level"], "code": code, "name": unit_name(now, check["level"], code)} for code in codes[:NAMED]]
    return {"check": check["check"], "text": check[language()], "is_fine": check["is_fine"], "units": units, "more": max(0, len(codes) - NAMED)}


def unit_name(now: Served, level: str, code: str) -> str:
    """Return what a unit is called, its code where it is not known."""
    rows = tables.unit_rows(now, level)
    if code not in rows.index:
        return code
    row = rows.loc[code]
    return words.unit_label(code, row["name"] or "", row["parent"], now.project.scheme.level(level))


def best(now: Served, kind: str, limit: float, k: int) -> dict[str, Any]:
    """Return the best sites for a kind: `sites` (lon lat gained after unit), `gained before after whole`, and how sure that is, `said`."""
    check_whole(now)
    if not 1 <= k <= MOST:
        raise InputError(f"k={k}: write 1 to {MOST}", f"k={k}：应为 1 到 {MOST}", field="k", value=k)
    reach = reached.stations_of(now)
    found = reached.kept(now, "stations", ("best", kind, limit, k), lambda: reach.best(kind, limit, k))
    siting = found.siting
    at = shapely.get_coordinates(to_crs(found.sites.geometry.to_numpy(), reach.crs, WGS84)).round(6)
    gained, covered = amount(reach, siting.gain), amount(reach, siting.before + np.cumsum(siting.gain))
    places = [_place(now, row) for _, row in found.sites.iterrows()]
    rows = zip(at.tolist(), gained.tolist(), covered.tolist(), places, strict=True)
    return {
        "sites": [
            {"lon": lon, "lat": lat, "gained": whole_number(gain), "after": whole_number(after), "unit": unit}
            for (lon, lat), gain, after, unit in rows
        ],
        "gained": whole_number(gained.sum()),
        "before": whole_number(amount(reach, siting.before)),
        "after": whole_number(amount(reach, siting.covered)),
        "whole": whole_number(amount(reach, siting.total)),
        "status": siting.status,
        "said": found.said[language()],
    }


def _place(now: Served, site: Any) -> str:
    """Return the name of the community, or what stands for it, that a site lies in."""
    level = place_level(tables.levels(now))
    code = site.get(level, "")
    return unit_name(now, level, code) if code else ""
