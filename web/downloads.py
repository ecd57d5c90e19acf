"""Files of what a table shows, with the same filters: `/download/<level>.geojson|xlsx`, also of stations, cameras, findings, who is served."""

from __future__ import annotations

from typing import Any

import pandas as pd
from flask import Blueprint, Response, request

from geogrid.errors import NotFoundError
from geogrid.exchange import to_geojson
from geogrid.exchange.sheet import write_xlsx
from web import files, findings, stationfiles, suppressed, tables
from web.served import Served, served

blueprint = Blueprint("downloads", __name__, url_prefix="/download")


@blueprint.get("/<name>.<ending>")
def download(name: str, ending: str) -> Response:
    """Answer with the file; the filters are those of `web.tables.select`."""
    now = served()
    return as_file(now, _frame(now, name), name, ending)


def as_file(now: Served, frame: Any, name: str, ending: str) -> Response:
    """Answer with a frame as .geojson or .xlsx. Raises NotFoundError for another ending."""
    if ending not in ("geojson", "xlsx"):
        raise NotFoundError(f"no download as .{ending}; there are .geojson and .xlsx", f"不能下载 .{ending}；可用 .geojson、.xlsx", value=ending)
    return files.attached(now, to_geojson(frame) if ending == "geojson" else _workbook(now, frame, name), name, ending)


def _frame(now: Served, name: str) -> Any:
    if name in now.project.levels:
        return _units(now, name)
    if name in tables.SITES:
        frame = tables.shown_sites(now, name)
        kind = request.args.get("kind", "")
        if frame is None or not len(frame):
            raise NotFoundError(f"this project has no {name}", "本项目没有这类点位", value=name)
        return frame[frame["kind"] == kind] if kind else frame
    if name in stationfiles.NAMES:
        return stationfiles.frame(now, name)
    if name == "findings":
        found = findings.frame(now).drop(columns=["west", "south", "east", "north"])
        found = found.assign(units=[" ".join(codes) for codes in found["units"]], rows=[" ".join(map(str, rows)) for rows in found["rows"]])
        for column in ("rule", "severity", "level"):
            found = found[found[column] == request.args[column]] if request.args.get(column) else found
        return found
    raise NotFoundError(f"nothing to download is called {name!r}", f"没有可下载的“{name}”", value=name)


def _units(now: Served, level: str) -> Any:
    rows = tables.select(tables.unit_rows(now, level), now, level, request.args)
    frame = suppressed.without_persons(now, level, now.project.units(level).loc[rows.index].drop(columns=["unit"], errors="ignore"))
    frame = frame.assign(stations=rows["stations"], cameras=rows["cameras"])
    if role := request.args.get("with", ""):
        counts = tables.site_counts(now, role, level) if role in tables.SITES else pd.DataFrame()
        frame = frame.join(counts.add_prefix(role + "_")).fillna({f"{role}_{kind}": 0 for kind in counts.columns})
    return frame.reset_index()


def _workbook(now: Served, frame: Any, name: str) -> bytes:
    """Write a workbook of values, texts as texts, and a sheet that says whose data they are."""
    about = files.about(now) | ({"hidden": suppressed.note(now)} if "persons_hidden" in frame else {})
    return files.written("xlsx", lambda path: write_xlsx(frame, path, name, about))
