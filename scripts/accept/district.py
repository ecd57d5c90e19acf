"""Clauses of the large districts: Lubei, Fengrun, Taocheng."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path

from accept.clause import Clause, at_least, equal, holds, number
from accept.row import Row


def lubei_area(row: Row) -> Clause:
    """The declared 176 km² are a count_mismatch that the report explains."""
    told = row.declared("面积")
    found = row.count_findings("count_mismatch")
    ok = told.get("verdict") not in (None, "holds") and bool(told.get("why"))
    return Clause(
        "176 km² declared: a difference that the report explains",
        "not as declared, with a reason",
        f"{_verdict(told)}; {found} count_mismatch",
        ok if row.is_whole else None,
    )


def _verdict(told: dict) -> str:
    return json.dumps({key: told.get(key) for key in ("declared", "value", "computed", "verdict") if key in told}, ensure_ascii=False)


def lubei_points(row: Row) -> list[Clause]:
    """Each camera and station lies in exactly one grid."""
    sites = row.build["sites"]
    out = [
        equal(f"{n:,} {role} joined", n, sites[key]["n"] - sites[key]["unmatched"], whole=row.is_whole)
        for role, key, n in (("cameras", "camera", 7803), ("stations", "station", 566))
    ]
    stations, grids = row.layer("stations"), set(row.layer("grid")["code"])
    once = int(stations["grid"].isin(grids).sum())
    return [*out, equal("stations with one grid's code", len(stations), once)]


def lubei_blind(row: Row) -> Clause:
    """Every grid has its blind share."""
    cameras = row.ask("reach", "cameras", "--level", "grid")["cameras"]
    known = sum(unit["level"] == "grid" and unit["ground_share"] is not None for unit in cameras["units"])
    blind_m2 = cameras["totals"]["ground_m2"] * (1 - cameras["totals"]["ground_perhaps_share"])
    return Clause(
        f"blind area per grid (whole district: {blind_m2 / 1e6:.1f} km² no camera sees)",
        f"{number(row.units('grid'))} grids",
        f"{number(known)} grids",
        known == row.units("grid"),
    )


def lubei_one_per(row: Row) -> list[Clause]:
    """Each community has one day care and one warm stop."""
    checks = {check["kind"]: check for check in row.ask("reach", "stations")["stations"]["checks"] if check["check"] == "one_per_unit"}
    return [holds(f"each community has one {kind}", checks[kind]["is_fine"], checks[kind]["en"]) for kind in ("day_care", "warm_stop")]


def lubei_parties(row: Row) -> list[Clause]:
    """The party is a second tree."""
    counts = {kind["kind"]: kind["n"] for kind in row.ask("organisations")["kinds"]}
    wanted = {"committee": 175, "branch": 915, "group": 1241}
    out = [equal(f"organisations of kind {kind}", n, counts.get(kind, 0), whole=row.is_whole) for kind, n in wanted.items()]
    return [*out, at_least("organisations of kind centre (9700余)", 9700, counts.get("centre", 0), whole=row.is_whole)]


def fengrun_centres(row: Row) -> Clause:
    """22 of the 39 service centres have 1,000 m² or more, 49,200 m² together (1000平方米以上社区服务场所达到22个，总面积达4.92万平方米)."""
    stations = row.layer("stations")
    area_m2 = stations.loc[stations["kind"] == "service_centre", "area_m2"].astype(float)
    large = area_m2[area_m2 >= 1000]
    found = f"{len(area_m2)} centres, {len(large)} of 1,000 m² or more with {large.sum():,.0f} m²"
    ok = (len(area_m2), len(large)) == (39, 22) and math.isclose(large.sum(), 49_200, abs_tol=50)
    return Clause("service centres", "39 centres, 22 of 1,000 m² or more with 49,200 m²", found, ok if row.is_whole else None)


def fengrun_switch(row: Row) -> list[Clause]:
    """85 workplaces and 70 teams go onto the communities and back, with a diff; polygons stay."""
    overlay = max(row.ask("overlays")["overlays"], key=lambda each: each["n"])
    moved = {change["member"] for change in overlay["changes"] if change["action"] == "add"}
    bodies = {kind: sum(member in ids for member in moved) for kind, ids in _bodies(row).items()}
    communities = {change["target"] for change in overlay["changes"] if change["action"] == "add"}
    out = [equal(f"{kind} onto communities", n, bodies[kind], whole=row.is_whole) for kind, n in (("workplaces", 85), ("teams", 70))]
    out += [equal("communities that get somebody", 60, len(communities & set(row.layer("community")["code"])), whole=row.is_whole)]
    return [*out, *switched(row, overlay)]


def _bodies(row: Row) -> dict[str, set[str]]:
    """Ids of the workplaces and of the vanguard teams, by the project's own tables."""
    import geogrid

    with geogrid.open_project(row.project) as project:
        bodies = project.table("organisations")
        return {"workplaces": set(project.table("workplaces")["id"]), "teams": set(bodies.loc[bodies["kind"] == "vanguard", "id"])}


