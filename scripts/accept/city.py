"""Clauses of Kaiping, Baoding and the places without many grids."""

from __future__ import annotations

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
    missing = cover["without"]
    return [
        equal("grids without an organisation", without, len(missing), whole=row.is_whole or without == 0),
        holds("coverage computed", True, f"{cover['share']:.2%}, {len(missing)} in the list", "-"),
    ]


def baoding_officers(row: Row) -> Clause:
    """One full-time officer per grid."""
    people = row.ask("people", "--gaps", "--level", "grid")
    level = next(each for each in people["levels"] if each["level"] == "grid")
    wrong = [gap for gap in people["gaps"] if gap["kind"] == "full_time"]
    return holds(
        "exactly one full-time officer per grid",
        level["asked"] and not wrong,
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
        tasks = {key: task.name.zh for key, task in project.scheme.tasks.items()}
    events = row.layer("events")["kind"].value_counts().to_dict()
    return holds(
        "four task layers",
        len(tasks) == 4 and all(events.values()),
        f"{'、'.join(tasks.values())}; events {events}",
        "隐患排查、服务缴费、为老服务、急难呼救",
    )


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
