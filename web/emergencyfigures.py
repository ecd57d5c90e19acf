"""What the page /emergency and its API tell: the roster with its overlays as they now are, who an overlay moves, proposals, who may change what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely
from flask import current_app

from geogrid.catalogue.overlays import clash_words
from geogrid.catalogue.staffing import gap_words, to_do_words
from geogrid.crs import to_wgs84
from geogrid.errors import NotFoundError
from web import tables, words
from web.language import language
from web.rostered import roster
from web.served import Served

if TYPE_CHECKING:
    from geogrid.organisation.overlay import Overlay
    from geogrid.organisation.overlay_effect import Effect

LISTED = 500
"""So many units, people and gaps are listed on the page, the upper units first; the file has all."""
ROLES = ("workplace", "organisation", "staff")
"""Who is listed first."""
LINES = 600
"""So many lines are drawn at most: beyond, people come from the units above theirs."""


def clock() -> datetime:
    """Return the time by the service's clock."""
    return current_app.extensions["geogrid"].clock()


def overlays(now: Served) -> tuple[Overlay, ...]:
    """Return the overlays of which the visitor sees anything, by begin."""
    from geogrid.organisation.overlay import overlays_of

    return now.keep("emergency overlays", lambda: overlays_of(roster(now).overlays))


def find(now: Served, name: str) -> Overlay:
    """Return one of them. Raises NotFoundError."""
    found = next((each for each in overlays(now) if each.id == name), None)
    if found is None:
        raise NotFoundError(f"there is no overlay {name!r}", f"没有平急方案“{name}”", value=name)
    return found


def effect(now: Served, overlay: Overlay) -> Effect:
    """Return what an overlay does, made once."""
    from geogrid.organisation.overlay_effect import effect_of

    return now.keep(("emergency effect", overlay), lambda: effect_of(roster(now), overlay, clock()))


def told(now: Served, found: Effect) -> dict[str, Any]:
    """Return what the page shows of an effect, in the visitor's language."""
    from geogrid.organisation.overlay_effect import row_of

    people = found.change.people
    shown = people.sort_values("role", key=lambda roles: roles.map(ROLES.index), kind="stable").head(LISTED)
    counts = {
        "people": int(people["member"][people["role"] == "staff"].nunique()),
        "bodies": int(people["member"][people["role"] != "staff"].nunique()),
    }
    figures = {**counts, "units": len(found.change.units), "lacking": len(found.lacking), "clashes": len(found.clashes), "is_back": not found.after}
    return {
        "overlay": row_of(found.overlay, clock(), changes=False),
        "at": found.at.isoformat(timespec="minutes"),
        "figures": figures,
        "units": unit_rows(now, found, LISTED),
        "people": people_rows(now, shown),
        "n": {"people": len(people)},
        "lacking": lacking_rows(now, found.lacking.head(LISTED)),
        "clashes": clash_rows(now, found)[:LISTED],
        "flows": flow_lines(now, found),
    }


def unit_rows(now: Served, found: Effect, most: int | None = None) -> list[dict[str, Any]]:
    """Return the units that change: people before, during and after, who comes and goes."""
    later = found.after.units.set_index(["level", "code"])
    rows = []
    for row in found.change.units.head(len(found.change.units) if most is None else most).to_dict("records"):
        key = (row["level"], row["code"])
        moved = later.loc[key] if key in later.index else {"joined": 0, "left": 0}
        after = row["people_before"] + int(moved["joined"]) - int(moved["left"])
        rows.append({**row, "name": label(now, *key), "people_later": after})
    return rows


def people_rows(now: Served, people: pd.DataFrame) -> list[dict[str, Any]]:
    """Return who goes from where to where, in words."""
    return [
        {
            "role": row.role,
            "member": row.member,
            "name": row.name or row.member,
            "kind": kind_name(now, row.role, row.kind),
            "from": label(now, row.from_level, row.from_code),
            "to": label(now, row.to_level, row.to_code),
            "code": row.to_code or row.from_code,
            "level": row.to_level or row.from_level,
            "post": row.to_post or row.from_post,
            "via": row.via,
        }
        for row in people.itertuples(index=False)
    ]