def switched(row: Row, overlay: dict) -> list[Clause]:
    """While an overlay is in force others are responsible; after it all is as before, and no polygon or code has changed."""
    begins, ends = (datetime.date.fromisoformat(overlay[key][:10]) for key in ("valid_from", "valid_to"))
    day = datetime.timedelta(days=1)
    gains = {change["target"] for change in overlay["changes"] if change["action"] == "add" and change["target_kind"] == "unit"}
    unit = min(gains)
    names = [_staff(row, unit, at) for at in (begins - day, begins, ends + day)]
    diff = row.ask("overlays", "--diff", overlay["id"])
    moves = len(diff["people"])
    states = [row.ask("overlays", "--at", str(at))["state"] for at in (begins - day, begins, ends + day)]
    return [
        holds("in force between its dates only", states[0] == states[2] != states[1], " → ".join(states)),
        holds(
            f"people of {unit} before, during, after",
            names[0] == names[2] != names[1],
            " → ".join(str(len(each)) for each in names),
            "as before at the end",
        ),
        holds("the diff tells who goes where", moves > 0, f"{moves:,} people"),
        polygons_stay(row, overlay),
    ]


def _staff(row: Row, unit: str, at: datetime.date) -> list[str]:
    return sorted(person["staff"] for person in row.ask("people", "--unit", unit, "--at", str(at))["people"])


def polygons_stay(row: Row, overlay: dict) -> Clause:
    """The same changes are put in force now, in a copy, and ended: exports before, meanwhile and after are the same bytes."""
    copy, order = row.folder / "switched.gpkg", row.folder / "overlay.json"
    row.run("backup", row.project, "--out", copy)
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    changes = [{key: change[key] for key in ("action", "member", "target_kind", "target", "post")} for change in overlay["changes"]]
    order.write_text(json.dumps({"name": "acceptance", "kind": "real", "valid_to": until.isoformat(), "changes": changes}), "utf-8")
    exports = [_exports(row, copy)]
    made = json.loads(row.run("overlays", copy, "--add", order, "--json"))
    states = [json.loads(row.run("overlays", copy, "--json"))["state"]]
    exports.append(_exports(row, copy))
    row.run("overlays", copy, "--end", made["id"], "--json")
    states.append(json.loads(row.run("overlays", copy, "--json"))["state"])
    exports.append(_exports(row, copy))
    same = exports[0] == exports[1] == exports[2]
    size = sum(len(body) for body in exports[0])
    found = f"{', '.join(row.levels)}: {'the same' if same else 'different'} {size:,} bytes in normal times, {states[0]}, {states[1]}"
    return holds("polygons and codes stay before, during, after", same and states == ["emergency", "normal"], found)


