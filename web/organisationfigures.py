"""What the page of organisations tells: cover of each level, both trees, one organisation or unit with what belongs to it, tables to download."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from flask_babel import gettext as _

from geogrid.errors import NotFoundError
from web import data, rostered, suppressed, tables
from web.language import language
from web.served import Served

if TYPE_CHECKING:
    from geogrid.organisation import Moment
    from geogrid.organisation.cover import Cover
    from geogrid.organisation.tree import Tree

UNITS_MOST = 6000
"""A level of more units is not in the tree; the table has it."""
LISTED = 200
"""So many exceptions of a kind are listed on the page; files and the command hold all."""


def moment_at(now: Served, when: datetime) -> Moment:
    """Return who belongs where at a moment, as the visitor may see it."""
    return rostered.roster(now).at(when)


def _kept(now: Served, name: object, moment: Moment, make: Any) -> Any:
    return now.keep(("organisations", name, moment.when.timestamp()), make)


def tree(now: Served, moment: Moment) -> Tree:
    """Return the tree of organisations."""
    from geogrid.organisation.account import tree_of

    return _kept(now, "tree", moment, lambda: tree_of(moment))


def cover(now: Served, moment: Moment, level: str) -> Cover:
    """Return how a level is covered."""
    from geogrid.organisation.cover import find_cover

    return _kept(now, ("cover", level), moment, lambda: find_cover(moment, now.project.scheme, {level: now.project.units(level)}, level))


def held(now: Served, moment: Moment, level: str) -> pd.DataFrame:
    """Return `code member kind` of every organisation in every unit of a level, whatever counts there."""
    from geogrid.organisation.cover import held_at

    def make() -> pd.DataFrame:
        lines = moment.links[(moment.links["role"] == "organisation").to_numpy()]
        return held_at(moment, lines, level, set(now.project.units(level).index))

    return _kept(now, ("held", level), moment, make)


def kind_word(now: Served, kind: str) -> str:
    """Return what a kind of organisation is called in this request's language."""
    from geogrid.organisation.tree import kind_name

    return kind_name(kind, now.project.scheme).say(language())


def first_level(now: Served) -> str:
    """Return the level that the question is about: the lowest that the scheme wants covered, else grids, else the lowest short one."""
    from geogrid.organisation.cover import kinds_for

    known = [level for level in tables.levels(now) if now.project.count_units(level)[0]] or tables.levels(now)
    asked = [level for level in known if kinds_for(now.project.scheme, level)[1]]
    return asked[-1] if asked else "grid" if "grid" in known else known[-1]


def answer(now: Served, when: datetime) -> dict[str, Any]:
    """Return `organisations kinds levels` and the lists of exceptions of the tree, each with its number and its first few."""
    moment = moment_at(now, when)
    found = tree(now, moment)
    names = found.nodes["name"]

    def line(name: str, more: str = "") -> dict[str, str]:
        return {"id": name, "name": str(names.get(name, "")), "more": more}

    faults = [] if now.whole is not now and now.project.is_part else [f for f in moment.roster.faults if f.table in ("organisations", "memberships")]
    zh = language() == "zh"
    lists = {
        "orphans": [line(name, parent) for name, parent in sorted(found.orphans.items())],
        "cycles": [line(cycle[0], " → ".join(cycle)) for cycle in found.cycles],
        "misplaced": [line(name, kind_word(now, str(found.nodes["kind"][found.nodes["parent"][name]]))) for name in found.misplaced],
        "faults": [{"id": "", "name": f"{fault.table} #{fault.row}", "more": fault.zh if zh else fault.en} for fault in faults],
    }
    return {
        "organisations": len(found.nodes),
        "kinds": [{"kind": kind, "name": kind_word(now, kind), "n": n} for kind, n in found.counts().items()],
        "levels": {level: level_answer(now, moment, level) for level in tables.levels(now)},
        "lists": {key: {"n": len(lines), "lines": lines[:LISTED]} for key, lines in lists.items()},
    }


def level_answer(now: Served, moment: Moment, level: str) -> dict[str, Any]:
    """Return how a level is covered: `asked kinds units without several spanning`; of organisations on several units the first few."""
    found = cover(now, moment, level)
    names = tree(now, moment).nodes["name"]
    spanning = [{"id": name, "name": str(names.get(name, "")), "more": str(len(codes))} for name, codes in found.spanning.items()]
    return {
        "asked": found.is_asked,
        "kinds": [kind_word(now, kind) for kind in found.kinds],
        "units": len(found.units),
        "without": len(found.without),
        "several": len(found.several),
        "spanning": {"n": len(spanning), "lines": spanning[:LISTED]},
    }


