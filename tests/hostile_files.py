"""Files that an office may hand over and nobody should trust, and the two answers that are allowed: one line and exit 2, or findings."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import shapely
from click.testing import CliRunner, Result

from geogrid.cli import main

WEST, EAST = "370102001001", "370102001002"
VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
CURVE = struct.pack("<BIIBII", 1, 10, 1, 1, 8, 5) + struct.pack("<10d", 0, 0, 1, 1, 2, 0, 1, -1, 0, 0)
"""WKB of a circle: a CURVEPOLYGON of one CIRCULARSTRING."""


def ring(x: float = 117.0, y: float = 36.6, size: float = 0.01) -> list[list[float]]:
    """Return the closed ring of a square."""
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def square(x: float = 117.0, y: float = 36.6, size: float = 0.01) -> dict[str, Any]:
    """Return a square as GeoJSON."""
    return {"type": "Polygon", "coordinates": [ring(x, y, size)]}


def row(geometry: Any, **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(folder: Path, *rows: Any, name: str = "units.geojson", **members: Any) -> Path:
    """Write a FeatureCollection; NaN and Infinity as the tokens that some programs write."""
    return text(folder, json.dumps({"type": "FeatureCollection", **members, "features": list(rows)}, ensure_ascii=False), name)


def text(folder: Path, words: str | bytes, name: str = "units.geojson") -> Path:
    """Write a file of words or bytes."""
    (folder / name).write_bytes(words if isinstance(words, bytes) else words.encode())
    return folder / name


def squares(n: int = 2, crs: Any = 4548, x: float = 500_000, y: float = 4_050_000, size: float = 100, **columns: Any) -> gpd.GeoDataFrame:
    """Return squares side by side, in metres, with codes."""
    shapes = [shapely.box(x + i * size, y, x + (i + 1) * size, y + size) for i in range(n)]
    return gpd.GeoDataFrame({"code": [f"{i:03d}" for i in range(n)], "名称": "裕华区一网格"} | columns, geometry=shapes, crs=crs)


def shapefile(folder: Path, frame: gpd.GeoDataFrame | None = None, *, encoding: str = "UTF-8", drop: tuple[str, ...] = ()) -> Path:
    """Write a shapefile without the parts `drop`."""
    path = folder / "units.shp"
    pyogrio.write_dataframe(squares() if frame is None else frame, path, encoding=encoding)
    for part in drop:
        path.with_suffix(part).unlink()
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def geopackage(folder: Path, *statements: str, frame: gpd.GeoDataFrame | None = None) -> Path:
    """Write a GeoPackage with layer `u`, then run statements on it without GDAL's own functions."""
    path = folder / "units.gpkg"
    pyogrio.write_dataframe(squares() if frame is None else frame, path, layer="u")
    with closing(sqlite3.connect(path)) as base, base:
        for statement in statements:
            base.execute(statement)
    return path


def set_shape(path: Path, wkb: bytes, fid: int = 1) -> None:
    """Put any WKB into a GeoPackage, as a program could that checks nothing."""
    with closing(sqlite3.connect(path)) as base, base:
        for (trigger,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{trigger}"')
        head = base.execute("SELECT geom FROM u WHERE fid = ?", (fid,)).fetchone()[0][:8]
        base.execute("UPDATE u SET geom = ? WHERE fid = ?", (head[:3] + b"\1" + head[4:] + wkb, fid))


def recipe(folder: Path, **inputs: Path | str) -> Path:
    """Write a recipe of files by role; text stands in it as it is."""
    lines = ['name = "x"', 'scheme = "community-grid-microgrid"']
    for role, path in inputs.items():
        said = f"path = {json.dumps(str(path))}" if isinstance(path, Path) else path
        lines += [f"[inputs.{role}]", said]
    return text(folder, "\n".join(lines) + "\n", "recipe.toml")


def run(*words: Any, stdin: str | None = None) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)


def said(result: Result) -> str:
    """Return the one line of a refusal: exit 2, nothing on stdout, no error of the program's own."""
    lines = result.stderr.strip().splitlines()
    assert (result.exit_code, result.stdout, len(lines)) == (2, "", 1), (result.exit_code, result.stdout[-300:], result.stderr[-500:])
    assert "error of its own" not in result.stderr
    assert "Traceback" not in result.stderr
    return lines[0]


def refused(path: Any, *words: str, options: tuple[Any, ...] = ()) -> str:
    """Assert that `validate` refuses a file in one line which names it and has all the words."""
    line = said(run("validate", path, *options))
    assert not words or all(word in line for word in words), line
    assert Path(str(path)).name[:30].replace("\n", " ") in line
    return line


def found(path: Any, *options: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the findings of `validate` by rule: exit 1 with errors, else 0, and every number in them finite."""
    result = run("validate", path, "--json", *options)
    assert result.exit_code in (0, 1), result.stderr
    document = json.loads(result.stdout, parse_constant=lambda name: 1 / 0 if name else 0)
    rules: dict[str, list[dict[str, Any]]] = {}
    for finding in document["findings"]:
        rules.setdefault(finding["rule"], []).append(finding)
        assert all(math.isfinite(v) for v in finding.values() if isinstance(v, float))
    errors = any(f["severity"] == "error" for f in document["findings"])
    assert (result.exit_code, document["ok"]) == (int(errors), not errors)
    return rules


def unbuilt(folder: Path, *words: str, options: tuple[str, ...] = (), **inputs: Path | str) -> str:
    """Assert that `build` refuses inputs in one line which has all the words, and writes nothing; return the line."""
    made = recipe(folder, **inputs)
    before = sorted(folder.rglob("*"))
    line = said(run("build", made, "--out", folder / "project.gpkg", *options))
    assert sorted(folder.rglob("*")) == before
    assert all(word in line for word in words), line
    return line