def _exports(row: Row, project: Path) -> list[bytes]:
    """Return the exports of all levels."""
    path, out = row.folder / "switched.geojson", []
    for level in row.levels:
        row.run("export", project, "--level", level, "--out", path)
        out.append(path.read_bytes())
    return out


def taocheng_compounds(row: Row) -> Clause:
    """No compound lies in two areas (片区)."""
    import geogrid

    with geogrid.open_project(row.project) as project:
        compounds, areas = project.layer("compounds"), project.units("area")
        homes = project.layer("buildings")
    homes = homes.assign(geometry=homes.representative_point())
    inside = homes.sjoin(compounds[["geometry"]], predicate="within").rename(columns={"index_right": "compound"})
    placed = inside.sjoin(areas[["geometry"]].rename_axis("code").reset_index(), predicate="within")
    split = int((placed.groupby("compound")["code"].nunique() > 1).sum())
    return equal(f"compounds split across areas (of {placed['compound'].nunique()} with buildings)", 0, split)


def taocheng_beyond(row: Row) -> Clause:
    """The estates beyond the 315 compounds say what they are."""
    import geogrid

    with geogrid.open_project(row.project) as project:
        estates, n = project.units("estate"), len(project.layer("compounds"))
    told = estates["kind"].value_counts().to_dict() | {f"reason {k}": v for k, v in estates["reason"].value_counts().items() if k}
    beyond = len(estates) - n
    explained = int(((estates["kind"] != "base") | (estates["reason"] != "")).sum())
    return holds(
        "estates beyond the compounds are explained",
        beyond == explained,
        f"{beyond} beyond {n} compounds; {told}",
        "each of the 40" if row.is_whole else "each",
    )


def taocheng_stairwells(row: Row) -> list[Clause]:
    """One stairwell unit per residential entrance."""
    entrances = row.layer("entrances")
    homes = int((entrances["households"].astype(float) > 0).sum()) if "households" in entrances else len(entrances)
    stairs = row.layer("stairwell")
    held = entrances["stairwell"].replace("", None).dropna()
    return [
        equal("stairwells (单元)", 3242, len(stairs), whole=row.is_whole),
        equal("one per residential entrance", homes, int(held.nunique())),
        holds(
            "land and shops stay with their estate",
            float(stairs.to_crs(4548).area.sum()) < float(row.layer("estate").to_crs(4548).area.sum()),
            f"{len(stairs):,} stairwells",
        ),
    ]


def taocheng_switch(row: Row) -> list[Clause]:
    """On the switch the staff of the levels 4 and 5 come under the community; polygons stay."""
    import geogrid

    with geogrid.open_project(row.project) as project:
        units = {level: set(project.units(level).index) for level in ("community", "estate", "stairwell")}
        members, staff = project.table("memberships"), set(project.table("staff")["id"])
    below = set(members.loc[members["target"].isin(units["estate"] | units["stairwell"]), "member"]) & staff
    goes = {o["id"]: {c["member"] for c in o["changes"] if c["action"] == "add" and c["target"] in units["community"]} for o in _overlays(row)}
    overlay = max(_overlays(row), key=lambda each: (len(below & goes[each["id"]]), each["id"]))
    left = len(below - goes[overlay["id"]])
    return [equal(f"staff of estates and stairwells (of {len(below):,}) who do not come under the community", 0, left), *switched(row, overlay)]


def _overlays(row: Row) -> list[dict]:
    return row.ask("overlays")["overlays"]


def taocheng_complete(row: Row) -> Clause:
    """四定: every unit has its person, post and duties."""
    people = row.ask("people", "--gaps")
    levels = ", ".join(f"{level['level']} {level['complete']:,}/{level['units']:,}" for level in people["levels"] if level["asked"])
    return holds("四定 completeness report is empty", not people["gaps"] and bool(levels), f"{len(people['gaps'])} gaps; {levels}", "0 gaps")