def table(now: Served, level: str, when: datetime) -> dict[str, Any]:
    """Return the table of a level: `values` `n` (organisations that count) and `all`; `kinds` in words, `without` for map and filter."""
    moment = moment_at(now, when)
    found, rows = cover(now, moment, level), tables.unit_rows(now, level)
    counting = found.held.groupby("code")["member"].nunique().reindex(rows.index, fill_value=0)
    every = held(now, moment, level).groupby("code")["member"].nunique().reindex(rows.index, fill_value=0)
    kinds = found.held.groupby("code")["kind"].agg(lambda words: " ".join(kind_word(now, kind) for kind in sorted(set(words))))
    lacking = rows.index.isin(found.without)
    columns = [
        {"key": "kinds", "title": _("organisation"), "kind": "text"},
        {"key": "n", "title": _("count"), "kind": "number"},
    ]
    values = {"n": counting.tolist(), "all": every.tolist(), "kinds": kinds.reindex(rows.index, fill_value="").tolist()}
    return {
        "columns": [data.name_column(now, level), *columns],
        **data.unit_columns(now, level),
        "values": values,
        "shares": [1.0 if lacks else 0.0 for lacks in lacking],
        "several": [code in found.several for code in rows.index],
    }


def trees(now: Served, when: datetime) -> dict[str, Any]:
    """Return both trees: `organisations` (`ids names kinds depths`, depth first) and `units` (by level `codes labels parents n`).

    `parents` stand for the row in the level before, -1 for none; `n` counts the organisations in a unit.
    """
    moment = moment_at(now, when)
    nodes = tree(now, moment).nodes
    words = {kind: kind_word(now, str(kind)) for kind in nodes["kind"].unique()}
    kinds = list(words)
    listed = {
        "ids": nodes.index.tolist(),
        "names": nodes["name"].tolist(),
        "kinds": [kinds.index(kind) for kind in nodes["kind"]],
        "depths": nodes["depth"].tolist(),
        "below": nodes["below"].tolist(),
    }
    units, before = [], pd.Index([])
    for level in tables.levels(now):
        rows = tables.unit_rows(now, level)
        if not len(rows) or len(rows) > UNITS_MOST:
            continue
        parents = _parents(now, level, units[-1]["level"] if units else "", before)
        n = held(now, moment, level).groupby("code")["member"].nunique().reindex(rows.index, fill_value=0)
        without = rows.index.isin(cover(now, moment, level).without)
        names = data.shorts(now, level) if units else data.labels(now, level)
        figures = {"parents": parents, "n": n.tolist(), "without": without.tolist()}
        units.append({"level": level, "codes": rows.index.tolist(), "labels": names, **figures})
        before = rows.index
    return {"organisations": {**listed, "words": list(words.values())}, "units": units}


def _parents(now: Served, level: str, upper: str, codes: pd.Index) -> list[int]:
    if not upper:
        return [-1] * len(tables.unit_rows(now, level))
    return codes.get_indexer(tables.lineage(now, level)[upper]).tolist()


def one(now: Served, name: str, when: datetime) -> dict[str, Any]:
    """Return an organisation: `id name kind path members valid units targets place`. Raises NotFoundError."""
    moment = moment_at(now, when)
    found = tree(now, moment)
    if name not in found.nodes.index:
        raise NotFoundError(f"no organisation {name!r} at this moment", f"此时没有组织“{name}”", value=name)
    node, links = found.nodes.loc[name], moment.links
    mine = links[((links["member"] == name) & (links["role"] == "organisation")).to_numpy()]
    into = links[((links["target_kind"] == "organisation") & (links["target"] == name)).to_numpy()]
    row = moment.roster.organisations.drop_duplicates("id").set_index("id").loc[name]
    units = {level: _labelled(now, level, _those(held(now, moment, level), "member", name, "code")) for level in tables.levels(now)}
    return {
        "id": name,
        "name": str(node["name"]),
        "kind": kind_word(now, str(node["kind"])),
        "below": int(node["below"]),
        "path": [{"id": each, "name": str(found.nodes["name"][each])} for each in found.path(name)[:-1]],
        "members": suppressed.few(now, int(into["member"].nunique())),
        "valid": [row["valid_from"], row["valid_to"]],
        "units": {level: rows for level, rows in units.items() if rows},
        "targets": [{"kind": kind, "target": target} for kind, target in mine[["target_kind", "target"]].drop_duplicates().itertuples(index=False)],
        "place": places(now, moment, [name])[:1],
    }


