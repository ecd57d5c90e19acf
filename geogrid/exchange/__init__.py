"""What leaves geogrid: any level or layer of a project, in the format that the file name's ending says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd

from geogrid.errors import GeogridError, InputError
from geogrid.exchange.frames import UNIT_PROPERTIES, Readable, frame_of, known_levels
from geogrid.exchange.gdal import write_fgb, write_gpkg, write_parquet, write_shp
from geogrid.exchange.geojson import to_geojson, to_geojson_lines
from geogrid.exchange.sheet import to_csv, write_xlsx

__all__ = ["FORMATS", "UNIT_PROPERTIES", "export", "known_levels", "to_geojson"]

About = dict[str, Any]
_SHAPE_INDEXES = (".qix", ".sbn", ".sbx", ".idm", ".ind")
Writer = Callable[[gpd.GeoDataFrame, Path, str, About], None]


def export(project: Readable, level: str, path: str | Path) -> None:
    """Write a level, or `cell atom district stations cameras entrances buildings`, of a project to `path`, in WGS 84.

    The ending says the format (`FORMATS`). The file appears whole or not at all. Raises NotFoundError for an unknown level, InputError for an
    unknown ending or a place that can not be written.
    """
    path = Path(path)
    writer = FORMATS.get(path.suffix.lower())
    if writer is None:
        message = f"{path.name}: unknown ending {path.suffix!r}; write one of {' '.join(FORMATS)}"
        raise InputError(message, f"{path.name}：不认识的扩展名 {path.suffix!r}；可用：{'、'.join(FORMATS)}", file=str(path), value=path.suffix)
    frame = frame_of(project, level)
    try:
        _write_beside(frame, path, level, _about(project, level), writer)
    except GeogridError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"{path}: can not be written: {error}", f"{path}：写入失败：{error}", file=str(path)) from error


def _about(project: Readable, level: str) -> About:
    """Say what the file is: whose, which layer, from what, and whether it is simulated."""
    meta = project.meta
    simulated = {"simulated": True} if meta.get("simulated") else {}
    return {"name": project.name, "level": level, **simulated, "source": meta.get("source", ""), "date": meta.get("date", "")}


def _write_beside(frame: gpd.GeoDataFrame, path: Path, level: str, about: About, writer: Writer) -> None:
    """Write into a folder beside, then move each file (a shapefile is several) to its place, the one asked for last."""
    with TemporaryDirectory(dir=path.parent, prefix=".geogrid-") as folder:
        beside = Path(folder) / path.name
        writer(frame, beside, level, about)
        for part in sorted(Path(folder).iterdir(), key=lambda part: part == beside):
            part.replace(path.with_name(part.name))
    for stale in _SHAPE_INDEXES if path.suffix.lower() == ".shp" else ():
        path.with_suffix(stale).unlink(missing_ok=True)


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
