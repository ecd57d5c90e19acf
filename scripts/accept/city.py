"""Clauses of Kaiping, Baoding and the places without many grids."""

from __future__ import annotations

import math

from accept.clause import Clause, equal, holds
from accept.row import Row


def kaiping_covered(row: Row) -> list[Clause]:
    """Every grid has an organisation: 100 %, the list is empty."""
    return _covered(row, 0)


def baoding_without(row: Row) -> list[Clause]:
    """Exactly 34 grids have no organisation."""
    return _covered(row, 34)


def _covered(row: Row, without: int) -> list[Clause]:
    cover = next(each for each in row.ask("organisations")["levels"] if each["level"] == "grid")
    missing, units = cover["without"], row.units("grid")
    listed = set(missing) <= set(row.layer("grid")["code"])
    ok = listed and math.isclose(cover["share"], (units - len(missing)) / units, abs_tol=1e-6) and cover["covered"] + len(missing) == units
    return [
        equal("grids without an organisation", without, len(missing), whole=row.is_whole or without == 0),
        holds("coverage computed, the others listed", ok, f"{cover['share']:.2%}, {len(missing)} in the list", f"of {units:,} grids"),
    ]


def baoding_officers(row: Row) -> Clause:
    """One full-time officer per grid."""
    people = row.ask("people", "--gaps", "--level", "grid")
    level = next(each for each in people["levels"] if each["level"] == "grid")
    wrong = [gap for gap in people["gaps"] if gap["kind"] == "full_time"]
    return holds(
        "exactly one full-time officer per grid",
        level["asked"] and not wrong and level["complete"] == level["units"] == row.units("grid"),
        f"{level['complete']:,} of {level['units']:,} grids, {len(wrong)} gaps",
    )


def baoding_patrols(row: Row) -> Clause:
    """Every grid has the share of its streets that was patrolled."""
    patrols = row.ask("reach", "patrols", "--level", "grid")["patrols"]
    units = {unit["code"] for unit in patrols["units"] if unit["level"] == "grid"}
    return equal("grids with patrol coverage", row.units("grid"), len(units))


def baoding_zones(row: Row) -> Clause:
    """The extent spans 115.5° E, where two zones of CGCS2000 meet; the project has one CRS."""
    west, _, east, _ = row.layer("community").total_bounds
    return holds("spans two CGCS2000 zones, one CRS", west < 115.5 < east, f"{west:.3f}–{east:.3f}° E, {row.build['crs']}", "115.5° E inside")


def tianye_layers(row: Row) -> Clause:
    """A community map with four task layers."""
    import geogrid

    with geogrid.open_project(row.project) as project:
        tasks = {task.name.zh: task.events for task in project.scheme.tasks.values()}
    kinds = row.layer("events")["kind"].value_counts()
    shown = {name: int(kinds.reindex(list(events)).fillna(0).sum()) for name, events in tasks.items()}
    wanted = ["隐患排查", "服务缴费", "为老服务", "急难呼救"]
    found = ", ".join(f"{name} {n} events" for name, n in shown.items())
    return holds("four task layers, each with something in it", sorted(shown) == sorted(wanted) and all(shown.values()), found, "、".join(wanted))


def lanshan_stations(row: Row) -> list[Clause]:
    """Stations on the map, with what they have."""
    stations = row.layer("stations")
    equipped = stations[stations["equipment"].fillna("") != ""]["equipment"].tolist()
    return [
        equal("stations", 39, len(stations), whole=row.is_whole),
        holds(
            "equipment of the ride-hailing station",
            any("32" in text and "10" in text for text in equipped),
            "; ".join(equipped)[:120],
            "32 DC, 10 AC",
        ),
    ]


def jixian_staff(row: Row) -> Clause:
    """Staff of a small county."""
    import geogrid

    with geogrid.open_project(row.project) as project:
        kinds = project.table("staff")["kind"].value_counts().to_dict()
    return Clause("community workers and officers", "55 + 187", str(kinds), sorted(kinds.values()) == [55, 187] if row.is_whole else None)