def lacking_rows(now: Served, lacking: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what units lack meanwhile, in words."""
    rows = []
    for row in lacking.itertuples(index=False):
        text = gap_words(row.missing, kind_name(now, "staff", row.kind), row.wanted, row.have, language())
        rows.append(
            {
                "level": row.level,
                "code": row.code,
                "name": label(now, row.level, row.code),
                "text": text,
                "to_do": to_do_words(row.missing, row.wanted, row.have, language()),
            }
        )
    return rows


def clash_rows(now: Served, found: Effect) -> list[str]:
    """Return what is doubtful, in words."""
    mine = roster(now)
    names = dict(zip(mine.staff["id"], mine.staff["name"], strict=True)) | dict(zip(mine.workplaces["id"], mine.workplaces["name"], strict=True))
    names |= dict(zip(mine.organisations["id"], mine.organisations["name"], strict=True))
    titles = {each.id: each.title for each in overlays(now)}

    def place(code: str) -> str:
        own = mine.places.own("unit", code)
        return label(now, *own[0]) if own else names.get(code) or code

    return [
        clash_words(
            row.clash,
            language(),
            who=names.get(row.member) or row.member,
            where=place(row.target),
            other=titles.get(row.other, row.other),
            elsewhere=place(row.other_target),
        )
        for row in found.clashes.itertuples(index=False)
    ]


def flow_lines(now: Served, found: Effect) -> list[dict[str, Any]]:
    """Return how many go from where (`from`, null where nobody knows) to where (`to`), as [lon, lat], with `code` and `name` of the end."""
    flows = _lifted(now, found)
    out = []
    for row in flows.itertuples(index=False):
        end = point(now, row.to_level, row.to_code)
        if end is not None:
            start = point(now, row.from_level, row.from_code) if row.from_code else None
            names = {"name": label(now, row.to_level, row.to_code), "home": label(now, row.from_level, row.from_code)}
            out.append({"from": start, "to": end, "level": row.to_level, "code": row.to_code, "people": row.people, "bodies": row.bodies, **names})
    return out


def _lifted(now: Served, found: Effect) -> pd.DataFrame:
    """Return the flows, from units of a level so high that they can be drawn."""
    flows, places = found.flows, roster(now).places
    for level in reversed(places.levels[1:]):
        if len(flows) <= LINES:
            break
        low = (flows["from_level"] == level).to_numpy()
        homes = {code: ([*places.above(level, code).items()][-2:-1] or [(level, code)])[0] for code in flows["from_code"][low].unique()}
        comes = [homes[code] if is_low else (own, code) for is_low, own, code in zip(low, flows["from_level"], flows["from_code"], strict=True)]
        flows = flows.assign(from_level=[each for each, _ in comes], from_code=[code for _, code in comes])
        flows = flows.groupby([*flows.columns[:4]], sort=True)[["people", "bodies"]].sum().reset_index()
    return flows


def label(now: Served, level: str, code: str) -> str:
    """Return what a unit is called; its code where the visitor does not see it."""
    if not code or level not in now.project.levels:
        return code
    names = now.keep(("emergency labels", level, language()), lambda: _labels(now, level))
    return names.get(code, code)


def _labels(now: Served, level: str) -> dict[str, str]:
    rows, spec = tables.unit_rows(now, level), now.project.scheme.level(level)
    named = zip(rows.index, rows["name"].fillna(""), rows["parent"], strict=True)
    return {code: words.unit_label(code, name, parent, spec) for code, name, parent in named}


def point(now: Served, level: str, code: str) -> list[float] | None:
    """Return a point inside a unit, [lon, lat]; None where the visitor does not see it."""
    return now.keep(("emergency points", level), lambda: _points(now, level)).get(code) if level in now.project.levels else None


def _points(now: Served, level: str) -> dict[str, list[float]]:
    units = now.project.units(level)
    inside = to_wgs84(units.set_geometry(units.geometry.representative_point())).geometry.to_numpy()
    at = zip(units.index, shapely.get_x(inside).round(6).tolist(), shapely.get_y(inside).round(6).tolist(), strict=True)
    return {str(code): [x, y] for code, x, y in at if x == x}


def kind_name(now: Served, role: str, kind: str) -> str:
    """Return the name of a kind of officer or organisation, as the data has it where the scheme knows none."""
    known: Any = {"staff": now.project.scheme.staff, "organisation": now.project.scheme.organisations}.get(role, {})
    return known[kind].name.say(language()) if kind in known else kind
