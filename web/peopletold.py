"""Who is responsible, as the page and its cards say it: by level from the lowest up, with what is missing; and one person's posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geogrid.errors import NotFoundError
from geogrid.organisation.duties import MORE
from geogrid.organisation.duties_found import kind_name
from geogrid.scheme import Scheme
from geogrid.wording import folded, kinds_by_word
from web import lookups, peoplefigures, peoplewords, tables, words
from web.language import language
from web.served import Served

INSIDE_MAX = 60
"""So many people at places in a unit are listed."""


def of_unit(now: Served, level: str, code: str, when: datetime) -> dict[str, Any]:
    """Return `title level code levels` of a unit, and `inside`: who is attached to a place in it."""
    find = lookups.lookup(now)
    found = find.of_unit(level, code, when=when, more=MORE)
    lines = find.duties(when).of_unit(level, code) if find.roster else []
    inside = [told(now, line) for line in lookups.shown(lines) if line["via"] not in ("unit", None)]
    listed = {"inside": inside[:INSIDE_MAX], "inside_n": len(inside)}
    return {"title": label(now, level, code), "above": above(now, level, code), "level": level, "code": code, **_levels(now, found, when), **listed}


def of_place(now: Served, lon: float, lat: float, floor: int | None, when: datetime) -> dict[str, Any]:
    """Return the same of a place, with `lon lat floor stack`."""
    found = lookups.lookup(now).at(lon, lat, floor=floor, when=when, more=MORE)
    return {"title": "", "lon": lon, "lat": lat, "floor": floor, "stack": _stack(now, found["stack"]), **_levels(now, found, when)}


def of_address(now: Served, address: str, floor: int | None, when: datetime) -> dict[str, Any]:
    """Return the same of an address, with `candidates` where it may be several places."""
    found = lookups.lookup(now).of_address(address, floor=floor, when=when, more=MORE)
    place = {name: found[name] for name in ("lon", "lat", "floor")}
    place["candidates"] = [{**one, "unit": _where(now, one)} for one in found["candidates"]]
    return {"title": found["address"], **place, "stack": _stack(now, found["stack"]), **_levels(now, found, when)}


def _where(now: Served, place: dict[str, Any]) -> str:
    """Return the lowest unit at a place, name and code, "" for none: a street has many places of one address."""
    units = now.project.locator().locate(place["lon"], place["lat"], None)["units"]
    lowest = [(level, code) for level, code in units.items() if code and level in tables.levels(now)]
    return f"{full_label(now, *lowest[-1])} {lowest[-1][1]}" if lowest else ""


def of_person(now: Served, staff: str, when: datetime) -> dict[str, Any]:
    """Return a person: `name kind phone posts`, each post with its unit and from when to when it holds. Raises NotFoundError."""
    roster = lookups.lookup(now).roster
    rows = roster.staff[roster.staff["id"] == staff] if roster else []
    if roster is None or not len(rows):
        raise NotFoundError(f"no person {staff[:60]!r} here", f"没有人员“{staff[:60]}”", value=staff[:60])
    one, scheme = rows.iloc[0], now.project.scheme
    links = roster.at(when).links
    links = links[(links["role"] == "staff") & (links["member"] == staff)]
    dates = {(link.target_kind, link.target, link.overlay): (link.valid_from, link.valid_to) for link in links.itertuples()}
    posts = []
    for line in lookups.lookup(now).duties(when).of_person(staff):
        begins, ends = dates.pop((line["via"], line["target"], line["overlay"] or ""), ("", ""))
        place = {"level_name": level_name(now, line["level"]), "unit_label": full_label(now, line["level"], line["unit"])}
        posts.append({**told(now, line), **place, "from": begins, "to": ends})
    for (via, target, overlay), (begins, ends) in dates.items():  # what leads to no unit, as a workplace that nobody sends anywhere
        bare = {"level": None, "unit": None, "post": "", "duties": "", "via": via, "target": target, "overlay": overlay or None}
        posts.append({**told(now, bare), "from": begins, "to": ends})
    kind = kind_name(_kind(scheme, one["kind"]), scheme, language())
    return {"id": staff, "name": one["name"] or staff, "kind": kind, "phone": one["phone"], "posts": posts}


def named(now: Served, text: str, most: int) -> list[dict[str, str]]:
    """Return people whose name or id holds a text."""
    roster, text = lookups.lookup(now).roster, text.strip().lower()
    if roster is None or not text:
        return []
    staff, scheme = roster.staff, now.project.scheme
    hit = (staff["name"] + "\n" + staff["id"]).str.lower().str.contains(text, regex=False)
    rows = staff[hit.to_numpy()].head(most)
    kinds = [kind_name(_kind(scheme, kind), scheme, language()) for kind in rows["kind"]]
    return [{"id": name, "name": called or name, "kind": kind} for name, called, kind in zip(rows["id"], rows["name"], kinds, strict=True)]


def addresses(now: Served, text: str, most: int) -> list[dict[str, Any]]:
    """Return places that an address may mean, of two characters or more: shorter ones are everywhere."""
    found = lookups.lookup(now).addresses(text, most) if len(text.strip()) > 1 else []
    kinds = peoplewords.kinds()
    return [{**place, "kind": kinds[place["kind"]]} for place in found]


def told(now: Served, line: dict[str, Any]) -> dict[str, Any]:
    """Return a line in the page's language (posts and duties that are the scheme's own have both), with what its target is called."""
    scheme = now.project.scheme
    rule, spoken = scheme.staff.get(line.get("kind") or ""), language()
    post, duties = line["post"] or "", line["duties"] or ""
    if rule and post == rule.post.zh:
        post = rule.post.say(spoken)
    if rule and duties and duties == "、".join(duty.zh for duty in rule.duties):
        duties = ("、" if spoken == "zh" else ", ").join(duty.say(spoken) for duty in rule.duties)
    called = "" if line["via"] == "unit" else lookups.lookup(now).name_of(line["via"], line["target"]) or line["target"]
    return line | {"post": post, "duties": duties, "kind_name": kind_name(line.get("kind") or "", scheme, spoken), "target_name": called}


def label(now: Served, level: str, code: str) -> str:
    """Return what a unit is called, also one above the part that is seen."""
    rows = tables.unit_rows(now, level)
    if code in rows.index:
        row = rows.loc[code]
        return words.unit_label(code, row["name"] or "", row["parent"], now.project.scheme.level(level))
    roster = lookups.lookup(now).roster
    return (roster.places.name(level, code) if roster else "") or code


def above(now: Served, level: str, code: str) -> str:
    """Return the nearest name above a unit that is seen, "" where it has a name of its own."""
    rows = tables.unit_rows(now, level)
    return str(rows.at[code, "above_name"] or "") if code in rows.index and not rows.at[code, "name"] else ""


def full_label(now: Served, level: str, code: str) -> str:
    """Return what a unit is called where its parent is not in sight."""
    return " ".join(part for part in (above(now, level, code), label(now, level, code)) if part)


def level_name(now: Served, level: str) -> str:
    """Return what a level is called."""
    return words.level_name(now.project.scheme.level(level))


def _kind(scheme: Scheme, word: str) -> str:
    """Return the scheme's kind for a word in the table of staff, else the word itself."""
    return kinds_by_word(scheme.staff).get(folded(word), word)


