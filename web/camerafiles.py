"""Files of what cameras see and do not see: the layers of `geogrid reach`, as far as the visitor may see them. Secret cameras are in none."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pandas as pd
from flask import Blueprint, Response, request

from geogrid.errors import NotFoundError
from geogrid.exchange.reach import laid_out, write_reach
from web import cameradrawn, camerafigures, reached, tables
from web.served import Served, served

blueprint = Blueprint("camera_files", __name__, url_prefix="/download/cameras")
NAMES = ("blind_streets", "blind_entrances", "camera_units", "over_reach", "regions", "perhaps")
TYPES = {"geojson": "application/geo+json", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}


@blueprint.get("/<name>.<ending>")
def reach_file(name: str, ending: str) -> Response:
    """Answer with a layer: `?level=&code=` for what lies in one unit."""
    now = served()
    if name not in NAMES or ending not in TYPES:
        message = f"no download {name}.{ending}; there are {', '.join(NAMES)} as {', '.join(TYPES)}"
        raise NotFoundError(message, f"没有可下载的 {name}.{ending}；可用：{'、'.join(NAMES)}（{'、'.join(TYPES)}）", value=name)
    frame = laid_out(_inside(now, _frame(now, name), request.args.get("level", ""), request.args.get("code", "")))
    stem = f"{now.project.name or 'geogrid'}-{name}" + ("-simulated" if now.project.meta.get("simulated") else "")
    with TemporaryDirectory(prefix="geogrid-") as folder:
        path = Path(folder) / f"layer.{ending}"
        write_reach({name: frame}, path, _about(now))
        body = path.read_bytes()
    disposition = f"attachment; filename={name}.{ending}; filename*=UTF-8''{quote(stem + '.' + ending)}"
    return Response(body, mimetype=TYPES[ending], headers={"Content-Disposition": disposition, "Cache-Control": "no-cache"})


def _about(now: Served) -> dict[str, object]:
    meta = now.project.meta
    told = {"name": now.project.name, "simulated": bool(meta.get("simulated")), "source": meta.get("source", ""), "date": meta.get("date", "")}
    return {**told, "notes": " ".join(note["text"] for note in camerafigures.notes(now))}


def _frame(now: Served, name: str) -> pd.DataFrame:
    if name == "over_reach":
        return camerafigures.shown_over_reach(now)
    return cameradrawn.visible(now, name)


def _inside(now: Served, frame: pd.DataFrame, level: str, code: str) -> pd.DataFrame:
    """Return the rows that lie in a unit: by their own codes, by their camera's, or, of units, those below it."""
    if not code:
        return frame
    level = tables.find_unit(now, code, level)
    if {"level", "code"} <= set(frame.columns):
        held = {each: set(chain.index[(chain == code).any(axis=1)]) for each in tables.levels(now) for chain in [tables.lineage(now, each)]}
        return frame[[unit in held.get(each, ()) for each, unit in zip(frame["level"], frame["code"], strict=True)]]
    if level in frame.columns:
        return frame[(frame[level] == code).to_numpy()]
    cameras = reached.cameras_of(now).cameras
    return frame[frame["id" if "id" in frame.columns else "camera"].isin(set(cameras["id"][cameras[level] == code]))]
