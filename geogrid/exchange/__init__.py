"""What leaves geogrid: any level or layer of a project, in the format that the file name's ending says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd

from geogrid.errors import InputError
from geogrid.exchange.beside import written_beside
from geogrid.exchange.findings import write_findings
from geogrid.exchange.frames import UNIT_PROPERTIES, Readable, frame_of, known_levels
from geogrid.exchange.gdal import cut_names, write_fgb, write_gpkg, write_parquet, write_shp
from geogrid.exchange.geojson import to_geojson, to_geojson_lines
from geogrid.exchange.sheet import to_csv, write_xlsx

__all__ = ["FORMATS", "UNIT_PROPERTIES", "export", "known_levels", "to_geojson", "write_findings"]

About = dict[str, Any]
Writer = Callable[[gpd.GeoDataFrame, Path, str, About], None]


def export(project: Readable, level: str, path: str | Path, tell: Callable[[str, str], None] = lambda en, zh: None) -> int:  # noqa: ARG005
    """Write a level, or `cell atom district stations cameras entrances buildings`, of a project to `path` in WGS 84; return the number of rows.

    The ending says the format (`FORMATS`). The file appears whole or not at all. Raises NotFoundError for an unknown level, InputError for an
    unknown ending or a place that can not be written. `tell` hears, in English and Chinese, what the format could not take as it was.
    """
    path = Path(path)
    writer = FORMATS.get(path.suffix.lower())
    if writer is None:
        message = f"{path.name}: unknown ending {path.suffix!r}; write one of {' '.join(FORMATS)}"
        raise InputError(message, f"{path.name}：不认识的扩展名 {path.suffix!r}；可用：{'、'.join(FORMATS)}", file=str(path), value=path.suffix)
    if path.exists() and path.samefile(project.path):
        raise InputError(f"{path}: is the project itself; give another name", f"{path}：是工程文件本身，请换一个文件名", file=str(path))
    frame = frame_of(project, level)
    with written_beside(path) as beside:
        writer(frame, beside, level, _about(project, level))
    cut = cut_names([str(name) for name in frame.columns if name != frame.geometry.name]) if path.suffix.lower() == ".shp" else ""
    if cut:
        tell(f"{path.name}: a shapefile's names have 10 characters: {cut}", f"{path.name}：shapefile 的字段名最多 10 个字符：{cut}")
    return len(frame)


def _about(project: Readable, level: str) -> About:
    """Say what the file is: whose, which layer, from what, and whether it is simulated."""
    meta = project.meta
    simulated = {"simulated": True} if meta.get("simulated") else {}
    return {"name": project.name, "level": level, **simulated, "source": meta.get("source", ""), "date": meta.get("date", "")}


def _write_geojson(frame: gpd.GeoDataFrame, path: Path, level: str, about: About) -> None:  # noqa: ARG001
    path.write_bytes(to_geojson(frame, about))


def _write_geojson_lines(frame: gpd.GeoDataFrame, path: Path, level: str, about: About) -> None:  # noqa: ARG001
    path.write_bytes(to_geojson_lines(frame, {key: about[key] for key in ("simulated", "source") if about.get(key) and about.get("simulated")}))


def _write_csv(frame: gpd.GeoDataFrame, path: Path, level: str, about: About) -> None:  # noqa: ARG001
    path.write_bytes(to_csv(frame.assign(simulated=True) if about.get("simulated") else frame))


def _write_xlsx(frame: gpd.GeoDataFrame, path: Path, level: str, about: About) -> None:
    write_xlsx(frame, path, level, about)


FORMATS: dict[str, Writer] = {
    ".geojson": _write_geojson,
    ".geojsonl": _write_geojson_lines,
    ".gpkg": write_gpkg,
    ".fgb": write_fgb,
    ".parquet": write_parquet,
    ".shp": write_shp,
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
}
"""Writers by ending."""
