"""Pages on reach that open from disk: who is not served, what is not seen. What they say and show is given; here it becomes a page.

A page has switches (a kind of station, minutes; streets, entrances, ground) and a view for each choice: an answer, a table of units, their tint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

from geogrid.maps.data import level_table
from geogrid.maps.inline import inline_layers, sites_in
from geogrid.maps.layers import layer_names
from geogrid.maps.offline import grown_window, save
from geogrid.maps.page import MapPage
from geogrid.maps.project import ProjectLike, is_fine, layer_or_none, level_ids
from geogrid.maps.views import settings

ZOOM = 14
"""What the whole district shows of its ground is drawn up to this zoom."""

MANY_BUILDINGS = 15_000
"""A page carries the buildings of a district that has no more: they show what hides."""
_CLOSE = ("buildings", "walls")


@dataclass(frozen=True)
class Switch:
    """A row of buttons: its name, and (key, words) of each."""

    name: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class View:
    """What one choice shows: its answer, its rows of units (code, name, figures …) and of each the share that tints it, None where there is none.

    `shows` says the page's script which of the page's data belong to it.
    """

    answer: str
    rows: Sequence[Sequence[str]]
    shares: Sequence[float | None]
    shows: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReachPage:
    """A page: `views` by the chosen keys, joined with "|"; `first` those of the one it begins with; `data` what its script draws."""

    file: str
    title: str
    level: str
    sites: str
    heads: Sequence[str]
    switches: Sequence[Switch]
    views: Mapping[str, View]
    first: str
    steps: Sequence[float]
    hue: str
    notes: Sequence[str]
    legend: Sequence[tuple[str, str]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def write_reach_page(project: ProjectLike, out: Path, page: ReachPage, *, lang: str, others: Sequence[tuple[str, str]] = ()) -> Path:
    """Write a page into `out`, where `write_offline` has put the scripts; `others` are (file, title) of the pages beside it. Return its path."""
    save(out / page.file, _rendered(project, page, lang, others))
    return out / page.file


def _rendered(project: ProjectLike, page: ReachPage, lang: str, others: Sequence[tuple[str, str]]) -> str:
    first = settings(project, lang)
    window = grown_window(project, level_ids(project)[0])
    coarse = [name for name in layer_names(project) if name not in (*_CLOSE, "cells") and not _is_fine(project, name)]
    inline = inline_layers(project, coarse, 3, window, max_zoom=ZOOM)
    inline["layers"] |= inline_layers(project, _close(project), 3, window)["layers"]
    levels = [entry for entry in first["levels"] if not entry["fine"]]
    inline["tables"] = {
        "units.json": {entry["id"]: level_table(project, entry["id"]) for entry in levels},
        "sites.json": sites_in(project, None, (page.sites,)),
    }
    start = {**first, "levels": levels, "level": page.level, "fill": "measure", "page": "offline", "popups": True, "on": [page.sites]}
    title = f"{project.name} · {page.title}"
    return _template().render(
        lang="en" if lang == "en" else "zh-CN",
        title=title,
        page=page,
        others=others,
        district=project.name,
        parts=MapPage(start, title, inline).parts("assets", "", ""),
        words=first["words"],
        simulated=bool(project.meta.get("simulated")),
        given=_given(page),
    )


def _close(project: ProjectLike) -> list[str]:
    """Return the layers that are drawn close up, of a district whose buildings a page can carry."""
    buildings = layer_or_none(project, "buildings")
    return list(_CLOSE) if buildings is not None and len(buildings) <= MANY_BUILDINGS else []


def _given(page: ReachPage) -> dict[str, Any]:
    """Return what the page's script reads."""
    views = {key: {"answer": view.answer, "rows": view.rows, "shares": view.shares, **view.shows} for key, view in page.views.items()}
    return {"level": page.level, "first": page.first, "steps": page.steps, "hue": page.hue, "views": views, **page.data}


def _is_fine(project: ProjectLike, layer: str) -> bool:
    return layer.startswith("u:") and is_fine(project, layer[2:])


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(resources.files("geogrid.maps").joinpath("static/offline_reach.html").read_text("utf-8"))
