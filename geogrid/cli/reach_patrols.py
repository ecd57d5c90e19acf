"""The part of `geogrid reach` on patrols: streets and doors that were passed, by week, and the units where least was. Officers are never named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from geogrid.cli.columns import per_cent, table_lines
from geogrid.cli.reach_told import WORST, Ask, Told, listed_levels, named, note_lines, plain_rows, unit_level

if TYPE_CHECKING:
    from geogrid.pipeline.reach_patrols import PatrolReach
    from geogrid.store import Project


def tell_patrols(project: Project, ask: Ask) -> Told:
    """Answer what was walked, of the figures that the build kept: it dropped the tracks."""
    from geogrid.exchange.reach_layers import patrol_layers
    from geogrid.pipeline.reach_patrols import reach_patrols

    reach = reach_patrols(project)
    document = _document(project, reach, ask)
    return Told(document, _lines(project, document, ask), lambda: patrol_layers(reach))


def _document(project: Project, reach: PatrolReach, ask: Ask) -> dict[str, Any]:
    """Return the figures: the same that are printed."""
    units, level = reach.patrol_units, unit_level(project, ask.level)
    listed = listed_levels(project, ask.level) if ask.wants_units else [level]
    weeks = sorted(set(units["week"].dropna().astype(str)))
    rows = units[(units["level"] == level) & (units["week"].astype(str) == (weeks[-1] if weeks else ""))]
    return {
        "weeks": weeks,
        "unwalked": {"n": len(reach.unwalked), "length_m": round(float(reach.unwalked.length.sum()), 1)},
        "level": level,
        "worst": plain_rows(_worst(rows)),
        **({"units": plain_rows(units[units["level"].isin(listed)])} if ask.wants_units else {}),
        "findings": [],
        "notes": list(reach.notes),
    }


def _worst(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the units of which least street was walked."""
    known = rows[rows["street_share"].notna()]
    return known.sort_values(["street_share", "code"], kind="stable").head(WORST)


def _lines(project: Project, document: Mapping[str, Any], ask: Ask) -> list[str]:
    zh = ask.lang == "zh"
    km, weeks = document["unwalked"]["length_m"] / 1000, document["weeks"]
    when = f"{weeks[0]} – {weeks[-1]}" if weeks else "–"
    answer = f"巡逻没有走到的街道：{km:,.1f} 公里（{when}）" if zh else f"streets that no patrol walked: {km:,.1f} km ({when})"
    lines = [answer, *(_worst_lines(project, document, weeks[-1], zh) if document["worst"] else [])]
    return [*lines, *note_lines(document["notes"], ask.lang)]


def _worst_lines(project: Project, document: Mapping[str, Any], week: str, zh: bool) -> list[str]:
    level = project.scheme.level(document["level"]).name.say("zh" if zh else "en")
    title = f"{week} 走得最少的{level}：" if zh else f"{week}: least walked by {level}"
    heads = ["编码", "名称", "街道", "单元门", "最近一次"] if zh else ["code", "name", "streets", "entrances", "last visit"]
    cells = [
        [
            row["code"],
            named(project, document["level"], row["code"]),
            per_cent(row["street_share"]),
            per_cent(row["entrance_share"]),
            str(row["last_visit"] or "–"),
        ]
        for row in document["worst"]
    ]
    return ["", title, *table_lines(heads, cells, texts=2)]
