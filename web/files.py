"""Files to take away: named after the project and what they hold, with whose data they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from flask import Response

from web.served import Served

TYPES = {
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "zip": "application/zip",
}


def attached(now: Served, body: bytes, name: str, ending: str, *, short: str = "") -> Response:
    """Answer with the bytes of a file under the name of the project and what they are; `short` names it where a program reads ASCII only."""
    file = quote(f"{now.project.name or 'geogrid'}-{name}{'-simulated' if now.project.meta.get('simulated') else ''}.{ending}", safe="")
    disposition = f"attachment; filename={short or name}.{ending}; filename*=UTF-8''{file}"
    return Response(body, mimetype=TYPES[ending], headers={"Content-Disposition": disposition, "Cache-Control": "no-cache"})


def about(now: Served) -> dict[str, Any]:
    """Return whose data a file holds: `name simulated source date`."""
    meta = now.project.meta
    return {"name": now.project.name, "simulated": bool(meta.get("simulated")), "source": meta.get("source", ""), "date": meta.get("date", "")}


def written(ending: str, write: Callable[[Path], Any]) -> bytes:
    """Return the bytes of a file that `write` writes to a path of that ending."""
    with TemporaryDirectory(prefix="geogrid-") as folder:
        path = Path(folder) / f"file.{ending}"
        write(path)
        return path.read_bytes()