def _levels(now: Served, found: dict[str, Any], when: datetime) -> dict[str, Any]:
    """Return `levels`, from the lowest up: each with its unit, people and what is missing; and `near`: who is attached to a place there."""
    lines = [told(now, line) for line in lookups.shown(found["responsible"])]
    attached = [line for line in lines if line["via"] not in ("unit", "workplace", "organisation") and not _stands(now, line)]
    units = {
        **{line["level"]: line["unit"] for line in lines if line not in attached},
        **{level: code for level, code in found["units"].items() if code},
    }
    levels = []
    for level in reversed([level for level in now.project.levels if level in units]):
        code, seen = units[level], units[level] in tables.unit_rows(now, level).index
        people = [line for line in lines if line not in attached and (line["level"], line["unit"]) == (level, code)]
        missing = peoplefigures.gap_lines(now, level, code, when) if seen and lookups.lookup(now).roster else []
        unit = {"level": level, "name": level_name(now, level), "code": code, "label": label(now, level, code), "seen": bool(seen)}
        levels.append({**unit, "people": people, "missing": missing})
    return {"levels": levels, "near": attached}


def _stands(now: Served, line: dict[str, Any]) -> bool:
    """Tell whether a line at a place is of a unit that is that very place."""
    return now.project.scheme.level(line["level"]).make == line["via"]


def _stack(now: Served, stack: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lowest = now.project.levels[-1]
    return [{**one, "label": label(now, lowest, one["code"])} for one in stack if one["code"]]
