"""Variants side by side: a page for each that opens alone, and one that shows all with their figures; the maps move together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

from geogrid.maps.inline import inline_layers, kept_table, rows_of, sites_in
from geogrid.maps.layers import layer_names
from geogrid.maps.offline import copy_assets, grown_window, save
from geogrid.maps.page import MapPage
from geogrid.maps.project import is_fine, level_ids
from geogrid.maps.variant import Variant
from geogrid.maps.views import settings
from geogrid.maps.words import words


@dataclass(frozen=True, eq=False)
class Column:
    """One variant on the page: its title, the file of its map, and its figures as (what, value, is it the best) in words."""

    title: str
    file: str
    variant: Variant
    figures: Sequence[tuple[str, str, bool]]


def variant_page(variant: Variant, level: str, *, lang: str) -> MapPage:
    """Return the map of a variant, its units of `level` told apart by hue, with all data inside."""
    top = level_ids(variant)[0]
    table = kept_table(variant, top)
    names = [name for name in layer_names(variant) if name != "cells"]
    inline = inline_layers(variant, names, 4, grown_window(variant, top))
    coarse = [name for name in level_ids(variant) if not is_fine(variant, name)]
    tables = {name: rows_of(kept_table(variant, name), range(len(variant.units(name)))) for name in coarse}
    inline["tables"] = {"units.json": tables, "sites.json": sites_in(variant, None, ())}
    first = settings(variant, lang)
    return MapPage({**first, "page": "variant", "level": level, "fill": "identity", "bounds": table["box"][0], "popups": True}, variant.name, inline)


def variant_html(page: MapPage, *, title: str, assets: str, nonce: str = "", scripts: Sequence[str] = ()) -> str:
    """Return the page that holds nothing but a variant's map; `scripts` are assets that the map has beside its usual ones."""
    lang = "en" if page.settings["lang"] == "en" else "zh-CN"
    parts = page.parts(assets, nonce, "")
    return _template("variant.html").render(lang=lang, title=title, parts=parts, assets=assets.rstrip("/"), scripts=scripts)


def write_comparison(out_dir: str | Path, columns: Sequence[Column], *, level: str, title: str, lead: str, lang: str = "zh") -> list[Path]:
    """Write `index.html`, a page for each column and `assets/`; return the pages. Files of the same names are replaced."""
    out = Path(out_dir)
    copy_assets(out)
    for column in columns:
        page = variant_page(column.variant, level, lang=lang)
        save(out / column.file, variant_html(page, title=column.title, assets="assets"))
    simulated = any(column.variant.meta.get("simulated") for column in columns)
    told: dict[str, Any] = {"lang": "en" if lang == "en" else "zh-CN", "title": title, "lead": lead, "columns": columns, "words": words(lang)}
    save(out / "index.html", _template("comparison.html").render(simulated=simulated, **told))
    return [out / "index.html", *(out / column.file for column in columns)]


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(resources.files("geogrid.maps").joinpath(f"static/{name}").read_text("utf-8"))
