"""Clauses of Huagong, Shuangluan and Zhaoxian."""

from __future__ import annotations

import json
import shutil
import tomllib
from importlib import resources
from pathlib import Path
from urllib.request import Request, urlopen

from accept.clause import Clause, at_least, equal, holds
from accept.row import Row
from geogrid.bench.browser import serving


def huagong_bounds(row: Row) -> Clause:
    """Every micro-grid has 10-15 households, or says why not."""
    told = row.build["levels"]["microgrid"]
    without = row.count_findings("households_below", "households_above", severity="error")
    found = f"{told['in_bounds']:,} in bounds, {told['exceptions']} explained exceptions, {without} without a reason"
    return holds("micro-grids of 10–15 households", without == 0 and told["in_bounds"] + told["exceptions"] >= told["units"] - _dedicated(row), found)


def _dedicated(row: Row) -> int:
    return int((row.layer("microgrid")["kind"] == "dedicated").sum())


def huagong_volunteers(row: Row) -> list[Clause]:
    """Every micro-grid has a volunteer."""
    people = row.ask("people", "--gaps", "--level", "microgrid")
    level = next(each for each in people["levels"] if each["level"] == "microgrid")
    bare = [gap for gap in people["gaps"] if gap["missing"] in ("person", "number")]
    return [
        equal("micro-grids without a volunteer", 0, len(bare)),
        at_least("volunteers (2300余)", 2300, level["people"], whole=row.is_whole),
    ]


def huagong_fourth(row: Row) -> Clause:
    """The fourth level under the existing three changes not a byte of their exports."""
    folder = row.folder / "three"
    shutil.copytree(row.folder / "sources", folder, dirs_exist_ok=True)
    scheme, last = _without_last(resources.files("geogrid.schemes").joinpath("huagong.toml").read_text("utf-8"))
    (folder / "three.toml").write_text(scheme, "utf-8")
    recipe = (folder / "recipe.toml").read_text("utf-8").replace('scheme = "huagong"', 'scheme = "three.toml"')
    (folder / "recipe.toml").write_text(_without_table(recipe, f"[levels.{last}]"), "utf-8")
    row.run("build", folder / "recipe.toml", "--out", folder / "three.gpkg", "--json")
    levels = [level for level in row.levels if level != last]
    alike = [
        level for level in levels if _bytes(row, row.project, level, folder / "four") == _bytes(row, folder / "three.gpkg", level, folder / "one")
    ]
    return holds("levels 1–3 are byte-identical with and without level 4", alike == levels, f"alike: {', '.join(alike)}", ", ".join(levels))


def _without_last(text: str) -> tuple[str, str]:
    """Return the scheme without its lowest level and what speaks of it, and that level's id."""
    last = tomllib.loads(text)["levels"][-1]["id"]
    head, _, rest = text.rpartition("[[levels]]")
    after = rest.split("\n[", 1)
    kept = head + ("[" + after[1] if len(after) > 1 else "")
    return "\n".join(line for line in kept.splitlines() if f'"{last}"' not in line) + "\n", last


def _without_table(text: str, heading: str) -> str:
    before, found, after = text.partition(heading)
    return before + ("[" + after.split("\n[", 1)[1] if found and "\n[" in after else "")


def _bytes(row: Row, project: Path, level: str, folder: Path) -> bytes:
    folder.mkdir(exist_ok=True)
    row.run("export", project, "--level", level, "--out", folder / f"{level}.geojson")
    return (folder / f"{level}.geojson").read_bytes()


def shuangluan_redivided(row: Row) -> list[Clause]:
    """A re-division keeps the lineage: an old code answers with what came after it."""
    copy = row.folder / "redivided.gpkg"
    row.run("backup", row.project, "--out", copy)
    grids = row.layer("grid").sort_values("code")
    pair = next((list(group["code"])[:2] for _, group in grids.groupby("parent") if len(group) > 2 and _touch(group)), [])
    big = grids.loc[~grids["code"].isin(pair)].sort_values("households").iloc[-1]["code"]
    edits = [{"kind": "merge", "units": pair, "into": pair[0], "reason": "重新整合划分"}, {"kind": "split", "unit": str(big), "parts": 2}]
    path = row.folder / "redivision.jsonl"
    path.write_text("".join(json.dumps(edit, ensure_ascii=False) + "\n" for edit in edits), "utf-8")
    done = json.loads(row.run("edit", copy, path, "--base-version", "1", "--json"))
    changed = json.loads(row.run("diff", copy, "1", str(done["version"]), "--level", "grid", "--json"))
    import geogrid

    with geogrid.open_project(copy) as project:
        lineage = {code: project.successors(code) for code in (pair[1], str(big))}
    grids_changed = changed["levels"]["grid"]
    told = f"{len(grids_changed['units'])} units changed, {grids_changed['households']:,} households moved"
    return [
        holds("old → new keeps lineage", all(lineage.values()), "; ".join(f"{old} → {', '.join(new)}" for old, new in lineage.items())),
        holds("the difference old → new is told", len(grids_changed["units"]) >= 4, told),
    ]


def _touch(group: object) -> bool:
    first, second = group.geometry.iloc[0], group.geometry.iloc[1]  # type: ignore[attr-defined]
    return first.intersection(second).length > 0


