"""All findings on one page that opens from disk: map and table side by side in a single file, nothing fetched.

Scripts, styles and data stand inside it. Text from data is only ever JSON that our script sets as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import geopandas as gpd
import jinja2
import numpy as np
import pandas as pd

from geogrid.catalogue import rule_title
from geogrid.maps.assets import asset_path
from geogrid.maps.faults import fault_shapes
from geogrid.maps.page import MapPage, MapParts
from geogrid.maps.report_ground import Ground
from geogrid.maps.report_words import REPORT_WORDS
from geogrid.maps.words import words

MOST_FINDINGS = 5_000
TOP_ZOOM = 24
_SIZES = ("area_m2", "length_m", "value")
_URL = re.compile(r"url\([^)]*\)")
_LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)">|<script src="([^"]+)"></script>')


def report_html(found: gpd.GeoDataFrame, ground: Ground | None, *, title: str, checked: int, lang: str, file: str = "") -> str:
    """Return the page. `found`: columns of `geogrid.findings.COLUMNS`, any CRS; `checked` units; `file`: whose rows the findings name.

    Of more than `MOST_FINDINGS` the largest of each kind are kept and the rest counted.
    """
    language = "en" if lang.startswith("en") else "zh"
    kept = choose(found, MOST_FINDINGS)
    say = words(language, REPORT_WORDS)
    told = {
        "lang": language,
        "words": say,
        "file": file,
        "all": len(found),
        "checked": checked,
        "levels": ground.settings.get("level_names", {}) if ground else {},
        "titles": {rule: rule_title(rule, language) for rule in sorted(set(found["rule"]))},
        "counts": [[*key, int(n)] for key, n in found.groupby(["severity", "rule", "level"], sort=True).size().items()] if len(found) else [],
        "findings": _items(found.iloc[kept], language),
    }
    return _template().render(
        lang="en" if language == "en" else "zh-CN",
        title=title,
        words=say,
        parts=_parts(ground, title) if ground else None,
        styles=_styles(_text("report_css")),
        script=_scripts(_text("report")),
        data=json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_IN_SCRIPT),
        errors=int((found["severity"] == "error").sum()),
        warnings=int((found["severity"] != "error").sum()),
        checked=checked,
        left=len(found) - len(kept),
        kept=len(kept),
    )


_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def choose(found: pd.DataFrame, most: int) -> np.ndarray:
    """Return the positions of at most `most` findings, errors before warnings, then turn by turn from each kind, the largest of it first."""
    size = found[list(_SIZES)].abs().max(axis=1).fillna(0).to_numpy() if len(found) else np.zeros(0)
    order = pd.DataFrame(
        {"severity": found["severity"].to_numpy(), "rule": found["rule"].to_numpy(), "level": found["level"].to_numpy(), "size": -size}
    )
    order = order.sort_values(["severity", "rule", "level", "size"], kind="stable")
    order["turn"] = order.groupby(["severity", "rule", "level"]).cumcount()
    if len(order) > most:
        order = order.sort_values(["turn", "severity", "rule", "level"], kind="stable").head(most)
    return order.sort_values(["severity", "rule", "level", "size"], kind="stable").index.to_numpy()


def _items(found: gpd.GeoDataFrame, language: str) -> list[dict[str, Any]]:
    """Return the findings as the page's script wants them: `at` their place in the list, the sentence in one language."""
    say = "message_zh" if language == "zh" else "message"
    shapes = fault_shapes(found)
    rows = found[["rule", "severity", "level", "units", *_SIZES, "width_m", "rows", say]].to_dict("records")
    return [_item(row, row[say], shape) | {"at": at} for at, (row, shape) in enumerate(zip(rows, shapes, strict=True))]


def _item(row: Mapping[str, Any], text: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    sizes = {name: _short(row[name]) for name in (*_SIZES, "width_m") if pd.notna(row[name])}
    units, rows = [str(code) for code in row["units"]], [int(number) for number in row["rows"]]
    listed = {"units": units[:20], "n_units": len(units), "rows": rows[:20], "n_rows": len(rows)}
    return {"rule": row["rule"], "severity": row["severity"], "level": row["level"], "text": text, **listed, **sizes, **shape}


def _short(value: float) -> float:
    """Return a number with five digits that count: 0.01234567 as 0.012346."""
    return float(f"{value:.5g}") if abs(value) < 10_000 else round(float(value))


def _parts(ground: Ground, title: str) -> MapParts:
    """Return the map with all its scripts and styles inside."""
    parts = MapPage({**ground.settings, "page": "report", "faults": True, "top_zoom": TOP_ZOOM}, title, ground.inline).parts("assets", "", "")
    return MapParts(_LINK.sub(_inside, parts.head), parts.body, parts.script.replace(' nonce=""', ""))


def _inside(link: re.Match[str]) -> str:
    name = (link[1] or link[2]).removeprefix("assets/")
    text = asset_path(name).read_text("utf-8")
    return str(_styles(text)) if link[1] else str(_scripts(text))


def _styles(text: str) -> str:
    """Return a style element; pictures that a style would fetch are left out, for the page uses none."""
    return "<style>\n" + _URL.sub("none", text) + "\n</style>"


def _scripts(text: str) -> str:
    """Return a script element around code of ours or a kept library's; no text from data stands in it."""
    return "<script>\n" + text.replace("</script", "<\\/script") + "\n</script>"


def _text(link: str) -> str:
    return asset_path(f"static/report.{'css' if link.endswith('css') else 'js'}").read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(resources.files("geogrid.maps").joinpath("static/report.html").read_text("utf-8"))