def of_unit(now: Served, level: str, code: str, when: datetime) -> dict[str, Any]:
    """Return the organisations in a unit: `label organisations` (`id name kind path`), whether it `lacks` one that counts, and what would count."""
    moment = moment_at(now, when)
    found, nodes = cover(now, moment, level), tree(now, moment).nodes
    names = _those(held(now, moment, level), "code", code, "member")
    order = {name: at for at, name in enumerate(nodes.index)}
    listed = sorted((name for name in set(names) if name in order), key=lambda name: order[name])
    counting = set(_those(found.held, "code", code, "member"))
    told = [
        {
            "id": name,
            "name": str(nodes["name"][name]),
            "kind": kind_word(now, str(nodes["kind"][name])),
            "counts": name in counting,
            "path": list(tree(now, moment).path(name)[:-1]),
        }
        for name in listed
    ]
    label = _labels(now, level).get(code, code)
    return {
        "label": label,
        "organisations": told,
        "lacks": code in found.without,
        "kinds": [kind_word(now, kind) for kind in found.kinds],
        "asked": found.is_asked,
    }


def places(now: Served, moment: Moment, names: list[str] | None = None) -> list[dict[str, Any]]:
    """Return the organisations that have a place: `id name kind lon lat`."""
    rows = moment.roster.organisations
    rows = rows[rows["geometry"].notna() & rows["id"].isin(tree(now, moment).nodes.index)]
    rows = rows if names is None else rows[rows["id"].isin(names)]
    if not len(rows):
        return []
    points = gpd.GeoSeries(shapely.point_on_surface(rows["geometry"].to_numpy()), crs=now.project.crs).to_crs(4326)
    kinds = tree(now, moment).nodes["kind"]
    facts = zip(rows["id"], rows["name"], np.round(points.x, 7).tolist(), np.round(points.y, 7).tolist(), strict=True)
    return [{"id": name, "name": title, "kind": kind_word(now, str(kinds[name])), "lon": lon, "lat": lat} for name, title, lon, lat in facts]


def listed(now: Served, when: datetime, kind: str = "", level: str = "", code: str = "") -> list[dict[str, Any]]:
    """Return organisations as the API gives them, depth first: `id name kind kind_name parent level_units`, of a kind or in a unit where asked."""
    moment = moment_at(now, when)
    nodes = tree(now, moment).nodes
    mine = set(_those(held(now, moment, level), "code", code, "member")) if code else set(nodes.index)
    units = {each: held(now, moment, each).groupby("member")["code"].agg(list) for each in tables.levels(now)}
    return [
        {
            "id": name,
            "name": row.name_,
            "kind": row.kind,
            "kind_name": kind_word(now, row.kind),
            "parent": row.parent,
            "units": {each: codes[name] for each, codes in units.items() if name in codes.index},
        }
        for name, row in zip(nodes.index, nodes.rename(columns={"name": "name_"}).itertuples(), strict=True)
        if name in mine and kind in ("", row.kind, kind_word(now, row.kind))
    ]


def _those(lines: pd.DataFrame, column: str, value: str, wanted: str) -> list[str]:
    """Return a column of the lines that have a value in another."""
    return lines.loc[(lines[column] == value).to_numpy(), wanted].tolist()


def _labelled(now: Served, level: str, codes: list[str]) -> list[dict[str, str]]:
    rows = tables.unit_rows(now, level)
    known = _labels(now, level)
    return [{"code": code, "name": known[code]} for code in sorted(codes) if code in rows.index]


def _labels(now: Served, level: str) -> dict[str, str]:
    """Return what each unit is called, with the nearest name above where its own says too little."""

    def make() -> dict[str, str]:
        rows = tables.unit_rows(now, level)
        named = rows["name"].fillna("") != ""
        told = zip(rows.index, rows["above_name"], data.shorts(now, level), data.labels(now, level), named, strict=True)
        return {code: label if is_named or not above else f"{above} {short}" for code, above, short, label, is_named in told}

    return now.keep(("labels", level, language()), make)
