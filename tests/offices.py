"""Files as offices send them, of the quarter in `tests.world`: a shapefile in GBK without .prj, a sheet of stations, text of cameras."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
from openpyxl import Workbook

from tests.world import X0, Y0, box, frame, points, quarter


def shapefile(folder: Path, layer: gpd.GeoDataFrame, name: str, *, encoding: str = "GBK", prj: bool = False) -> Path:
    """Write a shapefile without .cpg, with or without .prj."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.shp"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL's note on field names
        layer.to_file(path, encoding=encoding)
    for ending in (".cpg", *(() if prj else (".prj",))):
        path.with_suffix(ending).unlink(missing_ok=True)
    return path


def geojson(folder: Path, layer: gpd.GeoDataFrame, name: str) -> Path:
    """Write GeoJSON in degrees, without a crs member."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.geojson"
    path.write_text(layer.to_crs(4326).to_json(drop_id=True, ensure_ascii=False), "utf-8")
    return path


def sheet(folder: Path, rows: Sequence[Sequence[Any]], name: str, *more: tuple[str, Sequence[Sequence[Any]]]) -> Path:
    """Write a workbook; `more` are further sheets, title and rows."""
    folder.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    for title, lines in ((name, rows), *more):
        page = book.active if title == name else book.create_sheet()
        page.title = title
        for line in lines:
            page.append(list(line))
    book.save(folder / f"{name}.xlsx")
    return folder / f"{name}.xlsx"


def table(folder: Path, text: str, name: str, encoding: str = "utf-8") -> Path:
    """Write a CSV file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_bytes(text.encode(encoding))
    return folder / f"{name}.csv"


def places(n: int = 6) -> list[tuple[float, float]]:
    """Return longitudes and latitudes in the quarter."""
    there = gpd.GeoSeries(points([(30 + 40 * i, 20 + 30 * i) for i in range(n)]), crs="EPSG:4548").to_crs(4326)
    return list(zip(there.x.round(7).tolist(), there.y.round(7).tolist(), strict=True))


def communities() -> gpd.GeoDataFrame:
    """Return the communities with an office's headings."""
    columns = {"SQDM": ["370102001001", "370102001002"], "SQMC": ["建国路社区", "解放路社区"], "JDDM": ["370102001"] * 2}
    return frame(columns, [box(0, 0, 200, 300), box(200, 0, 200, 300)])


def buildings() -> gpd.GeoDataFrame:
    """Return the buildings with an office's headings."""
    return quarter()["buildings"].rename(columns={"id": "楼栋编号", "floors": "层数", "households": "总户数", "use": "用途"})  # type: ignore[return-value]


def delivery(folder: Path) -> list[Path]:
    """Write what an office sends: communities (GBK, no CRS), buildings, roads, a sheet of stations, text of cameras in GB18030."""
    rows = [["序号", "站点名称", "类型", "经度", "纬度"], *([i, f"驿站{i}", "日间照料", lon, lat] for i, (lon, lat) in enumerate(places(2), 1))]
    cameras = "设备编码,名称,方向,经度,纬度\r\n" + "".join(f"C{i},摄像{i},东,{lon},{lat}\r\n" for i, (lon, lat) in enumerate(places(3)))
    return [
        shapefile(folder, communities(), "社区"),
        geojson(folder, buildings(), "楼栋"),
        geojson(folder, quarter()["roads"], "道路"),  # type: ignore[arg-type]
        sheet(folder, rows, "站点"),
        table(folder, cameras, "摄像机", "gb18030"),
    ]


SURVEY = "设备编号,X坐标,Y坐标\n" + "".join(f"C{i},{Y0 + 30 * i},{X0 + 50 * i}\n" for i in range(5))
"""Cameras as surveyors write them: X is the northing."""
