"""A simulated district with its people: geometry is written first, then the plan is made of these files as BUILD does: memberships name its codes.

simulate -> source files -> plan in memory, down to the lowest level that anyone belongs to -> people by codes -> tables beside the files
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geogrid import sites
from geogrid.errors import InputError
from geogrid.generate import make_plan
from geogrid.pipeline.parallel import worker_count
from geogrid.pipeline.sourced import scheme_of, sourced
from geogrid.pipeline.stages import Progress, Stages, silent
from geogrid.plan import NO_UNIT, Plan
from geogrid.reading import Sources
from geogrid.recipe import read_recipe
from geogrid.simulate import SimulatedDistrict, simulate, write_sources
from geogrid.simulate.folk import make_folk
from geogrid.simulate.folk_households import door_by_door
from geogrid.simulate.folk_places import Places
from geogrid.simulate.folk_systems import FOLK, LINKED
from geogrid.simulate.profiles import find_profile
from geogrid.simulate.writing import recipe_text

PEOPLE_ROLES = ("households", "staff", "organisations", "memberships", "workplaces", "overlays", "events")
UNNEEDED = ("cameras", "patrols", "prohibited")
"""Inputs that neither the plan nor anybody's place rests on."""
STREAM = 11
"""Of random numbers: people draw none of the district's."""
CRS = "EPSG:4490"
LINKED_RECIPE = "recipe-linked.toml"


def simulate_sources(system: str, out: str | Path, *, seed: int = 0, scale: float = 1.0, linked: bool = False, progress: Progress = silent) -> Path:
    """Simulate `system`, write its source files to the folder `out` and return the path of the recipe. Same system, seed and scale, same bytes.

    `linked` also writes a table of all households and `recipe-linked.toml`, for the scheme whose lowest level links households round a centre.
    Costs a build down to the units that people belong to. Raises NotFoundError for an unknown system, InputError for a scale outside 0-1 or where
    no such scheme is known.
    """
    stages = Stages(progress)
    if linked and system not in LINKED:
        message = f"{system} links no households round a centre; there is {', '.join(LINKED)}"
        raise InputError(message, f"{system} 没有联户方案；可用：{'、'.join(LINKED)}", field="linked", value=system)
    with stages("simulate"):
        district = simulate(system, seed=seed, scale=scale)
        recipe = write_sources(district, out)
        for left in (recipe.with_name(LINKED_RECIPE), *sorted(recipe.parent.glob("*-linked.csv"))):
            left.unlink(missing_ok=True)  # of another district, simulated here before
    folk = FOLK.get(system)
    if folk is None:
        return recipe
    asked = read_recipe(recipe)
    asked = replace(asked, inputs={role: source for role, source in asked.inputs.items() if role not in UNNEEDED})
    with stages("people"):
        sources, prepared = sourced(asked, scheme_of(asked), Stages(), workers=worker_count(None), accept_rejects=False)
        plan = make_plan(prepared.ground, until=folk.deepest)
        share = min(1.0, len(district.frames["communities"]) / find_profile(system).communities_n)
        places = find_places(plan, sources.frames, share=share, deepest=folk.deepest)
        people = [seed, int(district.facts["code"]), STREAM]
        write_people(make_folk(folk, places, np.random.default_rng(people)), recipe, plan.base.crs)
        if linked:
            write_linked(district, recipe, places, sources, np.random.default_rng(people))
    return recipe


def write_linked(district: SimulatedDistrict, recipe: Path, places: Places, sources: Sources, rng: np.random.Generator) -> None:
    """Write beside the recipe one for linked households: the table of all, with the centres marked, and the people who are such centres."""
    scheme, folk = LINKED[district.facts["system"]]
    beside = recipe.with_name(LINKED_RECIPE)
    table = door_by_door(sources.frames["buildings"], sources.frames["entrances"])
    tables = make_folk(folk, replace(places, frames={**places.frames, "household": _homes(table, places)}), rng)
    members = tables["memberships"]
    centres = set(members.loc[members["target_kind"] == "household", "target"])
    households = table.assign(centre=table["id"].isin(centres).map({True: "1", False: ""}))
    _replace(beside, recipe_text(replace(district, facts={**district.facts, "scheme": scheme})).encode())
    write_people({**tables, "households": households}, beside, sources.crs, "-linked")


