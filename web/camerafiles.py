"""Files of what cameras see and do not see: the layers of `geogrid reach`, as far as the visitor may see them. Secret cameras are in none."""

from __future__ import annotations

import pandas as pd
from flask import Blueprint, Response, request

from geogrid.errors import NotFoundError
from geogrid.exchange.reach import laid_out, write_reach
from web import cameradrawn, camerafigures, files, reached, tables
from web.served import Served, served

blueprint = Blueprint("camera_files", __name__, url_prefix="/download/cameras")
NAMES = ("blind_streets", "blind_entrances", "camera_units", "over_reach", "regions", "perhaps")
ENDINGS = ("geojson", "xlsx", "csv")


@blueprint.get("/<name>.<ending>")
def reach_file(name: str, ending: str) -> Response:
    """Answer with a layer: `?level=&code=` for what lies in one unit."""
    now = served()
    if name not in NAMES or ending not in ENDINGS:
        message = f"no download {name}.{ending}; there are {', '.join(NAMES)} as {', '.join(ENDINGS)}"
        raise NotFoundError(message, f"没有可下载的 {name}.{ending}；可用：{'、'.join(NAMES)}（{'、'.join(ENDINGS)}）", value=name)
    frame = laid_out(_inside(now, _frame(now, name), request.args.get("level", ""), request.args.get("code", "")))
    about = files.about(now) | {"notes": " ".join(note["text"] for note in camerafigures.notes(now))}
    return files.attached(now, files.written(ending, lambda path: write_reach({name: frame}, path, about)), name, ending)


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
