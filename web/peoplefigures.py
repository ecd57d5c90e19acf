"""How complete people, posts and duties are: shares by level, the table of who lacks what, and both as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from flask_babel import gettext as _

from geogrid.catalogue.staffing import all_words, gap_words, short_words, to_do_words
from geogrid.organisation.duties import MISSING, in_force
from geogrid.organisation.duties_found import kind_name
from web import data, lookups, tables
from web.language import language
from web.served import Served

FAULTS = 50
"""So many rows that can not be used are listed."""


def first_level(now: Served) -> str:
    """Return the level that the page lists first: the lowest that wants people and is not too long for a first table."""
    roster, known = lookups.lookup(now).roster, tables.levels(now)
    named = {kind.per for kind in now.project.scheme.staff.values() if kind.per} if roster else set()
    short = [level for level in known if now.project.count_units(level)[0] <= tables.ROWS_FIRST_MAX] or known[:1]
    return ([level for level in short if level in named] or short)[-1]


def answer(now: Served, when: datetime) -> dict[str, Any]:
    """Return `levels` (`level asked units complete share people`), `staff`, `overlays`, `faults`: what the page says first."""
    find = lookups.lookup(now)
    if find.roster is None:
        return {"levels": [], "staff": 0, "overlays": [], "faults": [], "faults_n": 0}
    units = {level: now.project.units(level) for level in tables.levels(now)}
    rows = find.duties(when).completeness(units, find.gaps(when)).to_dict("records")
    levels = [{**row, "share": row["share"] if row["asked"] and row["units"] else None} for row in rows]
    faults = [] if now.whole is not now and now.project.is_part else find.roster.faults  # of a part nobody knows what the rest is for
    spoken = [fault.zh if language() == "zh" else fault.en for fault in faults[:FAULTS]]
    return {"levels": levels, "staff": int(find.roster.staff["id"].nunique()), "overlays": _overlays(now), "faults": spoken, "faults_n": len(faults)}


def _overlays(now: Served) -> list[dict[str, str]]:
    """Return each overlay once, the newest first, with from when to when it holds."""
    rows = lookups.lookup(now).roster.overlays  # type: ignore[union-attr]
    out = []
    for name, part in rows.groupby("id", sort=True):
        begins = min(part["valid_from"])
        ends = "" if (part["valid_to"] == "").any() else max(part["valid_to"])
        called = next((text for text in part["name"] if text), str(name))
        out.append({"id": str(name), "name": called, "kind": str(part["kind"].iloc[0]), "from": begins, "to": ends})
    return sorted(out, key=lambda one: (one["from"], one["id"]), reverse=True)


def table(now: Served, level: str, when: datetime) -> dict[str, Any]:
    """Return the table of a level: `values` `missing` (the worst first), `people`; `short`, `text` and `to_do` in words; `shares` for the map."""
    rows, find = tables.unit_rows(now, level), lookups.lookup(now)
    body = {"columns": [data.name_column(now, level)], **data.unit_columns(now, level), "values": {}}
    if find.roster is None:
        return body
    duties = find.duties(when)
    words = _words(now, find.gaps(when), level)
    rank = words["rank"].reindex(rows.index, fill_value=0)
    here = duties.posts[duties.posts["stands"] & (duties.posts["level"] == level)]
    people = here.groupby("code")["staff"].nunique().reindex(rows.index, fill_value=0)
    wanted = level in duties.asked() and duties.has_staff
    alive = rows.index.isin(in_force(now.project.units(level)))
    shares = np.where(alive, (rank > 0).astype(float), np.nan) if wanted else np.full(len(rows), np.nan)
    body["columns"] += [_column("missing", _("missing")), _column("people", _("staff"))]
    body["values"] = {"missing": rank.tolist(), "people": people.tolist()}
    said = {name: words[name].reindex(rows.index, fill_value="").tolist() for name in ("short", "text", "to_do")}
    return {**body, **said, "shares": [None if value != value else value for value in shares.tolist()], "asked": bool(wanted)}


def gap_lines(now: Served, level: str, code: str, when: datetime) -> list[dict[str, str]]:
    """Return what is missing in one unit: `text` and `to_do`, the worst first."""
    gaps = lookups.lookup(now).gaps(when)
    return [{"text": text, "to_do": to_do} for _short, text, to_do in _said(now, gaps[(gaps["level"] == level) & (gaps["code"] == code)])]


def gaps_frame(now: Served, level: str, when: datetime) -> gpd.GeoDataFrame:
    """Return a line for each gap, with the unit's polygon: `level code name kind missing wanted have what to_do`."""
    find = lookups.lookup(now)
    gaps = find.gaps(when) if find.roster else pd.DataFrame(columns=["level", "code", "kind", "missing", "wanted", "have"])
    gaps = gaps[gaps["level"].isin([level] if level else tables.levels(now))]
    units = {each: now.project.units(each) for each in gaps["level"].unique()}
    pairs = list(zip(gaps["level"], gaps["code"], strict=True))
    said = _said(now, gaps)
    told = gaps.assign(what=[text for _short, text, _ in said], to_do=[to_do for _short, _, to_do in said])
    told.insert(2, "name", [units[each]["name"][code] or "" for each, code in pairs])
    shapes = [units[each].geometry[code] for each, code in pairs]
    return gpd.GeoDataFrame(told.reset_index(drop=True), geometry=gpd.GeoSeries(shapes, crs=now.project.crs), crs=now.project.crs)


def _words(now: Served, gaps: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return for each unit of a level that lacks something `rank` (more is worse), `text` and `to_do`; index code."""
    gaps = gaps[gaps["level"] == level]
    spoken = language()
    told = pd.DataFrame(_said(now, gaps), columns=["short", "text", "to_do"]).assign(code=gaps["code"].to_numpy())
    told["rank"] = 10 ** (len(MISSING) - 1 - gaps["missing"].map(MISSING.index).to_numpy(dtype=int))
    each = told.groupby("code")
    joined = each[["short", "text", "to_do"]].agg(lambda texts: all_words(dict.fromkeys(texts), spoken))
    return joined.assign(rank=each["rank"].sum())


def _said(now: Served, gaps: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return what is missing in few words, what is missing, and what to do, of each gap."""
    spoken, scheme = language(), now.project.scheme
    rows = gaps[["missing", "kind", "wanted", "have"]].itertuples(index=False, name=None)
    said = []
    for missing, kind, wanted, have in rows:
        gap = (missing, kind_name(kind, scheme, spoken), wanted, have, spoken)
        said.append((short_words(*gap), gap_words(*gap), to_do_words(missing, wanted, have, spoken)))
    return said


def _column(key: str, text: str) -> dict[str, str]:
    return {"key": key, "title": text, "kind": "number"}
