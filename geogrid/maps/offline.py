"""Maps that open from disk without a server: the district on one page, and a page for each community with its micro-grids.

Data stand inside each page, for a browser fetches nothing from `file:`; scripts and styles stand once in `assets/` beside the pages.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import shapely

from geogrid.maps.assets import asset_names, asset_path
from geogrid.maps.inline import inline_layers, kept_table, rows_of, sites_in
from geogrid.maps.layers import drawn, layer_names
from geogrid.maps.page import MapPage
from geogrid.maps.project import ProjectLike, is_fine, level_ids
from geogrid.maps.views import settings

MARGIN_M = 120.0
_INDEX_ZOOM = 14
_STATUS = ("", "in", "below", "above", "dedicated")


def write_offline(project: ProjectLike, out_dir: str | Path, *, lang: str = "zh", others: Sequence[tuple[str, str]] = ()) -> list[Path]:
    """Write `index.html`, a page per community and `assets/` into `out_dir`; return the pages. Files of the same names are replaced.

    `others` are (file, title) of further pages that the caller writes beside them: the index links to them.
    """
    out = Path(out_dir)
    copy_assets(out)
    level = page_level(project)
    files = page_files(project, level) if level else {}
    first = settings(project, lang)
    save(out / "index.html", _index(project, first, level, files, others))
    for code, file in files.items():
        save(out / file, _community(project, first, level, code))
    return [out / file for file in ("index.html", *files.values())]


def copy_assets(out: Path) -> None:
    """Copy all scripts and styles into `out`/assets, which is made."""
    (out / "assets").mkdir(parents=True, exist_ok=True)
    for name in asset_names():
        target = out / "assets" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(asset_path(name), target)


def page_level(project: ProjectLike) -> str:
    """Return the level that has a page for each unit: communities, else the level two above the lowest, else the top; "" without levels."""
    levels = level_ids(project)
    if "community" in levels:
        return "community"
    return levels[max(0, len(levels) - 3)] if levels else ""


def page_files(project: ProjectLike, level: str) -> dict[str, str]:
    """Return the file name of each unit's page: its code where that makes a name on every system, else its row."""
    codes = project.units(level).index.to_list()
    plain = {code for code in codes if re.fullmatch(r"[0-9][0-9A-Za-z_-]{0,39}", code)}
    return {code: f"{code}.html" if code in plain else f"unit-{i + 1}.html" for i, code in enumerate(codes)}


def save(path: Path, text: str) -> None:
    """Write a page, with the same line ends on every system."""
    path.write_text(text, "utf-8", newline="\n")


def _index(project: ProjectLike, first: Mapping[str, Any], level: str, files: dict[str, str], others: Sequence[tuple[str, str]]) -> str:
    names = [n for n in layer_names(project) if n not in ("buildings", "cells", "walls") and not n.startswith("p:") and not _is_fine(project, n)]
    window = _grown(shapely.bounds(_shape(project, "district")))
    inline = inline_layers(project, names, 3, window, max_zoom=_INDEX_ZOOM)
    tables = {name: kept_table(project, name) for name in level_ids(project) if not is_fine(project, name)}
    inline["tables"] = {"units.json": tables, "sites.json": sites_in(project, None, ("stations",))}
    start = {**first, "levels": [entry for entry in first["levels"] if not entry["fine"]], "page": "offline", "popups": True, "links": files}
    rows = _rows(project, level, list(range(len(files))), first, files) if level else []
    return _write(project, MapPage(start, project.name, inline), project.name, [(level, rows)], "", others)


def _community(project: ProjectLike, first: Mapping[str, Any], level: str, code: str) -> str:
    row = project.units(level).index.get_loc(code)
    table = kept_table(project, level)
    shape = _units_shape(project, level, code)
    window = _grown(shapely.bounds(shape))
    below = level_ids(project)[level_ids(project).index(level) + 1 :]
    names = [name for name in layer_names(project) if name != "cells"]
    inline = inline_layers(project, names, 4, window)
    inside = _descendants(project, level, code)
    shown = {level: [row], **{name: inside[name] for name in below if not is_fine(project, name)}}
    inline["tables"] = {
        "units.json": {name: rows_of(kept_table(project, name), rows) for name, rows in shown.items()},
        "sites.json": sites_in(project, table["box"][row], ("stations", "cameras")),
    }
    focus = {"level": level, "code": code, "box": table["box"][row]}
    start = {**first, "page": "offline", "popups": True, "focus": focus, "bounds": table["box"][row], "on": ["stations"]}
    start["level"] = below[-1] if below else level
    title = table["name"][row] or code
    groups = [(name, _rows(project, name, inside[name], first, {})) for name in below]
    return _write(project, MapPage(start, title, inline), title, groups, "index.html")


def _descendants(project: ProjectLike, level: str, code: str) -> dict[str, list[int]]:
    """Return the rows, by lower level, of the units below one."""
    out, parents = {}, {code}
    for name in level_ids(project)[level_ids(project).index(level) + 1 :]:
        units = project.units(name)
        rows = np.flatnonzero(units["parent"].isin(parents).to_numpy()).tolist()
        out[name] = rows
        parents = parents | set(units.index[rows])
    return out


def _rows(project: ProjectLike, level: str, rows: list[int], first: Mapping[str, Any], files: dict[str, str]) -> list[dict[str, Any]]:
    table, say = kept_table(project, level), first["words"]
    out = []
    for i in rows:
        status = _STATUS[table["status"][i]]
        code = table["code"][i]
        row = {"code": code, "name": table["name"][i] or code, "households": table["households"][i], "file": files.get(code, "")}
        out.append({**row, "status": status, "say": say.get(status, "")})
    return out


def _is_fine(project: ProjectLike, layer: str) -> bool:
    return layer.startswith("u:") and is_fine(project, layer[2:])


def _shape(project: ProjectLike, layer: str) -> Any:
    found = drawn(project, layer, 4)
    return found.geometry[0] if found is not None and len(found.geometry) else shapely.Point(0, 0)


def _units_shape(project: ProjectLike, level: str, code: str) -> Any:
    found = drawn(project, "u:" + level, 4)
    at = np.flatnonzero(found.properties["code"] == code) if found is not None else []
    return found.geometry[at[0]] if found is not None and len(at) else _shape(project, "district")


def grown_window(project: ProjectLike, level: str) -> tuple[float, ...]:
    """Return the box of a level's units with a margin, metres of Mercator."""
    shapes = drawn(project, "u:" + level, 4)
    return _grown(shapely.total_bounds(shapes.geometry) if shapes is not None else np.zeros(4))


def _grown(box: np.ndarray) -> tuple[float, ...]:
    return (box[0] - MARGIN_M, box[1] - MARGIN_M, box[2] + MARGIN_M, box[3] + MARGIN_M)


def _write(
    project: ProjectLike,
    page: MapPage,
    title: str,
    groups: list[tuple[str, list[dict[str, Any]]]],
    back: str,
    others: Sequence[tuple[str, str]] = (),
) -> str:
    lang = page.settings["lang"]
    named = [(level, project.scheme.level(level).name.say(lang), rows) for level, rows in groups if level]
    return _template().render(
        lang="en" if lang == "en" else "zh-CN",
        title=title,
        district=project.name,
        back=back,
        others=others,
        groups=named,
        parts=page.parts("assets", "", ""),
        words=page.settings["words"],
        simulated=bool(project.meta.get("simulated")),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(resources.files("geogrid.maps").joinpath("static/offline.html").read_text("utf-8"))
