"""Source files as an office hands them over: GeoPackages in longitude and latitude (EPSG:4490), tracks as CSV, and the recipe that reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import shapely

if TYPE_CHECKING:
    from geogrid.simulate import SimulatedDistrict

CRS = "EPSG:4490"
DATE = "2026-01-01"
FILES = {
    "division": ("district", "parks", "streets", "communities"),
    "buildings": ("buildings", "entrances"),
    "base": ("roads", "railways", "water", "walls", "green", "compounds"),
    "stations": ("stations",),
    "cameras": ("cameras",),
}
PATROLS = "patrols.csv"


def write_sources(district: SimulatedDistrict, out_dir: Path | str) -> Path:
    """Write the frames and `recipe.toml` to `out_dir` (made where missing) and return the recipe's path. Same frames, same bytes."""
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    # GDAL stamps the time of writing into a GeoPackage; a fixed one keeps the bytes the same.
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{DATE}T00:00:00.000Z"})
    try:
        for stem, roles in FILES.items():
            _write(folder / f"{stem}.gpkg", {role: district.frames[role] for role in roles if len(district.frames.get(role, ()))})
        _write_patrols(folder / PATROLS, district.frames.get("patrols"))
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    recipe = folder / "recipe.toml"
    recipe.write_text(recipe_text(district), "utf-8")
    return recipe


def _write(path: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    """Write all layers beside the file, then rename, so that no half-written file is left."""
    beside = path.with_name(f".{path.stem}.writing.gpkg")
    beside.unlink(missing_ok=True)
    for name, frame in layers.items():
        frame.to_crs(CRS).to_file(beside, layer=name, engine="pyogrio", append=beside.exists())
    if layers:
        beside.replace(path)


def _write_patrols(path: Path, fixes: gpd.GeoDataFrame | None) -> None:
    if fixes is not None and len(fixes):
        lon, lat = shapely.get_coordinates(fixes.to_crs(CRS).geometry.to_numpy()).T
        table = fixes.drop(columns="geometry").assign(lon=lon.round(6), lat=lat.round(6))
        path.write_bytes(table.to_csv(index=False, lineterminator="\n").encode())


def recipe_text(district: SimulatedDistrict) -> str:
    """Return the recipe: inputs by role, the seed, the mark `simulated`, what a whole district declares, the grid count of a smaller one."""
    facts = district.facts
    lines = [
        f"# Simulated district {facts['system']}, seed {facts['seed']}, scale {facts['scale']:g}: no real place but the outline and names.",
        f"name = {_text(facts['name'] + '（模拟）')}",
        f"scheme = {_text(facts['scheme'])}",
        f"seed = {facts['seed']}",
        "simulated = true",
        f"source = {_text(facts['source'])}",
        f"date = {_text(DATE)}",
    ]
    for stem, roles in FILES.items():
        for role in roles:
            if len(district.frames.get(role, ())):
                lines += ["", f"[inputs.{role}]", f'path = "{stem}.gpkg"', f'layer = "{role}"']
    if len(district.frames.get("patrols", ())):
        lines += ["", "[inputs.patrols]", f'path = "{PATROLS}"']
    for figure in facts["declared"]:
        lines += ["", "[[declared]]", *(f"{key} = {_text(value)}" for key, value in figure.items())]
    for level, count in facts["counts_wanted"].items():
        lines += ["", f"[levels.{level}]", f"count = {count}"]
    return "\n".join([*lines, ""])


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