def _homes(table: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Return households as places: each lies where its entrance lies, else its building."""
    doors, houses = (places.of(word).set_index("id") for word in ("entrance", "building"))
    at_door = table["entrance"].isin(doors.index).to_numpy()
    table = table[at_door | table["building"].isin(houses.index).to_numpy()].reset_index(drop=True)
    at_door = table["entrance"].isin(doors.index).to_numpy()
    out = table[["id", "building", "entrance"]].assign(name=table["id"], kind="", weight=1.0)
    for column in ("x", "y", "compound", *places.levels):
        here = doors[column].reindex(table["entrance"]).to_numpy(dtype=object)
        out[column] = np.where(at_door, here, houses[column].reindex(table["building"]).to_numpy(dtype=object))
    return out


def find_places(plan: Plan, frames: Mapping[str, pd.DataFrame], *, share: float, deepest: str) -> Places:
    """Return the places of a plan and its sources (in its CRS) that people can belong to; units of every level down to `deepest`."""
    levels = tuple(level.id for level in plan.scheme.levels[: plan.scheme.depth(deepest) + 1])
    found = units_of(plan, levels)
    for role, word in (("compounds", "compound"), ("buildings", "building"), ("entrances", "entrance"), ("stations", "station")):
        frame = frames.get(role)
        if isinstance(frame, gpd.GeoDataFrame) and len(frame):
            found[word] = _things(frame, plan, levels)
    _name_compounds(found, frames)
    roads = frames.get("roads")
    lines = roads.geometry.to_numpy() if isinstance(roads, gpd.GeoDataFrame) else np.array([], dtype=object)
    return Places(found, levels, share, lines)


def units_of(plan: Plan, levels: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Return the places that are units, by level, in the order of their codes; those without a name are called by their parent's and a number."""
    middle = shapely.get_coordinates(shapely.centroid(plan.base.cells.geometry.to_numpy()))[plan.base.cell_position]
    code = plan.units["code"]
    names: dict[str, str] = {}
    out: dict[str, pd.DataFrame] = {}
    for level in levels:
        owner = plan.owner(level)
        atoms = pd.DataFrame({"weight": plan.base.atoms["households"].to_numpy(), "x": middle[:, 0], "y": middle[:, 1]})[owner != NO_UNIT]
        sums = atoms.groupby(owner[owner != NO_UNIT]).agg({"weight": "sum", "x": "mean", "y": "mean"})
        rows = plan.units[plan.units["level"] == level].join(sums).sort_values("code", kind="stable")
        above = code.reindex(rows["parent"].to_numpy()).fillna("").to_numpy(dtype=object)
        frame = pd.DataFrame({"id": rows["code"].to_numpy(), "kind": rows["kind"].to_numpy()})
        told = zip(rows["name"], frame["id"], above, strict=True)
        frame["name"] = [name or _called(names.get(up, ""), here, up, plan, level) for name, here, up in told]
        names |= dict(zip(frame["id"], frame["name"], strict=True))
        frame[["weight", "x", "y"]] = rows[["weight", "x", "y"]].fillna(0.0).to_numpy()
        if out:
            parent = out[levels[len(out) - 1]].set_index("id")
            for upper in levels[: len(out) - 1]:
                frame[upper] = parent[upper].reindex(above).fillna("").to_numpy(dtype=object)
            frame[levels[len(out) - 1]] = above
        frame[level] = frame["id"]
        out[level] = frame
    return out


def _called(parent: str, code: str, above: str, plan: Plan, level: str) -> str:
    number = code.removeprefix(above).lstrip("0") or "0"
    return f"{parent}第{number}{plan.scheme.level(level).name.zh}"


def _things(frame: gpd.GeoDataFrame, plan: Plan, levels: tuple[str, ...]) -> pd.DataFrame:
    """Return what is no unit as places, with the codes of the units that its label point lies in; what lies in none is left out."""
    joined = sites.join(frame, plan)
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    ids = frame["id"] if "id" in frame else frame["code"]
    text = {name: frame[name].fillna("").astype(str) if name in frame else pd.Series("", index=frame.index) for name in ("address", "name")}
    out = pd.DataFrame({"id": ids.astype(str).to_numpy(), "name": text["name"].where(text["name"] != "", text["address"]).to_numpy()})
    kind = frame["use"] if "use" in frame else frame["kind"] if "kind" in frame else pd.Series("", index=frame.index)
    out["kind"] = kind.fillna("").astype(str).to_numpy()
    out["weight"] = frame["households"].fillna(0).to_numpy(float) if "households" in frame else 1.0
    out["x"], out["y"] = shapely.get_x(points), shapely.get_y(points)
    for column in ("building", *levels):
        if column in joined:
            out[column] = joined[column].to_numpy(dtype=object)
    inside = (out[levels[0]] != "").to_numpy()
    return out[inside].sort_values("id", kind="stable").reset_index(drop=True)


def _name_compounds(found: dict[str, pd.DataFrame], frames: Mapping[str, pd.DataFrame]) -> None:
    """Note in buildings and entrances which compound they lie in, "" for none."""
    compounds = frames.get("compounds")
    for word in ("building", "entrance"):
        if word in found:
            column = np.full(len(found[word]), "", dtype=object)
            if isinstance(compounds, gpd.GeoDataFrame) and len(compounds):
                tree = shapely.STRtree(compounds.geometry.to_numpy())
                row, hit = tree.query(shapely.points(found[word][["x", "y"]].to_numpy(float)), predicate="intersects")
                column[row[::-1]] = compounds["code"].astype(str).to_numpy(dtype=object)[hit[::-1]]
            found[word]["compound"] = column


def write_people(tables: Mapping[str, pd.DataFrame], recipe: Path, crs: object, ending: str = "") -> None:
    """Write the tables as CSV files beside the recipe, with places in longitude and latitude, and name them in it.

    `ending` ends the names of files; a table that is written without it already, with the same content, is not written twice.
    """
    lines = []
    for role in PEOPLE_ROLES:
        path = recipe.parent / f"{role}{ending}.csv"
        path.unlink(missing_ok=True)
        if role in tables:
            content, plain = _csv(tables[role], crs), recipe.parent / f"{role}.csv"
            if ending and plain.is_file() and plain.read_bytes() == content:
                path = plain
            else:
                _replace(path, content)
            lines += ["", f"[inputs.{role}]", f'path = "{path.name}"']
    _replace(recipe, recipe.read_bytes() + "\n".join([*lines, ""]).encode())


def _csv(table: pd.DataFrame, crs: object) -> bytes:
    if {"x", "y"} <= set(table.columns):
        lon, lat = Transformer.from_crs(crs, CRS, always_xy=True).transform(table["x"].to_numpy(), table["y"].to_numpy())
        table = table.drop(columns=["x", "y"]).assign(lon=np.round(lon, 6), lat=np.round(lat, 6))
    return table.to_csv(index=False, lineterminator="\n").encode()


def _replace(path: Path, content: bytes) -> None:
    """Write beside, then rename, so that no half-written file is left."""
    beside = path.with_name(f".{path.name}.writing")
    beside.write_bytes(content)
    beside.replace(path)