def shuangluan_scopes(row: Row) -> Clause:
    """District, street, community, grid officer and resident see different things."""
    copy = row.folder / "scoped.gpkg"
    row.run("backup", row.project, "--out", copy)
    grid = row.layer("grid").iloc[0]
    community = row.layer("community").set_index("code").loc[grid["parent"]]
    scopes = {"district": "", "street": str(community["parent"]), "community": str(grid["parent"]), "officer": str(grid["code"])}
    tokens = {}
    for name, scope in scopes.items():
        row.run("users", copy, "add", name, "--role", "viewer", "--no-password", *(["--scope", scope] if scope else []))
        tokens[name] = json.loads(row.run("users", copy, "token", name, "--json"))["token"]
    with serving(copy) as address:
        seen = {name: _view(address, token) for name, token in {**tokens, "resident": ""}.items()}
    return holds(
        "five scopes see different layers", len(set(seen.values())) == 5, "; ".join(f"{name}: {view}" for name, view in seen.items()), "5 views"
    )


def _view(address: str, token: str) -> str:
    """Say how many grids, cameras and events a viewer sees, and which pages are open to him."""
    layers = {"grids": "/api/units?level=grid", "cameras": "/api/sites?kind=cameras", "events": "/api/events"}
    counts = {name: len(json.loads(_get(address + path, token)[1]).get("features", [])) for name, path in layers.items()}
    pages = [name for name in ("people", "cameras", "checks", "declared") if _get(f"{address}/{name}", token)[0] == 200]
    return f"{', '.join(f'{n:,} {name}' for name, n in counts.items())}, pages {' '.join(pages) or 'of residents'}"


def _get(url: str, token: str) -> tuple[int, bytes]:
    from urllib.error import HTTPError

    try:
        with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"} if token else {}), timeout=60) as answer:
            return (200 if "/login" not in answer.url else 401), answer.read()
    except HTTPError as error:
        return error.code, b"{}"


def shuangluan_events(row: Row) -> list[Clause]:
    """3,851 events, 6 open, 99.84 % closed, mapped by grid."""
    events = row.ask("events", "--level", "grid")
    booked = next((kind["events"] for kind in events["by_kind"] if kind["kind"] == "booking"), 0)
    handled = events["events"] - booked
    found = f"{handled:,} ({events['open']} open, {(handled - events['open']) / max(handled, 1):.2%} closed) and {booked} bookings"
    in_grids = sum(unit["events"] for unit in events["units"])
    return [
        Clause(
            "events",
            "3,851 (6 open, 99.84 % closed) and 895 bookings",
            found,
            (handled, events["open"], booked) == (3851, 6, 895) if row.is_whole else None,
        ),
        equal("events mapped by grid", events["events"], in_grids),
    ]


def zhaoxian_directions(row: Row) -> list[Clause]:
    """The five directions hold with 8 stations, and name the empty one when its only station goes."""
    check = _directions(row.ask("reach", "stations"))
    zone = next((zone["zone"] for zone in check["zones"] if zone["applies"] and zone["stations"] == 1 and zone["zone"] != "centre"), "")
    told = [Clause("five directions (东南西北中) with 8 stations", "each has one", check["zh"], check["is_fine"] if row.is_whole else None)]
    if not zone:
        return [*told, Clause("a sector's only station goes", "a sector with one station", "none has just one", False if row.is_whole else None)]
    copy = row.folder / "fewer.gpkg"
    row.run("backup", row.project, "--out", copy)
    row.run("update", copy, _fewer_stations(row, check, zone), "--only", "stations", "--replace", "--json")
    after = _directions(json.loads(row.run("reach", copy, "stations", "--json")))
    named = sorted(set(after["empty"]) - set(check["empty"]))
    return [*told, holds(f"without its only station the {zone} is named", named == [zone], after["zh"], zone)]


def _directions(told: dict) -> dict:
    return next(each for each in told["stations"]["checks"] if each["check"] == "five_directions" and each["kind"] == "red_stop")


def _fewer_stations(row: Row, check: dict, zone: str) -> Path:
    """Write the stations without the one in a sector of 90° round east, south, west or north, and the recipe that reads them."""
    stations = row.layer("stations")
    places = stations.to_crs(row.build["crs"]).geometry
    east, north = places.x - check["x"], places.y - check["y"]
    sector = {"east": east > north.abs(), "west": -east > north.abs(), "north": north > east.abs(), "south": -north > east.abs()}[zone]
    outer = (east**2 + north**2) > check["radius_m"] ** 2
    kept = stations[~((stations["kind"] == "red_stop") & sector & outer)]
    kept.to_file(row.folder / "fewer.geojson", driver="GeoJSON")
    recipe = row.folder / "fewer.toml"
    recipe.write_text('name = "赵县"\nscheme = "zhaoxian"\n[inputs.stations]\npath = "fewer.geojson"\n', "utf-8")
    return recipe


def zhaoxian_events(row: Row) -> Clause:
    """197 events joined."""
    site = row.build["sites"].get("event", {"n": 0, "unmatched": 0})
    return equal("events joined to units", 197, site["n"] - site["unmatched"], whole=row.is_whole)
